"""What is counted of the training rows: ranges, levels and references, against counting by hand and against numpy."""

import tracemalloc

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.explain_results import AVERAGE, GOOD, OF_CLASS, PASSING, Background
from pipeline.explaining import background as backgrounds
from pipeline.explaining.background import background, just_passing, mean_rows
from pipeline.model import FittedModel
from pipeline.outcome import outcome_of
from pipeline.split import parts_of
from pipeline.terms import CategoryTerm, NumberTerm, design_of
from pipeline.training import train
from tests.pipeline.tables import loans, spec


def counted(rows: pa.Table, cutoff: float = 0.3, **options: object) -> tuple[FittedModel, Background]:
    done = train(rows, spec(bad_label="bad", **options))
    scores = done.row_scores
    return done.model, background(done.model, rows, scores.rows("training"), scores.is_bad, scores.score, cutoff)


def test_a_number_is_told_by_its_quantiles_without_gaps_and_codes():
    score = pa.array([*range(101), None, None, -9, -9, -8], pa.float64())
    rows = pa.table({"score": score, "outcome": ["good", "bad"] * 53})
    codes = {"score": {"-9": "level", "-8": "missing"}}
    _, found = counted(rows, special_codes=codes)
    info = found.field("score")
    assert info.quantiles == pytest.approx(range(0, 101, 5))
    assert (info.low, info.high, info.usual, info.whole) == (0, 100, 50, True)
    assert info.missing_share == 3 / 106  # two gaps and a code that means missing
    assert info.codes == (("-9", "level"), ("-8", "missing"))
    assert found.n_rows == 106


def test_a_number_with_digits_is_not_whole():
    _, found = counted(loans(200))
    assert not found.field("debt").whole
    assert found.field("late").whole


def test_levels_come_with_their_shares_the_most_frequent_first_and_gaps_apart():
    homes = ["rent"] * 6 + ["own"] * 3 + ["?"] * 2 + [None]
    rows = pa.table({"home": homes * 10, "outcome": ["good", "bad"] * 60})
    _, found = counted(rows, special_codes={"home": {"?": "missing"}})
    info = found.field("home")
    assert info.levels == (("rent", 0.5), ("own", 0.25))
    assert info.missing_share == 0.25
    assert (info.usual, info.codes, info.is_ordered) == ("rent", (("?", "missing"),), False)


def test_an_ordered_category_keeps_its_order():
    grades = ["low"] * 2 + ["high"] * 5 + ["middle"] * 2 + ["n/a"]
    rows = pa.table({"grade": grades * 10, "outcome": ["good", "bad"] * 50})
    options = {"orders": {"grade": ["low", "middle", "high", "n/a"]}, "special_codes": {"grade": {"n/a": "level"}}}
    _, found = counted(rows, **options)
    info = found.field("grade")
    assert [level for level, _ in info.levels] == ["low", "middle", "high", "n/a"]
    assert (info.is_ordered, info.usual) == (True, "high")


def test_held_out_rows_count_nowhere():
    rows = loans(300)
    done = train(rows, spec(bad_label="bad", test_share=0.4))
    scores = done.row_scores
    training = scores.rows("training")
    found = background(done.model, rows, training, scores.is_bad, scores.score, 0.5)
    assert found.n_rows == len(training) < 300
    debt = rows.column("debt").to_numpy()[training]
    assert (found.field("debt").low, found.field("debt").high) == (debt.min(), debt.max())
    columns = design_of(done.model.frame(rows), done.model.terms, training)[0].block(0, len(training))
    for kind, inside in ((AVERAGE, slice(None)), (GOOD, scores.is_bad[training] == 0)):
        reference = found.reference(kind)
        assert reference is not None
        np.testing.assert_allclose(reference.columns, columns[inside].mean(axis=0), atol=1e-12)
        assert reference.n_rows == len(columns[inside])
    passing = found.reference(PASSING)
    assert passing is not None
    score = scores.score[training]
    nearest = np.sort(score[score < 0.5])[-50:]
    assert passing.n_rows == 50
    np.testing.assert_allclose(passing.columns, columns[(score >= nearest[0]) & (score < 0.5)].mean(axis=0), atol=1e-12)


@pytest.mark.parametrize(
    ("n_passing", "expected"), [(0, 0), (1, 1), (49, 49), (50, 50), (400, 50), (1_000, 50), (1_001, 51), (2_000, 100)]
)
def test_those_just_above_the_cutoff_are_5_percent_and_at_least_50(n_passing, expected):
    score = np.random.default_rng(n_passing).permutation(
        np.concatenate([np.linspace(0, 0.299, n_passing), np.linspace(0.3, 1, 60)])
    )
    found = just_passing(score, 0.3)
    assert len(found) == expected
    assert sorted(score[found]) == sorted(score[score < 0.3])[n_passing - expected :]


@given(st.lists(st.integers(0, 9), max_size=300), st.integers(0, 10))
def test_who_passes_by_the_least_does_not_hang_on_the_order_of_rows(tenths, cutoff):
    score = np.array(tenths) / 10
    found = just_passing(score, cutoff / 10)
    passing = score[score < cutoff / 10]
    assert len(found) >= min(len(passing), max(50, np.ceil(0.05 * len(passing))))
    if len(found):
        least = score[found].min()
        assert len(found) == (passing >= least).sum()  # all with the last one's score
        assert (passing > least).sum() < max(50, np.ceil(0.05 * len(passing)))
    assert (just_passing(score[::-1], cutoff / 10)[::-1] == len(score) - 1 - found).all()


def test_where_nobody_passes_or_nobody_is_good_there_is_no_such_reference():
    rows = loans(200)
    _, found = counted(rows, cutoff=0.0)
    assert [reference.kind for reference in found.references] == [AVERAGE, GOOD]
    model, _ = counted(rows)
    bad = np.ones(200, np.int8)
    kinds = [one.kind for one in background(model, rows, np.arange(200), bad, np.full(200, 0.2), 0.3).references]
    assert kinds == [AVERAGE, PASSING]


def test_a_reference_of_fewer_than_five_rows_would_be_their_values_and_is_none():
    rows = loans(200)
    model, _ = counted(rows)
    for n in (4, 5):
        score = np.where(np.arange(200) < n, 0.1, 0.9)
        kinds = [one.kind for one in background(model, rows, np.arange(200), (score > 0.5) * 1, score, 0.3).references]
        assert kinds == [AVERAGE] + [GOOD, PASSING] * (n == 5)


def test_three_classes_have_the_average_of_each():
    rows = loans(300, classes=3)
    options = spec(test_share=0.3)
    model = train(rows, options).model
    outcome = outcome_of(rows, options)
    training = parts_of(rows, outcome, options).train
    classes = outcome.of_every_row(300)
    found = background(model, rows, training, classes, None, None)
    assert [one.kind for one in found.references] == [AVERAGE, *(OF_CLASS + label for label in model.labels)]
    assert sum(one.n_rows for one in found.references[1:]) == found.references[0].n_rows == len(training)
    columns = design_of(model.frame(rows), model.terms, training)[0].block(0, len(training))
    for k, reference in enumerate(found.references[1:]):
        np.testing.assert_allclose(reference.columns, columns[classes[training] == k].mean(axis=0), atol=1e-12)
        assert reference.words == f"the average of '{model.labels[k]}'"


@settings(deadline=None, max_examples=30)
@given(st.integers(1, 40), st.integers(1, 7), st.integers(0, 1_000))
def test_means_in_blocks_are_those_of_the_whole(n, block, seed):
    draw = np.random.default_rng(seed)
    terms = (
        NumberTerm("a", fill=0.5, mean=0.2, scale=2.0, flag=True),
        CategoryTerm("b", ("x", "y"), "z", None),
        NumberTerm("c", fill=0.0, mean=0.0, scale=1.0),
    )
    model = FittedModel("t", ("n", "y"), "reference", terms, ((0.0,) * 6,), {})
    table = pa.table(
        {
            "a": pa.array(draw.normal(size=n), mask=draw.random(n) < 0.3),
            "b": draw.choice(["x", "y", "z", "?"], n),
            "c": draw.normal(size=n),
        }
    )
    rows = draw.permutation(n)[: max(n // 2, 1)]
    places = np.flatnonzero(draw.random(len(rows)) < 0.5)
    chosen = [np.arange(len(rows)), *([places] if len(places) else [])]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(backgrounds, "_BLOCK", block)
        found = mean_rows(model.frame(table), terms, rows, chosen)
    columns = design_of(model.frame(table), terms, rows)[0].block(0, len(rows))
    for means, inside in zip(found, chosen, strict=True):
        np.testing.assert_allclose(means, columns[inside].mean(axis=0), atol=1e-12)


def test_the_design_of_all_rows_is_never_held():
    """200,000 rows and 40 columns would be 64 MB; what is held beside the frame is that of a block."""
    n = 200_000
    terms = tuple(NumberTerm(f"n{k}", fill=0.0, mean=1.0, scale=2.0) for k in range(40))
    values = np.arange(n, dtype=float)
    table = pa.table({f"n{k}": values for k in range(40)})
    model = FittedModel("t", ("n", "y"), "reference", terms, ((0.0,) * 41,), {})
    frame, rows = model.frame(table), np.arange(n)
    tracemalloc.start()
    mean_rows(frame, terms, rows, [rows, rows[: n // 2]])
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 40e6


def test_it_is_stored_and_read_back():
    _, found = counted(loans(200))
    assert Background.from_json(found.to_json()) == found
