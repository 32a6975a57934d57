"""How a score is built up from a reference: one bar for each field, on the log-odds scale where the parts add up."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from textwrap import wrap
from typing import Any

import plotly.graph_objects as go

from pipeline.explain_results import Contribution
from pipeline.figures.log_odds_axis import Tick, number_ticks, probability_ticks
from pipeline.figures.side_labels import Label, placed
from pipeline.figures.template import PALETTES, Look, Palette, plain, shortened, template

MOST_BARS = 10
_ROW, _NARROW_ROW = 30, 43  # pixels
_TOP, _BELOW, _LINE = 30, 44, 15
_NARROW_AXIS = 44  # letters of a line of the axis's title
_WIDE_PLOT, _NARROW_PLOT = 400.0, 300.0  # pixels of width that the bars have at least
WIDE_NAMES, NARROW_NAMES = 32, 44  # characters of a name
_ROOM = 0.1  # of the bars' range, left and right of them
_VALUE = 0.13  # of it, for the number at the right of a bar


@dataclass(frozen=True)
class Bar:
    """What a field adds to the log-odds, or all `is_rest` of them together."""

    name: str  # "Duration: 48 months"
    contribution: float
    is_rest: bool = False


@dataclass(frozen=True)
class Mark:
    """A place of the axis that has a line and words: the reference, the cut-off, the applicant."""

    log_odds: float
    words: str


def largest(contributions: Sequence[Contribution], most: int = MOST_BARS) -> tuple[list[Contribution], list[Contribution]]:
    """Those that are drawn, from the most adverse to the most favourable, and the others, which are put together.

    One field alone is never put away as "1 other".
    """
    by_size = sorted(contributions, key=lambda part: -abs(part.contribution))
    shown = by_size if len(by_size) <= most + 1 else by_size[:most]
    return sorted(shown, key=lambda part: -part.contribution), by_size[len(shown) :]


def margins(n_lines: int = 1) -> dict[str, int]:
    """Those of the waterfall, and of what stands beside it; `n_lines` of the axis's title."""
    return {"l": 8, "r": 8, "t": _TOP, "b": _BELOW + _LINE * (n_lines - 1)}


@cache
def side_template(look: Look) -> go.layout.Template:
    """With words that stand right of a place on the paper's ground, as most here do: said once, and not of each."""
    made = go.layout.Template(template(look).to_plotly_json())
    made.layout.annotationdefaults = {
        "showarrow": False, "xanchor": "left", "xshift": 4, "bgcolor": PALETTES[look].surface, "borderpad": 1,
        "font": {"size": 11},
    }  # fmt: skip
    return made


def wrapped(words: str, longest: int) -> list[str]:
    """Lines for a phone."""
    return [plain(line) for line in wrap(words, longest)]


def name_and_value(text: str, longest: int) -> str:
    """`Duration: 48 months`, shortened so that of a long name and of a long value some is left."""
    name, sign, value = text.partition(": ")
    if not sign or len(text) <= longest:
        return shortened(text, longest)
    room = longest - len(sign)
    for_value = max(min(len(value), room - len(name)), min(len(value), room * 2 // 5))
    return f"{shortened(name, room - for_value)}{sign}{shortened(value, for_value)}"


def waterfall_height(n_bars: int, *, narrow: bool = False) -> int:
    """Pixels that the figure needs."""
    return _TOP + _BELOW + max(n_bars, 1) * (_NARROW_ROW if narrow else _ROW)


def waterfall_figure(
    bars: Sequence[Bar],
    reference: Mark,
    applicant: Mark,
    look: Look,
    *,
    cutoff: Mark | None = None,
    axis: str,
    is_chance: bool = True,
    narrow: bool = False,
) -> go.Figure:
    """Bars from the reference's log-odds to the applicant's, in their order.

    Parameters
    ----------
    bars : sequence of Bar
        Their contributions add up to the way from the reference to the applicant.
    reference, applicant, cutoff : Mark
        Dotted, a line of ink, dashed.
    look : "light" or "dark"
    axis : str
        What the axis shows.
    is_chance : bool
        Whether ticks are probabilities; otherwise log-odds.
    narrow : bool
        For a phone: names stand above their bars.
    """
    colours = PALETTES[look]
    ends = list(accumulate((bar.contribution for bar in bars), initial=reference.log_odds))
    low, high = _range([*ends, applicant.log_odds, *([cutoff.log_odds] if cutoff else [])])
    ticks = (probability_ticks if is_chance else number_ticks)(low, high)
    figure = go.Figure(layout=_layout(bars, (low, high), ticks, axis, colours, look, narrow), _validate=False)
    marks = [reference, *([cutoff] if cutoff else []), applicant]
    figure.layout.meta = {"marks": [[mark.words, round(mark.log_odds, 6)] for mark in marks]}
    figure.add_traces([_bars(bars, ends, colours), _steps(ends, colours)])
    figure.layout.shapes = tuple(_lines(marks, colours))
    above = _names_of_marks(marks, (low, high), colours, narrow)
    names = names_above([bar.name for bar in bars], colours) if narrow else []
    figure.layout.annotations = (*above, *_values(bars, ends, colours), *names)
    return figure


def waterfall_finding(reference: str, start: str, end: str, *, rises: bool | None, of: str = "") -> str:
    """`Exact: from 24% for the average applicant up to 48%`; `rises` is None where both read the same.

    `of` names what the numbers are, where they are no chances.
    """
    said = f"Exact: {of} " if of else "Exact: "
    if rises is None:
        return f"{said}{start} for {reference} and for this one"
    return f"{said}from {start} for {reference} {'up' if rises else 'down'} to {end}"


def _range(places: Sequence[float]) -> tuple[float, float]:
    """Holds all places, with room for the numbers at the right."""
    low, high = min(places), max(places)
    width = max(high - low, 0.5)
    return low - _ROOM * width, high + (_ROOM + _VALUE) * width


def _layout(
    bars: Sequence[Bar], ends: tuple[float, float], ticks: Sequence[Tick], axis: str, colours: Palette, look: Look, narrow: bool
) -> dict[str, Any]:
    names = [name_and_value(bar.name, NARROW_NAMES if narrow else WIDE_NAMES) for bar in bars]
    title = wrapped(axis, _NARROW_AXIS) if narrow else [plain(axis)]
    return {
        "template": side_template(look),
        "hovermode": "closest",
        "bargap": 0.0,
        "margin": margins(len(title)),
        "height": waterfall_height(len(bars), narrow=narrow),
        "xaxis": {
            "range": list(ends), "tickvals": [tick.log_odds for tick in ticks], "ticktext": [tick.words for tick in ticks],
            "title": {"text": "<br>".join(title)}, "fixedrange": True,
        },
        "yaxis": {
            "range": [len(bars) - 0.5, -0.5], "tickmode": "array", "tickvals": list(range(len(bars))), "ticktext": names,
            "showticklabels": not narrow, "showgrid": False, "fixedrange": True, "automargin": not narrow,
            "tickfont": {"size": 12, "color": colours.text_2}, "ticklabelstandoff": 6,
        },
    }  # fmt: skip


def _bars(bars: Sequence[Bar], ends: Sequence[float], colours: Palette) -> go.Bar:
    return go.Bar(
        orientation="h",
        base=[round(end, 6) for end in ends[:-1]],
        x=[round(bar.contribution, 6) for bar in bars],
        y=list(range(len(bars))),
        width=0.62,
        name="contribution",
        marker={
            "color": [_colour(bar, colours) for bar in bars],
            "line": {"width": 1, "color": [_edge(bar, colours) for bar in bars]},
        },
        customdata=[f"{bar.contribution:+.4g}".replace("-", "−") for bar in bars],
        hovertext=[plain(bar.name) for bar in bars],
        hovertemplate="%{hovertext}<br>%{customdata} log-odds<extra></extra>",
    )


def _colour(bar: Bar, colours: Palette) -> str:
    strong = bar.contribution >= 0
    if bar.is_rest:
        return colours.series_2_soft if strong else colours.series_1_soft
    return colours.series[1] if strong else colours.series[0]


def _edge(bar: Bar, colours: Palette) -> str:
    strong = bar.contribution >= 0
    if bar.is_rest:
        return colours.series_2_edge if strong else colours.series_1_edge
    return colours.series_line[1] if strong else colours.series_line[0]


def _steps(ends: Sequence[float], colours: Palette) -> go.Scatter:
    """Hairlines from the end of a bar to the begin of the next."""
    x: list[float | None] = []
    y: list[float | None] = []
    for at, end in enumerate(ends[1:-1]):
        x += [round(end, 6), round(end, 6), None]
        y += [at + 0.31, at + 0.69, None]
    return go.Scatter(x=x, y=y, mode="lines", line={"color": colours.fig_muted, "width": 1}, hoverinfo="skip")


def _lines(marks: Sequence[Mark], colours: Palette) -> list[dict[str, Any]]:
    kinds = {
        0: {"color": colours.text_3, "width": 1, "dash": "dot"},
        len(marks) - 1: {"color": colours.fig_ink, "width": 1.5},
    }
    dashed = {"color": colours.series_ink[0], "width": 1.2, "dash": "4px,3px"}
    return [
        {
            "type": "line", "x0": mark.log_odds, "x1": mark.log_odds, "yref": "paper", "y0": 0, "y1": 1,
            "line": kinds.get(at, dashed), "layer": "below",
        }
        for at, mark in enumerate(marks)
    ]  # fmt: skip


def _names_of_marks(marks: Sequence[Mark], ends: tuple[float, float], colours: Palette, narrow: bool) -> list[dict[str, Any]]:
    """Words above their lines, pushed apart where they would meet."""
    low, high = ends
    plot = _NARROW_PLOT if narrow else _WIDE_PLOT
    inks = [colours.text_3, *([colours.series_1_ink] if len(marks) > 2 else []), colours.text]
    labels = [Label((mark.log_odds - low) / (high - low), mark.words) for mark in marks]
    return [
        {
            "x": mark.log_odds, "yref": "paper", "y": 1, "xanchor": "center", "yanchor": "bottom", "yshift": 8, "xshift": shift,
            "bgcolor": "rgba(0,0,0,0)", "text": plain(mark.words), "font": {"color": ink},
        }
        for mark, ink, shift in zip(marks, inks, placed(labels, plot), strict=True)
    ]  # fmt: skip


def _values(bars: Sequence[Bar], ends: Sequence[float], colours: Palette) -> list[dict[str, Any]]:
    """The number at the right of each bar, on a ground that lines do not cross."""
    return [
        {
            "x": round(max(ends[at], ends[at + 1]), 4), "y": at, "text": value_words(bar.contribution),
            "font": {"color": colours.series_2_ink if bar.contribution >= 0 else colours.series_1_ink},
        }
        for at, bar in enumerate(bars)
    ]  # fmt: skip


def value_words(contribution: float) -> str:
    """+0.79, −0.003 where it is small, 0 for nothing."""
    text = f"{contribution:+.2f}" if abs(contribution) >= 0.095 else f"{contribution:+.1g}"
    if abs(contribution) < 5e-5:
        return "0"
    return text.replace("-", "−")


def names_above(names: Sequence[str], colours: Palette) -> list[dict[str, Any]]:
    """Above their lines, at the left end of the axis, where there is no room beside them; with `side_template`."""
    return [
        {
            "xref": "paper", "x": 0, "y": at - 0.5, "xshift": 0, "yshift": -6, "text": name_and_value(name, NARROW_NAMES),
            "font": {"color": colours.text_2},
        }
        for at, name in enumerate(names)
    ]  # fmt: skip
