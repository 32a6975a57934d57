"""Which rows are held out, and which fold a row belongs to: seeded and within each class, by numpy alone."""

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.intp]

_FOLDS_STREAM = 1  # beside the seed, so that folds and split do not share their random numbers


def held_out(classes: NDArray[np.intp], share: float, seed: int) -> tuple[Rows, Rows]:
    """Training and held-out rows, drawn at random within each class.

    Parameters
    ----------
    classes : ndarray of int, shape (n,)
        The class of each row, from 0.
    share : float
        Share of the rows to hold out, from 0 to below 1.
    seed : int
        The same seed gives the same rows with any version of numpy that keeps its PCG64 stream.

    Returns
    -------
    train, test : ndarray of int
        Ascending row numbers. Every class keeps at least one training row; the held-out rows of a class are its share,
        rounded half up.
    """
    if share == 0:
        return np.arange(len(classes)), np.empty(0, np.intp)
    generator = np.random.Generator(np.random.PCG64(seed))
    test = np.zeros(len(classes), bool)
    for label in range(int(classes.max()) + 1):
        members = np.flatnonzero(classes == label)
        taken = min(int(np.floor(share * len(members) + 0.5)), len(members) - 1)
        test[_shuffled(members, generator)[:taken]] = True
    return np.flatnonzero(~test), np.flatnonzero(test)


def fold_numbers(classes: NDArray[np.intp], folds: int, seed: int) -> Rows:
    """The fold of each row, from 0: within each class the folds' sizes differ by one at most.

    Parameters and source of randomness as in `held_out`; where one class ends in the round of folds the next goes on, so
    that the folds are of about the same size in all.
    """
    generator = np.random.Generator(np.random.PCG64([seed, _FOLDS_STREAM]))
    number = np.empty(len(classes), np.intp)
    start = 0
    for label in range(int(classes.max()) + 1):
        members = np.flatnonzero(classes == label)
        number[_shuffled(members, generator)] = (start + np.arange(len(members))) % folds
        start += len(members)
    return number


def _shuffled(members: Rows, generator: np.random.Generator) -> Rows:
    """A random order by sorting random keys: the stream of `random` is stable over numpy's versions, shuffles' is not."""
    return members[np.argsort(generator.random(len(members)), kind="stable")]
