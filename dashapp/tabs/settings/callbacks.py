"""One's own account: fill the page, change the password, sign out other browsers."""

from typing import Any

from dash import Dash, Input, Output, State, no_update

from dashapp.auth import desk
from dashapp.tabs.settings.layout import body, ids
from dashapp.usecases import accounts
from dashapp.usecases.errors import Refused
from dashapp.widgets.basics import notice


def register(app: Dash) -> None:
    @app.callback(Output(ids.body, "children"), Input(ids.key, "data"))
    def fill(_key: Any) -> Any:
        asked = desk()
        return body(asked.user, accounts.own_sessions(asked), accounts.has_password(asked))

    @app.callback(
        Output(ids.problem, "children"),
        Output(ids.old, "value"),
        Output(ids.new, "value"),
        Output(ids.again, "value"),
        Input(ids.save, "n_clicks"),
        State(ids.old, "value"),
        State(ids.new, "value"),
        State(ids.again, "value"),
        prevent_initial_call=True,
    )
    def change(clicks: int | None, old: str | None, new: str | None, again: str | None) -> tuple[Any, Any, Any, Any]:
        if not clicks:
            return no_update, no_update, no_update, no_update
        if (new or "") != (again or ""):
            return notice("danger", "The two new passwords differ", "Type the same one twice."), no_update, no_update, no_update
        try:
            accounts.change_password(desk(), old or "", new or "")
        except Refused as error:
            return notice("danger", error.message, error.fix), no_update, no_update, no_update
        return notice("done", "The password was changed", "Other browsers were signed out."), "", "", ""

    @app.callback(Output(ids.key, "data", allow_duplicate=True), Input(ids.end_others, "n_clicks"), prevent_initial_call=True)
    def end_others(clicks: int | None) -> Any:
        if not clicks:
            return no_update
        accounts.end_other_sessions(desk())
        return {"ended": clicks}
