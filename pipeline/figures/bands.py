"""Where the bands of a column stand in a figure, and what they are called."""

import math
from dataclasses import dataclass

from pipeline.profiling.results import Band, ColumnProfile

REST = ("(missing)", "(other)")


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
    """The bands of numbers and dates at the middle of the part of each that is drawn; empty for a column of levels."""
    if not any(map(on_axis, column.bands)):
        return []
    first, last, _ = span(column)
    places = []
    for band in column.bands:
        if on_axis(band):
            low = first if band.low is None else min(max(band.low, first), last)
            high = last if band.high is None else min(max(band.high, first), last)
            places.append(Place(band, (low + high) / 2, band_name(band)))
    return places


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
