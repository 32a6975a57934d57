"""A run's pages: fill them, follow the job, edit, delete, repeat."""

from typing import Any

from dash import Dash, Input, Output, State, no_update, set_props

from dashapp import theme
from dashapp.auth import desk
from dashapp.ids import shell
from dashapp.tabs.evaluate.coefficients import coefficients
from dashapp.tabs.evaluate.overview import overview
from dashapp.tabs.evaluate.run_page import ids, more_actions, without_result
from dashapp.tabs.opening import no_run, opened
from dashapp.usecases import jobs, runs
from dashapp.usecases.errors import Refused
from dashapp.widgets.dialogs import confirm_deletion
from dashapp.widgets.heads import run_head
from dashapp.widgets.specs import spec_facts


def register(app: Dash) -> None:
    @app.callback(
        Output(ids.body, "children"),
        Output(ids.tick, "disabled"),
        Input(ids.key, "data"),
        Input(ids.tick, "n_intervals"),
        Input(shell.theme, "data"),
    )
    def fill(key: dict[str, str], _tick: Any, _theme: Any) -> tuple[Any, bool]:
        view = opened(key["run_id"], key["tab"])
        if view is None:
            return no_run(), True
        return [*run_head(view, key["tab"], more_actions(view)), *_content(view, key["tab"])], view.state not in {
            "queued",
            "running",
        }

    @app.callback(
        Output(ids.options, "children"),
        Input(ids.options_open, "n_clicks", allow_optional=True),
        State(ids.key, "data"),
        prevent_initial_call=True,
    )
    def unfold(clicks: int | None, key: dict[str, str]) -> Any:
        if not clicks:
            return no_update
        return spec_facts(runs.get(desk(), key["run_id"]).spec, without=("target", "bad_label"))

    _register_dialogs(app)


def _content(view: runs.RunView, tab: str) -> list[Any]:
    if view.result is None:
        return without_result(view)
    if tab == "Coefficients":
        return coefficients(view, view.result)
    return overview(view, view.result, theme.look())


def _register_dialogs(app: Dash) -> None:
    @app.callback(
        Output(ids.edit_dialog, "is_open"),
        Output(ids.edit_name, "value"),
        Output(ids.edit_text, "value"),
        Input(ids.edit, "n_clicks"),
        State(ids.key, "data"),
        prevent_initial_call=True,
    )
    def open_edit(clicks: int | None, key: dict[str, str]) -> tuple[Any, Any, Any]:
        if not clicks:
            return no_update, no_update, no_update
        view = runs.get(desk(), key["run_id"])
        return True, view.name, view.note

    @app.callback(
        Output(ids.edit_problem, "children"),
        Output(ids.key, "data", allow_duplicate=True),
        Input(ids.edit_save, "n_clicks"),
        State(ids.edit_name, "value"),
        State(ids.edit_text, "value"),
        State(ids.key, "data"),
        prevent_initial_call=True,
    )
    def save(clicks: int | None, name: str | None, note: str | None, key: dict[str, str]) -> tuple[Any, Any]:
        if not clicks:
            return no_update, no_update
        try:
            runs.describe(desk(), key["run_id"], name=name or "", note=note or "")
        except Refused as error:
            return str(error), no_update
        set_props(ids.edit_dialog, {"is_open": False})
        return "", key

    @app.callback(Output(ids.delete_dialog, "is_open"), Input(ids.delete, "n_clicks"), prevent_initial_call=True)
    def open_delete(clicks: int | None) -> Any:
        return True if clicks else no_update

    def delete(key: dict[str, Any]) -> str:
        runs.delete(desk(), key["run_id"])
        return f"/runs?deleted={key['run_id']}"

    confirm_deletion(app, ids, delete)

    @app.callback(
        Output(ids.key, "data", allow_duplicate=True),
        Input(ids.retry, "n_clicks"),
        State(ids.key, "data"),
        prevent_initial_call=True,
    )
    def retry(clicks: int | None, key: dict[str, str]) -> Any:
        if not clicks:
            return no_update
        jobs.retry(desk(), key["run_id"])
        return key
