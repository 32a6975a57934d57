"""Passes over the rows of a design: log-odds, sums of columns and products of columns, without building its zeros.

A row of a category is one number, the position of its 1. So sums over rows of a code column are sums by group, and products of
two code columns are counts by pair; only dense columns are multiplied out. Small designs are built instead, a few rows at a time:
that costs less than loading compiled code.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from pipeline.frame import Codes, Floats
from pipeline.terms import Design

_BLOCK = 8_192  # rows at a time, so that what is computed of them stays in the processor's cache
_MOST_CELLS = 4_000_000  # of a block
_COMPILED_FROM = 1e9  # multiplications of one Hessian (0.1 s or so) from which compiled code is worth loading


@dataclass(frozen=True)
class Passes:
    """How a design's rows are gone through: `grouped` by codes, or built."""

    design: Design
    grouped: bool

    @classmethod
    def over(cls, design: Design) -> "Passes":
        return cls(design, not design.codes.shape[1] or design.n_rows * float(design.width) ** 2 >= _COMPILED_FROM)

    @property
    def _rows(self) -> int:
        return int(np.clip(_MOST_CELLS // self.design.width, 256, _BLOCK))

    def blocks(self) -> Iterator[tuple[slice, "Built | Grouped"]]:
        """Rows, a few at a time."""
        for start in range(0, self.design.n_rows, self._rows):
            rows = slice(start, min(start + self._rows, self.design.n_rows))
            yield rows, Grouped(self.design, rows) if self.grouped else Built(self.design, rows)

    def linear(self, weights: Floats) -> Floats:
        """Design times weights (width, k): (n_rows, k)."""
        result = np.empty((self.design.n_rows, weights.shape[1]))
        for rows, block in self.blocks():
            result[rows] = block.linear(weights)
        return result

    def products(self, row_weights: Floats | None = None) -> Floats:
        """The sum over rows of weight · xᵀx, (width, width)."""
        total = self.empty()
        for rows, block in self.blocks():
            block.add_products(total, np.ones(rows.stop - rows.start) if row_weights is None else row_weights[rows])
        return total.finish()

    def empty(self) -> "Total":
        width, n_dense = self.design.width, len(self.design.dense_at)
        if not self.grouped:
            return Total(self.design, np.zeros((width, width)))
        of_codes = width + 1 if self.design.codes.shape[1] else 0
        return Total(
            self.design, np.zeros((n_dense + 1, n_dense + 1)), np.zeros((of_codes, n_dense + 1)), np.zeros((of_codes, of_codes))
        )


@dataclass
class Total:
    """Products as they add up: all in `dense` where rows are built, else by kind of column (the intercept after the dense)."""

    design: Design
    dense: Floats
    code_dense: Floats | None = None
    code_code: Floats | None = None

    def finish(self) -> Floats:
        """All products, (width, width), in the order of the columns."""
        if self.code_dense is None or self.code_code is None:
            return self.dense
        at = np.append(self.design.dense_at, 0)
        among = np.zeros((self.design.width, self.design.width))
        if len(self.code_code):
            among += self.code_code[:-1, :-1]
            among += self.code_code[:-1, :-1].T
            np.fill_diagonal(among, self.code_dense[:-1, -1])
            among[:, at] += self.code_dense[:-1]
            among[at] += self.code_dense[:-1].T
        among[np.ix_(at, at)] = self.dense
        return among


class Built:
    """Some rows as a matrix."""

    def __init__(self, design: Design, rows: slice) -> None:
        self.matrix = design.block(rows.start, rows.stop)

    def linear(self, weights: Floats) -> Floats:
        return np.asarray(self.matrix @ weights)

    def add_sums(self, into: Floats, values: Floats) -> None:
        """Adds the sum over rows of column · value to (width + 1, k), for values (rows, k)."""
        into[:-1] += self.matrix.T @ values

    def add_products(self, into: Total, weights: Floats) -> None:
        """Adds the sum over rows of weight · column · column; weights are not negative."""
        root = self.matrix * np.sqrt(weights)[:, None]
        into.dense += root.T @ root


class Grouped:
    """Some rows as dense numbers and codes, turned: a row for each column."""

    def __init__(self, design: Design, rows: slice) -> None:
        self.at = design.dense_at
        self.dense: Floats = np.require(design.dense[rows].T, np.float64, "W")  # a compiled function takes no read-only array
        self.codes: Codes = np.require(design.codes[rows].T, np.int32, "W")

    def linear(self, weights: Floats) -> Floats:
        result = np.ascontiguousarray(self.dense.T @ weights[self.at] + weights[0])
        if len(self.codes):
            from pipeline.fitting.kernels import add_by_code

            add_by_code(result, self.codes, np.vstack([weights, np.zeros((1, weights.shape[1]))]))
        return result

    def add_sums(self, into: Floats, values: Floats) -> None:
        into[0] += values.sum(axis=0)
        into[self.at] += self.dense @ values
        if len(self.codes):
            from pipeline.fitting.kernels import sum_by_code

            sum_by_code(into, self.codes, values)

    def add_products(self, into: Total, weights: Floats) -> None:
        root = np.empty((len(self.at) + 1, len(weights)))
        root[-1] = np.sqrt(weights)
        np.multiply(self.dense, root[-1], out=root[:-1])
        into.dense += root @ root.T  # numpy computes half of a product with itself
        if len(self.codes):
            from pipeline.fitting.kernels import cross_by_code

            cross_by_code(into.code_dense, into.code_code, self.codes, self.dense, np.ascontiguousarray(weights))
