"""Where a function of two numbers is zero: marching squares, with every vertex found on its edge to rounding.

The lines run from edge to edge of a grid, so that what lies between two vertices is a chord of a cell and no more.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from pipeline.frame import Floats

Function = Callable[[Floats, Floats], Floats]  # of as many x as y
Chain = tuple[Floats, Floats]
EXACT = 52  # halvings of an edge: what is left is rounding


def zero_lines(function: Function, xs: Floats, ys: Floats, grid: Floats, halvings: int = EXACT) -> list[Chain]:
    """The lines on which a function changes its sign, as chains of points.

    Parameters
    ----------
    function : callable
        Of x and y, (n,) each, to (n,).
    xs, ys : ndarray of float
        Ascending; the lines of the grid.
    grid : ndarray of float, shape (len(ys), len(xs))
        The function on it.
    halvings : int
        Of the edges that a line crosses; fewer are faster, and each less doubles how far a vertex may be off.

    Returns
    -------
    list of (x, y)
        Closed chains end where they begin. A jump counts as a zero.
    """
    inside = grid >= 0
    across = np.argwhere(inside[:, 1:] != inside[:, :-1])  # (j, i): between x_i and x_i+1 at y_j
    along = np.argwhere(inside[1:] != inside[:-1])  # between y_j and y_j+1 at x_i
    if not len(across) and not len(along):
        return []
    x1, y1 = _zeros(function, xs[across[:, 1]], ys[across[:, 0]], xs[across[:, 1] + 1], ys[across[:, 0]], halvings)
    x2, y2 = _zeros(function, xs[along[:, 1]], ys[along[:, 0]], xs[along[:, 1]], ys[along[:, 0] + 1], halvings)
    number = {("across", int(j), int(i)): k for k, (j, i) in enumerate(across)}
    number |= {("along", int(j), int(i)): k for k, (j, i) in enumerate(along, start=len(across))}
    x, y = np.concatenate([x1, x2]), np.concatenate([y1, y2])
    pairs = _pairs(function, xs, ys, inside, number)
    return [(x[chain], y[chain]) for chain in _chains(pairs, len(x))]


def zeros(function: Callable[[Floats], Floats], xs: Floats) -> Floats:
    """Where a function of one number changes its sign on a grid, ascending."""
    inside = function(xs) >= 0
    at = np.flatnonzero(inside[1:] != inside[:-1])
    still = np.zeros(len(at))
    return _zeros(lambda x, _: function(x), xs[at], still, xs[at + 1], still)[0]


def thinned(x: Floats, y: Floats, tolerance: float) -> Chain:
    """A chain without the points that lie within `tolerance` of the chord of others (Ramer 1972, Douglas and Peucker 1973)."""
    kept = np.zeros(len(x), bool)
    kept[[0, -1]] = True
    waiting = [(0, len(x) - 1)]
    while waiting:
        first, last = waiting.pop()
        if last - first < 2:
            continue
        dx, dy = x[last] - x[first], y[last] - y[first]
        px, py = x[first + 1 : last] - x[first], y[first + 1 : last] - y[first]
        length = np.hypot(dx, dy)
        off = np.abs(dx * py - dy * px) / length if length > 0 else np.hypot(px, py)
        far = int(off.argmax())
        if off[far] > tolerance:
            middle = first + 1 + far
            kept[middle] = True
            waiting += [(first, middle), (middle, last)]
    return x[kept], y[kept]


def _zeros(function: Function, x0: Floats, y0: Floats, x1: Floats, y1: Floats, halvings: int = EXACT) -> Chain:
    """The change of sign on each edge, by halving it."""
    low, high = np.zeros(len(x0)), np.ones(len(x0))
    first = function(x0, y0) >= 0 if len(x0) else np.zeros(0, bool)
    for _ in range(halvings if len(x0) else 0):
        middle = (low + high) / 2
        same = (function(x0 + middle * (x1 - x0), y0 + middle * (y1 - y0)) >= 0) == first
        low, high = np.where(same, middle, low), np.where(same, high, middle)
    return x0 + high * (x1 - x0), y0 + high * (y1 - y0)


def _pairs(
    function: Function, xs: Floats, ys: Floats, inside: NDArray[np.bool_], number: dict[tuple[str, int, int], int]
) -> list[tuple[int, int]]:
    """Which crossings a cell joins. Of four the middle of the cell tells which two belong together."""
    mixed = inside[:-1, :-1].astype(int) + inside[:-1, 1:] + inside[1:, :-1] + inside[1:, 1:]
    found: list[tuple[int, int]] = []
    for j, i in np.argwhere((mixed > 0) & (mixed < 4)):
        edges = [("across", j, i), ("along", j, i + 1), ("across", j + 1, i), ("along", j, i)]  # below, right, above, left
        crossed = [number[edge] for edge in ((kind, int(a), int(b)) for kind, a, b in edges) if edge in number]
        if len(crossed) == 2:
            found.append((crossed[0], crossed[1]))
            continue
        middle = function(np.array([(xs[i] + xs[i + 1]) / 2]), np.array([(ys[j] + ys[j + 1]) / 2]))[0] >= 0
        below, right, above, left = crossed
        found += [(left, above), (below, right)] if middle == inside[j, i] else [(left, below), (above, right)]
    return found


def _chains(pairs: list[tuple[int, int]], n: int) -> list[list[int]]:
    """Crossings one after the other: those from edge to edge first, then the closed ones."""
    beside: list[list[int]] = [[] for _ in range(n)]
    for one, other in pairs:
        beside[one].append(other)
        beside[other].append(one)
    seen = [False] * n
    found = []
    for start in sorted(range(n), key=lambda k: len(beside[k])):
        if seen[start] or not beside[start]:
            continue
        chain, at = [start], start
        seen[start] = True
        while True:
            onward = next((other for other in beside[at] if not seen[other]), None)
            if onward is None:
                break
            seen[onward] = True
            chain.append(onward)
            at = onward
        if len(beside[start]) == 2 and len(chain) > 2:
            chain.append(start)
        found.append(chain)
    return found
