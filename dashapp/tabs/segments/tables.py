"""Tables of all groups: fairness beside the reference, how rows and classes are spread, and every rate."""

from typing import Any

import dash_ag_grid as dag
from dash import html
from dash.development.base_component import Component

from dashapp import theme
from dashapp.tabs.segments.layout import ids
from dashapp.tabs.segments.words import NOTATION, Words, group_words, level_words, points, two
from dashapp.usecases.segment_looks import Look
from dashapp.widgets.basics import card
from dashapp.widgets.figures import tools
from dashapp.widgets.tables import Column, bar, table
from pipeline.segment_results import Estimate, SegmentRates

MOST_ROWS = 120  # of a table on the page; the CSV has all
_LOW = 20  # rows that a grid shows at its full height
_RATES = (
    "bad_rate",
    "approval_rate",
    "true_positive_rate",
    "false_positive_rate",
    "false_negative_rate",
    "precision",
    "bad_rate_of_approved",
    "auc",
    "observed_expected",
    "mean_score",
)


def fairness_card(look: Look, words: Words) -> Component:
    """Ratio and gaps to the reference of each group, with their intervals."""
    heads = {
        "adverse_impact_ratio": "Ratio",
        "approval_gap": f"{words.rates['approval_rate']}",
        "good_approval_gap": f"{words.goods.capitalize()} {words.approved}",
        "false_positive_gap": words.rates["false_positive_rate"],
        "false_negative_gap": words.rates["false_negative_rate"],
        "standardised_difference": "Score, in SD",
    }
    rows = [
        {
            **_place(one),
            **{name: _compared(one, name, words) for name in heads},
        }
        for one in look.rates[:MOST_ROWS]
    ]
    meaning = [
        html.P(
            "Each group less the reference of its columns. Ratio: approval rate of the group over that of the reference (adverse "
            "impact ratio). The others are gaps in points: in approval, in approval among the actual "
            f"{words.goods} (equal opportunity), in {words.goods} that are refused (false positive rate, the same with the other "
            f"sign), in {words.bads} that are {words.approved} (false negative rate)."
        ),
        html.P(
            "Score, in SD: difference of the mean scores over the root of the mean variance; above 0 the group is scored as the "
            "riskier. Intervals: Newcombe (1998) for gaps, Hedges and Olkin (1985) for the score."
        ),
    ]
    under = f"Gaps to the reference in points at cut-off {theme.cutoff(look.cutoff)}, with 95% intervals{_of(look)}"
    built = _grid(ids.fairness, {"rows": "Rows", **heads}, rows)
    return card("Beside the reference", built, under=under, tools=tools(meaning, formats=()), span=12, flush=True)


def _compared(one: SegmentRates, name: str, words: Words) -> str:
    if one.is_reference:
        return "reference" if name == "adverse_impact_ratio" else theme.NOTHING
    if one.fairness is None:
        return words.why(one.approval_rate) or theme.NOTHING
    estimate: Estimate = getattr(one.fairness, name)
    form = points if name.endswith("_gap") else two
    return interval(estimate, words, form if name != "standardised_difference" else _signed)


def interval(estimate: Estimate, words: Words, form: Any) -> str:
    """0.62 (0.60 to 0.64), or why there is none."""
    if estimate.value is None:
        return words.why(estimate) or theme.NOTHING
    if estimate.low is None:
        return str(form(estimate.value))
    return f"{form(estimate.value)} ({form(estimate.low)} to {form(estimate.high)})"


def _signed(value: float | None) -> str:
    return theme.NOTHING if value is None else f"{value:+.2f}".replace("-", theme.MINUS)


def balance_card(look: Look, words: Words) -> Component:
    """How rows, and the bads among them, are spread over the groups."""
    rows: list[list[Any]] = []
    for one in look.balance[:MOST_ROWS]:
        bads = theme.NOTHING if one.share_of_bads is None else theme.share(one.share_of_bads)
        rows.append(
            [
                f"{group_words(one.by)}: {level_words(one.levels)}",
                [bar(one.share_of_rows), theme.share(one.share_of_rows)],
                [bar(one.share_of_bads or 0.0, accent=True), bads],
                interval(one.bad_rate, words, theme.share),
            ]
        )
    columns = [
        Column("Group"),
        Column("Of all rows", numeric=True),
        Column(f"Of all {words.bads}", numeric=True),
        Column(words.rates["bad_rate"], numeric=True),
    ]
    under = (
        f"{theme.count(look.whole.n_bad)} {words.bads} and {theme.count(look.whole.n_rows - look.whole.n_bad)} {words.goods}: "
        f"the share of each that a group holds{_of(look)}"
    )
    inside = html.Div(table(columns, rows, label="Balance"), className="sd-segments-scroll")
    return card("Balance", inside, under=under, span=6, flush=True)


def rates_card(look: Look, words: Words) -> Component:
    """Every rate of every group."""
    rows = [
        {**_place(one), **{name: _rate(getattr(one, name), name, words) for name in _RATES}}
        for one in (look.whole, *look.rates[: MOST_ROWS - 1])
    ]
    heads = {"rows": "Rows", "bads": words.bads.capitalize(), **{name: words.rates[name] for name in _RATES}}
    under = f"At cut-off {theme.cutoff(look.cutoff)}, with 95% intervals{_of(look)}. Export CSV has the same with all digits."
    meaning = html.Ul([html.Li(f"{words.rates[name]}: {NOTATION.get(name, 'share of the rows')}") for name in _RATES])
    built = _grid(ids.all_rates, heads, rows)
    return card("Every figure", built, under=under, tools=tools(meaning, formats=()), span=12, flush=True)


def _rate(estimate: Estimate, name: str, words: Words) -> str:
    form = {"auc": theme.metric, "mean_score": theme.metric, "observed_expected": two}.get(name, theme.share)
    return interval(estimate, words, form)


def _place(one: SegmentRates) -> dict[str, str]:
    name = f"{group_words(one.by)}: {level_words(one.levels)}" if one.by else "All rows"
    return {"group": name, "rows": theme.count(one.n_rows), "bads": theme.count(one.n_bad)}


def _of(look: Look) -> str:
    return f"; the first {MOST_ROWS} of {theme.count(len(look.rates))} groups" if len(look.rates) > MOST_ROWS else ""


def _grid(id: str, heads: dict[str, str], rows: list[dict[str, str]]) -> Component:  # noqa: A002 - Dash's word
    """A grid whose first column stays in view."""
    columns: list[dict[str, Any]] = [
        {"field": "group", "headerName": "Group", "pinned": "left", "width": 210, "tooltipField": "group"}
    ]
    for name, head in heads.items():
        narrow = name in {"rows", "bads"}
        columns.append({"field": name, "headerName": head, "type": "rightAligned", "width": 84 if narrow else 190})
    low = len(rows) <= _LOW
    return dag.AgGrid(
        id=id,
        rowData=rows,
        columnDefs=columns,
        defaultColDef={"resizable": True, "sortable": False},
        dashGridOptions={
            "domLayout": "autoHeight" if low else "normal",
            "suppressFieldDotNotation": True,
            "enableCellTextSelection": True,
        },
        style={} if low else {"height": "560px"},
    )
