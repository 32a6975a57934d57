"""The search for the worst segments: its counts and tests against scipy, and how seldom it finds what is only chance."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import fisher_exact, hypergeom
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import confint_proportions_2indep

from pipeline.errors import InvalidSpec, Stopped, UnusableData
from pipeline.results import Progress
from pipeline.scores.row_scores import RowScores
from pipeline.segment_results import WorstSegments
from pipeline.segments.chance import fisher, holm, normal
from pipeline.segments.measures import MEASURES
from pipeline.segments.searching import worst_segments
from tests.pipeline.segment_cases import drawn, scored


def search(scores: RowScores, columns: object, measure: str = "approval_rate", **options: object) -> WorstSegments:
    table = columns if isinstance(columns, pa.Table) else pa.table(columns)
    return worst_segments(scores, table, table.schema.names, part="held_out", measure=measure, **{"cutoff": 0.3, **options})


def planted(n: int, seed: int) -> tuple[RowScores, dict[str, np.ndarray]]:
    """Scores that are right everywhere; but rows of a1 and b1 together are scored as riskier than they are."""
    draw = np.random.default_rng(seed)
    columns = {name: np.char.add(name, draw.integers(0, 4, n).astype(str)) for name in ("a", "b", "c")}
    risk = draw.beta(2, 6, n)
    both = (columns["a"] == "a1") & (columns["b"] == "b1")
    return scored((draw.random(n) < risk).astype(int), np.where(both, np.minimum(risk + 0.2, 1), risk)), columns


def test_a_planted_segment_is_found_first() -> None:
    scores, columns = planted(20_000, 1)
    for measure, sign in (("approval_rate", -1), ("false_positive_rate", 1), ("calibration", -1)):
        found = search(scores, columns, measure)
        first = found.found[0]
        assert (first.by, first.levels) == (("a", "b"), ("a1", "b1"))
        assert sign * first.gap > 0.15
        assert first.low < first.gap < first.high
        assert first.p_adjusted < 1e-6
        assert len(first.alone) == 2
        assert all(abs(rate) < abs(first.rate) or sign < 0 for rate in first.alone)
    lenient = search(scores, columns, "false_negative_rate")
    assert lenient.n_better >= 1  # its bads are refused more often
    assert all(one.levels != ("a1", "b1") for one in lenient.found)
    lowest = search(scores, columns).lowest_pairs
    assert (lowest[0].by, lowest[0].levels) == (("a", "b"), ("a1", "b1"))
    assert [pair.approval_rate for pair in lowest] == sorted(pair.approval_rate for pair in lowest)
    assert len(lowest) == 5


def test_every_segment_is_counted_as_by_hand() -> None:
    """Each of one and two columns, against scipy's test and statsmodels' intervals and correction."""
    scores, columns = planted(1_500, 2)
    found = search(scores, columns, least_rows=60)
    approved = scores.score < 0.3
    by_hand = {}
    for names in [*((name,) for name in columns), *combinations(columns, 2)]:
        for levels in {tuple(row) for row in zip(*(columns[name].tolist() for name in names), strict=True)}:
            own = np.all([columns[name] == level for name, level in zip(names, levels, strict=True)], axis=0)
            if own.sum() >= 60:
                k, n, rest_k, rest = (int(x) for x in (approved[own].sum(), own.sum(), approved[~own].sum(), (~own).sum()))
                tail = [fisher_exact([[k, n - k], [rest_k, rest - rest_k]], side).pvalue for side in ("less", "greater")]
                by_hand[names, levels] = (k, n, rest_k, rest, min(1.0, 2 * min(tail)))
    assert found.n_looked_at == len(by_hand)
    adjusted = dict(zip(by_hand, multipletests([case[4] for case in by_hand.values()], method="holm")[1], strict=True))
    expected = {
        key for key, p in adjusted.items() if p <= 0.05 and by_hand[key][0] / by_hand[key][1] < by_hand[key][2] / by_hand[key][3]
    }
    assert {(one.by, one.levels) for one in found.found} == expected
    assert expected
    for one in found.found:
        k, n, rest_k, rest, p = by_hand[one.by, one.levels]
        assert (one.n_rows, one.rate, one.rate_of_rest) == pytest.approx((n, k / n, rest_k / rest))
        assert one.p_value == pytest.approx(p, rel=1e-8)
        assert one.p_adjusted == pytest.approx(adjusted[one.by, one.levels], rel=1e-8)
        assert (one.low, one.high) == pytest.approx(
            confint_proportions_2indep(k, n, rest_k, rest, compare="diff", method="newcomb"), abs=1e-9
        )
    gaps = [abs(one.gap) for one in found.found]
    assert gaps == sorted(gaps, reverse=True)


@pytest.mark.parametrize("measure", MEASURES)
def test_under_no_difference_hardly_anything_is_found(measure: str) -> None:
    """Columns that have nothing to do with score or outcome: in at most 5% of searches is anything found (Holm 1979).

    Of 1,000 searches at most 72 find something, a number that an error of exactly 5% stays below with a probability of 99.9%.
    """
    false_alarms = 0
    for seed in range(1_000):
        draw = np.random.default_rng([seed, 5])
        n = 3_000
        score = draw.beta(1, 9, n)  # rare bads: skewed counts
        columns = {name: draw.integers(0, 5, n) for name in "abc"}
        found = search(scored((draw.random(n) < score).astype(int), score), columns, measure, cutoff=0.2, least_of_class=5)
        assert found.n_looked_at > 15
        false_alarms += found.n_found + found.n_better > 0
    assert false_alarms <= 72


def test_p_values_of_calibration_are_not_too_small_in_small_segments() -> None:
    """Without the correction for skewness 2.5 times as many as should be lie below 0.0005; with it, at most 1.5 times."""
    draw = np.random.default_rng(3)
    n, tries = 150, 200_000
    risk = draw.beta(1, 12, n)
    gap = np.array([(draw.random((1_000, n)) < risk).sum(axis=1) - risk.sum() for _ in range(tries // 1_000)]).ravel()
    spread = risk * (1 - risk)
    variance, third = np.full(tries, spread.sum()), np.full(tries, (spread * (1 - 2 * risk)).sum())
    assert (normal(gap, variance, np.zeros(tries)) < 0.0005).mean() > 0.001
    assert (normal(gap, variance, third) < 0.0005).mean() < 0.00075
    assert (normal(gap, variance, third) < 0.05).mean() == pytest.approx(0.05, abs=0.012)


@settings(max_examples=100, deadline=None)
@given(st.integers(2, 3_000), st.data())
def test_fishers_test_is_scipys_tail_doubled(n: int, data: st.DataObject) -> None:
    cases, of = data.draw(st.integers(0, n)), data.draw(st.integers(1, n))
    k = data.draw(st.integers(max(0, of - (n - cases)), min(of, cases)))
    tail = min(hypergeom.sf(k - 1, n, cases, of), hypergeom.cdf(k, n, cases, of))
    found = fisher(np.array([k]), np.array([of]), cases, n)
    assert found[0] == pytest.approx(min(1, 2 * tail), rel=1e-7, abs=1e-300)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(0, 1), max_size=50))
def test_holm_is_that_of_statsmodels(p_values: list[float]) -> None:
    found = holm(np.array(p_values))
    if p_values:
        assert found == pytest.approx(multipletests(p_values, method="holm")[1])


def test_a_pair_of_the_very_rows_of_a_level_is_not_looked_at_twice() -> None:
    draw = np.random.default_rng(4)
    town = draw.integers(0, 4, 2_000)
    columns = {"town": town, "region": town // 2}  # a town lies in one region
    scores = scored(draw.integers(0, 2, 2_000), draw.random(2_000))
    assert search(scores, columns).n_looked_at == 4 + 2


def test_small_segments_are_left_out_and_counted() -> None:
    scores, columns = planted(2_000, 5)
    strict = search(scores, columns, least_rows=400)
    assert strict.n_too_few == 4 * 3 + 16 * 3 - strict.n_looked_at
    assert all(one.n_rows >= 400 for one in strict.found)
    of_bads = search(scores, columns, "false_negative_rate", least_of_class=100)
    assert of_bads.n_looked_at == sum(
        1 for name in columns for level in set(columns[name]) if _bads(scores, columns[name] == level) >= 100
    )


def _bads(scores: RowScores, own: np.ndarray) -> int:
    return int((scores.is_bad[own] == 1).sum())


def test_columns_that_cannot_be_searched_are_named() -> None:
    n = 1_200
    draw = np.random.default_rng(6)
    columns = {"one": ["x"] * n, "note": [f"n{k}" for k in range(n)], "g": draw.integers(0, 3, n)}
    found = search(scored(draw.integers(0, 2, n), draw.random(n)), columns)
    assert found.columns == ("g",)
    assert [name for name, _ in found.left_out] == ["one", "note"]
    nothing = search(scored(draw.integers(0, 2, n), draw.random(n)), {"one": ["x"] * n})
    assert (nothing.n_looked_at, nothing.found, nothing.lowest_pairs) == (0, (), ())


def test_the_result_says_how_it_was_corrected_and_survives_json() -> None:
    scores, columns = planted(5_000, 7)
    for measure in MEASURES:
        found = search(scores, columns, measure)
        assert f"{found.n_looked_at:,} segments" in found.correction
        assert "Holm (1979)" in found.correction
        assert WorstSegments.from_json(found.to_json()) == found


def test_what_cannot_be_asked_is_refused() -> None:
    scores, columns = drawn(200, 1)
    with pytest.raises(InvalidSpec, match="no measure 'fairness'"):
        search(scores, columns, "fairness")
    with pytest.raises(UnusableData, match="no probability"):
        search(scores, columns, "calibration", is_probability=False)
    with pytest.raises(UnusableData, match="no held-out rows"):
        search(replace(scores, part=np.zeros(200, np.int8)), columns)
    with pytest.raises(InvalidSpec, match="no column 'x'"):
        worst_segments(scores, pa.table(columns), ["x"], part="held_out", cutoff=0.3, measure="approval_rate")


def test_progress_counts_pairs_and_may_stop() -> None:
    scores, columns = planted(500, 8)
    told: list[Progress] = []
    search(scores, columns, report=told.append)
    assert [progress.done for progress in told] == [0, 1, 2, 3]
    assert told[1].what == "Counting pair 2 of 3"

    def stop(progress: Progress) -> None:
        raise Stopped

    with pytest.raises(Stopped):
        search(scores, columns, report=stop)
