"""The figure of score bands draws the counted rates and odds, and the line that the scaling promises."""

import math

import numpy as np
import pytest

from pipeline.cutoffs.points import LEAST_ROWS, Scaling, ScoreBands
from pipeline.cutoffs.score_bands import score_bands
from pipeline.figures.score_bands import odds_of, score_bands_figure, score_bands_finding
from pipeline.figures.template import Look


def bands(n: int = 4_000, seed: int = 1) -> ScoreBands:
    rng = np.random.default_rng(seed)
    probability = 1 / (1 + np.exp(-rng.normal(-2, 1, n)))
    return score_bands(rng.random(n) < probability, probability, Scaling(), part="held_out")


@pytest.mark.parametrize("look", ["light", "dark"])
def test_rates_odds_and_the_promised_line(look: Look) -> None:
    found = bands()
    drawn = {trace.name: trace for trace in score_bands_figure(found, 550.0, look).data}
    known = [band for band in reversed(found.bands) if band.bad_rate is not None]
    assert list(drawn["bad rate"].y) == [band.bad_rate for band in known]
    assert list(drawn["predicted"].y) == [band.mean_probability for band in known]
    assert list(drawn["odds"].y) == [band.odds for band in known if band.odds is not None]
    first = next(band for band in known if band.odds is not None)
    assert first.odds is not None
    assert first.ci_low is not None
    assert drawn["odds"].error_y.array[0] == pytest.approx((1 - first.ci_low) / first.ci_low - first.odds)
    ends = zip(drawn["promised"].x, drawn["promised"].y, strict=True)
    for at, odds in ends:
        assert odds == pytest.approx(50 * 2 ** ((at - 600) / 20))
    figure = score_bands_figure(found, 550.0, look)
    assert figure.layout.yaxis2.type == "log"
    assert figure.layout.shapes[0].x0 == 550.0
    assert len(figure.layout.yaxis2.tickvals) <= 6


def test_bands_with_too_few_rows_and_without_a_bad_are_left_out() -> None:
    probability = np.array([0.5] * (LEAST_ROWS - 1) + [0.1] * 50 + [0.01] * 50)
    is_bad = np.array([True] * 9 + [False] * 10 + [True] * 5 + [False] * 95)
    found = score_bands(is_bad, probability, Scaling(), part="held_out", width=20)
    drawn = {trace.name: trace for trace in score_bands_figure(found, None, "light").data}
    assert list(drawn["bad rate"].y) == [0.1, 0.0]
    assert list(drawn["odds"].y) == [9.0]


def test_nothing_to_draw_is_an_empty_figure() -> None:
    assert len(score_bands_figure(ScoreBands("held_out", Scaling(), 20, 0, 0, ()), None, "light").data) == 0


def test_the_finding_is_the_doubling_of_the_odds() -> None:
    """With slope b the observed log-odds move by b for each unit of predicted ones, so that they double every PDO / b points."""
    found = bands()
    assert score_bands_finding(found, 0.8) == "The odds double every 25 points; the scale promises 20"
    assert score_bands_finding(found, 1.0004) == "The odds double every 20 points, as the scale promises"
    assert score_bands_finding(found, None).startswith(f"Of {found.bands[0].name} points, ")
    assert score_bands_finding(found, -1.0).endswith("go bad")
    assert score_bands_finding(ScoreBands("x", Scaling(), 20, 5, 0, ()), None) == "5 rows in bands of 20 points"


def test_certain_chances_have_no_odds() -> None:
    assert (odds_of(None), odds_of(0.0), odds_of(1.0)) == (None, None, None)
    assert math.isclose(odds_of(0.2) or 0, 4.0)
