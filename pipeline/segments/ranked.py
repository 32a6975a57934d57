"""Rows in the order of their scores, sorted once for all segments: cells to count in, moments and the ranking of each segment."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import InvalidSpec
from pipeline.evaluation.metrics import Ranking
from pipeline.frame import Floats

Places = NDArray[np.intp]


@dataclass(frozen=True)
class Ranked:
    """Rows by ascending score. `cells[i]` is the place of a row among the cut-offs, with their number added for a bad."""

    order: Places  # the rows' places before they were sorted
    scores: Floats
    is_bad: NDArray[np.bool_]
    cells: NDArray[np.int32]
    cutoffs: Floats

    @classmethod
    def of(cls, is_bad: NDArray[np.bool_], scores: Floats, cutoffs: Floats) -> "Ranked":
        """Raises InvalidSpec where the cut-offs do not ascend, or a score lies below the first."""
        if not len(cutoffs) or (np.diff(cutoffs) <= 0).any():
            raise InvalidSpec.one("cutoffs", "The cut-offs should ascend.")
        order = np.argsort(scores)  # the order within ties does not matter
        ordered, bad = scores[order], is_bad[order]
        if len(ordered) and ordered[0] < cutoffs[0]:
            raise InvalidSpec.one("cutoffs", f"The first cut-off, {cutoffs[0]:g}, is above the lowest score; begin with 0.")
        ends = np.append(np.searchsorted(ordered, cutoffs), len(ordered))
        cells = np.repeat(np.arange(len(cutoffs), dtype=np.int32), np.diff(ends))
        cells[bad] += np.int32(len(cutoffs))
        return cls(order, ordered, bad, cells, cutoffs)

    def only(self, kept: NDArray[np.bool_]) -> "Ranked":
        """Some of the rows."""
        return replace(self, order=self.order[kept], scores=self.scores[kept], is_bad=self.is_bad[kept], cells=self.cells[kept])


def moments(codes: Places, n_rows: NDArray[np.int64], scores: Floats) -> tuple[Floats, Floats]:
    """The sum of the scores of each segment, and their standard deviation with n - 1; 0 for one row."""
    total = sums(codes, scores, len(n_rows))
    away = scores - (total / np.maximum(n_rows, 1))[codes]
    away *= away
    return total, np.sqrt(sums(codes, away, len(n_rows)) / np.maximum(n_rows - 1, 1))


def sums(codes: Places, values: NDArray[np.float64] | NDArray[np.int64], n: int) -> Floats:
    """The sum of the values of each code from 0 to n - 1."""
    return np.bincount(codes, values, n).astype(np.float64, copy=False)


def rankings(codes: Places, n_segments: int, ranked: Ranked) -> Iterator[Ranking]:
    """The ranking of each segment's rows, in their order; `codes` (n,) are the segments of the rows of `ranked`.

    Rows that are sorted by score stay so when they are sorted by segment with a stable sort (of small whole numbers: by their
    digits), so that all segments share one sort.
    """
    if n_segments == 1:  # all rows: no copy of them
        yield _ranking(ranked.scores, ranked.is_bad)
        return
    small = codes.astype(np.uint8 if n_segments <= 256 else np.uint16)
    order = np.argsort(small, kind="stable")
    ends = np.cumsum(np.bincount(codes, minlength=n_segments))
    for rows in np.split(order, ends[:-1]):
        yield _ranking(ranked.scores[rows], ranked.is_bad[rows])


def _ranking(scores: Floats, is_bad: NDArray[np.bool_]) -> Ranking:
    """Of rows in the order of their scores."""
    first = np.flatnonzero(np.concatenate([[len(scores) > 0], scores[1:] != scores[:-1]]))
    n_bad = np.add.reduceat(is_bad, first, dtype=np.int64)
    good = np.diff(first, append=len(scores))
    good -= n_bad
    return Ranking(scores[first], n_bad, good)
