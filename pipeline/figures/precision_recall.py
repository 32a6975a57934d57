"""Precision and recall at every cut-off, and the sentence that the run's own shows."""

import plotly.graph_objects as go

from pipeline.evaluation_results import Confusion, PrecisionRecallCurve
from pipeline.figures.curves import UNIT, judged_curve, mark_cutoff, share_axis, shares_figure, units
from pipeline.figures.template import PALETTES, Look
from pipeline.results import ScoreScale

_HOVER = "of 10,000 refused %{y:,} are bad<br>of 10,000 bads %{x:,} are caught"


def precision_recall_figure(
    judged: PrecisionRecallCurve,
    confusion: Confusion,
    words: str,
    look: Look,
    *,
    name: str = "held out",
    scale: ScoreScale | None = None,
) -> go.Figure:
    """Share of bads among the refused over the share of bads that are caught, with the run's cut-off marked.

    Parameters
    ----------
    judged : PrecisionRecallCurve
        Of the rows that the run is judged on.
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
    bads = confusion.fn + confusion.tp
    share = bads / (bads + confusion.tn + confusion.fp)
    figure.add_scatter(
        x=units([0, 1]),
        y=units([share, share]),
        mode="lines",
        line={"color": colours.fig_reference, "width": 1, "dash": "dot"},
        hoverinfo="skip",
    )
    judged_curve(figure, judged.recall, judged.precision, judged.cutoffs, colours, name=name, hover=_HOVER, scale=scale)
    refused = confusion.tp + confusion.fp
    caught = confusion.tp / bads if bads else None
    mark_cutoff(figure, caught, confusion.tp / refused if refused else None, words, colours, _HOVER)
    figure.add_annotation(
        x=0, y=share * UNIT, text=f"all rows {share:.1%}", showarrow=False, xanchor="left", xshift=4,
        yanchor="top" if share > 0.1 else "bottom", font={"size": 11, "color": colours.text_3},
    )  # fmt: skip
    figure.update_xaxes(share_axis("Bads caught (recall)", most=1.005))
    figure.update_yaxes(share_axis("Bad among refused (precision)"))
    return figure


def precision_recall_finding(confusion: Confusion) -> str:
    """`Of those refused, 58% went bad, and 1,621 of 2,133 bads are among them`."""
    refused = confusion.tp + confusion.fp
    if not refused:
        return "Nobody is refused at this cut-off"
    caught = f"{confusion.tp:,} of {confusion.tp + confusion.fn:,} bads are among them"
    return f"Of those refused, {confusion.tp / refused:.0%} went bad, and {caught}"
