"""Tables of all groups: fairness beside the reference, how rows and classes are spread, and every rate."""

from typing import Any

import dash_ag_grid as dag
from dash import html
from dash.development.base_component import Component

from dashapp import theme
from dashapp.tabs.segments.layout import ids
from dashapp.tabs.segments.words import Words, group_words, level_words, named, points, two
from dashapp.usecases.segment_looks import Look
from dashapp.widgets.basics import card
from dashapp.widgets.figures import figure_card, tools
from pipeline.figures.segment_balance import Shares, balance_figure, balance_height
from pipeline.figures.template import Look as Theme
from pipeline.segment_results import Estimate, SegmentRates
from pipeline.shown import capital

MOST_ROWS = 50  # of a table on the page; the CSV has all
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
        "good_approval_gap": f"{capital(words.goods)} {words.approved}",
        "false_positive_gap": words.rates["false_positive_rate"],
        "false_negative_gap": words.rates["false_negative_rate"],
        "standardised_difference": "Score, in SD",
    }
    rows = [[_name(one), theme.count(one.n_rows), *(_compared(one, name, words) for name in heads)] for one in _first(look)]
    meaning = [
        html.P(
            "Each group less the reference of its columns. Ratio: approval rate of the group over that of the reference (adverse "
            "impact ratio). The others are gaps in points: in approval, in approval among the actual "
            f"{words.goods} (equal opportunity), in {words.goods} that are {words.refused} (false positive rate, the same "
            f"with the other sign), in {words.bads} that are {words.approved} (false negative rate)."
        ),
        html.P(
            "Score, in SD: difference of the mean scores over the root of the mean variance; above 0 the group is scored as the "
            "riskier. Intervals: Newcombe (1998) for gaps, Hedges and Olkin (1985) for the score."
        ),
    ]
    under = f"Gaps to the reference in points at cut-off {words.cutoff(look.cutoff)}, with 95% intervals{_of(look)}"
    built = _grid(ids.fairness, ["Rows"], list(heads.values()), rows)
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


def balance_card(look: Look, words: Words, theme_look: Theme) -> Component:
    """How the goods and the bads are spread over the groups."""
    whole = look.whole
    n_good = whole.n_rows - whole.n_bad
    rows = [
        Shares(
            group_words(one.by),
            level_words(one.levels),
            theme.share(one.share_of_rows),
            (one.n_rows - one.n_bad) / n_good if n_good else None,
            one.share_of_bads,
        )
        for one in look.balance[:MOST_ROWS]
    ]
    under = (
        f"Of {theme.count(n_good)} {words.goods} and of {theme.count(whole.n_bad)} {words.bads}, the share that each group "
        f"holds{_of(look)}"
    )
    meaning = html.P(
        f"Where the two dots of a group lie apart, its {words.rates['bad_rate'].lower()} differs from that of all rows. The "
        "shares of the groups of a column add up to 100%."
    )
    figure = balance_figure(rows, theme_look, names=(words.goods, words.bads))
    return figure_card(ids.balance, _balance_title(look, words), under, figure, meaning=meaning, height=balance_height(rows))


def _balance_title(look: Look, words: Words) -> str:
    """The group that holds more of the bads than of the rows, by most."""
    known = [one for one in look.balance if one.share_of_bads is not None]
    if not known:
        return "How the rows are spread over the groups"
    most = max(known, key=lambda one: (one.share_of_bads or 0.0) - one.share_of_rows)
    name = named(most)
    return (
        f"{name} holds {theme.chance(most.share_of_rows)} of the rows and {theme.chance(most.share_of_bads)} of the {words.bads}"
    )


def rates_card(look: Look, words: Words, csv: str) -> Component:
    """Every rate of every group; `csv` is the address of the same as a file."""
    rows = [
        [
            _name(one),
            theme.count(one.n_rows),
            theme.count(one.n_bad),
            *(_rate(getattr(one, name), name, words) for name in _RATES),
        ]
        for one in (look.whole, *_first(look))
    ]
    heads = [words.rates[name] for name in _RATES]
    under = f"At cut-off {words.cutoff(look.cutoff)}, with 95% intervals{_of(look)}"
    meaning = html.Ul([html.Li(f"{words.rates[name]}: {words.notation(name)}") for name in _RATES])
    foot = html.A("Export all groups with all digits (CSV)", href=csv, download="")
    built = _grid(ids.all_rates, ["Rows", capital(words.bads)], heads, rows)
    return card("Every figure", built, under=under, tools=tools(meaning, formats=()), span=12, flush=True, foot=foot)


def _rate(estimate: Estimate, name: str, words: Words) -> str:
    form = {"auc": theme.metric, "mean_score": words.mean, "observed_expected": two}.get(name, theme.share)
    return interval(estimate, words, form)


def _first(look: Look) -> tuple[SegmentRates, ...]:
    return look.rates[:MOST_ROWS]


def _name(one: SegmentRates) -> str:
    return f"{group_words(one.by)}: {level_words(one.levels)}" if one.by else "All rows"


def _of(look: Look) -> str:
    return f"; the first {MOST_ROWS} of {theme.count(len(look.rates))} groups" if len(look.rates) > MOST_ROWS else ""


def _grid(id: str, counts: list[str], rates: list[str], rows: list[list[str]]) -> Component:  # noqa: A002 - Dash's word
    """A grid whose first column stays in view. Fields have short names, since each row repeats them."""
    columns: list[dict[str, Any]] = [{"field": "0", "headerName": "Group", "pinned": "left", "width": 210, "tooltipField": "0"}]
    for place, head in enumerate((*counts, *rates), 1):
        columns.append(
            {"field": str(place), "headerName": head, "type": "rightAligned", "width": 84 if place <= len(counts) else 180}
        )
    low = len(rows) <= _LOW
    return dag.AgGrid(
        id=id,
        rowData=[{str(place): cell for place, cell in enumerate(row)} for row in rows],
        columnDefs=columns,
        defaultColDef={"resizable": True, "sortable": False},
        dashGridOptions={
            "domLayout": "autoHeight" if low else "normal",
            "suppressFieldDotNotation": True,
            "enableCellTextSelection": True,
        },
        style={} if low else {"height": "560px"},
    )
