"""Brier's parts, Hosmer-Lemeshow and Jeffreys' test: closed forms, scipy, and what they say of right and wrong probabilities."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats

from pipeline.evaluation.calibration import calibration_of
from pipeline.evaluation.calibration_tests import brier_parts, hosmer_lemeshow, jeffreys_p
from pipeline.evaluation.metrics import Judged, Ranking
from pipeline.evaluation.tied_bands import tied_bands


def ranking_of(groups: list[tuple[float, int, int]]) -> Ranking:
    """Out of (probability, rows, bads)."""
    p, n, bad = (np.array(column) for column in zip(*groups, strict=True))
    return Ranking(p, bad, n - bad)


def rightly(n: int, seed: int) -> Ranking:
    """Probabilities that are the chances."""
    draw = np.random.default_rng(seed)
    p = draw.beta(1.5, 6, n)
    return Ranking.of(draw.random(n) < p, p)


def test_brier_parts_of_two_groups_by_hand():
    """10 rows said 0.2 with 3 bads, 30 rows said 0.6 with 15 bads: o = 0.45."""
    found = brier_parts(ranking_of([(0.2, 10, 3), (0.6, 30, 15)]))
    assert found is not None
    assert found.reliability == pytest.approx((10 * 0.1**2 + 30 * 0.1**2) / 40)
    assert found.resolution == pytest.approx((10 * 0.15**2 + 30 * 0.05**2) / 40)
    assert found.uncertainty == pytest.approx(0.45 * 0.55)
    assert (found.within, found.n_groups) == (pytest.approx(0), 2)
    assert found.score == pytest.approx((3 * 0.8**2 + 7 * 0.2**2 + 15 * 0.4**2 + 15 * 0.6**2) / 40)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.integers(0, 200)), min_size=1, max_size=200))
def test_brier_parts_sum_to_the_score(rows):
    bad, p = np.array([bad for bad, _ in rows]), np.array([score / 200 for _, score in rows])
    found = brier_parts(Ranking.of(bad, p))
    assert found is not None
    assert found.score == pytest.approx(((p - bad) ** 2).mean())
    assert found.reliability - found.resolution + found.uncertainty + found.within == pytest.approx(found.score, abs=1e-12)
    assert min(found.reliability, found.resolution, found.uncertainty) >= 0
    assert found.n_groups <= 10
    assert found.within == pytest.approx(0, abs=1e-12) or len(np.unique(p)) > 10


def test_hosmer_lemeshow_of_the_low_birth_weights():
    """The table of ten groups in Stata's manual, [R] estat gof: chi2(8) 9.65, p 0.2904; its expected counts have one decimal."""
    observed = [0, 2, 6, 1, 7, 7, 6, 7, 10, 13]
    expected = [1.2, 2.0, 3.2, 4.3, 4.9, 5.6, 6.5, 8.2, 10.3, 12.8]
    rows = [*[19] * 9, 18]
    groups = [(e / n, n, o) for e, n, o in zip(expected, rows, observed, strict=True)]
    found = hosmer_lemeshow(ranking_of(groups), fitted=True)
    assert found is not None
    assert (found.n_groups, found.df) == (10, 8)
    assert found.statistic == pytest.approx(9.65, abs=0.1)
    assert found.p_value == pytest.approx(0.2904, abs=0.01)


def test_hosmer_lemeshow_is_the_sum_over_tenths():
    ranking = rightly(5_000, 1)
    found, fitted = hosmer_lemeshow(ranking, fitted=False), hosmer_lemeshow(ranking, fitted=True)
    assert found is not None
    assert fitted is not None
    bad, p = ranking.bad.reshape(10, 500), ranking.scores.reshape(10, 500)
    observed, expected = bad.sum(axis=1), p.sum(axis=1)
    cells = stats.chisquare([*observed, *(500 - observed)], [*expected, *(500 - expected)], sum_check=False)
    assert found.statistic == fitted.statistic == pytest.approx(cells.statistic)
    assert (found.df, fitted.df, found.n_groups) == (10, 8, 10)
    assert found.p_value == pytest.approx(stats.chi2.sf(found.statistic, 10))
    assert fitted.p_value == pytest.approx(stats.chi2.sf(found.statistic, 8))
    assert found.n_few == (np.minimum(expected, 500 - expected) < 5).sum()


def test_p_values_on_other_rows_are_even_where_probabilities_are_right():
    """As many degrees of freedom as groups: nothing was fitted to these rows. 1 of 20 is below 0.05."""
    values = [found.p_value for seed in range(400) if (found := hosmer_lemeshow(rightly(2_000, seed), fitted=False))]
    assert len(values) == 400
    assert stats.kstest(values, "uniform").pvalue > 0.01
    assert np.mean(np.array(values) < 0.05) == pytest.approx(0.05, abs=0.03)


def test_wrong_probabilities_are_told_and_what_cannot_be_tested_is_not():
    ranking = rightly(3_000, 2)
    halved = hosmer_lemeshow(Ranking(ranking.scores / 2, ranking.bad, ranking.good), fitted=False)
    assert halved is not None
    assert halved.p_value < 1e-6
    assert hosmer_lemeshow(ranking_of([(0.2, 50, 10), (0.4, 50, 20)]), fitted=True) is None
    assert hosmer_lemeshow(ranking_of([(0.0, 50, 0), (0.4, 50, 20), (0.6, 50, 20)]), fitted=False) is None
    few = hosmer_lemeshow(ranking_of([(0.02, 50, 0), (0.4, 50, 20), (0.6, 50, 30)]), fitted=False)
    assert few is not None
    assert (few.n_few, few.n_groups) == (1, 3)


@pytest.mark.parametrize(("n", "bad", "p"), [(50, 0, 0.01), (200, 9, 0.03), (1_000, 31, 0.02), (20, 20, 0.9)])
def test_jeffreys_is_the_share_of_the_posterior_below_what_was_said(n, bad, p):
    """The likelihood times Jeffreys' prior p^-½ (1-p)^-½, integrated."""

    def density(x: float) -> float:
        return float(np.exp(stats.beta.logpdf(x, bad + 1, n - bad + 1) - 0.5 * np.log(x * (1 - x))))

    below, above = (integrate.quad(density, *ends, limit=400)[0] for ends in ((0, p), (p, 1)))
    found = jeffreys_p(tied_bands(ranking_of([(p, n, bad)])))
    assert found[0] == pytest.approx(below / (below + above), rel=1e-4)
    assert found[0] == pytest.approx(stats.beta.cdf(p, bad + 0.5, n - bad + 0.5))


def test_every_band_has_jeffreys_p_small_where_more_went_bad_than_was_said():
    ranking = rightly(4_000, 3)
    bad = np.repeat([1, 0], [ranking.n_bad, ranking.n_good]) == 1
    scores = np.concatenate([np.repeat(ranking.scores, ranking.bad), np.repeat(ranking.scores, ranking.good)])
    right, halved = calibration_of(Judged(bad, scores, 0.5)), calibration_of(Judged(bad, scores / 2, 0.5))
    assert right is not None
    assert halved is not None
    assert np.mean([band.jeffreys_p for band in right.bands]) == pytest.approx(0.5, abs=0.25)
    assert max(band.jeffreys_p for band in halved.bands[3:]) < 1e-3
