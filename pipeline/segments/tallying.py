"""Rows of every segment of one and of two columns, by outcome and decision, in one pass for each pair of columns."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from pipeline.frame import Floats
from pipeline.results import Progress, Report
from pipeline.segments.levels import Levels

CELLS = 4  # goods approved, goods refused, bads approved, bads refused
MOMENTS = 3  # sums of the first three cumulants of what comes of the rows: p, p (1 - p), p (1 - p) (1 - 2 p)
_BLOCK = 65_536  # rows at a time, so that keys stay in the processor's cache

Counts = NDArray[np.int64]


@dataclass(frozen=True)
class Tallied:
    """Segments that have rows, those of one column first. A pair that holds the very rows of one of its levels is left out.

    `first` and `second` are the places of the columns, `second` -1 for one column; `code` and `other` those of the levels.
    `moments` are zero unless they were asked for.
    """

    first: Counts
    second: Counts
    code: Counts
    other: Counts
    cells: Counts  # (k, 4)
    moments: Floats  # (k, 3)
    singles: tuple[Counts, ...]  # for each column the place of each of its levels among the segments, -1 for one without rows

    @property
    def n_segments(self) -> int:
        return len(self.first)

    @property
    def is_pair(self) -> NDArray[np.bool_]:
        return self.second >= 0

    @property
    def n_rows(self) -> Counts:
        n: Counts = self.cells.sum(axis=1)
        return n

    @property
    def n_bad(self) -> Counts:
        return self.cells[:, 2] + self.cells[:, 3]

    @property
    def n_approved(self) -> Counts:
        return self.cells[:, 0] + self.cells[:, 2]

    def columns_of(self, at: int) -> tuple[int, ...]:
        return tuple(int(place) for place in (self.first[at], self.second[at]) if place >= 0)

    def codes_of(self, at: int) -> tuple[int, ...]:
        return tuple(int(code) for code in (self.code[at], self.other[at]) if code >= 0)

    def parents(self, at: int) -> Counts:
        """The places of the segments of each of a pair's levels; none for one column."""
        if self.second[at] < 0:
            return np.empty(0, np.int64)
        return np.array([self.singles[self.first[at]][self.code[at]], self.singles[self.second[at]][self.other[at]]], np.int64)


@dataclass(frozen=True)
class Tally:
    """What is counted: for each row its cell, its moments where they are asked for, and its level in each column."""

    cell: NDArray[np.uint8]
    moments: Floats  # (3, n), or (0, n)
    codes: tuple[NDArray[np.uint8], ...]
    sizes: tuple[int, ...]

    @classmethod
    def of(
        cls,
        is_bad: NDArray[np.bool_],
        score: Floats,
        cutoff: float,
        rows: NDArray[np.intp],
        found: Mapping[str, Levels],
        *,
        with_expected: bool,
    ) -> "Tally":
        cell = (2 * is_bad + (score >= cutoff)).astype(np.uint8)
        spread = score * (1 - score)
        moments = np.stack([score, spread, spread * (1 - 2 * score)]) if with_expected else np.empty((0, len(score)))
        codes = tuple(levels.codes[rows].astype(np.uint8) for levels in found.values())
        return cls(cell, moments, codes, tuple(len(levels.texts) for levels in found.values()))

    def all_segments(self, report: Report) -> Tallied:
        """Counts every column, then every pair of columns. `report` may raise Stopped."""
        k = len(self.sizes)
        parts, singles, n = [], [], 0
        for a in range(k):
            part = self._segments(a, None)
            place = np.full(self.sizes[a], -1, np.int64)
            place[part.code] = n + np.arange(part.n_segments)
            n += part.n_segments
            parts.append(part)
            singles.append(place)
        rows = [np.bincount(codes, minlength=size) for codes, size in zip(self.codes, self.sizes, strict=True)]
        done, total = 0, k * (k - 1) // 2
        for a in range(k):
            for b in range(a + 1, k):
                report(Progress(done, total, f"Counting pair {done + 1:,} of {total:,}"))
                part = self._segments(a, b)
                own = part.n_rows
                parts.append(_kept(part, (own < rows[a][part.code]) & (own < rows[b][part.other])))
                done += 1
        report(Progress(max(total, 1), max(total, 1), "Comparing the segments"))
        return _joined(parts, tuple(singles))

    def _segments(self, a: int, b: int | None) -> Tallied:
        wide = 1 if b is None else self.sizes[b]
        n = self.sizes[a] * wide
        cells = np.zeros(n * CELLS, np.int64)
        moments = np.zeros((MOMENTS, n))
        for start in range(0, len(self.cell), _BLOCK):
            block = slice(start, start + _BLOCK)
            key = self.codes[a][block].astype(np.intp)
            if b is not None:
                key *= wide
                key += self.codes[b][block]
            for row, values in enumerate(self.moments):
                moments[row] += np.bincount(key, values[block], n)
            key *= CELLS
            key += self.cell[block]
            cells += np.bincount(key, minlength=n * CELLS)
        table = cells.reshape(n, CELLS)
        kept = np.flatnonzero(table.sum(axis=1))
        code, other = np.divmod(kept, wide)
        alike = np.ones(len(kept), np.int64)
        second = -alike if b is None else b * alike
        return Tallied(a * alike, second, code, second if b is None else other, table[kept], moments[:, kept].T, ())


_COLUMNS = ("first", "second", "code", "other", "cells", "moments")


def _kept(part: Tallied, kept: NDArray[np.bool_]) -> Tallied:
    return replace(part, **{name: getattr(part, name)[kept] for name in _COLUMNS})


def _joined(parts: list[Tallied], singles: tuple[Counts, ...]) -> Tallied:
    if not parts:
        none = np.empty(0, np.int64)
        return Tallied(none, none, none, none, np.empty((0, CELLS), np.int64), np.empty((0, MOMENTS)), ())
    return Tallied(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in _COLUMNS}, singles=singles)
