"""A run over two of its fields: how likely bad is, where the decision changes, and the rows that lie there."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import plotly.graph_objects as go

from pipeline.boundary_results import Axis, BoundaryRows, Line, Surface
from pipeline.explaining.wording import with_unit
from pipeline.figures.boundary_dots import draw_cells, draw_points, grid, mixed, places_of
from pipeline.figures.boundary_fill import draw_fill
from pipeline.figures.boundary_words import cutoff_words
from pipeline.figures.classes import class_colour
from pipeline.figures.curves import typed
from pipeline.figures.template import PALETTES, Look, Palette, plain, shortened, template
from pipeline.shown import capital

_LONGEST = 18  # of a level's name
_REGION = 0.35  # how much of its colour a class's ground has


@dataclass(frozen=True)
class Ring:
    """An applicant's place, and who it is."""

    x: float
    y: float
    name: str


def boundary_figure(
    found: Surface,
    look: Look,
    *,
    chance: str = "probability of bad",
    rows: BoundaryRows | None = None,
    points: bool = False,
    ring: Ring | None = None,
) -> go.Figure:
    """The surface in pale shades of the good and the bad colour, the boundary as a line of ink.

    `rows` are drawn as dots of cells, or with `points` each by itself: pale where decided rightly, strong where not.
    """
    colours = PALETTES[look]
    figure = go.Figure(layout={"template": template(look), "hovermode": "closest"})
    if found.region and found.label is None:
        _regions(figure, found, colours)
    else:
        draw_fill(figure, found, colours, chance, f"{_hover(found)}<br>{plain(chance)} %{{z:.1%}}<extra></extra>")
    is_curve = found.x.is_number and found.y.is_number
    _lines(figure, found.levels, "further probabilities", {"color": colours.text_3, "width": 0.8, "dash": "dot"}, saved=is_curve)
    _lines(figure, found.lines, "boundary", {"color": colours.fig_ink, "width": 1.5}, saved=is_curve)
    _labels(figure, found, colours)
    if rows is not None and points:
        draw_points(figure, found, rows, colours)
    elif rows is not None:
        draw_cells(figure, found, rows, colours)
    if ring is not None:
        _ring(figure, ring, colours)
    figure.update_xaxes(**_axis(found.x), showgrid=False)
    figure.update_yaxes(**_axis(found.y), showgrid=False)
    return figure


def _hover(found: Surface) -> str:
    parts = []
    for letter, axis in (("x", found.x), ("y", found.y)):
        value = f"%{{{letter}:,.4~r}}" if axis.is_number else f"%{{{letter}}}"
        parts.append(f"{plain(axis.name)} {with_unit(value, plain(axis.unit))}")
    return "<br>".join(parts)


def _regions(figure: go.Figure, found: Surface, colours: Palette) -> None:
    n = len(found.labels)
    scale: list[list[Any]] = []
    for k in range(n):
        colour = mixed(class_colour(k, colours), colours.surface, _REGION)
        scale += [[k / n, colour], [(k + 1) / n, colour]]
    figure.add_heatmap(
        x=typed(places_of(found.x, len(found.region[0]))),
        y=typed(places_of(found.y, len(found.region))),
        z=grid(found.region, "uint8"),
        zmin=-0.5,
        zmax=n - 0.5,
        colorscale=scale,
        showscale=False,
        xgap=0 if found.x.is_number else 3,
        ygap=0 if found.y.is_number else 3,
        name="most probable class",
        hovertemplate=f"{_hover(found)}<extra></extra>",
    )
    for k in sorted({k for row in found.region for k in row}):
        x, y = _inside(found, k)
        _annotate(figure, x, y, plain(found.labels[k]), colours.text, colours.surface, size=12, xanchor=_anchor(x, found.x))


def _inside(found: Surface, wanted: int) -> tuple[float, float]:
    """A place well inside a region: of its widest row the middle, rows near the region's own middle first."""
    best, at = -1.0, (0.0, 0.0)
    xs, ys = places_of(found.x, len(found.region[0])), places_of(found.y, len(found.region))
    there = [j for j, row in enumerate(found.region) if wanted in row]
    middle = there[len(there) // 2]
    for j in there:
        start = None
        row = (*found.region[j], -1)
        for i, k in enumerate(row):
            if k == wanted and start is None:
                start = i
            elif k != wanted and start is not None:
                width = (i - start) - 0.5 * abs(j - middle)
                if width > best:
                    best, at = width, ((xs[start] + xs[i - 1]) / 2, ys[j])
                start = None
    return at


def _lines(figure: go.Figure, lines: Sequence[Line], name: str, style: dict[str, Any], *, saved: bool) -> None:
    """All chains in one trace, with a gap after each; `saved` puts their points into the file of the figure's data."""
    if not lines:
        return
    x = typed(at for line in lines for at in (*line.x, math.nan))
    y = typed(at for line in lines for at in (*line.y, math.nan))
    figure.add_scatter(x=x, y=y, mode="lines", line=style, name=name, hoverinfo="skip", meta="saved" if saved else None)


def _labels(figure: go.Figure, found: Surface, colours: Palette) -> None:
    """What the lines are: the cut-off on its longest chain, and each further probability on its own."""
    numbers = found.x.is_number and found.y.is_number
    if found.lines and found.cutoff is not None and numbers:
        x, y = _along(max(found.lines, key=lambda line: _length(line, found)), found, 0.5)
        _annotate(figure, x, y, f"cut-off {cutoff_words(found.cutoff)}", colours.fig_ink, colours.surface)
    for k, level in enumerate(sorted({line.level for line in found.levels if line.level is not None})):
        longest = max((line for line in found.levels if line.level == level), key=lambda line: _length(line, found))
        x, y = _along(longest, found, 0.25 + 0.2 * k)  # not beside each other, where the lines are close
        _annotate(figure, x, y, f"{level:.1%}".replace(".0%", "%"), colours.text_2, colours.surface)


def _steps(line: Line, found: Surface) -> list[float]:
    """How long each piece of a chain is, as a share of the picture."""
    wide, high = found.x.high - found.x.low, found.y.high - found.y.low
    pieces = zip(pairwise(line.x), pairwise(line.y), strict=True)
    return [math.hypot((b - a) / wide, (d - c) / high) for (a, b), (c, d) in pieces]


def _length(line: Line, found: Surface) -> float:
    return sum(_steps(line, found))


def _along(line: Line, found: Surface, share: float) -> tuple[float, float]:
    """The place on a chain at this share of its length."""
    steps = _steps(line, found)
    left = share * sum(steps)
    for k, step in enumerate(steps):
        if left <= step and step > 0:
            part = left / step
            return line.x[k] + part * (line.x[k + 1] - line.x[k]), line.y[k] + part * (line.y[k + 1] - line.y[k])
        left -= step
    return line.x[-1], line.y[-1]


def _anchor(x: float, axis: Axis) -> str:
    """Words near an edge stand inside of it."""
    share = (x - axis.low) / (axis.high - axis.low)
    return "left" if share < 0.1 else "right" if share > 0.9 else "center"


def _annotate(
    figure: go.Figure, x: float, y: float, text: str, ink: str, paper: str | None, size: int = 11, xanchor: str = "center"
) -> None:
    box = {"bgcolor": paper, "opacity": 0.9, "borderpad": 2} if paper is not None else {}
    figure.add_annotation(x=x, y=y, text=text, showarrow=False, font={"size": size, "color": ink}, xanchor=xanchor, **box)


def _ring(figure: go.Figure, ring: Ring, colours: Palette) -> None:
    figure.add_scatter(
        x=[ring.x],
        y=[ring.y],
        mode="markers+text",
        marker={"symbol": "circle-open", "size": 15, "line": {"width": 2.5}, "color": colours.fig_ink},
        text=[plain(ring.name)],
        textposition="top center",
        textfont={"color": colours.fig_ink, "size": 12},
        name=ring.name,
        cliponaxis=False,
        hovertemplate=f"{plain(ring.name)}<extra></extra>",
    )


def _axis(axis: Axis) -> dict[str, Any]:
    title = {"title_text": plain(capital(axis.name) + (f" ({axis.unit})" if axis.unit else ""))}
    if axis.is_number:
        return {**title, "range": [axis.low, axis.high]}
    every = max(1, -(-len(axis.levels) // 30))
    return {
        **title,
        "range": [axis.low, axis.high],
        "tickmode": "array",
        "tickvals": list(range(0, len(axis.levels), every)),
        "ticktext": [shortened(name, _LONGEST) for name in axis.names[::every]],
    }
