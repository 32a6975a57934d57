"""The skeleton of the page."""

import dash_bootstrap_components as dbc
from dash import dcc
from dash.development.base_component import Component

from dashapp.ids import Ids
from dashapp.widgets.basics import button
from dashapp.widgets.page import skeleton

ids = Ids(
    "explain",
    *("key", "body", "shown", "tick"),
    *("part", "error", "came", "predicted", "unit", "low", "high", "order"),
    *("column", "operator", "value", "levels", "add", "conditions", "chips", "clear", "find_problem"),
    *("found", "told", "random"),
    *("reasons", "reasons_place", "reasons_tick"),
    *("bar", "switch", "reference", "about", "segment", "level", "label", "about_problem"),
    *("position", "exact", "exact_place", "changes_place", "changeable"),
    *("lime", "lime_place", "reading", "lime_asked", "lime_tick", "seed", "samples", "width", "lime_again", "lime_problem"),
    *("what_if", "controls", "asked", "answered", "moved", "moved_narrow", "score", "reset", "changed"),
    *("similar_place", "similar_tick"),
    *("asked_place", "deleting", "delete_dialog", "delete_body", "delete_confirm"),
)


def layout(run_id: str) -> Component:
    """What must survive while the body is filled anew: the state that is shown, and the timer of a page that waits."""
    return skeleton(
        ids.key,
        ids.body,
        {"run_id": run_id},
        dcc.Store(id=ids.shown),
        dcc.Store(id=ids.asked),
        dcc.Store(id=ids.answered),
        timer(ids.tick),
        dcc.Store(id=ids.deleting),
        _deletion_dialog(),
    )


def _deletion_dialog() -> Component:
    """Asks before anything goes; its sentence says what."""
    return dbc.Modal(
        [
            dbc.ModalHeader(dbc.ModalTitle("Delete for good?", tag="h2")),
            dbc.ModalBody(id=ids.delete_body),
            dbc.ModalFooter(button("Delete", ids.delete_confirm, kind="danger")),
        ],
        id=ids.delete_dialog,
    )


def timer(own: str, *, runs: bool = False) -> Component:
    """Asks each second for what a job works on. It stands beside what it fills: where that is gone, nobody asks any more."""
    return dcc.Interval(id=own, interval=1_000, disabled=not runs)
