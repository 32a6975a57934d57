"""The list of runs: filter, follow what is running, undo a deletion."""

from typing import Any
from urllib.parse import parse_qs

from dash import ALL, Dash, Input, Output, State, no_update

from dashapp.auth import desk
from dashapp.ids import shell
from dashapp.pressed import pressed
from dashapp.tabs.runs.layout import fits, ids, listing, undo
from dashapp.usecases import runs


def register(app: Dash) -> None:
    @app.callback(Output(ids.undo_place, "children"), Input(ids.key, "data"), State(shell.location, "search"))
    def offer_undo(_key: Any, query: str | None) -> Any:
        deleted = parse_qs((query or "").lstrip("?")).get("deleted")
        return undo(deleted[0]) if deleted else None

    @app.callback(
        Output(ids.list, "children"),
        Output(ids.tick, "disabled"),
        Input(ids.filter, "value"),
        Input(ids.tick, "n_intervals"),
        Input(ids.undo_place, "children"),
    )
    def show(words: str | None, _tick: Any, _undone: Any) -> tuple[Any, bool]:
        words = words or ""
        found = runs.visible(desk())
        working = any(run.state in {"queued", "running"} for run in found)
        return listing([run for run in found if fits(run, words)], words.strip()), not working

    @app.callback(
        Output(ids.undo_place, "children", allow_duplicate=True),
        Input({"restore-run": ALL}, "n_clicks"),
        prevent_initial_call=True,
    )
    def restore(_clicks: Any) -> Any:
        run_id = pressed("restore-run")
        if run_id is None:
            return no_update
        runs.restore(desk(), run_id)
        return None
