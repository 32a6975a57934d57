"""The skeletons of a profile's pages, and the places that callbacks fill."""

from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from dashapp.ids import Ids
from dashapp.tabs.data.dataset_page import dialogs
from dashapp.tabs.data.dataset_page import ids as dataset
from dashapp.widgets.basics import button
from dashapp.widgets.page import skeleton, tab_bar

ids = Ids(
    "profile",
    "body",
    "tick",
    "progress",
    "state",
    "moves",
    "search",
    "table",
    "panel",
    "figure",
    "again",
    "undo",
    "outcome_dialog",
    "outcome_target",
    "outcome_label",
    "outcome_save",
    "outcome_problem",
    "role",
    "codes",
    "codes_save",
    "codes_problem",
    "pearson",
    "cramers",
    "gaps",
    "other",
    "date_column",
    "date_from",
    "start_other",
    "start_period",
    "compare_problem",
)
comparison_ids = Ids("comparison", "key", "body", "tick", "table", "panel", "figure", "progress")
_EVERY_MS = 1_500


def overview_layout(dataset_id: str) -> Component:
    return profile_skeleton(dataset_id, "overview", dcc.Store(id=ids.state), dcc.Store(id=ids.moves), outcome_dialog())


def column_layout(dataset_id: str, column: str) -> Component:
    return profile_skeleton(dataset_id, "column", dcc.Store(id=dataset.role), column=column)


def relations_layout(dataset_id: str) -> Component:
    return profile_skeleton(dataset_id, "relations")


def compare_layout(dataset_id: str) -> Component:
    return profile_skeleton(dataset_id, "compare")


def comparison_layout(comparison_id: str) -> Component:
    tick = dcc.Interval(id=comparison_ids.tick, interval=_EVERY_MS, disabled=True)
    return skeleton(comparison_ids.key, comparison_ids.body, {"comparison_id": comparison_id}, tick)


def parts_bar(dataset_id: str, active: str) -> Component:
    """The parts of the Profile tab."""
    bar = tab_bar(
        [
            ("Overview", f"/data/{dataset_id}"),
            ("Relations", f"/data/{dataset_id}/relations"),
            ("Compare", f"/data/{dataset_id}/compare"),
        ],
        active,
        "Parts of the profile",
    )
    bar.className = "sd-parts"
    return bar


def profile_skeleton(dataset_id: str, part: str, *more: Component, **parts: str) -> Component:
    """All pages of a data set share one key, so that its dialogs work on each of them."""
    tick = dcc.Interval(id=ids.tick, interval=_EVERY_MS, disabled=True)
    return skeleton(dataset.key, ids.body, {"dataset_id": dataset_id, "part": part, **parts}, tick, *dialogs(), *more)


def again(key: dict[str, Any]) -> dict[str, Any]:
    """The same page, to be filled anew."""
    return {**key, "changed": key.get("changed", 0) + 1}


def outcome_dialog() -> Component:
    choices = [
        html.Div(
            [html.Label(label, htmlFor=field), dcc.Dropdown(id=field, placeholder="Choose", clearable=False)],
            className="sd-field",
        )
        for label, field in (("Outcome", ids.outcome_target), ("Which label is bad", ids.outcome_label))
    ]
    return dbc.Modal(
        [
            dbc.ModalHeader(dbc.ModalTitle("Choose the outcome", tag="h2")),
            dbc.ModalBody(
                [
                    html.P("What a model shall predict. The columns are then profiled again, against it.", className="sd-quiet"),
                    *choices,
                    html.Div(id=ids.outcome_problem, className="sd-problem", role="alert"),
                ],
                className="sd-stack",
            ),
            dbc.ModalFooter(button("Save", ids.outcome_save, kind="primary")),
        ],
        id=ids.outcome_dialog,
    )
