"""Where the bands of a column stand in a figure, and what they are called."""

import math
from dataclasses import dataclass

from pipeline.evaluation.intervals import wilson_interval
from pipeline.levels import MISSING, OTHER
from pipeline.profiling.results import Band, ColumnProfile

REST = (MISSING, OTHER)
LEAST_ROWS, LEAST_SHARE = 50, 0.003  # rows that a stretch has at least

MOST_LEVELS = 20  # levels drawn; more would be unreadable


@dataclass(frozen=True)
class Place:
    """A band, its place on the x axis (a number, or a level) and its name."""

    band: Band
    x: float | str
    name: str


def on_axis(band: Band) -> bool:
    """Whether a band is a stretch of numbers or dates, not a level, a special code, or what is missing."""
    return band.level is None or band.low is not None or band.high is not None


def number_places(column: ColumnProfile) -> list[Place]:
    """The stretches of numbers and dates at the middle of the part of each that is drawn; empty for a column of levels."""
    first, last, _ = span(column)
    places = []
    for band in stretches(column):
        low = first if band.low is None else min(max(band.low, first), last)
        high = last if band.high is None else min(max(band.high, first), last)
        places.append(Place(band, (low + high) / 2, band_name(band)))
    return places


def stretches(column: ColumnProfile) -> list[Band]:
    """Neighbouring stretches of a number or a date with their bad rates: bins of the histogram, else the column's bands.

    The bins are finer than the bands, which hold equally many rows each. Neighbouring bins with few rows are taken together.
    Where each bin stands on one value, the ends are the first and the last value of the stretch.
    """
    bands = [band for band in column.bands if on_axis(band)]
    if not bands or not every_outcome_known(column) or column.histogram is None or column.histogram.n_bad is None:
        return bands
    edges, least = column.histogram.edges, max(LEAST_ROWS, LEAST_SHARE * column.n_rows)
    width = edges[1] - edges[0]
    half = width / 2 if abs(edges[0] / width % 1 - 0.5) < 1e-6 else 0.0
    found: list[tuple[float, float, int, int]] = []
    low, n, n_bad = edges[0], 0, 0
    for high, rows, bad in zip(edges[1:], column.histogram.counts, column.histogram.n_bad, strict=True):
        n, n_bad = n + rows, n_bad + bad
        if n >= least:
            found.append((low, high, n, n_bad))
            low, n, n_bad = high, 0, 0
    if n and found:
        low, _, rows, bad = found.pop()
        n, n_bad = n + rows, n_bad + bad
    if n:
        found.append((low, edges[-1], n, n_bad))
    return [_stretch(low + half, high - half, n, n_bad) for low, high, n, n_bad in found]


def _stretch(low: float, high: float, n: int, n_bad: int) -> Band:
    rate_low, rate_high = wilson_interval(n_bad, n)
    return Band(None, low, high, n, n_bad, n_bad / n, rate_low, rate_high, None)


def every_outcome_known(column: ColumnProfile) -> bool:
    """Whether the histogram counts only rows whose outcome is known, as the bands do."""
    histogram = column.histogram
    if histogram is None:
        return False
    in_bands = sum(band.n for band in column.bands if on_axis(band))
    return in_bands == sum(histogram.counts) + histogram.n_below + histogram.n_above


def level_places(column: ColumnProfile, at_most: int) -> list[Place]:
    """The most frequent levels, from the lowest bad rate to the highest; "(missing)" and "(other)" stand last."""
    named = [band for band in column.bands if not on_axis(band)]
    frequent = sorted(named, key=lambda band: -band.n)[:at_most]
    ordered = sorted(frequent, key=lambda band: (band.level in REST, -1.0 if band.bad_rate is None else band.bad_rate))
    return [Place(band, band.level or "", band.level or "") for band in ordered]


def beside(column: ColumnProfile, high: float, step: float) -> list[Place]:
    """Missing values and special codes of a column of numbers, to the right of the numbers."""
    others = [band for band in column.bands if not on_axis(band) and band.n]
    return [Place(band, high + step * (1.1 + 1.5 * i), band.level or "") for i, band in enumerate(others)]


def span(column: ColumnProfile) -> tuple[float, float, float]:
    """The two ends of the numbers that are drawn, and a step of 7% of their width."""
    ends = [end for band in column.bands for end in (band.low, band.high) if end is not None and math.isfinite(end)]
    if column.histogram is not None and len(column.histogram.edges) > 1:
        low, high = column.histogram.edges[0], column.histogram.edges[-1]
    else:
        low, high = (min(ends), max(ends)) if ends else (0.0, 1.0)
    return low, high, (high - low) * 0.07 if high > low else 1.0


def ticks(low: float, high: float, at_most: int = 6) -> list[float]:
    """Round numbers between two ends."""
    if not high > low:
        return [low]
    raw = (high - low) / at_most
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(power * factor for factor in (1, 2, 2.5, 5, 10) if power * factor >= raw)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [round(i * step, 12) for i in range(first, last + 1)]


def band_name(band: Band) -> str:
    """0.1 to 0.2, under 0.1, 0.2 and more, or the level."""
    if band.level is not None:
        return band.level
    low = None if band.low is None or math.isinf(band.low) else band.low
    high = None if band.high is None or math.isinf(band.high) else band.high
    if low is None:
        return "all values" if high is None else f"under {number(high)}"
    if high is None:
        return f"{number(low)} and more"
    return number(low) if low == high else f"{number(low)} to {number(high)}"


def number(value: float) -> str:
    """A bound in the column's own unit, with as many digits as tell something."""
    return (f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}").replace("-", "−")
