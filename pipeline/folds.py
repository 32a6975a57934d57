"""Which fold of a cross-validation a row belongs to: seeded and within each class, by numpy alone."""

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import InvalidSpec
from pipeline.spec import TrainSpec

Rows = NDArray[np.intp]

_FOLDS_STREAM = 1  # beside the seed, so that folds and split do not share their random numbers


def folds_of(classes: Rows, spec: TrainSpec, groups: Rows | None = None) -> tuple[Rows, ...]:
    """The fold of each training row, once for each repeat.

    Parameters
    ----------
    classes : ndarray of int, shape (n,)
        The class of each training row, from 0.
    spec : TrainSpec
        `folds`, `fold_repeats` and `seed`.
    groups : ndarray of int, shape (n,), optional
        The group of each training row: `Parts.groups[Parts.train]` where rows are split by group.

    Returns
    -------
    tuple of `spec.fold_repeats` ndarrays of int, shape (n,)
        From 0 to below `folds`. The first is that of `fold_numbers` with the same seed.

    Raises
    ------
    InvalidSpec
        On "folds", where there are fewer rows of a class, or fewer groups, than folds; or where one fold holds all rows of a
        class, so that the others have none to learn from, or none of them.
    """
    rarest = int(np.bincount(classes).min())
    if spec.folds > rarest:
        raise InvalidSpec.one(
            "folds",
            f"{spec.folds} folds need {spec.folds} training rows of each class, and the rarest has {rarest}; choose fewer folds.",
        )
    if groups is None:
        return tuple(fold_numbers(classes, spec.folds, spec.seed, repeat) for repeat in range(spec.fold_repeats))
    n_groups = len(np.unique(groups))
    if spec.folds > n_groups:
        raise InvalidSpec.one(
            "folds", f"{spec.folds} folds need {spec.folds} groups, and the training rows have {n_groups}; choose fewer folds."
        )
    draws = tuple(group_folds(classes, groups, spec.folds, spec.seed, repeat) for repeat in range(spec.fold_repeats))
    n_classes = int(classes.max()) + 1
    for number in draws:
        if not np.bincount(number * n_classes + classes, minlength=spec.folds * n_classes).all():
            raise InvalidSpec.one(
                "folds",
                f"The groups cannot be dealt into {spec.folds} folds so that each has rows of every class; choose fewer folds.",
            )
    return draws


def fold_numbers(classes: Rows, folds: int, seed: int, repeat: int = 0) -> Rows:
    """The fold of each row, from 0: within each class the folds' sizes differ by one at most.

    Parameters and source of randomness as in `pipeline.split.held_out`; each `repeat` draws anew. Where one class ends in the
    round of folds the next goes on, so that the folds are of about the same size in all.
    """
    generator = _generator(seed, repeat)
    number = np.empty(len(classes), np.intp)
    start = 0
    for label in range(int(classes.max()) + 1):
        members = np.flatnonzero(classes == label)
        number[shuffled(members, generator)] = (start + np.arange(len(members))) % folds
        start += len(members)
    return number


def group_folds(classes: Rows, groups: Rows, folds: int, seed: int, repeat: int = 0) -> Rows:
    """The fold of each row, with all rows of a group in one fold, and classes as even as whole groups allow.

    Groups with the same count of rows of each class are alike: they are dealt round the folds in a drawn order, the largest
    first, and what is left of a round goes where the folds' shares of the classes come out most even.

    Parameters
    ----------
    classes, groups : ndarray of int, shape (n,)
        The class and the group of each row.

    Returns
    -------
    ndarray of int, shape (n,)
    """
    generator = _generator(seed, repeat)
    _, own = np.unique(groups, return_inverse=True)
    n_groups, n_classes = int(own.max()) + 1, int(classes.max()) + 1
    counts = np.bincount(own * n_classes + classes, minlength=n_groups * n_classes).reshape(n_groups, n_classes)
    profiles, alike = np.unique(counts, axis=0, return_inverse=True)
    alike = alike.ravel()
    total = counts.sum(axis=0)
    load = np.zeros((folds, n_classes))
    fold_of = np.empty(n_groups, np.intp)
    by_profile = np.split(np.argsort(alike, kind="stable"), np.cumsum(np.bincount(alike))[:-1])
    for at in np.argsort(-(profiles / np.maximum(total, 1)).sum(axis=1), kind="stable"):
        members, share = shuffled(by_profile[at], generator), profiles[at] / np.maximum(total, 1)
        whole = len(members) // folds
        fold_of[members[: whole * folds]] = np.arange(whole * folds) % folds
        load += whole * share
        for group in members[whole * folds :]:
            # adding `share` to fold k raises the sum of squared loads by 2 load_k · share + constant
            cost = load @ share
            chosen = int(np.lexsort((load.sum(axis=1), cost))[0])
            fold_of[group] = chosen
            load[chosen] += share
    return np.asarray(fold_of[own])


def shuffled(members: Rows, generator: np.random.Generator) -> Rows:
    """A random order by sorting random keys: the stream of `random` is stable over numpy's versions, shuffles' is not."""
    return members[np.argsort(generator.random(len(members)), kind="stable")]


def _generator(seed: int, repeat: int) -> np.random.Generator:
    return np.random.Generator(np.random.PCG64([seed, _FOLDS_STREAM, repeat] if repeat else [seed, _FOLDS_STREAM]))
