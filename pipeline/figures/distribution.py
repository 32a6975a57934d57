"""One column: how often it goes bad, band by band, above how its rows are spread."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from pipeline.figures.bands import MOST_LEVELS, Place, beside, every_outcome_known, level_places, number_places, span, ticks
from pipeline.figures.template import PALETTES, Look, Palette, outlined, plain, shortened, template
from pipeline.profiling.results import ColumnProfile, Histogram

_DAY = 86_400_000.0  # milliseconds, which plotly counts dates in
_RATE = "%{customdata[0]}<br>bad rate %{y:.1%} (%{customdata[1]:.1%} to %{customdata[2]:.1%})<br>%{customdata[3]:,} rows"


def outcome_figure(
    column: ColumnProfile, bad_rate: float | None, look: Look, *, mark: tuple[float, str] | None = None
) -> go.Figure:
    """Bad rate per band with its 95% interval, above the rows per bin, good and bad, on one x axis.

    Parameters
    ----------
    column : ColumnProfile
        With bands against a two-class outcome.
    bad_rate : float, optional
        Of all rows; a dotted line.
    look : "light" or "dark"
        Which template.
    mark : (value, words), optional
        A value of a numeric column where something happens: a line through both panels.

    Returns
    -------
    go.Figure
        Traces "bad rate", "bad rate of other values" (missing values and special codes of a number), "good" and "bad".
    """
    colours = PALETTES[look]
    figure = _two_panels(look)
    numbers = number_places(column)
    if numbers:
        _draw_numbers(figure, column, numbers, colours)
    else:
        _draw_levels(figure, level_places(column, MOST_LEVELS), colours)
    figure.update_xaxes(title_text=plain(column.name))
    away_from = None if mark is None or not numbers else (mark[0], span(column)[2])
    _label_classes(figure, colours, away_from)
    _label_all_rows(figure, bad_rate, colours)
    if mark is not None and numbers:
        _draw_mark(figure, column, mark, colours)
    return figure


def distribution_figure(column: ColumnProfile, look: Look) -> go.Figure:
    """Rows per bin of a number or a date, or per level of anything else, without an outcome: one trace, "rows"."""
    colours = PALETTES[look]
    figure = go.Figure(layout={"template": template(look), "bargap": 0.08})
    if column.histogram is not None:
        x, widths = _bins(column.histogram, dates=column.kind == "date")
        figure.add_bar(
            x=x, y=np.asarray(column.histogram.counts), width=widths, name="rows", marker_color=colours.series[0],
            hovertemplate="around %{x}<br>%{y:,} rows<extra></extra>",
        )  # fmt: skip
        figure.update_xaxes(title_text=plain(column.name), separatethousands=True, exponentformat="none")
        figure.update_yaxes(title_text="Rows", rangemode="tozero", tickformat=",")
        return figure
    values = [value for value, _ in column.top[:MOST_LEVELS]]
    figure.add_bar(
        x=np.asarray([rows for _, rows in column.top[:MOST_LEVELS]]), y=values, orientation="h", name="rows",
        marker_color=colours.series[0], hovertemplate="%{y}<br>%{x:,} rows<extra></extra>",
    )  # fmt: skip
    names = [shortened(value) for value in values]
    figure.update_yaxes(type="category", autorange="reversed", showgrid=False, tickvals=values, ticktext=names)
    figure.update_xaxes(title_text="Rows", rangemode="tozero", showgrid=True, gridcolor=colours.fig_grid, showline=False)
    return figure


def _two_panels(look: Look) -> go.Figure:
    figure = go.Figure(layout={"template": template(look), "barmode": "stack", "bargap": 0.06, "hovermode": "closest"})
    figure.update_layout(
        yaxis={"domain": [0.42, 1], "title_text": "Bad rate", "tickformat": ".0%", "nticks": 5},
        yaxis2={"domain": [0, 0.34], "title_text": "Rows", "rangemode": "tozero", "nticks": 4, "anchor": "x", "tickformat": ","},
        xaxis={"anchor": "y2", "separatethousands": True, "exponentformat": "none"},
    )
    return figure


def _draw_numbers(figure: go.Figure, column: ColumnProfile, numbers: Sequence[Place], colours: Palette) -> None:
    """The numbers as they lie, and to their right what is no number."""
    low, high, step = span(column)
    others = beside(column, high, step)
    if column.histogram is not None:
        x, widths = _bins(column.histogram, dates=column.kind == "date")
        bad = np.asarray(column.histogram.n_bad or np.zeros(len(widths)))
        good = "good" if every_outcome_known(column) else "good or unknown"
        _stack(figure, x, np.asarray(column.histogram.counts) - bad, bad, colours, widths, good)
    if others:
        _draw_counts(figure, others, colours, width=step * 0.7)
    _draw_rates(figure, numbers, colours)
    _draw_rates(figure, others, colours, open_dots=True)
    last = others[-1].x if others else high
    figure.update_xaxes(range=[low - step * 0.3, float(last) + step * 0.6])
    if column.kind == "date":
        figure.update_xaxes(type="date", range=[_date(low - step * 0.3), _date(float(last) + step * 0.6)])
        for trace in figure.data:
            if trace.type == "scatter":
                trace.x = _dates(np.asarray(trace.x, dtype=float))
    elif others:
        values = [*ticks(low, high), *(place.x for place in others)]
        names = [f"{value:,.10g}".replace("-", "−") for value in ticks(low, high)]
        figure.update_xaxes(
            tickmode="array", tickvals=values, ticktext=[*names, *(shortened(place.name.strip("()")) for place in others)]
        )


def _draw_levels(figure: go.Figure, places: Sequence[Place], colours: Palette) -> None:
    _draw_counts(figure, places, colours)
    _draw_rates(figure, places, colours, joined=False)
    figure.update_xaxes(type="category", tickmode="array", tickvals=[place.x for place in places])
    figure.update_xaxes(ticktext=[shortened(place.name) for place in places])


def _draw_rates(
    figure: go.Figure, places: Sequence[Place], colours: Palette, *, joined: bool = True, open_dots: bool = False
) -> None:
    known = [place for place in places if place.band.bad_rate is not None]
    if not known:
        return
    rates = np.asarray([place.band.bad_rate for place in known], dtype=float)
    low = np.asarray([place.band.bad_rate_low for place in known], dtype=float)
    high = np.asarray([place.band.bad_rate_high for place in known], dtype=float)
    fill, edge = (colours.surface, colours.series_line[1]) if open_dots else (colours.series_line[1], colours.surface)
    figure.add_scatter(
        x=[place.x for place in known],
        y=rates,
        error_y={"type": "data", "symmetric": False, "array": high - rates, "arrayminus": rates - low,
                 "color": colours.series_line[1], "thickness": 1.5, "width": 0},
        mode="lines+markers" if joined and not open_dots and len(known) > 1 else "markers",
        line={"color": colours.series_line[1], "width": 2},
        marker={"size": 7, "color": fill, "line": {"width": 1.2, "color": edge}},
        customdata=[[plain(place.name), a, b, place.band.n] for place, a, b in zip(known, low, high, strict=True)],
        name="bad rate of other values" if open_dots else "bad rate",
        hovertemplate=f"{_RATE}<extra></extra>",
    )  # fmt: skip
    before = figure.layout.yaxis.range[1] / 1.06 if figure.layout.yaxis.range else 0.0
    figure.update_layout(yaxis_range=[0, min(1.0, max(float(high.max()), before)) * 1.06])


def _draw_counts(figure: go.Figure, places: Sequence[Place], colours: Palette, width: float | None = None) -> None:
    bad = np.asarray([place.band.n_bad or 0 for place in places])
    good = np.asarray([place.band.n for place in places]) - bad
    _stack(figure, [place.x for place in places], good, bad, colours, None if width is None else np.full(len(places), width))


def _stack(figure: go.Figure, x: Any, good: Any, bad: Any, colours: Palette, widths: Any, good_name: str = "good") -> None:
    for name, values, colour, edge in (
        (good_name, good, colours.series_1_soft, colours.series_1_edge),
        ("bad", bad, colours.series[1], colours.series_line[1]),
    ):
        figure.add_bar(
            x=x, y=values, width=widths, name=name, yaxis="y2", marker=outlined(colour, edge),
            hovertemplate=f"%{{y:,}} {name}<extra></extra>",
        )  # fmt: skip


def _bins(histogram: Histogram, *, dates: bool) -> tuple[Any, Any]:
    """Middles and widths of the bins."""
    edges = np.asarray(histogram.edges, dtype=float)
    middles, widths = (edges[1:] + edges[:-1]) / 2, np.diff(edges) * 0.88
    return (_dates(middles), widths * _DAY) if dates else (middles, widths)


def _dates(days: Any) -> Any:
    """Days since 1970 as plotly takes dates."""
    return (np.asarray(days) * _DAY).astype("datetime64[ms]")


def _date(days: float) -> str:
    return str(_dates(days))


def _label_classes(figure: go.Figure, colours: Palette, away_from: tuple[float, float] | None) -> None:
    """The words good and bad where each is easiest seen, instead of a legend; not within a distance of a mark."""
    bars = [trace for trace in figure.data if trace.type == "bar"]
    if not bars or not len(bars[0].y):
        return
    good, bad = np.asarray(bars[0].y), np.asarray(bars[1].y)
    free = np.ones(len(good), dtype=bool)
    if away_from is not None and np.issubdtype(np.asarray(bars[0].x).dtype, np.floating):
        free = np.abs(np.asarray(bars[0].x) - away_from[0]) > away_from[1]
    tallest = int(np.argmax(good * free))
    figure.add_annotation(
        x=bars[0].x[tallest], y=float(good[tallest]) / 2, yref="y2", text=bars[0].name, showarrow=False,
        font={"color": colours.series_1_ink}, bgcolor=colours.series_1_soft, borderpad=1,
    )  # fmt: skip
    free[tallest] = False
    if (bad * free).max() > 0:
        at = int(np.argmax(bad * free))
        figure.add_annotation(
            x=bars[1].x[at], y=float(good[at] + bad[at]), yref="y2", yshift=9, text="bad", showarrow=False,
            font={"color": colours.series_2_ink},
        )  # fmt: skip


def _label_all_rows(figure: go.Figure, bad_rate: float | None, colours: Palette) -> None:
    if bad_rate is None:
        return
    figure.add_shape(
        type="line", x0=0, x1=1, xref="x domain", y0=bad_rate, y1=bad_rate, layer="below",
        line={"color": colours.fig_reference, "width": 1, "dash": "dot"},
    )  # fmt: skip
    right = _free_at_right(figure, bad_rate)
    figure.add_annotation(
        x=1 if right else 0, xref="x domain", xanchor="right" if right else "left", y=bad_rate, yshift=8,
        text=f"all rows {bad_rate:.1%}", showarrow=False, font={"size": 11, "color": colours.text_3},
    )  # fmt: skip


def _free_at_right(figure: go.Figure, bad_rate: float) -> bool:
    """Whether the rates keep further from the dotted line in the last third of the axis than in the first."""
    rates = np.asarray([rate for trace in figure.data if trace.type == "scatter" for rate in trace.y])
    third = -(-len(rates) // 3)
    return not third or bool(np.abs(rates[-third:] - bad_rate).min() >= np.abs(rates[:third] - bad_rate).min())


def _draw_mark(figure: go.Figure, column: ColumnProfile, mark: tuple[float, str], colours: Palette) -> None:
    low, high, _ = span(column)
    x = _date(mark[0]) if column.kind == "date" else mark[0]
    left = mark[0] > low + 0.3 * (high - low)
    figure.add_shape(type="line", x0=x, x1=x, y0=0, y1=1, yref="paper", line={"color": colours.fig_ink, "width": 1.5})
    figure.add_annotation(
        x=x, y=1, yref="paper", yanchor="top", text=plain(mark[1]), showarrow=False, xanchor="right" if left else "left",
        xshift=-4 if left else 4, font={"color": colours.text},
    )  # fmt: skip
