"""What the user has asked about applicants of the run: the list of it, and deleting it, and tables of reasons, for good."""

from contextlib import suppress
from dataclasses import replace
from typing import Any

from dash import ALL, Dash, Input, Output, State, html, no_update, set_props
from dash.development.base_component import Component

from dashapp import theme
from dashapp.auth import desk
from dashapp.ids import NOTICES, shell
from dashapp.pressed import pressed
from dashapp.tabs.explain.address import Address
from dashapp.tabs.explain.layout import ids
from dashapp.tabs.explain.reasons import reasons_part
from dashapp.usecases import asked, runs, studies
from dashapp.usecases.asked import AskedCard
from dashapp.usecases.desk import Desk
from dashapp.usecases.errors import NotFound
from dashapp.widgets.basics import Children, button, notice, state_badge
from dashapp.widgets.tables import Column, table

_ALL = "all"
_FOR_GOOD = "Work on it ends, and what came of it is gone for good."


def asked_part(who: Desk, run_id: str, *, is_open: bool = False) -> list[Component]:
    """The newest of what was asked, each with the way to delete it; nothing where nothing was."""
    cards, n_all = asked.asked(who, run_id)
    if not cards:
        return []
    heads = [Column("What"), Column("Asked", numeric=True), Column(html.Span("Delete", className="sd-hidden"))]
    said = f"{theme.plural(n_all, 'answer')} about applicants that you asked for"
    kept = "LIME and similar applicants are kept with the values that they are about, for you alone. "
    shown = "" if n_all == len(cards) else f"The newest {len(cards)} of {theme.count(n_all)} are listed. "
    return [
        html.Details(
            [
                html.Summary(said, className="sd-more-summary"),
                html.Div(
                    [
                        html.Div(f"{kept}{shown}An applicant that is opened again is asked about again.", className="sd-meta"),
                        table(heads, [_line(one) for one in cards], label="What was asked"),
                        html.Div(button("Delete all of them", {"delete-asked": _ALL}, icon_name="trash"), className="sd-row"),
                    ],
                    className="sd-stack",
                ),
            ],
            className="sd-card sd-more",
            open=is_open,
        )
    ]


def _line(one: AskedCard) -> list[Children]:
    what = one.name.partition(", ")[0]  # without the run, whose page it is
    delete = button("Delete", {"delete-asked": one.id}, kind="link", **{"aria-label": f"Delete: {what}"})
    said: Children = what if one.state == "succeeded" else [what, " ", state_badge(one.state)]
    return [said, theme.when(one.created_at), delete]


def register(app: Dash) -> None:
    @app.callback(
        Output(ids.delete_dialog, "is_open"),
        Output(ids.delete_body, "children"),
        Output(ids.deleting, "data"),
        Input({"delete-asked": ALL}, "n_clicks"),
        State(ids.key, "data"),
        prevent_initial_call=True,
    )
    def ask(_clicks: Any, key: dict[str, str]) -> Any:
        what = pressed("delete-asked")
        if what is None:
            return no_update, no_update, no_update
        return True, f"{_said(desk(), key['run_id'], str(what))} {_FOR_GOOD}", what

    @app.callback(
        Output(ids.delete_dialog, "is_open", allow_duplicate=True),
        Output(shell.address, "data", allow_duplicate=True),
        Input(ids.delete_confirm, "n_clicks"),
        State(ids.deleting, "data"),
        State(shell.location, "search"),
        State(ids.key, "data"),
        prevent_initial_call=True,
    )
    def confirmed(clicks: int | None, what: Any, search: Any, key: dict[str, str]) -> Any:
        """The parts of the list are no outputs: the button is there before they are."""
        if not clicks or not isinstance(what, str):
            return no_update, no_update
        who, run_id, address = desk(), key["run_id"], Address.parse(search)
        if what == _ALL:
            asked.delete_all(who, run_id)
        else:
            with suppress(NotFound):  # gone already, from another page
                studies.delete(who, what)
        set_props(NOTICES, {"children": notice("done", "Deleted", "Nothing of it is kept.")})
        left = replace(address, study=None) if address.study == what else address
        set_props(ids.reasons_place, {"children": reasons_part(who, runs.get(who, run_id), left)[0]})
        set_props(ids.asked_place, {"children": asked_part(who, run_id, is_open=True)})
        return False, left.put(key, search)


def _said(who: Desk, run_id: str, what: str) -> str:
    """What is to go."""
    if what == _ALL:
        return f"{theme.plural(asked.asked(who, run_id)[1], 'answer')} about applicants."
    try:
        return f"{studies.get(who, what).card.name}."
    except NotFound:
        return "It is gone already."
