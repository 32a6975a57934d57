"""Numbers as a few intervals: round edges near quantiles, and the words for them."""

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from pipeline.errors import InvalidSpec
from pipeline.frame import Floats
from pipeline.levels import number_text

MOST_BINS = 6
MOST_EDGES = 49
_STRAY = 0.35  # of a bin's share of the rows: how far an edge may lie from its quantile for the sake of being round
_LARGEST = 1e200  # beyond it nothing is rounded


def nice_edges(values: Floats, most: int = MOST_BINS) -> tuple[float, ...]:
    """Inner edges of at most `most` intervals with about as many values each, as round as the data allow.

    Parameters
    ----------
    values : ndarray of float
        Finite.
    most : int
        Intervals.

    Returns
    -------
    tuple of float
        Ascending; an interval holds its lower edge and not its upper one. Each is the roundest number (a multiple of 1, 2 or 5
        times a power of ten) within 0.35 of a bin's share of rows of its quantile. A smallest value that holds a bin's share of
        the rows alone stands alone. Empty for fewer than two distinct values.
    """
    if not len(values) or most < 2:
        return ()
    low, high = float(values.min()), float(values.max())
    if low == high:
        return ()
    rest = values[values > low]
    second, crowd = float(rest.min()), 1 - len(rest) / len(values)
    if crowd >= 1 / most:
        return second, *nice_edges(rest, max(min(2, most - 1), most - math.floor(crowd * most)))
    whole = bool(np.all(values == np.floor(values)))
    ranks = np.arange(1, most) / most
    wide = np.clip(np.stack([ranks - _STRAY / most, ranks, ranks + _STRAY / most]), 0, 1)
    below, middle, above = np.maximum(np.quantile(values, wide, method="inverted_cdf"), second)
    edges = {_roundest(float(a), float(m), float(b), whole) for a, m, b in zip(below, middle, above, strict=True)}
    return tuple(sorted(edges))


def _roundest(low: float, wanted: float, high: float, whole: bool) -> float:
    """The multiple of the largest step that lies from `low` to `high`, the nearest to the one wanted."""
    size = max(abs(low), abs(high))
    if high - low < 1 / _LARGEST or size > _LARGEST:
        return wanted
    power = math.floor(math.log10(size))
    while True:
        for digit in (5, 2, 1):
            # a power below 0 divides, so that 0.3 is 3 / 10 and not 3 * 0.1
            step, shrink = (digit * 10**power, 1) if power >= 0 else (digit, 10**-power)
            first, last = math.ceil(low * shrink / step), math.floor(high * shrink / step)
            if first <= last:
                nearest = min(max(round(wanted * shrink / step), first), last)
                return float(nearest * step / shrink)
        power -= 1
        if whole and power < 0:
            return wanted


def checked_edges(name: str, edges: Sequence[float]) -> tuple[float, ...]:
    """Edges that a user gave. Raises InvalidSpec where they are no ascending finite numbers, or too many."""
    given = tuple(float(edge) for edge in edges)
    ascending = all(a < b for a, b in pairwise(given))
    if not given or not ascending or not all(map(math.isfinite, given)):
        raise InvalidSpec.one("bins", f"The edges for '{name}' should be numbers that ascend, such as 20, 30, 40.")
    if len(given) > MOST_EDGES:
        raise InvalidSpec.one("bins", f"'{name}' has {len(given)} edges; give at most {MOST_EDGES}.")
    return given


def interval_texts(edges: Sequence[float], whole: bool, low: float) -> tuple[str, ...]:
    """The words for intervals of numbers of which `low` is the smallest; minus infinity where the first is to be "under ...".

    "under 20", "20 to 29", "65 and over" for whole numbers; "0.1 to 0.2" for others holds 0.1 and not 0.2. Whole edges of 1,000
    and more that are multiples of 100 are amounts rather than counts: "30,000 to 50,000".
    """
    if not edges:
        return ()
    amounts = whole and all(edge % 100 == 0 for edge in edges) and max(map(abs, edges)) >= 1_000
    counted = whole and not amounts and all(edge == math.floor(edge) for edge in edges)
    between = []
    for lower, upper in pairwise(edges):
        if counted:
            between.append(_text(lower) if upper == lower + 1 else f"{_text(lower)} to {_text(upper - 1)}")
        else:
            between.append(f"{_text(lower)} to {_text(upper)}")
    first = _text(low) if counted and edges[0] == low + 1 else f"under {_text(edges[0])}"
    return (first, *between, f"{_text(edges[-1])} and over")


def _text(value: float) -> str:
    if value == math.floor(value) and abs(value) < 1e15:
        return f"{int(value):,}" if abs(value) >= 10_000 else str(int(value))
    return number_text(value)
