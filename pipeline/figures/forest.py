"""Odds ratios with their intervals, one row each, grouped by field, on a log scale."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import plotly.graph_objects as go

from pipeline.figures.curves import typed
from pipeline.figures.template import PALETTES, Look, Palette, shortened, template

_ROW = 24  # pixels
_AROUND = 74
_MOST = math.log(1_000)  # of a log odds ratio: what is further out is a triangle at the edge
_STEPS = (1.05, 1.1, 1.25, 1.5, 2, 4, 8, 20, 100, 1_000)


@dataclass(frozen=True)
class ForestRow:
    """A coefficient: `estimate`, `low` and `high` are log-odds, null ends for no interval; a reference level has estimate 0."""

    field: str
    name: str  # the level, or the field once more
    estimate: float
    low: float | None = None
    high: float | None = None
    is_reference: bool = False


def forest_height(rows: Sequence[ForestRow]) -> int:
    return _AROUND + _ROW * len(_lines(rows)[1])


def forest_figure(rows: Sequence[ForestRow], look: Look, *, has_bad: bool = True) -> go.Figure:
    """One dot for each row, the reference levels open. Without `has_bad` no side is the worse one."""
    colours = PALETTES[look]
    figure = go.Figure(layout={"template": template(look), "hovermode": "closest"})
    places, names = _lines(rows)
    edge = _edge(rows)
    figure.add_vline(x=1, line={"color": colours.fig_ink, "width": 1})
    for is_up, colour in ((True, colours.series_line[1] if has_bad else colours.series[0]), (False, colours.series[0])):
        some = [i for i, row in enumerate(rows) if not row.is_reference and (row.estimate > 0) == is_up]
        _dots(figure, [rows[i] for i in some], [places[i] for i in some], colour, edge)
    open_at = [i for i, row in enumerate(rows) if row.is_reference]
    if open_at:
        figure.add_scatter(
            x=[1.0] * len(open_at), y=[places[i] for i in open_at], mode="markers", name="reference level",
            marker={"size": 9, "color": colours.surface, "line": {"width": 1.5, "color": colours.text_2}},
            hovertemplate="the reference level<extra></extra>",
        )  # fmt: skip
    _sides(figure, colours, has_bad)
    figure.update_xaxes(
        type="log", range=[-edge / math.log(10), edge / math.log(10)], title_text="Odds ratio", showgrid=True,
        gridcolor=colours.fig_grid, **_ticks(edge),
    )  # fmt: skip
    figure.update_yaxes(
        tickmode="array", tickvals=list(range(len(names))), ticktext=names, range=[len(names) - 0.5, -0.5], showgrid=False
    )
    figure.update_layout(margin={"t": 26})
    return figure


def _lines(rows: Sequence[ForestRow]) -> tuple[list[int], list[str]]:
    """The line of each row, and the words of every line: a field of several levels has a line of its own above them."""
    places, names = [], []
    for field, group in groupby(rows, key=lambda row: row.field):
        members = list(group)
        together = len(members) > 1 or members[0].name != field
        if together:
            names.append(f"<b>{shortened(field, 26)}</b>")
        for row in members:
            places.append(len(names))
            names.append(shortened(row.name, 24 if together else 26) + " ")
    return places, names


def _edge(rows: Sequence[ForestRow]) -> float:
    """How far the axis reaches on both sides, in log-odds: all estimates, and of the intervals what helps."""
    far = max((abs(row.estimate) for row in rows), default=0.0)
    ends = [abs(end) for row in rows for end in (row.low, row.high) if end is not None]
    return min(max(far, min(max(ends, default=0.0), 2.5 * far)) * 1.08, _MOST) or math.log(1.1)


def _dots(figure: go.Figure, rows: Sequence[ForestRow], places: Sequence[int], colour: str, edge: float) -> None:
    if not rows:
        return

    def kept(value: float) -> float:
        return math.exp(min(max(value, -edge), edge))

    at = [kept(row.estimate) for row in rows]
    signs = ["circle" if abs(row.estimate) <= edge else f"triangle-{'left' if row.estimate < 0 else 'right'}" for row in rows]
    texts = [_words(row) for row in rows]
    figure.add_scatter(
        x=typed(at), y=list(places), mode="markers", name="odds ratio", text=texts,
        marker={"size": 9, "color": colour, "symbol": signs},
        error_x={
            "type": "data", "symmetric": False, "color": colour, "thickness": 1.5, "width": 0,
            "array": typed(kept(row.high) - x if row.high is not None else math.nan for row, x in zip(rows, at, strict=True)),
            "arrayminus": typed(x - kept(row.low) if row.low is not None else math.nan for row, x in zip(rows, at, strict=True)),
        } if any(row.low is not None for row in rows) else None,
        hovertemplate="%{text}<extra></extra>", cliponaxis=False,
    )  # fmt: skip


def _words(row: ForestRow) -> str:
    told = _ratio(row.estimate)
    return told if row.low is None or row.high is None else f"{told} (95% {_ratio(row.low)} to {_ratio(row.high)})"


def _ratio(estimate: float) -> str:
    return f"{math.exp(min(max(estimate, -700.0), 700.0)):.3g}"


def _ticks(edge: float) -> dict[str, list[float] | list[str]]:
    """1 in the middle, and on each side one or two round ratios that are not crowded."""
    inside = [step for step in _STEPS if math.log(step) <= edge * 0.98]
    outer = inside[-1:]
    inner = [step for step in inside[:-1] if 0.35 * edge <= math.log(step) <= 0.6 * edge][-1:]
    chosen = [*inner, *outer]
    values = [*(1 / step for step in reversed(chosen)), 1.0, *chosen]
    return {"tickvals": values, "ticktext": [f"{value:.3g}" for value in values]}


def _sides(figure: go.Figure, colours: Palette, has_bad: bool) -> None:
    """Which way is which, above the first row."""
    words = ("towards good", "towards bad") if has_bad else ("lower odds", "higher odds")
    inks = (colours.series_1_ink, colours.series_2_ink) if has_bad else (colours.text_2, colours.text_2)
    for word, ink, anchor, shift in zip(words, inks, ("right", "left"), (-8, 8), strict=True):
        figure.add_annotation(
            x=0, xref="x", y=1, yref="paper", yanchor="bottom", yshift=4, text=word, showarrow=False, xanchor=anchor,
            xshift=shift, font={"size": 11, "color": ink},
        )  # fmt: skip
