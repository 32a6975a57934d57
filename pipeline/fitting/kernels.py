"""Sums over rows by the codes of their categories, compiled. Imported only where a table is large enough to be worth it.

Codes and dense numbers come turned, a row for each column, in any order of storage; types are given, so each is compiled once.
"""

import numpy as np

from pipeline.fitting.compiled import compiled
from pipeline.frame import Codes, Floats


@compiled("void(f8[:, ::1], i4[:, :], f8[:, ::1])")
def add_by_code(eta: Floats, codes: Codes, weights: Floats) -> None:
    """Adds the weights (width + 1, k) of a row's codes to its log-odds (rows, k); code -1 takes the last weight, a 0."""
    for k in range(codes.shape[0]):
        for i in range(codes.shape[1]):
            for a in range(eta.shape[1]):
                eta[i, a] += weights[codes[k, i], a]


@compiled("void(f8[:, ::1], i4[:, :], f8[:, ::1])")
def sum_by_code(into: Floats, codes: Codes, values: Floats) -> None:
    """Adds each row's values (rows, k) to the sums (width + 1, k) of its codes; what has code -1 goes to the last."""
    for k in range(codes.shape[0]):
        for i in range(codes.shape[1]):
            for a in range(values.shape[1]):
                into[codes[k, i], a] += values[i, a]


@compiled("void(f8[:, ::1], f8[:, ::1], i4[:, :], f8[:, :], f8[::1])")
def cross_by_code(with_dense: Floats, with_codes: Floats, codes: Codes, dense: Floats, weights: Floats) -> None:
    """Adds weighted products of code columns with dense columns, the intercept (last) and, once for each pair, each other.

    What has code -1 goes to the last row or column of each.
    """
    n_dense, n_codes = dense.shape[0], codes.shape[0]
    weighted = np.empty(n_dense + 1)
    own = np.empty(n_codes, np.int64)
    for i in range(weights.shape[0]):
        w = weights[i]
        for j in range(n_dense):
            weighted[j] = w * dense[j, i]
        weighted[n_dense] = w
        for k in range(n_codes):
            own[k] = codes[k, i]
            row = with_dense[own[k]]
            for j in range(n_dense + 1):
                row[j] += weighted[j]
            products = with_codes[own[k]]
            for m in range(k):
                products[own[m]] += w
