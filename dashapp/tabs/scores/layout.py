"""The skeleton of the page."""

from dash import dcc, html
from dash.development.base_component import Component

from dashapp.ids import Ids

ids = Ids("scores", "key", "body")


def layout(dataset_id: str) -> Component:
    return html.Div([dcc.Store(id=ids.key, data={"dataset_id": dataset_id}), html.Div(id=ids.body)], className="sd-page")
