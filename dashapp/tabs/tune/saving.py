"""The Tune tab: choose columns, train what is chosen, and what the browser does by itself."""

from typing import Any

from dash import ClientsideFunction, Dash, Input, Output, State, no_update

from dashapp.auth import desk
from dashapp.ids import shell
from dashapp.tabs.tune.kept import changes_of
from dashapp.tabs.tune.layout import ids
from dashapp.usecases import runs, tuning
from dashapp.usecases.errors import InvalidSpec, NotFound, Refused
from dashapp.widgets.basics import notice


def register(app: Dash) -> None:
    _register_columns(app)
    _register_saving(app)
    _register_browser(app)


def _register_columns(app: Dash) -> None:
    @app.callback(
        Output(ids.columns_dialog, "is_open"),
        Output(ids.columns, "options"),
        Output(ids.columns, "value"),
        Input(ids.choose, "n_clicks", allow_optional=True),
        State(ids.key, "data"),
        State(ids.study, "data"),
        prevent_initial_call=True,
    )
    def choose(clicks: int | None, key: dict[str, Any], handed: Any) -> tuple[Any, Any, Any]:
        if not clicks:
            return no_update, no_update, no_update
        view = runs.get(desk(), key["run_id"])
        offered = tuning.columns(desk(), view)
        named = [
            {"label": f"{name}: {offered.reasons[name]}" if offered.reasons.get(name) else name, "value": name}
            for name in offered.names
        ]
        return True, named, list(changes_of(view, handed)["features"])

    for press, ticked in ((ids.columns_all, "all"), (ids.columns_none, "none")):
        app.clientside_callback(
            ClientsideFunction("tune", ticked),
            Output(ids.columns, "value", allow_duplicate=True),
            Input(press, "n_clicks"),
            State(ids.columns, "options"),
            prevent_initial_call=True,
        )
    app.clientside_callback(
        ClientsideFunction("tune", "use"),
        Output(ids.features, "data"),
        Output(ids.columns_dialog, "is_open", allow_duplicate=True),
        Input(ids.columns_use, "n_clicks"),
        State(ids.columns, "value"),
        prevent_initial_call=True,
    )


def _register_saving(app: Dash) -> None:
    @app.callback(
        Output(shell.location, "href", allow_duplicate=True),
        Output(ids.save_problem, "children"),
        Input(ids.save, "n_clicks", allow_optional=True),
        State(ids.place, "data"),
        State(ids.key, "data"),
        prevent_initial_call=True,
        # Not `disabled`: whether there is something to save is the browser's to say, and Dash calls this as the button appears.
        running=[(Output(ids.save, "className"), "sd-button primary wide sd-working", "sd-button primary wide")],
    )
    def save(clicks: int | None, place: Any, key: dict[str, Any]) -> tuple[Any, Any]:
        if not clicks:
            return no_update, no_update
        if not isinstance(place, dict) or not isinstance(place.get("study"), str):
            return no_update, notice("info", "Nothing to save yet", "Wait until the path is computed.")
        try:
            made = tuning.save(desk(), key["run_id"], place["study"], place.get("position"), place.get("cutoff"))
        except (InvalidSpec, Refused, NotFound) as error:
            return no_update, notice("danger", "Not saved", str(error))
        return f"/runs/{made}", ""

    @app.callback(
        Output(shell.location, "href", allow_duplicate=True),
        Input(ids.unpenalised, "n_clicks", allow_optional=True),
        State(ids.key, "data"),
        State(ids.study, "data"),
        prevent_initial_call=True,
    )
    def without_penalty(clicks: int | None, key: dict[str, Any], handed: Any) -> Any:
        if not clicks:
            return no_update
        view = runs.get(desk(), key["run_id"])
        return f"/runs/{tuning.save_unpenalised(desk(), view.id, changes_of(view, handed))}"


def _register_browser(app: Dash) -> None:
    """What moves without a request."""
    app.clientside_callback(
        ClientsideFunction("tune", "controls"), Output(ids.c_box, "title"), Input(ids.study, "data"), prevent_initial_call=True
    )
    app.clientside_callback(
        ClientsideFunction("tune", "rest"),
        Output(ids.tick, "disabled"),
        Input(ids.study, "data"),
        Input(ids.followed, "data"),
        Input(ids.payload, "data"),
    )
    app.clientside_callback(
        ClientsideFunction("tune", "open"),
        Output(ids.place, "data"),
        Input(ids.payload, "data"),
        Input(ids.study, "data"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction("tune", "judge"),
        Output(ids.cv, "figure"),
        Input(ids.judge, "value"),
        State(ids.figures, "data"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction("tune", "label"),
        Output(ids.path, "figure"),
        Input(ids.label, "value"),
        State(ids.figures, "data"),
        prevent_initial_call=True,
    )
