"""Saving a case, deciding it, and its note."""

from typing import Any

from dash import ClientsideFunction, Dash, Input, Output, State, html, no_update

from dashapp.auth import desk
from dashapp.ids import shell
from dashapp.pressed import clicked
from dashapp.tabs.desk.applicant_page import decision_options
from dashapp.tabs.desk.callbacks import names
from dashapp.tabs.desk.layout import ids
from dashapp.tabs.desk.state import State as Shown
from dashapp.usecases import applicants, cases
from dashapp.usecases.cases import OPEN, ReasonNeeded
from dashapp.usecases.errors import Conflict, InvalidSpec, NotFound, Refused
from dashapp.usecases.explaining import APPROVE, REFUSE
from dashapp.widgets.applicant.words import class_words
from dashapp.widgets.basics import notice

_EXPECTED = (Conflict, InvalidSpec, NotFound, Refused)


def register(app: Dash) -> None:
    _register_dialog(app)
    _register_confirm(app)
    _register_case(app)


def _register_dialog(app: Dash) -> None:
    @app.callback(
        output={
            "is_open": Output(ids.dialog, "is_open"),
            "title": Output(ids.dialog_title, "children"),
            "name": Output(ids.name, "value"),
            "options": Output(ids.decision, "options"),
            "decision": Output(ids.decision, "value"),
            "only_new": [Output(ids.name_field, "style"), Output(ids.note_field, "style")],
            "problem": Output(ids.problem, "children"),
        },
        inputs={
            "save": Input(ids.save, "n_clicks", allow_optional=True),
            "override": Input(ids.override, "n_clicks", allow_optional=True),
            "shown": State(ids.shown, "data"),
        },
        prevent_initial_call=True,
    )
    def ask(save: Any, override: Any, shown: Any) -> dict[str, Any]:
        buttons = clicked() & {ids.save, ids.override}
        if not buttons or not isinstance(shown, dict) or shown.get("kind") not in {"applicant", "case"}:
            return dict.fromkeys(("is_open", "title", "name", "options", "decision", "problem"), no_update) | {
                "only_new": [no_update, no_update]
            }
        is_new, overrides, advice = shown["kind"] == "applicant", ids.override in buttons, str(shown.get("advice"))
        against = REFUSE if advice == APPROVE else APPROVE
        labels = shown.get("labels")
        good, bad = map(str, labels) if isinstance(labels, list) and len(labels) == 2 else ("good", "bad")
        style = {} if is_new else {"display": "none"}
        return {
            "is_open": True,
            "title": "Override with a reason" if overrides else "Save the case",
            "name": shown.get("name", ""),
            "options": decision_options(class_words((good, bad)), advice, may_wait=is_new),
            "decision": against if overrides else OPEN,
            "only_new": [style, style],
            "problem": "",
        }


def _register_confirm(app: Dash) -> None:
    @app.callback(
        Output(ids.saved, "data"),
        Output(ids.key, "data", allow_duplicate=True),
        Output(ids.dialog, "is_open", allow_duplicate=True),
        Output(ids.problem, "children", allow_duplicate=True),
        inputs={
            "clicks": Input(ids.confirm, "n_clicks"),
            "key": State(ids.key, "data"),
            "shown": State(ids.shown, "data"),
            "typed": State(ids.typed, "data"),
            "chosen": State(ids.changeable, "data"),
            "search": State(shell.location, "search"),
            "said": [State(one, "value") for one in (ids.name, ids.decision, ids.reason, ids.note)],
        },
        prevent_initial_call=True,
        running=[(Output(ids.confirm, "className"), "sd-button primary sd-working", "sd-button primary")],
    )
    def confirm(
        clicks: Any, key: dict[str, Any], shown: Any, typed: Any, chosen: Any, search: Any, said: list[Any]
    ) -> tuple[Any, Any, Any, Any]:
        if not clicks:
            return no_update, no_update, no_update, no_update
        name, decision, reason, note = (one if isinstance(one, str) else "" for one in said)
        try:
            who = desk()
            if "case_id" in key:
                cases.decide(who, key["case_id"], decision, reason, mark=_mark(shown))
                return no_update, again(key, "decision"), False, ""
            asked = Shown.of(search, typed, who.user.name).asked or applicants.Asked()
            made = cases.save(
                who, key["run_id"], asked, name=name, note=note, changeable=names(chosen), decision=decision, reason=reason
            )
        except _EXPECTED as error:
            problem = notice("danger", "Not saved", _sentence(error))
            wrong = {"data-wrong": ids.reason} if isinstance(error, ReasonNeeded) else {}
            return no_update, no_update, no_update, html.Div(problem, **wrong)
        return f"/desk/cases/{made}", no_update, False, ""

    app.clientside_callback(ClientsideFunction("desk", "refused"), Input(ids.problem, "children"), prevent_initial_call=True)

    # The browser forgets what was typed, and goes to the case.
    app.clientside_callback(
        ClientsideFunction("desk", "saved"),
        Output(shell.location, "href", allow_duplicate=True),
        Input(ids.saved, "data"),
        prevent_initial_call=True,
    )


def _register_case(app: Dash) -> None:
    @app.callback(
        Output(ids.key, "data", allow_duplicate=True),
        Input(ids.follow, "n_clicks", allow_optional=True),
        Input(ids.reopen, "n_clicks", allow_optional=True),
        State(ids.key, "data"),
        State(ids.shown, "data"),
        prevent_initial_call=True,
    )
    def decide(follow: Any, reopen: Any, key: dict[str, Any], shown: Any) -> Any:
        if not (follow or reopen) or not isinstance(shown, dict):
            return no_update
        cases.decide(desk(), key["case_id"], OPEN if reopen else str(shown.get("advice")), mark=_mark(shown))
        return again(key, "decision")

    @app.callback(
        Output(ids.key, "data", allow_duplicate=True),
        Output(ids.note_problem, "children"),
        Input(ids.note_save, "n_clicks"),
        State(ids.note_text, "value"),
        State(ids.key, "data"),
        State(ids.shown, "data"),
        prevent_initial_call=True,
    )
    def note(clicks: Any, text: Any, key: dict[str, Any], shown: Any) -> tuple[Any, Any]:
        if not clicks:
            return no_update, no_update
        try:
            cases.note(desk(), key["case_id"], text if isinstance(text, str) else "", mark=_mark(shown))
        except _EXPECTED as error:
            return no_update, notice("danger", "Not saved", str(error))
        return again(key, "note"), no_update


def again(key: dict[str, Any], did: str) -> dict[str, Any]:
    """The key of the page, so changed that the page is filled anew and tells what was done: a decision or a note."""
    count = key.get("changed", 0)
    return {**key, "changed": count + 1 if isinstance(count, int) else 1, "did": did}


def _mark(shown: Any) -> str:
    return str(shown.get("mark")) if isinstance(shown, dict) else ""


def _sentence(error: Exception) -> str:
    if isinstance(error, InvalidSpec):
        return " ".join(f"{name}: {sentence}" for name, sentence in error.problems.items())
    if isinstance(error, NotFound):
        return f"{error} What you wrote stands here still."
    return str(error)
