"""Segments counted at every cut-off: against sums by hand, the metrics of whole runs, and their own parts."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.cutoffs.decisions import common_cutoffs, confusion_at, score_tables
from pipeline.errors import InvalidSpec, Stopped, UnusableData
from pipeline.evaluation.metrics import Ranking, auc_interval, auc_of
from pipeline.results import Progress
from pipeline.scores.row_scores import RowScores
from pipeline.segment_results import SegmentTable
from pipeline.segments.counting import segment_table
from pipeline.segments.rating import rates, whole_rates
from pipeline.training import train
from tests.pipeline.segment_cases import CUTOFFS, drawn, scored, table_of
from tests.pipeline.tables import loans, spec


def test_counts_are_those_of_a_loop() -> None:
    scores, columns = drawn(3_000, 1)
    table = table_of(scores, columns, ("home",), cutoffs=(0.0, 0.2, 0.35, 0.9))
    assert [segment.levels for segment in table.segments] == [("mortgage",), ("other",), ("own",), ("rent",)]
    for segment in table.segments:
        own = np.asarray(columns["home"]) == segment.levels[0]
        for k, low in enumerate(table.cutoffs):
            high = [*table.cutoffs[1:], np.inf][k]
            within = own & (scores.score >= low) & (scores.score < high)
            assert segment.bad[k] == int((within & (scores.is_bad == 1)).sum())
            assert segment.good[k] == int((within & (scores.is_bad == 0)).sum())
        assert segment.mean_score == pytest.approx(scores.score[own].mean(), rel=1e-12)
        assert segment.sd_score == pytest.approx(scores.score[own].std(ddof=1), rel=1e-9)
        assert segment.expected_bad == pytest.approx(scores.score[own].sum(), rel=1e-12)


@pytest.mark.parametrize("ties", [False, True])
def test_the_auc_of_a_segment_is_that_of_its_rows(ties: bool) -> None:
    """DeLong's interval of `pipeline.evaluation.metrics`, which has its own oracles, on the rows of each segment alone."""
    scores, columns = drawn(4_000, 2, ties=ties)
    for segment in table_of(scores, columns, ("home",), ("age",)).segments:
        if segment.by == ("home",):
            own = np.asarray(columns["home"]) == segment.levels[0]
            ranking = Ranking.of(scores.is_bad[own] == 1, scores.score[own])
            assert segment.auc == pytest.approx(auc_of(ranking), abs=1e-12)
            assert (segment.auc_low, segment.auc_high) == pytest.approx(auc_interval(ranking), abs=1e-12)


def test_a_segment_of_one_class_has_no_auc_and_one_bad_no_interval() -> None:
    table = table_of(scored([0, 0, 1, 0, 0], [0.1, 0.2, 0.9, 0.3, 0.4]), {"g": ["a", "a", "b", "b", "b"]}, ("g",))
    first, second = table.segments
    assert (first.auc, first.auc_low, first.auc_high) == (None, None, None)
    assert (second.auc, second.auc_low, second.auc_high) == (1.0, None, None)
    assert first.sd_score == pytest.approx(np.std([0.1, 0.2], ddof=1))


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 400), st.integers(0, 10_000), st.booleans())
def test_segments_sum_to_the_whole(n: int, seed: int, ties: bool) -> None:
    scores, columns = drawn(n, seed, ties=ties)
    table = table_of(scores, columns, ("home",), ("age",), ("debt",), ("home", "age"), ("home", "age", "debt"))
    assert not [why for name, why in table.left_out if "×" not in name]
    for by in table.by[:4]:
        own = [segment for segment in table.segments if segment.by == by]
        for name in ("bad", "good"):
            total = np.sum([getattr(segment, name) for segment in own], axis=0)
            assert tuple(total) == getattr(table.whole, name)
        assert sum(segment.n_rows for segment in own) == table.n_rows == n
        assert sum(segment.n_bad for segment in own) == table.n_bad
        assert sum(segment.expected_bad or 0.0 for segment in own) == pytest.approx(table.whole.expected_bad)


@settings(max_examples=20, deadline=None)
@given(st.integers(2, 200), st.integers(0, 10_000))
def test_the_order_of_the_rows_does_not_matter(n: int, seed: int) -> None:
    scores, columns = drawn(n, seed, ties=True)
    order = np.random.default_rng(seed).permutation(n)
    moved = scored(scores.is_bad[order], scores.score[order])
    shuffled = pa.table(columns).take(order)
    first, second = (
        table_of(scores, columns, ("home", "age")),
        table_of(moved, {k: shuffled[k] for k in columns}, ("home", "age")),
    )
    assert [(s.levels, s.bad, s.good) for s in first.segments] == [(s.levels, s.bad, s.good) for s in second.segments]


def test_only_rows_of_the_part_count_but_levels_come_from_all() -> None:
    part = np.array([0, 0, 0, 2, 2, -1], np.int8)
    scores = RowScores(part, np.array([0, 1, 0, 1, 0, 0], np.int8), np.array([0.1, 0.2, 0.3, 0.4, 0.5, np.nan]))
    table = table_of(scores, {"age": [20, 30, 40, 50, 60, 70]}, ("age",))
    assert table.n_rows == 2
    assert sum(segment.n_rows for segment in table.segments) == 2
    wide = table_of(scores, {"age": [20, 30, 40, 50, 60, 20]}, ("age",), bins={"age": (45,)})
    assert [(segment.levels, segment.n_rows) for segment in wide.segments] == [(("45 and over",), 2)]


def test_more_than_200_segments_are_cut_with_a_sentence() -> None:
    n = 6_000
    draw = np.random.default_rng(4)
    columns = {name: draw.integers(0, 20, n).astype(str) for name in ("a", "b")}
    table = table_of(scored(draw.integers(0, 2, n), draw.random(n)), columns, ("a", "b"))
    assert len(table.segments) == 200
    (name, why), *_ = table.left_out
    assert name == "a × b"
    assert "only the 200 with the most rows" in why


def test_a_text_with_too_many_values_is_left_out_and_the_rest_is_counted() -> None:
    n = 1_500
    columns = {"note": [f"note {k}" for k in range(n)], "g": ["a", "b"] * (n // 2)}
    table = table_of(scored([0, 1] * (n // 2), np.linspace(0, 1, n)), columns, ("note",), ("g",), ("g", "note"))
    assert [segment.levels for segment in table.segments] == [("a",), ("b",)]
    assert [name for name, _ in table.left_out] == ["note", "g × note"]
    assert "1,500 values" in table.left_out[0][1]


def test_json_gives_the_same_table_back() -> None:
    scores, columns = drawn(300, 5)
    table = table_of(scores, columns, ("home", "debt"), ("age",))
    assert SegmentTable.from_json(table.to_json()) == table


@pytest.mark.parametrize(
    ("by", "words"),
    [
        ((("home", "age", "debt", "x"),), "one to 3 columns, and 4 were given"),
        (((),), "one to 3 columns, and 0 were given"),
        ((("home", "home"),), "once"),
        ((("income",),), "no column 'income'"),
    ],
)
def test_groups_that_are_none_are_refused(by: tuple[tuple[str, ...], ...], words: str) -> None:
    scores, columns = drawn(50, 6)
    with pytest.raises(InvalidSpec, match=words):
        table_of(scores, columns, *by)


def test_a_part_without_rows_is_refused() -> None:
    scores, columns = drawn(50, 7)
    with pytest.raises(UnusableData, match="no held-out rows"):
        table_of(RowScores(np.zeros(50, np.int8), scores.is_bad, scores.score), columns, ("home",))


def test_cutoffs_that_would_lose_rows_are_refused() -> None:
    scores, columns = drawn(50, 8)
    with pytest.raises(InvalidSpec, match="above the lowest score"):
        table_of(scores, columns, ("home",), cutoffs=(0.9, 1.0))
    with pytest.raises(InvalidSpec, match="ascend"):
        table_of(scores, columns, ("home",), cutoffs=(0.0, 0.5, 0.5))


def test_a_score_that_is_no_probability_expects_nothing() -> None:
    scores, columns = drawn(50, 9)
    table = table_of(scores, columns, ("home",), is_probability=False)
    assert {segment.expected_bad for segment in (table.whole, *table.segments)} == {None}


def test_progress_is_told_and_may_stop_the_work() -> None:
    scores, columns = drawn(50, 10)
    told: list[Progress] = []
    table_of(scores, columns, ("home",), ("age",), report=told.append)
    assert [progress.share for progress in told] == [0, 0.5, 1]

    def stop(progress: Progress) -> None:
        raise Stopped

    with pytest.raises(Stopped):
        table_of(scores, columns, ("home",), report=stop)


def test_a_thousand_cutoffs_are_exact_at_each() -> None:
    scores, columns = drawn(2_000, 11)
    table = table_of(scores, columns, ("home",))
    refused = np.cumsum(np.add(table.whole.bad, table.whole.good)[::-1])[::-1]
    assert refused.tolist() == [int((scores.score >= cutoff).sum()) for cutoff in CUTOFFS]


@pytest.mark.parametrize("part", ["held_out", "training", "validation", "cross_validated"])
def test_all_segments_of_a_run_are_its_score_table(part: str) -> None:
    rows = loans(600, 3)
    trained = train(rows, spec(bad_label="bad", test_share=0.3, validation_share=0.2, folds=3))
    assert trained.row_scores is not None
    tables = score_tables(trained.result)
    cutoffs = common_cutoffs(*tables.values())
    table = segment_table(trained.row_scores, rows, [("home",)], part=part, labels=("good", "bad"), cutoffs=cutoffs)
    of_run = tables[part]
    for cutoff in (0.0, 0.1, 0.25, 0.5, 1.0):
        whole = whole_rates(table, cutoff)
        told = confusion_at(of_run, cutoff)
        assert (whole.tn, whole.fp, whole.fn, whole.tp) == (told.tn, told.fp, told.fn, told.tp)
        each = rates(table, cutoff)
        assert sum(one.tp for one in each) == told.tp
        assert sum(one.tn for one in each) == told.tn
