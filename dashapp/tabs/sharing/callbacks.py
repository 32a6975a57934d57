"""Share with a colleague, take it back."""

from typing import Any

from dash import ALL, Dash, Input, Output, State, no_update, set_props

from dashapp.auth import desk
from dashapp.ids import shell
from dashapp.pressed import pressed
from dashapp.tabs.opening import no_run, tell_where
from dashapp.tabs.sharing.layout import body, ids
from dashapp.usecases import datasets, runs, sharing
from dashapp.usecases.errors import NotFound, Refused
from dashapp.widgets.heads import dataset_head, run_head
from dashapp.widgets.page import crumbs, not_found


def register(app: Dash) -> None:
    @app.callback(Output(ids.body, "children"), Input(ids.key, "data"))
    def fill(key: dict[str, Any]) -> Any:
        kind, object_id = key["kind"], key["id"]
        try:
            access = sharing.access(desk(), kind, object_id)
            if kind == "run":
                run = runs.get(desk(), object_id)
                tell_where(run, "Sharing")
                return [*run_head(run, "Sharing"), body(access, kind, f"/runs/{object_id}")]
            view = datasets.get(desk(), object_id)
        except NotFound:
            return no_run() if kind == "run" else not_found("data set", "All data sets", "/data")
        set_props(shell.breadcrumb, {"children": crumbs(("Data sets", "/data"), (view.name, f"/data/{view.id}"), "Sharing")})
        return [*dataset_head(view, "Sharing"), body(access, kind, f"/data/{object_id}")]

    @app.callback(
        Output(ids.key, "data", allow_duplicate=True),
        Output(ids.problem, "children"),
        Input(ids.add, "n_clicks"),
        State(ids.person, "value"),
        State(ids.key, "data"),
        prevent_initial_call=True,
    )
    def add(clicks: int | None, name: str | None, key: dict[str, Any]) -> tuple[Any, Any]:
        if not clicks:
            return no_update, no_update
        if not name:
            return no_update, "Choose a person first."
        try:
            sharing.share(desk(), key["kind"], key["id"], name)
        except Refused as error:
            return no_update, str(error)
        return {**key, "changed": key.get("changed", 0) + 1}, ""

    @app.callback(
        Output(ids.key, "data", allow_duplicate=True),
        Input({"unshare": ALL}, "n_clicks"),
        State(ids.key, "data"),
        prevent_initial_call=True,
    )
    def remove(_clicks: Any, key: dict[str, Any]) -> Any:
        name = pressed("unshare")
        if name is None:
            return no_update
        sharing.unshare(desk(), key["kind"], key["id"], name)
        return {**key, "changed": key.get("changed", 0) + 1}
