"""Figures of several runs on shared axes, on rows that are worked out by hand."""

import json
from typing import Any

import numpy as np
import plotly.io
import pytest

from pipeline.evaluation_results import Calibration, CalibrationBand, Confusion, RocCurve, ScoreTable
from pipeline.figures.compare import (
    LEAST_APPROVED,
    MOST_DRAWN,
    MOST_POINTS,
    Drawn,
    bad_rate_at,
    calibration_overlay,
    expected_against_came,
    roc_overlay,
    tradeoff_overlay,
)
from pipeline.figures.compare_scores import distribution_panels
from pipeline.figures.template import PALETTES
from pipeline.results import ScoreScale

CUTOFFS = tuple(round(i / 200, 3) for i in range(201))
COUNTS = Confusion(tn=60, fp=20, fn=5, tp=15)


def table(n_bad: int = 400, n_good: int = 1_600) -> ScoreTable:
    """Goods fall off faster than bads."""
    return ScoreTable(
        CUTOFFS,
        tuple(round(n_bad * (1 - cutoff)) for cutoff in CUTOFFS),
        tuple(round(n_good * (1 - cutoff) ** 3) for cutoff in CUTOFFS),
    )


def curve(n: int = 1_000, power: float = 0.4) -> RocCurve:
    x = np.linspace(0, 1, n)
    return RocCurve(tuple(x), tuple(x**power), (None, *(1 - x[1:])))


def calibration(expected: float, came: int) -> Calibration:
    band = CalibrationBand(n_rows=1_000, mean_probability=expected / 1_000, bad_rate=came / 1_000, ci_low=0.01, ci_high=0.4)
    return Calibration(1_000, came, expected, 1.0, 0.9, 1.1, 0.0, 0.1, (band,))


def runs(n: int) -> list[Drawn]:
    return [Drawn("ABCDEFGHIJ"[at], f"Run <i>{at}</i>", at) for at in range(n)]


def named(figure: Any, name: str) -> Any:
    return next(trace for trace in figure.data if trace.name == name)


def test_a_curve_among_others_keeps_its_ends_and_stays_close() -> None:
    figure = roc_overlay([(run, curve(), COUNTS, 0.7) for run in runs(2)], "light")
    drawn = named(figure, "A Run <i>0</i>")
    assert len(drawn.x) <= MOST_POINTS + 2
    assert (drawn.x[0], drawn.y[0], drawn.x[-1], drawn.y[-1]) == (0, 0, 1, 1)
    whole = np.linspace(0, 1, 1_000)
    off = np.abs(np.interp(whole, drawn.x, drawn.y) - whole**0.4)
    assert off[whole > 0.02].max() < 2e-3


def test_the_dots_are_the_cutoffs_and_one_letter_stands_where_they_meet() -> None:
    apart = Confusion(tn=20, fp=60, fn=1, tp=19)
    figure = roc_overlay(
        [(run, curve(), counts, None) for run, counts in zip(runs(3), (COUNTS, COUNTS, apart), strict=True)], "light"
    )
    dots = named(figure, "cut-offs")
    assert set(zip(dots.x, dots.y, strict=True)) == {(20 / 80, 15 / 20), (60 / 80, 19 / 20)}
    assert sorted(dots.text) == ["", "<b>A</b>", "<b>C</b>"]


def test_at_most_six_runs_have_a_colour() -> None:
    figure = roc_overlay([(run, curve(50), COUNTS, 0.7) for run in runs(8)], "light")
    colours = [trace.line.color for trace in figure.data if trace.mode == "lines" and trace.hoverinfo != "skip"]
    assert colours.count(PALETTES["light"].fig_reference) == 2
    assert len(set(colours)) == MOST_DRAWN + 1
    assert len(named(figure, "cut-offs").x) == MOST_DRAWN
    assert len(figure.layout.annotations) == MOST_DRAWN
    assert (
        len({trace.yaxis for trace in distribution_panels([(run, table(), 0.3, None) for run in runs(8)], "dark").data})
        == MOST_DRAWN
    )


def test_bad_rates_among_the_approved() -> None:
    """At 0.5, 200 of 400 bads and 1,400 of 1,600 goods are approved: 80% of all, 12.5% of them bad."""
    found = table()
    assert bad_rate_at(found, 0.8) == pytest.approx(0.125)
    assert bad_rate_at(found, 1.0) == pytest.approx(0.2)
    assert bad_rate_at(table(5, 10), 0.5) is None  # too few to be told
    figure = tradeoff_overlay([(runs(1)[0], found, Confusion(tn=1_400, fp=200, fn=200, tp=200))], "light")
    dots = named(figure, "cut-offs")
    assert (dots.x[0], dots.y[0]) == pytest.approx((0.8, 0.125))
    drawn = named(figure, "A Run <i>0</i>")
    assert min(drawn.x) * 2_000 >= LEAST_APPROVED
    assert (max(drawn.x), drawn.y[-1]) == pytest.approx((1.0, 0.2))


@pytest.mark.parametrize(("expected", "came", "way"), [(100, 100, 0), (100, 118, 0), (100, 119, -1), (130, 100, 1)])
def test_expected_against_came_is_more_than_chance(expected: float, came: int, way: int) -> None:
    """1,000 rows at 0.1: the number that comes has a standard deviation of 9.49, so 18.6 to either side is chance."""
    assert expected_against_came(calibration(expected, came)) == way


def test_calibration_has_the_intervals_and_slopes_of_each_run() -> None:
    figure = calibration_overlay([(run, calibration(100, 90)) for run in runs(2)], "dark")
    assert named(figure, "B Run <i>1</i>").error_y.array[0] == pytest.approx(0.31)
    assert any("slope 1.00" in note.text for note in figure.layout.annotations)
    assert all("<i>" not in note.text for note in figure.layout.annotations)  # names are the users'


def test_scores_of_each_run_sum_to_one() -> None:
    figure = distribution_panels([(run, table(), 0.3, None) for run in runs(2)], "light")
    for trace in figure.data:
        assert abs(sum(trace.y)) == pytest.approx(1, abs=1e-5)
        assert (np.array(trace.y) >= 0).all() if trace.name == "goods" else (np.array(trace.y) <= 0).all()
    assert [shape.x0 for shape in figure.layout.shapes] == [0.3, 0.3]


def test_a_score_has_an_axis_of_its_own_in_its_units() -> None:
    """From 300 to 900, higher is better: 600 stands in the middle, and what is worse at the right."""
    scale = ScoreScale("bureau", 300.0, 900.0, "good", is_probability=False)
    first, second, third = runs(3)
    figure = distribution_panels(
        [(first, table(), 0.3, scale), (second, table(), 0.3, None), (third, table(), 0.4, None)], "light"
    )
    own, shared = figure.layout.xaxis, figure.layout.xaxis2
    marks = dict(zip(own.ticktext, own.tickvals, strict=True))
    assert marks["600"] == pytest.approx(0.5)
    assert marks["800"] < marks["500"]
    assert own.title.text == "bureau, worse to the right"
    assert (shared.title.text, shared.anchor) == ("Predicted probability of bad", "y3")
    assert [trace.xaxis for trace in figure.data] == ["x", "x", "x2", "x2", "x2", "x2"]
    assert [shape.xref for shape in figure.layout.shapes] == ["x", "x2", "x2"]


def test_figures_of_nothing_are_still_figures() -> None:
    empty = ScoreTable((0.0,), (0,), (0,))
    for figure in (
        roc_overlay([], "light"),
        tradeoff_overlay([(runs(1)[0], empty, Confusion(0, 0, 0, 0))], "light"),
        calibration_overlay([], "light"),
        distribution_panels([(runs(1)[0], empty, 0.5, None)], "light"),
    ):
        assert json.loads(plotly.io.to_json(figure))["layout"]
