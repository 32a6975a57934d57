"""Cumulative gains above lift, band by band from the worst score to the best."""

from collections.abc import Sequence

import plotly.graph_objects as go

from pipeline.evaluation_results import Confusion, GainsBand
from pipeline.figures.curves import UNIT, mark_cutoff, share_axis, shares_figure, typed, units
from pipeline.figures.template import PALETTES, Look

_TOP, _BOTTOM = [0.44, 1.0], [0.0, 0.3]


def gains_figure(bands: Sequence[GainsBand], confusion: Confusion, words: str, look: Look) -> go.Figure:
    """Share of bads caught over the share of rows taken from the worst score down; under it each band's bad rate against all.

    Parameters
    ----------
    bands : sequence of GainsBand
        The worst first.
    confusion : Confusion
        Of the same rows, at the run's cut-off.
    words : str
        The cut-off, as it stands beside its dot.
    look : "light" or "dark"
    """
    colours, figure = PALETTES[look], shares_figure(look)
    n, n_bad = bands[-1].cumulative_rows, bands[-1].cumulative_bad
    figure.add_scatter(
        x=[0, UNIT], y=[0, UNIT], mode="lines", line={"color": colours.fig_reference, "width": 1, "dash": "dot"}, hoverinfo="skip"
    )
    figure.add_scatter(
        x=units([0, *(band.cumulative_rows / n for band in bands)]),
        y=units([0, *(band.cumulative_bad / n_bad for band in bands)]),
        mode="lines+markers", name="bads caught", line={"color": colours.series[0], "width": 2},
        marker={"size": 6, "color": colours.series[0]},
        hovertemplate="the worst %{x:,} of 10,000 rows hold %{y:,} of 10,000 bads<extra></extra>",
    )  # fmt: skip
    refused = confusion.tp + confusion.fp
    hover = "of 10,000 rows %{x:,} are refused<br>of 10,000 bads %{y:,} are caught"
    mark_cutoff(figure, refused / n, confusion.tp / n_bad, words, colours, hover)
    lifts = [lift(band.n_bad, band.n_rows, n_bad, n) for band in bands]
    figure.add_bar(
        x=units((band.cumulative_rows - band.n_rows / 2) / n for band in bands),
        width=units(0.94 * band.n_rows / n for band in bands),
        y=typed(lifts), yaxis="y2", name="lift", marker={"color": colours.series[0]},
        customdata=[[band.n_bad, band.n_rows] for band in bands],
        hovertemplate="%{y:.2f} times the bad rate of all rows<br>%{customdata[0]:,} bad of %{customdata[1]:,}<extra></extra>",
    )  # fmt: skip
    figure.add_shape(
        type="line", xref="paper", x0=0, x1=1, yref="y2", y0=1, y1=1, line={"color": colours.text_3, "width": 1, "dash": "dot"}
    )
    figure.add_annotation(
        x=UNIT, y=1, yref="y2", text="all rows", showarrow=False, xanchor="right", yanchor="bottom",
        font={"size": 11, "color": colours.text_3},
    )  # fmt: skip
    figure.add_annotation(
        x=0.68 * UNIT, y=0.68 * UNIT, text="by chance", showarrow=False, xanchor="left", yanchor="top", xshift=4,
        font={"size": 11, "color": colours.text_3},
    )  # fmt: skip
    figure.update_xaxes(share_axis("Rows, the worst score first", most=1.005), anchor="y2")
    figure.update_layout(
        yaxis={**share_axis("Bads caught", most=1.02), "domain": _TOP},
        yaxis2={
            "domain": _BOTTOM, "title_text": "Lift", "range": [0, 1.1 * max(*lifts, 1.0)], "nticks": 4, "anchor": "x",
            "gridcolor": colours.fig_grid, "zeroline": False,
        },
    )  # fmt: skip
    return figure


def lift(n_bad: int, n_rows: int, all_bad: int, all_rows: int) -> float:
    """The bad rate of some rows as a multiple of that of all."""
    return n_bad * all_rows / (n_rows * all_bad)


def gains_finding(bands: Sequence[GainsBand]) -> str:
    """`The worst 20% of rows hold 55% of the bads, 2.7 times their share`: at the band that ends nearest to a fifth."""
    n, n_bad = bands[-1].cumulative_rows, bands[-1].cumulative_bad
    band = min(bands, key=lambda one: abs(one.cumulative_rows / n - 0.2))
    rows, caught = band.cumulative_rows / n, band.cumulative_bad / n_bad
    return f"The worst {rows:.0%} of rows hold {caught:.0%} of the bads, {caught / rows:.1f} times their share"
