"""Dialogs of the page: columns to cross, and a reason that is kept in the run's note."""

from typing import Any

from dash import Dash, Input, Output, State, no_update

from dashapp.auth import desk
from dashapp.ids import shell
from dashapp.page_address import moved_to
from dashapp.tabs.segments import results
from dashapp.tabs.segments.layout import ids
from dashapp.tabs.segments.shown import shown
from dashapp.usecases import runs, segments
from dashapp.usecases.errors import PipelineError, Refused
from dashapp.usecases.runs import NOTE_LENGTH


def register(app: Dash) -> None:
    _register_crossing(app)
    _register_note(app)


def _register_crossing(app: Dash) -> None:
    @app.callback(
        Output(ids.cross_dialog, "is_open"),
        Output(ids.cross_columns, "options"),
        Output(ids.cross_columns, "value"),
        Input(ids.cross, "n_clicks", allow_optional=True),
        State(ids.key, "data"),
        State(shell.location, "search"),
        prevent_initial_call=True,
    )
    def ask(clicks: int | None, key: dict[str, str], search: Any) -> tuple[Any, Any, Any]:
        if not clicks:
            return no_update, no_update, no_update
        return True, [column.name for column in shown(key["run_id"], search).offered], []

    @app.callback(
        Output(shell.address, "data", allow_duplicate=True),
        Output(ids.cross_problem, "children"),
        Output(ids.cross_dialog, "is_open", allow_duplicate=True),
        Input(ids.cross_add, "n_clicks"),
        State(ids.cross_columns, "value"),
        State(ids.key, "data"),
        State(shell.location, "search"),
        prevent_initial_call=True,
    )
    def add(clicks: int | None, names: Any, key: dict[str, str], search: Any) -> tuple[Any, Any, Any]:
        if not clicks:
            return no_update, no_update, no_update
        page = shown(key["run_id"], search)
        wanted = [*page.groups, tuple(names)] if isinstance(names, list) else []
        try:
            segments.start(desk(), page.view.id, wanted)
        except (PipelineError, Refused) as error:
            return no_update, str(error), no_update
        return moved_to(page.path, page.address.query(by=tuple(wanted)), before=search), "", False


def _register_note(app: Dash) -> None:
    @app.callback(
        Output(ids.note_dialog, "is_open"),
        Output(ids.note_text, "value"),
        Input(ids.note, "n_clicks", allow_optional=True),
        State(ids.key, "data"),
        State(shell.location, "search"),
        prevent_initial_call=True,
    )
    def ask(clicks: int | None, key: dict[str, str], search: Any) -> tuple[Any, Any]:
        if not clicks:
            return no_update, no_update
        page = shown(key["run_id"], search)
        look = page.look()
        return (no_update, no_update) if look is None else (True, results.opening_of_note(look, page.words))

    @app.callback(
        Output(ids.note_dialog, "is_open", allow_duplicate=True),
        Output(ids.note_problem, "children"),
        Input(ids.note_save, "n_clicks"),
        State(ids.note_text, "value"),
        State(ids.key, "data"),
        prevent_initial_call=True,
    )
    def save(clicks: int | None, text: Any, key: dict[str, str]) -> tuple[Any, Any]:
        if not clicks:
            return no_update, no_update
        if not isinstance(text, str) or not text.strip():
            return no_update, "Write a reason first."
        view = runs.get(desk(), key["run_id"])
        note = f"{view.note}\n\n{text.strip()}".strip()
        if len(note) > NOTE_LENGTH:
            return no_update, f"The note would have more than {NOTE_LENGTH:,} letters; shorten this, or edit the note."
        runs.describe(desk(), view.id, name=view.name, note=note)
        return False, ""
