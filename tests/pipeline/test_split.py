import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.split import fold_numbers, held_out

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
