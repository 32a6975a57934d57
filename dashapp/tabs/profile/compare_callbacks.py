"""Start a comparison, follow it, show it."""

from typing import Any
from urllib.parse import urlencode

from dash import ALL, Dash, Input, Output, State, dcc, html, no_update, set_props
from dash.development.base_component import Component

from dashapp import theme
from dashapp.auth import desk
from dashapp.ids import shell
from dashapp.page_address import moved_to
from dashapp.pressed import clicked, pressed
from dashapp.tabs.data.dataset_page import ids as dataset
from dashapp.tabs.profile.choosing import wanted_column
from dashapp.tabs.profile.comparison import back, chosen_shift, comparison_body, shift_panel, shifts_table
from dashapp.tabs.profile.layout import comparison_ids, ids
from dashapp.usecases import comparisons
from dashapp.usecases.errors import NotFound, PipelineError, Refused
from dashapp.widgets.basics import card, notice
from dashapp.widgets.jobs import job_progress
from dashapp.widgets.page import crumbs, head, not_found


def register(app: Dash) -> None:
    _register_start(app)
    _register_page(app)
    _register_choice(app)


def _register_start(app: Dash) -> None:
    @app.callback(
        Output(ids.compare_problem, "children"),
        Output(shell.location, "href", allow_duplicate=True),
        Input(ids.start_other, "n_clicks", allow_optional=True),
        Input(ids.start_period, "n_clicks", allow_optional=True),
        State(ids.other, "value", allow_optional=True),
        State(ids.date_column, "value", allow_optional=True),
        State(ids.date_from, "value", allow_optional=True),
        State(dataset.key, "data", allow_optional=True),
        prevent_initial_call=True,
    )
    def start(_with: Any, _period: Any, other: Any, column: Any, day: Any, key: Any) -> tuple[Any, Any]:
        buttons = clicked() if key else set()
        try:
            if ids.start_other in buttons:
                made = comparisons.start(desk(), key["dataset_id"], other)
            elif ids.start_period in buttons:
                made = comparisons.start(desk(), key["dataset_id"], None, date_column=column, split=day)
            else:
                return no_update, no_update
        except (Refused, PipelineError) as error:
            return str(error), no_update
        return "", f"/comparisons/{made}"


def _register_page(app: Dash) -> None:
    @app.callback(
        Output(comparison_ids.body, "children"),
        Output(comparison_ids.tick, "disabled"),
        Input(comparison_ids.key, "data"),
        Input(comparison_ids.tick, "n_intervals"),
        Input(shell.theme, "data"),
        State(shell.location, "search"),
    )
    def fill(key: dict[str, str], _tick: Any, _theme: Any, search: Any) -> tuple[Any, bool]:
        try:
            view = comparisons.get(desk(), key["comparison_id"])
        except NotFound:
            return not_found("comparison", "All data sets", "/data"), True
        home = (view.reference_name, f"/data/{view.reference_id}")
        set_props(shell.breadcrumb, {"children": crumbs(("Data sets", "/data"), home, "Comparison")})
        top = head(view.name, _about(view))
        return [*top, *_content(view, wanted_column(search))], not (view.job is not None and view.job.active)


def _about(view: comparisons.ComparisonView) -> list[Any]:
    """What is held against what, with a way to each."""
    if view.other_id is None:
        return ["the rows before are the reference", back(view.reference_id, view.reference_name)]
    reference = ["reference: ", dcc.Link(view.reference_name, href=f"/data/{view.reference_id}")]
    other = ["against it: ", dcc.Link(view.other_name, href=f"/data/{view.other_id}")]
    return [reference, other, back(view.reference_id, view.reference_name)]


def _content(view: comparisons.ComparisonView, wanted: str | None) -> list[Component]:
    if view.result is not None:
        return comparison_body(view.result, wanted, theme.look())
    if view.job is not None and view.job.active:
        work = html.Div(job_progress(view.job, {"cancel-job": view.job.id}))
        return [
            card("The two are being compared", work, under="One pass over the rows of each. You may close the page meanwhile.")
        ]
    why = view.job.error if view.job is not None and view.job.error else "The work was cancelled or did not end."
    return [notice("danger", "There is no result", why, back(view.reference_id, view.reference_name))]


def _register_choice(app: Dash) -> None:
    @app.callback(
        Output(shell.address, "data", allow_duplicate=True),
        Input({"shift-pick": ALL}, "n_clicks"),
        State(comparison_ids.key, "data", allow_optional=True),
        prevent_initial_call=True,
    )
    def pick(_clicks: Any, key: dict[str, str] | None) -> Any:
        place = pressed("shift-pick")
        if not key or place is None:
            return no_update
        result = comparisons.get(desk(), key["comparison_id"]).result
        if result is None or not isinstance(place, int) or not 0 <= place < len(result.shifts):
            return no_update
        return moved_to(f"/comparisons/{key['comparison_id']}", "?" + urlencode({"column": result.shifts[place].name}))

    @app.callback(
        Output(comparison_ids.panel, "children"),
        Output(comparison_ids.table, "children"),
        Input(shell.location, "search"),
        State(comparison_ids.key, "data", allow_optional=True),
        prevent_initial_call=True,
    )
    def show(search: Any, key: dict[str, str] | None) -> tuple[Any, Any]:
        result = comparisons.get(desk(), key["comparison_id"]).result if key else None
        if result is None:
            return no_update, no_update
        chosen = chosen_shift(result, wanted_column(search))
        return shift_panel(result, chosen, theme.look()), shifts_table(result, chosen)
