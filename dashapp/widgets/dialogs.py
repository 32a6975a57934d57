"""The dialogs that every owned object has: edit its name and text, delete it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import dash_bootstrap_components as dbc
from dash import Dash, Input, Output, State, dcc, html, no_update
from dash.development.base_component import Component

from dashapp.ids import Ids, shell
from dashapp.widgets.basics import Children, button

PARTS = (
    "edit",
    "edit_dialog",
    "edit_name",
    "edit_text",
    "edit_save",
    "edit_problem",
    "delete",
    "delete_dialog",
    "delete_body",
    "delete_confirm",
)


@dataclass(frozen=True)
class Words:
    """What the dialogs of one kind of object say."""

    what: str  # run, data set
    text: str  # what its free text is called
    text_help: str
    text_length: int
    deletion: str  # what deleting means


def edit_dialog(ids: Ids, words: Words) -> Component:
    """Name and text; opened by `ids.edit`, saved by `ids.edit_save`."""
    name = html.Div(
        [
            html.Label("Name", htmlFor=ids.edit_name),
            dcc.Input(id=ids.edit_name, type="text", className="sd-input", maxLength=200),
            html.Div(id=ids.edit_problem, className="sd-problem", role="alert"),
        ],
        className="sd-field",
    )
    text = html.Div(
        [
            html.Label(words.text, htmlFor=ids.edit_text),
            dcc.Textarea(id=ids.edit_text, maxLength=words.text_length),
            html.Div(words.text_help, className="sd-help"),
        ],
        className="sd-field",
    )
    return dbc.Modal(
        [
            dbc.ModalHeader(dbc.ModalTitle(f"Edit the {words.what}", tag="h2")),
            dbc.ModalBody(html.Div([name, text], className="sd-stack sd-page", style={"padding": "0"})),
            dbc.ModalFooter(button("Save", ids.edit_save, kind="primary")),
        ],
        id=ids.edit_dialog,
    )


def delete_dialog(ids: Ids, words: Words) -> Component:
    """Asks before the object goes; `ids.delete_body` may be filled with what depends on it."""
    return dbc.Modal(
        [
            dbc.ModalHeader(dbc.ModalTitle(f"Delete the {words.what}?", tag="h2")),
            dbc.ModalBody([html.P(words.deletion), html.Div(id=ids.delete_body)]),
            dbc.ModalFooter(button("Delete", ids.delete_confirm, kind="danger")),
        ],
        id=ids.delete_dialog,
    )


def confirm_deletion(app: Dash, ids: Ids, delete: Callable[[dict[str, Any]], str]) -> None:
    """Wires the dialog's button: `delete` is called with the page's key, and gives the address to go to after it."""

    @app.callback(
        Output(shell.location, "href", allow_duplicate=True),
        Input(ids.delete_confirm, "n_clicks"),
        State(ids.key, "data"),
        prevent_initial_call=True,
    )
    def confirmed(clicks: int | None, key: dict[str, Any]) -> Any:
        return delete(key) if clicks else no_update


def bullet_list(items: list[Children], *, more: str = "") -> Component:
    """Names under each other, with what is not listed."""
    return html.Ul([html.Li(item) for item in [*items, *([more] if more else [])]])
