"""Counting numbers by class without sorting them: on a grid, value by value, or in narrow intervals of a stated width.

All three add chunks and merge; whatever the order, the counts are the same.
"""

from dataclasses import dataclass, field
from typing import Self

import numpy as np

from pipeline.profiling.arrays import Floats, Ints, Mask
from pipeline.profiling.cells import Cells, runs, summed

_MANTISSA = 52
_FINEST = 12  # bits of the mantissa that tell cells apart: neighbours differ by 1 part in 4,096
_EXPONENTS = 2_047  # this exponent and, with the sign, its double are NaN
_UNSEEN = -(1 << 40)


@dataclass(frozen=True)
class Grid:
    """The numbers lowest / per_unit, (lowest + 1) / per_unit, ...: whole numbers, or those with one to four decimals."""

    lowest: int
    size: int
    per_unit: int

    def cells_of(self, x: Floats, missing: Mask | None) -> Ints | None:
        """The position of each value, `size` for missing; None where a value is not on the grid."""
        places = np.rint(x if self.per_unit == 1 else x * self.per_unit)
        back = places if self.per_unit == 1 else places / self.per_unit
        n_missing = 0 if missing is None else int(np.count_nonzero(missing))
        if np.count_nonzero(back == x) != len(x) - n_missing:
            return None
        places -= self.lowest
        if missing is not None:
            np.copyto(places, self.size, where=missing)
        if len(places) and not 0 <= places.min() <= places.max() <= self.size:
            return None
        return places.astype(np.int64)


class GridCounts:
    """Rows at each point of a grid: exact."""

    def __init__(self, grid: Grid, n_classes: int) -> None:
        self.grid = grid
        self._counts = np.zeros((grid.size + 1) * n_classes, np.int64)
        self._n_classes = n_classes

    def add(self, cells: Ints, classes: Ints | None) -> None:
        np.add.at(self._counts, cells if classes is None else cells * self._n_classes + classes, 1)

    def merge(self, other: Self) -> None:
        self._counts += other._counts

    def cells(self) -> Cells:
        counts = self._counts.reshape(-1, self._n_classes)[:-1]
        used = np.flatnonzero(counts.any(axis=1))
        values = (used + self.grid.lowest) / self.grid.per_unit
        return Cells(values, values, counts[used])


@dataclass
class ValueCounts:
    """Rows of each value: exact, for numbers with few different values that lie on no small grid."""

    n_classes: int
    waiting: int  # distinct values of chunks that wait for being merged
    _values: Floats = field(default_factory=lambda: np.empty(0))
    _counts: Ints | None = None
    _pieces: list[tuple[Floats, Ints]] = field(default_factory=list)

    def add(self, x: Floats, classes: Ints | None) -> None:
        for number in range(self.n_classes):
            ordered = np.sort(x if classes is None else x[classes == number])
            ordered = ordered[: np.searchsorted(ordered, np.nan)]  # NaN is last
            first = runs(ordered)
            counts = np.zeros((len(first), self.n_classes), np.int64)
            counts[:, number] = np.diff(np.append(first, len(ordered)))
            self._append(ordered[first] + 0.0, counts)

    def add_cells(self, cells: Cells) -> None:
        self._append(cells.low, cells.counts)

    def merge(self, other: Self) -> None:
        self.add_cells(other.cells())

    def cells(self) -> Cells:
        self._settle()
        counts = np.zeros((0, self.n_classes), np.int64) if self._counts is None else self._counts
        return Cells(self._values, self._values, counts)

    def _append(self, values: Floats, counts: Ints) -> None:
        self._pieces.append((values, counts))
        if sum(len(piece[0]) for piece in self._pieces) > max(2 * len(self._values), self.waiting):
            self._settle()

    def _settle(self) -> None:
        if self._pieces:
            known = [] if self._counts is None else [(self._values, self._counts)]
            values, counts = zip(*known, *self._pieces, strict=True)
            self._values, self._counts = summed(np.concatenate(values), np.concatenate(counts))
            self._pieces = []


class Sketch:
    """Rows in cells whose width is a stated part of their distance from a centre, found by the bits of the numbers.

    Sign and exponent of (value - centre) name a page, the first bits of the mantissa a cell of it: 12 of them, so that a cell is
    at most 2^-12 of the distance wide. Pages exist once they hold a row. Where they outgrow the limit, all cells are joined in
    pairs (as in UDDSketch: Epicoco et al. 2020). The outcome does not depend on the order in which rows come.
    """

    def __init__(self, centre: float, n_classes: int, limit: int) -> None:
        self.bits = _FINEST
        self._centre = centre
        self._n_classes = n_classes
        self._limit = limit
        self._pages: list[int] = []
        self._base = np.full(4_096, _UNSEEN, np.int64)  # of a page: what to add to a cell's key for its place
        self._counts = np.zeros(0, np.int64)

    def add(self, x: Floats, classes: Ints | None) -> None:
        """Counts numbers; NaN counts nowhere."""
        places = self._places(x)
        np.add.at(self._counts, places if classes is None else places * self._n_classes + classes, 1)

    def add_cells(self, cells: Cells) -> None:
        """Counts the rows of single values."""
        if len(cells.low):
            places = self._places(cells.low)
            np.add.at(self._counts.reshape(-1, self._n_classes), places, cells.counts)

    def merge(self, other: Self) -> None:
        self._open(other._pages)
        while self.bits > other.bits:
            self._join()
        per_page = self._n_classes << self.bits
        by_page = other._counts.reshape(-1, self._n_classes << other.bits)
        for page, theirs in zip(other._pages, by_page, strict=True):
            joined = theirs.reshape(1 << self.bits, -1, self._n_classes).sum(axis=1)
            first = (int(self._base[page]) + (page << self.bits)) * self._n_classes
            self._counts[first : first + per_page] += joined.reshape(-1)

    def cells(self) -> Cells:
        by_cell = self._counts.reshape(-1, self._n_classes)
        used = np.flatnonzero(by_cell.any(axis=1))
        pages = np.array(self._pages, np.int64)[used >> self.bits]
        finite = pages & _EXPONENTS != _EXPONENTS
        used, pages = used[finite], pages[finite]
        near, far = self._ends(pages, used & (1 << self.bits) - 1)
        negative = pages > _EXPONENTS
        lows, highs = np.where(negative, -far, near), np.where(negative, -near, far)
        highs[lows == 0] = 0.0  # nothing but the centre itself is so near
        order = np.argsort(lows, kind="stable")
        return Cells(self._edges(lows[order]), self._edges(highs[order]), by_cell[used[order]])

    def _ends(self, pages: Ints, cells: Ints) -> tuple[Floats, Floats]:
        """The ends of cells next to the centre and away from it, as distances."""
        keys = (((pages & _EXPONENTS) << self.bits) + cells) << (_MANTISSA - self.bits)
        ends = keys.view(np.float64), (keys + (1 << (_MANTISSA - self.bits))).view(np.float64)
        return ends[0], np.minimum(ends[1], np.finfo(np.float64).max)

    def _edges(self, distances: Floats) -> Floats:
        """The least values at such distances from the centre, after rounding."""
        if not self._centre:
            return distances
        edges = np.clip(self._centre + distances, -np.finfo(np.float64).max, np.finfo(np.float64).max)
        for _ in range(2):
            low = edges - self._centre < distances
            edges[low] = np.nextafter(edges[low], np.inf)
            before = np.nextafter(edges, -np.inf)
            edges = np.where(before - self._centre >= distances, before, edges)
        return edges

    def _places(self, x: Floats) -> Ints:
        # A negative number's bits grow with its size. One less of them puts the end next to 0 outside, as for positive ones.
        signed = (x + (0.0 if not self._centre else -self._centre)).view(np.int64)
        negative = signed >> 63
        negative += signed
        while True:
            keys = (negative.view(np.uint64) >> np.uint64(_MANTISSA - self.bits)).view(np.int64)
            pages = keys >> self.bits
            places = self._base.take(pages)
            places += keys
            if not len(places) or places.min() >= 0:
                return places
            self._open(np.flatnonzero(np.bincount(pages[places < 0], minlength=4_096)).tolist())

    def _open(self, pages: list[int]) -> None:
        """Adds the pages that are not there yet, after joining cells as long as they would be too many."""
        new = [page for page in pages if self._base[page] == _UNSEEN]
        numbers = sum(page & _EXPONENTS != _EXPONENTS for page in [*self._pages, *new])
        while numbers << self.bits > self._limit and self.bits > 1:
            self._join()
        self._pages += new
        self._counts = np.concatenate([self._counts, np.zeros(len(new) * (self._n_classes << self.bits), np.int64)])
        self._number_pages()

    def _join(self) -> None:
        self.bits -= 1
        pairs = self._counts.reshape(-1, 2, self._n_classes)
        self._counts = (pairs[:, 0] + pairs[:, 1]).reshape(-1)
        self._number_pages()

    def _number_pages(self) -> None:
        pages = np.array(self._pages, np.int64)
        self._base[pages] = (np.arange(len(pages)) - pages) << self.bits
