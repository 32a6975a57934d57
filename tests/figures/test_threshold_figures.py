"""The figures of the Threshold tab hold the counts of the table, at cut-offs where these are exact."""

import numpy as np
import pytest

from pipeline.cutoffs.strategy import Worth, profit_curve
from pipeline.evaluation.metrics import Ranking
from pipeline.evaluation.score_tables import cutoffs_of, score_table
from pipeline.evaluation_results import ScoreTable
from pipeline.figures.profit import profit_figure
from pipeline.figures.threshold import axis_of, cutoff_precision_recall, cutoff_roc, outcome_figure
from pipeline.results import ScoreScale


def table_of(worst: float = 1.0, n: int = 20_000, decimals: int = 6) -> tuple[ScoreTable, np.ndarray, np.ndarray]:
    random = np.random.default_rng(9)
    score = np.round(random.beta(1.5, 6, n) * worst, decimals)
    is_bad = random.random(n) < score
    ranking = Ranking.of(is_bad, score)
    return score_table(ranking, cutoffs_of(ranking, 0.5)), is_bad, score


@pytest.mark.parametrize("worst", [1.0, 0.2, 0.01])
def test_every_row_is_in_a_bar(worst: float) -> None:
    table, is_bad, score = table_of(worst)
    figure = outcome_figure(table, "light")
    goods, strong, bads, also = figure.data
    assert sum(goods.customdata) == (~is_bad).sum()
    assert sum(bads.customdata) == is_bad.sum()
    assert list(strong.y) == list(goods.y)
    assert list(also.base) == [-height for height in also.y]
    start, end, width = axis_of(table)
    assert start == 0
    assert score.max() <= end <= max(2.5 * score.max(), score.max() + 0.005)
    edges = np.append(goods.x - goods.width / 0.96 / 2, goods.x[-1] + goods.width[-1] / 0.96 / 2)
    for k, count in enumerate(goods.customdata):
        inside = (score >= edges[k] - 1e-6) & (score < (edges[k + 1] - 1e-6 if k + 1 < len(goods.x) else np.inf))
        assert abs(int((inside & ~is_bad).sum()) - count) <= max(3, 0.01 * count)  # edges travel in single precision
        assert goods.y[k] == pytest.approx(count * width / (edges[k + 1] - edges[k]), rel=1e-3)


def test_round_bins_hold_exact_counts() -> None:
    table, is_bad, score = table_of()
    goods = outcome_figure(table, "dark").data[0]
    _, _, width = axis_of(table)
    for k, count in enumerate(goods.customdata[:-1]):
        inside = (score >= round(k * width, 9)) & (score < round((k + 1) * width, 9))
        assert count == (inside & ~is_bad).sum()
        assert goods.y[k] == pytest.approx(count)


def test_a_score_from_elsewhere_has_ticks_in_its_own_unit() -> None:
    table, _, _ = table_of(0.8)
    figure = outcome_figure(table, "light", ScoreScale("bureau", 300, 850, "good", is_probability=False))
    assert "bureau" in figure.layout.xaxis.title.text
    assert "800" in figure.layout.xaxis.ticktext
    at = figure.layout.xaxis.ticktext.index("800")
    assert figure.layout.xaxis.tickvals[at] == pytest.approx((850 - 800) / 550)


def test_curves_pass_through_every_cutoff() -> None:
    table, is_bad, score = table_of()
    roc, pr = cutoff_roc(table, "light").data[1], cutoff_precision_recall(table, "light").data[1]
    for curve in (roc, pr):
        for i in range(0, len(curve.customdata) - 1, 7):
            refused = score >= table.cutoffs[int(np.abs(np.array(table.cutoffs) - curve.customdata[i]).argmin())]
            recall = (refused & is_bad).sum() / is_bad.sum()
            assert (curve.y[i] if curve is roc else curve.x[i]) == pytest.approx(recall, abs=1e-6)
        assert len(curve.x) < 1000
    every = [
        (table.bad_at_or_above[i] / is_bad.sum(), table.good_at_or_above[i] / (~is_bad).sum()) for i in range(len(table.cutoffs))
    ]
    drawn = np.interp([x for _, x in every], roc.x[::-1], roc.y[::-1])
    assert np.abs(drawn - [y for y, _ in every]).max() < 5e-3  # steep parts; the distance from the line is below 5e-4


def test_few_bads_are_not_drawn_on_the_ground() -> None:
    table, _, _ = table_of(0.02)
    figure = cutoff_precision_recall(table, "light")
    assert figure.layout.yaxis.range[1] < 0.4


def test_profit_runs_from_nobody_to_everybody() -> None:
    table, is_bad, _ = table_of()
    curve = profit_curve(table, Worth(gain=1, loss=4))
    figure = profit_figure(curve, "$", "light", n_rows=len(is_bad))
    high, low, line = figure.data
    assert (line.x[0], line.y[0]) == (0, 0)
    assert line.x[-1] == 1
    assert line.y[-1] == pytest.approx(1000 * ((~is_bad).sum() - 4 * is_bad.sum()) / len(is_bad), rel=1e-5)
    assert all(low.y <= line.y)
    assert all(line.y <= high.y)
    assert max(line.y) == pytest.approx(1000 * max(curve.profit) / len(is_bad), rel=1e-3)
    assert "$" in figure.layout.yaxis.title.text
