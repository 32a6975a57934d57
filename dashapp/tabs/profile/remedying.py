"""What the alerts offer: done with a click, and taken back with another."""

from collections.abc import Mapping
from typing import Any

from dash import ALL, Dash, Input, Output, State, dcc, no_update
from dash.development.base_component import Component

from dashapp import theme
from dashapp.auth import desk
from dashapp.pressed import pressed
from dashapp.tabs.data.dataset_page import ids as dataset
from dashapp.tabs.profile.choosing import profile_of
from dashapp.tabs.profile.layout import again, ids
from dashapp.tabs.profile.overview import REMEDIES, suspected
from dashapp.usecases import datasets, remedies
from dashapp.usecases.datasets import DatasetView
from dashapp.widgets.basics import button, notice
from pipeline.profiling.results import Alert, Profile


def register(app: Dash) -> None:
    @app.callback(
        Output(dataset.key, "data", allow_duplicate=True),
        Input({"profile-remedy": ALL}, "n_clicks"),
        State(dataset.key, "data"),
        prevent_initial_call=True,
    )
    def remedy(_clicks: Any, key: dict[str, Any]) -> Any:
        place = pressed("profile-remedy")
        if place is None:
            return no_update
        view, profile = profile_of(key["dataset_id"])
        if profile is None or not isinstance(place, int) or not 0 <= place < len(profile.alerts):
            return no_update
        done = act(view, profile, profile.alerts[place])
        return again({**key, "done": None if done is None else vars(done)})

    @app.callback(
        Output(dataset.key, "data", allow_duplicate=True),
        Input(ids.undo, "n_clicks", allow_optional=True),
        State(dataset.key, "data"),
        prevent_initial_call=True,
    )
    def undo(clicks: int | None, key: dict[str, Any]) -> Any:
        done = _parsed(key.get("done"))
        if not clicks or done is None:
            return no_update
        datasets.set_codes(desk(), key["dataset_id"], done.column, done.codes_before)
        return again({**key, "done": None})


def act(view: DatasetView, profile: Profile, alert: Alert) -> remedies.Remedied | None:
    """Does what an alert offers, or undoes it: the control stands for both. Gives what needs another way back."""
    column, summary = profile.column(alert.column or ""), view.column(alert.column or "")
    if column is None or summary is None:
        return None
    if alert.remedy in REMEDIES:
        role = REMEDIES[alert.remedy][0]
        datasets.set_role(desk(), view.id, summary.name, "feature" if summary.role == role else role)
    elif alert.kind == "outliers":
        return remedies.far_as_missing(desk(), view.id, summary.name)
    elif alert.remedy == "missing" and column.suspected_codes:
        codes, doubted = dict(summary.codes), suspected(column)
        if not doubted & codes.keys():
            return remedies.suspected_as_missing(desk(), view.id, summary.name)
        kept = {code: meaning for code, meaning in codes.items() if code not in doubted}
        datasets.set_codes(desk(), view.id, summary.name, kept)
    return None


def done_notice(view: DatasetView, given: Any) -> list[Component]:
    """What has just become missing, with a way back; nothing once the codes are as they were."""
    done = _parsed(given)
    summary = view.column(done.column) if done is not None else None
    if done is None or summary is None or not view.mine:
        return []
    added = [code for code, meaning in summary.codes if meaning == "missing" and code not in done.codes_before]
    if not added:
        return []
    verb = "counts" if done.n_rows == 1 else "count"
    title = f"{theme.plural(done.n_rows, 'value')} of {summary.name} {verb} as missing now"
    listed = ", ".join(code.replace("-", theme.MINUS) for code in added[:10]) + (" and more" if len(added) > 10 else "")
    place = view.columns.index(summary) + 1
    where = dcc.Link("the column's special codes", href=f"/data/{view.id}/columns/{place}")
    undo = button("Undo", ids.undo, icon_name="arrow-counterclockwise", kind="link")
    return [notice("done", title, [f"{listed}: kept among ", where, ". The rows stay as they are."], undo)]


def _parsed(given: Any) -> remedies.Remedied | None:
    """What the page keeps of the last remedy; it comes back from the browser, so it may be anything."""
    if not isinstance(given, Mapping):
        return None
    column, n_rows, codes = given.get("column"), given.get("n_rows"), given.get("codes_before")
    if not isinstance(column, str) or not isinstance(n_rows, int) or not isinstance(codes, dict):
        return None
    if not all(isinstance(meaning, str) for meaning in codes.values()):
        return None
    return remedies.Remedied(column, n_rows, codes)
