"""The training form: fill it, check it as it changes, start the run."""

from typing import Any
from urllib.parse import parse_qs

from dash import Dash, Input, Output, State, no_update, set_props

from dashapp.auth import desk
from dashapp.ids import shell
from dashapp.tabs.train.layout import FORM, choose_body, form_body, ids, label_options, summary
from dashapp.usecases import datasets, plans, runs
from dashapp.usecases.errors import InvalidSpec, NotFound, Refused
from dashapp.widgets.basics import notice
from dashapp.widgets.forms import control_id, problem_id, value_of
from dashapp.widgets.page import crumbs, or_not_found
from pipeline.roles import likely_target
from pipeline.spec import TrainSpec

OPTIONS = TrainSpec.options()
_CONTROLS = {option.name: Input(control_id(FORM, option.name), "value") for option in OPTIONS if option.name != "features"}


def register(app: Dash) -> None:
    _register_pages(app)
    _register_form(app)


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
        like = parse_qs((query or "").lstrip("?")).get("like", [None])[0]
        values, name = _start_values(view, like)
        return form_body(view, values, name, plans.left_out(view, values.get("target")))


def _start_values(view: datasets.DatasetView, like: str | None) -> tuple[dict[str, Any], str]:
    """The options of the run that this one starts from, or the defaults with what the data set suggests."""
    if like is not None:
        try:
            before = runs.get(desk(), like)
            return before.spec.to_json(), f"{before.name}, again"
        except NotFound:
            pass  # the link came without access to that run: the defaults serve
    target = view.target or likely_target(view.columns)
    values = {option.name: option.default for option in OPTIONS}
    values |= {"target": target, "bad_label": view.bad_label or plans.likely_bad_label(view, target)}
    values["special_codes"] = plans.special_codes_of(view, target)
    return values, "L2, all columns"


def _register_form(app: Dash) -> None:
    @app.callback(
        Output(control_id(FORM, "bad_label"), "options"),
        Output(control_id(FORM, "bad_label"), "value"),
        Output(ids.columns, "selectedRows"),
        Input(control_id(FORM, "target"), "value"),
        State(ids.key, "data"),
        State(ids.columns, "rowData"),
        prevent_initial_call=True,
    )
    def follow_target(target: str | None, key: dict[str, str], rows: list[dict[str, str]]) -> tuple[Any, Any, Any]:
        view = datasets.get(desk(), key["dataset_id"])
        without = plans.left_out(view, target)
        return (
            label_options(view, target),
            plans.likely_bad_label(view, target),
            [row for row in rows if row["name"] not in without],
        )

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
        try:
            view = datasets.get(desk(), key["dataset_id"])
            spec = runs.check(desk(), key["dataset_id"], given(controls, selected, view))
            told = summary(plans.plan(view, spec))
        except InvalidSpec as error:
            sentences |= {name: sentence for name, sentence in error.problems.items() if name in sentences}
            return {"summary": [], "problems": sentences, "disabled": True}
        return {"summary": told, "problems": sentences, "disabled": False}

    @app.callback(
        output={
            "href": Output(shell.location, "href", allow_duplicate=True),
            "problem": Output(ids.problem, "children"),
            "name": Output(ids.name_problem, "children"),
        },
        inputs={
            "clicks": Input(ids.start, "n_clicks"),
            "controls": {name: State(control.component_id, "value") for name, control in _CONTROLS.items()},
            "selected": State(ids.columns, "selectedRows"),
            "name": State(ids.name, "value"),
            "key": State(ids.key, "data"),
        },
        prevent_initial_call=True,
        running=[(Output(ids.start, "disabled"), True, False)],
    )
    def start(
        clicks: int | None, controls: dict[str, Any], selected: list[dict[str, str]] | None, name: str | None, key: dict[str, str]
    ) -> dict[str, Any]:
        if not clicks:
            return {"href": no_update, "problem": no_update, "name": no_update}
        try:
            view = datasets.get(desk(), key["dataset_id"])
            run_id = runs.start(desk(), view.id, name or "", given(controls, selected, view))
        except Refused as error:
            return {"href": no_update, "problem": "", "name": f"{error.message} {error.fix}"}
        except InvalidSpec as error:
            return {"href": no_update, "problem": notice("danger", "Not started", str(error)), "name": ""}
        return {"href": f"/runs/{run_id}", "problem": "", "name": ""}


def given(controls: dict[str, Any], selected: list[dict[str, str]] | None, view: datasets.DatasetView) -> dict[str, Any]:
    """What the form holds, as TrainSpec.parse takes it. No column ticked is an error here, not 'all'."""
    values = {option.name: value_of(option, controls[option.name]) for option in OPTIONS if option.name != "features"}
    values["features"] = [row.get("name") if isinstance(row, dict) else row for row in selected or []]
    if not values["features"]:
        raise InvalidSpec.one("features", "No column is ticked; tick at least one.")
    values["special_codes"] = plans.codes_of_features(view, values["special_codes"], values["features"])
    return values
