"""One's own account: its skeleton and what fills it."""

from collections.abc import Sequence

from dash import dcc, html
from dash.development.base_component import Component

from dashapp import theme
from dashapp.ids import Ids
from dashapp.usecases.accounts import PASSWORD_LENGTH, SessionCard
from dashapp.usecases.desk import Person
from dashapp.widgets.basics import Children, button, card, facts
from dashapp.widgets.page import head, skeleton
from dashapp.widgets.tables import Column, table

ids = Ids("settings", "key", "body", "old", "new", "again", "save", "problem", "end_others")


def layout() -> Component:
    return skeleton(ids.key, ids.body, {})


def body(person: Person, sessions: Sequence[SessionCard], has_password: bool) -> list[Component]:
    return [
        *head("Settings", [person.display_name, f"signs in as {person.name}"]),
        html.Div(
            [_account(person), _password(has_password), _sessions(sessions)], className="sd-grid", style={"alignItems": "start"}
        ),
    ]


def _account(person: Person) -> Component:
    return card(
        "Account",
        facts(("Name", person.display_name), ("Signs in as", html.Code(person.name)), ("Role", person.role)),
        under="An admin changes these from the command line.",
        span=5,
    )


def _password(has_password: bool) -> Component:
    fields = [
        ("Password now", ids.old, "current-password"),
        ("New password", ids.new, "new-password"),
        ("New password again", ids.again, "new-password"),
    ]
    if not has_password:
        fields = fields[1:]
        hidden: list[Component] = [dcc.Input(id=ids.old, type="hidden", value="")]
    else:
        hidden = []
    boxes = [
        html.Div(
            [
                html.Label(label, htmlFor=name),
                dcc.Input(id=name, type="password", autoComplete=hint, className="sd-input", maxLength=1000),
            ],
            className="sd-field",
        )
        for label, name, hint in fields
    ]
    return card(
        "Password",
        [
            *hidden,
            *boxes,
            html.Div(id=ids.problem, role="status"),
            html.Div(button("Change the password", ids.save, kind="primary")),
        ],
        under=f"{PASSWORD_LENGTH} characters or more. Every other browser of yours is signed out.",
        span=7,
    )


def _sessions(sessions: Sequence[SessionCard]) -> Component:
    rows: list[list[Children]] = [
        [
            _browser(session.browser),
            session.address,
            theme.when(session.created_at),
            "this browser" if session.is_this_one else theme.when(session.seen_at),
        ]
        for session in sessions
    ]
    columns = [Column("Browser"), Column("Address"), Column("Signed in", numeric=True), Column("Last used", numeric=True)]
    foot = (
        button("Sign out everywhere else", ids.end_others)
        if len(sessions) > 1
        else html.P("No other browser is signed in.", className="sd-meta")
    )
    return card("Where you are signed in", table(columns, rows, label="Signed-in browsers"), span=12, flush=True, foot=foot)


def _browser(agent: str) -> str:
    """`Chrome on Linux` from a browser's long description of itself."""
    names = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
    systems = (
        ("Windows", "Windows"),
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    )
    name = next((word for sign, word in names if sign in agent), None)
    system = next((word for sign, word in systems if sign in agent), None)
    if name is None:
        return agent[:60] or "unknown"
    return f"{name} on {system}" if system else name
