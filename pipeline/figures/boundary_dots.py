"""The rows in a picture of two fields: cells that count them, or each by itself."""

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from pipeline.boundary_results import Axis, BoundaryRows, RowCell, RowPoint, Surface
from pipeline.figures.classes import SYMBOL_NUMBERS, class_colour, class_ink, class_symbol
from pipeline.figures.curves import typed
from pipeline.figures.template import Palette, plain, shortened

_LONGEST = 24  # letters of a class, which each dot carries
_PALE = 0.45  # how much of its colour a dot has that lies on its own side
LEAST_ROWS = 10  # of a cell, fewer than which say nothing of its bad rate
_STEPS = (0.754878, 0.569840)  # of points that would lie on one another: Roberts's sequence (2018) fills a square evenly


def draw_cells(figure: go.Figure, found: Surface, rows: BoundaryRows, colours: Palette) -> None:
    """A dot for each cell that holds rows: as large as they are many, in the colour of what came of them."""
    most = max((sum(cell.counts) for cell in rows.cells), default=1)
    cells = sorted(rows.cells, key=lambda cell: -sum(cell.counts))
    few = [cell for cell in cells if found.cutoff is not None and sum(cell.counts) < LEAST_ROWS]
    told = [cell for cell in cells if cell not in few]
    bad = plain(found.labels[1])
    if few:
        hover = f"%{{customdata[0]:,}} rows, %{{customdata[1]:,}} {bad}<extra></extra>"
        told_few = [(sum(cell.counts), cell.counts[1]) for cell in few]
        grey = {
            "color": mixed(colours.fig_muted, colours.surface, _PALE),
            "line": {"width": 1, "color": colours.text_2},
            "opacity": 1,
        }
        _dots(figure, few, most, "cells of few rows", hover, grey, told_few)
    for is_strong in (False, True):
        chosen = [cell for cell in told if (side_at(found, cell.x, cell.y) != outcome_of(found, cell.counts)) is is_strong]
        if not chosen:
            continue
        came = [outcome_of(found, cell.counts) for cell in chosen]
        marker = _coloured(came, colours, is_strong=is_strong)
        of_class = f"%{{customdata[1]:.0%}} of them {bad}" if found.cutoff is not None else "most of them %{text}"
        texts = None if found.cutoff is not None else [plain(found.labels[k]) for k in came]
        name = "cells on the other side" if is_strong else "cells of rows"
        shares = [(sum(cell.counts), cell.counts[1] / sum(cell.counts)) for cell in chosen]
        _dots(figure, chosen, most, name, f"%{{customdata[0]:,}} rows, {of_class}<extra></extra>", marker, shares, texts)


def _dots(
    figure: go.Figure,
    cells: Sequence[RowCell],
    most: int,
    name: str,
    hover: str,
    marker: dict[str, Any],
    told: Sequence[tuple[float, float]],
    texts: list[str] | None = None,
) -> None:
    sizes = [round(3 + 11 * (sum(cell.counts) / most) ** 0.5) for cell in cells]
    figure.add_scatter(
        x=typed(cell.x for cell in cells),
        y=typed(cell.y for cell in cells),
        mode="markers",
        marker={"size": grid(sizes, "uint8"), **marker},
        cliponaxis=False,
        customdata=grid(told),
        text=texts,
        name=name,
        hovertemplate=hover,
    )


def side_at(found: Surface, x: float, y: float) -> int:
    """Which side of the boundary a place lies on: 1 for refused; of three classes and more the place of the class."""
    if found.region:
        j, i = _nearest(y, places_of(found.y, len(found.region))), _nearest(x, places_of(found.x, len(found.region[0])))
        return found.region[j][i]
    return int(found.refuses(_nearest(x, found.x.places), _nearest(y, found.y.places)))


def outcome_of(found: Surface, counts: tuple[int, ...]) -> int:
    """What came of the rows of a cell: 1 where the share of bads reaches the cut-off; of more classes the most frequent."""
    if found.cutoff is not None:
        return int(counts[1] >= found.cutoff * sum(counts))
    return max(range(len(counts)), key=counts.__getitem__)


def _nearest(value: float, places: Sequence[float]) -> int:
    return min(range(len(places)), key=lambda k: abs(places[k] - value))


def _coloured(classes: Sequence[int], colours: Palette, *, is_strong: bool) -> dict[str, Any]:
    """The colour of each class as its number, which travels in a byte, in an outline that shows on any ground."""
    last = max(max(classes), 1)
    numbers = {"color": grid(classes, "uint8"), "cmin": 0, "cmax": last}
    fills = [mixed(class_colour(k, colours), colours.surface, 1.0 if is_strong else _PALE) for k in range(last + 1)]
    marker = {**numbers, "colorscale": _scale(fills), "opacity": 1}  # of sizes that differ plotly would let some through
    marker["line"] = {**numbers, "width": 1, "colorscale": _scale([class_ink(k, colours) for k in range(last + 1)])}
    symbols = [SYMBOL_NUMBERS[class_symbol(k)] for k in classes]
    return {**marker, "symbol": symbols} if any(symbols) else marker


def _scale(tones: Sequence[str]) -> list[list[Any]]:
    return [[k / (len(tones) - 1), tone] for k, tone in enumerate(tones)]


def mixed(one: str, other: str, share: float) -> str:
    """Two colours, with this share of the first."""
    parts = [(int(one[k : k + 2], 16), int(other[k : k + 2], 16)) for k in (1, 3, 5)]
    return "#" + "".join(f"{round(share * a + (1 - share) * b):02x}" for a, b in parts)


def draw_points(figure: go.Figure, found: Surface, rows: BoundaryRows, colours: Palette) -> None:
    """Rows one by one: those decided wrongly last, so that they lie above the others."""
    for wrong in (False, True):
        chosen = [(k, point) for k, point in enumerate(rows.points) if is_wrong(found, point) is wrong]
        if not chosen:
            continue
        figure.add_scatter(
            x=typed(_spread(point.x, k, found.x, 0) for k, point in chosen),
            y=typed(_spread(point.y, k, found.y, 1) for k, point in chosen),
            mode="markers",
            marker={
                "size": 7 if wrong else 6,
                **_coloured([point.outcome for _, point in chosen], colours, is_strong=wrong),
            },
            text=[shortened(found.labels[point.outcome], _LONGEST) for _, point in chosen],
            cliponaxis=False,
            name="decided wrongly" if wrong else "decided rightly",
            hovertemplate=f"%{{text}}, decided {'wrongly' if wrong else 'rightly'} by the whole run<extra></extra>",
        )


def is_wrong(found: Surface, point: RowPoint) -> bool:
    """Whether the whole run, not its slice, decides the row against what came of it."""
    if found.cutoff is not None:
        return (point.score is not None and point.score >= found.cutoff) != (point.outcome == 1)
    return point.said != point.outcome


def _spread(place: float, k: int, axis: Axis, way: int) -> float:
    """A place on its axis; of levels and of a few whole numbers a little beside it, so that rows do not hide each other."""
    room = 0.7 if not axis.is_number else 0.5 if axis.whole and len(axis.values) <= 24 else 0.0
    at = place + room * (k * _STEPS[way] % 1 - 0.5)
    return 2 * axis.low - at if at < axis.low else 2 * axis.high - at if at > axis.high else at  # none beyond the picture


def grid(rows: Sequence[Any], kind: str = "float32") -> Any:
    import numpy as np  # a web process starts without it

    return np.array(rows, kind)


def places_of(axis: Axis, n: int) -> list[float]:
    """Of n evenly spaced places along an axis."""
    if not axis.is_number:
        return list(axis.places)
    return [axis.low + (axis.high - axis.low) * k / (n - 1) for k in range(n)]
