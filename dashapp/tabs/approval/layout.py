"""The skeleton of the page."""

from dash.development.base_component import Component

from dashapp.ids import Ids
from dashapp.widgets.page import skeleton

ids = Ids("approval", "key", "body", "reviewer", "note", "problem", "seen")


def layout(run_id: str) -> Component:
    return skeleton(ids.key, ids.body, {"run_id": run_id})
