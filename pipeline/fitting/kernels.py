"""Sums over rows by the codes of their categories, compiled. Imported only where a table is large enough to be worth it."""

from typing import Any

from numba import njit
from numpy.typing import NDArray

from pipeline.frame import Codes, Floats


@njit(cache=True)  # type: ignore[untyped-decorator]
def add_by_code(eta: Floats, codes: Codes, weights: Floats) -> None:
    """Adds the weights (width + 1, k) of a row's codes to its log-odds (rows, k); code -1 takes the last weight, a 0."""
    for i in range(codes.shape[0]):
        for k in range(codes.shape[1]):
            for a in range(eta.shape[1]):
                eta[i, a] += weights[codes[i, k], a]


@njit(cache=True)  # type: ignore[untyped-decorator]
def sum_by_code(into: Floats, codes: Codes, values: Floats) -> None:
    """Adds each row's values (rows, k) to the sums (width + 1, k) of its codes; what has code -1 goes to the last."""
    for i in range(codes.shape[0]):
        for k in range(codes.shape[1]):
            for a in range(values.shape[1]):
                into[codes[i, k], a] += values[i, a]


@njit(cache=True)  # type: ignore[untyped-decorator]
def cross_by_code(with_dense: Floats, with_codes: Floats, codes: Codes, weighted: Floats, weights: NDArray[Any]) -> None:
    """Adds weighted products of code columns with dense columns, the intercept (last) and each other (lower triangle)."""
    last = weighted.shape[1]
    for i in range(codes.shape[0]):
        w = weights[i]
        for k in range(codes.shape[1]):
            c = codes[i, k]
            if c >= 0:
                row = with_dense[c]
                for j in range(last):
                    row[j] += weighted[i, j]
                row[last] += w
                products = with_codes[c]
                for m in range(k):
                    products[codes[i, m]] += w
