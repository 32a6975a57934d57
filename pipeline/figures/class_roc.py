"""The ROC curves of three classes and more: each class against the rest."""

from collections.abc import Sequence

import plotly.graph_objects as go

from pipeline.evaluation_results import ClassFigures
from pipeline.figures.classes import class_ink, class_line
from pipeline.figures.curves import UNIT, share_axis, shares_figure, units
from pipeline.figures.template import PALETTES, Look, shortened

MOST_DRAWN = 10
_STEP, _ROOM = 0.07, 0.56  # of the height, for a name and for all of them
_HOVER = "of 10,000 rows of it %{y:,} are found<br>of 10,000 others %{x:,} are taken for it"


def drawn_classes(classes: Sequence[ClassFigures]) -> list[ClassFigures]:
    """The classes that have a curve, in their order; of many those with the most rows."""
    having = [one for one in classes if one.roc is not None]
    most = sorted(having, key=lambda one: -one.n_rows)[:MOST_DRAWN]
    return [one for one in having if one in most]


def class_roc_figure(classes: Sequence[ClassFigures], look: Look) -> go.Figure:
    """Up the share of a class's rows that are found, right that of the others taken for it; from the seventh on dashed."""
    colours, figure = PALETTES[look], shares_figure(look)
    figure.add_scatter(
        x=[0, UNIT], y=[0, UNIT], mode="lines", line={"color": colours.fig_reference, "width": 1, "dash": "dot"}, hoverinfo="skip"
    )
    drawn = drawn_classes(classes)
    step = min(_STEP, _ROOM / max(len(drawn), 1))
    for number, one in enumerate(drawn):
        if one.roc is None:
            continue
        line = {**class_line(number, colours), "width": 2}
        figure.add_scatter(
            x=units(one.roc.false_positive_rate), y=units(one.roc.true_positive_rate), mode="lines", line=line, name=one.label,
            hovertemplate=f"{shortened(one.label)} against the rest<br>{_HOVER}<extra></extra>",
        )  # fmt: skip
        auc = "" if one.auc is None else f" {one.auc:.3f}"
        dashes = "" if line["dash"] == "solid" else "╌ "
        figure.add_annotation(
            x=0.99 * UNIT, y=(0.04 + step * (len(drawn) - 1 - number)) * UNIT, text=f"{dashes}{shortened(one.label)}{auc}",
            showarrow=False, xanchor="right", font={"size": 12 if step == _STEP else 11, "color": class_ink(number, colours)},
        )  # fmt: skip
    figure.update_xaxes(share_axis("Rows of other classes", most=1.005))
    figure.update_yaxes(share_axis("Rows of the class"))
    return figure
