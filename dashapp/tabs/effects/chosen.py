"""The chosen field: its curve, how much it matters, and its coefficients."""

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from dashapp import theme
from dashapp.tabs.effects.address import Asked
from dashapp.tabs.effects.fields import value_words
from dashapp.tabs.effects.layout import ids
from dashapp.tabs.effects.named import named, rows_of_class
from dashapp.tabs.evaluate.coefficient_rows import coefficient_table, comparable, told_of
from dashapp.usecases.runs import RunView
from dashapp.widgets.basics import card, link_button, strip
from dashapp.widgets.figures import figure_card
from pipeline.effect_results import PRODUCT, EffectCurve, FieldEffect
from pipeline.figures.effect_words import effect_finding, kind_words, line_words
from pipeline.figures.effects import effect_figure, effect_height
from pipeline.figures.template import Look
from pipeline.results import Coefficient, RunResult
from pipeline.shown import capital

_MOST_ROWS = 8  # of the field's coefficients; the Coefficients tab has all

_MEANING = [
    html.P(
        "The thick line is what the run says as this field alone changes. Every other field stands at its mean, a level at the "
        "most frequent one. The log-odds move in a line (or as the model bends it), so the probability moves in an S."
    ),
    html.P(
        "Grey are single training rows, each with its own other values: they rise and fall alike, from other heights. Where "
        "products are in the model, they may cross."
    ),
    html.P(
        "Dashed is ordinary least squares of the 0/1 outcome on the same columns of the same training rows. It knows no floor "
        "at 0% and no ceiling at 100%."
    ),
]


def chosen_parts(view: RunView, asked: Asked, look: Look) -> list[Component]:
    """The curve of the chosen field, and how much it matters."""
    found = asked.effects.field(asked.field)
    if found.curve is None:
        raise AssertionError("a product cannot be chosen")
    return [_curve_card(view, asked, found, found.curve, look), _numbers(asked, found)]


def _curve_card(view: RunView, asked: Asked, found: FieldEffect, curve: EffectCurve, look: Look) -> Component:
    effects = asked.effects
    cutoff = view.cutoff if len(effects.labels) == 2 else None
    label, unit = asked.label(found), asked.unit(found)
    figure = effect_figure(effects, curve, label, look, unit=unit, at=asked.at, cutoff=cutoff)
    rows = f"{theme.count(effects.n_each)} of {theme.count(effects.n_train)} training rows"
    held = "all other fields at their mean or most frequent level"
    under = f"{kind_words(found.kind, curve).capitalize()}; {held}. Grey: {rows}."
    caption = line_words(curve, asked.at, unit) + _level_words(view)
    if isinstance(curve.held, str):
        caption = f"Dots: this run; diamonds: the straight line. {caption} The most frequent level is {curve.held}."
    elif curve.middle is not None and len(curve.values) > 1:
        caption += " The bar on the axis holds the middle 90% of the training rows."
    if _products(asked, found):
        caption += " The model multiplies this field with others: at their other values its curve is another."
    title = effect_finding(effects, curve, label, asked.at, unit)
    return figure_card(ids.curve, title, under, figure, meaning=_MEANING, height=effect_height(curve), caption=caption or None)


def _level_words(view: RunView) -> str:
    """Why the run and the straight line lie apart as wholes, where the run was trained on evened out classes."""
    spec = view.spec
    if spec.correct_prior or (spec.class_weight == "none" and spec.resampling == "none"):
        return ""
    how = "weights its rows by class" if spec.resampling == "none" else "evens its classes out by resampling"
    return f" The run {how}, which moves its probabilities; the straight line takes the rows as they are, and lies elsewhere."


def _numbers(asked: Asked, found: FieldEffect) -> Component:
    effects, row = asked.effects, asked.row
    lost = "AUC lost when shuffled" if effects.measure == "auc" else "Log-loss added when shuffled"
    told = "one class alone" if effects.baseline is None else "no measure"
    if found.drops:
        ends = [theme.signed(end, "{:.3f}") for end in (min(found.drops), max(found.drops))]
        told = f"{ends[0]} to {ends[1]} in {len(found.drops)} shuffles"
    of_all = f"of {effects.log_odds_sd[row]:.2f} of the log-odds" if row is not None else "the others are told against it"
    return strip(
        (lost, value_words(asked, found, "permutation"), told),
        ("Spread of its part", value_words(asked, found, "sd"), of_all),
        ("Share of the variance", value_words(asked, found, "share"), "all fields together 100%" if row is not None else ""),
    )


def own_card(view: RunView, result: RunResult, asked: Asked) -> Component:
    """The coefficients of the chosen field and its products."""
    found = asked.effects.field(asked.field)
    rows = rows_of_class(result, asked)
    label = asked.effects.shown[asked.at]
    more = link_button("All coefficients", f"/runs/{view.id}/coefficients", kind="link")
    if not rows:
        text = f"The coefficients of the other classes are told against '{label}', so it has none of its own."
        return card(f"No coefficients of {label}", html.P(text), foot=more)
    alone = [named(rows[place], found, asked) for place in found.columns]
    products = _products(asked, found)
    own = [*alone, *(named(rows[place], other, asked) for other in products for place in other.columns)]
    shown = sorted(own, key=lambda row: -abs(comparable(row)))[:_MOST_ROWS] if len(own) > _MOST_ROWS else own
    intercept = next(row for row in result.intercepts if row.label == label)
    n = (
        f"{len(shown)} of {len(own)} coefficients, the largest"
        if len(shown) < len(own)
        else theme.plural(len(own), "coefficient")
    )
    under = f"{n}, and the intercept. {_intervals(shown)}"
    bent = bool(products) or sum(row.level is None for row in alone) > 1
    return card(
        _together(asked.label(found), len(own)) if bent else _title(shown, capital(asked.label(found))),
        coefficient_table([intercept, *shown], told_of(result)),
        under=under,
        flush=True,
        foot=more,
    )


def _products(asked: Asked, found: FieldEffect) -> list[FieldEffect]:
    return [other for other in asked.effects.fields if other.kind == PRODUCT and found.name in other.sources]


def _intervals(rows: Sequence[Coefficient]) -> str:
    if any(row.ci_low is not None for row in rows):
        return "Intervals are Wald's, 95%."
    if any(row.bootstrap_low is not None for row in rows):
        return "Intervals are the bootstrap's, 95%."
    return next((row.reason for row in rows if row.reason), None) or "There are no intervals."


def _together(name: str, n: int) -> str:
    """Of powers and products none moves while the others stay, so that no ratio of one is that of the field."""
    return f"{capital(name)} has {n} coefficients that move together: the curve above is what they come to"


def _title(rows: Sequence[Coefficient], name: str) -> str:
    strongest = max(rows, key=lambda row: abs(comparable(row)))
    if not strongest.estimate:
        return f"{name} is left out: its coefficients are 0"
    if strongest.level is not None and strongest.reference:
        return f"{strongest.field}: {strongest.level} has {theme.ratio(strongest.odds_ratio)} × the odds of {strongest.reference}"
    if strongest.odds_ratio_sd is not None:
        what = strongest.unit.removeprefix("unit of ") or strongest.field
        about = f"{strongest.field}: one" if strongest.unit else "One"
        return f"{about} standard deviation more of {what} makes {theme.ratio(strongest.odds_ratio_sd)} × the odds"
    return f"The coefficients of {name}"
