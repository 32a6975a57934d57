"""Home: fills the page, and follows the jobs while any is running."""

from datetime import UTC, datetime
from typing import Any

from dash import Dash, Input, Output

from dashapp.auth import desk
from dashapp.tabs.home.layout import SHOW, body, ids
from dashapp.usecases import datasets, jobs, runs


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
        working = jobs.active(asked)
        page = body(
            runs.visible(asked, limit=200), working, datasets.visible(asked), datetime.now(UTC), show if show in SHOW else "all"
        )
        return page, not working
