"""Fills the page."""

from typing import Any

from dash import Dash, Input, Output

from dashapp.tabs.compare.layout import ids
from dashapp.widgets.page import head


def register(app: Dash) -> None:
    @app.callback(Output(ids.body, "children"), Input(ids.key, "data"))
    def fill(_key: dict[str, str]) -> Any:
        return head("Compare")
