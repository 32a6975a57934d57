"""The strategy table: what each rule finds and what it would bring, with the run's own cut-off and the one of the slider."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from dash import html
from dash.development.base_component import Component

from dashapp import theme
from dashapp.tabs.threshold.payload import cutoff_words
from dashapp.usecases.cutoffs import Plan, Tables
from dashapp.usecases.runs import RunView
from dashapp.widgets.basics import Children, notice
from dashapp.widgets.parts import rows_of
from pipeline.cutoffs.strategy import NO_PROBABILITY, Estimate, StrategyRow

HEADS = ("Found by", "Cut-off", "Approved", "Bad among approved", "Bads avoided", "Goods lost", "Profit per 1,000", "To best")
HERE = ("cutoff", "approved", "bad_rate", "recall", "lost", "profit", "to_best")  # cells of the slider's row
_NEAR = 0.04  # of the best profit


def strategy_table(view: RunView, plan: Plan, tables: Tables) -> Component:
    best = next(row for row in plan.rows if row.rule == "highest_profit")
    best_profit = best.profit_per_1000.value if best.profit_per_1000 is not None else None
    places = {cutoff: i for i, cutoff in enumerate(tables.cutoffs)}
    # Of a score that is no probability there is no word about break-even.
    told = [_marked(row, view) for row in plan.rows if row.note != NO_PROBABILITY]
    shown = [_row(plan, row, places, cutoff_words(row.cutoff or 0.0, view, tables), best_profit) for row in told]
    heads = html.Tr([html.Th(head, className="" if i == 0 else "num", scope="col") for i, head in enumerate(HEADS)])
    table = html.Table(
        [html.Caption("Cut-offs by every rule", className="sd-hidden"), html.Thead(heads), html.Tbody([_here(), *shown])],
        className="sd-table sd-thr-table",
    )
    wrap = html.Div(table, className="sd-table-wrap", tabIndex=0, role="region", **{"aria-label": "Cut-offs by every rule"})
    return html.Div([*([notice("caution", "Amounts are not counted", plan.problem)] if plan.problem else []), wrap])


def _marked(row: StrategyRow, view: RunView) -> StrategyRow:
    """The saved cut-off, marked where it was chosen on the rows that it is reported on."""
    choice = view.cutoff_choice or {}
    if row.rule != "given" or not choice.get("flatters"):
        return row
    return replace(row, flatters=True, note=f"Chosen on the {rows_of(str(choice.get('part')), view.spec)}, which flatters it.")


def finding(view: RunView, plan: Plan, tables: Tables) -> str:
    """`From 0.19 to 0.32 the profit stays within 4% of the best`, on the rows that are reported on."""
    curve = plan.curve
    best = max(curve.profit)
    if best <= 0:
        return "No cut-off earns anything: refusing everybody loses least"
    low = high = curve.profit.index(best)
    while low > 0 and curve.profit[low - 1] >= (1 - _NEAR) * best:
        low -= 1
    while curve.approval_rate[high] < 1 and high < len(curve.profit) - 1 and curve.profit[high + 1] >= (1 - _NEAR) * best:
        high += 1
    ends = [cutoff_words(curve.cutoffs[i], view, tables) for i in (low, high)]
    if ends[0] == ends[1]:
        return f"The profit is best at {ends[0]}; no cut-off around it comes within {_NEAR:.0%} of that"
    scale = view.result.scale if view.result is not None else None
    if scale is not None and scale.higher_is == "good":
        ends.reverse()
    return f"From {ends[0]} to {ends[1]} the profit stays within {_NEAR:.0%} of the best"


def under(view: RunView, plan: Plan, tables: Tables) -> str:
    """Which rows chose and which rows tell, with how much of them where amounts are missing."""
    chosen, judged = (rows_of(part, view.spec) for part in (tables.chosen_on, tables.judged_on))
    n = plan.rows[0].n_rows
    words = f"Chosen on the {chosen}, reported on {theme.count(n)} {judged}"
    if tables.flatters:
        words = f"Chosen and reported on the same {theme.count(n)} {judged}, so flattering"
    unit = f"Profit in {plan.worth.currency} per 1,000 applicants" if plan.worth.currency else "Profit per 1,000 applicants"
    if plan.sums is not None and plan.sums.n_missing:
        unit += f", of the {theme.count(plan.sums.n_rows)} of {theme.count(n)} rows with an amount"
    return f"{words}. 95% intervals. {unit}."


def _here() -> Component:
    """The row of the slider; the browser writes its cells."""
    cells = [html.Td([html.Span(), html.Span(className="range")], className="num", **{"data-here": name}) for name in HERE]
    return html.Tr([html.Th("Where the slider stands", scope="row"), *cells], className="sd-thr-here")


def _row(plan: Plan, row: StrategyRow, places: dict[float, int], words: str, best: float | None) -> Component:
    if row.cutoff is None:
        return html.Tr(
            [html.Th(row.label, scope="row"), html.Td(theme.NOTHING, className="num"), html.Td(row.note, colSpan=len(HEADS) - 2)],
            className="sd-thr-none",
        )
    name: Sequence[Any] = [html.Button(row.label, type="button", className="sd-thr-pick")]
    if row.note:
        name = [*name, html.Span(row.note, className="note")]
    profit = row.profit_per_1000
    to_best: Children = theme.NOTHING
    if profit is not None and profit.value is not None and best is not None and abs(profit.value - best) > 1e-9 * abs(best):
        gap = profit.value - best
        to_best = f"{'+' if gap > 0 else ''}{theme.money(gap, plan.worth.currency)}"
    cells = [
        html.Td(words, className="num strong"),
        _share(row.approval_rate),
        _share(row.bad_rate),
        _share(row.recall, row.bads_avoided),
        _share(row.goods_lost_rate, row.goods_lost),
        _money(profit, plan.worth.currency),
        html.Td(to_best, className="num sd-thr-to-best"),
    ]
    return html.Tr(
        [html.Th(name, scope="row"), *cells],
        **{"data-thr-cut": places[row.cutoff], "data-thr-rule": row.rule, "data-thr-row": ""},
    )


def _share(found: Estimate | None, count: int | None = None) -> Component:
    if found is None or found.value is None:
        return html.Td(theme.NOTHING, className="num")
    value = theme.share(found.value)
    if count is not None:
        value = f"{theme.count(count)}, {value}"
    return html.Td([html.Span(value), _range(theme.share(found.low), theme.share(found.high))], className="num")


def _money(found: Estimate | None, currency: str) -> Component:
    if found is None or found.value is None:
        return html.Td(theme.NOTHING, className="num")
    parts: list[Children] = [html.Span(theme.money(found.value, currency))]
    if found.low is not None:
        parts.append(_range(theme.money(found.low, currency), theme.money(found.high, currency)))
    return html.Td(parts, className="num")


def _range(low: str, high: str) -> Component:
    return html.Span(f"{low} to {high}", className="range")
