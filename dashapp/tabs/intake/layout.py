"""The skeletons of both pages. The parts of the first are filled one by one, so that a change sends only what it changes."""

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from dashapp.ids import Ids
from dashapp.tabs.intake.acts import act, opens
from dashapp.widgets.basics import button
from dashapp.widgets.page import skeleton

PARTS = ("head", "notices", "read", "marks", "repairs", "look", "tools", "heads", "cells", "foot", "outcome", "save")
ids = Ids(
    "intake",
    "key",
    "act",
    "asked",
    "ended",
    "view",
    "tick",
    "said",
    "body",
    "name",
    "rows",
    "table",
    "column_dialog",
    "column_title",
    "column_body",
    "discard_dialog",
    *PARTS,
)
saved = Ids("intake-saved", "key", "body")
FIRST_VIEW = {"page": 0, "noted": False, "sent": {}}
POLL_MS = 700


def upload_layout(upload_id: str) -> Component:
    return html.Div(
        [
            dcc.Store(id=ids.key, data={"upload_id": upload_id}),
            dcc.Store(id=ids.act),
            dcc.Store(id=ids.asked),
            dcc.Store(id=ids.ended),
            dcc.Store(id=ids.view, data=FIRST_VIEW),
            dcc.Store(id=ids.cells),
            dcc.Interval(id=ids.tick, interval=POLL_MS, disabled=True),
            html.Div(id=ids.said, className="sd-hidden", **{"aria-live": "polite"}),
            html.Div(html.P("Loading …", className="sd-busy"), id=ids.head),
            html.Div(
                [
                    html.Div(id=ids.notices, className="sd-intake-notices"),
                    html.Div(
                        [
                            html.Section(
                                [
                                    html.Div(id=ids.read, className="sd-stack"),
                                    html.Div(id=ids.marks, className="sd-stack"),
                                    html.Div(id=ids.repairs),
                                ],
                                className="sd-card sd-intake-read",
                            ),
                            html.Section(id=ids.look, className="sd-card sd-intake-look"),
                        ],
                        className="sd-intake-top",
                    ),
                    _preview(),
                    _bar(),
                ],
                id=ids.body,
                className="sd-stack sd-intake-body",
                hidden=True,
            ),
            _column_dialog(),
            _discard_dialog(),
        ],
        className="sd-page sd-intake",
    )


def _preview() -> Component:
    """The heads are components; the rows are drawn by assets/31-intake.js, since a component for each cell takes seconds."""
    return html.Section(
        [
            html.Div(id=ids.tools, className="sd-preview-tools"),
            html.Div(
                html.Table(
                    [
                        html.Caption("The first rows as they will be read", className="sd-hidden"),
                        html.Thead(id=ids.heads),
                        html.Tbody(id=ids.rows),
                    ],
                    id=ids.table,
                    className="sd-preview",
                ),
                className="sd-table-wrap",
                tabIndex=0,
                role="region",
                **{"aria-label": "Preview"},
            ),
            html.Div(id=ids.foot, className="sd-preview-foot"),
        ],
        className="sd-card flush",
    )


def _bar() -> Component:
    """The name stands here and not among what is filled: what is being typed must survive."""
    name = dcc.Input(id=ids.name, type="text", className="sd-input", maxLength=200, autoComplete="off")
    return html.Section(
        [
            html.Div([html.Label("Name", htmlFor=ids.name), act(name, "name")], className="sd-field sd-bar-name"),
            html.Div(id=ids.outcome, className="sd-bar-outcome"),
            html.Div(id=ids.save, className="sd-bar-save"),
        ],
        className="sd-save-bar",
        **{"aria-label": "Save"},
    )


def _column_dialog() -> Component:
    return dbc.Modal(
        [
            dbc.ModalHeader(dbc.ModalTitle(id=ids.column_title, tag="h2")),
            dbc.ModalBody(id=ids.column_body),
        ],
        id=ids.column_dialog,
        className="sd-intake",
        scrollable=True,
    )


def _discard_dialog() -> Component:
    return dbc.Modal(
        [
            dbc.ModalHeader(dbc.ModalTitle("Discard the upload?", tag="h2")),
            dbc.ModalBody("What was uploaded is removed, with all that was chosen here. The file on your own disk stays."),
            dbc.ModalFooter(
                [
                    opens(button("Keep it"), ids.discard_dialog, is_open=False),
                    act(button("Discard", kind="danger"), "discard", value="yes"),
                ]
            ),
        ],
        id=ids.discard_dialog,
    )


def dataset_layout(dataset_id: str) -> Component:
    return skeleton(saved.key, saved.body, {"dataset_id": dataset_id})
