"""Wilson's interval of a share against statsmodels, and at its ends."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from pipeline.evaluation.intervals import wilson_interval


@given(st.integers(1, 100_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_is_statsmodels_interval(case: tuple[int, int]) -> None:
    n_bad, n = case
    assert wilson_interval(n_bad, n) == pytest.approx(proportion_confint(n_bad, n, method="wilson"), abs=1e-9)


def test_of_nothing_there_is_none_and_the_ends_are_exact() -> None:
    assert wilson_interval(0, 0) == (None, None)
    assert wilson_interval(0, 5)[0] == 0.0
    assert wilson_interval(5, 5)[1] == 1.0
