"""Cumulative profit: what is earned as more applicants are approved, the best score first."""

import plotly.graph_objects as go

from pipeline.cutoffs.strategy import ProfitCurve
from pipeline.figures.curves import typed
from pipeline.figures.template import PALETTES, Look, plain, template
from pipeline.figures.threshold import few_points


def profit_figure(curve: ProfitCurve, currency: str, look: Look, *, n_rows: int = 1000, per: int = 1000) -> go.Figure:
    """Profit over the share that is approved, with its 95% interval; the last point approves everybody.

    Parameters
    ----------
    curve : ProfitCurve
        Of `n_rows` rows together.
    currency : str
    look : "light" or "dark"
    n_rows, per : int
        The profit is told for so many applicants out of the rows; the same number for the sum over all of them.
    """
    colours, factor = PALETTES[look], per / n_rows if n_rows else 1.0
    figure = go.Figure(layout={"template": template(look), "hovermode": "closest"})
    kept = few_points(curve.approval_rate, curve.profit)
    x = typed(curve.approval_rate[i] for i in kept)
    for name, values, fill in (("high", curve.high, None), ("low", curve.low, "tonexty")):
        ends = [curve.profit[i] if (end := values[i]) is None else end for i in kept]
        figure.add_scatter(
            x=x, y=typed(factor * end for end in ends),
            name=f"95% interval, {name}", mode="lines", line={"color": colours.series_1_edge, "width": 1}, fill=fill,
            fillcolor=colours.fig_band, hoverinfo="skip",
        )  # fmt: skip
    figure.add_scatter(
        x=x, y=typed(curve.profit[i] * factor for i in kept), customdata=typed(curve.cutoffs[i] for i in kept), name="profit",
        mode="lines", line={"color": colours.series[0], "width": 2},
        hovertemplate=f"cut-off %{{customdata:.3f}}<br>%{{y:,.4~s}} {plain(currency)}, %{{x:.1%}} approved<extra></extra>",
    )  # fmt: skip
    figure.add_shape(type="line", x0=0, x1=1, y0=0, y1=0, line={"color": colours.fig_reference, "width": 1, "dash": "dot"})
    unit = f", {plain(currency)}" if currency else ""
    figure.update_xaxes(
        title_text="Approved, best scores first", range=[0, 1.01], tickformat=".0%", tickvals=[0, 0.25, 0.5, 0.75, 1]
    )
    figure.update_yaxes(title_text=f"Profit per {per:,} applicants{unit}" if per != n_rows else f"Profit{unit}", tickformat="~s")
    figure.update_layout(margin={"t": 18, "l": 60})
    return figure
