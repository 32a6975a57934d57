"""The shift of scores against closed forms and its definition."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.evaluation.metrics import Ranking
from pipeline.evaluation.score_tables import cutoffs_of, score_table
from pipeline.scores.score_shift import score_shift, table_shift

few = settings(max_examples=60, deadline=None)
SCORES = st.lists(st.integers(0, 40), min_size=1, max_size=400)


def ranking(scores) -> Ranking:
    scores = np.asarray(scores, float)
    return Ranking.of(np.arange(len(scores)) % 3 == 0, scores)


@few
@given(SCORES)
def test_the_same_scores_have_not_moved(scores):
    psi, bands = score_shift(ranking(scores), ranking(scores))
    assert psi == 0
    assert [band.n_reference for band in bands] == [band.n_newer for band in bands]


def test_two_values_are_the_closed_form():
    """Shares 0.5, 0.5 become 0.8, 0.2: 0.3 ln(8/5) + 0.3 ln(5/2) = 0.3 ln 4."""
    psi, bands = score_shift(ranking([0.2] * 50 + [0.7] * 50), ranking([0.2] * 80 + [0.7] * 20))
    assert psi == pytest.approx(0.3 * math.log(4))
    assert [(band.low, band.high, band.n_reference, band.n_newer) for band in bands] == [(0.2, 0.7, 50, 80), (0.7, 0.7, 50, 20)]


def test_tenths_of_a_uniform_reference_against_its_upper_half():
    """All newer rows in the upper five tenths: each of them holds 0.2 for 0.1, each other half a row for 0.1."""
    reference, newer = np.arange(1000) / 1000, 0.5 + np.arange(1000) / 2000
    psi, bands = score_shift(ranking(reference), ranking(newer))
    empty = 0.5 / 1000
    assert psi == pytest.approx(5 * 0.1 * math.log(2) + 5 * (0.1 - empty) * math.log(0.1 / empty))
    assert [band.n_reference for band in bands] == [100] * 10
    assert [band.n_newer for band in bands] == [0] * 5 + [200] * 5
    assert [band.low for band in bands] == pytest.approx([k / 10 for k in range(10)])


def test_bands_that_hold_no_row_of_either_table_do_not_arise():
    """Ties stay together: of rows with four values, four bands at most, whatever is asked for."""
    psi, bands = score_shift(ranking([0.1] * 97 + [0.2, 0.3, 0.4]), ranking([0.1] * 50 + [0.4] * 50), n_bands=10)
    assert [(band.n_reference, band.n_newer) for band in bands] == [(97, 50), (1, 0), (1, 0), (1, 50)]
    wanted = [(0.97, 0.5), (0.01, 0.005), (0.01, 0.005), (0.01, 0.5)]
    assert psi == pytest.approx(sum((after - before) * math.log(after / before) for before, after in wanted))


def test_newer_scores_beyond_the_reference_are_in_its_outer_bands():
    _, bands = score_shift(ranking(np.linspace(0.4, 0.6, 600)), ranking([0.1, 0.9]))
    assert (bands[0].low, bands[-1].high) == (0.1, 0.9)
    assert [band.n_newer for band in bands] == [1, *[0] * 8, 1]


def test_without_rows_there_is_no_index():
    assert score_shift(ranking([]), ranking([0.5])) == (None, ())
    assert score_shift(ranking([0.5]), ranking([])) == (None, ())


@few
@given(SCORES, SCORES)
def test_every_row_is_in_one_band_and_no_score_is_in_two(reference, newer):
    psi, bands = score_shift(ranking(reference), ranking(newer))
    assert psi is not None
    assert psi >= 0
    assert sum(band.n_reference for band in bands) == len(reference)
    assert sum(band.n_newer for band in bands) == len(newer)
    last = len(bands) - 1
    for place, band in enumerate(bands):
        inside = [band.low <= score and (score < band.high or place == last) for score in newer]
        assert sum(inside) == band.n_newer


@few
@given(SCORES, SCORES)
def test_tables_that_count_at_every_score_give_the_same(reference, newer):
    """Scores that are multiples of 0.005 are cut-offs of every table, so that nothing is rounded."""
    first, second = (ranking([score / 40 for score in scores]) for scores in (reference, newer))
    psi, bands = table_shift(score_table(first, cutoffs_of(first, 0.5)), score_table(second, cutoffs_of(second, 0.5)))
    exact, wanted = score_shift(first, second)
    assert psi == exact
    assert [(band.n_reference, band.n_newer) for band in bands] == [(band.n_reference, band.n_newer) for band in wanted]
    assert [band.low for band in bands] == [band.low for band in wanted]


def test_tables_of_many_scores_come_near():
    random = np.random.default_rng(3)
    first, second = ranking(random.beta(2, 8, 20_000)), ranking(random.beta(2.4, 8, 20_000))
    exact, _ = score_shift(first, second)
    psi, bands = table_shift(score_table(first, cutoffs_of(first, 0.5)), score_table(second, cutoffs_of(second, 0.5)))
    assert psi == pytest.approx(exact, rel=0.05)
    assert len(bands) == 10
