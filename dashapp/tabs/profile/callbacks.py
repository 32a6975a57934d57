"""The profile's pages: fill them, follow the job, change special codes."""

from typing import Any

from dash import Dash, Input, Output, State, no_update, set_props
from dash.development.base_component import Component

from dashapp import theme
from dashapp.auth import desk
from dashapp.ids import shell
from dashapp.tabs.data.dataset_page import about, more_actions
from dashapp.tabs.data.dataset_page import ids as dataset
from dashapp.tabs.profile import choosing, compare_callbacks, outcome, remedying
from dashapp.tabs.profile.choosing import profile_of, wanted_column
from dashapp.tabs.profile.column_page import column_at, column_body
from dashapp.tabs.profile.compare_page import compare_body
from dashapp.tabs.profile.layout import again, ids, parts_bar
from dashapp.tabs.profile.overview import overview
from dashapp.tabs.profile.relations import relations
from dashapp.tabs.profile.remedying import done_notice
from dashapp.tabs.profile.status import above_profile, without_profile
from dashapp.tabs.profile.table import TableState
from dashapp.usecases import comparisons, datasets, profiles
from dashapp.usecases.datasets import DatasetView
from dashapp.usecases.errors import NotFound, Refused
from dashapp.widgets.basics import menu_item
from dashapp.widgets.heads import dataset_head
from dashapp.widgets.jobs import job_progress
from dashapp.widgets.page import crumbs, not_found
from pipeline.special_codes import special_codes

_WORDS = {"relations": "Relations", "compare": "Compare"}


def register(app: Dash) -> None:
    _register_page(app)
    _register_codes(app)
    for part in (choosing, outcome, remedying, compare_callbacks):
        part.register(app)


def _register_page(app: Dash) -> None:
    @app.callback(
        Output(ids.body, "children"),
        Output(ids.tick, "disabled"),
        Input(dataset.key, "data"),
        Input(shell.theme, "data"),
        State(shell.location, "search"),
        State(ids.moves, "data", allow_optional=True),
    )
    def fill(key: dict[str, Any], _theme: Any, search: Any, moves: Any) -> tuple[Any, bool]:
        try:
            view = datasets.get(desk(), key["dataset_id"])
            found = profiles.get(desk(), view.id)
        except NotFound:
            return not_found("data set", "All data sets", "/data"), True
        content, last = _content(view, found, key, TableState.after(moves), wanted_column(search))
        steps = (("Data sets", "/data"), (view.name, f"/data/{view.id}"))
        set_props(shell.breadcrumb, {"children": crumbs(*steps, last)})
        more = more_actions(view)
        if view.mine and key["part"] == "overview":
            more.insert(0, menu_item("Choose the outcome", "bullseye", {"choose-outcome": "menu"}))
        head = dataset_head(view, "Columns" if key["part"] == "column" else "Profile", more)
        followed = found.job is not None and found.job.active and key["part"] != "compare"
        return [*head, *content], not followed

    @app.callback(
        Output(ids.progress, "children"),
        Output(dataset.key, "data", allow_duplicate=True),
        Input(ids.tick, "n_intervals"),
        State(dataset.key, "data"),
        prevent_initial_call=True,
    )
    def follow(_tick: Any, key: dict[str, Any]) -> tuple[Any, Any]:
        job = profiles.get(desk(), key["dataset_id"]).job
        if job is None or not job.active:
            return no_update, again(key)
        return job_progress(job, {"cancel-job": job.id}), no_update

    @app.callback(
        Output(dataset.key, "data", allow_duplicate=True),
        Input(ids.again, "n_clicks"),
        State(dataset.key, "data"),
        prevent_initial_call=True,
    )
    def profile_again(clicks: int | None, key: dict[str, Any]) -> Any:
        if not clicks:
            return no_update
        profiles.refresh(desk(), key["dataset_id"])
        return again(key)


def _content(
    view: DatasetView, found: profiles.ProfileView, key: dict[str, Any], state: TableState, wanted: str | None
) -> tuple[list[Component], str]:
    """What stands under the head, and the last word of the breadcrumb."""
    part = key["part"]
    if part == "compare":
        return [parts_bar(view.id, "Compare"), *compare_body(view, *_comparables(view))], "Compare"
    if found.profile is None:
        return without_profile(found, view.mine), _WORDS.get(part, "Profile")
    above = above_profile(found, view.mine)
    if part == "relations":
        return [parts_bar(view.id, "Relations"), *above, *relations(found.profile, theme.look())], "Relations"
    if part == "column":
        column = column_at(found.profile, key["column"])
        if column is None:
            return not_found("column", "All columns", f"/data/{view.id}/columns"), "Not found"
        return [*above, *column_body(view, found.profile, column, theme.look())], column.name
    return [
        parts_bar(view.id, "Overview"),
        *about(view),
        *above,
        *done_notice(view, key.get("done")),
        *overview(view, found.profile, state, wanted, theme.look()),
    ], "Profile"


def _comparables(view: DatasetView) -> tuple[list[Any], list[Any]]:
    others = [card for card in datasets.visible(desk()) if card.id != view.id]
    return others, list(comparisons.of_dataset(desk(), view.id))


def _register_codes(app: Dash) -> None:
    @app.callback(
        Output(ids.codes_problem, "children"),
        Output(dataset.key, "data", allow_duplicate=True),
        Input(ids.codes_save, "n_clicks"),
        State(ids.codes, "value"),
        State(dataset.key, "data"),
        prevent_initial_call=True,
    )
    def set_codes(clicks: int | None, text: Any, key: dict[str, Any]) -> tuple[Any, Any]:
        view, profile = profile_of(key["dataset_id"])
        column = column_at(profile, key.get("column", "")) if profile is not None else None
        if not clicks or column is None:
            return no_update, no_update
        try:
            given = special_codes(f"{column.name}: {text}") if isinstance(text, str) and text.strip() else ()
            datasets.set_codes(desk(), view.id, column.name, dict(given[0][1]) if given else {})
        except ValueError as error:
            return f"Not read: {error}", no_update
        except Refused as error:
            return str(error), no_update
        return "", again(key)
