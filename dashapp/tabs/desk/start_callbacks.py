"""Fills the desk, offers what a run can be asked about, and looks somebody up."""

from typing import Any

from dash import ClientsideFunction, Dash, Input, Output, State, no_update

from dashapp.auth import desk
from dashapp.ids import shell
from dashapp.tabs.desk import start_page
from dashapp.tabs.desk.layout import ids
from dashapp.tabs.desk.state import query
from dashapp.usecases import case_lists, desk_runs, lookups
from dashapp.usecases.errors import NotFound, Refused
from dashapp.widgets.basics import notice

_MOST_PAGES = 40
_GONE = "This run is not approved any more, or is no longer shared with you. Load the page again."


def register(app: Dash) -> None:
    _register_run(app)
    _register_look_up(app)

    @app.callback(
        Output(ids.cases, "children"),
        Output(ids.n_shown, "children"),
        Output(ids.more_row, "hidden"),
        Output(ids.take, "children"),
        Input(ids.search, "value"),
        Input(ids.show, "value"),
        Input(ids.more, "n_clicks"),
        prevent_initial_call=True,
    )
    def search(words: Any, show: Any, clicks: Any) -> tuple[Any, str, bool, Any]:
        words, show = words if isinstance(words, str) else "", show if show in case_lists.SHOW else "all"
        pages = 1 + clicks if isinstance(clicks, int) and 0 <= clicks < _MOST_PAGES else 1
        who = desk()
        found = case_lists.recent(who, name=words, show=show, limit=pages * case_lists.MOST_LISTED)
        n_cases = case_lists.count(who, name=words, show=show)
        said = start_page.shown_of(len(found), n_cases)
        taking = start_page.take(n_cases, name=words, show=show)
        return start_page.case_rows(found, searched=words.strip(), show=show), said, not said, taking


def _register_run(app: Dash) -> None:
    @app.callback(Output(ids.find, "children"), Output(ids.run_about, "children"), Input(ids.run, "value"))
    def choose(run_id: Any) -> tuple[Any, Any]:
        who = desk()
        run = next((one for one in desk_runs.offered(who)[0] if one.id == run_id), None)
        if run is None:
            return notice("caution", "The run is gone", _GONE), ""
        return start_page.find_form(run.id, lookups.places(who, run.id)), start_page.about(run)

    @app.callback(
        Output(ids.by, "options"),
        Output(ids.by, "value"),
        Input(ids.data, "value"),
        State(ids.run, "value"),
        prevent_initial_call=True,
    )
    def choose_data(dataset_id: Any, run_id: Any) -> tuple[Any, Any]:
        places = lookups.places(desk(), str(run_id))
        found = next((one for one in places if one.dataset_id == dataset_id), None)
        return start_page.by_options(found), start_page.by_usual(found)


def _register_look_up(app: Dash) -> None:
    @app.callback(
        Output(shell.location, "href", allow_duplicate=True),
        Output(ids.find_problem, "children"),
        Input(ids.look_up, "n_clicks"),
        Input(ids.text, "n_submit"),
        State(ids.run, "value"),
        State(ids.data, "value"),
        State(ids.by, "value"),
        State(ids.text, "value"),
        prevent_initial_call=True,
    )
    def look_up(clicks: Any, entered: Any, run_id: Any, dataset_id: Any, by: Any, text: Any) -> tuple[Any, Any]:
        if not clicks and not entered:
            return no_update, no_update
        try:
            row = lookups.row_of(desk(), str(dataset_id), "" if by == start_page.ROW else str(by or ""), str(text or ""))
        except (Refused, NotFound) as error:
            return no_update, str(error)
        return f"/desk/{run_id}{query(str(dataset_id), row)}", ""

    app.clientside_callback(
        ClientsideFunction("desk", "notFound"), Input(ids.find_problem, "children"), prevent_initial_call=True
    )
