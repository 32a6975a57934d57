"""Fills the page, and does the steps."""

from typing import Any

from dash import ALL, Dash, Input, Output, State, no_update

from dashapp.auth import desk
from dashapp.pressed import pressed
from dashapp.tabs.approval.layout import ids
from dashapp.tabs.approval.page import body
from dashapp.tabs.opening import no_run, opened
from dashapp.usecases import approvals
from dashapp.usecases.desk import Desk
from dashapp.usecases.errors import NotFound, Refused
from dashapp.widgets.basics import notice
from dashapp.widgets.heads import run_head


def register(app: Dash) -> None:
    @app.callback(Output(ids.body, "children"), Input(ids.key, "data"))
    def fill(key: dict[str, Any]) -> Any:
        view = opened(key["run_id"], "Approval")
        if view is None:
            return no_run()
        who = desk()
        people = approvals.reviewers(who, view.id) if view.mine else []
        return [*run_head(view, "Approval"), body(view, approvals.history(who, view.id), people)]

    @app.callback(
        Output(ids.key, "data", allow_duplicate=True),
        Output(ids.problem, "children"),
        Input({"approval": ALL}, "n_clicks"),
        State(ids.reviewer, "value", allow_optional=True),
        State(ids.note, "value", allow_optional=True),
        State(ids.seen, "data", allow_optional=True),
        State(ids.key, "data"),
        prevent_initial_call=True,
    )
    def act(_clicks: Any, reviewer: Any, note: Any, seen: Any, key: dict[str, Any]) -> tuple[Any, Any]:
        step = pressed("approval")
        if step is None:
            return no_update, no_update
        try:
            _do(desk(), str(step), key["run_id"], str(reviewer or ""), str(note or ""), str(seen or ""))
        except (Refused, NotFound) as error:
            return no_update, notice("danger", "Not done", str(error))
        return {**key, "changed": key.get("changed", 0) + 1}, ""


def _do(who: Desk, step: str, run_id: str, reviewer: str, note: str, seen: str) -> None:
    if step == "propose":
        approvals.propose(who, run_id, reviewer, note)
        return
    if step == "approve":
        approvals.approve(who, run_id, note, seen)
        return
    steps = {
        "withdraw": approvals.withdraw,
        "return": approvals.return_,
        "retire": approvals.retire,
    }
    if step not in steps:
        raise Refused("There is no such step.", fix="Load the page again.")
    steps[step](who, run_id, note)
