"""The table of columns and the panel beside it: sort, search, turn the page, choose a column."""

from typing import Any
from urllib.parse import parse_qs, urlencode

from dash import ALL, ClientsideFunction, Dash, Input, Output, State, no_update

from dashapp import theme
from dashapp.auth import desk
from dashapp.ids import shell
from dashapp.page_address import moved_to
from dashapp.pressed import pressed
from dashapp.tabs.data.dataset_page import ids as dataset
from dashapp.tabs.profile.column_page import column_at
from dashapp.tabs.profile.layout import ids
from dashapp.tabs.profile.overview import chosen_column, panel
from dashapp.tabs.profile.table import TableState, columns_table
from dashapp.usecases import datasets, profiles
from pipeline.profiling.results import Profile


def wanted_column(search: Any) -> str | None:
    """The column that the address names."""
    found = parse_qs(search.lstrip("?")) if isinstance(search, str) else {}
    return found.get("column", [None])[0]


def profile_of(dataset_id: str) -> tuple[datasets.DatasetView, Profile | None]:
    return datasets.get(desk(), dataset_id), profiles.get(desk(), dataset_id).profile


def register(app: Dash) -> None:
    # The browser keeps all that was pressed and typed: of two requests in a row Dash forgets the answer to the first.
    app.clientside_callback(
        ClientsideFunction("profile", "keep"),
        Output(ids.moves, "data"),
        Input(ids.search, "value"),
        Input({"profile-sort": ALL}, "n_clicks"),
        Input({"profile-page": ALL}, "n_clicks"),
        State(ids.moves, "data"),
        prevent_initial_call=True,
    )

    @app.callback(
        Output(ids.table, "children"),
        Output(ids.state, "data"),
        Input(ids.moves, "data"),
        State(ids.state, "data"),
        State(dataset.key, "data"),
        State(shell.location, "search"),
        prevent_initial_call=True,
    )
    def arrange(moves: Any, given: Any, key: dict[str, str], search: Any) -> tuple[Any, Any]:
        state = TableState.after(moves)
        if state == TableState.parse(given):
            return no_update, no_update
        view, profile = profile_of(key["dataset_id"])
        if profile is None:
            return no_update, no_update
        chosen = chosen_column(profile, state, wanted_column(search))
        return columns_table(view, profile, state, chosen.name if chosen else None), vars(state)

    @app.callback(
        Output(shell.address, "data", allow_duplicate=True),
        Input({"profile-pick": ALL}, "n_clicks"),
        State(dataset.key, "data", allow_optional=True),  # absent when the rows go with their page
        prevent_initial_call=True,
    )
    def pick(_clicks: Any, key: dict[str, str] | None) -> Any:
        place = pressed("profile-pick")
        if not key or place is None:
            return no_update
        _, profile = profile_of(key["dataset_id"])
        column = column_at(profile, str(place)) if profile is not None else None
        if column is None:
            return no_update
        return moved_to(f"/data/{key['dataset_id']}", "?" + urlencode({"column": column.name}))

    @app.callback(
        Output(ids.panel, "children"),
        Output(ids.table, "children", allow_duplicate=True),
        Input(shell.location, "search"),
        State(dataset.key, "data", allow_optional=True),
        State(ids.state, "data", allow_optional=True),
        prevent_initial_call=True,
    )
    def show(search: Any, key: dict[str, str] | None, given: Any) -> tuple[Any, Any]:
        if not key:
            return no_update, no_update
        view, profile = profile_of(key["dataset_id"])
        if profile is None:
            return no_update, no_update
        state = TableState.parse(given)
        chosen = chosen_column(profile, state, wanted_column(search))
        return panel(view, profile, chosen, theme.look()), columns_table(view, profile, state, chosen.name if chosen else None)
