"""The skeleton of the Threshold tab. The browser fills and moves what depends on the cut-off (assets/49-threshold.js)."""

from dash import dcc
from dash.development.base_component import Component

from dashapp.ids import Ids
from dashapp.widgets.page import skeleton

WORTH = ("gain", "loss", "lgd", "ead", "missed_bad", "false_alarm", "amount", "currency")
TARGETS = ("approval_rate", "bad_rate", "recall", "precision")
ids = Ids(
    "threshold",
    *("key", "body", "payload", "money", "place", "state", "save", "back", "undo", "save_problem"),
    *("kpis", "scores", "cutoff_box", "rules", "table", "matrix", "roc", "precision_recall", "profit", "worth", "worth_help"),
    *WORTH,
    *TARGETS,
    *(f"{name}_problem" for name in (*WORTH, *TARGETS)),
)


def layout(run_id: str) -> Component:
    return skeleton(
        ids.key, ids.body, {"run_id": run_id}, *(dcc.Store(id=store) for store in (ids.payload, ids.money, ids.place))
    )
