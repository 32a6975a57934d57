"""Treatments of imbalance side by side: the reliability curve of each, before and after the correction."""

from collections.abc import Sequence

import plotly.graph_objects as go

from pipeline.evaluation_results import Calibration
from pipeline.figures.template import PALETTES, Look, Palette, plain, template
from pipeline.study_results import Treatment

_HOVER = "predicted %{x:.1%}, came %{y:.1%}<br>%{customdata[0]:,} rows, interval %{customdata[1]:.1%} to %{customdata[2]:.1%}"
_GAP = 0.03


def reliability_figure(treatments: Sequence[Treatment], look: Look, *, columns: int = 5) -> go.Figure:
    """A panel for each treatment, all on one scale: share of bads in bands of rows over their mean predicted probability.

    Strong: probabilities corrected for the changed prior, with Wilson's 95% intervals. Grey: as fitted. A point on the dotted
    line came as predicted. `columns` panels stand beside each other.
    """
    colours = PALETTES[look]
    figure = go.Figure(layout={"template": template(look), "hovermode": "closest", "margin": {"t": 28}})
    end = 1.02 * max(
        (
            value
            for one in treatments
            for found in (one.calibration, one.calibration_before)
            if found is not None
            for band in found.bands
            for value in (band.mean_probability, band.ci_high)
        ),
        default=1.0,
    )
    n_rows = -(-len(treatments) // columns)
    for at, one in enumerate(treatments):
        axes = _axes(figure, at, columns, n_rows, end, colours)
        figure.add_scatter(
            x=[0, end], y=[0, end], mode="lines", hoverinfo="skip",
            line={"color": colours.fig_reference, "width": 1, "dash": "dot"}, **axes,
        )  # fmt: skip
        if one.calibration_before is not None:
            _curve(figure, one.calibration_before, "as fitted", colours.fig_reference, axes, intervals=False)
        _curve(figure, one.calibration, "corrected", colours.series[0], axes, intervals=True)
        figure.add_annotation(
            x=0, y=1, xref=f"{axes['xaxis']} domain", yref=f"{axes['yaxis']} domain", xanchor="left", yanchor="bottom",
            text=plain(one.label), showarrow=False, font={"size": 12, "color": colours.text},
        )  # fmt: skip
    return figure


def _axes(figure: go.Figure, at: int, columns: int, n_rows: int, end: float, colours: Palette) -> dict[str, str]:
    """The panel's axes; only the first of a line and the last line carry numbers."""
    row, column = divmod(at, columns)
    width, height = (1 - _GAP * (columns - 1)) / columns, (1 - 0.16 * (n_rows - 1)) / n_rows
    left, bottom = column * (width + _GAP), 1 - (row + 1) * height - row * 0.16
    name = "" if at == 0 else str(at + 1)
    figure.update_layout(
        {
            f"xaxis{name}": {
                "domain": [left, left + width], "anchor": f"y{name}", "range": [0, end], "tickformat": ".0%", "nticks": 4,
                "title": {"text": "predicted" if row == n_rows - 1 else ""},
            },
            f"yaxis{name}": {
                "domain": [bottom, bottom + height], "anchor": f"x{name}", "range": [0, end], "tickformat": ".0%", "nticks": 4,
                "showticklabels": column == 0, "title": {"text": "came" if column == 0 else ""},
            },
        }
    )  # fmt: skip
    return {"xaxis": f"x{name}", "yaxis": f"y{name}"}


def _curve(figure: go.Figure, found: Calibration, name: str, colour: str, axes: dict[str, str], *, intervals: bool) -> None:
    rates = [band.bad_rate for band in found.bands]
    error = {
        "type": "data",
        "array": [band.ci_high - band.bad_rate for band in found.bands],
        "arrayminus": [band.bad_rate - band.ci_low for band in found.bands],
        "width": 0,
        "thickness": 1,
    }
    figure.add_scatter(
        x=[band.mean_probability for band in found.bands],
        y=rates,
        mode="lines+markers",
        name=name,
        line={"color": colour, "width": 1.5},
        marker={"size": 5, "color": colour},
        customdata=[[band.n_rows, band.ci_low, band.ci_high] for band in found.bands],
        hovertemplate=f"{name}: {_HOVER}<extra></extra>",
        **({"error_y": error} if intervals else {}),
        **axes,
    )
