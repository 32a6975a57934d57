"""Rows as a fit takes them."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.frame import Codes, Floats

_CONSTANT = 1e-13  # of the mean: what rounding alone gives a constant as its standard deviation
_BLOCK = 8_192  # rows at a time, so that their sums stay in the processor's cache
_FEW = 32  # rows up to which their columns are added at once


@dataclass(frozen=True)
class Design:
    """Rows as a fit takes them: an intercept, `dense` columns, and for each category the column that is 1, or -1 for none.

    Column 0 is the intercept. `dense_at` are the positions of the dense columns; `codes[:, k]` are positions. Both are stored
    column by column. The columns of the model, on which the spec's scaling and penalty are defined, are unit · column + shift: a
    fit may run on columns with mean 0 and standard deviation 1, whatever the scale of the model's.
    """

    dense: NDArray[np.floating[Any]]
    dense_at: NDArray[np.intp]
    codes: Codes
    width: int
    unit: Floats
    shift: Floats

    @property
    def n_rows(self) -> int:
        return len(self.dense)

    def block(self, start: int, stop: int) -> Floats:
        """The rows from `start` to `stop` as a matrix (rows, width)."""
        rows = min(stop, self.n_rows) - start
        matrix = np.zeros((rows, self.width + 1))  # the last column takes what belongs nowhere
        matrix[:, 0] = 1.0
        matrix[:, self.dense_at] = self.dense[start:stop]
        each = np.arange(rows)
        for k in range(self.codes.shape[1]):
            matrix[each, self.codes[start:stop, k]] = 1.0
        return matrix[:, :-1]

    def linear(self, weights: Floats) -> Floats:
        """Design times weights (width, k): (n_rows, k), without building the matrix."""
        result: Floats = self.dense @ weights[self.dense_at] + weights[0]
        padded = np.vstack([weights, np.zeros((1, weights.shape[1]))])
        for k in range(self.codes.shape[1]):
            result += padded[self.codes[:, k]]
        return result

    def log_odds(self, weights: Floats) -> Floats:
        """As `linear`, with every row's to the last bit the same whatever rows stand beside it.

        A matrix product adds up in an order that hangs on the number of rows. Cut-offs are scores of rows, so that an applicant
        who is scored alone would pass where the same row of a table is refused.
        """
        result = np.empty((self.n_rows, weights.shape[1]))
        for start in range(0, self.n_rows, _BLOCK):
            block = slice(start, start + _BLOCK)
            result[block] = self._column_by_column(self.dense[block], weights)
        padded = np.vstack([weights, np.zeros((1, weights.shape[1]))])
        for k in range(self.codes.shape[1]):
            result += padded[self.codes[:, k]]
        return result

    def _column_by_column(self, dense: NDArray[np.floating[Any]], weights: Floats) -> Floats:
        """The intercept and the dense columns, added one after another."""
        own = weights[self.dense_at]
        if len(dense) <= _FEW:  # without a loop over columns, in the same order
            parts = np.empty((len(own) + 1, len(dense), weights.shape[1]))
            parts[0] = weights[0]
            np.multiply(dense.T[:, :, None], own[:, None], out=parts[1:])
            return np.asarray(np.add.accumulate(parts, axis=0)[-1])
        result = np.empty((len(dense), weights.shape[1]))
        result[:] = weights[0]
        part = np.empty_like(result)
        for column, weight in zip(dense.T, own, strict=True):
            np.multiply(column[:, None], weight, out=part)
            result += part
        return result

    def conditioned(self) -> "Design":
        """The same rows with dense columns of mean 0 and standard deviation 1; a constant column keeps its scale."""
        dense = np.empty_like(self.dense, order="F")
        unit, shift = self.unit.copy(), self.shift.copy()
        for j, at in enumerate(self.dense_at):
            column = self.dense[:, j].astype(np.float64)
            mean, sd = condition(column)
            dense[:, j] = column
            unit[at], shift[at] = unit[at] * sd, shift[at] + unit[at] * mean
        return replace(self, dense=dense, unit=unit, shift=shift)

    def to_model(self) -> Floats:
        """The matrix T with weights of the model's columns = T · weights of the design's, (width, width)."""
        T = np.diag(1 / self.unit)
        T[0] -= self.shift / self.unit
        return T


def condition(values: Floats) -> tuple[float, float]:
    """Takes the mean off some values and divides them by their standard deviation, in place; gives both."""
    mean = float(values.mean())
    values -= mean
    sd = float(np.sqrt(values @ values / max(len(values), 1)))
    if not sd > _CONSTANT * abs(mean):
        values[:] = 0.0
        return mean, 1.0
    values /= sd
    return mean, sd
