"""The dialog that chooses what the columns are held against."""

from typing import Any

from dash import ALL, Dash, Input, Output, State, no_update, set_props

from dashapp.auth import desk
from dashapp.tabs.data.dataset_page import ids as dataset
from dashapp.tabs.profile.layout import again, ids
from dashapp.usecases import datasets
from dashapp.usecases.errors import Refused


def register(app: Dash) -> None:
    @app.callback(
        Output(ids.outcome_dialog, "is_open"),
        Output(ids.outcome_target, "options"),
        Output(ids.outcome_target, "value"),
        Input({"choose-outcome": ALL}, "n_clicks"),
        State(dataset.key, "data"),
        prevent_initial_call=True,
    )
    def choose(clicks: list[int | None], key: dict[str, str]) -> tuple[Any, Any, Any]:
        if not any(clicks):
            return no_update, no_update, no_update
        view = datasets.get(desk(), key["dataset_id"])
        likely = [column.name for column in view.columns if 2 <= len(column.levels) <= 20]
        rest = [column.name for column in view.columns if column.name not in likely]
        return True, [*likely, *rest], view.target

    @app.callback(
        Output(ids.outcome_label, "options"),
        Output(ids.outcome_label, "value"),
        Input(ids.outcome_target, "value"),
        State(dataset.key, "data"),
        prevent_initial_call=True,
    )
    def labels(target: Any, key: dict[str, str]) -> tuple[Any, Any]:
        view = datasets.get(desk(), key["dataset_id"])
        column = view.column(target) if isinstance(target, str) else None
        if column is None:
            return [], None
        found = [label for label, _ in column.levels]
        rarest = found[-1] if found else None  # levels come most frequent first, and bads are few
        return found, view.bad_label if view.bad_label in found else rarest

    @app.callback(
        Output(ids.outcome_problem, "children"),
        Output(dataset.key, "data", allow_duplicate=True),
        Input(ids.outcome_save, "n_clicks"),
        State(ids.outcome_target, "value"),
        State(ids.outcome_label, "value"),
        State(dataset.key, "data"),
        prevent_initial_call=True,
    )
    def save(clicks: int | None, target: Any, label: Any, key: dict[str, Any]) -> tuple[Any, Any]:
        if not clicks:
            return no_update, no_update
        try:
            datasets.set_outcome(desk(), key["dataset_id"], target, label)
        except Refused as error:
            return str(error), no_update
        set_props(ids.outcome_dialog, {"is_open": False})
        return "", again(key)
