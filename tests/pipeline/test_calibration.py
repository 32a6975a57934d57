"""Calibration against statsmodels, closed forms and the definition of the bands."""

import warnings

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.evaluation.calibration import calibration_of
from pipeline.evaluation.intervals import wilson_interval
from pipeline.evaluation.metrics import Judged


def drawn(n: int, slope: float, intercept: float, seed: int = 0, digits: int = 12) -> Judged:
    draw = np.random.default_rng(seed)
    eta = draw.normal(-1, 1.2, n)
    bad = draw.random(n) < 1 / (1 + np.exp(-(intercept + slope * eta)))
    return Judged(bad, np.round(1 / (1 + np.exp(-eta)), digits), 0.5)


@pytest.mark.parametrize(("slope", "intercept"), [(1.0, 0.0), (0.4, 0.3), (1.7, -1.0), (-0.5, 0.0), (0.0, 0.0)])
@pytest.mark.parametrize(("n", "digits"), [(800, 12), (800, 1), (9_000, 12)])
def test_slope_interval_and_intercept_are_those_of_statsmodels(slope, intercept, n, digits):
    part = drawn(n, slope, intercept, digits=digits)
    inside = (part.probability > 0) & (part.probability < 1)
    part = Judged(part.is_bad[inside], part.probability[inside], 0.5)
    found = calibration_of(part)
    assert found is not None
    eta = np.log(part.probability / (1 - part.probability))
    line = sm.Logit(part.is_bad.astype(float), sm.add_constant(eta)).fit(disp=0, tol=1e-12, method="newton")
    assert found.slope == pytest.approx(line.params[1], abs=1e-7)
    assert (found.slope_low, found.slope_high) == pytest.approx(tuple(line.conf_int()[1]), abs=1e-6)
    shifted = sm.GLM(part.is_bad.astype(float), np.ones(len(eta)), family=sm.families.Binomial(), offset=eta).fit(tol=1e-12)
    assert found.intercept == pytest.approx(shifted.params[0], abs=1e-7)
    assert (found.intercept_low, found.intercept_high) == pytest.approx(tuple(shifted.conf_int()[0]), abs=1e-6)
    assert found.expected_bad == pytest.approx(part.probability.sum())
    assert found.n_bad == part.is_bad.sum()


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.integers(0, 30)), min_size=1, max_size=120))
def test_bands_hold_every_row_once_and_a_score_stays_in_one(rows):
    part = Judged(np.array([bad for bad, _ in rows]), np.array([score / 30 for _, score in rows]), 0.5)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = calibration_of(part)
    assert found is not None
    assert sum(band.n_rows for band in found.bands) == len(rows)
    assert sum(band.n_rows * band.bad_rate for band in found.bands) == pytest.approx(found.n_bad)
    assert sum(band.n_rows * band.mean_probability for band in found.bands) == pytest.approx(found.expected_bad)
    assert len(found.bands) <= min(10, len(np.unique(part.probability)))
    means = [band.mean_probability for band in found.bands]
    assert means == sorted(means)
    for band in found.bands:
        assert (band.ci_low, band.ci_high) == wilson_interval(round(band.bad_rate * band.n_rows), band.n_rows)
        assert band.ci_low <= band.bad_rate <= band.ci_high


def test_bands_are_tenths_where_scores_differ():
    found = calibration_of(drawn(1_000, 1, 0))
    assert found is not None
    assert [band.n_rows for band in found.bands] == [100] * 10


def test_what_does_not_exist_is_null():
    score = np.linspace(0.1, 0.9, 10)
    bad = np.arange(10) >= 5
    separated, opposite = calibration_of(Judged(bad, score, 0.5)), calibration_of(Judged(~bad, score, 0.5))
    assert separated is not None
    assert opposite is not None
    assert (separated.slope, separated.slope_low, opposite.slope) == (None, None, None)
    assert separated.intercept == pytest.approx(0, abs=1e-9)  # as many bads as are expected: 5 of 10
    constant = calibration_of(Judged(bad, np.full(10, 0.2), 0.5))
    assert constant is not None
    assert constant.slope is None
    assert constant.intercept == pytest.approx(np.log(4))  # from odds of 1 : 4 to 1 : 1
    one_class = calibration_of(Judged(np.zeros(10, bool), score, 0.5))
    assert one_class is not None
    assert (one_class.slope, one_class.intercept) == (None, None)
    assert calibration_of(Judged(np.zeros(0, bool), np.zeros(0), 0.5)) is None


def test_certain_scores_do_not_break_it():
    part = drawn(500, 1, 0)
    score = part.probability.copy()
    score[:3], score[3:6] = 0.0, 1.0
    found = calibration_of(Judged(part.is_bad, score, 0.5))
    assert found is not None
    assert found.slope is not None
    assert found.intercept is not None
    assert np.isfinite([found.slope, found.intercept]).all()
