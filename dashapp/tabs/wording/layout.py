"""The skeleton of the page."""

from dash import dcc
from dash.development.base_component import Component

from dashapp.ids import Ids
from dashapp.widgets.page import skeleton

ids = Ids("wording", "key", "body", "save", "problem", "tick")


def layout(run_id: str) -> Component:
    return skeleton(ids.key, ids.body, {"run_id": run_id}, dcc.Interval(id=ids.tick, interval=1_000, disabled=True))
