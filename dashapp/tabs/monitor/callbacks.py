"""The Monitor tab: fill it, score a data set, follow the work."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qs

from dash import Dash, Input, Output, State, html, no_update, set_props
from dash.development.base_component import Component

from dashapp import theme
from dashapp.auth import desk
from dashapp.ids import shell
from dashapp.page_address import moved_to
from dashapp.pressed import moved_alone
from dashapp.tabs.monitor.layout import ids, start_card
from dashapp.tabs.monitor.results import page, progress
from dashapp.tabs.opening import no_run, opened
from dashapp.usecases import monitoring
from dashapp.usecases.errors import NotFound, PipelineError, Refused
from dashapp.usecases.runs import RunView
from dashapp.usecases.studies import StudyView
from dashapp.widgets.basics import empty, link_button, notice
from dashapp.widgets.heads import run_head


def register(app: Dash) -> None:
    @app.callback(
        Output(ids.body, "children"),
        Output(ids.tick, "disabled"),
        Output(ids.shown, "data"),
        Input(ids.key, "data"),
        Input(ids.tick, "n_intervals"),
        Input(shell.theme, "data"),
        Input(shell.location, "search"),
        State(ids.shown, "data"),
    )
    def fill(key: dict[str, str], _tick: Any, _theme: Any, search: Any, shown: Any) -> tuple[Any, Any, Any]:
        if moved_alone(ids.tick) and (bars := still(key["run_id"], shown)) is not None:
            set_props(ids.work, {"children": bars})  # a data set that is being chosen below stays chosen
            return no_update, no_update, no_update
        view = opened(key["run_id"], "Monitor")
        if view is None:
            return no_run(), True, None
        head = run_head(view, "Monitor")
        if view.result is None or view.spec.bad_label is None:
            return [*head, _nothing(view)], True, None
        made = monitoring.made(desk(), view.id)
        cards = page(view, view.result, _first(view), made, _wanted(search, made), theme.look())
        return [*head, *cards], not progress(made), states(made)

    _register_start(app)


def states(made: Sequence[StudyView]) -> list[list[str]]:
    """What the page says of each scoring."""
    return [[one.card.id, one.card.job.state if one.card.job is not None else "succeeded"] for one in made]


def still(run_id: str, shown: Any) -> list[Component] | None:
    """The bars of what is at work, where nothing else has changed since the page was drawn."""
    try:
        made = monitoring.made(desk(), run_id)
    except NotFound:
        return None
    bars = progress(made)
    return bars if bars and states(made) == shown else None


def _nothing(view: RunView) -> Component:
    if view.result is None:
        way = link_button("To the run", f"/runs/{view.id}")
        return empty("activity", "The run has no result yet", "Once it has ended, newer data can be scored with it.", way)
    words = "Scoring and monitoring need a probability of bad; train a run that names the label that counts as bad."
    return empty("activity", "This run tells three classes or more apart", words)


def _wanted(search: Any, made: list[StudyView]) -> StudyView | None:
    """The scoring of the address, else the newest one that has ended."""
    named = parse_qs(search.lstrip("?")).get("study", [""])[0] if isinstance(search, str) else ""
    asked = next((one for one in made if one.card.id == named), None)
    return asked or next((one for one in made if one.result is not None), None)


def _first(view: RunView) -> Component:
    try:
        return start_card(monitoring.candidates(desk(), view))
    except Refused as error:
        return html.Div(notice("info", error.message, error.fix), className="sd-5")


def _register_start(app: Dash) -> None:
    @app.callback(
        Output(ids.problem, "children"),
        Output(shell.address, "data", allow_duplicate=True),
        Output(ids.key, "data", allow_duplicate=True),
        Input(ids.start, "n_clicks", allow_optional=True),
        State(ids.dataset, "value", allow_optional=True),
        State(ids.key, "data"),
        prevent_initial_call=True,
    )
    def start(clicks: Any, dataset_id: Any, key: dict[str, str]) -> tuple[Any, Any, Any]:
        if not clicks:
            return no_update, no_update, no_update
        if not isinstance(dataset_id, str) or not dataset_id:
            return "Choose a data set first.", no_update, no_update
        try:
            study_id = monitoring.start(desk(), key["run_id"], dataset_id)
        except (Refused, PipelineError, NotFound) as error:
            return str(error), no_update, no_update
        return "", moved_to(f"/runs/{key['run_id']}/monitor", f"?study={study_id}"), {"run_id": key["run_id"]}

    @app.callback(
        Output(ids.key, "data", allow_duplicate=True),
        Input(shell.again, "data"),
        State(ids.key, "data"),
        prevent_initial_call=True,
    )
    def follow(again: Any, key: dict[str, str]) -> Any:
        return {"run_id": key["run_id"]} if again else no_update
