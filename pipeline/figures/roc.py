"""The ROC curve, and the sentence that it shows."""

import plotly.graph_objects as go

from pipeline.figures.curves import mark_cutoff, thousandths, typed
from pipeline.figures.template import PALETTES, Look, template
from pipeline.results import Confusion, RocCurve

_HOVER = "%{y:.1%} of bads caught<br>%{x:.1%} of goods refused"


def roc_figure(
    judged: RocCurve, training: RocCurve | None, confusion: Confusion, words: str, look: Look, *, name: str = "held out"
) -> go.Figure:
    """Share of bads caught over share of goods refused, with the run's cut-off marked.

    Parameters
    ----------
    judged : RocCurve
        Of the rows that the run is judged on; drawn strong.
    training : RocCurve or None
        Drawn pale behind it, where other rows are judged.
    confusion : Confusion
        Of the judged rows at the run's cut-off.
    words : str
        The cut-off, as it stands beside its dot.
    look : "light" or "dark"
    name : str
        What the judged rows are called.
    """
    colours = PALETTES[look]
    figure = go.Figure(layout={"template": template(look), "hovermode": "closest"})
    figure.add_scatter(
        x=[0, 1], y=[0, 1], mode="lines", line={"color": colours.fig_muted, "width": 1, "dash": "dot"}, hoverinfo="skip"
    )
    if training is not None:
        _curve(figure, training, "training", {"color": colours.fig_muted, "width": 1})
    _curve(figure, judged, name, {"color": colours.series[0], "width": 2})
    figure.data[-1].update(
        customdata=thousandths(judged.cutoffs), hovertemplate=f"{name}, cut-off 0.%{{customdata:03d}}<br>{_HOVER}<extra></extra>"
    )
    refused_goods, caught_bads = rates(confusion)
    mark_cutoff(figure, refused_goods, caught_bads, words, colours, _HOVER)
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


def _curve(figure: go.Figure, curve: RocCurve, name: str, line: dict[str, object]) -> None:
    figure.add_scatter(
        x=typed(curve.false_positive_rate), y=typed(curve.true_positive_rate), mode="lines", name=name, line=line,
        hovertemplate=f"{name}<br>{_HOVER}<extra></extra>",
    )  # fmt: skip
