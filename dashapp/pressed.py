"""Which of several buttons was pressed, and what of a page moved."""

import json
from typing import Any

from dash import ctx, no_update


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


def clicked() -> set[str]:
    """The ids, as text, of the buttons that were pressed; of one that has merely appeared no clicks are told."""
    return {entry["prop_id"].rpartition(".")[0] for entry in ctx.triggered if entry["value"]}


def moved_alone(component_id: str) -> bool:
    """Whether nothing else moved: several may come in one request, and `ctx.triggered_id` is merely the first."""
    return {entry["prop_id"].rpartition(".")[0] for entry in ctx.triggered} == {component_id}


def put(standing: Any, wanted: Any) -> Any:
    """What is written into a control that stood at `standing` when the request began.

    Where it stands as wanted nothing is written, or an answer that is long on its way would take back what is chosen meanwhile.
    """
    return no_update if standing == wanted else wanted
