"""Where the goods and the bads of several runs score, a panel for each run on one axis."""

from collections.abc import Sequence
from itertools import pairwise

import plotly.graph_objects as go

from pipeline.evaluation_results import ScoreTable
from pipeline.figures.compare import Drawn, ink
from pipeline.figures.curves import at_or_above, typed
from pipeline.figures.template import PALETTES, Look, Palette, shortened, template

_BANDS = 30


def distribution_panels(runs: Sequence[tuple[Drawn, ScoreTable, float]], look: Look) -> go.Figure:
    """Where the goods (up) and the bads (down) of each run score, a panel for each on one axis, with its cut-off.

    Parameters
    ----------
    runs : sequence of (Drawn, ScoreTable, cut-off)
        At most MOST_DRAWN are drawn.
    look : "light" or "dark"
    """
    colours = PALETTES[look]
    shown = [one for one in runs if one[0].is_emphasised]
    figure = go.Figure(layout={"template": template(look), "barmode": "overlay", "bargap": 0.08, "hovermode": "x"})
    end = max((_last_score(table) for _, table, _ in shown), default=1.0)
    height = 1 / max(len(shown), 1)
    for at, (run, table, cutoff) in enumerate(shown):
        axis = "" if at == 0 else str(at + 1)
        top = 1 - at * height
        figure.update_layout({f"yaxis{axis}": {"domain": [top - height * 0.86, top - height * 0.04], "showticklabels": False}})
        _bars(figure, table, end, f"y{axis}", colours)
        figure.add_shape(
            type="line", x0=cutoff, x1=cutoff, y0=0, y1=1, xref="x", yref=f"y{axis} domain",
            line={"color": colours.fig_ink, "width": 1.5},
        )  # fmt: skip
        figure.add_annotation(
            x=1, y=1, xref="paper", yref=f"y{axis} domain", xanchor="right", yanchor="top", showarrow=False,
            text=f"<b>{run.mark}</b> {shortened(run.name, 26)}", font={"size": 12, "color": ink(run, colours)},
        )  # fmt: skip
    figure.update_layout(xaxis={"anchor": f"y{len(shown)}" if len(shown) > 1 else "y"})
    figure.update_xaxes(title_text="Score, worse to the right", range=[0, end])
    figure.update_yaxes(zeroline=True, zerolinecolor=colours.fig_muted, zerolinewidth=1, showgrid=False)
    return figure


def _bars(figure: go.Figure, table: ScoreTable, end: float, axis: str, colours: Palette) -> None:
    edges = [round(end * i / _BANDS, 6) for i in range(_BANDS)]
    for name, counts, colour, sign in (
        ("goods", table.good_at_or_above, colours.series[0], 1),
        ("bads", table.bad_at_or_above, colours.series[1], -1),
    ):
        above = [*(at_or_above(counts, table, edge) for edge in edges), 0]
        shares = [(here - beyond) / (counts[0] or 1) for here, beyond in pairwise(above)]
        figure.add_bar(
            x0=end / _BANDS / 2,
            dx=end / _BANDS,
            y=typed(sign * share for share in shares),
            customdata=typed(shares),
            name=name,
            yaxis=axis,
            marker={"color": colour},
            hovertemplate=f"%{{customdata:.1%}} of {name}<extra></extra>",
        )


def _last_score(table: ScoreTable) -> float:
    """The end of an axis that holds nearly all rows: a few high scores do not flatten the rest."""
    n = table.bad_at_or_above[0] + table.good_at_or_above[0]
    both = [bad + good for bad, good in zip(table.bad_at_or_above, table.good_at_or_above, strict=True)]
    found = next((cutoff for cutoff, above in zip(table.cutoffs, both, strict=True) if above <= 0.002 * n), 1.0)
    return min(1.0, max(0.05, -(-found // 0.05) * 0.05))
