"""How minimising made the classifier: log-loss plus penalty after each step of the fit."""

import plotly.graph_objects as go

from pipeline.figures.curves import typed
from pipeline.figures.template import PALETTES, Look, template
from pipeline.results import FitSummary


def objective_figure(fit: FitSummary, look: Look, *, penalised: bool = True) -> go.Figure:
    """The objective per row before the first step and after each, with its end as a dotted line.

    `penalised` says whether a penalty is part of it, for the words.
    """
    colours = PALETTES[look]
    course = fit.objective
    figure = go.Figure(layout={"template": template(look), "hovermode": "closest"})
    last = len(course) - 1
    figure.add_scatter(
        x=list(range(len(course))),
        y=typed(course),
        customdata=typed(value - course[-1] for value in course),
        mode="lines+markers",
        line={"color": colours.series[0], "width": 2},
        marker={"size": 7 if last <= 30 else 4, "color": colours.series[0]},
        name="objective",
        hovertemplate="after step %{x}: %{y:.6f}<br>%{customdata:.2e} above the end<extra></extra>",
    )
    if course:
        figure.add_hline(y=course[-1], line={"color": colours.fig_reference, "width": 1, "dash": "dot"})
        for at, shift in ((0, 34), (last, 0)):
            figure.add_annotation(
                x=at, y=course[at], text=f"{course[at]:.4f}", showarrow=False, xshift=shift, yshift=12 if at else 0,
                font={"size": 12, "color": colours.series_1_ink},
            )  # fmt: skip
    figure.update_xaxes(title_text="Step", range=[-0.03 * max(last, 1), 1.05 * max(last, 1)], dtick=_step(last))
    figure.update_yaxes(title_text=f"{_what(penalised)}, per row", tickformat=".3f")
    return figure


def objective_finding(fit: FitSummary, *, penalised: bool = True) -> str:
    """`Log-loss plus penalty falls from 0.6931 to 0.3520 in 6 steps`."""
    course = fit.objective
    if len(course) < 2:
        return "The course of the fit was not recorded"
    steps = len(course) - 1
    told = f"{_what(penalised)} falls from {course[0]:.4f} to {course[-1]:.4f} in {steps} step{'s' if steps > 1 else ''}"
    return told if fit.converged else f"{told}, and has not settled"


def _what(penalised: bool) -> str:
    return "Log-loss plus penalty" if penalised else "Log-loss"


def _step(last: int) -> int:
    """A whole number between two ticks, with at most six of them."""
    return next(step for step in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000) if last <= 6 * step)
