"""The form of a score: fill it, check it as it changes, start the run."""

from typing import Any
from urllib.parse import parse_qs

from dash import Dash, Input, Output, State, no_update, set_props

from dashapp.auth import desk
from dashapp.ids import shell
from dashapp.tabs.scores.layout import FORM, OPTIONS, OWN, QUESTIONS, form_body, hint, ids, placeholder, summary, unanswered
from dashapp.tabs.train.groups import label_options
from dashapp.usecases import datasets, outside_scores, plans, score_forms
from dashapp.usecases.errors import InvalidSpec, Refused
from dashapp.widgets.basics import notice
from dashapp.widgets.forms import control_id, problem_id, value_of, wrapper_id
from dashapp.widgets.page import crumbs, or_not_found

_NAMES = (*OWN, *(option.name for option in OPTIONS))
_BY_NAME = {option.name: option for option in OPTIONS}


def register(app: Dash) -> None:
    _register_page(app)
    _register_check(app)
    _register_start(app)


def _register_page(app: Dash) -> None:
    @app.callback(Output(ids.body, "children"), Input(ids.key, "data"), State(shell.location, "search"))
    @or_not_found("data set", "All data sets", "/data")
    def fill(key: dict[str, str], query: str | None) -> Any:
        view = datasets.get(desk(), key["dataset_id"])
        steps = (("Data sets", "/data"), (view.name, f"/data/{view.id}"), "Evaluate a score")
        set_props(shell.breadcrumb, {"children": crumbs(*steps)})
        asked = parse_qs((query or "").lstrip("?"))
        start = score_forms.start_values(desk(), view, like=asked.get("like", [None])[0], column=asked.get("column", [None])[0])
        return form_body(view, start.values, start.like)

    @app.callback(
        Output(control_id(FORM, "bad_label"), "options"),
        Output(control_id(FORM, "bad_label"), "value"),
        Input(control_id(FORM, "target"), "value"),
        State(ids.key, "data"),
        prevent_initial_call=True,
    )
    def follow_target(target: Any, key: dict[str, str]) -> tuple[Any, Any]:
        view = datasets.get(desk(), key["dataset_id"])
        target = target if isinstance(target, str) else None
        return label_options(view, target), plans.likely_bad_label(view, target)

    @app.callback(
        Output(ids.hint, "children"),
        Output(ids.name, "placeholder"),
        Input(control_id(FORM, "column"), "value"),
        Input(control_id(FORM, "target"), "value"),
        Input(control_id(FORM, "bad_label"), "value"),
        State(ids.key, "data"),
    )
    def follow_column(column: Any, target: Any, bad_label: Any, key: dict[str, str]) -> tuple[Any, str]:
        found = score_forms.hint(desk(), key["dataset_id"], column=column, target=target, bad_label=bad_label)
        return hint(found), placeholder(column)


def _register_check(app: Dash) -> None:
    @app.callback(
        output={
            "summary": Output(ids.summary, "children"),
            "problems": {name: Output(problem_id(FORM, name), "children") for name in _NAMES},
            "hidden": {name: Output(wrapper_id(FORM, name), "hidden") for name in ("split_column", "stratify")},
            "disabled": Output(ids.start, "disabled"),
        },
        inputs={
            "controls": {name: Input(control_id(FORM, name), "value") for name in _NAMES},
            "key": State(ids.key, "data"),
        },
    )
    def check(controls: dict[str, Any], key: dict[str, str]) -> dict[str, Any]:
        values = given(controls)
        sentences = dict.fromkeys(_NAMES, "")
        hidden = {name: not _BY_NAME[name].matters(values) for name in ("split_column", "stratify")}
        view = datasets.get(desk(), key["dataset_id"])
        try:
            told = summary(score_forms.plan(view, outside_scores.checked(values, view.columns)))
        except InvalidSpec as error:
            open_questions = [name for name in QUESTIONS if controls[name] is None and name in error.problems]
            wrong = {name: said for name, said in error.problems.items() if name not in open_questions}
            sentences |= {name: said for name, said in wrong.items() if name in sentences}
            parts = [unanswered(open_questions)] if open_questions else []
            if wrong:
                parts.append(notice("danger", "Not ready to evaluate", _where(wrong)))
            return {"summary": parts, "problems": sentences, "hidden": hidden, "disabled": True}
        return {"summary": told, "problems": sentences, "hidden": hidden, "disabled": False}


def _where(problems: dict[str, str]) -> str:
    elsewhere = [said for name, said in problems.items() if name not in _NAMES]
    return " ".join(elsewhere) or "See what stands in red."


def _register_start(app: Dash) -> None:
    @app.callback(
        output={
            "href": Output(shell.location, "href", allow_duplicate=True),
            "problem": Output(ids.problem, "children"),
            "name": Output(ids.name_problem, "children"),
        },
        inputs={
            "clicks": Input(ids.start, "n_clicks"),
            "controls": {name: State(control_id(FORM, name), "value") for name in _NAMES},
            "name": State(ids.name, "value"),
            "key": State(ids.key, "data"),
        },
        prevent_initial_call=True,
        # Not `disabled`: that is the check's to say, and Dash calls this once as the form appears.
        running=[(Output(ids.start, "className"), "sd-button primary wide sd-working", "sd-button primary wide")],
    )
    def start(clicks: int | None, controls: dict[str, Any], name: Any, key: dict[str, str]) -> dict[str, Any]:
        if not clicks:
            return {"href": no_update, "problem": no_update, "name": no_update}
        try:
            run_id = outside_scores.start(desk(), key["dataset_id"], name if isinstance(name, str) else "", given(controls))
        except Refused as error:
            return {"href": no_update, "problem": "", "name": str(error)}
        except InvalidSpec as error:
            return {"href": no_update, "problem": notice("danger", "Not started", str(error)), "name": ""}
        return {"href": f"/runs/{run_id}", "problem": "", "name": ""}


def given(controls: dict[str, Any]) -> dict[str, Any]:
    """What the form holds, as the use case takes it; an option without an effect is hidden and counts as not given."""
    values = {name: controls[name] for name in OWN}
    values |= {option.name: value_of(option, controls[option.name]) for option in OPTIONS}
    return values | {option.name: option.default for option in OPTIONS if not option.matters(values)}
