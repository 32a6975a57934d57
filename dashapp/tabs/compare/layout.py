"""The skeleton of the page."""

from dash import dcc, html
from dash.development.base_component import Component

from dashapp.ids import Ids

ids = Ids("compare", "key", "body")


def layout() -> Component:
    return html.Div([dcc.Store(id=ids.key, data={}), html.Div(id=ids.body)], className="sd-page")
