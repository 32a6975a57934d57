"""Curves in few points, with a bound on what leaving points out moves them by."""

import math

import numpy as np
from numpy.typing import NDArray

from pipeline.frame import Floats

MOST_POINTS = 1_000
_ERROR = 4e-4  # figures round to ten-thousandths, so that 5e-4 holds on the screen too


def thinned(x: Floats, y: Floats, *, also_few: bool = False) -> NDArray[np.intp]:
    """Positions of at most 1,000 points of a curve, the first and the last among them.

    Parameters
    ----------
    x, y : ndarray of float, shape (n,)
        The points in the order in which they are joined by lines; both between 0 and 1.
    also_few : bool
        Whether a curve of few points is thinned as one of many is: for small figures of which a page has several.

    Returns
    -------
    ndarray of int
        Ascending. With at most 1,000 points only those are left out that lie on the line between their neighbours. Of more
        points some are left out as long as each is within 5e-4 of the line that replaces it (Douglas and Peucker 1973). Only a
        curve of more than 1,000 equal steps that turn at each would be thinned further.
    """
    error = _ERROR
    kept = _within(x, y, 0.0 if len(x) <= MOST_POINTS and not also_few else error)
    while len(kept) > MOST_POINTS:
        error *= 1.05
        kept = _within(x, y, error)
    return kept


def _within(x: Floats, y: Floats, error: float) -> NDArray[np.intp]:
    keep = np.zeros(len(x), bool)
    keep[[0, -1]] = True
    open_parts = [(0, len(x) - 1)]
    while open_parts:
        first, last = open_parts.pop()
        if last - first < 2:
            continue
        away = _distances(x[first : last + 1], y[first : last + 1])
        farthest = int(away.argmax())
        if away[farthest] > error + 1e-15:
            middle = first + 1 + farthest
            keep[middle] = True
            open_parts += [(first, middle), (middle, last)]
    return np.flatnonzero(keep)


def _distances(x: Floats, y: Floats) -> Floats:
    """Of the inner points from the line between the first and the last, which a curve that turns back may leave at its ends."""
    dx, dy = x[-1] - x[0], y[-1] - y[0]
    right, up = x[1:-1] - x[0], y[1:-1] - y[0]
    length = math.hypot(dx, dy)
    if length == 0:
        return np.asarray(np.hypot(right, up))
    across = (dx * up - dy * right) / length
    along = (dx * right + dy * up) / length
    beyond = along - np.clip(along, 0.0, length)
    return np.asarray(np.sqrt(across**2 + beyond**2))
