"""The list of fields by how much they matter."""

from collections.abc import Sequence

from dash import dcc, html
from dash.development.base_component import Component

from dashapp import theme
from dashapp.tabs.effects.address import Asked
from dashapp.usecases.runs import RunView
from dashapp.widgets.basics import Children, card
from dashapp.widgets.figures import tools
from dashapp.widgets.parts import rows_of
from dashapp.widgets.tables import Column, table
from pipeline.effect_results import MEASURES, PRODUCT, FieldEffect
from pipeline.shown import capital

_FIRST = 14  # rows that are shown at once; the rest unfolds
_HEADS = {"permutation": "Shuffled", "sd": "Spread", "share": "Share"}


def fields_card(view: RunView, asked: Asked) -> Component:
    """Sorted by one of three measures, each with a head that sorts by it."""
    ranked = asked.ranked()
    scale = _Scale.of(asked, ranked)
    body: list[Component] = [_table(view, asked, ranked[:_FIRST], scale)]
    if len(ranked) > _FIRST:
        rest = ranked[_FIRST:]
        is_open = {"open": True} if asked.field in {found.name for found in rest} else {}
        summary = html.Summary(f"{theme.plural(len(rest), 'more field')}", className="sd-effects-more")
        body.append(html.Details([summary, _table(view, asked, rest, scale)], **is_open))
    return card(finding(asked, ranked), body, under=_under(view, asked), tools=tools(_meaning(asked), formats=()), flush=True)


def finding(asked: Asked, ranked: Sequence[FieldEffect]) -> str:
    """What matters most, by the measure that is sorted by."""
    effects, first = asked.effects, ranked[0]
    name = capital(asked.label(first))
    value = asked.importance(first)
    if value is None:
        return "The fields by how much they matter"
    if asked.by == "permutation" and effects.baseline is not None:
        if value <= 0:
            return "Shuffling any field loses nothing on these rows"
        way = ("AUC falls", -1) if effects.measure == "auc" else ("log-loss rises", 1)
        after = effects.baseline + way[1] * value
        return f"{name} matters most: shuffled, the {way[0]} from {theme.metric(effects.baseline)} to {theme.metric(after)}"
    if asked.by == "share":
        return f"{name} matters most: it makes {theme.chance(value)} of the variance of the log-odds"
    if not value:
        return "Nothing moves the log-odds: every coefficient is 0"
    return f"{name} matters most: its part of the log-odds has a standard deviation of {value:.2f}"


def _under(view: RunView, asked: Asked) -> str:
    effects = asked.effects
    trained = f"{theme.count(effects.n_train)} training rows"
    if asked.by != "permutation":
        return f"Over {trained}; one-hot columns, flags and powers are summed to their field."
    if effects.baseline is None:
        return "Nothing could be shuffled: the rows to judge on are of one class."
    some = theme.count(effects.n_shuffled)
    some = f"{some} of {theme.count(effects.n_part)}" if effects.n_shuffled < effects.n_part else some
    lost = "AUC that is lost" if effects.measure == "auc" else "Log-loss that is added"
    again = "" if effects.part == "held_out" else ", for nothing was held out"
    return (
        f"{lost} on {some} {rows_of(effects.part, view.spec)}{again}; the mean of {effects.repeats} shuffles, the line from the "
        f"least to the most, seed {effects.seed}."
    )


class _Scale:
    """One scale for the bars of all fields."""

    def __init__(self, low: float, high: float) -> None:
        self.low, self.high = low, high

    @classmethod
    def of(cls, asked: Asked, found: Sequence[FieldEffect]) -> "_Scale":
        ends = [0.0]
        for one in found:
            value = asked.importance(one)
            ends += [value] if value is not None else []
            ends += one.drops if asked.by == "permutation" else ()
        return cls(min(ends), max(ends))

    def at(self, value: float) -> float:
        return 100 * (value - self.low) / (self.high - self.low) if self.high > self.low else 0.0

    def bar(self, asked: Asked, found: FieldEffect) -> Component | str:
        value = asked.importance(found)
        if value is None:
            return ""
        left, right = sorted((self.at(0.0), self.at(value)))
        places = {"--from": left, "--wide": right - left}
        if asked.by == "permutation" and found.drop_sd:
            low, high = self.at(min(found.drops)), self.at(max(found.drops))
            places |= {"--least": low, "--spread": high - low}
        style = {name: f"{place:.1f}%" for name, place in places.items()}
        return html.Span(className="sd-effects-bar", style=style)


def _table(view: RunView, asked: Asked, found: Sequence[FieldEffect], scale: _Scale) -> Component:
    path = f"/runs/{view.id}/effects"
    heads = [
        Column("Field"),
        Column(html.Span("Drawn", className="sd-hidden"), numeric=True),
        *(Column(_head(path, asked, measure), numeric=True) for measure in MEASURES[1::-1] + MEASURES[2:]),
    ]
    rows: list[list[Children]] = []
    for one in found:
        chosen = one.name == asked.field
        name = capital(asked.label(one))
        words = _product(name) if one.kind == PRODUCT else dcc.Link(name, href=path + asked.query(field=one.name))
        if chosen:
            words = html.Span([words, html.Span(", shown at the right", className="sd-hidden")])
        cells = [value_words(asked, one, measure) for measure in MEASURES[1::-1] + MEASURES[2:]]
        rows.append([words, scale.bar(asked, one), *cells])
    marked = next((i for i, one in enumerate(found) if one.name == asked.field), None)
    return table(heads, rows, label="Fields by how much they matter", names="sd-effects-fields", marked=marked)


def _product(name: str) -> Component:
    return html.Span(name, title="A product of two fields; it shows in the curves of both.")


def _head(path: str, asked: Asked, measure: str) -> Component | str:
    words = _HEADS[measure]
    if measure == asked.by:
        return html.Span([words, html.Span(" ↓", **{"aria-hidden": "true"}), html.Span(", sorted by it", className="sd-hidden")])
    return dcc.Link(words, href=path + asked.query(by=measure), title=f"Sort by {words.lower()}")


def value_words(asked: Asked, found: FieldEffect, measure: str) -> str:
    value = asked.importance(found, measure)
    if measure == "share":
        return theme.NOTHING if value is None else theme.signed(value * 100, "{:.1f}") + "%"
    return theme.signed(value, "{:.3f}" if measure == "permutation" else "{:.2f}")


def _meaning(asked: Asked) -> list[Component]:
    lost = "the fall of the AUC" if asked.effects.measure == "auc" else "the rise of the log-loss"
    return [
        html.P(
            f"Shuffled: {lost} when the values of one field are put into another order, so that they tell nothing; products with "
            "it move along. Of two fields that say the same, either seems to matter less than both do."
        ),
        html.P("Spread: the standard deviation of what the field adds to the log-odds; for a single number |coefficient| · sd."),
        html.P(
            "Share: Cov(part, log-odds) / Var(log-odds). The shares of all fields sum to 100%. One is negative where a field "
            "works against the others that it goes along with."
        ),
    ]
