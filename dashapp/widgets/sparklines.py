"""A distribution drawn in one element: bars cut out of a plain box, so that the colour is the style sheet's."""

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from pipeline.profiling.results import ColumnProfile

_MOST_BARS = 24
_LEVELS = 8


def sparkline(column: ColumnProfile) -> Component:
    """The bins of a number or a date, or the most frequent levels; numbers of it stand in the other cells."""
    counts: Sequence[int] = [rows for _, rows in column.top[:_LEVELS]]
    if column.histogram is not None:
        counts = _merged(column.histogram.counts)
    return html.Span(
        className="sd-spark",
        style={"clipPath": f"polygon({bars(counts, narrow=column.histogram is not None)})"} if sum(counts) else {"opacity": 0},
        **{"aria-hidden": "true"},
    )


def bars(counts: Sequence[int], *, narrow: bool) -> str:
    """The corners of the bars from left to right, each standing on the ground: what CSS's polygon() takes."""
    width = 100 / len(counts) if narrow else min(100 / len(counts), 16)
    tallest = max(counts)
    corners = []
    for i, rows in enumerate(counts):
        left, right = i * width, i * width + width * (0.82 if narrow else 0.94)
        top = 100 - max(100 * rows / tallest, 4 if rows else 0)
        corners += [f"{left:.1f}% 100%", f"{left:.1f}% {top:.1f}%", f"{right:.1f}% {top:.1f}%", f"{right:.1f}% 100%"]
    return ",".join(corners)


def _merged(counts: Sequence[int]) -> list[int]:
    """Neighbouring bins together, until they are few enough to be told apart."""
    together = -(-len(counts) // _MOST_BARS)
    return [sum(counts[i : i + together]) for i in range(0, len(counts), together)]
