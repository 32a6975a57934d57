"""The ROC curve, and the sentence that it shows."""

import plotly.graph_objects as go

from pipeline.evaluation_results import Confusion, RocCurve
from pipeline.figures.curves import UNIT, judged_curve, mark_cutoff, share_axis, shares_figure, units
from pipeline.figures.template import PALETTES, Look
from pipeline.results import ScoreScale

_HOVER = "of 10,000 bads %{y:,} are caught<br>of 10,000 goods %{x:,} are refused"


def roc_figure(
    judged: RocCurve,
    training: RocCurve | None,
    confusion: Confusion,
    words: str,
    look: Look,
    *,
    name: str = "held out",
    scale: ScoreScale | None = None,
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
    scale : ScoreScale, optional
        Of a score from elsewhere.
    """
    colours, figure = PALETTES[look], shares_figure(look)
    figure.add_scatter(
        x=[0, UNIT], y=[0, UNIT], mode="lines", line={"color": colours.fig_reference, "width": 1, "dash": "dot"}, hoverinfo="skip"
    )
    if training is not None:
        figure.add_scatter(
            x=units(training.false_positive_rate), y=units(training.true_positive_rate), mode="lines", name="training",
            line={"color": colours.fig_reference, "width": 1}, hovertemplate=f"training<br>{_HOVER}<extra></extra>",
        )  # fmt: skip
    x, y = judged.false_positive_rate, judged.true_positive_rate
    judged_curve(figure, x, y, judged.cutoffs, colours, name=name, hover=_HOVER, scale=scale)
    refused_goods, caught_bads = rates(confusion)
    mark_cutoff(figure, refused_goods, caught_bads, words, colours, _HOVER)
    figure.add_annotation(
        x=0.62 * UNIT, y=0.62 * UNIT, text="chance", showarrow=False, xshift=14, yshift=-12,
        font={"size": 11, "color": colours.text_3},
    )  # fmt: skip
    figure.update_xaxes(share_axis("Goods refused", most=1.005))
    figure.update_yaxes(share_axis("Bads caught"))
    return figure


def rates(confusion: Confusion) -> tuple[float | None, float | None]:
    """(share of goods refused, share of bads caught); None where there are no goods or no bads."""
    goods, bads = confusion.tn + confusion.fp, confusion.fn + confusion.tp
    return (confusion.fp / goods if goods else None, confusion.tp / bads if bads else None)
