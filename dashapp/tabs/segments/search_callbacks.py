"""The search for segments that stand out, and the what-if of cut-offs by group: filled beside the page."""

from typing import Any

from dash import ALL, Dash, Input, Output, State, no_update

from dashapp.auth import desk
from dashapp.ids import shell
from dashapp.pressed import clicked, moved_alone
from dashapp.tabs.segments import own_cutoffs
from dashapp.tabs.segments.layout import ids
from dashapp.tabs.segments.searching import found_card, pairs_card
from dashapp.tabs.segments.shown import Shown, shown
from dashapp.usecases import segments
from dashapp.usecases.errors import PipelineError, Refused
from dashapp.usecases.segment_columns import usual_search
from dashapp.usecases.studies import StudyView
from pipeline.segment_results import WorstSegments


def register(app: Dash) -> None:
    _register_search(app)
    _register_own(app)


def _register_search(app: Dash) -> None:
    @app.callback(
        Output(ids.found, "children"),
        Output(ids.pairs, "children"),
        Output(ids.search_tick, "disabled"),
        Input(ids.asked, "data"),
        Input(ids.search, "n_clicks", allow_optional=True),
        Input(ids.search_tick, "n_intervals"),
        State(ids.searched, "value", allow_optional=True),
        State(ids.key, "data"),
        State(shell.location, "search"),
        prevent_initial_call=True,
    )
    def find(asked: Any, _clicks: Any, _tick: Any, names: Any, key: dict[str, str], search: Any) -> tuple[Any, Any, Any]:
        if not isinstance(asked, dict):
            return no_update, no_update, True
        page = shown(key["run_id"], search)
        if page.table is None or (moved_alone(ids.search) and not clicked()):  # the card has been drawn
            return no_update, no_update, no_update
        looked_for = page.address.looked_for
        view, why = _search(page, looked_for, names if ids.search in clicked() else None)
        result = view.result if view is not None and isinstance(view.result, WorstSegments) else None
        found = found_card(
            view, page.words, cutoff=page.cutoff, looked_for=looked_for,
            offered=[column.name for column in page.offered], usual=usual_search(page.view, page.offered), why=why,
        )  # fmt: skip
        look = page.look()
        pairs = pairs_card(result, page.words, look.whole.approval_rate.value if look is not None else None, page.cutoff)
        active = view is not None and view.card.job is not None and view.card.job.active
        return found, pairs, not active


def _search(page: Shown, looked_for: str, names: Any) -> tuple[StudyView | None, str]:
    """The search that is shown, and why another one was refused. With `names` it is started; at the run's own cut-off also
    without, where the rows are few."""
    run_id = page.view.id
    before = segments.last_search(desk(), run_id, measure=looked_for, cutoff=page.cutoff)
    if names is None:
        is_there = before is not None and before.options["cutoff"] == page.cutoff
        if is_there or page.cutoff != page.view.cutoff or not page.view.sees_dataset or not segments.is_small(desk(), page.view):
            return before, ""
        names = list(usual_search(page.view, page.offered))
    try:
        made = segments.start_search(desk(), run_id, measure=looked_for, cutoff=page.cutoff, names=names)
    except (PipelineError, Refused) as error:
        return before, str(error)
    return segments.get(desk(), run_id, made), ""


def _register_own(app: Dash) -> None:
    @app.callback(
        Output(ids.own, "children"),
        Input(ids.own_group, "value"),
        State(ids.own_kept, "data"),
        State(ids.key, "data"),
        State(shell.location, "search"),
        prevent_initial_call=True,
    )
    def choose(group: Any, kept: Any, key: dict[str, str], search: Any) -> Any:
        page = shown(key["run_id"], search)
        look = page.look()
        return no_update if look is None or not look.rates else own_cutoffs.fields(look, group, page.words, kept)

    @app.callback(
        Output(ids.own_all, "children"),
        Output({"segment-after": ALL}, "children"),
        Output(ids.own_kept, "data"),
        Input({"segment-cutoff": ALL}, "value"),
        State(ids.own_group, "value"),
        State(ids.own_kept, "data"),
        State(ids.key, "data"),
        State(shell.location, "search"),
        prevent_initial_call=True,
    )
    def look_at(given: list[Any], group: Any, kept: Any, key: dict[str, str], search: Any) -> tuple[Any, Any, Any]:
        page = shown(key["run_id"], search)
        look = page.look()
        if look is None or not look.rates:
            return no_update, [no_update] * len(given), no_update
        return own_cutoffs.results(look, group, given, page.words, kept)
