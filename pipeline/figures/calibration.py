"""The reliability curve: what was predicted against what came, before and after the correction for a changed prior."""

import plotly.graph_objects as go

from pipeline.evaluation_results import BrierParts, Calibration, CalibrationBand, HosmerLemeshow
from pipeline.figures.template import PALETTES, Look, plain, template

_HOVER = (
    "predicted %{x:.1%}, came %{y:.1%}<br>95%% interval %{customdata[1]:.1%} to %{customdata[2]:.1%}, %{customdata[0]:,} rows"
)
_FEW = 20  # rows of a class, fewer than which fill no groups


def calibration_figure(
    after: Calibration, before: Calibration | None, look: Look, *, words: tuple[str, str] = ("corrected", "as fitted")
) -> go.Figure:
    """Share of bads in bands of rows over their mean predicted probability, with Wilson's 95% intervals.

    `after` is drawn strong and `before`, of the same rows, pale; `words` are what the two are called where both stand. Bands
    with too few rows beside the others are left out.
    """
    colours = PALETTES[look]
    figure = go.Figure(layout={"template": template(look), "hovermode": "closest"})
    end = _end(after, before)
    figure.add_scatter(
        x=[0, end], y=[0, end], mode="lines", line={"color": colours.fig_reference, "width": 1, "dash": "dot"}, hoverinfo="skip"
    )
    if before is not None:
        _curve(figure, before, words[1], colours.fig_reference, colours.text_3, labelled=True)
    _curve(figure, after, words[0], colours.series[0], colours.series_1_ink, labelled=before is not None)
    at = _free_place(after, before, end)
    figure.add_annotation(
        x=at, y=at, text="as predicted", showarrow=False, xanchor="left", xshift=8, yshift=-10, textangle=0,
        font={"size": 11, "color": colours.text_3},
    )  # fmt: skip
    figure.update_xaxes(title_text="Predicted probability of bad, mean of the band", range=[0, end * 1.02], tickformat=".0%")
    figure.update_yaxes(title_text="Bads that came", range=[0, end * 1.02], tickformat=".0%")
    return figure


def calibration_finding(found: Calibration) -> str:
    """`96 bads were expected and 90 came`, and whether that is chance; where it is, whether the slope is wrong."""
    told = f"{found.expected_bad:,.0f} bads were expected and {found.n_bad:,} came"
    if found.level:
        return f"{told}: the predicted chances are too {'high' if found.level > 0 else 'low'}"
    if found.spread:
        return f"{told}: right on the whole, but the chances are {_SPREAD[found.spread]}"
    return f"{told}: right but for chance"


def slope_text(found: Calibration) -> str:
    """`Calibration slope 0.90 (95% interval 0.71 to 1.09)`, and what it means."""
    if found.slope is None:
        return "The calibration slope cannot be estimated on these rows."
    told = f"Calibration slope {found.slope:.2f}"
    if found.slope_low is None or found.slope_high is None:
        return f"{told}; 1 is right."
    told += f" (95% interval {found.slope_low:.2f} to {found.slope_high:.2f}); 1 is right"
    side = "below" if found.spread > 0 else "above"
    return f"{told}, {side} 1 the chances are {_SPREAD[found.spread]}." if found.spread else f"{told}."


_SPREAD = {1: "too far apart", -1: "too close together"}


def brier_words(parts: BrierParts, fewest: int) -> str:
    """`The Brier score is 0.160: groups of the score tell 25% of the uncertainty, chances that are off lose 2.0%`.

    `fewest` are the rows of the smaller class; of few, groups of a row or two would seem to tell nearly everything.
    """
    told = f"The Brier score is {parts.score:.3f}"
    if not parts.uncertainty:
        return told
    if fewest < _FEW:
        return f"{told}; {fewest} of a class are too few to divide it among groups"
    resolved, lost = parts.resolution / parts.uncertainty, parts.reliability / parts.uncertainty
    off = f"{lost:.1%}" if lost >= 0.0005 else "next to nothing"
    return f"{told}: groups of the score tell {resolved:.0%} of the uncertainty, chances that are off lose {off}"


def hosmer_lemeshow_words(found: HosmerLemeshow) -> str:
    """The test with its degrees of freedom and where they come from, and what it says."""
    p = "under 0.001" if found.p_value < 0.001 else f"{found.p_value:.3f}"
    freedom = (
        f"the {found.n_groups} groups less 2, on rows of the fit"
        if found.df < found.n_groups
        else "as many as groups, on rows that the fit did not see"
    )
    told = f"χ² is {found.statistic:.1f} on {found.df} degrees of freedom ({freedom}), p {p}: "
    told += "further from what was expected than chance goes." if found.p_value < 0.05 else "no further off than chance goes."
    if found.n_few:
        told += f" {found.n_few} of {found.n_groups} groups expect fewer than 5 bads or goods, so the p-value is rough."
    return told + " With many rows it finds differences that matter to nobody, with few it finds none: look at the curve."


def _end(after: Calibration, before: Calibration | None) -> float:
    """The end of both axes: all points, and the intervals as far as they help."""
    tops = [0.05]
    for found in (after, before):
        for band in found.bands if found is not None else ():
            if found is not None and too_few(found, band):
                continue
            tops += [band.mean_probability, min(band.ci_high, 2 * max(band.bad_rate, band.mean_probability))]
    return min(1.0, max(tops))


def _free_place(after: Calibration, before: Calibration | None, end: float) -> float:
    """Where on the dotted line words right below it are furthest from what is drawn."""
    drawn = [(band.mean_probability, band.bad_rate) for found in (after, before) if found is not None for band in found.bands]

    def room(at: float) -> float:
        return min((abs(at + 0.08 * end - x) + 2 * abs(at - 0.05 * end - y) for x, y in drawn), default=0.0)

    return max((share * end for share in (0.85, 0.7, 0.55, 0.4, 0.25)), key=room)


def too_few(found: Calibration, band: CalibrationBand) -> bool:
    """Whether a band has less than a fifth of the rows of an even share: ties of the score can leave a few rows between them."""
    return band.n_rows * len(found.bands) * 5 < found.n_rows


def _curve(figure: go.Figure, found: Calibration, name: str, colour: str, ink: str, *, labelled: bool) -> None:
    bands = [band for band in found.bands if not too_few(found, band)]
    texts = [""] * len(bands)
    if labelled and bands:
        texts[-1] = f" {plain(name)}"
    figure.add_scatter(
        x=[band.mean_probability for band in bands],
        y=[band.bad_rate for band in bands],
        error_y={
            "type": "data",
            "symmetric": False,
            "array": [band.ci_high - band.bad_rate for band in bands],
            "arrayminus": [band.bad_rate - band.ci_low for band in bands],
            "color": colour,
            "thickness": 1,
            "width": 0,
        },
        customdata=[[band.n_rows, band.ci_low, band.ci_high] for band in bands],
        mode="lines+markers+text" if labelled else "lines+markers",
        line={"color": colour, "width": 1.5},
        marker={"size": 7, "color": colour},
        text=texts,
        textposition="top left",
        textfont={"color": ink},
        cliponaxis=False,
        name=name,
        hovertemplate=f"{plain(name)}: {_HOVER}<extra></extra>",
    )
