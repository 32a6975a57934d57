"""Data sets: fill the pages, hand rows to the grid, rename, delete."""

from typing import Any

from dash import Dash, Input, Output, State, no_update, set_props

from dashapp.auth import desk
from dashapp.ids import shell
from dashapp.tabs.data import dataset_page, list_page
from dashapp.usecases import datasets
from dashapp.usecases.errors import Refused
from dashapp.widgets.page import crumbs, or_not_found

ids = dataset_page.ids


def register(app: Dash) -> None:
    _register_pages(app)
    _register_dialogs(app)


def _register_pages(app: Dash) -> None:
    @app.callback(Output(list_page.ids.body, "children"), Input(list_page.ids.key, "data"))
    def fill_list(_key: Any) -> Any:
        return list_page.body(datasets.visible(desk()))

    @app.callback(Output(ids.body, "children"), Input(ids.key, "data"))
    @or_not_found("data set", "All data sets", "/data")
    def fill_dataset(key: dict[str, str]) -> Any:
        view = datasets.get(desk(), key["dataset_id"])
        set_props(shell.breadcrumb, {"children": crumbs(("Data sets", "/data"), (view.name, f"/data/{view.id}"), key["tab"])})
        return dataset_page.body(view, key["tab"])

    @app.callback(
        Output(ids.grid, "getRowsResponse"), Input(ids.grid, "getRowsRequest"), State(ids.key, "data"), prevent_initial_call=True
    )
    def hand_rows(request: dict[str, Any] | None, key: dict[str, str]) -> Any:
        if request is None:
            return no_update
        found, n_rows = datasets.rows(desk(), key["dataset_id"], start=int(request["startRow"]), stop=int(request["endRow"]))
        rows = [{f"c{i}": dataset_page.cell(value) for i, value in enumerate(values)} for values in found]
        return {"rowData": rows, "rowCount": n_rows}


def _register_dialogs(app: Dash) -> None:
    @app.callback(
        Output(ids.rename_dialog, "is_open"),
        Output(ids.rename_name, "value"),
        Input(ids.rename, "n_clicks"),
        State(ids.key, "data"),
        prevent_initial_call=True,
    )
    def open_rename(clicks: int | None, key: dict[str, str]) -> tuple[Any, Any]:
        if not clicks:
            return no_update, no_update
        return True, datasets.get(desk(), key["dataset_id"]).name

    @app.callback(
        Output(ids.rename_problem, "children"),
        Output(ids.key, "data", allow_duplicate=True),
        Input(ids.rename_save, "n_clicks"),
        State(ids.rename_name, "value"),
        State(ids.key, "data"),
        prevent_initial_call=True,
    )
    def rename(clicks: int | None, name: str | None, key: dict[str, str]) -> tuple[Any, Any]:
        if not clicks:
            return no_update, no_update
        try:
            datasets.rename(desk(), key["dataset_id"], name or "")
        except Refused as error:
            return f"{error.message} {error.fix}", no_update
        set_props(ids.rename_dialog, {"is_open": False})
        return "", key

    @app.callback(Output(ids.delete_dialog, "is_open"), Input(ids.delete, "n_clicks"), prevent_initial_call=True)
    def open_delete(clicks: int | None) -> Any:
        return True if clicks else no_update

    @app.callback(
        Output(shell.location, "href", allow_duplicate=True),
        Input(ids.delete_confirm, "n_clicks"),
        State(ids.key, "data"),
        prevent_initial_call=True,
    )
    def delete(clicks: int | None, key: dict[str, str]) -> Any:
        if not clicks:
            return no_update
        datasets.delete(desk(), key["dataset_id"])
        return "/data"
