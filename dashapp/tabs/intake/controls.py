"""Small controls of the intake page: menus of the browser's own, with the character or picture of what is chosen."""

from collections.abc import Sequence
from typing import Any

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component

from dashapp.tabs.intake.acts import act
from dashapp.widgets.basics import icon

NOTHING = "(nothing)"  # stands for "" in a menu: a select without a value shows none of its options


def menu(
    id: str,  # noqa: A002 - Dash's word
    options: Sequence[dict[str, Any]],
    value: str,
    *,
    chip: str = "",
    picture: str = "",
    look: str = "",
) -> Component:
    """A select: works by keyboard and on phones, and is light enough to stand in every column's head."""
    before = []
    if chip:
        before.append(html.Kbd(chip, **{"aria-hidden": "true"}))
    if picture:
        before.append(icon(picture))
    names = f"sd-choose {look}".strip() + (" with-chip" if chip else "") + (" with-picture" if picture else "")
    shown = [{**option, "value": option["value"] or NOTHING} for option in options]
    select = dbc.Select(id=id, options=shown, value=value or NOTHING, class_name="sd-select")
    return html.Span([*before, select], className=names)


def reset_link(field: str, label: str, *, inherited: bool) -> Component:
    """Says that a mark is not as it was found in the file: the user, or the version before, has set it. A press takes it back."""
    said = "as before or as you chose" if inherited else "changed by you"
    words = html.Button(
        said,
        type="button",
        className="sd-changed",
        title="Back to what was found",
        **{"aria-label": f"{label}, {said}: back to what was found"},
    )
    return html.Span([" · ", act(words, "reset", value=field)])
