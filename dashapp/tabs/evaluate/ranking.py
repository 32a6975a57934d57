"""How well the scores rank: precision and recall, the gap of the two distributions, gains and lift."""

from itertools import pairwise

from dash import html
from dash.development.base_component import Component

from dashapp import theme
from dashapp.tabs.evaluate.judged import Judged
from dashapp.tabs.evaluate.run_page import ids
from dashapp.usecases.runs import RunView
from dashapp.widgets.basics import Children, card
from dashapp.widgets.figures import figure_card
from dashapp.widgets.tables import Column, table
from pipeline.evaluation_results import Confusion, GainsBand, ScoreTable
from pipeline.figures.curves import score_text
from pipeline.figures.gains import gains_figure, gains_finding, lift
from pipeline.figures.ks import ks_figure, ks_finding
from pipeline.figures.precision_recall import precision_recall_figure, precision_recall_finding
from pipeline.figures.template import Look
from pipeline.results import RunResult, ScoreScale


def precision_recall_card(result: RunResult, judged: Judged, counts: Confusion, look: Look, span: int) -> list[Component]:
    curve = judged.evaluation.precision_recall if judged.evaluation is not None else None
    if curve is None:
        return []
    figure = precision_recall_figure(curve, counts, judged.cutoff, look, name=judged.name, scale=result.scale)
    interval = f" (95% interval {theme.interval(curve.low, curve.high)})" if curve.low is not None else ""
    under = f"Precision and recall, average precision {theme.metric(curve.average_precision)}{interval}; {judged.rows}."
    meaning = [
        html.P("Each point is a cut-off: right, the share of bads that it refuses (recall); up, the share of bads among those "
               "that it refuses (precision). The dot is the run's cut-off."),
        html.P("Average precision = Σ (Rₙ − Rₙ₋₁) · Pₙ over the cut-offs from the highest down, without interpolation. A coin "
               "has the bad rate, a perfect ranking 1."),
    ]  # fmt: skip
    return [
        figure_card(ids.precision_recall, precision_recall_finding(counts), under, figure, meaning=meaning, span=span, height=360)
    ]


def ks_card(view: RunView, result: RunResult, judged: Judged, scores: ScoreTable, look: Look, span: int) -> list[Component]:
    if judged.metrics.ks_statistic is None:
        return []
    interval = judged.evaluation.interval("ks_statistic") if judged.evaluation is not None else None
    told = f" (95% interval {theme.interval(interval.low, interval.high)})" if interval is not None else ""
    under = f"Shares of goods and of bads that score below; KS {theme.metric(judged.metrics.ks_statistic)}{told}; {judged.rows}."
    meaning = [
        html.P("Two cumulative curves: the share of all goods, and of all bads, with a score below the one underneath."),
        html.P("KS, after Kolmogorov and Smirnov, is the widest gap between the two: 0 where they lie on each other, 1 where a "
               "cut-off parts all goods from all bads."),
    ]  # fmt: skip
    figure = ks_figure(scores, judged.metrics.ks_statistic, view.cutoff, look, scale=result.scale)
    return [figure_card(ids.ks, ks_finding(scores, scale=result.scale), under, figure, meaning=meaning, span=span, height=360)]


def gains_cards(result: RunResult, judged: Judged, counts: Confusion, look: Look) -> list[Component]:
    bands = judged.evaluation.gains if judged.evaluation is not None else ()
    if not bands or not bands[-1].cumulative_bad:
        return []
    figure = gains_figure(bands, counts, judged.cutoff, look)
    under = f"Cumulative gains above, lift of each of {len(bands)} bands below; {judged.rows}."
    meaning = [
        html.P("Rows stand from the worst score to the best, cut into bands of as equal size as tied scores allow."),
        html.P("Gains: the share of all bads that the rows from the worst down to here hold. Lift = bad rate of the band / bad "
               "rate of all rows; 1 is no better than chance."),
    ]  # fmt: skip
    drawn = figure_card(ids.gains, gains_finding(bands), under, figure, meaning=meaning, span=6, height=440)
    return [drawn, _gains_table(bands, judged, result.scale)]


def _gains_table(bands: tuple[GainsBand, ...], judged: Judged, scale: ScoreScale | None) -> Component:
    n, n_bad = bands[-1].cumulative_rows, bands[-1].cumulative_bad
    worst = bands[0]
    rates = [band.n_bad / band.n_rows for band in bands]
    rows: list[list[Children]] = []
    for i, (band, rate) in enumerate(zip(bands, rates, strict=True)):
        above = band.cumulative_bad / n_bad
        rows.append([
            str(i + 1), f"{_end(band.lowest, scale)} to {_end(band.highest, scale)}",
            theme.count(band.n_rows), theme.count(band.n_bad), theme.share(rate),
            theme.share(above),
            f"{lift(band.n_bad, band.n_rows, n_bad, n):.2f}", f"{lift(band.cumulative_bad, band.cumulative_rows, n_bad, n):.2f}",
        ])  # fmt: skip
    heads = ("Scores", "Rows", "Bad", "Bad rate", "Bads caught", "Lift", "So far")
    columns = [Column("Band"), *(Column(head, numeric=True) for head in heads)]
    title = f"In the worst band {theme.share(rates[0])} are bad, in the best {theme.share(rates[-1])}"
    ordered = all(left >= right for left, right in pairwise(rates))
    order = "the bad rate falls from band to band" if ordered else "the bad rate does not fall from every band to the next"
    under = f"Gains table of {judged.rows}, {theme.count(worst.n_rows)} in the worst band; {order}"
    return card(title, table(columns, rows, label="Gains table"), under=under, span=6, flush=True)


def _end(place: float, scale: ScoreScale | None) -> str:
    return theme.metric(place) if scale is None else score_text(place, scale)
