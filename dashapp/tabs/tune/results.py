"""The right side of the Tune tab: cards whose titles, tables and marks the browser keeps at the chosen C and cut-off."""

from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from dashapp import theme
from dashapp.tabs.tune.layout import ids
from dashapp.usecases.job_views import JobView
from dashapp.usecases.runs import RunView
from dashapp.widgets.basics import button, card, empty, icon, link_button, notice
from dashapp.widgets.figures import figure_card, tools
from dashapp.widgets.jobs import job_progress
from pipeline.figures.path import MOST_LINES, cv_figure, path_figure, path_roc_figure
from pipeline.figures.template import Look
from pipeline.study_results import TuningPath


def cards(path: TuningPath, position: int, look: Look) -> list[Component]:
    """Everything that a finished path shows."""
    first = [_path(path, position, look), _cv(path, position, look)]
    if len(path.labels) > 2:
        return [html.Div([*first, _table(path, 7), _strongest(path, 5)], className="sd-tune-grid")]
    return [
        html.Div([*first, _table(path, 7), _matrix(), _roc(path, position, look), _strongest(path, 5)], className="sd-tune-grid")
    ]


def figures(path: TuningPath, position: int, look: Look) -> dict[str, Any]:
    """The figures that a press in the browser exchanges: the path of each class, the folds by each judge."""
    return {
        "path": {label: path_figure(path, label, position, look) for label in _labels(path)},
        "cv": {"auc": cv_figure(path, "auc", position, look), "log_loss": cv_figure(path, "log_loss", position, look)},
    }


def _labels(path: TuningPath) -> list[str]:
    return list(dict.fromkeys(column.label for column in path.columns))


def _path(path: TuningPath, position: int, look: Look) -> Component:
    labels = _labels(path)
    n = sum(column.label == labels[0] for column in path.columns)
    drawn = f", the {MOST_LINES} largest drawn" if n > MOST_LINES else ""
    under = f"{theme.plural(n, 'coefficient')}{drawn}, from strong to weak penalty; coloured: the largest where log-loss is best"
    event = "the chance of bad" if len(path.labels) == 2 else "the odds of the class"
    caption = f"Each line is one term, numbers per standard deviation. Above 0 it raises {event}, below 0 it lowers it."
    meaning = [
        html.P("Each line is a coefficient, fitted anew on all training rows at each C of the path; nothing lies between two."),
        html.P("The penalty ½‖β‖² (L2), ‖β‖₁ (L1) or a mix is added to C times the log-loss, so a small C pulls hard towards 0."),
    ]
    built = figure_card(
        ids.path, "Coefficients against C", under, path_figure(path, labels[0], position, look), meaning=meaning, height=330,
        span=6, caption=caption,
    )  # fmt: skip
    chooser = dcc.Dropdown(id=ids.label, options=labels, value=labels[0], clearable=False)
    named = html.Label("Odds of", htmlFor=ids.label, className="sd-meta")
    inside = html.Div([named, chooser], className="sd-tune-class", hidden=len(labels) == 1)
    built.children.insert(1, inside)
    return built


def _cv(path: TuningPath, position: int, look: Look) -> Component:
    folds = f"{path.repeats} × {path.folds} folds" if path.repeats > 1 else f"{path.folds} folds"
    meaning = [
        html.P(
            "At each C the model is fitted on all folds but one, prepared anew on those rows, and judged on the one left out. "
            "The line is the mean over the folds, the band one standard error of it: sd / √folds."
        ),
        html.P(
            "1-SE is the strongest penalty whose mean lies within one standard error of the best (Breiman et al. 1984): simpler, "
            "and no worse as far as these folds can tell."
        ),
    ]
    return figure_card(
        ids.cv, "Over the folds", f"{folds} of the training rows; band: one standard error",
        cv_figure(path, "auc", position, look), meaning=meaning, height=330, span=6, caption=html.Span(id=f"{ids.cv}-caption"),
    )  # fmt: skip


def _table(path: TuningPath, span: int) -> Component:
    """The browser writes the rows."""
    built = card("Figures", html.Div(id=ids.table), under=" ", span=span, flush=True, foot=_flatters(path))
    built.id = f"{ids.table}-card"
    return built


def _flatters(path: TuningPath) -> Component:
    if any(part.name == "held_out" for part in path.parts):
        words = "Choose by the folds. What is chosen because it does well on the held-out rows flatters itself on them."
    else:
        words = "Nothing was held out: the training rows judge the model that they made, and flatter it. The folds do not."
    return html.P(words, className="sd-meta")


def _matrix() -> Component:
    built = card("Decisions", html.Div(id=ids.matrix), under=" ", span=5, tools=tools(_MATRIX_MEANING, formats=()))
    built.id = f"{ids.matrix}-card"
    setattr(built, "data-figure", ids.matrix)
    return built


_MATRIX_MEANING = [
    html.P("Rows are refused when their probability of bad is at or above the cut-off. Pale is right, strong is a mistake."),
    html.P("Recall of bads = refused bads / bads; bad among approved = approved bads / approved."),
]


def _roc(path: TuningPath, position: int, look: Look) -> Component:
    held = any(part.name == "held_out" for part in path.parts)
    under = (
        "ROC curve at the chosen C, held out; the training curve in grey" if held else "ROC curve at the chosen C, training rows"
    )
    meaning = [
        html.P("Each point is a cut-off: up, the share of bads that it refuses; right, the share of goods that it refuses."),
        html.P("The area under the curve (AUC) is the chance that a random bad is scored above a random good."),
    ]
    return figure_card(ids.roc, "ROC curve", under, path_roc_figure(path, position, look), meaning=meaning, height=330, span=7)


def _strongest(path: TuningPath, span: int) -> Component:
    built = card("Coefficients", html.Div(id=ids.strongest), under=" ", span=span, flush=True)
    built.id = f"{ids.strongest}-card"
    return built


def work(job: JobView | None, path: TuningPath | None, *, may_retry: bool, before: bool = False) -> Component:
    """The state of what is computed, above the buttons at the left; `before` where the path before is shown meanwhile."""
    if job is not None and job.active:
        meanwhile = html.P("What is shown meanwhile is the path before.", className="sd-help") if before else None
        return html.Div([job_progress(job, {"cancel-job": job.id}), meanwhile])
    if path is not None:
        unconverged = f", {path.n_unconverged} not converged" if path.n_unconverged else ""
        words = f"Up to date, {theme.plural(path.n_fits, 'fit')} in {theme.duration(path.seconds)}{unconverged}"
        sign = "exclamation-triangle" if path.n_unconverged else "check-circle"
        done = html.Div([icon(sign), html.Span(words, title=path.solver)], className="sd-tune-state")
        return html.Div([done, *(html.P(note, className="sd-help") for note in path.notes)])
    if job is None:
        return html.Div("No path is computed for these options.", className="sd-help")
    stands = "What is shown is still the path before, with the options that it had." if before else ""
    again = button("Try again", ids.retry, icon_name="arrow-repeat", kind="link") if may_retry else None
    if job.state == "cancelled":
        return notice("info", "The path was cancelled", stands or "Nothing of it was kept.", again)
    reason = job.error or "No reason was recorded."
    return notice("danger", "The path was not computed", f"{reason} {stands}".rstrip(), again)


def waiting(job: JobView | None) -> list[Component]:
    """In place of the figures while the first path is made."""
    if job is not None and job.active:
        words = "Every C of the path is fitted on every fold, once. After that C and the cut-off move without waiting."
        return [empty("hourglass-split", "The path is being computed", words)]
    return [empty("sliders", "There is no path to look at", "The state at the left says why, and what can be done.")]


def without_path(view: RunView, why: Any, sentence: str) -> list[Component]:
    """There is no path for what is chosen, and why."""
    title = "There is nothing to tune without a penalty"
    if why != "none":
        return [empty("sliders", "There is no path to look at", sentence or "Nothing was computed for these options yet.")]
    if view.spec.penalty == "none":
        words = (
            "This run has no penalty, so its fit does not depend on C. Choose L2, L1 or Elastic at the left to see what a "
            "penalty would change."
        )
        return [empty("sliders", title, words)]
    words = (
        "The fit of maximum likelihood does not depend on C, so there is no path. It is the one whose standard errors and "
        "p-values are honest: train it as a run of its own, with the other options as they stand here."
    )
    offer = button("Train without a penalty", ids.unpenalised, icon_name="play", kind="primary") if view.sees_dataset else None
    return [empty("sliders", title, words, offer)]


def without_run(view: RunView) -> list[Component]:
    """There is no fit to start from: the run has no result, or none of its own."""
    if view.origin.kind == "recalibrated":
        words = f"This run moves the probabilities of {view.origin.run_name}, and has no penalty of its own; tune that run."
        return [empty("sliders", "There is nothing to tune", words, link_button("Overview", f"/runs/{view.id}"))]
    if view.origin.kind == "score":
        words = "Nothing was fitted in this run: it evaluates a score that the data held, so there is no penalty to move."
        return [empty("sliders", "There is nothing to tune", words, link_button("Overview", f"/runs/{view.id}"))]
    words = "Tuning starts from a finished run. The overview shows how far this one is, or why it ended without a result."
    link = link_button("Overview", f"/runs/{view.id}")
    return [empty("hourglass-split", "There is nothing to tune yet", words, link)]
