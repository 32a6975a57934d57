"""Score bands: the bad rate of each, and its odds against those that the scaling promises. And the sentences that they show."""

import math

import plotly.graph_objects as go

from pipeline.cutoffs.points import ScoreBand, ScoreBands
from pipeline.figures.template import PALETTES, Look, Palette, outlined, template

_SPLIT = 0.44  # share of the height that the odds have


def score_bands_figure(found: ScoreBands, cutoff: float | None, look: Look) -> go.Figure:
    """Bad rates of the bands with Wilson's 95% intervals above, odds on a log scale over their mean points below.

    The predicted bad rate is an open dot, the scaling's own odds a dotted line. `cutoff` is in points. Bands with too few rows
    are left out, and those without a bad have no odds.
    """
    colours = PALETTES[look]
    figure = go.Figure(layout={"template": template(look), "hovermode": "closest", "bargap": 0.08})
    known = [band for band in found.bands if band.bad_rate is not None and band.mean_points is not None]
    known.reverse()
    if known:
        _rates(figure, known, found.width, colours)
        _odds(figure, [band for band in known if band.odds is not None], colours)
        _promised(figure, found, known, colours)
    if cutoff is not None:
        figure.add_shape(
            type="line", x0=cutoff, x1=cutoff, y0=0, y1=1, yref="paper", line={"color": colours.fig_ink, "width": 1.5}
        )
        figure.add_annotation(
            x=cutoff, y=1, yref="paper", text=f"cut-off {cutoff:.1f}", showarrow=False, yanchor="bottom", xanchor="center",
            font={"size": 11, "color": colours.text},
        )  # fmt: skip
    tops = [min(band.ci_high or 0, 2.5 * max(band.bad_rate or 0, band.mean_probability or 0)) for band in known]
    rates = {"title": {"text": "Bad rate"}, "tickformat": ".0%", "range": [0, min(1.0, 1.08 * max([*tops, 0.02]))]}
    figure.update_layout(
        xaxis={"title": {"text": "Points, higher is better"}, "anchor": "y2", "tickformat": "d"},
        yaxis={**rates, "domain": [_SPLIT + 0.1, 1]},
        yaxis2={**_odds_axis(known), "domain": [0, _SPLIT], "showgrid": True, "gridcolor": colours.fig_grid},
        margin={"t": 24},
    )
    return figure


def score_bands_finding(found: ScoreBands, slope: float | None) -> str:
    """`The odds double every 23 points; the scale promises 20`: the slope of the log-odds is what the doubling hangs on."""
    if slope is None or slope <= 0:
        best = next((band for band in found.bands if band.bad_rate is not None), None)
        if best is None:
            return f"{found.n_rows:,} rows in bands of {found.width:,} points"
        return f"Of {best.name} points, {best.bad_rate:.1%} go bad"
    doubling, promised = found.scaling.pdo / slope, found.scaling.pdo
    if f"{doubling:.3g}" == f"{promised:.3g}":
        return f"The odds double every {promised:.3g} points, as the scale promises"
    return f"The odds double every {doubling:.3g} points; the scale promises {promised:.3g}"


def _middle(band: ScoreBand, width: int) -> float:
    """Of the points that round into the band; an open one is drawn as wide as the others."""
    low = band.low if band.low is not None else (band.high or 0) - width
    return low + (width - 1) / 2


def _rates(figure: go.Figure, known: list[ScoreBand], width: int, colours: Palette) -> None:
    points = [_middle(band, width) for band in known]
    figure.add_bar(
        x=points,
        y=[band.bad_rate for band in known],
        width=0.85 * width,
        marker=outlined(colours.series_2_soft, colours.series_2_edge),
        error_y={
            "type": "data",
            "symmetric": False,
            "array": [(band.ci_high or 0) - (band.bad_rate or 0) for band in known],
            "arrayminus": [(band.bad_rate or 0) - (band.ci_low or 0) for band in known],
            "color": colours.series_ink[1],
            "thickness": 1.5,
            "width": 0,
        },
        customdata=[[band.name, band.n_rows, band.n_bad, band.ci_low, band.ci_high] for band in known],
        name="bad rate",
        hovertemplate="%{customdata[0]}: %{y:.1%} bad (95% interval %{customdata[3]:.1%} to %{customdata[4]:.1%})"
        "<br>%{customdata[2]:,} of %{customdata[1]:,} rows<extra></extra>",
    )
    figure.add_scatter(
        x=points,
        y=[band.mean_probability for band in known],
        mode="markers",
        marker={"size": 7, "color": colours.surface, "line": {"color": colours.fig_ink, "width": 1.5}},
        cliponaxis=False,
        customdata=[band.name for band in known],
        name="predicted",
        hovertemplate="%{customdata}: %{y:.1%} predicted<extra></extra>",
    )
    figure.add_annotation(  # at the better end, where the bars are low
        x=1, xref="paper", xanchor="right", y=1, yref="y domain", yanchor="top", text="○ predicted", showarrow=False,
        font={"size": 11, "color": colours.text_2},
    )  # fmt: skip


def _odds(figure: go.Figure, known: list[ScoreBand], colours: Palette) -> None:
    odds = [band.odds or 0.0 for band in known]
    ends = [(odds_of(band.ci_high), odds_of(band.ci_low)) for band in known]
    figure.add_scatter(
        x=[band.mean_points for band in known],
        y=odds,
        yaxis="y2",
        mode="markers",
        marker={"size": 7, "color": colours.series[0]},
        error_y={
            "type": "data",
            "symmetric": False,
            "array": [(high if high is not None else value) - value for value, (_, high) in zip(odds, ends, strict=True)],
            "arrayminus": [value - (low if low is not None else value) for value, (low, _) in zip(odds, ends, strict=True)],
            "color": colours.series[0],
            "thickness": 1.5,
            "width": 0,
        },
        customdata=[[band.name, band.n_good, band.n_bad] for band in known],
        name="odds",
        hovertemplate="%{customdata[0]}: %{y:.3g} goods to one bad"
        "<br>%{customdata[1]:,} goods, %{customdata[2]:,} bads<extra></extra>",
    )


def _promised(figure: go.Figure, found: ScoreBands, known: list[ScoreBand], colours: Palette) -> None:
    ends = [known[0].mean_points or 0.0, known[-1].mean_points or 0.0]
    figure.add_scatter(
        x=ends,
        y=[found.scaling.odds(at) for at in ends],
        yaxis="y2",
        mode="lines+text",
        line={"color": colours.fig_ink, "width": 1, "dash": "dot"},
        text=["", "promised "],
        textposition="top left",
        cliponaxis=False,
        textfont={"size": 11, "color": colours.text_2},
        name="promised",
        hoverinfo="skip",
    )


def odds_of(probability: float | None) -> float | None:
    """Goods to one bad; null for what has no odds."""
    return None if probability is None or not 0 < probability < 1 else (1 - probability) / probability


def _odds_axis(known: list[ScoreBand]) -> dict[str, object]:
    """A log axis whose marks are 1, 2, 5 and their tens and tenths, at most six of them."""
    odds = [value for band in known for value in (band.odds, odds_of(band.ci_high), odds_of(band.mean_probability)) if value]
    low, high = (min(odds), max(odds)) if odds else (1.0, 10.0)
    marks = [factor * 10.0**power for power in range(-6, 7) for factor in (1, 2, 5)]
    inside = [mark for mark in marks if low / 1.5 <= mark <= high * 1.5]
    if len(inside) > 6:
        tens = [mark for mark in inside if math.isclose(math.log10(mark), round(math.log10(mark)))]
        inside = tens if len(tens) > 1 else inside[:: -(-len(inside) // 6)]
    return {
        "title": {"text": "Goods to one bad"},
        "type": "log",
        "range": [math.log10(low / 1.6), math.log10(high * 2)],
        "tickvals": inside,
        "ticktext": [f"{mark:,.0f}" if mark >= 1 else f"{mark:g}" for mark in inside],
    }
