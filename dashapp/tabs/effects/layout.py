"""The skeleton of the page, and the containers that a choice fills again."""

from dash import dcc, html
from dash.development.base_component import Component

from dashapp.ids import Ids
from dashapp.widgets.page import skeleton

ids = Ids(
    "effects",
    "key",
    "head",
    "body",
    "tick",
    "work",
    "shown",
    "list",
    "chosen",
    "own",
    "forest",
    "odds",
    "classes",
    "curve",
    "ratios",
    "twice",
)


def layout(run_id: str) -> Component:
    timer = dcc.Interval(id=ids.tick, interval=1_000, disabled=True)
    return skeleton(ids.key, ids.body, {"run_id": run_id}, timer, dcc.Store(id=ids.shown))


def containers(parts: dict[str, list[Component]], bar: list[Component]) -> list[Component]:
    """The page with its parts: the fields, the chosen one, all odds ratios, and what multiples of odds mean."""
    return [
        html.Div(bar, id=ids.classes, className="sd-effects-classes"),
        html.Div(
            [
                html.Div(parts["list"], id=ids.list, className="sd-5 sd-effects-part"),
                html.Div(parts["chosen"], id=ids.chosen, className="sd-7 sd-stack sd-effects-part"),
            ],
            className="sd-grid",
        ),
        html.Div(parts["own"], id=ids.own, className="sd-effects-part"),
        html.Div(
            [
                html.Div(parts["forest"], id=ids.forest, className="sd-7 sd-effects-part"),
                html.Div(parts["odds"], id=ids.odds, className="sd-5 sd-effects-part"),
            ],
            className="sd-grid",
        ),
    ]
