"""The skeleton of the page: the bar of choices, and the place of the pictures."""

from dash import dcc, html
from dash.development.base_component import Component

from dashapp.ids import Ids
from dashapp.usecases.boundary_address import DENSITY, NONE, POINTS, USUAL, WHOLE

ids = Ids(
    "boundary",
    *("key", "head", "bar", "x", "y", "swap", "row", "label", "label_choice", "span", "rows", "problem", "body", "tick", "work"),
    *("figure", "parts", "readout", "two_figure", "two_parts", "two_readout"),
)
REGIONS = ""  # of the menu of classes: all of them


def layout(run_id: str) -> Component:
    return html.Div(
        [
            dcc.Store(id=ids.key, data={"run_id": run_id}),
            dcc.Interval(id=ids.tick, interval=1_000, disabled=True),
            html.Div(id=ids.head, className="sd-stack sd-boundary-head"),
            _bar(),
            html.Div(html.P("Loading …", className="sd-busy"), id=ids.body),
        ],
        className="sd-page sd-boundary-page",
    )


def _bar() -> Component:
    """The fields at the left, what the others are held at and what is drawn at the right."""
    return html.Div(
        [
            _choice("Across", dcc.Dropdown(id=ids.x, options=[], clearable=False, persistence=False), ids.x, "field"),
            html.Div(id=ids.swap, className="sd-boundary-swap"),
            _choice("Up", dcc.Dropdown(id=ids.y, options=[], clearable=False, persistence=False), ids.y, "field"),
            _choice(
                "Others held at",
                dcc.Input(
                    id=ids.row,
                    type="text",
                    inputMode="numeric",
                    placeholder="usual values, or a row's number",
                    debounce=True,
                    maxLength=15,
                    className="sd-input",
                ),
                ids.row,
                "row",
            ),
            html.Div(
                [html.Label("Show", htmlFor=ids.label), dcc.Dropdown(id=ids.label, options=[], clearable=False)],
                id=ids.label_choice,
                className="sd-boundary-choice sd-boundary-class",
                hidden=True,
            ),
            _radio("Range", ids.span, {USUAL: "Usual", WHOLE: "Whole"}, USUAL),
            _radio("Rows", ids.rows, {DENSITY: "Density", POINTS: "Points", NONE: "None"}, DENSITY),
            html.Div(id=ids.problem, className="sd-problem sd-boundary-problem", role="alert"),
        ],
        id=ids.bar,
        className="sd-boundary-bar",
        hidden=True,
    )


def _choice(label: str, control: Component, control_id: str, name: str) -> Component:
    return html.Div([html.Label(label, htmlFor=control_id), control], className=f"sd-boundary-choice sd-boundary-{name}")


def _radio(label: str, control_id: str, choices: dict[str, str], usual: str) -> Component:
    options = [{"label": word, "value": value} for value, word in choices.items()]
    return html.Div(
        [
            html.Span(label, className="sd-boundary-label", id=f"{control_id}-label"),
            dcc.RadioItems(id=control_id, options=options, value=usual, className="sd-segments", persistence=False),
        ],
        className="sd-boundary-choice",
        role="group",
        **{"aria-labelledby": f"{control_id}-label"},
    )
