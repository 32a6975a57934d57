"""The form of a search: which options vary, over which values; and what that would fit."""

import re
from collections.abc import Mapping
from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from dashapp import theme
from dashapp.tabs.studies.layout import CONTROLS, form
from dashapp.usecases.datasets import DatasetView
from dashapp.widgets.basics import Children, button, card, empty, facts, link_button, notice
from dashapp.widgets.page import head
from dashapp.widgets.specs import spec_facts
from pipeline.grid import DEFAULT_FOLDS, GRID_OPTIONS, MOST_CELLS, Cells, declared, words
from pipeline.options import Option
from pipeline.spec import TrainSpec

START = {
    "penalty": ["l2", "l1"],
    "C": "0.001, 0.01, 0.1, 1, 10, 100",
    "l1_ratio": "0.5",
    "class_weight": ["none"],
    "class_weights": "",
    "resampling": ["none"],
    "degree": ["1"],
}
_HELP = {
    "C": "Values, with commas between them. They matter with a penalty.",
    "l1_ratio": "Values from 0 to 1. They matter with the elastic net.",
    "class_weights": "How much a bad row counts where the weights are one's own, such as 2, 5, 10. A good row counts once.",
}
_LABELS = {"class_weights": "Own weights of bad"}
_MOST_SHOWN = 6


def problem_of(name: str) -> str:
    return f"{CONTROLS[name]}-problem"


def form_body(view: DatasetView, base: Mapping[str, Any], name: str, from_run: str | None) -> list[Component]:
    """`base` are the options that do not vary; `from_run` is the name of the run that they are of."""
    title = head(
        f"New search on {view.name}",
        [f"from the options of {from_run}" if from_run else "from the usual options", "judged on folds of the training rows"],
    )
    if not base.get("target"):
        nothing = empty(
            "bullseye",
            "It is not said yet what is predicted",
            "A search starts from the options of a run: choose the outcome in the training form.",
            link_button("To the training form", f"/runs/new/{view.id}", kind="primary"),
        )
        return [*title, nothing]
    fields = [_field(declared(option), base) for option in GRID_OPTIONS]
    vary = card("What varies", html.Div(fields, className="sd-form-grid"), under="Every combination of what is chosen is fitted.")
    judged = card("How it is judged", html.Div([_folds(base), _measure()], className="sd-form-grid"))
    constant = html.Details(
        [html.Summary("What stays the same"), spec_facts(TrainSpec.parse(base), without=GRID_OPTIONS)],
        className="sd-card sd-more",
    )
    return [
        *title,
        html.Div(
            [html.Div([vary, judged, constant], className="sd-8 sd-stack", style={"gap": "16px"}), _side(name)],
            className="sd-grid",
            style={"alignItems": "start"},
        ),
    ]


def _side(name: str) -> Component:
    field = html.Div(
        [
            html.Label("Name of the search", htmlFor=form.name),
            dcc.Input(id=form.name, type="text", value=name, className="sd-input", maxLength=200),
            html.Div(id=form.name_problem, className="sd-problem", role="alert"),
        ],
        className="sd-field",
    )
    start = html.Div(button("Search", form.start, kind="primary wide", icon_name="play-fill"), className="sd-bottom-bar")
    parts = [field, html.Div(id=form.summary, className="sd-stack"), html.Div(id=form.problem), start]
    return html.Div(html.Div(parts, className="sd-card"), className="sd-4", style={"position": "sticky", "top": "68px"})


def _field(option: Option, base: Mapping[str, Any]) -> Component:
    """The control of one option: ticks for what has few values, a line of numbers for the rest."""
    id_, label = CONTROLS[option.name], _LABELS.get(option.name, option.label)
    problem = html.Div(id=problem_of(option.name), className="sd-problem", role="alert")
    if option.choices or option.name == "degree":
        choices = [(choice.value, choice.label) for choice in option.choices] or [(str(n), str(n)) for n in range(1, 5)]
        control = html.Div(
            dcc.Checklist(
                id=id_,
                options=[{"value": value, "label": word} for value, word in choices],
                value=START[option.name],
                className="sd-check sd-check-row",
            ),
            role="group",
            **{"aria-labelledby": f"{id_}-label"},
        )
        return html.Div(
            [html.Span(label, className="sd-label", id=f"{id_}-label"), control, problem], className="sd-field sd-wide"
        )
    control = dcc.Input(id=id_, type="text", value=START[option.name], className="sd-input", maxLength=500)
    help_text = html.Div(_HELP[option.name], className="sd-help")
    return html.Div([html.Label(label, htmlFor=id_), control, help_text, problem], className="sd-field")


def _folds(base: Mapping[str, Any]) -> Component:
    option = declared("folds")
    return html.Div(
        [
            html.Label("Folds", htmlFor=form.folds),
            dcc.Input(id=form.folds, type="number", step=1, value=base.get("folds") or DEFAULT_FOLDS, className="sd-input"),
            html.Div(
                f"From 2 to {option.high:g}. Each combination is fitted on all folds but one, in turn.", className="sd-help"
            ),
            html.Div(id=f"{form.folds}-problem", className="sd-problem", role="alert"),
        ],
        className="sd-field",
    )


def _measure() -> Component:
    options = [{"value": "log_loss", "label": "Log-loss"}, {"value": "auc", "label": "AUC"}]
    return html.Div(
        [
            html.Span("The best has", className="sd-label", id=f"{form.judged_by}-label"),
            html.Div(
                dcc.RadioItems(id=form.judged_by, options=options, value="log_loss", className="sd-segments", inline=True),
                role="group",
                **{"aria-labelledby": f"{form.judged_by}-label"},
            ),
            html.Div("The least log-loss judges the probabilities, the highest AUC the ranking alone.", className="sd-help"),
        ],
        className="sd-field",
    )


def grid_of(values: Mapping[str, Any], bad_label: str | None) -> dict[str, list[Any]]:
    """What the controls hold, as `pipeline.grid.cells` takes it."""
    grid: dict[str, list[Any]] = {}
    for name in GRID_OPTIONS:
        raw = values.get(name)
        found = [word for word in re.split(r"[,;\s]+", raw) if word] if isinstance(raw, str) else list(raw or [])
        grid[name] = [{bad_label or "": weight} for weight in found] if name == "class_weights" else found
    if "given" not in (values.get("class_weight") or []):
        del grid["class_weights"]
    return grid


def summary(made: Cells) -> list[Component]:
    """How many fits, what is left out, and what is the same."""
    n = len(made.options)
    folds = f"{made.spec.folds} folds" + (f", drawn {made.spec.fold_repeats} times" if made.spec.fold_repeats > 1 else "")
    pairs: list[tuple[str, Children]] = [
        ("Combinations", theme.count(n)),
        ("Cross-validation", folds),
        ("Fits", html.Strong(theme.count(made.n_fits))),
    ]
    told: list[Component] = [facts(*pairs)]
    if made.n_same:
        again = (
            "is the same fit again and is not repeated" if made.n_same == 1 else "are the same fits again and are not repeated"
        )
        told.append(html.P(f"{theme.plural(made.n_same, 'combination')} {again}.", className="sd-quiet"))
    if made.left_out:
        lines = [html.Li(f"{words(options)}: {why}") for options, why in made.left_out[:_MOST_SHOWN]]
        more = len(made.left_out) - _MOST_SHOWN
        lines += [html.Li(f"and {more} more")] if more > 0 else []
        told.append(notice("caution", f"{theme.plural(len(made.left_out), 'combination')} cannot be fitted", html.Ul(lines)))
    if n == 1:
        told.append(notice("caution", "Only one combination", f"Choose more values; up to {MOST_CELLS} combinations are fitted."))
    return told
