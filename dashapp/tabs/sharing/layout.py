"""Who may open the object, and the box to add somebody."""

from dash import dcc, html
from dash.development.base_component import Component

from dashapp.ids import Ids
from dashapp.usecases.sharing import Access, Kind
from dashapp.widgets.basics import avatar, button, card
from dashapp.widgets.heads import copy_link
from dashapp.widgets.page import skeleton

ids = Ids("sharing", "key", "body", "person", "add", "problem")
_WORDS: dict[Kind, tuple[str, str]] = {
    "run": (
        "run",
        "They see its figures, coefficients and note, and the cases that were decided with it. They cannot change it, and they "
        "do not see the rows of the data set. Loan officers see it once it is approved.",
    ),
    "dataset": ("data set", "They see its rows and may train runs on it. They cannot change or delete it."),
}


def run_layout(run_id: str) -> Component:
    return skeleton(ids.key, ids.body, {"kind": "run", "id": run_id})


def dataset_layout(dataset_id: str) -> Component:
    return skeleton(ids.key, ids.body, {"kind": "dataset", "id": dataset_id})


def body(access: Access, kind: Kind, href: str) -> Component:
    noun, means = _WORDS[kind]
    people = [_person(access.owner, "owner", None)]
    people += [_person(shown, "may look", name if access.mine else None) for name, shown in access.with_people]
    add = _add(access) if access.mine else html.P(f"Only {access.owner} can share this {noun}.", className="sd-meta")
    return html.Div(
        [
            card(f"Who sees this {noun}", html.Div(people), under=means, span=7),
            html.Div(
                [card("Add a colleague", add), card("Its link", _link(href, noun))],
                className="sd-5 sd-stack",
                style={"gap": "16px"},
            ),
        ],
        className="sd-grid",
        style={"alignItems": "start"},
    )


def _person(shown: str, role: str, removable: str | None) -> Component:
    end = button("Remove", {"unshare": removable}, kind="link") if removable is not None else None
    return html.Div(
        [
            avatar(shown, small=True),
            html.Span(shown, className="sd-strong"),
            html.Span(role, className="sd-meta"),
            html.Span(end, className="sd-end"),
        ],
        className="sd-row sd-job",
        style={"flexDirection": "row"},
    )


def _add(access: Access) -> Component:
    if not access.others:
        return html.P("Everybody with an account here sees it already.", className="sd-meta")
    return html.Div(
        [
            html.Div(
                [
                    html.Label("Colleague", htmlFor=ids.person),
                    dcc.Dropdown(
                        id=ids.person,
                        options=[{"label": shown, "value": name} for name, shown in access.others],
                        placeholder="Choose a person",
                    ),
                    html.Div(id=ids.problem, className="sd-problem", role="alert"),
                ],
                className="sd-field",
            ),
            button("Share", ids.add, kind="primary"),
        ],
        className="sd-stack",
        style={"alignItems": "stretch"},
    )


def _link(href: str, noun: str) -> Component:
    return html.Div(
        [
            html.P(
                f"It opens the {noun} for the people on the left; anybody else is told that there is no such {noun}.",
                className="sd-meta",
            ),
            copy_link(href),
        ],
        className="sd-stack",
    )
