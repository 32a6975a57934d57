"""How the scores of goods and of bads are spread, out of the score table."""

from bisect import bisect_right
from itertools import pairwise

import plotly.graph_objects as go

from pipeline.cutoffs.decisions import confusion_at
from pipeline.evaluation_results import ScoreTable
from pipeline.figures.curves import at_or_above, cutoff_line, occupied, score_axis, score_text, typed
from pipeline.figures.template import PALETTES, Look, Palette, template
from pipeline.results import ScoreScale

_WIDTHS = (0.05, 0.025, 0.02, 0.01, 0.005)  # whole multiples of 0.005, at which tables count
_FEWEST_BINS = 20
_ROOM = 0.2  # of the width, for words beside the cut-off


def score_edges(table: ScoreTable) -> list[float]:
    """Ascending edges of equal bins over the scores that occur: the widest bins of which there are 20, else the narrowest."""
    low, high = occupied(table)
    width = next((width for width in _WIDTHS if (high - low) / width >= _FEWEST_BINS), _WIDTHS[-1])
    first, last = int(low / width + 1e-9), -int(-(high / width - 1e-9) // 1)
    return [round(i * width, 6) for i in range(first, max(last, first + 1) + 1)]


def score_distribution_figure(table: ScoreTable, cutoff: float, look: Look, *, scale: ScoreScale | None = None) -> go.Figure:
    """Share of all goods (upwards) and of all bads (downwards) in each bin of the score; mistakes at the cut-off are strong.

    Parameters
    ----------
    table : ScoreTable
    cutoff : float
        The bin that it falls into is drawn by the side that its middle is on.
    look : "light" or "dark"
    scale : ScoreScale, optional
        Of a score from elsewhere.
    """
    colours, edges = PALETTES[look], score_edges(table)
    figure = go.Figure(layout={"template": template(look), "barmode": "overlay", "hovermode": "x", "bargap": 0.08})
    middles = [(left + right) / 2 for left, right in pairwise(edges)]
    width = edges[1] - edges[0]
    for name, counts, at, pale, edge, sign in (
        ("goods", table.good_at_or_above, 0, colours.series_1_soft, colours.series_1_edge, 1),
        ("bads", table.bad_at_or_above, 1, colours.series_2_soft, colours.series_2_edge, -1),
    ):
        shares = _shares(counts, table, edges)
        wrong = [(middle >= cutoff) == (name == "goods") for middle in middles]
        figure.add_bar(
            x=typed(middles), y=typed(sign * share for share in shares), width=width * 0.94, name=name, customdata=typed(shares),
            marker={
                "color": [colours.series[at] if mistaken else pale for mistaken in wrong],
                "line": {"width": 1, "color": [colours.series_line[at] if mistaken else edge for mistaken in wrong]},
            },
            hovertemplate=f"%{{customdata:.1%}} of {name}<extra></extra>",
        )  # fmt: skip
    most = max(abs(float(y)) for trace in figure.data for y in trace.y) or 1.0
    low, high = min(edges[0], cutoff), max(edges[-1], cutoff)
    _name_classes(figure, most, colours)
    _name_sides(figure, table, cutoff, (cutoff - low) / (high - low), colours)
    cutoff_line(figure, cutoff, f"cut-off {score_text(cutoff, scale)}", colours)
    score_axis(figure, scale, low, high)
    step = next(step for step in (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0) if most <= 3 * step or step == 1.0)
    held = [i * step for i in range(-3, 4) if abs(i * step) <= most * 1.02]
    figure.update_yaxes(
        title_text="Share of the class", tickvals=held, ticktext=[f"{abs(value):.0%}" for value in held],
        range=[-1.12 * most, 1.3 * most],
        zeroline=True, zerolinecolor=colours.fig_muted, zerolinewidth=1,
    )  # fmt: skip
    figure.update_layout(margin_t=22)
    return figure


def _name_classes(figure: go.Figure, most: float, colours: Palette) -> None:
    """The name of each class at that end where fewer of it are."""
    for trace, ink, y in zip(figure.data, colours.series_ink, (0.5 * most, -0.5 * most), strict=False):
        third = -(-len(trace.y) // 3)
        at_right = abs(sum(trace.y[-third:])) <= abs(sum(trace.y[:third]))
        figure.add_annotation(
            x=1 if at_right else 0, xref="paper", xanchor="right" if at_right else "left", y=y, text=trace.name, showarrow=False,
            font={"size": 12, "color": ink},
        )  # fmt: skip


def _name_sides(figure: go.Figure, table: ScoreTable, cutoff: float, share: float, colours: Palette) -> None:
    """How many are approved and refused, left and right of the cut-off, where there is room."""
    counts = confusion_at(table, cutoff)
    sides = (
        ("right", -6, f"approved {counts.tn + counts.fn:,}", share),
        ("left", 6, f"refused {counts.fp + counts.tp:,}", 1 - share),
    )
    for anchor, shift, words, room in sides:
        if room > _ROOM:
            figure.add_annotation(
                x=cutoff, y=1, yref="paper", yanchor="top", xanchor=anchor, xshift=shift, text=words, showarrow=False,
                font={"size": 12, "color": colours.text_2},
            )  # fmt: skip


def score_distribution_finding(table: ScoreTable, *, scale: ScoreScale | None = None) -> str:
    """`Half of the bads score 0.31 or worse, half of the goods 0.08`: the worst cut-off that half of a class is at or above."""
    n_good, n_bad = table.good_at_or_above[0], table.bad_at_or_above[0]
    if not n_good or not n_bad:
        return "One class is absent"
    bad, good = (score_text(_median(counts, table), scale) for counts in (table.bad_at_or_above, table.good_at_or_above))
    return f"Half of the bads score {bad} or worse, half of the goods {good} or worse"


def _median(counts: tuple[int, ...], table: ScoreTable) -> float:
    return table.cutoffs[bisect_right(counts, -counts[0] / 2, key=lambda n: -n) - 1]


def _shares(counts: tuple[int, ...], table: ScoreTable, edges: list[float]) -> list[float]:
    """Of all rows of a class, those of each bin; the last bin holds its right edge too."""
    above = [at_or_above(counts, table, edge) for edge in edges]
    above[-1] = 0
    return [(left - right) / (counts[0] or 1) for left, right in pairwise(above)]
