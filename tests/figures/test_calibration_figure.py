"""The reliability curve draws the bands with their intervals, and its words follow from the numbers."""

import math
from dataclasses import replace

import pytest

from pipeline.figures.calibration import calibration_figure, calibration_finding, slope_text
from pipeline.figures.template import PALETTES, Look
from pipeline.intervals import wilson_interval
from pipeline.results import Calibration, CalibrationBand


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
