"""What a cut-off decides: scores by outcome, and the two curves that every cut-off lies on, out of a score table.

The browser draws the cut-off itself into them (assets/46-threshold-marks.js), so that it moves without asking the server. In the
figure of the outcomes the traces stand twice, pale and strong; the browser shows of the strong ones the side that is a mistake.
"""

import math
from collections.abc import Sequence
from itertools import pairwise

import plotly.graph_objects as go

from pipeline.cutoffs.decisions import nearest_cutoff
from pipeline.evaluation_results import ScoreTable
from pipeline.figures.curves import at_or_above, occupied, score_axis, typed
from pipeline.figures.template import PALETTES, Look, outlined, template
from pipeline.results import ScoreScale

_BINS = 40
_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
_HIGH = 0.4  # a precision that is read on an axis to 100%
_ENDS = 20  # highest cut-offs, at which a handful of rows is refused
_SHARES = {"tickformat": ".0%", "tickvals": [0, 0.5, 1]}


def axis_of(table: ScoreTable, scale: ScoreScale | None = None) -> tuple[float, float, float]:
    """(start, end, width of a bin) of the axis of the score.

    From 0 for a probability, from near the best score for another score, to near the worst score that occurs: a portfolio
    with few bads is not squeezed into a corner.
    """
    low, high = occupied(table)
    start = 0.0 if scale is None or scale.is_probability else low
    width = _nice((max(high, start + 1e-9) - start) / _BINS)
    first, last = math.floor(start / width + 1e-9), math.ceil(high / width - 1e-9)
    return first * width, min(max(last, first + 1) * width, 1.0), width


def _nice(width: float) -> float:
    """The next width at or above it that reads well: 0.025, 0.001, 0.0002."""
    power = 10.0 ** math.floor(math.log10(width))
    return float(next(step for step in _STEPS if step * power >= width * 0.999) * power)


def outcome_figure(table: ScoreTable, look: Look, scale: ScoreScale | None = None) -> go.Figure:
    """Goods above and bads below over the score: rows of each bin, pale, and the same strong for what is a mistake.

    Parameters
    ----------
    table : ScoreTable
    look : "light" or "dark"
    scale : ScoreScale, optional
        Of a score from elsewhere, told in its own unit.
    """
    colours = PALETTES[look]
    start, end, width = axis_of(table, scale)
    edges = _edges(table, start, end, width)
    figure = go.Figure(layout={"template": template(look), "barmode": "overlay", "hovermode": "closest"})
    middles = [(left + right) / 2 for left, right in pairwise(edges)]
    widths = [(right - left) * 0.96 for left, right in pairwise(edges)]
    most = {}
    for name, counts, pale, edge, k in (
        ("goods", table.good_at_or_above, colours.series_1_soft, colours.series_1_edge, 0),
        ("bads", table.bad_at_or_above, colours.series_2_soft, colours.series_2_edge, 1),
    ):
        rows = _rows(table, counts, edges)
        # A bin that could not be cut at its round edge is as high as its rows would be at the usual width.
        heights = [n * width / (right - left) for n, left, right in zip(rows, edges, edges[1:], strict=False)]
        base = [0.0] * len(rows) if name == "goods" else [-height for height in heights]
        most[name] = max(heights)
        hover = f"%{{customdata:,}} {name}<extra></extra>"
        bare = {"x": typed(middles), "y": typed(heights), "base": typed(base), "width": typed(widths)}
        figure.add_bar(**bare, name=name, marker=outlined(pale, edge), customdata=rows, hovertemplate=hover)
        strong = outlined(colours.series[k], colours.series_line[k])
        figure.add_bar(**bare, name=f"{name}, mistakes", marker=strong, hoverinfo="skip")
    score_axis(figure, scale, start, end)
    step = _nice(max(most.values(), default=1.0) / 4.5 or 1.0)
    ticks = [k * step for k in range(int(most["goods"] / step) + 1)]
    if most["bads"] > 0.5 * step:
        ticks = [-k * step for k in range(int(most["bads"] / step), 0, -1)] + ticks
    room = 0.12 * (most["goods"] + most["bads"])
    figure.update_yaxes(
        title_text="Rows", tickvals=ticks, ticktext=[f"{abs(tick):,.0f}" for tick in ticks],
        range=[-most["bads"] - 1.4 * room, most["goods"] + 1.2 * room], zeroline=True, zerolinecolor=colours.fig_muted,
    )  # fmt: skip
    figure.update_layout(margin={"t": 24, "r": 16, "b": 44, "l": 60})
    return figure


def _edges(table: ScoreTable, start: float, end: float, width: float) -> list[float]:
    """Edges of the bins: the cut-offs nearest to the round ones, where the counts are exact."""
    wanted = [start + k * width for k in range(round((end - start) / width) + 1)]
    found = sorted({nearest_cutoff(table.cutoffs, edge) for edge in wanted})
    return found if len(found) > 1 else [start, end]


def _rows(table: ScoreTable, counts: Sequence[int], edges: Sequence[float]) -> list[int]:
    """Rows of a class in each bin; the first and the last hold what lies beyond them."""
    above = [at_or_above(counts, table, edge) for edge in edges]
    above[0], above[-1] = counts[0], 0
    return [left - right for left, right in pairwise(above)]


def cutoff_roc(table: ScoreTable, look: Look) -> go.Figure:
    """The ROC curve through every cut-off of the table, with the line of chance."""
    colours = PALETTES[look]
    figure = go.Figure(layout={"template": template(look), "hovermode": "closest"})
    _reference(figure, [0, 1], [0, 1], colours.fig_reference)
    x, y = _shares(table.good_at_or_above), _shares(table.bad_at_or_above)
    _line(
        figure,
        [*x, 0.0],
        [*y, 0.0],
        [*table.cutoffs, 1.0],
        colours.series[0],
        "%{y:.1%} of bads caught<br>%{x:.1%} of goods refused",
    )
    figure.update_xaxes(title_text="Goods refused", range=[0, 1.01], **_SHARES)
    figure.update_yaxes(title_text="Bads caught", range=[0, 1.03], **_SHARES)
    figure.update_layout(margin={"l": 52, "r": 12, "t": 8, "b": 40})
    return figure


def cutoff_precision_recall(table: ScoreTable, look: Look) -> go.Figure:
    """Bads among the refused over bads caught, through every cut-off of the table, with the share of bads among all rows."""
    colours = PALETTES[look]
    figure = go.Figure(layout={"template": template(look), "hovermode": "closest"})
    n_bad, n = table.bad_at_or_above[0], table.bad_at_or_above[0] + table.good_at_or_above[0]
    share = n_bad / n if n else 0.0
    _reference(figure, [0, 1], [share, share], colours.fig_reference)
    refusing = next((i for i in range(len(table.cutoffs)) if not _refused(table, i)), len(table.cutoffs))
    precision = [table.bad_at_or_above[i] / _refused(table, i) for i in range(refusing)]
    _line(
        figure, _shares(table.bad_at_or_above)[:refusing], precision, table.cutoffs[:refusing], colours.series[0],
        "%{y:.1%} of the refused are bad<br>%{x:.1%} of bads caught",
    )  # fmt: skip
    figure.add_annotation(
        x=0, y=share, text=f"all rows {share:.1%}", showarrow=False, xanchor="left", xshift=4,
        yanchor="bottom" if share < 0.9 else "top", font={"size": 11, "color": colours.text_3},
    )  # fmt: skip
    figure.update_xaxes(title_text="Bads caught", range=[0, 1.01], **_SHARES)
    top = max([*precision[: max(refusing - _ENDS, 1)], share]) if precision else 1.0
    if top > _HIGH:
        figure.update_yaxes(title_text="Bad among refused", range=[0, 1.03], **_SHARES)
    else:  # few bads: the curve would lie on the ground
        figure.update_yaxes(title_text="Bad among refused", range=[0, 1.15 * top], tickformat=".1~%", nticks=4)
    figure.update_layout(margin={"l": 52, "r": 12, "t": 8, "b": 40})
    return figure


def _refused(table: ScoreTable, i: int) -> int:
    return table.bad_at_or_above[i] + table.good_at_or_above[i]


def _shares(counts: Sequence[int]) -> list[float]:
    return [n / (counts[0] or 1) for n in counts]


def _reference(figure: go.Figure, x: Sequence[float], y: Sequence[float], colour: str) -> None:
    figure.add_scatter(x=list(x), y=list(y), mode="lines", line={"color": colour, "width": 1, "dash": "dot"}, hoverinfo="skip")


def _line(figure: go.Figure, x: Sequence[float], y: Sequence[float], cutoffs: Sequence[float], colour: str, hover: str) -> None:
    kept = few_points(x, y)
    across, up, at = ([values[i] for i in kept] for values in (x, y, cutoffs))
    figure.add_scatter(
        x=typed(across), y=typed(up), customdata=typed(at), mode="lines", name="judged rows", line={"color": colour, "width": 2},
        hovertemplate=f"cut-off %{{customdata:.3f}}<br>{hover}<extra></extra>",
    )  # fmt: skip


def few_points(x: Sequence[float], y: Sequence[float]) -> list[int]:
    """Positions of the points that a small figure needs: within 5e-4 of the height of the whole curve."""
    import numpy as np  # a web process starts without it

    from pipeline.evaluation.thinning import thinned

    up = np.asarray(y, float)
    low, reach = float(up.min()), float(up.max() - up.min()) or 1.0
    return [int(i) for i in thinned(np.asarray(x, float), (up - low) / reach, also_few=True)]
