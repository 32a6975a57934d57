"""Fills the page."""

from typing import Any

from dash import Dash, Input, Output

from dashapp.tabs.scores.layout import ids
from dashapp.widgets.page import head


def register(app: Dash) -> None:
    @app.callback(Output(ids.body, "children"), Input(ids.key, "data"))
    def fill(_key: dict[str, str]) -> Any:
        return head("Evaluate a score")
