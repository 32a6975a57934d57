"""Data sets: fill the pages, hand rows to the grid, change roles, edit, delete."""

from typing import Any

from dash import ALL, Dash, Input, Output, State, no_update, set_props

from dashapp.auth import desk
from dashapp.ids import shell
from dashapp.pressed import pressed
from dashapp.tabs.data import dataset_page, list_page
from dashapp.usecases import datasets
from dashapp.usecases.errors import Refused
from dashapp.widgets.dialogs import confirm_deletion
from dashapp.widgets.page import crumbs, or_not_found

ids = dataset_page.ids


def register(app: Dash) -> None:
    list_page.register(app)
    _register_pages(app)
    _register_columns(app)
    _register_dialogs(app)


def _register_pages(app: Dash) -> None:
    @app.callback(Output(ids.body, "children"), Input(ids.key, "data"))
    @or_not_found("data set", "All data sets", "/data")
    def fill_dataset(key: dict[str, Any]) -> Any:
        view = datasets.get(desk(), key["dataset_id"])
        set_props(shell.breadcrumb, {"children": crumbs(("Data sets", "/data"), (view.name, f"/data/{view.id}"), key["tab"])})
        return dataset_page.body(view, key["tab"], key.get("page", 0))

    @app.callback(
        Output(ids.grid, "getRowsResponse"), Input(ids.grid, "getRowsRequest"), State(ids.key, "data"), prevent_initial_call=True
    )
    def hand_rows(request: dict[str, Any] | None, key: dict[str, str]) -> Any:
        if request is None:
            return no_update
        found, n_rows = datasets.rows(desk(), key["dataset_id"], start=int(request["startRow"]), stop=int(request["endRow"]))
        rows = [{f"c{i}": dataset_page.cell(value) for i, value in enumerate(values)} for values in found]
        return {"rowData": rows, "rowCount": n_rows}


def _register_columns(app: Dash) -> None:
    @app.callback(
        Output(ids.key, "data", allow_duplicate=True),
        Input(ids.role, "data"),
        State(ids.key, "data"),
        prevent_initial_call=True,
    )
    def set_role(moved: Any, key: dict[str, Any]) -> Any:
        place, role = (moved.get("place"), moved.get("role")) if isinstance(moved, dict) else (None, None)
        view = datasets.get(desk(), key["dataset_id"])
        if not isinstance(place, int) or not 1 <= place <= len(view.columns) or not isinstance(role, str):
            return no_update
        column = view.columns[place - 1]
        if role != column.role:
            datasets.set_role(desk(), view.id, column.name, role)
        return {**key, "changed": key.get("changed", 0) + 1}

    @app.callback(
        Output(ids.key, "data", allow_duplicate=True),
        Input({"columns-page": ALL}, "n_clicks"),
        State(ids.key, "data"),
        prevent_initial_call=True,
    )
    def turn(_clicks: Any, key: dict[str, Any]) -> Any:
        page = pressed("columns-page")
        return {**key, "page": page} if isinstance(page, int) else no_update


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
        view = datasets.get(desk(), key["dataset_id"])
        return True, view.name, view.description

    @app.callback(
        Output(ids.edit_problem, "children"),
        Output(ids.key, "data", allow_duplicate=True),
        Input(ids.edit_save, "n_clicks"),
        State(ids.edit_name, "value"),
        State(ids.edit_text, "value"),
        State(ids.key, "data"),
        prevent_initial_call=True,
    )
    def save(clicks: int | None, name: str | None, text: str | None, key: dict[str, Any]) -> tuple[Any, Any]:
        if not clicks:
            return no_update, no_update
        try:
            datasets.rename(desk(), key["dataset_id"], name or "")
            datasets.describe(desk(), key["dataset_id"], text or "")
        except Refused as error:
            return str(error), no_update
        set_props(ids.edit_dialog, {"is_open": False})
        return "", {**key, "changed": key.get("changed", 0) + 1}

    @app.callback(
        Output(ids.delete_dialog, "is_open"),
        Output(ids.delete_body, "children"),
        Input(ids.delete, "n_clicks"),
        State(ids.key, "data"),
        prevent_initial_call=True,
    )
    def open_delete(clicks: int | None, key: dict[str, str]) -> tuple[Any, Any]:
        if not clicks:
            return no_update, no_update
        return True, dataset_page.dependents_text(datasets.dependents(desk(), key["dataset_id"]))

    def delete(key: dict[str, Any]) -> str:
        datasets.delete(desk(), key["dataset_id"])
        return "/data"

    confirm_deletion(app, ids, delete)
