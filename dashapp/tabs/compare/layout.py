"""The skeleton of the page."""

from dash import dcc, html
from dash.development.base_component import Component

from dashapp.ids import Ids

ids = Ids(
    "compare", "key", "tick", "head", "picker", "work", "result", "shown", "add", "file",
    "roc", "tradeoff", "calibration", "scores", "terms",
)  # fmt: skip


def layout() -> Component:
    """The parts are filled one by one, so that what is looked at stays while a job goes on."""
    return html.Div(
        [
            dcc.Store(id=ids.key, data={}),
            dcc.Store(id=ids.shown, data=None),
            dcc.Interval(id=ids.tick, interval=1_000, disabled=True),
            dcc.Download(id=ids.file),
            html.Div(html.P("Loading …", className="sd-busy"), id=ids.head),
            html.Div(id=ids.picker),
            html.Div(id=ids.work),
            html.Div(id=ids.result, className="sd-stack", style={"gap": "16px"}),
        ],
        className="sd-page sd-compare",
    )
