"""Gains by tenths of the rows: closed forms and what holds for any rows."""

from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.evaluation.gains import gains_bands
from pipeline.evaluation.metrics import Ranking


def test_of_a_score_without_a_fault_the_worst_tenths_hold_all_bads():
    bands = gains_bands(Ranking.of(np.arange(1_000) >= 750, np.arange(1_000) / 1_000))
    assert [band.n_rows for band in bands] == [100] * 10
    assert [band.n_bad for band in bands] == [100, 100, 50, 0, 0, 0, 0, 0, 0, 0]
    assert [band.cumulative_bad for band in bands] == [100, 200, *[250] * 8]
    assert (bands[0].highest, bands[0].lowest, bands[-1].lowest) == (0.999, 0.9, 0)


def test_rows_of_one_score_stay_together():
    bands = gains_bands(Ranking.of(np.arange(100) >= 80, np.repeat([0.1, 0.5, 0.9], [55, 25, 20])))
    assert [(band.n_rows, band.n_bad, band.highest) for band in bands] == [(20, 20, 0.9), (25, 0, 0.5), (55, 0, 0.1)]
    assert gains_bands(Ranking.of(np.zeros(0, bool), np.zeros(0))) == ()


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.integers(0, 40)), min_size=1, max_size=150))
def test_bands_hold_every_row_once_the_worst_first(rows):
    bad, score = np.array([bad for bad, _ in rows]), np.array([score / 40 for _, score in rows])
    bands = gains_bands(Ranking.of(bad, score))
    assert len(bands) <= 10
    assert (bands[-1].cumulative_rows, bands[-1].cumulative_bad) == (len(rows), bad.sum())
    assert (bands[0].highest, bands[-1].lowest) == (score.max(), score.min())
    for before, after in pairwise(bands):
        assert after.highest < before.lowest
        assert after.cumulative_rows == before.cumulative_rows + after.n_rows
    for band in bands:
        inside = (score >= band.lowest) & (score <= band.highest)
        assert (band.n_rows, band.n_bad) == (inside.sum(), bad[inside].sum())
