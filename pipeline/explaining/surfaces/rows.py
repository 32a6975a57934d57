"""The rows of a run over two of its fields: counted in cells, and a sample of them as points."""

from collections.abc import Callable

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pipeline.boundary_results import MOST_POINTS, Axis, BoundaryRows, RowCell, RowPoint
from pipeline.frame import Category, Floats, frame_of
from pipeline.scores.row_scores import Rows

BINS = 20  # of a number

Said = Callable[[Rows], NDArray[np.intp]]  # the class that the run chooses for some rows of the table


def boundary_rows(
    table: pa.Table,
    axes: tuple[Axis, Axis],
    codes: tuple[tuple[str, ...], tuple[str, ...]],
    rows: Rows,
    classes: NDArray[np.intp],
    n_classes: int,
    part: str,
    *,
    score: Floats | None = None,
    said: Said | None = None,
    seed: int = 0,
) -> BoundaryRows:
    """Counts the rows of a part.

    Parameters
    ----------
    table : pyarrow.Table
        Has the fields of both axes.
    axes : tuple of Axis
        x and y, as they are drawn.
    codes : tuple of tuple of str
        The special codes of both fields: a row that holds one stands at no place of a number.
    rows : ndarray of int
        Those of the part.
    classes : ndarray of int, shape (rows of the table,)
        The place of each row's outcome among the labels.
    score : ndarray, shape (rows of the table,), optional
        The run's probability of bad, for two classes.
    said : callable, optional
        Which class the run chooses, for three classes and more; asked for the sample alone.
    seed : int
        Of the sample.
    """
    frame = frame_of(table, [axis.field for axis in axes], [axis.field for axis in axes if not axis.is_number])
    places = [_places(frame.columns[axis.field], axis, held, rows) for axis, held in zip(axes, codes, strict=True)]
    missing = np.isnan(places[0]) | np.isnan(places[1])
    inside = ~missing & _inside(places[0], axes[0]) & _inside(places[1], axes[1])
    x, y, of_class = places[0][inside], places[1][inside], classes[rows[inside]]
    sample = _sample(of_class, seed)
    chosen = rows[inside][sample]
    scores = score[chosen].tolist() if score is not None else [None] * len(chosen)
    chosen_class = said(chosen).tolist() if said is not None and len(chosen) else [None] * len(chosen)
    return BoundaryRows(
        part=part,
        n_rows=len(rows),
        n_missing=int(missing.sum()),
        n_outside=int((~missing & ~inside).sum()),
        cells=_cells(x, y, of_class, axes, n_classes),
        points=tuple(
            RowPoint(*one)
            for one in zip(x[sample].tolist(), y[sample].tolist(), of_class[sample].tolist(), scores, chosen_class, strict=True)
        ),
    )


def _places(column: Floats | Category, axis: Axis, codes: tuple[str, ...], rows: Rows) -> Floats:
    """Where each row stands on an axis: NaN where it lacks a value, infinite where it has a level that is not drawn."""
    if isinstance(column, Category):
        of_level = {level: float(k) for k, level in enumerate(axis.levels)}
        found = [of_level.get(level, np.inf) for level in column.levels]
        return np.array([*found, of_level.get(None, np.nan)])[column.codes[rows]]
    values = column[rows]
    return np.where(np.isin(values, [float(code) for code in codes]), np.nan, values) if codes else values


def _inside(places: Floats, axis: Axis) -> NDArray[np.bool_]:
    return (places >= axis.low) & (places <= axis.high)


def _cells(x: Floats, y: Floats, of_class: NDArray[np.intp], axes: tuple[Axis, Axis], n_classes: int) -> tuple[RowCell, ...]:
    middles = [_middles(axis) for axis in axes]
    at_x, at_y = (_nearest(places, found) for places, found in zip((x, y), middles, strict=True))
    n_x, n_y = map(len, middles)
    counts = np.bincount((at_y * n_x + at_x) * n_classes + of_class, minlength=n_x * n_y * n_classes).reshape(n_y, n_x, n_classes)
    return tuple(
        RowCell(float(middles[0][i]), float(middles[1][j]), tuple(map(int, counts[j, i])))
        for j, i in np.argwhere(counts.sum(axis=2)).tolist()
    )


def _middles(axis: Axis) -> Floats:
    """Of the cells along an axis: each level, each of a few whole numbers, or bins of one width."""
    if not axis.is_number or (axis.whole and len(axis.values) <= BINS):
        return np.array(axis.places)
    return np.asarray(axis.low + (np.arange(BINS) + 0.5) * (axis.high - axis.low) / BINS)


def _nearest(places: Floats, middles: Floats) -> NDArray[np.intp]:
    return np.searchsorted((middles[1:] + middles[:-1]) / 2, places)


def _sample(of_class: NDArray[np.intp], seed: int) -> Rows:
    """Ascending places of at most MOST_POINTS rows, of each class its share, and one at least."""
    if len(of_class) <= MOST_POINTS:
        return np.arange(len(of_class))
    draw = np.random.default_rng(seed)
    found = []
    for k in np.unique(of_class):
        there = np.flatnonzero(of_class == k)
        n = min(len(there), max(1, round(MOST_POINTS * len(there) / len(of_class))))
        found.append(draw.choice(there, n, replace=False))
    return np.asarray(np.sort(np.concatenate(found)), np.intp)
