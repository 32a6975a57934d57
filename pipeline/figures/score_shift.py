"""How the scores of newer rows are spread over the bands of a reference."""

import plotly.graph_objects as go

from pipeline.figures.curves import score_text
from pipeline.figures.template import PALETTES, Look, outlined, plain, template
from pipeline.pairing_results import ShiftBand
from pipeline.results import ScoreScale


def score_shift_figure(bands: tuple[ShiftBand, ...], names: tuple[str, str], scale: ScoreScale | None, look: Look) -> go.Figure:
    """Shares of the reference's rows (grey) and of the newer rows (blue) in each band, side by side.

    Parameters
    ----------
    bands : tuple of ShiftBand
        Ascending.
    names : (str, str)
        What the two are called.
    scale : ScoreScale or None
        Of a score that is no probability: bands are told in its units, the best score first; None for probabilities.
    look : "light" or "dark"
    """
    colours = PALETTES[look]
    labels = [f"{_end(band.low, scale)} to {_end(band.high, scale)}" for band in bands]
    axis = "Probability of bad, lower end of the band" if scale is None else f"{scale.column}, better end of the band"
    figure = go.Figure(layout={"template": template(look), "barmode": "group", "bargap": 0.25, "bargroupgap": 0.04})
    counted = ([band.n_reference for band in bands], [band.n_newer for band in bands])
    tones = ((colours.fig_muted, colours.fig_reference), (colours.series[0], colours.series_line[0]))
    for name, tone, rows in zip(names, tones, counted, strict=True):
        figure.add_bar(
            x=labels, y=[n / sum(rows) if sum(rows) else None for n in rows], name=name, marker=outlined(*tone), customdata=rows,
            hovertemplate="%{x}<br>%{y:.1%} of rows (%{customdata:,})<extra>" + plain(name) + "</extra>",
        )  # fmt: skip
    figure.update_xaxes(
        type="category",
        title_text=plain(axis),
        tickmode="array",
        tickvals=labels,
        ticktext=[f"{band.low:.2f}" if scale is None else score_text(band.low, scale) for band in bands],
    )
    figure.update_yaxes(title_text="Share of rows", tickformat=".0%", rangemode="tozero", nticks=5)
    return figure


def _end(place: float, scale: ScoreScale | None) -> str:
    return f"{place:.3f}" if scale is None else score_text(place, scale)
