"""Answers what other values of the open applicant come to."""

from typing import Any

from dash import ClientsideFunction, Dash, Input, Output, State, no_update

from dashapp import theme
from dashapp.auth import desk
from dashapp.ids import shell
from dashapp.tabs.explain.address import Address
from dashapp.tabs.explain.layout import ids
from dashapp.tabs.explain.open_row import label_of, reference_of
from dashapp.tabs.explain.what_if import figure_of, known, score_of, title_of, value_text
from dashapp.usecases import what_ifs
from dashapp.usecases.errors import InvalidSpec

_LONGEST = 200  # characters of a value


def register(app: Dash) -> None:
    for name, prop in (("begin", "what_if"), ("answered", "answered"), ("shown", "shown")):
        app.clientside_callback(
            ClientsideFunction("explain", name),
            Output(ids.asked, "data", allow_duplicate=True),
            Input(getattr(ids, prop), "data", allow_optional=True),
            prevent_initial_call="initial_duplicate",
        )
    app.clientside_callback(
        ClientsideFunction("explain", "reset"),
        Output(ids.asked, "data", allow_duplicate=True),
        Input(ids.reset, "n_clicks", allow_optional=True),
        prevent_initial_call=True,
    )

    @app.callback(
        output={
            "figure": Output(ids.moved, "figure"),
            "narrow": Output(ids.moved_narrow, "figure"),
            "score": Output(ids.score, "children"),
            "answered": Output(ids.answered, "data"),
        },
        inputs={
            "asked": Input(ids.asked, "data"),
            "key": State(ids.key, "data"),
            "search": State(shell.location, "search"),
            "look": State(shell.theme, "data"),
        },
        prevent_initial_call=True,
    )
    def move(asked: Any, key: dict[str, str], search: Any, look: Any) -> dict[str, Any]:
        nothing = dict.fromkeys(("figure", "narrow", "score", "answered"), no_update)
        address = Address.parse(search)
        if not isinstance(asked, dict) or not isinstance(asked.get("given"), dict) or asked.get("row") != address.row:
            return nothing
        given = tuple((str(name), str(value)[:_LONGEST]) for name, value in asked["given"].items())
        address = Address.parse(address.query(given=given))
        answer: dict[str, Any] = {"row": address.row, "warnings": {}, "problems": {}, "state": None}
        try:
            who = desk()
            base = what_ifs.base_of(who, key["run_id"], address.row or 0)
            reference, _ = reference_of(who, base.run, address)
            moved = what_ifs.moved(base, known(base.run, address), reference, label_of(base.run, address))
        except InvalidSpec as error:
            return {**nothing, "answered": {**answer, "problems": error.problems}}
        narrow = asked.get("narrow") is True  # of the two drawings the one that is seen
        drawn = figure_of(moved, base.run, theme.look(), narrow=narrow)
        return {
            **nothing,
            "narrow" if narrow else "figure": drawn,
            "score": score_of(moved, base.run),
            "answered": {
                **answer,
                "title": title_of(moved, base.run),
                "warnings": moved.warnings,
                "read": {name: value_text(moved.applicant.values[name]) for name in known(base.run, address)},
                "state": [address.query(), look],
                "put": address.put(key, search),
            },
        }
