"""Groups of rows under each other: a few rates of each as dots with their intervals, beside the rates of all rows."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import plotly.graph_objects as go

from pipeline.figures.template import PALETTES, Look, Palette, plain, shortened, template

FOUR_FIFTHS = 0.8
WIDE_ROW, NARROW_ROW = 23, 46  # pixels; on a narrow screen the words of a row stand above its dots
_ABOVE, _BELOW = 60, 30
_TABLE = 0.285  # of the width, for the words and counts at the left of a wide figure
_GAP = 0.032
_LONGEST = {False: 26, True: 34}  # letters of a row's name, wide and narrow
_BELOW_COLOUR = 5  # of the palette's series

Style = Literal["share", "ratio", "metric"]
_TICKS: dict[Style, str] = {"share": ".0%", "ratio": ".1f", "metric": ".2f"}
_HOVER: dict[Style, str] = {"share": ".1%", "ratio": ".2f", "metric": ".3f"}


@dataclass(frozen=True)
class Dot:
    """A rate with its interval; without a `value`, `why` says in a few words what there is instead."""

    value: float | None
    low: float | None = None
    high: float | None = None
    why: str = ""


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


def figure_height(rows: Sequence[Row], *, narrow: bool = False) -> int:
    """Pixels that the figure needs, a line for each row and one for each section."""
    return _ABOVE + _BELOW + len(_places(rows)) * (NARROW_ROW if narrow else WIDE_ROW)


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
    places = _places(rows)
    figure = go.Figure(layout={"template": template(look), "hovermode": "closest", "height": figure_height(rows, narrow=narrow)})
    figure.update_layout(margin={"l": 4, "r": 12, "t": _ABOVE, "b": _BELOW})
    figure.update_yaxes(
        type="category", categoryorder="array", categoryarray=places, range=[len(places) - 0.5, -0.5], showticklabels=False,
        tickson="boundaries", gridcolor=colours.fig_grid, tickmode="array", tickvals=places, fixedrange=True,
    )  # fmt: skip
    _words(figure, rows, colours, heads, narrow)
    for at, panel in enumerate(panels):
        _panel(figure, rows, panel, at, len(panels), colours, narrow)
    return figure


def _places(rows: Sequence[Row]) -> list[str]:
    """A place for each section and each of its rows, from the top."""
    found: dict[str, None] = {}
    for row in rows:
        found.setdefault(_section_place(row.section))
        found[_place(row)] = None
    return list(found)


def _place(row: Row) -> str:
    return f"{plain(row.section)}: {plain(row.name)}"


def _section_place(section: str) -> str:
    return plain(section)


def _words(figure: go.Figure, rows: Sequence[Row], colours: Palette, heads: tuple[str, str], narrow: bool) -> None:
    """Names and counts: at the left of a wide figure, above the dots of a narrow one."""
    figure.update_layout(
        xaxis={"domain": [0, 1 if narrow else _TABLE], "range": [0, 1], "visible": False, "fixedrange": True, "anchor": "y"}
    )
    sections = list(dict.fromkeys(row.section for row in rows))
    longest = _LONGEST[narrow]
    _text(figure, [_section_place(name) for name in sections], 0, [f"<b>{shortened(name, 60)}</b>" for name in sections],
          "middle right", colours.text, 12)  # fmt: skip
    side = "top" if narrow else "middle"
    for shown, colour in ((True, colours.text), (False, colours.text_3)):
        some = [row for row in rows if any(dot.value is not None for dot in row.dots) == shown]
        at = [_place(row) for row in some]
        _text(figure, at, 0 if narrow else 0.04, [shortened(row.name, longest) for row in some], f"{side} right", colour, 12)
        if narrow:
            _text(figure, at, 1, [f"{row.n_rows} · {row.bad_rate}" for row in some], "top left", colours.text_3, 11)
        else:
            _text(figure, at, 0.8, [row.n_rows for row in some], "middle left", colour, 12)
            _text(figure, at, 1, [row.bad_rate for row in some], "middle left", colour, 12)
    if not narrow:
        for x, head in ((0.8, heads[0]), (1, heads[1])):
            _note(figure, "x", x, 34, head, colours.text_3, 11, anchor="right")


def _text(figure: go.Figure, y: list[str], x: float, words: list[str], position: str, colour: str, size: int) -> None:
    figure.add_scatter(
        x=[x] * len(y), y=y, mode="text", text=words, textposition=position, textfont={"color": colour, "size": size},
        hoverinfo="skip", cliponaxis=False,
    )  # fmt: skip


def _note(
    figure: go.Figure,
    axis: str,
    x: float,
    up: int,
    words: str,
    colour: str,
    size: int,
    *,
    anchor: str = "left",
    bold: bool = False,
) -> None:
    """Words above the first row."""
    figure.add_annotation(
        xref=axis, x=x, yref="paper", y=1, yshift=up, yanchor="middle", xanchor=anchor, showarrow=False,
        text=f"<b>{plain(words)}</b>" if bold else plain(words), font={"color": colour, "size": size},
    )  # fmt: skip


def _panel(figure: go.Figure, rows: Sequence[Row], panel: Panel, at: int, n: int, colours: Palette, narrow: bool) -> None:
    number = at + 2
    low, high = _range(panel, [row.dots[at] for row in rows])
    left = 0.0 if narrow else _TABLE + 0.02
    width = (1 - left - _GAP * (n - 1)) / n
    start = left + at * (width + _GAP)
    figure.update_layout(
        {
            f"xaxis{number}": {
                "domain": [start, start + width], "range": [low, high], "anchor": "y", "tickformat": _TICKS[panel.style],
                "nticks": 4 if narrow else 5, "fixedrange": True,
            }
        }
    )  # fmt: skip
    axis = f"x{number}"
    _note(figure, f"{axis} domain", 0, 44 if narrow else 34, panel.short if narrow else panel.title, colours.text, 12, bold=True)
    if panel.mark is not None:
        _mark(figure, axis, panel, colours)
    below = [row for row in rows if panel.is_ratio and _is_below(row.dots[at])]
    usual = [row for row in rows if row not in below and row.dots[at].value is not None]
    for some, colour, reference in (
        ([row for row in usual if not row.is_reference], colours.series[panel.colour], False),
        ([row for row in usual if row.is_reference], colours.series[panel.colour], panel.is_ratio),
        (below, colours.series[_BELOW_COLOUR], False),
    ):
        _dots(figure, some, panel, at, axis, colour, colours, reference)
    _values(figure, below, at, axis, colours)
    lacking = [row for row in rows if row.dots[at].value is None]
    if lacking:
        figure.add_scatter(
            x=[low] * len(lacking), y=[_place(row) for row in lacking], xaxis=axis, mode="text", hoverinfo="skip",
            text=[plain(row.dots[at].why) for row in lacking], textposition="middle right",
            textfont={"color": colours.text_3, "size": 11}, cliponaxis=False,
        )  # fmt: skip


def _is_below(dot: Dot) -> bool:
    return dot.value is not None and dot.value < FOUR_FIFTHS


def _mark(figure: go.Figure, axis: str, panel: Panel, colours: Palette) -> None:
    """All rows: a dotted line. Four fifths: a line of ink."""
    line = {"color": colours.fig_ink, "width": 1.5} if panel.is_ratio else {"color": colours.text_3, "width": 1, "dash": "dot"}
    figure.add_shape(type="line", xref=axis, x0=panel.mark, x1=panel.mark, yref="paper", y0=0, y1=1, line=line, layer="below")
    _note(figure, axis, panel.mark or 0.0, 10, panel.mark_label, colours.text if panel.is_ratio else colours.text_3, 11,
          anchor="center")  # fmt: skip


def _dots(
    figure: go.Figure, some: Sequence[Row], panel: Panel, at: int, axis: str, colour: str, colours: Palette, reference: bool
) -> None:
    if not some:
        return
    dots = [row.dots[at] for row in some]
    form = _HOVER[panel.style]
    more = ", the reference" if reference else f"<br>95% interval %{{customdata[0]:{form}}} to %{{customdata[1]:{form}}}"
    marker: dict[str, Any] = {"size": 8, "color": colour, "line": {"color": colours.surface, "width": 1}}
    if reference:
        marker = {"size": 9, "color": colours.surface, "line": {"color": colour, "width": 1.8}}
    figure.add_scatter(
        x=[dot.value for dot in dots],
        y=[_place(row) for row in some],
        xaxis=axis,
        name=plain(panel.title),
        mode="markers",
        marker=marker,
        error_x={
            "type": "data", "symmetric": False, "width": 0, "thickness": 2, "color": colour,
            "array": _far(dots, lambda dot: dot.high), "arrayminus": _far(dots, lambda dot: dot.low),
        },
        customdata=[[dot.low, dot.high] for dot in dots],
        hovertemplate=f"%{{y}}<br>{plain(panel.title)} %{{x:{form}}}{more}<extra></extra>",
        cliponaxis=False,
    )  # fmt: skip


def _far(dots: Iterable[Dot], end: Callable[[Dot], float | None]) -> list[float]:
    """How far the interval's end is from the dot; 0 without one."""
    return [0.0 if end(dot) is None or dot.value is None else abs((end(dot) or 0.0) - dot.value) for dot in dots]


def _values(figure: go.Figure, below: Sequence[Row], at: int, axis: str, colours: Palette) -> None:
    """What lies below four fifths is written out, left of its interval."""
    if not below:
        return
    dots = [row.dots[at] for row in below]
    figure.add_scatter(
        x=[dot.value if dot.low is None else dot.low for dot in dots], y=[_place(row) for row in below], xaxis=axis, mode="text",
        text=[f"{dot.value:.2f}  " for dot in dots], textposition="middle left", hoverinfo="skip", cliponaxis=False,
        textfont={"color": colours.series_ink[_BELOW_COLOUR], "size": 11},
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
    return (max(low, 0.0), min(high, 1.0) if panel.style == "share" else high) if panel.style != "metric" else (low, high)
