"""The answer first: which run ranks best and what each decides, with intervals on one scale and the paired test in words."""

from collections.abc import Sequence

from dash import dcc, html
from dash.development.base_component import Component

from dashapp import theme
from dashapp.tabs.compare.sides import Row, Side, Value, rows, value_of
from dashapp.tabs.compare.words import better, letter, letters, shown, sign, verb
from dashapp.widgets.basics import Children, card
from dashapp.widgets.tables import Column, Scale, table


def ranking_card(sides: Sequence[Side], *, pending: bool = False) -> Component:
    by_name = {row.name: row for row in rows()}
    auc = by_name["auc"]
    values = [value_of(side, auc) for side in sides]
    scale = _scale([end for value in values for end in (value.low, value.high, value.value) if end is not None], 0.05)
    differences = [value.difference for value in values if value.difference is not None]
    ends = [end for found in differences for end in (found.low, found.high)]
    gaps = _scale([*ends, 0.0], _step(ends)) if ends else None
    several = len({side.view.dataset_id for side in sides}) > 1
    heads = [
        Column("Run"),
        *([Column("Data set")] if several else []),
        Column("Rows", numeric=True),
        Column("AUC", numeric=True),
        Column(scale.head(2) if scale is not None else ""),
        Column("To the champion", numeric=True),
        *([Column(_gap_head(gaps))] if gaps is not None else []),
        Column("In words"),
        Column("Cut-off", numeric=True),
        Column("Approved", numeric=True),
        Column("Bad of them", numeric=True),
    ]
    body = []
    for side, value in zip(sides, values, strict=True):
        cells: list[Children] = [_name(side), *([side.view.dataset_name] if several else []), _rows(side, sides)]
        cells += [html.Span(theme.metric(value.value), className="strong"), _drawn(scale, value)]
        cells.append(_difference(side, auc, value))
        if gaps is not None:
            cells.append(_gap(gaps, value))
        waits = pending and side.place > 0 and side.pair is None
        cells += ["is being tested" if waits else _in_words(side, auc, value), _cutoff(side)]
        cells += [shown(by_name[name], value_of(side, by_name[name]).value) for name in ("approval_rate", "bad_rate_approved")]
        body.append(cells)
    inside = html.Div(table(heads, body, label="Runs side by side"), className="sd-cmp-ranking")
    title = "The runs are being tested against the champion" if pending else ranking_finding(sides)
    return card(title, inside, under=_under(sides), flush=True, foot=_flatters(sides))


def ranking_finding(sides: Sequence[Side]) -> str:
    """What the paired tests of the AUC say, as the title."""
    auc = next(row for row in rows() if row.name == "auc")
    tested = [(side, value_of(side, auc)) for side in sides[1:]]
    tested = [(side, value) for side, value in tested if value.difference is not None]
    if not tested:
        return "No run can be tested against the champion" if len(sides) > 2 else f"{sides[1].mark} cannot be tested against A"
    ahead = [(side, value) for side, value in tested if better(auc, value.difference) is True]
    behind = [side for side, value in tested if better(auc, value.difference) is False]
    if ahead:
        best, value = max(ahead, key=lambda one: one[1].difference.difference if one[1].difference is not None else 0.0)
        gap = theme.metric(value.difference.difference if value.difference is not None else None)
        others = "" if len(ahead) == 1 else "; so does one other" if len(ahead) == 2 else f"; so do {len(ahead) - 1} others"
        return f"{best.mark} ranks better than the champion by {gap} of AUC, more than chance{others}"
    if behind:
        rest = "" if len(behind) == len(tested) else "; none ranks better"
        return f"{letters(behind)} {verb(behind, 'ranks', 'rank')} worse than the champion by more than chance{rest}"
    if len(tested) == 1:
        return f"{tested[0][0].mark} and the champion rank alike: the difference is no more than chance"
    return "No challenger ranks better or worse than the champion by more than chance"


def _flatters(sides: Sequence[Side]) -> Children:
    """Which cut-offs were chosen on the very rows that they are judged on."""
    found = [side for side in sides if (side.view.cutoff_choice or {}).get("flatters")]
    if not found:
        return None
    one = len(found) == 1
    text = (
        f"The {'cut-off' if one else 'cut-offs'} of {letters(found)} {'was' if one else 'were'} chosen on the rows that "
        f"{'it is' if one else 'they are'} judged on here, which flatters what {'it decides' if one else 'they decide'}."
    )
    return html.P(text, className="sd-meta")


def _under(sides: Sequence[Side]) -> str:
    pairs = [side.pair for side in sides if side.pair is not None and side.pair.n_rows]
    parts = list(dict.fromkeys(side.judged.name for side in sides))
    rows_of = f"{parts[0].replace(' ', '-')} rows" if len(parts) == 1 else "the rows that each run is judged by"
    told = f"AUC on {rows_of}, with its 95% interval."
    if not pairs:
        return told
    least, most = min(pair.n_rows for pair in pairs), max(pair.n_rows for pair in pairs)
    count = theme.count(least) if least == most else f"{theme.count(least)} to {theme.count(most)}"
    return f"{told} Differences on the {count} rows that both held out, with DeLong's paired 95% interval."


def _name(side: Side) -> Component:
    role = html.Span("champion", className="note") if side.place == 0 else ""
    return html.Span([letter(side), dcc.Link(side.name, href=f"/runs/{side.view.id}"), role], className="sd-cmp-name")


def _rows(side: Side, sides: Sequence[Side]) -> Children:
    """How many, and what they were for where that is not the same for all."""
    n_rows = theme.count(side.judged.metrics.n_rows)
    if len({one.judged.name for one in sides}) == 1:
        return n_rows
    return html.Span([n_rows, html.Span(side.judged.name, className="note")])


def _difference(side: Side, auc: Row, value: Value) -> Children:
    if value.difference is None:
        return "" if side.place == 0 else theme.NOTHING
    words = f"{value.difference.difference:+.4f}".replace("-", theme.MINUS)
    return html.Span([words, " ", *sign(better(auc, value.difference))], className="strong")


def _in_words(side: Side, auc: Row, value: Value) -> Children:
    if side.place == 0:
        return ""
    if value.difference is None or side.pair is None:
        return html.Span(why_not(side), className="sd-cmp-why")
    found = better(auc, value.difference)
    p = theme.p_value(side.pair.auc_p)
    chance = f", p {p}" if side.pair.auc_p is not None else ""
    if found is None:
        return f"no more than chance{chance}"
    return f"{'better' if found else 'worse'}, more than chance{chance}"


def why_not(side: Side) -> str:
    """Why a run is not tested against the champion."""
    if side.pair is None:
        return "not tested row by row"
    if side.pair.note:
        return side.pair.note
    return f"too few, {theme.plural(side.pair.n_bad, 'bad')} in {theme.plural(side.pair.n_rows, 'shared row')}"


def _cutoff(side: Side) -> Children:
    if side.judged.decisions is None:
        return theme.NOTHING
    label = f"Threshold of {side.name}"
    return dcc.Link(html.Span(side.judged.cutoff, title=label), href=f"/runs/{side.view.id}/threshold")


def _drawn(scale: Scale | None, value: Value) -> Children:
    return "" if scale is None or value.value is None else scale.cell(value.value, value.low, value.high)


def _gap(scale: Scale, value: Value) -> Children:
    found = value.difference
    bare = Scale(scale.low, scale.high, ())  # the line at zero is what is looked for
    return "" if found is None else bare.cell(found.difference, found.low, found.high, zero=0.0)


def _gap_head(scale: Scale) -> Component:
    return scale.head(3 if scale.high - scale.low < 0.02 else 2)


def _scale(ends: Sequence[float], step: float) -> Scale | None:
    return Scale.around(ends, step) if ends else None


def _step(ends: Sequence[float]) -> float:
    reach = max(abs(end) for end in ends)
    return 0.002 if reach < 0.006 else 0.01 if reach < 0.04 else 0.05
