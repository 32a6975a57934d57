"""The skeleton of a page and its head: title, one line of facts, actions, tabs."""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, TypeVar

from dash import dcc, html
from dash.development.base_component import Component

from dashapp.usecases.errors import NotFound
from dashapp.widgets.basics import Children, empty, link_button

Body = TypeVar("Body")


def skeleton(key_id: str, body_id: str, key: dict[str, Any], *extra: Component) -> Component:
    """A page without data: what it is about (the parts of its address), and the place that a callback fills.

    `extra` are parts that must survive while the body is filled anew, such as dialogs and timers.
    """
    return html.Div(
        [
            dcc.Store(id=key_id, data=key),
            *extra,
            html.Div(html.P("Loading …", className="sd-busy"), id=body_id, className="sd-stack", style={"gap": "16px"}),
        ],
        className="sd-page",
    )


def head(
    title: Children, facts: Sequence[Children] = (), actions: Sequence[Component] = (), tabs: Component | None = None
) -> list[Component]:
    """The head of a page: a list, since the tabs stand under it over the whole width."""
    words: list[Component] = [html.H1(title)]
    if facts:
        words.append(html.Div([html.Span(fact) for fact in facts], className="sd-facts"))
    parts: list[Component] = [html.Div(words)]
    if actions:
        parts.append(html.Div(list(actions), className="sd-actions"))
    return [html.Header(parts, className="sd-page-head"), *([tabs] if tabs is not None else [])]


def tab_bar(entries: Sequence[tuple[str, str]], active: str, label: str) -> Component:
    """Links to the tabs of one object: (title, address)."""
    return html.Nav(
        [
            dcc.Link(title, href=href, className="active" if title == active else "", **_current(title == active))
            for title, href in entries
        ],
        className="sd-tabs",
        **{"aria-label": label},
    )


def _current(active: bool) -> dict[str, str]:
    return {"title": "This tab"} if active else {}


def not_found(what: str, list_label: str, list_href: str) -> list[Component]:
    """The page of an object that is absent or not the user's: the two look the same on purpose."""
    return [
        *head("Not found"),
        empty(
            "signpost-split",
            f"There is no such {what}",
            "It may have been deleted, or its owner has not shared it with you. Ask whoever sent you the link.",
            link_button(list_label, list_href),
        ),
    ]


def or_not_found(what: str, list_label: str, list_href: str) -> Callable[[Callable[..., Body]], Callable[..., Any]]:
    """Turns NotFound into the not-found page, where the callback's one output is the body of a page."""

    def decorate(fill: Callable[..., Body]) -> Callable[..., Any]:
        @wraps(fill)
        def filled(*args: Any, **kwargs: Any) -> Any:
            try:
                return fill(*args, **kwargs)
            except NotFound:
                return not_found(what, list_label, list_href)

        return filled

    return decorate


def crumbs(*steps: tuple[str, str] | str) -> list[Component]:
    """Where one is: (word, address) for the steps above, a word alone for the last."""
    built: list[Component] = []
    for step in steps:
        if isinstance(step, str):
            built.append(html.Li(step, **{"aria-current": "page"}))
        else:
            built.append(html.Li(dcc.Link(step[0], href=step[1])))
    return built
