"""The training form: fill it, check it as it changes, start the run."""

from typing import Any
from urllib.parse import parse_qs

from dash import ClientsideFunction, Dash, Input, Output, State, no_update, set_props

from dashapp.auth import desk
from dashapp.ids import shell
from dashapp.tabs.train.groups import FOLDED, FORM, group_id, ids, label_options, pick_id
from dashapp.tabs.train.layout import choose_body, form_body, preset_id, run_names, summary
from dashapp.tabs.train.presets import PRESETS
from dashapp.usecases import datasets, plans, runs
from dashapp.usecases.errors import InvalidSpec, NotFound, Refused
from dashapp.widgets.basics import notice
from dashapp.widgets.forms import control_id, problem_id, value_of, wrapper_id
from dashapp.widgets.page import crumbs, or_not_found
from dashapp.widgets.spec_links import options_of
from pipeline.roles import likely_target
from pipeline.spec import TrainSpec

OPTIONS = TrainSpec.options()
_CONTROLS = {option.name: Input(control_id(FORM, option.name), "value") for option in OPTIONS if option.name != "features"}
_PICKED = ("class_weights", "reference_levels", "orders", "interactions")  # texts with a menu that writes into them


def register(app: Dash) -> None:
    _register_pages(app)
    _register_form(app)
    _register_start(app)
    _register_script(app)


def _register_pages(app: Dash) -> None:
    @app.callback(Output(ids.choose_body, "children"), Input(ids.choose_key, "data"))
    def choose(_key: Any) -> Any:
        set_props(shell.breadcrumb, {"children": crumbs(("Runs", "/runs"), "New run")})
        return choose_body(datasets.visible(desk()))

    @app.callback(Output(ids.body, "children"), Input(ids.key, "data"), State(shell.location, "search"))
    @or_not_found("data set", "All data sets", "/data")
    def fill(key: dict[str, str], query: str | None) -> Any:
        view = datasets.get(desk(), key["dataset_id"])
        set_props(shell.breadcrumb, {"children": crumbs(("Data sets", "/data"), (view.name, f"/data/{view.id}"), "New run")})
        usual = _usual(view)
        values, name, problems = start_values(view, usual, query or "")
        without = plans.left_out(view, values.get("target"))
        return form_body(view, values, name, without, usual=usual, not_taken=problems)


def _usual(view: datasets.DatasetView) -> dict[str, Any]:
    """The defaults, with what the data set suggests."""
    target = view.target or likely_target(view.columns)
    values = {option.name: option.default for option in OPTIONS}
    values |= {"target": target, "bad_label": view.bad_label or plans.likely_bad_label(view, target)}
    return values | {"special_codes": plans.special_codes_of(view, target)}


def start_values(view: datasets.DatasetView, usual: dict[str, Any], query: str) -> tuple[dict[str, Any], str, list[str]]:
    """The options that the form opens with, a name, and what of the link cannot be taken.

    `?like=` names a run whose options these are; any option of the link stands over them.
    """
    values, name = dict(usual), ""
    like = parse_qs(query.lstrip("?")).get("like", [None])[0]
    if like is not None:
        try:
            before = runs.get(desk(), like)
            values, name = before.spec.to_json(), f"{before.name}, again"
        except NotFound:
            pass  # the link came without access to that run: the defaults serve
    taken, problems = options_of(query)
    if "target" in taken and "bad_label" not in taken and taken["target"] != values.get("target"):
        taken["bad_label"] = plans.likely_bad_label(view, taken["target"])
    known = {column.name for column in view.columns}
    if "features" in taken:
        taken["features"] = tuple(feature for feature in taken["features"] if feature in known)
    values |= taken
    return values, name or run_names(view.name)[values["penalty"]], problems


def _register_form(app: Dash) -> None:
    @app.callback(
        Output(control_id(FORM, "bad_label"), "options"),
        Output(control_id(FORM, "bad_label"), "value"),
        Output(ids.left_out, "data"),
        Input(control_id(FORM, "target"), "value"),
        State(ids.key, "data"),
        State(ids.left_out, "data"),
        prevent_initial_call=True,
    )
    def follow_target(target: str | None, key: dict[str, str], held: Any) -> tuple[Any, Any, Any]:
        """The browser unticks and ticks what the outcome changes, so that what a person ticked stays, meanwhile too."""
        view = datasets.get(desk(), key["dataset_id"])
        if not isinstance(target, str):  # a page of ours sends no such thing
            target = None
        before = held.get("now") if isinstance(held, dict) else None
        left_out = {"target": target, "now": list(plans.left_out(view, target)), "before": before}
        return label_options(view, target), plans.likely_bad_label(view, target), left_out

    @app.callback(
        output={
            "summary": Output(ids.summary, "children"),
            "problems": {option.name: Output(problem_id(FORM, option.name), "children") for option in OPTIONS},
            "disabled": Output(ids.start, "disabled"),
        },
        inputs={"controls": _CONTROLS, "selected": Input(ids.columns, "selectedRows"), "key": State(ids.key, "data")},
    )
    def check(controls: dict[str, Any], selected: list[dict[str, str]] | None, key: dict[str, str]) -> dict[str, Any]:
        sentences = {option.name: "" for option in OPTIONS}
        view = datasets.get(desk(), key["dataset_id"])
        try:
            spec = runs.checked(given(controls, selected, view), view.columns)
        except InvalidSpec as error:
            sentences |= {name: sentence for name, sentence in error.problems.items() if name in sentences}
            told = [notice("danger", "Not ready to train", f"{_places(error)}: see what stands in red.")]
            return {"summary": told, "problems": sentences, "disabled": True}
        return {"summary": summary(plans.plan(view, spec)), "problems": sentences, "disabled": False}


def _places(error: InvalidSpec) -> str:
    labels = [option.label for option in OPTIONS if option.name in error.problems]
    return ", ".join(labels) or "An option"


def _register_start(app: Dash) -> None:
    states = {
        "controls": {name: State(control.component_id, "value") for name, control in _CONTROLS.items()},
        "selected": State(ids.columns, "selectedRows"),
        "name": State(ids.name, "value"),
        "key": State(ids.key, "data"),
    }

    @app.callback(
        output={
            "href": Output(shell.location, "href", allow_duplicate=True),
            "problem": Output(ids.problem, "children"),
            "name": Output(ids.name_problem, "children"),
        },
        inputs={"clicks": Input(ids.start, "n_clicks"), **states},
        prevent_initial_call=True,
        # Not `disabled`: that is the check's to say, and Dash calls this once as the form appears.
        running=[(Output(ids.start, "className"), "sd-button primary wide sd-working", "sd-button primary wide")],
    )
    def start(
        clicks: int | None, controls: dict[str, Any], selected: list[dict[str, str]] | None, name: str | None, key: dict[str, str]
    ) -> dict[str, Any]:
        if not clicks:
            return {"href": no_update, "problem": no_update, "name": no_update}
        try:
            view = datasets.get(desk(), key["dataset_id"])
            run_id = runs.start(desk(), view.id, name if isinstance(name, str) else "", given(controls, selected, view))
        except Refused as error:
            return {"href": no_update, "problem": "", "name": str(error)}
        except InvalidSpec as error:
            return {"href": no_update, "problem": notice("danger", "Not started", str(error)), "name": ""}
        return {"href": f"/runs/{run_id}", "problem": "", "name": ""}


def _register_script(app: Dash) -> None:
    """What assets/32-train.js does in the browser: hide and mark fields, tell each group, reset, presets, lines of texts."""
    names = list(_CONTROLS)
    app.clientside_callback(
        ClientsideFunction("train", "look"),
        [Output(wrapper_id(FORM, name), "className") for name in names],
        [Output(group_id(group, "told"), "children") for group in FOLDED],
        [Output(group_id(group, "changed"), "children") for group in FOLDED],
        [_CONTROLS[name] for name in names],
        Input(ids.meta, "data"),
    )
    app.clientside_callback(
        ClientsideFunction("train", "set"),
        [Output(control_id(FORM, name), "value", allow_duplicate=True) for name in names],
        [Input(group_id(group, "reset"), "n_clicks") for group in FOLDED],
        [Input(preset_id(preset.key), "n_clicks") for preset in PRESETS],
        State(ids.meta, "data"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction("train", "leaveOut"),
        Output(ids.columns, "selectedRows"),
        Input(ids.left_out, "data"),
        State(ids.columns, "rowData"),
        State(ids.columns, "selectedRows"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction("train", "named"),
        Output(ids.name, "value"),
        _CONTROLS["penalty"],
        State(ids.name, "value"),
        State(ids.meta, "data"),
        prevent_initial_call=True,
    )
    for name in _PICKED:
        app.clientside_callback(
            ClientsideFunction("train", "pick"),
            Output(control_id(FORM, name), "value", allow_duplicate=True),
            Output(pick_id(name), "value"),
            Input(pick_id(name), "value"),
            State(control_id(FORM, name), "value"),
            State(pick_id(name), "id"),
            State(ids.meta, "data"),
            prevent_initial_call=True,
        )


def given(controls: dict[str, Any], selected: list[dict[str, str]] | None, view: datasets.DatasetView) -> dict[str, Any]:
    """What the form holds, as TrainSpec.parse takes it. No column ticked is an error here, not 'all'.

    An option without an effect beside the others is hidden, so it counts as not given.
    """
    values = {option.name: value_of(option, controls[option.name]) for option in OPTIONS if option.name != "features"}
    values |= {option.name: option.default for option in OPTIONS if option.name in values and not option.matters(values)}
    ticked = selected if isinstance(selected, list) else []
    values["features"] = [row.get("name") if isinstance(row, dict) else row for row in ticked]
    if not values["features"]:
        raise InvalidSpec.one("features", "No column is ticked; tick at least one.")
    values["special_codes"] = plans.codes_of_features(view, values["special_codes"], values["features"])
    return values
