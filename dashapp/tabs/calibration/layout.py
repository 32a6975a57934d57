"""The skeleton of the page."""

from dash import dcc, html
from dash.development.base_component import Component

from dashapp.ids import Ids

ids = Ids("calibration", "key", "body")


def layout(run_id: str) -> Component:
    return html.Div([dcc.Store(id=ids.key, data={"run_id": run_id}), html.Div(id=ids.body)], className="sd-page")
