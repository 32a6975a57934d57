"""Variance inflation: how much of a column the others already say."""

from collections.abc import Hashable, Sequence

import numpy as np
from numpy.typing import NDArray

from pipeline.frame import Floats
from pipeline.terms import Design

MOST_COLUMNS = 1_000
_ALIASED = 1e-10  # share of a column's variation that others leave unexplained, below which it says nothing of its own
_BLOCK = 8_192


def correlations(design: Design) -> Floats:
    """Correlations of a design's columns without the intercept, (width - 1, width - 1); 0 for a column that never varies."""
    width, n = design.width, design.n_rows
    products = np.zeros((width, width))
    for start in range(0, n, _BLOCK):
        X = design.block(start, start + _BLOCK)
        products += X.T @ X
    means = products[0] / n
    spread = (products / n - np.outer(means, means))[1:, 1:]
    variance = np.maximum(np.diag(spread), 0.0)
    scale = np.where(
        variance > 1e-14 * np.maximum(np.diag(products)[1:] / n, 1e-300), 1 / np.sqrt(np.maximum(variance, 1e-300)), 0
    )
    found = spread * scale[:, None] * scale
    np.fill_diagonal(found, (scale > 0).astype(float))
    return np.asarray(found)


def inflation(correlation: Floats, groups: Sequence[Hashable]) -> list[float | None]:
    """The variance inflation factor of each column, the generalised one for columns of one group.

    Parameters
    ----------
    correlation : ndarray of float, shape (k, k)
        Of the columns.
    groups : sequence, length k
        Columns with an equal entry stand for one field: the levels of a category.

    Returns
    -------
    list of float or None
        For a column by itself 1 / (1 - R²) of it on the others; for a group det R11 det R22 / det R (Fox and Monette 1992,
        "Generalized collinearity diagnostics", JASA 87, 178-183), which does not depend on the reference level. None for columns
        that others determine exactly, and for those that take part in determining them.
    """
    k = len(groups)
    kept, blamed = _independent(correlation)
    found: list[float | None] = [None] * k
    if not len(kept):
        return found
    inverse = np.linalg.inv(correlation[np.ix_(kept, kept)])
    place = {int(column): at for at, column in enumerate(kept)}
    members: dict[Hashable, list[int]] = {}
    for column, group in enumerate(groups):
        members.setdefault(group, []).append(column)
    for columns in members.values():
        here = [place[column] for column in columns if column in place]
        # a full set of levels has one too many, which the levels themselves make up for: that is no collinearity of fields
        outside = {other for column in columns if column in blamed for other in blamed[column]} - set(columns)
        involved = any(column in others and lost not in columns for lost, others in blamed.items() for column in columns)
        if not here or outside or involved:
            continue
        own = correlation[np.ix_(kept[here], kept[here])]
        log = np.linalg.slogdet(own)[1] + np.linalg.slogdet(inverse[np.ix_(here, here)])[1]
        value = float(np.exp(min(max(log, 0.0), 700.0)))
        for column in columns:
            found[column] = value
    return found


def _independent(correlation: Floats) -> tuple[NDArray[np.intp], dict[int, list[int]]]:
    """Columns that those before them don't determine, and for each other column those that determine it."""
    rest = correlation.copy()
    kept: list[int] = []
    lost: list[int] = []
    for j in range(len(rest)):
        if rest[j, j] <= _ALIASED:
            lost.append(j)
            continue
        kept.append(j)
        rest[j + 1 :, j + 1 :] -= np.outer(rest[j + 1 :, j], rest[j, j + 1 :]) / rest[j, j]
    at = np.array(kept, np.intp)
    blamed: dict[int, list[int]] = {}
    for j in lost:
        if not correlation[j, j]:  # never varies: nothing determines it
            blamed[j] = []
            continue
        share = np.linalg.lstsq(correlation[np.ix_(at, at)], correlation[at, j], rcond=None)[0]
        blamed[j] = [int(column) for column in at[np.abs(share) > 1e-6]]
    return at, blamed
