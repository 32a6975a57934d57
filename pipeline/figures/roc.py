"""The ROC curve, and the sentence that it shows."""

import plotly.graph_objects as go

from pipeline.figures.template import PALETTES, Look, template
from pipeline.results import Confusion, RocCurve

_NEAR_THE_AXIS = 0.08
_HOVER = "%{y:.1%} of bads caught<br>%{x:.1%} of goods refused"


def roc_figure(held_out: RocCurve | None, training: RocCurve, confusion: Confusion, cutoff: float, look: Look) -> go.Figure:
    """Share of bads caught over share of goods refused, with the run's cut-off marked.

    The held-out curve is drawn strong and the training curve pale; without held-out rows the training curve stands alone and
    is labelled as such. `confusion` is of the rows of the strong curve, at `cutoff`.
    """
    colours = PALETTES[look]
    figure = go.Figure(layout={"template": template(look), "hovermode": "closest"})
    figure.add_scatter(
        x=[0, 1],
        y=[0, 1],
        mode="lines",
        line={"color": colours.fig_muted, "width": 1, "dash": "dot"},
        hoverinfo="skip",
    )
    if held_out is not None:
        _curve(figure, training, "training", colours.fig_muted, 1.0)
    _curve(figure, held_out or training, "held out" if held_out else "training", colours.series[0], 2.0)
    refused_goods, caught_bads = rates(confusion)
    if refused_goods is not None and caught_bads is not None:
        figure.add_scatter(
            x=[refused_goods],
            y=[caught_bads],
            mode="markers+text",
            marker={"size": 9, "color": colours.fig_ink, "line": {"width": 2, "color": colours.surface}},
            text=[f"cut-off {cutoff:.2f}"],
            textposition="bottom right" if caught_bads > _NEAR_THE_AXIS else "middle right",
            cliponaxis=False,
            textfont={"color": colours.text},
            hovertemplate=f"{_HOVER}<extra></extra>",
        )
    figure.add_annotation(
        x=0.62, y=0.62, text="chance", showarrow=False, xshift=14, yshift=-12, font={"size": 11, "color": colours.text_3}
    )
    figure.update_xaxes(title_text="Goods refused", range=[0, 1.005], tickformat=".0%", tickvals=[0, 0.25, 0.5, 0.75, 1])
    figure.update_yaxes(title_text="Bads caught", range=[0, 1.01], tickformat=".0%", tickvals=[0, 0.25, 0.5, 0.75, 1])
    return figure


def rates(confusion: Confusion) -> tuple[float | None, float | None]:
    """(share of goods refused, share of bads caught); None where there are no goods or no bads."""
    goods, bads = confusion.tn + confusion.fp, confusion.fn + confusion.tp
    return (confusion.fp / goods if goods else None, confusion.tp / bads if bads else None)


def _curve(figure: go.Figure, curve: RocCurve, name: str, colour: str, width: float) -> None:
    cutoffs = ["above all" if cutoff is None else f"{cutoff:.3f}" for cutoff in curve.cutoffs]
    figure.add_scatter(
        x=list(curve.false_positive_rate),
        y=list(curve.true_positive_rate),
        customdata=cutoffs,
        mode="lines",
        line={"color": colour, "width": width, "shape": "linear"},
        name=name,
        hovertemplate=f"{name}, cut-off %{{customdata}}<br>{_HOVER}<extra></extra>",
    )
