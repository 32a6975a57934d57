"""The training form, made from TrainSpec, beside a summary of what will happen."""

from collections.abc import Mapping, Sequence
from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from dashapp import theme
from dashapp.tabs.train.examples import Examples, examples_of
from dashapp.tabs.train.groups import FOLDED, FORM, GROUPS, group_id, groups, ids, pick_id, told_options
from dashapp.tabs.train.presets import KEPT_GROUPS, PRESETS
from dashapp.usecases.datasets import DatasetCard, DatasetView
from dashapp.usecases.plans import Plan
from dashapp.widgets.basics import Children, button, empty, facts, link_button, notice
from dashapp.widgets.forms import control_value, field_class
from dashapp.widgets.page import head, skeleton
from pipeline.spec import TrainSpec

__all__ = ["FORM", "choose_body", "choose_layout", "form_body", "form_layout", "ids", "preset_id", "summary"]


def choose_layout() -> Component:
    return skeleton(ids.choose_key, ids.choose_body, {})


def form_layout(dataset_id: str) -> Component:
    return skeleton(ids.key, ids.body, {"dataset_id": dataset_id})


def choose_body(cards: Sequence[DatasetCard]) -> list[Component]:
    if not cards:
        return [
            *head("New run"),
            empty(
                "database-add",
                "No data set to train on",
                "Upload a table first; training starts from there.",
                link_button("Upload data", "/data/new", kind="primary"),
            ),
        ]
    entries = [
        html.Div(
            [
                html.H2(dcc.Link(entry.name, href=f"/runs/new/{entry.id}")),
                html.P(f"{theme.count(entry.n_rows)} rows, {theme.count(entry.n_columns)} columns", className="sd-meta"),
                html.P(["outcome ", html.Code(entry.target)] if entry.target else "no outcome chosen yet", className="sd-meta"),
                html.Div(
                    [
                        link_button("Train on it", f"/runs/new/{entry.id}"),
                        link_button("Evaluate a score that it holds", f"/runs/score/{entry.id}", kind="link"),
                    ],
                    className="sd-row",
                    style={"marginTop": "auto"},
                ),
            ],
            className="sd-card sd-4",
        )
        for entry in cards
    ]
    return [*head("New run", ["Which data set?"]), html.Div(entries, className="sd-grid")]


def form_body(
    view: DatasetView,
    values: Mapping[str, Any],
    name: str,
    left_out: Mapping[str, str],
    *,
    usual: Mapping[str, Any] | None = None,
    not_taken: Sequence[str] = (),
) -> list[Component]:
    """The form with its values.

    `left_out` names the columns that are not ticked at first, and why; `usual` are the values that a reset goes back to (of
    this data set, where they are not given, those that the form starts with); `not_taken` says what of the link was no option.
    """
    title = head(
        f"New run on {view.name}",
        [f"{theme.count(view.n_rows)} rows", f"{theme.count(len(view.columns))} columns", "nothing is fitted on held-out rows"],
    )
    examples = examples_of(view, values.get("target"))
    parts: list[Component] = [notice("caution", "Not taken from the link", " ".join(not_taken))] if not_taken else []
    parts += [_presets(), *groups(view, values, left_out, examples)]
    return [
        *title,
        dcc.Store(id=ids.meta, data={**meta(values if usual is None else usual, examples), "run_names": run_names(view.name)}),
        html.Div(
            [html.Div(parts, className="sd-8 sd-stack sd-train"), html.Div(_side(name, view.id), className="sd-4 sd-train-side")],
            className="sd-grid",
            style={"alignItems": "start"},
        ),
    ]


def run_names(dataset_name: str) -> dict[str, str]:
    """The name that a run has until it is given one, by its penalty."""
    penalty = next(option for option in TrainSpec.options() if option.name == "penalty")
    words = {choice.value: "No penalty" if choice.value == "none" else choice.label for choice in penalty.choices}
    return {value: f"{word} on {dataset_name}"[:200] for value, word in words.items()}


def preset_id(key: str) -> str:
    return f"train-preset-{key}"


def _presets() -> Component:
    buttons = [
        html.Button(
            [html.Strong(preset.label), html.Span(preset.help)],
            id=preset_id(preset.key),
            className="sd-preset",
            type="button",
            n_clicks=0,
        )
        for preset in PRESETS
    ]
    return html.Section(
        [html.H2("Start from", className="sd-hidden"), html.Div(buttons, className="sd-presets")], **{"aria-label": "Start from"}
    )


def _side(name: str, dataset_id: str) -> Component:
    return html.Div(
        [
            html.Div(
                [
                    html.Label("Name of the run", htmlFor=ids.name),
                    dcc.Input(id=ids.name, type="text", value=name, className="sd-input", maxLength=200),
                    html.Div(id=ids.name_problem, className="sd-problem", role="alert"),
                ],
                className="sd-field",
            ),
            html.Div(id=ids.summary, className="sd-stack"),
            html.Div(id=ids.problem),
            html.Div(button("Train", ids.start, kind="primary wide", icon_name="play-fill"), className="sd-bottom-bar"),
            button("Search a grid", {"form-study": "search"}, icon_name="grid-3x3", kind="wide"),
            html.P(
                ["Nothing to train? ", dcc.Link("Evaluate a score that the data holds", href=f"/runs/score/{dataset_id}")],
                className="sd-meta",
            ),
        ],
        className="sd-card",
    )


def meta(usual: Mapping[str, Any], examples: Examples) -> dict[str, Any]:
    """What assets/32-train.js has to know of the options, as their controls hold them."""
    told = told_options()
    options = {
        option.name: {
            "label": option.label,
            "kind": option.kind,
            "group": option.group,
            "usual": control_value(option, usual.get(option.name, option.default)),
            "choices": {choice.value: choice.label for choice in option.choices},
            "when": [list(condition) for condition in (option.matters_when, option.or_when) if condition is not None],
            "class": field_class(option),
        }
        for option in TrainSpec.options()
    }
    presets = {
        preset_id(preset.key): {
            option.name: control_value(option, preset.options.get(option.name, option.default))
            for group, members in GROUPS.items()
            if group not in KEPT_GROUPS
            for option in members
        }
        for preset in PRESETS
    }
    resets = {group_id(group, "reset"): [option.name for option in GROUPS[group]] for group in FOLDED}
    return {
        "form": FORM,
        "names": [option.name for option in TrainSpec.options() if option.name != "features"],
        "options": options,
        "groups": {group: {"told": list(told[group]), "id": group_id(group)} for group in FOLDED},
        "presets": presets,
        "resets": resets,
        "lines": {pick_id(name): lines for name, lines in examples.lines.items()},
    }


def summary(plan: Plan) -> list[Component]:
    """What pressing Train would do, in numbers."""
    about = "" if plan.exact else "about "
    pairs: list[tuple[str, Children]] = [("Rows to train", about + theme.count(plan.n_train))]
    if plan.n_validation:
        pairs.append(("Validation", about + theme.count(plan.n_validation)))
    pairs.append(("Held out", about + theme.count(plan.n_test) if plan.n_test else "none: no held-out figures"))
    pairs.append(("Features", theme.count(plan.n_features)))
    if plan.n_coefficients is not None:
        most = "" if plan.coefficients_exact else "up to "
        pairs.append(("Coefficients", most + theme.count(plan.n_coefficients)))
    pairs.append(("Fits", theme.count(plan.n_fits)))
    if plan.bad_rate is not None:
        pairs.append(("Bad rate", theme.share(plan.bad_rate)))
    if plan.n_unknown:
        pairs.append(("Without an outcome, not used", theme.count(plan.n_unknown)))
    parts: list[Component] = [facts(*pairs)]
    parts += [notice("caution", title, text) for title, text in plan.cautions]
    return parts
