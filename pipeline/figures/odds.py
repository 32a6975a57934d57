"""What a multiple of the odds makes of a probability."""

import plotly.graph_objects as go

from pipeline.effect_results import times_the_odds
from pipeline.figures.curves import typed
from pipeline.figures.template import PALETTES, Look, template

SHOWN = (0.01, 0.10, 0.50)
_STEPS = 50


def odds_figure(look: Look, *, times: float = 2.0, also: float | None = None) -> go.Figure:
    """The probability before and after, with dots at 1%, 10% and 50%, and at `also` where it is told."""
    colours = PALETTES[look]
    figure = go.Figure(layout={"template": template(look), "hovermode": "closest"})
    x = [i / _STEPS for i in range(_STEPS + 1)]
    figure.add_scatter(
        x=[0, 1], y=[0, 1], mode="lines", line={"color": colours.fig_reference, "width": 1, "dash": "dot"}, hoverinfo="skip"
    )
    figure.add_scatter(
        x=typed(x), y=typed(times_the_odds(p, times) for p in x), mode="lines", name=f"{times:g} × the odds",
        line={"color": colours.series[0], "width": 2}, hovertemplate="%{x:.0%} becomes %{y:.1%}<extra></extra>",
    )  # fmt: skip
    places = [*SHOWN, *([also] if also is not None and all(abs(also - p) > 0.06 for p in SHOWN) else [])]
    after = [times_the_odds(p, times) for p in places]
    figure.add_scatter(
        x=typed(places), y=typed(after), mode="markers+text", name="examples", cliponaxis=False,
        text=[f"{p:.0%} → {share_words(q)}" for p, q in zip(places, after, strict=True)],
        textposition=["middle right", *["bottom right"] * (len(places) - 1)], textfont={"color": colours.text},
        marker={"size": 8, "color": colours.fig_ink}, hovertemplate="%{text}<extra></extra>",
    )  # fmt: skip
    figure.add_annotation(
        x=0.84, y=0.84, text="as before", showarrow=False, xanchor="left", xshift=4, yshift=-12,
        font={"size": 11, "color": colours.text_3},
    )  # fmt: skip
    figure.update_xaxes(title_text="Probability before", range=[0, 1], tickformat=".0%")
    figure.update_yaxes(title_text="After", range=[-0.04, 1.02], tickformat=".0%")
    return figure


def share_words(value: float) -> str:
    """1.98%, 18.2%, 66.7%."""
    return f"{value:.2%}" if value < 0.1 else f"{value:.1%}"
