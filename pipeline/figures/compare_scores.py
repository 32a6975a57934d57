"""Where the goods and the bads of several runs score, a panel for each run."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import plotly.graph_objects as go

from pipeline.evaluation_results import ScoreTable
from pipeline.figures.bands import number, ticks
from pipeline.figures.compare import Drawn, ink
from pipeline.figures.curves import at_or_above, typed
from pipeline.figures.template import PALETTES, Look, Palette, outlined, plain, shortened, template
from pipeline.results import ScoreScale

_BANDS = 30


Scored = tuple[Drawn, ScoreTable, float, ScoreScale | None]


def distribution_panels(runs: Sequence[Scored], look: Look) -> go.Figure:
    """Where the goods (up) and the bads (down) of each run score, a panel for each with its cut-off.

    Probabilities stand on one axis. A score in units of its own has an axis of its own under its panel, worse to the right.

    Parameters
    ----------
    runs : sequence of (Drawn, ScoreTable, cut-off, scale)
        At most MOST_DRAWN are drawn. The scale is None for probabilities.
    look : "light" or "dark"
    """
    colours = PALETTES[look]
    shown = [one for one in runs if one[0].is_emphasised]
    figure = go.Figure(layout={"template": template(look), "barmode": "overlay", "bargap": 0.08, "hovermode": "x"})
    end = max((_last_score(table) for _, table, _, scale in shown if scale is None), default=1.0)
    chances = [at for at, one in enumerate(shown) if one[3] is None]
    height = 1 / max(len(shown), 1)
    for at, (run, table, cutoff, scale) in enumerate(shown):
        axis, top = _axis(at), 1 - at * height
        own = axis if scale is not None else _axis(chances[0])
        bottom = top - height * (0.86 if scale is None else 0.66)
        place = {"domain": [bottom, top - height * 0.04], "showticklabels": False, "anchor": f"x{own}"}
        figure.update_layout({f"yaxis{axis}": place})
        last = end if scale is None else _last_score(table)
        _bars(figure, table, last, (f"x{own}", f"y{axis}"), colours)
        if scale is not None:
            figure.update_layout({f"xaxis{own}": _in_units(scale, last, f"y{axis}")})
        figure.add_shape(
            type="line", x0=cutoff, x1=cutoff, y0=0, y1=1, xref=f"x{own}", yref=f"y{axis} domain",
            line={"color": colours.fig_ink, "width": 1.5},
        )  # fmt: skip
        figure.add_annotation(
            x=1, y=1, xref="paper", yref=f"y{axis} domain", xanchor="right", yanchor="top", showarrow=False,
            text=f"<b>{run.mark}</b> {shortened(run.name, 26)}", font={"size": 12, "color": ink(run, colours)},
        )  # fmt: skip
    if chances:
        words = {"text": "Predicted probability of bad"}
        figure.update_layout(
            {f"xaxis{_axis(chances[0])}": {"anchor": f"y{_axis(chances[-1])}", "title": words, "range": [0, end]}}
        )
    figure.update_yaxes(zeroline=True, zerolinecolor=colours.fig_muted, zerolinewidth=1, showgrid=False)
    return figure


def _axis(at: int) -> str:
    return "" if at == 0 else str(at + 1)


def _in_units(scale: ScoreScale, end: float, anchor: str) -> dict[str, Any]:
    """An axis of places up to one of them, marked with the scores that stand there."""
    ends = (scale.score(0.0), scale.score(end))
    marks = ticks(min(ends), max(ends))
    return {
        "anchor": anchor,
        "range": [0, end],
        "title": {"text": f"{plain(scale.column)}, worse to the right", "standoff": 2},
        "tickvals": [scale.place(mark) for mark in marks],
        "ticktext": [number(mark) for mark in marks],
    }


def _bars(figure: go.Figure, table: ScoreTable, end: float, axes: tuple[str, str], colours: Palette) -> None:
    edges = [round(end * i / _BANDS, 6) for i in range(_BANDS)]
    for name, counts, at, sign in (
        ("goods", table.good_at_or_above, 0, 1),
        ("bads", table.bad_at_or_above, 1, -1),
    ):
        above = [*(at_or_above(counts, table, edge) for edge in edges), 0]
        shares = [(here - beyond) / (counts[0] or 1) for here, beyond in pairwise(above)]
        figure.add_bar(
            x0=end / _BANDS / 2,
            dx=end / _BANDS,
            y=typed(sign * share for share in shares),
            customdata=typed(shares),
            name=name,
            xaxis=axes[0],
            yaxis=axes[1],
            marker=outlined(colours.series[at], colours.series_line[at]),
            hovertemplate=f"%{{customdata:.1%}} of {name}<extra></extra>",
        )


def _last_score(table: ScoreTable) -> float:
    """The end of an axis that holds nearly all rows: a few high scores do not flatten the rest."""
    n = table.bad_at_or_above[0] + table.good_at_or_above[0]
    both = [bad + good for bad, good in zip(table.bad_at_or_above, table.good_at_or_above, strict=True)]
    found = next((cutoff for cutoff, above in zip(table.cutoffs, both, strict=True) if above <= 0.002 * n), 1.0)
    return min(1.0, max(0.05, -(-found // 0.05) * 0.05))
