"""One column of levels: how many rows of each class each level has, in two halves of the rows."""

from typing import Self

import numpy as np

from pipeline.profiling.arrays import Ints


class LevelSummary:
    """Rows of each level, then of all other levels, then of missing; mergeable.

    `counts` has shape (levels + 2, 2, classes). The halves are made of the rows' numbers, at random but always the same: levels
    are ranked by the bad rate of one half and judged on the other.
    """

    def __init__(self, levels: tuple[str, ...], n_classes: int) -> None:
        self.levels = levels
        self.counts = np.zeros((len(levels) + 2, 2, n_classes), np.int64)

    def add(self, codes: Ints, halves_and_classes: Ints) -> None:
        """`codes` as of `LevelCodes`; the second is half * classes + class of each row."""
        per_level = self.counts[0].size
        found = np.bincount(codes * per_level + halves_and_classes, minlength=self.counts.size)
        self.counts += found.reshape(self.counts.shape)

    def merge(self, other: Self) -> None:
        self.counts += other.counts

    @property
    def by_class(self) -> Ints:
        """Shape (levels + 2, classes)."""
        found: Ints = self.counts.sum(axis=1)
        return found
