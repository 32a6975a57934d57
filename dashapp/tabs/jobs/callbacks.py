"""The list of jobs, and the buttons beside jobs on every page: cancel, and try again."""

from typing import Any

from dash import ALL, Dash, Input, Output, no_update, set_props

from dashapp.auth import desk
from dashapp.ids import NOTICES, shell
from dashapp.pressed import pressed
from dashapp.tabs.jobs.layout import body, ids
from dashapp.usecases import jobs, studies
from dashapp.widgets.basics import notice


def register(app: Dash) -> None:
    @app.callback(Output(ids.body, "children"), Input(ids.key, "data"), Input(ids.tick, "n_intervals"))
    def fill(_key: Any, _tick: Any) -> Any:
        return body(jobs.recent(desk()))

    @app.callback(
        Output(shell.jobs_tick, "n_intervals", allow_duplicate=True),
        Input({"cancel-job": ALL}, "n_clicks"),
        prevent_initial_call=True,
    )
    def cancel(_clicks: Any) -> Any:
        job_id = pressed("cancel-job")
        if job_id is None:
            return no_update
        jobs.cancel(desk(), job_id)
        set_props(NOTICES, {"children": notice("info", "Cancelling", "The job ends at its next step.")})
        return 0

    @app.callback(
        Output(shell.jobs_tick, "n_intervals", allow_duplicate=True),
        Output(shell.again, "data"),
        Input({"count-again": ALL}, "n_clicks"),
        prevent_initial_call=True,
    )
    def count_again(_clicks: Any) -> Any:
        study_id = pressed("count-again")
        if study_id is None:
            return no_update, no_update
        studies.retry(desk(), str(study_id))
        return 0, {"study": study_id}
