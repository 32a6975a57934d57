"""The form, what may change about an applicant, and saving a case."""

from collections.abc import Sequence
from typing import Any

from dash import ALL, MATCH, ClientsideFunction, Dash, Input, Output, State, ctx, no_update

from dashapp.auth import desk
from dashapp.ids import shell
from dashapp.page_address import moved_to
from dashapp.tabs.desk import applicant_page
from dashapp.tabs.desk.callbacks import names
from dashapp.tabs.desk.form import form_id, said
from dashapp.tabs.desk.layout import OTHER, ids
from dashapp.tabs.desk.state import State as Shown
from dashapp.usecases import applicants
from dashapp.usecases.applicants import NAME_LENGTH
from dashapp.usecases.case_records import record
from dashapp.usecases.errors import InvalidSpec, NotFound, Refused
from dashapp.widgets.applicant.values import field_label
from dashapp.widgets.basics import notice

_FIELDS, _OTHERS, _SAID = (form_id(part, ALL) for part in ("value", "other", "said"))


def register(app: Dash) -> None:
    _register_kept(app)
    _register_form(app)
    _register_remarks(app)
    _register_editing(app)
    _register_changes(app)


def _register_kept(app: Dash) -> None:
    """What is typed and not saved, which the browser keeps for this tab (assets/38-desk.js)."""
    app.clientside_callback(
        ClientsideFunction("desk", "kept"), Output(ids.typed, "data", allow_duplicate=True), Input(ids.key, "data"),
        prevent_initial_call="initial_duplicate",
    )  # fmt: skip
    app.clientside_callback(
        ClientsideFunction("desk", "discarded"),
        Output(ids.typed, "data", allow_duplicate=True),
        Input(ids.discard, "n_clicks", allow_optional=True),
        prevent_initial_call=True,
    )
    app.clientside_callback(ClientsideFunction("desk", "keep"), Input(ids.typed, "data"), prevent_initial_call=True)
    app.clientside_callback(ClientsideFunction("desk", "texts"), Input(ids.shown, "data"), prevent_initial_call=True)
    app.clientside_callback(
        ClientsideFunction("desk", "draft"), Input(_FIELDS, "value"), Input(_OTHERS, "value"), prevent_initial_call=True
    )


def _register_form(app: Dash) -> None:
    @app.callback(
        Output(ids.typed, "data"),
        Output(shell.address, "data", allow_duplicate=True),
        Output(ids.form_problem, "children"),
        Output(_SAID, "children", allow_duplicate=True),
        Input(ids.score, "n_clicks"),
        State(_FIELDS, "value"),
        State(_OTHERS, "value"),
        State(ids.form_name, "value"),
        State(ids.key, "data"),
        prevent_initial_call=True,
        running=[(Output(ids.score, "className"), "sd-button primary sd-working", "sd-button primary")],
    )
    def score(clicks: Any, _fields: Any, _others: Any, name: Any, key: dict[str, str]) -> tuple[Any, Any, Any, Any]:
        places = [place["id"]["field"] for place in ctx.outputs_list[3]]
        nothing = [no_update] * len(places)
        if not clicks:
            return no_update, no_update, no_update, nothing
        given, who = _given(ctx.states_list), desk()
        if not any(text.strip() for text in given.values()):
            problem = notice("danger", "Not scored", "Nothing is filled in. Fill in what is known first.")
            return no_update, no_update, problem, nothing
        try:
            run = applicants.opened(who, key["run_id"])
            applicants.applicant(who, run, applicants.Asked(given=given, name=str(name or "")))
        except InvalidSpec as error:
            wording = run.wording
            problem = notice(
                "danger", "Not scored", _unread([field_label(one, wording) for one in places if one in error.problems])
            )
            found = applicants.remarks(run, given)
            return no_update, no_update, problem, [said(found.get(one)) for one in places]
        except (Refused, NotFound) as error:
            return no_update, no_update, notice("danger", "Not scored", f"{error} What you typed stays here."), nothing
        asked = applicants.Asked(given=given, name=str(name or "")[:NAME_LENGTH])
        return Shown(asked).typed(who.user.name), moved_to(f"/desk/{key['run_id']}", ""), "", nothing

    app.clientside_callback(ClientsideFunction("desk", "describe"), Input(_SAID, "children"))
    app.clientside_callback(ClientsideFunction("desk", "wrong"), Input(ids.form_problem, "children"), prevent_initial_call=True)
    app.clientside_callback(
        ClientsideFunction("desk", "other"),
        Output(form_id("box", MATCH), "hidden"),
        Input(form_id("value", MATCH), "value"),
        prevent_initial_call=True,
    )


def _register_remarks(app: Dash) -> None:
    @app.callback(
        Output(_SAID, "children"),
        Output(ids.form_problem, "children", allow_duplicate=True),
        Input(_FIELDS, "value"),
        Input(_OTHERS, "value"),
        State(ids.key, "data"),
        prevent_initial_call=True,
    )
    def remark(_fields: Any, _others: Any, key: dict[str, str]) -> tuple[Any, Any]:
        places = [place["id"]["field"] for place in ctx.outputs_list[0]]
        given = _given(ctx.inputs_list)
        if not any(given.values()):
            return [[] for _ in places], no_update
        found = applicants.remarks(applicants.opened(desk(), key["run_id"]), given)
        is_wrong = any(is_problem for _, is_problem in found.values())
        return [said(found.get(one)) for one in places], no_update if is_wrong else ""


def _register_editing(app: Dash) -> None:
    @app.callback(
        Output(ids.typed, "data", allow_duplicate=True),
        Input(ids.edit, "n_clicks", allow_optional=True),
        Input(ids.try_other, "n_clicks", allow_optional=True),
        Input(ids.form_cancel, "n_clicks", allow_optional=True),
        State(shell.location, "search"),
        State(ids.typed, "data"),
        prevent_initial_call=True,
    )
    def edit(editing: Any, trying: Any, back: Any, search: Any, typed: Any) -> Any:
        if not (editing or trying or back):
            return no_update
        name = desk().user.name
        return Shown.of(search, typed, name).typed(name, editing=not back)


def _register_changes(app: Dash) -> None:
    @app.callback(
        Output(ids.changes, "children"),
        Output(ids.changeable, "data"),
        Input(ids.work_out, "n_clicks"),
        State(ids.may_change, "value"),
        State(ids.key, "data"),
        State(shell.location, "search"),
        State(ids.typed, "data"),
        prevent_initial_call=True,
    )
    def work_out(clicks: Any, ticked: Any, key: dict[str, str], search: Any, typed: Any) -> tuple[Any, Any]:
        who, chosen = desk(), names(ticked) or ()
        asked = Shown.of(search, typed, who.user.name).asked
        if not clicks or asked is None:
            return no_update, no_update
        run = applicants.opened(who, key["run_id"])
        found, warnings = applicants.applicant(who, run, asked)
        kept = record(run, found, warnings, chosen)
        return applicant_page.changes(run, kept.changes, kept.changeable), list(chosen)


def _unread(labels: Sequence[str]) -> str:
    if len(labels) == 1:
        return f"{labels[0]} cannot be read; the field says why."
    return f"{len(labels)} fields cannot be read, and each says why: {', '.join(labels)}."


def _given(lists: Any) -> dict[str, str]:
    """The texts of the form by field; of a list that asks for another value, that value."""
    found: dict[str, str] = {}
    entries = [entry for group in lists if isinstance(group, list) for entry in group]
    for entry in entries:
        if entry["id"]["desk-form"] == "value":
            found[entry["id"]["field"]] = _text(entry.get("value"))
    for entry in entries:
        name = entry["id"]["field"]
        if entry["id"]["desk-form"] == "other" and found.get(name) == OTHER:
            found[name] = _text(entry.get("value"))
    return found


def _text(value: Any) -> str:
    return str(value)[:1_000] if isinstance(value, str | int | float) else ""
