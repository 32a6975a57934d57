"""Groups of rows under each other: a few rates of each as dots with their intervals, beside the rates of all rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import plotly.graph_objects as go

from pipeline.figures.grouped_rows import Line, Lines, few_digits, note, room_of
from pipeline.figures.template import PALETTES, Look, Palette, plain, template

FOUR_FIFTHS = 0.8
_TABLE = (0.285, 0.4)  # of the width, for the words and counts at the left of a wide figure: at least, at most
_GAP = 0.032
_NARROW_ROOM = 210.0  # pixels for a row's name on a phone
_BELOW_COLOUR = 5  # of the palette's series

Style = Literal["share", "ratio", "metric", "score"]  # a score is in units of its own, below 0 too
_TICKS: dict[Style, str] = {"share": ".0%", "ratio": ".1f", "metric": ".2f", "score": ".4~r"}
_HOVER: dict[Style, str] = {"share": ".1%", "ratio": ".2f", "metric": ".3f", "score": ".5~r"}


@dataclass(frozen=True)
class Dot:
    """A rate with its interval; without a `value`, `why` says in a few words what there is instead."""

    value: float | None
    low: float | None = None
    high: float | None = None
    why: str = ""

    @property
    def is_below(self) -> bool:
        return self.value is not None and self.value < FOUR_FIFTHS


@dataclass(frozen=True)
class Row:
    """A group of rows, with a dot for each panel. `section` are the columns that it is a group of."""

    section: str
    name: str
    n_rows: str
    bad_rate: str
    dots: tuple[Dot, ...]
    is_reference: bool = False


@dataclass(frozen=True)
class Panel:
    """A rate. `mark` is where all rows stand, or the line to hold the dots against; `mark_label` stands above it."""

    title: str
    short: str  # for a narrow figure
    style: Style
    mark: float | None
    mark_label: str
    colour: int = 0  # of the palette's series
    is_ratio: bool = False  # to the reference: what lies below four fifths is coloured and written out


@dataclass(frozen=True)
class _Place:
    """Where a panel is drawn: its axis, the range of it, the line of each row."""

    axis: str
    low: float
    high: float
    lines: list[int]


def _lines(rows: Sequence[Row], narrow: bool) -> Lines:
    return Lines(
        tuple(
            Line(row.section, row.name, (row.n_rows, row.bad_rate), all(dot.value is None for dot in row.dots)) for row in rows
        ),
        narrow,
    )


def figure_height(rows: Sequence[Row], *, narrow: bool = False) -> int:
    """Pixels that the figure needs, a line for each row and one for each section."""
    return _lines(rows, narrow).height


def segments_figure(
    rows: Sequence[Row], panels: Sequence[Panel], look: Look, *, heads: tuple[str, str], narrow: bool = False
) -> go.Figure:
    """The rows in their order, by sections.

    Parameters
    ----------
    rows : sequence of Row
        Those of a section stand together.
    panels : sequence of Panel
        One for each dot of a row.
    look : "light" or "dark"
    heads : (str, str)
        Of the two columns of numbers: the rows of a group, its bad rate.
    narrow : bool
        For a phone: the words of a row stand above its dots.
    """
    colours = PALETTES[look]
    figure = go.Figure(layout={"template": template(look), "hovermode": "closest"})
    lines = _lines(rows, narrow)
    table = lines.table(*_TABLE)
    lines.draw(figure, colours, table=table, heads=heads, room=_NARROW_ROOM if narrow else room_of(table, len(heads)))
    left = 0.0 if narrow else table + 0.02
    gap = _GAP * (2 if narrow else 1)
    width = (1 - left - gap * (len(panels) - 1)) / len(panels)
    for at, panel in enumerate(panels):
        dots = [row.dots[at] for row in rows]
        place = _Place(f"x{at + 2}", *_range(panel, dots), lines.at)
        start = left + at * (width + gap)
        figure.update_layout(
            {
                f"xaxis{at + 2}": {
                    "domain": [start, start + width], "range": [place.low, place.high], "anchor": "y", "showgrid": False,
                    "tickformat": _TICKS[panel.style], "nticks": 3 if narrow else 5, "fixedrange": True,
                }
            }
        )  # fmt: skip
        words = panel.short if narrow else panel.title
        note(figure, f"{place.axis} domain", 0, 44 if narrow else 34, words, colours.text, 12, bold=True)
        _mark(figure, panel, place, colours, lines)
        _panel(figure, dots, [row.is_reference for row in rows], panel, place, colours)
        _lacking(figure, dots, place, colours, 0.98 if narrow else 0.62)
    return figure


def _mark(figure: go.Figure, panel: Panel, place: _Place, colours: Palette, lines: Lines) -> None:
    """All rows: a dotted line. Four fifths: a line of ink. In a narrow figure they leave out the words."""
    if panel.mark is None:
        return
    line = {"color": colours.fig_ink, "width": 1.5} if panel.is_ratio else {"color": colours.text_3, "width": 1, "dash": "dot"}
    if lines.is_narrow:
        ends: list[float | None] = [end for at in lines.at for end in (at - 0.5, at + 0.5, None)]
        figure.add_scatter(
            x=[round(panel.mark, 4)] * len(ends), y=ends, xaxis=place.axis, mode="lines", line=line, hoverinfo="skip"
        )
    else:
        figure.add_shape(
            type="line", xref=place.axis, x0=panel.mark, x1=panel.mark, yref="paper", y0=0, y1=1, line=line, layer="below"
        )
    colour = colours.text if panel.is_ratio else colours.text_3
    note(figure, place.axis, panel.mark, 10, panel.mark_label, colour, 11, anchor="center")


def _panel(
    figure: go.Figure, dots: Sequence[Dot], is_reference: Sequence[bool], panel: Panel, place: _Place, colours: Palette
) -> None:
    """The dots: the reference of a ratio is open, what lies below four fifths has another colour and its number."""
    kinds: dict[str, list[int]] = {"usual": [], "reference": [], "below": []}
    for i, dot in enumerate(dots):
        if dot.value is not None:
            kind = "below" if dot.is_below else "reference" if is_reference[i] else "usual"
            kinds[kind if panel.is_ratio else "usual"].append(i)
    colour, low = colours.series_line[panel.colour], colours.series_line[_BELOW_COLOUR]
    full = {"size": 8, "line": {"color": colours.surface, "width": 1}}
    _dots(figure, dots, kinds["usual"], panel, place, colour, {**full, "color": colour})
    _dots(figure, dots, kinds["below"], panel, place, low, {**full, "color": low})
    open_dot = {"size": 9, "color": colours.surface, "line": {"color": colour, "width": 1.8}}
    _dots(figure, dots, kinds["reference"], panel, place, colour, open_dot)
    if kinds["below"]:
        some = [dots[i] for i in kinds["below"]]
        figure.add_scatter(
            x=few_digits([dot.value if dot.low is None else dot.low for dot in some]), xaxis=place.axis,
            y=[place.lines[i] for i in kinds["below"]], text=[f"{dot.value:.2f}  " for dot in some], mode="text",
            textposition="middle left", hoverinfo="skip", cliponaxis=False,
            textfont={"color": colours.series_ink[_BELOW_COLOUR], "size": 11},
        )  # fmt: skip


def _dots(
    figure: go.Figure, dots: Sequence[Dot], which: list[int], panel: Panel, place: _Place, colour: str, marker: dict[str, Any]
) -> None:
    if not which:
        return
    some, form = [dots[i] for i in which], _HOVER[panel.style]
    interval = f"<br>95% interval %{{customdata[0]:{form}}} to %{{customdata[1]:{form}}}"
    known = any(dot.low is not None for dot in some)
    figure.add_scatter(
        x=few_digits([dot.value for dot in some]),
        y=[place.lines[i] for i in which],
        xaxis=place.axis,
        name=plain(panel.title),
        mode="markers",
        marker=marker,
        hovertemplate=f"%{{y}}<br>{plain(panel.title)} %{{x:{form}}}{interval if known else ', the reference'}<extra></extra>",
        cliponaxis=False,
    )
    if known:
        figure.data[-1].update(
            customdata=[few_digits([dot.low, dot.high]) for dot in some],
            error_x={
                "type": "data", "symmetric": False, "width": 0, "thickness": 2, "color": colour,
                "array": few_digits([_far(dot, dot.high) for dot in some]),
                "arrayminus": few_digits([_far(dot, dot.low) for dot in some]),
            },
        )  # fmt: skip


def _far(dot: Dot, end: float | None) -> float:
    """How far an end of the interval is from the dot; 0 without one."""
    return 0.0 if end is None or dot.value is None else abs(end - dot.value)


def _lacking(figure: go.Figure, dots: Sequence[Dot], place: _Place, colours: Palette, share: float) -> None:
    """Why there is no dot, in words, on a ground that the line of all rows does not cross."""
    which = [i for i, dot in enumerate(dots) if dot.value is None]
    if not which:
        return
    half = (place.high - place.low) * share / 2
    common = {"y": [place.lines[i] for i in which], "xaxis": place.axis, "hoverinfo": "skip"}
    figure.add_scatter(
        x=[round(place.low + half, 4)] * len(which), mode="markers", marker={"opacity": 0},
        error_x={"type": "constant", "value": half, "width": 0, "thickness": 15, "color": colours.surface}, **common,
    )  # fmt: skip
    figure.add_scatter(
        x=[place.low] * len(which), mode="text", text=[plain(dots[i].why) for i in which], textposition="middle right",
        textfont={"color": colours.text_3, "size": 11}, cliponaxis=False, **common,
    )  # fmt: skip


def _range(panel: Panel, dots: Sequence[Dot]) -> tuple[float, float]:
    """Holds all dots with their intervals and the mark, with some room; shares stay within 0 and 1."""
    ends = [end for dot in dots for end in (dot.value, dot.low, dot.high) if end is not None]
    ends += [] if panel.mark is None else [panel.mark]
    if not ends:
        return 0.0, 1.0
    low, high = min(ends), max(ends)
    room = 0.06 * (high - low) or 0.05
    low -= 2.5 * room if panel.is_ratio else room  # for the words left of a dot
    high += room
    low = low if panel.style == "score" else max(low, 0.0)
    return round(low, 4), round(min(high, 1.0) if panel.style == "share" else high, 4)
