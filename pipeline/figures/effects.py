"""One field over a probability: the model's curve, single rows beside it, and the straight line of a linear regression."""

import math
from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from pipeline.effect_results import EffectCurve, Effects
from pipeline.figures.bands import number, ticks
from pipeline.figures.boundary_words import cutoff_words
from pipeline.figures.curves import places, typed
from pipeline.figures.effect_words import apart_words, has_levels
from pipeline.figures.template import PALETTES, Look, Palette, plain, shortened, template
from pipeline.shown import capital

_LEVEL_ROW, _LEAST_HEIGHT = 30, 260  # pixels
_HEIGHT = 340
_FINE = 30  # points: of more, single rows are drawn through every second one
_LONG_TICK = 5  # letters
_OUT = 0.2  # how far below 0 and above 1 a straight line is followed


def effect_height(curve: EffectCurve) -> int:
    """Pixels of the figure: levels stand under each other."""
    n = len(curve.values) + len(curve.apart)
    return max(_LEAST_HEIGHT, 76 + _LEVEL_ROW * n) if has_levels(curve) else _HEIGHT


def effect_figure(
    effects: Effects, curve: EffectCurve, name: str, look: Look, *, unit: str = "", at: int = 0, cutoff: float | None = None
) -> go.Figure:
    """The probability of a class over the values of a field.

    `at` is the place of the class in `effects.shown`, `cutoff` the run's, where it has one.
    """
    figure = go.Figure(layout={"template": template(look), "hovermode": "closest"})
    drawn = _levels if has_levels(curve) else _numbers
    drawn(figure, effects, curve, capital(name) + (f" ({unit})" if unit else ""), PALETTES[look], at, cutoff)
    return figure


def _numbers(
    figure: go.Figure, effects: Effects, curve: EffectCurve, name: str, colours: Palette, at: int, cutoff: float | None
) -> None:
    x = [float(value) for value in curve.values if isinstance(value, int | float)]
    n, low, high = len(x), x[0], x[-1]
    width = (high - low) or 1.0
    beside = [high + width * (0.08 + 0.09 * i) for i in range(len(curve.apart))]
    model, line, rows = effects.curve_of(curve, at), curve.line[at], list(effects.each_of(curve, at))
    kept = slice(0, n, 2 if n > _FINE and n % 2 else 1)  # both ends are among them
    _rows(figure, x[kept], [row[:n][kept] for row in rows], colours)
    if beside:
        again = typed(x for x in beside for _ in rows)
        _points(figure, again, typed(row[n + i] for i in range(len(beside)) for row in rows), colours)
    figure.add_scatter(
        x=typed(x), y=typed(line[:n]), mode="lines", name="straight line",
        line={"color": colours.text_2, "width": 1.5, "dash": "dash"}, hovertemplate=_hover(name, "straight line"),
    )  # fmt: skip
    figure.add_scatter(
        x=typed(x), y=typed(model[:n]), mode="lines" if n > 1 else "markers", name="this run",
        line={"color": colours.series[0], "width": 2.5}, hovertemplate=_hover(name, "this run"),
    )  # fmt: skip
    if beside:
        _apart(figure, curve, beside, model[n:], line[n:], colours)
    bottom, top = _range([*model, *(p for row in rows for p in row)], line)
    _end_labels(figure, model[n - 1], line[n - 1], high, top - bottom, colours, crowded=bool(beside))
    if curve.middle is not None and high > low:
        ends = [min(max(end, low), high) for end in curve.middle]
        figure.add_shape(
            type="line", x0=ends[0], x1=ends[1], y0=0, y1=0, yref="paper", line={"color": colours.fig_reference, "width": 5}
        )
    _bounds(figure, line, colours, "h")
    if cutoff is not None:
        at_left = abs(model[0] - cutoff) > abs(model[n - 1] - cutoff)
        _cutoff(figure, cutoff, colours, "h", "top left" if at_left else "top right")
    most = 6 if not beside else 5
    shown = ticks(low, high, most)
    if max(len(number(value)) for value in shown) > _LONG_TICK:  # or they would stand aslant on a phone
        shown = ticks(low, high, most - 2)
    figure.update_xaxes(
        title_text=plain(name),
        range=[low - 0.02 * width, (beside[-1] + 0.05 * width) if beside else high + 0.02 * width],
        tickvals=[*shown, *beside],
        ticktext=[*(number(value) for value in shown), *(shortened(apart_words(value), 9) for value in curve.apart)],
    )
    figure.update_yaxes(title_text=_axis(effects, at), range=[bottom, top], tickformat=".0%", nticks=6)
    figure.update_layout(margin={"r": 84 if not beside else 24, "t": 16})


def _levels(
    figure: go.Figure, effects: Effects, curve: EffectCurve, name: str, colours: Palette, at: int, cutoff: float | None
) -> None:
    model, line, rows = effects.curve_of(curve, at), curve.line[at], list(effects.each_of(curve, at))
    points = [*curve.values, *curve.apart]
    y = list(range(len(points)))
    _points(figure, typed(row[i] for i in y for row in rows), places(i for i in y for _ in rows), colours, tall=True)
    figure.add_scatter(
        x=typed(line), y=y, mode="markers", name="straight line", marker={"symbol": "diamond-open", "size": 9,
        "color": colours.text_2, "line": {"width": 1.5}}, hovertemplate="straight line: %{x:.1%}<extra></extra>",
    )  # fmt: skip
    figure.add_scatter(
        x=typed(model), y=y, mode="markers", name="this run", marker={"size": 11, "color": colours.series[0],
        "line": {"width": 1.5, "color": colours.surface}}, hovertemplate="this run: %{x:.1%}<extra></extra>",
    )  # fmt: skip
    low, high = _range([*model, *(p for row in rows for p in row)], line)
    _bounds(figure, line, colours, "v")
    if cutoff is not None:
        _cutoff(figure, cutoff, colours, "v", "top")
    figure.update_xaxes(title_text=_axis(effects, at), range=[low, high], tickformat=".0%", showgrid=True,
                        gridcolor=colours.fig_grid)  # fmt: skip
    held = [value == curve.held and value is not None for value in points]
    names = [shortened(apart_words(value) if i >= len(curve.values) else str(value), 24) for i, value in enumerate(points)]
    figure.update_yaxes(
        tickmode="array", tickvals=y, ticktext=[f"<b>{words}</b>" if is_held else words for words, is_held in
                                                zip(names, held, strict=True)],
        range=[len(points) - 0.5, -0.5], showgrid=False,
    )  # fmt: skip
    figure.update_layout(margin={"t": 24})


def _rows(figure: go.Figure, x: list[float], rows: Sequence[Sequence[float]], colours: Palette) -> None:
    """All single rows in one trace, with a gap after each."""
    if not rows or len(x) < 2:
        return
    figure.add_scatter(
        x=typed([*x, math.nan] * len(rows)), y=typed(value for row in rows for value in (*row, math.nan)), mode="lines",
        line={"color": colours.fig_reference, "width": 1}, opacity=0.5, hoverinfo="skip", name="single rows",
    )  # fmt: skip


def _points(figure: go.Figure, x: Any, y: Any, colours: Palette, *, tall: bool = False) -> None:
    figure.add_scatter(
        x=x, y=y, mode="markers", hoverinfo="skip", name="single rows", opacity=0.7,
        marker={"symbol": "line-ns" if tall else "line-ew", "size": 9, "line": {"width": 1, "color": colours.fig_reference}},
    )  # fmt: skip


def _apart(
    figure: go.Figure, curve: EffectCurve, x: list[float], model: Sequence[float], line: Sequence[float], colours: Palette
) -> None:
    """A missing value and special codes stand right of the numbers."""
    names = [plain(apart_words(value)) for value in curve.apart]
    figure.add_scatter(
        x=typed(x), y=typed(line), mode="markers", name="straight line", text=names, marker={"symbol": "diamond-open", "size": 8,
        "color": colours.text_2}, hovertemplate="%{text}, straight line: %{y:.1%}<extra></extra>",
    )  # fmt: skip
    figure.add_scatter(
        x=typed(x), y=typed(model), mode="markers", name="this run", text=names,
        marker={"size": 9, "color": colours.series[0]}, hovertemplate="%{text}, this run: %{y:.1%}<extra></extra>",
    )  # fmt: skip


def _end_labels(
    figure: go.Figure, model: float, line: float, x: float, height: float, colours: Palette, *, crowded: bool
) -> None:
    """Words where the lines end: beside them, or where something stands there above the upper one and below the lower one."""
    near = 9 if abs(model - line) <= 0.07 * height else 0
    for value, words, colour, is_upper in (
        (model, "this run", colours.series_1_ink, model >= line),
        (line, "straight line", colours.text_2, model < line),
    ):
        place = {"xanchor": "left", "yanchor": "middle", "xshift": 6, "yshift": near if is_upper else -near}
        if crowded:
            place = {"xanchor": "right", "yanchor": "bottom" if is_upper else "top", "yshift": 3 if is_upper else -3}
        figure.add_annotation(
            x=x, y=min(max(value, -_OUT), 1 + _OUT), text=words, showarrow=False, font={"color": colour}, **place
        )


def _bounds(figure: go.Figure, line: Sequence[float], colours: Palette, way: str) -> None:
    """0% and 100% as lines, where the straight line crosses them."""
    for bound, crossed in ((0.0, min(line) < 0), (1.0, max(line) > 1)):
        if crossed:
            place = {"y0": bound, "y1": bound, "x0": 0, "x1": 1, "xref": "paper"}
            if way == "v":
                place = {"x0": bound, "x1": bound, "y0": 0, "y1": 1, "yref": "paper"}
            figure.add_shape(type="line", line={"color": colours.text_3, "width": 1, "dash": "dot"}, **place)


def _cutoff(figure: go.Figure, cutoff: float, colours: Palette, way: str, place: str) -> None:
    """The run's cut-off, its words at the end where the curve is further away."""
    words = {"text": f"cut-off {cutoff_words(cutoff)}", "font": {"size": 11, "color": colours.text}}
    line = {"color": colours.fig_ink, "width": 1}
    if way == "h":
        figure.add_hline(y=cutoff, line=line, annotation=words, annotation_position=place)
    else:
        figure.add_vline(x=cutoff, line=line, annotation=words, annotation_position=place)


def _range(values: Sequence[float], line: Sequence[float]) -> tuple[float, float]:
    """Holds the curves whole, and the straight line as far as a little out of 0 and 1."""
    low = min(0.0, max(min(line), -_OUT))
    high = max(max(values), min(max(line), 1 + _OUT))
    room = 0.04 * (high - low) or 0.05
    return (low - room if low < 0 else 0.0), high + room


def _hover(name: str, which: str) -> str:
    return f"{plain(name)} %{{x:,.4~r}}<br>{which}: %{{y:.1%}}<extra></extra>"


def _axis(effects: Effects, at: int) -> str:
    return "Probability of bad" if len(effects.labels) == 2 else f"Probability of {plain(effects.shown[at])}"
