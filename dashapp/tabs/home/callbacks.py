"""Home: fills the page, for officers the way to their desk, and follows the jobs while any is running."""

from datetime import UTC, datetime
from typing import Any

from dash import Dash, Input, Output

from dashapp.auth import desk
from dashapp.tabs.home.layout import SHOW, body, ids
from dashapp.tabs.home.officer import officer_body
from dashapp.usecases import approvals, case_lists, datasets, desk_runs, jobs, runs
from dashapp.usecases.rights import may_make


def register(app: Dash) -> None:
    @app.callback(
        Output(ids.body, "children"),
        Output(ids.tick, "disabled"),
        Input(ids.key, "data"),
        Input(ids.tick, "n_intervals"),
        Input(ids.show, "value", allow_optional=True),
    )
    def fill(_key: Any, _tick: Any, show: str | None) -> tuple[Any, bool]:
        asked = desk()
        if not may_make(asked.user):
            return officer_body(desk_runs.offered(asked)[0], case_lists.recent(asked)), True
        working = jobs.active(asked)
        page = body(
            runs.visible(asked, limit=200),
            working,
            datasets.visible(asked),
            datetime.now(UTC),
            show if show in SHOW else "all",
            approvals.reviews(asked),
        )
        return page, not working
