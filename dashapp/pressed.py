"""Which of several buttons was pressed."""

import json
from typing import Any

from dash import ctx


def pressed(kind: str) -> Any:
    """What stands in the id `{kind: ...}` of the button that was pressed; None where none was.

    Dash calls a callback when its buttons appear, and a press that comes meanwhile arrives in one request with all that have
    appeared: the one that was pressed is the one that has clicks. `ctx.triggered_id` is merely the first.
    """
    for entry in ctx.triggered:
        component, _, prop = entry["prop_id"].rpartition(".")
        if prop == "n_clicks" and entry["value"] and component.startswith("{"):
            named = json.loads(component)
            if kind in named:
                return named[kind]
    return None
