"""The reliability curve draws the bands with their intervals, and its words follow from the numbers."""

import math
from dataclasses import replace

import pytest

from pipeline.evaluation.intervals import wilson_interval
from pipeline.evaluation_results import BrierParts, Calibration, CalibrationBand, HosmerLemeshow
from pipeline.figures.calibration import (
    brier_words,
    calibration_figure,
    calibration_finding,
    hosmer_lemeshow_words,
    slope_text,
    too_few,
)
from pipeline.figures.template import PALETTES, Look


def band(n: int, bad: int, predicted: float) -> CalibrationBand:
    return CalibrationBand(n, predicted, bad / n, *wilson_interval(bad, n))


BANDS = (band(100, 5, 0.06), band(100, 20, 0.18), band(100, 55, 0.5))
AFTER = Calibration(300, 80, 74.0, 1.05, 0.8, 1.3, 0.1, 0.15, BANDS)
BEFORE = replace(
    AFTER,
    expected_bad=150.0,
    bands=tuple(replace(one, mean_probability=p) for one, p in zip(BANDS, (0.3, 0.5, 0.7), strict=True)),
)


@pytest.mark.parametrize("look", ["light", "dark"])
def test_bands_are_drawn_with_their_intervals(look: Look) -> None:
    figure = calibration_figure(AFTER, BEFORE, look)
    curves = {trace.name: trace for trace in figure.data if trace.name}
    assert list(curves) == ["as fitted", "corrected"]
    strong = curves["corrected"]
    assert strong.line.color == PALETTES[look].series[0]
    assert tuple(strong.x) == (0.06, 0.18, 0.5)
    assert tuple(strong.y) == (0.05, 0.2, 0.55)
    low, high = wilson_interval(55, 100)
    assert strong.error_y.array[2] == pytest.approx(high - 0.55)
    assert strong.error_y.arrayminus[2] == pytest.approx(0.55 - low)
    assert tuple(curves["as fitted"].x) == (0.3, 0.5, 0.7)
    assert figure.layout.template.layout.showlegend is False


def test_one_curve_alone_needs_no_label() -> None:
    (trace,) = [trace for trace in calibration_figure(AFTER, None, "light").data if trace.name]
    assert not any(trace.text)


def test_the_finding_says_whether_the_difference_is_chance() -> None:
    spread = math.sqrt(100 * (0.06 * 0.94 + 0.18 * 0.82 + 0.25))
    assert abs(80 - 74) < 1.96 * spread
    assert calibration_finding(AFTER) == "74 bads were expected and 80 came: right but for chance"
    assert calibration_finding(BEFORE).endswith("150 bads were expected and 80 came: the predicted chances are too high")
    assert calibration_finding(replace(AFTER, expected_bad=20.0)).endswith("too low")


@pytest.mark.parametrize(
    ("slope", "low", "high", "says"),
    [
        (1.05, 0.8, 1.3, "Calibration slope 1.05 (95% interval 0.80 to 1.30); 1 is right."),
        (0.5, 0.4, 0.6, "too far apart"),
        (2.0, 1.6, 2.4, "too close together"),
        (1.1, None, None, "Calibration slope 1.10; 1 is right."),
        (None, None, None, "cannot be estimated"),
    ],
)
def test_the_slope_is_told(slope: float | None, low: float | None, high: float | None, says: str) -> None:
    assert says in slope_text(replace(AFTER, slope=slope, slope_low=low, slope_high=high))


def test_a_right_number_with_a_wrong_slope_is_said_to_be_both() -> None:
    found = replace(AFTER, slope=0.5, slope_low=0.4, slope_high=0.6)
    assert calibration_finding(found).endswith("80 came: right on the whole, but the chances are too far apart")
    assert calibration_finding(replace(found, expected_bad=20.0)).endswith("too low")
    found = replace(AFTER, slope=2.0, slope_low=1.5, slope_high=2.5)
    assert calibration_finding(found).endswith("but the chances are too close together")


def test_a_band_that_ties_left_with_a_few_rows_is_not_drawn() -> None:
    odd = band(2, 2, 0.2)
    found = replace(AFTER, n_rows=302, n_bad=82, bands=(*BANDS[:2], odd, BANDS[2]))
    assert [too_few(found, one) for one in found.bands] == [False, False, True, False]
    (trace,) = [trace for trace in calibration_figure(found, None, "light").data if trace.name]
    assert tuple(trace.x) == (0.06, 0.18, 0.5)


def test_the_parts_of_the_brier_score_are_told_as_shares_of_the_uncertainty() -> None:
    told = brier_words(BrierParts(0.16, 0.004, 0.05, 0.2, 0.006, 10), 82)
    assert told == "The Brier score is 0.160: groups of the score tell 25% of the uncertainty, chances that are off lose 2.0%"
    assert brier_words(BrierParts(0.0, 0.0, 0.0, 0.0, 0.0, 1), 0) == "The Brier score is 0.000"
    few = brier_words(BrierParts(0.149, 0.121, 0.111, 0.139, 0.0, 10), 3)
    assert few == "The Brier score is 0.149; 3 of a class are too few to divide it among groups"


def test_degrees_of_freedom_are_told_with_their_reason() -> None:
    unseen = hosmer_lemeshow_words(HosmerLemeshow(9.1, 10, 0.523, 10))
    assert unseen.startswith("χ² is 9.1 on 10 degrees of freedom (as many as groups, on rows that the fit did not see), p 0.523")
    assert "no further off than chance goes" in unseen
    seen = hosmer_lemeshow_words(HosmerLemeshow(40.0, 8, 0.0000032, 10, 3))
    assert "(the 10 groups less 2, on rows of the fit), p under 0.001: further from what was expected" in seen
    assert "3 of 10 groups expect fewer than 5" in seen
