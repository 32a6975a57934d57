"""Every pair of columns: sums for Pearson's correlation of numbers, tables for Cramér's V of categories; both mergeable."""

import math
from typing import Self

import numpy as np
from numpy.typing import NDArray

from pipeline.profiling.arrays import Floats, Ints, Mask

MOST_NUMBERS = 200
MOST_CATEGORIES = 60
MOST_LEVELS = 50  # of a category; its other levels count as one
_STRIDE = MOST_LEVELS + 2  # and the others, and missing
_NO_SPREAD = 1e-11  # a smaller share of the squares is rounding

Matrix = tuple[tuple[float | None, ...], ...]


class PearsonSums:
    """Sums over the rows where both columns of a pair have a value.

    With Z the scaled numbers (0 where missing) and M who has one (1 or 0), all of them are entries of three products: Z'Z, Z'M
    and (Z²)'M, and M'M. Columns without gaps share one column of M.
    """

    def __init__(self, has_gaps: list[bool]) -> None:
        self.n_columns = len(has_gaps)
        gaps = np.cumsum(has_gaps)
        self._mask_of = np.where(has_gaps, gaps, 0)
        self._gram = np.zeros((self.n_columns + int(gaps[-1] if len(gaps) else 0) + 1,) * 2)
        self._squares = np.zeros((self.n_columns, len(self._gram) - self.n_columns))
        self._work = np.empty((len(self._gram), 0))

    def scaled(self, n_rows: int) -> Floats:
        """Where the scaled numbers of a chunk go, shape (columns, n_rows)."""
        if self._work.shape[1] != n_rows:
            self._work = np.empty((len(self._gram), n_rows))
            self._work[self.n_columns :] = 1.0
        return self._work[: self.n_columns]

    def add(self, missing: list[Mask | None]) -> None:
        """Takes the chunk whose numbers are in `scaled`; `missing` says where each column has a gap."""
        numbers, masks = self._work[: self.n_columns], self._work[self.n_columns :]
        for column, (where, mask) in enumerate(zip(missing, self._mask_of, strict=True)):
            if mask:
                masks[mask] = 1.0
                if where is not None:
                    np.copyto(masks[mask], 0.0, where=where)
            elif where is not None:
                raise ValueError(f"Column {column} has gaps and was said to have none.")
        self._gram += self._work @ self._work.T
        self._squares += np.square(numbers) @ masks.T

    def merge(self, other: Self) -> None:
        self._gram += other._gram
        self._squares += other._squares

    def drop_work(self) -> None:
        """Lets go of what only adding needs."""
        self._work = np.empty((len(self._gram), 0))

    def matrix(self) -> NDArray[np.float64]:
        """Pearson's correlation of each pair over the rows that have both; NaN where it is not defined."""
        p, mask = self.n_columns, self._mask_of
        n = self._gram[p + mask[:, None], p + mask[None, :]]
        sums = self._gram[np.arange(p)[:, None], p + mask[None, :]]  # of the row's column, where the column's column is known
        squares = self._squares[np.arange(p)[:, None], mask[None, :]]
        with np.errstate(all="ignore"):
            covariance = self._gram[:p, :p] - sums * sums.T / n
            variance = squares - sums**2 / n
            variance[variance <= _NO_SPREAD * squares] = np.nan
            found: NDArray[np.float64] = np.clip(covariance / np.sqrt(variance * variance.T), -1, 1)
        found[n < 2] = np.nan
        np.fill_diagonal(found, np.where(np.isnan(np.diag(found)), np.nan, 1.0))
        return found


class PairTables:
    """Rows of each pair of levels, for each pair of categories, over the rows that have both."""

    def __init__(self, n_columns: int) -> None:
        self._pairs = [(i, j) for i in range(n_columns) for j in range(i + 1, n_columns)]
        self._n_columns = n_columns
        self._tables = np.zeros((len(self._pairs), _STRIDE * _STRIDE), np.int64)

    def add(self, codes: list[Ints]) -> None:
        """Takes a chunk: the codes of each column, below `MOST_LEVELS` + 1, and that plus one for missing."""
        rows = [column * _STRIDE for column in codes]
        for table, (i, j) in zip(self._tables, self._pairs, strict=True):
            table += np.bincount(rows[i] + codes[j], minlength=_STRIDE * _STRIDE)

    def merge(self, other: Self) -> None:
        self._tables += other._tables

    def matrix(self) -> NDArray[np.float64]:
        """Cramér's V of each pair, bias-corrected; NaN where it is not defined."""
        found = np.full((self._n_columns,) * 2, np.nan)
        for table, (i, j) in zip(self._tables, self._pairs, strict=True):
            value = cramers_v(table.reshape(_STRIDE, _STRIDE)[:-1, :-1])
            found[i, j] = found[j, i] = math.nan if value is None else value
        np.fill_diagonal(found, 1.0)
        return found


def pair_codes(levels: int, frequent: list[int]) -> Ints:
    """For each code of `LevelCodes` its code here: the most frequent levels, then one for the others, then one for missing."""
    codes = np.full(levels + 2, MOST_LEVELS, np.int64)
    codes[frequent[:MOST_LEVELS]] = np.arange(len(frequent[:MOST_LEVELS]))
    codes[-1] = MOST_LEVELS + 1
    return codes


def cramers_v(table: Ints) -> float | None:
    """Cramér's V with the bias correction of Bergsma (2013); None where a side has one level only.

    With phi² = chi² / n, r rows and c columns that occur: phi² is lowered by (r - 1)(c - 1) / (n - 1), not below 0, r by
    (r - 1)² / (n - 1), c likewise, and V is the root of phi² / min(r - 1, c - 1).
    """
    table = table[table.any(axis=1)][:, table.any(axis=0)].astype(float)
    n = table.sum()
    r, c = table.shape
    if min(r, c) < 2 or n < 2:
        return None
    expected = table.sum(axis=1, keepdims=True) * table.sum(axis=0, keepdims=True) / n
    phi2 = float(((table - expected) ** 2 / expected).sum() / n)
    phi2 = max(0.0, phi2 - (r - 1) * (c - 1) / (n - 1))
    fewest = min(r - (r - 1) ** 2 / (n - 1), c - (c - 1) ** 2 / (n - 1)) - 1
    return min(1.0, math.sqrt(phi2 / fewest)) if fewest > 0 else None


def rows_of(matrix: NDArray[np.float64]) -> Matrix:
    """As plain numbers, None for NaN."""
    return tuple(tuple(None if value != value else value for value in row) for row in matrix.tolist())
