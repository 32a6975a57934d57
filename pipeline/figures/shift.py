"""How one column is spread in two tables: the share of rows in each band."""

import numpy as np
import plotly.graph_objects as go

from pipeline.figures.template import PALETTES, Look, outlined, plain, shortened, template
from pipeline.profiling.results import Shift


def shift_figure(shift: Shift, names: tuple[str, str], look: Look) -> go.Figure:
    """Shares of the reference (grey) and of the other table (blue) in the reference's bands, side by side.

    Parameters
    ----------
    shift : Shift
        One column of a comparison.
    names : (str, str)
        What the reference and the other table are called.
    look : "light" or "dark"
        Which template.
    """
    colours = PALETTES[look]
    labels = [label for label, _, _ in shift.bands]
    figure = go.Figure(layout={"template": template(look), "barmode": "group", "bargap": 0.25, "bargroupgap": 0.04})
    tones = ((colours.fig_muted, colours.fig_reference), (colours.series[0], colours.series_line[0]))
    for at, (name, tone) in enumerate(zip(names, tones, strict=True), start=1):
        rows = np.asarray([band[at] for band in shift.bands], dtype=np.int64)
        figure.add_bar(
            x=labels, y=shares(rows), name=name, marker=outlined(*tone), customdata=rows,
            hovertemplate="%{x}<br>%{y:.1%} of rows (%{customdata:,})<extra>" + plain(name) + "</extra>",
        )  # fmt: skip
    figure.update_xaxes(
        type="category",
        title_text=plain(f"{shift.name}, first day" if shift.kind == "date" else shift.name),
        tickmode="array",
        tickvals=labels,
        ticktext=[shortened(label.split(" to ")[0] if shift.kind == "date" else label) for label in labels],
    )
    figure.update_yaxes(title_text="Share of rows", tickformat=".0%", rangemode="tozero", nticks=5)
    return figure


def shares(rows: np.ndarray[tuple[int], np.dtype[np.int64]]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Counts as shares of their sum; NaN where there are no rows."""
    total = rows.sum()
    return rows / total if total else np.full(len(rows), np.nan)
