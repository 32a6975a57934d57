"""The form of a search: fill it, count its fits as it changes, start it."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

from dash import Dash, Input, Output, State, no_update, set_props

from dashapp.auth import desk
from dashapp.ids import shell
from dashapp.tabs.studies.form_page import form_body, grid_of, problem_of, summary
from dashapp.tabs.studies.layout import CONTROLS, form
from dashapp.usecases import datasets, plans, runs, searches
from dashapp.usecases.errors import InvalidSpec, NotFound, Refused
from dashapp.widgets.basics import notice
from dashapp.widgets.page import crumbs, not_found
from pipeline.roles import likely_target
from pipeline.spec import TrainSpec

_FIELDS = {**{name: problem_of(name) for name in CONTROLS}, "folds": f"{form.folds}-problem"}


def register(app: Dash) -> None:
    @app.callback(
        Output(form.body, "children"), Output(form.base, "data"), Input(form.key, "data"), State(shell.location, "search")
    )
    def fill(key: dict[str, str], query: str | None) -> tuple[Any, Any]:
        try:
            view = datasets.get(desk(), key["dataset_id"])
        except NotFound:
            return not_found("data set", "All data sets", "/data"), no_update
        set_props(shell.breadcrumb, {"children": crumbs(("Data sets", "/data"), (view.name, f"/data/{view.id}"), "New search")})
        asked = {name: values[0] for name, values in parse_qs((query or "").lstrip("?")).items()}
        base, run = _base(view, asked)
        name = f"{run.name}: search" if run is not None else f"Search on {view.name}"
        body = form_body(view, base, name, run.name if run is not None else None)
        return body, {"options": base, "run_id": run.id if run is not None else None}

    @app.callback(
        output={
            "summary": Output(form.summary, "children"),
            "problems": {name: Output(problem, "children") for name, problem in _FIELDS.items()},
            "disabled": Output(form.start, "disabled"),
        },
        inputs={
            "controls": {name: Input(control, "value") for name, control in CONTROLS.items()},
            "folds": Input(form.folds, "value"),
            "base": Input(form.base, "data"),
            "key": State(form.key, "data"),
        },
        prevent_initial_call=True,
    )
    def check(controls: dict[str, Any], folds: Any, base: Any, key: dict[str, str]) -> dict[str, Any]:
        sentences = dict.fromkeys(_FIELDS, "")
        if not base:
            return {"summary": [], "problems": sentences, "disabled": True}
        try:
            given, grid = _given(base, folds), _grid(base, controls)
            told = summary(searches.plan(desk(), key["dataset_id"], given, grid))
        except InvalidSpec as error:
            sentences |= {name: said for name, said in error.problems.items() if name in sentences}
            elsewhere = [said for name, said in error.problems.items() if name not in sentences]
            shown = [notice("danger", "The options cannot be used", " ".join(elsewhere))] if elsewhere else []
            return {"summary": shown, "problems": sentences, "disabled": True}
        return {"summary": told, "problems": sentences, "disabled": False}

    @app.callback(
        output={
            "href": Output(shell.location, "href", allow_duplicate=True),
            "problem": Output(form.problem, "children"),
            "name": Output(form.name_problem, "children"),
        },
        inputs={
            "clicks": Input(form.start, "n_clicks"),
            "controls": {name: State(control, "value") for name, control in CONTROLS.items()},
            "folds": State(form.folds, "value"),
            "judged_by": State(form.judged_by, "value"),
            "name": State(form.name, "value"),
            "base": State(form.base, "data"),
            "key": State(form.key, "data"),
        },
        prevent_initial_call=True,
        # Not `disabled`: that is the check's to say, and Dash calls this once as the form appears.
        running=[(Output(form.start, "className"), "sd-button primary wide sd-working", "sd-button primary wide")],
    )
    def start(
        clicks: int | None,
        controls: dict[str, Any],
        folds: Any,
        judged_by: Any,
        name: str | None,
        base: Any,
        key: dict[str, str],
    ) -> dict[str, Any]:
        if not clicks or not base:
            return {"href": no_update, "problem": no_update, "name": no_update}
        try:
            study_id = searches.start(
                desk(),
                key["dataset_id"],
                _given(base, folds),
                _grid(base, controls),
                name=name or "",
                judged_by=str(judged_by),
                run_id=base.get("run_id"),
            )
        except Refused as error:
            return {"href": no_update, "problem": "", "name": str(error)}
        except InvalidSpec as error:
            return {"href": no_update, "problem": notice("danger", "Not started", str(error)), "name": ""}
        return {"href": f"/studies/{study_id}", "problem": "", "name": ""}


def _base(view: datasets.DatasetView, asked: Mapping[str, str]) -> tuple[dict[str, Any], runs.RunView | None]:
    """The options that do not vary: those of a run (`like`), those of the training form (`options`), or the usual ones."""
    target = view.target or likely_target(view.columns)
    usual = {option.name: option.default for option in TrainSpec.options()}
    usual |= {"target": target, "bad_label": view.bad_label or plans.likely_bad_label(view, target)}
    usual["special_codes"] = plans.special_codes_of(view, target)
    if "like" in asked:
        try:
            run = runs.get(desk(), asked["like"])
        except NotFound:
            return usual, None  # the link came without access to that run: the usual options serve
        return run.spec.to_json(), run
    try:
        return TrainSpec.parse({**usual, **json.loads(asked["options"])}).to_json(), None
    except (KeyError, ValueError, TypeError, InvalidSpec):
        return usual, None


def _given(base: Mapping[str, Any], folds: Any) -> dict[str, Any]:
    """The base with the folds of the form; none is told at its field, where 0 would mean the usual number."""
    if folds is None or folds == 0:
        raise InvalidSpec.one("folds", "A search needs at least 2 folds.")
    return {**base["options"], "folds": folds}


def _grid(base: Mapping[str, Any], controls: Mapping[str, Any]) -> dict[str, list[Any]]:
    return grid_of(controls, base["options"].get("bad_label"))
