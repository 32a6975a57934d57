"""The list of runs: filter, follow what is running, undo a deletion."""

from typing import Any
from urllib.parse import parse_qs

from dash import ALL, ClientsideFunction, Dash, Input, Output, State, no_update

from dashapp.auth import desk
from dashapp.ids import shell
from dashapp.pressed import pressed
from dashapp.tabs.runs.layout import fits, ids, listing, pick_bar, undo
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
        State(ids.picked, "data"),
    )
    def show(words: str | None, _tick: Any, _undone: Any, picked: Any) -> tuple[Any, bool]:
        words = words or ""
        found = runs.visible(desk())
        working = any(run.state in {"queued", "running"} for run in found)
        return listing([run for run in found if fits(run, words)], words.strip(), picked or []), not working

    _register_picking(app)

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


def _register_picking(app: Dash) -> None:
    # A list that comes late is drawn with the ticks of a moment ago: it gets those of now before they are read again.
    app.clientside_callback(
        ClientsideFunction("runs", "tick"),
        Output({"pick-run": ALL}, "value", allow_duplicate=True),
        Input(ids.list, "children"),
        State({"pick-run": ALL}, "id"),
        State(ids.picked, "data"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction("runs", "pick"),
        Output(ids.picked, "data"),
        Input({"pick-run": ALL}, "value"),
        State({"pick-run": ALL}, "id"),
        State(ids.picked, "data"),
        prevent_initial_call=True,
    )

    @app.callback(Output(ids.bar, "children"), Input(ids.picked, "data"))
    def offer(picked: Any) -> Any:
        return pick_bar(picked if isinstance(picked, list) else [])

    app.clientside_callback(
        ClientsideFunction("runs", "clear"),
        Output(ids.picked, "data", allow_duplicate=True),
        Output({"pick-run": ALL}, "value"),
        Input(ids.clear, "n_clicks", allow_optional=True),
        State({"pick-run": ALL}, "id"),
        prevent_initial_call=True,
    )
