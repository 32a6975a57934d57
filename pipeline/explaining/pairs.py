"""The cheapest two values that bring the log-odds down together, of two fields whose values stand cheapest first."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from pipeline.frame import Floats

_HAIR = 1e-12  # of log-odds: rounding
_BLOCK = 64  # values of the first field that are looked at together with all of the second

Pair = tuple[int, int]  # the place of the first field's value and of the second's


@dataclass(frozen=True)
class Values:
    """Values of a field with what each costs, ascending, and moves the log-odds by alone."""

    costs: Floats
    moves: Floats


def cheapest_of_sum(a: Values, b: Values, needed: float) -> Pair | None:
    """Where moves add up: of each first value the cheapest second one that brings the sum below `needed`.

    Of pairs at the same cost the one that moves the log-odds least, here as below; None where no pair suffices.
    """
    lowest = np.minimum.accumulate(b.moves)  # falls: the first place below what is needed is the cheapest
    place = np.searchsorted(-lowest, -(needed - a.moves), side="right")
    can = np.flatnonzero(place < len(b.moves))
    if not len(can):
        return None
    costs = np.hypot(a.costs[can], b.costs[place[can]])
    at = np.lexsort((-(a.moves[can] + b.moves[place[can]]), costs))[0]
    return int(can[at]), int(place[can[at]])


def cheapest_of_product(a: Values, b: Values, p: Floats, q: Floats, needed: float) -> Pair | None:
    """Where two values move the log-odds by p · q of them more than by both moves.

    First values with which no second one suffices are left out, so that it takes no time to see that none do.
    """
    if not len(a.moves) or not len(b.moves):
        return None
    rows = np.flatnonzero(a.moves + least_of_lines(b.moves, q, p) < needed + _HAIR)
    found = cheapest_of_table(
        Values(a.costs[rows], a.moves[rows]),
        b,
        lambda some, n: a.moves[rows[some], None] + b.moves[:n] + np.outer(p[rows[some]], q[:n]),
        needed,
    )
    return None if found is None else (int(rows[found[0]]), found[1])


def cheapest_of_table(a: Values, b: Values, moves: Callable[[slice, int], Floats], needed: float) -> Pair | None:
    """Whatever two values move the log-odds by.

    Parameters
    ----------
    moves : callable
        Of some of the first values and the first n of the second ones, (rows, n). Values that cost more than the cheapest pair so
        far are not asked for.
    """
    best: Pair | None = None
    least = (np.inf, 0.0)  # cost, and then the move, turned round
    for start in range(0, len(a.costs), _BLOCK):
        some = slice(start, start + _BLOCK)
        n = int(np.searchsorted(b.costs, least[0], side="right"))
        if a.costs[start] > least[0] or not n:
            break
        moved = moves(some, n)
        reaches = moved < needed
        rows = np.flatnonzero(reaches.any(axis=1))
        if not len(rows):
            continue
        place = reaches[rows].argmax(axis=1)
        costs = np.hypot(a.costs[some][rows], b.costs[place])
        turned = -moved[rows, place]
        at = np.lexsort((turned, costs))[0]
        if (costs[at], turned[at]) < least:
            least, best = (float(costs[at]), float(turned[at])), (start + int(rows[at]), int(place[at]))
    return best


def least_of_lines(starts: Floats, slopes: Floats, at: Floats) -> Floats:
    """The least of the lines starts + slopes · x at each x: only those on the lower hull of (slope, start) are ever the least."""
    hull: list[tuple[float, float]] = []
    order = np.lexsort((starts, slopes))
    for slope, start in zip(slopes[order].tolist(), starts[order].tolist(), strict=True):
        if hull and hull[-1][0] == slope:
            continue
        while len(hull) > 1 and _is_above(hull[-1], hull[-2], (slope, start)):
            hull.pop()
        hull.append((slope, start))
    corners = np.array(hull)
    place = np.searchsorted(np.diff(corners[:, 1]) / np.diff(corners[:, 0]), -at)
    return np.asarray(corners[place, 1] + at * corners[place, 0])


def _is_above(point: tuple[float, float], left: tuple[float, float], right: tuple[float, float]) -> bool:
    """Whether a point lies on or above the straight line between two others."""
    return (point[1] - left[1]) * (right[0] - left[0]) >= (right[1] - left[1]) * (point[0] - left[0])
