"""Where a score stands, against counting the rows."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.evaluation.metrics import Ranking
from pipeline.evaluation.score_tables import cutoffs_of, score_table
from pipeline.evaluation_results import ScoreTable
from pipeline.explaining.position import position

ROWS = st.lists(st.tuples(st.booleans(), st.integers(0, 1_000)), min_size=2, max_size=200).filter(
    lambda rows: 0 < sum(is_bad for is_bad, _ in rows) < len(rows)
)


def table_of(is_bad: np.ndarray, score: np.ndarray) -> ScoreTable:
    ranking = Ranking.of(is_bad, score)
    return score_table(ranking, cutoffs_of(ranking, 0.5))


@given(ROWS, st.data())
def test_the_place_of_a_row_is_counted_exactly(rows, data):
    is_bad, score = np.array([one for one, _ in rows]), np.array([thousandths for _, thousandths in rows]) / 1_000
    own = float(data.draw(st.sampled_from(score.tolist())))
    found = position(table_of(is_bad, score), own)
    assert (found.n_rows, found.n_safer) == (len(rows), (score < own).sum())
    assert found.share_safer == (score < own).mean()
    assert found.near_low <= own <= found.near_high
    inside = (score >= found.near_low) & ((score < found.near_high) | (found.near_high == 1))
    assert (found.n_near, found.n_near_bad) == (inside.sum(), (inside & is_bad).sum())


@given(ROWS, st.floats(0, 1))
def test_a_score_between_two_rows_stands_between_them(rows, own):
    is_bad, score = np.array([one for one, _ in rows]), np.array([thousandths for _, thousandths in rows]) / 1_000
    found = position(table_of(is_bad, score), own)
    assert found.n_safer == (score < own - 1e-12).sum() or np.abs(score - own).min() < 0.005  # the table's next cut-off


@given(st.floats(0, 1), st.sampled_from([40, 400, 4_000]))
def test_the_band_is_the_narrowest_that_holds_enough_rows(own, n):
    draw = np.random.default_rng(n)
    score, is_bad = draw.beta(1, 4, n), draw.random(n) < 0.3
    found = position(table_of(is_bad, score), own)
    for width in (0.01, 0.02, 0.05, 0.1):
        step = round(own / width)
        low, high = max(step - 1, 0) * width, min(round(1 / width), step + 1) * width
        inside = (score >= low - 1e-9) & (score < high - 1e-9)
        if inside.sum() >= 100 or width == 0.1:
            break
    assert (found.near_low, found.near_high) == (pytest.approx(low), pytest.approx(high))
    assert (found.n_near, found.n_near_bad) == (inside.sum(), (inside & is_bad).sum())


@pytest.mark.parametrize(
    ("score", "low", "high"), [(0.0, 0, 0.1), (0.04, 0, 0.1), (0.34, 0.2, 0.4), (0.36, 0.3, 0.5), (0.96, 0.9, 1), (1.0, 0.9, 1)]
)
def test_the_band_ends_at_whole_tenths(score, low, high):
    found = position(ScoreTable((0.0, 0.5, 1.0), (2, 1, 0), (2, 1, 0)), score)
    assert (found.near_low, found.near_high) == (low, high)


def test_a_table_without_rows_tells_no_share():
    found = position(ScoreTable((0.0, 1.0), (0, 0), (0, 0)), 0.3)
    assert (found.n_rows, found.share_safer) == (0, None)
