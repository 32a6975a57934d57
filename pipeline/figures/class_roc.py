"""The ROC curves of three classes and more: each class against the rest."""

from collections.abc import Sequence

import plotly.graph_objects as go

from pipeline.figures.template import PALETTES, Look, shortened, template
from pipeline.results import ClassFigures

MOST_DRAWN = 6  # curves in a colour of their own; the others are context


def class_roc_figure(classes: Sequence[ClassFigures], look: Look) -> go.Figure:
    """One curve for each class: up the share of its rows that are found, right that of the others that are taken for it."""
    colours = PALETTES[look]
    figure = go.Figure(layout={"template": template(look), "hovermode": "closest"})
    figure.add_scatter(
        x=[0, 1], y=[0, 1], mode="lines", line={"color": colours.fig_muted, "width": 1, "dash": "dot"}, hoverinfo="skip"
    )
    drawn = [one for one in classes if one.roc is not None]
    for number, one in enumerate(drawn):
        if one.roc is None:
            continue
        colour = colours.series[number % len(colours.series)] if number < MOST_DRAWN else colours.fig_muted
        x, y = list(one.roc.false_positive_rate), list(one.roc.true_positive_rate)
        figure.add_scatter(
            x=x,
            y=y,
            mode="lines",
            line={"color": colour, "width": 2 if number < MOST_DRAWN else 1},
            name=one.label,
            hovertemplate=f"{shortened(one.label)} against the rest<br>%{{y:.1%}} of its rows found, "
            "%{x:.1%} of the others<extra></extra>",
        )
        if number < MOST_DRAWN:
            auc = "" if one.auc is None else f" {one.auc:.3f}"
            height = 0.04 + 0.07 * (min(len(drawn), MOST_DRAWN) - 1 - number)
            figure.add_annotation(
                x=0.99, y=height, text=f"{shortened(one.label)}{auc}", showarrow=False, xanchor="right",
                font={"size": 12, "color": colours.series_ink[number]},
            )  # fmt: skip
    figure.update_xaxes(title_text="Rows of other classes", range=[0, 1.005], tickformat=".0%", tickvals=[0, 0.25, 0.5, 0.75, 1])
    figure.update_yaxes(title_text="Rows of the class", range=[0, 1.01], tickformat=".0%", tickvals=[0, 0.25, 0.5, 0.75, 1])
    return figure
