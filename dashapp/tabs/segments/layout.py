"""The skeleton of the page: the bar of choices, the place of the results, and the dialogs."""

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from dashapp.ids import Ids
from dashapp.usecases.segment_address import BESIDE
from dashapp.usecases.segment_columns import MOST_CROSSED
from dashapp.widgets.basics import button

ids = Ids(
    "segments",
    *("key", "head", "bar", "chips", "reference", "beside", "cutoff", "problem", "body", "tick"),
    *("cross", "cross_dialog", "cross_columns", "cross_problem", "cross_add"),
    *("note", "note_dialog", "note_text", "note_problem", "note_save"),
    *("size", "figure", "balance", "asked", "put", "found", "pairs", "looked_for", "search", "searched", "search_tick"),
    *("own_group", "own", "own_all", "own_kept", "fairness", "all_rates"),
)


def layout(run_id: str) -> Component:
    return html.Div(
        [
            dcc.Store(id=ids.key, data={"run_id": run_id}),
            dcc.Store(id=ids.size),
            dcc.Store(id=ids.asked),
            dcc.Store(id=ids.put),
            dcc.Store(id=ids.own_kept),
            dcc.Interval(id=ids.tick, interval=1_000, disabled=True),
            dcc.Interval(id=ids.search_tick, interval=1_000, disabled=True),
            _cross_dialog(),
            _note_dialog(),
            html.Div(id=ids.head, className="sd-segments-head"),
            _bar(),
            html.Div(html.P("Loading …", className="sd-busy"), id=ids.body),
        ],
        className="sd-page sd-segments-page",
    )


def _bar() -> Component:
    """Groups at the left, what they are held against at the right."""
    return html.Div(
        [
            html.Div(id=ids.chips, className="sd-segments-chips"),
            html.Div(
                [
                    _choice(
                        "Reference",
                        dcc.Dropdown(id=ids.reference, options=[], value=[], multi=True, placeholder="Approved most often"),
                        ids.reference,
                        "sd-segments-reference",
                    ),
                    _choice(
                        "Beside",
                        dcc.Dropdown(id=ids.beside, options=list(BESIDE), value=BESIDE[0], clearable=False),
                        ids.beside,
                        "sd-segments-beside",
                    ),
                    _choice(
                        "Cut-off",
                        dcc.Input(id=ids.cutoff, type="number", step="any", debounce=0.5, className="sd-input"),
                        ids.cutoff,
                        "sd-segments-cutoff",
                    ),
                ],
                className="sd-segments-choices",
            ),
            html.Div(id=ids.problem, className="sd-segments-problem", role="alert"),
        ],
        id=ids.bar,
        className="sd-segments-bar",
        hidden=True,
    )


def _choice(label: str, control: Component, control_id: str, name: str) -> Component:
    return html.Div([html.Label(label, htmlFor=control_id), control], className=f"sd-segments-choice {name}")


def _cross_dialog() -> Component:
    return dbc.Modal(
        [
            dbc.ModalHeader(dbc.ModalTitle("Cross columns", tag="h2")),
            dbc.ModalBody(
                html.Div(
                    [
                        html.Label("Columns", htmlFor=ids.cross_columns),
                        dcc.Dropdown(id=ids.cross_columns, options=[], value=[], multi=True, placeholder="Two or three"),
                        html.Div(
                            f"Rows that share the values of all of them are a group. Up to {MOST_CROSSED}; numbers are put into "
                            "intervals.",
                            className="sd-help",
                        ),
                        html.Div(id=ids.cross_problem, className="sd-problem", role="alert"),
                    ],
                    className="sd-field sd-page",
                    style={"padding": "0"},
                )
            ),
            dbc.ModalFooter(button("Add the groups", ids.cross_add, kind="primary")),
        ],
        id=ids.cross_dialog,
    )


def _note_dialog() -> Component:
    return dbc.Modal(
        [
            dbc.ModalHeader(dbc.ModalTitle("Note a reason", tag="h2")),
            dbc.ModalBody(
                html.Div(
                    [
                        html.Label("Why these groups differ", htmlFor=ids.note_text),
                        dcc.Textarea(id=ids.note_text, maxLength=4_000, style={"minHeight": "160px"}),
                        html.Div("Added to the run's note, which everybody who may see the run reads.", className="sd-help"),
                        html.Div(id=ids.note_problem, className="sd-problem", role="alert"),
                    ],
                    className="sd-field sd-page",
                    style={"padding": "0"},
                )
            ),
            dbc.ModalFooter(button("Add to the note", ids.note_save, kind="primary")),
        ],
        id=ids.note_dialog,
    )
