"""Fills the page."""

from typing import Any

from dash import Dash, Input, Output, set_props

from dashapp.auth import desk
from dashapp.ids import shell
from dashapp.tabs.monitor.layout import ids
from dashapp.usecases import runs
from dashapp.usecases.errors import NotFound
from dashapp.widgets.heads import run_head
from dashapp.widgets.page import crumbs, not_found


def register(app: Dash) -> None:
    @app.callback(Output(ids.body, "children"), Input(ids.key, "data"))
    def fill(key: dict[str, str]) -> Any:
        try:
            view = runs.get(desk(), key["run_id"])
        except NotFound:
            return not_found("run", "All runs", "/runs")
        set_props(shell.breadcrumb, {"children": crumbs(("Runs", "/runs"), (view.name, f"/runs/{view.id}"), "Monitor")})
        return run_head(view, "Monitor")
