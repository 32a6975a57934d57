"""Points and score bands against the published scaling, closed forms and a plain loop."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.cutoffs.points import LEAST_ROWS, Scaling, rounded
from pipeline.cutoffs.score_bands import MOST_BANDS, points_of, score_bands
from pipeline.errors import InvalidSpec
from pipeline.evaluation.intervals import wilson_interval

SCALINGS = st.builds(Scaling, st.floats(-1_000, 1_000), st.floats(0.1, 1_000), st.floats(1, 200))


def test_600_at_50_to_1_with_20_points_to_double_the_odds():
    """Siddiqi (2006), "Credit Risk Scorecards", chapter 6: factor 28.8539, offset 487.1228, and 620 at 100 : 1."""
    scaling = Scaling()
    assert round(scaling.factor, 4) == 28.8539
    assert math.floor(scaling.offset * 10_000) / 10_000 == 487.1228  # 487.12288, cut off after four digits
    assert scaling.offset == pytest.approx(600 - 20 * math.log2(50), abs=1e-9)
    assert scaling.points(1 / 51) == pytest.approx(600, abs=1e-9)
    assert scaling.points(1 / 101) == pytest.approx(620, abs=1e-9)
    assert scaling.points(1 / 2) == pytest.approx(scaling.offset)
    assert scaling.odds(620) == pytest.approx(100)


@settings(max_examples=100, deadline=None)
@given(SCALINGS, st.floats(1e-6, 1 - 1e-6))
def test_points_and_probability_are_each_others_way_back(scaling, probability):
    points = scaling.points(probability)
    assert scaling.probability(points) == pytest.approx(probability, rel=1e-9)
    assert scaling.points(scaling.probability(points)) == pytest.approx(points, abs=1e-6)
    assert scaling.odds(points + scaling.pdo) == pytest.approx(2 * scaling.odds(points), rel=1e-9)
    assert points_of(np.array([probability]), scaling)[0] == pytest.approx(points, abs=1e-9)


def test_certain_probabilities_have_finite_points():
    assert math.isfinite(Scaling().points(0.0))
    assert math.isfinite(Scaling().points(1.0))
    assert Scaling(0, 1, 0.01).probability(1e6) == 0.0


@pytest.mark.parametrize(("points", "whole"), [(599.5, 600), (599.49, 599), (-0.5, 0), (-1.2, -1), (600.0, 600)])
def test_halves_are_rounded_up(points, whole):
    assert rounded(points) == whole


@pytest.mark.parametrize(
    "given_values",
    [
        {"pdo": 0},
        {"pdo": -20},
        {"pdo": "many"},
        {"base_odds": 0},
        {"base_odds": float("nan")},
        {"base_score": float("inf")},
        {"base_score": [600]},
        {"base_score": True},
        {"pdo": 10**400},
    ],
)
def test_values_that_cannot_be_used_are_told_at_their_field(given_values):
    with pytest.raises(InvalidSpec) as said:
        Scaling.parse(given_values)
    assert list(said.value.problems) == list(given_values)
    assert "give" in str(said.value)


def test_values_of_a_link_are_read():
    assert Scaling.parse({"base_score": "500", "base_odds": "20", "pdo": None}) == Scaling(500, 20, 20)
    assert Scaling.parse({}) == Scaling(600, 50, 20)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 400), st.integers(0, 10_000), st.integers(20, 150))
def test_bands_hold_every_row_once_in_the_band_of_its_whole_points(n, seed, width):
    draw = np.random.default_rng(seed)
    probability = draw.beta(1, 6, n).clip(1e-3, 0.999)
    is_bad = draw.random(n) < probability
    found = score_bands(is_bad, probability, Scaling(), part="held_out", width=width)
    points = [rounded(Scaling().points(p)) for p in probability]
    assert sum(band.n_rows for band in found.bands) == n
    rows = bad = 0
    for band in found.bands:
        inside = np.array(
            [(band.low is None or at >= band.low) and (band.high is None or at < band.high) for at in points], dtype=bool
        )
        assert (band.n_rows, band.n_bad) == (inside.sum(), is_bad[inside].sum())
        rows, bad = rows + band.n_rows, bad + band.n_bad
        assert (band.cumulative_rows, band.cumulative_bad) == (rows, bad)
        if band.n_rows >= LEAST_ROWS:
            assert band.bad_rate == pytest.approx(is_bad[inside].mean())
            assert band.mean_probability == pytest.approx(probability[inside].mean())
            assert (band.ci_low, band.ci_high) == wilson_interval(band.n_bad, band.n_rows)
            assert (band.odds is None) == (band.n_bad == 0)
        else:
            assert (band.bad_rate, band.ci_low, band.mean_probability, band.odds) == (None, None, None, None)
    assert (rows, bad) == (n, is_bad.sum())
    lows = [band.low for band in found.bands if band.low is not None]
    assert lows == sorted(lows, reverse=True)
    assert all(low % width == 0 for low in lows)


@settings(max_examples=40, deadline=None)
@given(SCALINGS, st.floats(0.2, 5))
def test_the_usual_width_gives_a_table_that_fits_a_page(scaling, spread):
    eta = np.random.default_rng(1).normal(-2, spread, 500)
    found = score_bands(eta > 0, 1 / (1 + np.exp(-eta)), scaling, part="held_out")
    assert 1 <= len(found.bands) <= 13


def test_a_constant_score_is_one_band():
    found = score_bands(np.arange(100) < 10, np.full(100, 0.1), Scaling(), part="training")
    (band,) = found.bands
    assert (band.n_rows, band.bad_rate, found.n_bad) == (100, 0.1, 10)
    assert band.odds == pytest.approx(9)
    assert score_bands(np.zeros(0, bool), np.zeros(0), Scaling(), part="training").bands == ()


@pytest.mark.parametrize("width", [0, -5, True, 2.5, 1])
def test_a_width_that_cannot_be_used_is_refused_with_one_that_can(width):
    probability = np.linspace(0.001, 0.9, 1_000)
    with pytest.raises(InvalidSpec) as said:
        score_bands(probability > 0.5, probability, Scaling(), part="held_out", width=width)
    told = said.value.problems["width"]
    if width == 1 and width is not True:
        least = int(told.rsplit("give ", 1)[1].split()[0])
        assert len(score_bands(probability > 0.5, probability, Scaling(), part="x", width=least).bands) <= MOST_BANDS


def test_bands_have_names():
    probability = np.linspace(0.01, 0.6, 2_000)
    names = [band.name for band in score_bands(probability > 0.5, probability, Scaling(), part="x", width=20).bands]
    assert names[0].endswith(" and more")
    assert names[-1].startswith("under ")
    assert "540 to 559" in names
