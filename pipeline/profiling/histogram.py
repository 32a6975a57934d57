"""Equal-width counts with edges that a person would choose."""

import math

import numpy as np

from pipeline.profiling.cells import Cells
from pipeline.profiling.outcome import BAD
from pipeline.profiling.results import Histogram

_MOST_BINS = 30
_STEPS = (1, 2, 2.5, 5, 10)
_FAR = 0.5  # an end is far out when it lies this part of the 1% to 99% range beyond it
_COARSE = 1_000  # units in the range; with fewer, bins hold whole numbers of them


def histogram_of(cells: Cells, unit: float | None) -> Histogram | None:
    """Rows in at most 31 bins between the ends, or the 1% and 99% quantiles where an end lies far out.

    `unit` is set where all values lie whole multiples of it apart: bins then hold the same number of such values each.
    """
    ends, _ = cells.quantiles((0.0, 0.01, 0.99, 1.0))
    if not ends:
        return None
    lowest, low, high, highest = ends
    reach = _FAR * (high - low)
    if not math.isfinite(reach):
        return None
    low = low if lowest < low - reach else lowest
    high = high if highest > high + reach else highest
    edges = _edges(low, high, unit)
    if not np.isfinite(edges).all() or (np.diff(edges) <= 0).any():
        return None
    place = np.searchsorted(edges, cells.middle, side="right")
    counts = np.zeros((len(edges) + 1, cells.counts.shape[1]), np.int64)
    np.add.at(counts, place, cells.counts)
    rows = counts.sum(axis=1)
    return Histogram(
        edges=tuple(edges.tolist()),
        counts=tuple(rows[1:-1].tolist()),
        n_bad=tuple(counts[1:-1, BAD].tolist()) if counts.shape[1] > 1 else None,
        n_below=int(rows[0]),
        n_above=int(rows[-1]),
    )


def _edges(low: float, high: float, unit: float | None) -> np.ndarray:
    """Edges at multiples of a plain step; the last one lies above `high`."""
    if low == high:
        reach = max(abs(low) * 1e-3, 0.5)
        return np.array([low - reach, low + reach])
    unit = unit if unit is not None and (high - low) / unit < _COARSE else None
    step = _step((high - low) / _MOST_BINS, unit)
    if unit is not None and step == unit:  # a bar stands on its value
        n_values = round((high - low) / unit) + 1
        return low + (np.arange(n_values + 1) - 0.5) * unit
    first = math.floor(low / step)
    return np.arange(first, math.floor(high / step) + 2) * step


def _step(least: float, unit: float | None) -> float:
    """The smallest plain number that is no less than `least`: 1, 1.25, 1.5, 2, ... times a power of ten, a multiple of `unit`."""
    if unit is not None and least <= unit:
        return unit
    if least <= 0 or not math.isfinite(least):
        return math.inf
    exponent = math.floor(math.log10(least))
    for power in (exponent, exponent + 1, exponent + 2):
        for factor in _STEPS:
            step = factor * 10.0**power if power >= 0 else factor / 10.0**-power
            whole = unit is None or abs(step / unit - round(step / unit)) < 1e-9
            if step >= least * (1 - 1e-12) and whole:
                return step
    return math.inf
