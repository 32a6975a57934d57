"""Distinct numbers and how often they occur, chunk by chunk."""

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray


class Distinct(Protocol):
    """The distinct values of numbers without NaN."""

    def takes(self, values: NDArray[Any], low: Any, high: Any) -> bool: ...

    def add(self, values: NDArray[Any]) -> None: ...

    def more_than(self, limit: int) -> bool: ...

    def counts(self) -> tuple[NDArray[Any], NDArray[Any] | None]:
        """The values in order, and how often each occurs where that is known."""
        ...


class CloseWholes:
    """Whole numbers that lie close together: one counter for each."""

    def __init__(self, width: int) -> None:
        self._width = width
        self._low = 0
        self._rows = np.zeros(0, np.int64)

    def takes(self, values: NDArray[Any], low: Any, high: Any) -> bool:
        if values.dtype.kind not in "iu" or values.dtype == np.uint64:
            return False
        if len(self._rows):
            low, high = min(int(low), self._low), max(int(high), self._low + len(self._rows) - 1)
        return int(high) - int(low) < self._width

    def add(self, values: NDArray[Any]) -> None:
        low = int(values.min())
        rows = np.bincount(values.astype(np.int64, copy=False) - low)
        if not len(self._rows):
            self._low, self._rows = low, rows
            return
        first = min(low, self._low)
        size = max(low + len(rows), self._low + len(self._rows)) - first
        if size > len(self._rows):
            wider = np.zeros(size, np.int64)
            wider[self._low - first :][: len(self._rows)] = self._rows
            self._low, self._rows = first, wider
        self._rows[low - self._low :][: len(rows)] += rows

    def more_than(self, limit: int) -> bool:
        return len(self._rows) > limit and int(np.count_nonzero(self._rows)) > limit

    def counts(self) -> tuple[NDArray[Any], NDArray[Any] | None]:
        places = np.flatnonzero(self._rows)
        return places + self._low, self._rows[places]


class SortedNumbers:
    """Any numbers: the distinct ones in order; how often each occurs only while they are few."""

    def __init__(self, values: NDArray[Any], rows: NDArray[Any] | None, few: int) -> None:
        self._few = few
        self._values = values
        self._rows = rows if len(values) <= self._few else None
        self._new: list[NDArray[Any]] = []  # those of the last chunks: merging each chunk would be quadratic
        self._n_new = 0

    def takes(self, values: NDArray[Any], low: Any, high: Any) -> bool:
        return True

    def add(self, values: NDArray[Any]) -> None:
        if self._rows is None:
            self._new.append(np.unique(values))
            self._n_new += len(self._new[-1])
            if self._n_new > max(2 * len(self._values), 50_000):
                self._merge()
            return
        found, rows = np.unique(values, return_counts=True)
        merged = np.union1d(self._values, found)
        if len(merged) > self._few:
            self._values, self._rows = merged, None
            return
        counted = np.zeros(len(merged), np.int64)
        counted[np.searchsorted(merged, self._values)] += self._rows
        counted[np.searchsorted(merged, found)] += rows
        self._values, self._rows = merged, counted

    def _merge(self) -> None:
        self._values = np.unique(np.concatenate([self._values, *self._new]))
        self._new, self._n_new = [], 0

    def more_than(self, limit: int) -> bool:
        if len(self._values) + self._n_new > limit:
            self._merge()
        return len(self._values) > limit

    def counts(self) -> tuple[NDArray[Any], NDArray[Any] | None]:
        self._merge()
        return self._values, self._rows
