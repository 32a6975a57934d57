"""Which rows train and which judge: properties of every split, and scikit-learn's group folds as the oracle."""

import dataclasses
import datetime

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.model_selection import StratifiedGroupKFold

from pipeline.errors import InvalidSpec
from pipeline.folds import fold_numbers, folds_of, group_folds
from pipeline.outcome import outcome_of
from pipeline.spec import TrainSpec
from pipeline.split import Parts, held_out, parts_of
from tests.pipeline.tables import loans, spec

CLASSES = st.lists(st.integers(0, 2), min_size=6, max_size=200).filter(lambda labels: min(np.bincount(labels, minlength=3)) >= 2)


@settings(max_examples=80, deadline=None)
@given(CLASSES, st.floats(0, 0.9), st.integers(0, 2**31 - 1))
def test_each_class_gives_its_share(labels, share, seed):
    classes = np.array(labels)
    train, test = held_out(classes, share, seed)
    assert sorted([*train, *test]) == list(range(len(classes)))
    for label in range(3):
        n = (classes == label).sum()
        assert abs((classes[test] == label).sum() - share * n) <= max(0.5, share * n - (n - 1)) + 1e-9
        assert (classes[train] == label).any()


@settings(max_examples=80, deadline=None)
@given(CLASSES, st.integers(2, 10), st.integers(0, 2**31 - 1))
def test_folds_are_even_in_all_and_within_each_class(labels, folds, seed):
    classes = np.array(labels)
    number = fold_numbers(classes, folds, seed)
    assert np.ptp(np.bincount(number, minlength=folds)) <= 1
    for label in range(3):
        assert np.ptp(np.bincount(number[classes == label], minlength=folds)) <= 1


def test_a_seed_fixes_the_rows_and_another_changes_them():
    classes = np.arange(200) % 2
    first, again, other = (held_out(classes, 0.3, seed)[1].tolist() for seed in (1, 1, 2))
    assert first == again
    assert first != other
    assert fold_numbers(classes, 5, 1).tolist() != fold_numbers(classes, 5, 2).tolist()


def dated(n: int = 1_000, n_days: int = 300, seed: int = 0) -> pa.Table:
    draw = np.random.default_rng(seed)
    start = datetime.date(2024, 1, 1)
    days = [start + datetime.timedelta(days=int(k)) for k in draw.integers(0, n_days, n)]
    return (
        loans(n, seed=seed).append_column("day", pa.array(days)).append_column("customer", pa.array(draw.integers(0, n // 6, n)))
    )


def split(table: pa.Table, **options: object) -> Parts:
    asked = spec(**{"test_share": 0.3, **options})
    return parts_of(table, outcome_of(table, asked), asked)


def together(parts: Parts) -> list[int]:
    return sorted([*parts.train.tolist(), *parts.validation.tolist(), *parts.test.tolist()])


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"stratify": False},
        {"split": "date", "split_column": "day"},
        {"split": "group", "split_column": "customer"},
    ],
)
def test_every_row_is_in_one_part_and_a_seed_fixes_which(options):
    table = dated()
    parts = split(table, validation_share=0.2, **options)
    assert together(parts) == list(range(1_000))
    assert [len(parts.test), len(parts.validation)] == pytest.approx([300, 200], abs=8)
    again = split(table, validation_share=0.2, **options)
    assert (again.test.tolist(), again.validation.tolist()) == (parts.test.tolist(), parts.validation.tolist())
    other = split(table, validation_share=0.2, seed=12, **options)
    assert (other.test.tolist() == parts.test.tolist()) == (options.get("split") == "date")


def test_the_default_split_is_that_of_held_out():
    table = dated(400)
    classes = outcome_of(table, spec()).classes
    train, test = held_out(classes, 0.3, 11)
    parts = split(table)
    assert (parts.train.tolist(), parts.test.tolist()) == (train.tolist(), test.tolist())
    assert split(table, validation_share=0.1).test.tolist() == test.tolist()  # a validation part takes from training alone


def test_validation_rows_are_drawn_within_each_class():
    table = dated(999)
    classes = outcome_of(table, spec()).classes
    parts = split(table, validation_share=0.25)
    for label in range(2):
        n = int((classes == label).sum())
        assert abs(int((classes[parts.validation] == label).sum()) - 0.25 * n) <= 0.5


@pytest.mark.parametrize("unit", ["s", "us"])
def test_later_rows_judge_and_a_date_stays_on_one_side(unit):
    table = dated(600, n_days=40)
    for values in (table["day"], table["day"].cast(pa.timestamp(unit)), pa.chunked_array([table["day"].cast(pa.int32())])):
        parts = split(
            table.drop_columns("day").append_column("day", values), split="date", split_column="day", validation_share=0.2
        )
        days = np.array(table["day"].to_pylist())
        assert days[parts.train].max() < days[parts.validation].min()
        assert days[parts.validation].max() < days[parts.test].min()
        assert len(parts.test) >= 180  # ties go to the later side
        assert len(parts.test) - np.count_nonzero(days[parts.test] == days[parts.test].min()) < 180


def test_the_words_tell_the_first_date_and_the_share_that_came_of_it():
    table = pa.table(
        {
            "outcome": ["good", "bad"] * 5,
            "x": range(10),
            "day": pa.array([datetime.date(2024, 1, 1 + k // 2) for k in range(10)]),
        }
    )
    parts = split(table, split="date", split_column="day")
    assert parts.test.tolist() == [6, 7, 8, 9]
    assert parts.words == "from 2024-01-04 on (40% of the rows, 30% asked for)"
    assert split(table, split="date", split_column="x").words == "from x 7 on (30% of the rows)"


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 30), min_size=40, max_size=200), st.floats(0.05, 0.6), st.integers(0, 1_000))
def test_groups_are_whole_and_near_the_share(groups, share, seed):
    table = pa.table({"outcome": [("good", "bad")[k % 2] for k in range(len(groups))], "g": groups})
    try:
        parts = split(table, split="group", split_column="g", test_share=share, seed=seed)
    except InvalidSpec:
        return
    own = np.array(groups)
    assert not set(own[parts.train]) & set(own[parts.test])
    largest = int(np.bincount(own).max())
    assert abs(len(parts.test) - share * len(own)) <= largest
    assert len(parts.test)
    assert len(parts.train)


def test_the_order_of_the_rows_does_not_move_a_group():
    table = dated(300)
    order = np.random.default_rng(3).permutation(300)
    first = split(table, split="group", split_column="customer")
    second = split(table.take(pa.array(order)), split="group", split_column="customer")
    assert sorted(order[second.test].tolist()) == first.test.tolist()


@pytest.mark.parametrize(("how", "column"), [("date", "day"), ("group", "customer")])
def test_rows_without_a_value_are_left_out_and_counted(how, column):
    table = dated(200)
    values = [None if k < 7 else value for k, value in enumerate(table[column].to_pylist())]
    table = table.set_column(table.schema.get_field_index(column), column, pa.array(values))
    parts = split(table, split=how, split_column=column)
    assert together(parts) == list(range(7, 200))
    assert any(f"7 of 200 rows have no '{column}'" in sentence for sentence in parts.warnings)


@pytest.mark.parametrize(
    ("options", "option", "says"),
    [
        ({"split_column": "nope"}, "split_column", "no column 'nope'"),
        ({"split_column": "outcome"}, "split_column", "is the outcome"),
        ({"split_column": "home"}, "split_column", "no order in time"),
        ({"split_column": "same"}, "split_column", "one value only"),
        ({"split_column": "empty"}, "split_column", "empty in every row"),
        ({"split_column": "two"}, "split_column", "none is left to train on"),
        ({"split": "group", "split_column": "same"}, "split_column", "has 1 group"),
        ({"split": "group", "split_column": "two", "validation_share": 0.2}, "split_column", "has 2 group"),
        ({"test_share": 0.6, "validation_share": 0.5}, "validation_share", "take 110% of the rows together"),
    ],
)
def test_a_column_that_cannot_split_is_told_at_the_option(options, option, says):
    table = dated(100)
    for name, values in (
        ("same", [1] * 100),
        ("empty", pa.nulls(100, pa.float64())),
        ("two", [1 if k < 20 else 2 for k in range(100)]),
    ):
        table = table.append_column(name, pa.array(values))
    asked = TrainSpec(**{"target": "outcome", "split": "date", "split_column": "day", "test_share": 0.3, **options})
    if options.get("split_column") == "two" and "split" not in options:
        asked = dataclasses.replace(asked, test_share=0.9)
    with pytest.raises(InvalidSpec, match=says) as told:
        parts_of(table, outcome_of(table, asked), asked)
    assert list(told.value.problems) == [option]


def test_a_twentieth_of_the_rows_is_enough_to_train_on():
    """0.9 + 0.05 is a little more than 0.95 in floating point."""
    parts = split(dated(400), test_share=0.9, validation_share=0.05)
    assert (len(parts.test), len(parts.validation), len(parts.train)) == (360, 20, 20)


def test_training_rows_of_one_class_are_refused_and_held_out_ones_told():
    n = 60
    table = pa.table({"outcome": ["good"] * 40 + ["bad"] * 20, "when": range(n), "x": range(n)})
    with pytest.raises(InvalidSpec, match="No training row is 'bad'") as told:
        split(table, split="date", split_column="when", test_share=0.5)
    assert list(told.value.problems) == ["split_column"]
    parts = split(table, split="date", split_column="when", test_share=0.2)
    assert parts.warnings == ("None of the 12 held-out rows is 'good'; figures that need each class are missing.",)


GROUPED = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 1)), min_size=40, max_size=200)


@settings(max_examples=60, deadline=None)
@given(GROUPED, st.integers(2, 5), st.integers(0, 1_000))
def test_a_group_stays_in_one_fold(rows, folds, seed):
    """The property of scikit-learn's GroupKFold; the sizes are as even as the largest group allows."""
    groups, classes = (np.array(part) for part in zip(*rows, strict=True))
    if len(np.unique(groups)) < folds or len(np.unique(classes)) < 2:
        return
    number = group_folds(classes, groups, folds, seed)
    assert all(len(np.unique(number[groups == group])) == 1 for group in np.unique(groups))
    assert set(number) <= set(range(folds))


def test_group_folds_are_as_even_as_those_of_scikit_learn():
    """StratifiedGroupKFold is the oracle: the spread of the folds' shares of bads, and of their sizes, is no larger."""
    draw = np.random.default_rng(5)
    groups = draw.integers(0, 300, 3_000)
    classes = (draw.random(3_000) < 0.05 + 0.3 * (groups % 7 == 0)).astype(int)

    def spread(parts: list[np.ndarray]) -> float:
        counts = np.array([np.bincount(classes[rows], minlength=2) for rows in parts]) / np.bincount(classes)
        return float(counts.std(axis=0).sum())

    peer = StratifiedGroupKFold(5, shuffle=True, random_state=1).split(np.zeros(3_000), classes, groups)
    number = group_folds(classes, groups, 5, 1)
    assert spread([np.flatnonzero(number == k) for k in range(5)]) <= spread([test for _, test in peer]) + 1e-3


def test_repeats_draw_anew_and_the_first_is_the_fold_of_old():
    classes = np.arange(300) % 2
    first, second, third = folds_of(classes, spec(folds=5, fold_repeats=3))
    assert first.tolist() == fold_numbers(classes, 5, 11).tolist()
    assert len({tuple(first), tuple(second), tuple(third)}) == 3


@pytest.mark.parametrize(
    ("groups", "classes", "says"),
    [
        ([0, 0, 1, 1] * 10, [0, 1] * 20, "have 2; choose fewer"),
        ([*list(range(37)), 50, 50, 50], [0] * 37 + [1] * 3, "rows of every class"),
    ],
)
def test_groups_that_cannot_be_dealt_into_folds_are_told(groups, classes, says):
    with pytest.raises(InvalidSpec, match=says) as told:
        folds_of(np.array(classes), spec(folds=3), np.array(groups))
    assert list(told.value.problems) == ["folds"]
