"""Which values are missing together: one row for each pattern of gaps."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from pipeline.figures.template import PALETTES, Look, shortened, template
from pipeline.profiling.results import MissingPattern

_MOST_COLUMNS = 60
_LEAST_COLUMNS = 6  # the width that a few columns leave free, so that cells stay cells


def missingness_figure(patterns: Sequence[MissingPattern], names: Sequence[str], n_rows: int, look: Look) -> go.Figure:
    """Columns against patterns of gaps, the most frequent pattern on top; a filled cell is missing in all rows of its pattern.

    Parameters
    ----------
    patterns : sequence of MissingPattern
        Most frequent first.
    names : sequence of str
        The table's columns in their order; those without a gap in any pattern are not drawn.
    n_rows : int
        Rows of the table, for the shares.
    look : "light" or "dark"
        Which template.
    """
    colours = PALETTES[look]
    gaps = {name for pattern in patterns for name in pattern.columns}
    drawn = [name for name in names if name in gaps][:_MOST_COLUMNS]
    cells = np.asarray([[name in pattern.columns for name in drawn] for pattern in patterns], dtype=np.uint8)
    words = [f"{pattern.n_rows:,} rows · {pattern.n_rows / n_rows:.1%}" if n_rows else "" for pattern in patterns]
    figure = go.Figure(layout={"template": template(look), "hovermode": "closest"})
    figure.add_heatmap(
        x=drawn, y=np.arange(len(patterns)), z=cells, zmin=0, zmax=1, showscale=False, xgap=2, ygap=2,
        colorscale=[[0.0, colours.line], [1.0, colours.series[0]]], name="missing (1) or not (0)",
        customdata=np.repeat(np.asarray([[pattern.n_rows] for pattern in patterns]), max(len(drawn), 1), axis=1),
        hovertemplate="%{x}<br>in %{customdata:,} rows: missing = %{z}<extra></extra>",
    )  # fmt: skip
    figure.update_xaxes(
        type="category", side="top", showline=False, ticks="", tickangle=-35 if len(drawn) > 1 else 0, tickvals=drawn,
        ticktext=[shortened(name) for name in drawn], range=[-0.5, max(len(drawn), _LEAST_COLUMNS) - 0.5],
    )  # fmt: skip
    figure.update_yaxes(autorange="reversed", showgrid=False, tickmode="array", tickvals=np.arange(len(patterns)), ticktext=words)
    return figure
