"""Precision and recall at every cut-off, and the sentence that the run's own shows."""

import plotly.graph_objects as go

from pipeline.figures.curves import mark_cutoff, thousandths, typed
from pipeline.figures.template import PALETTES, Look, template
from pipeline.results import Confusion, PrecisionRecallCurve

_HOVER = "%{y:.1%} of the refused are bad<br>%{x:.1%} of bads caught"


def precision_recall_figure(
    judged: PrecisionRecallCurve, confusion: Confusion, words: str, look: Look, *, name: str = "held out"
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
    """
    colours = PALETTES[look]
    figure = go.Figure(layout={"template": template(look), "hovermode": "closest"})
    bads = confusion.fn + confusion.tp
    share = bads / (bads + confusion.tn + confusion.fp)
    figure.add_scatter(
        x=[0, 1], y=[share, share], mode="lines", line={"color": colours.fig_muted, "width": 1, "dash": "dot"}, hoverinfo="skip"
    )
    figure.add_scatter(
        x=typed(judged.recall), y=typed(judged.precision), customdata=thousandths(judged.cutoffs), mode="lines", name=name,
        line={"color": colours.series[0], "width": 2},
        hovertemplate=f"{name}, cut-off 0.%{{customdata:03d}}<br>{_HOVER}<extra></extra>",
    )  # fmt: skip
    refused = confusion.tp + confusion.fp
    caught = confusion.tp / bads if bads else None
    mark_cutoff(figure, caught, confusion.tp / refused if refused else None, words, colours, _HOVER)
    figure.add_annotation(
        x=0, y=share, text=f"all rows {share:.1%}", showarrow=False, xanchor="left", yanchor="top" if share > 0.1 else "bottom",
        xshift=4, font={"size": 11, "color": colours.text_3},
    )  # fmt: skip
    figure.update_xaxes(title_text="Bads caught (recall)", range=[0, 1.005], tickformat=".0%", tickvals=[0, 0.25, 0.5, 0.75, 1])
    figure.update_yaxes(
        title_text="Bad among refused (precision)", range=[0, 1.01], tickformat=".0%", tickvals=[0, 0.25, 0.5, 0.75, 1]
    )
    return figure


def precision_recall_finding(confusion: Confusion) -> str:
    """`Of those refused, 58% went bad, and 1,621 of 2,133 bads are among them`."""
    refused = confusion.tp + confusion.fp
    if not refused:
        return "Nobody is refused at this cut-off"
    caught = f"{confusion.tp:,} of {confusion.tp + confusion.fn:,} bads are among them"
    return f"Of those refused, {confusion.tp / refused:.0%} went bad, and {caught}"
