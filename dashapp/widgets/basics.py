"""The small parts that every page is made of: icons, buttons, badges, notices, cards, empty states."""

from collections.abc import Sequence
from typing import Any, Literal

from dash import dcc, html
from dash.development.base_component import Component

from dashapp import theme

Children = Any
Tone = Literal["info", "caution", "danger", "done"]

_STAGES = {
    "draft": ("Draft", "circle"),
    "proposed": ("Proposed", "circle-half"),
    "approved": ("Approved", "check-lg"),
    "retired": ("Retired", "dash-lg"),
}
_STATES = {
    "queued": ("Waiting", "hourglass"),
    "running": ("Running", "play-fill"),
    "succeeded": ("Done", "check-lg"),
    "failed": ("Failed", "exclamation-lg"),
    "cancelled": ("Cancelled", "slash-circle"),
}
_TONES: dict[str, str] = {
    "info": "info-circle",
    "caution": "exclamation-triangle",
    "danger": "exclamation-octagon",
    "done": "check-circle",
}


def icon(name: str) -> Component:
    """A Bootstrap icon; a picture only, so a word must stand beside it or in the button's label."""
    return html.I(className=f"bi bi-{name}", **{"aria-hidden": "true"})


def button(label: str, id: Any = None, *, icon_name: str = "", kind: str = "", **props: Any) -> Component:  # noqa: A002
    """A button with a word; `kind` is primary, link or danger."""
    parts = [icon(icon_name)] if icon_name else []
    named = {"id": id} if id is not None else {}
    return html.Button([*parts, label], className=f"sd-button {kind}".strip(), type="button", n_clicks=0, **named, **props)


def link_button(label: str, href: str, *, icon_name: str = "", kind: str = "", **props: Any) -> Component:
    """A link that looks like a button: it leads somewhere."""
    parts = [icon(icon_name)] if icon_name else []
    return dcc.Link([*parts, label], href=href, className=f"sd-button {kind}".strip(), **props)


def icon_button(label: str, icon_name: str, id: Any = None, **props: Any) -> Component:  # noqa: A002
    """A button without a visible word: the label is read out and shown on hover."""
    named = {"id": id} if id is not None else {}
    return html.Button(
        icon(icon_name),
        className="sd-icon-button",
        type="button",
        title=label,
        n_clicks=0,
        **named,
        **{"aria-label": label},
        **props,
    )


def more_menu(*items: Component) -> Component:
    """Further actions behind one button; `menu_item` and `menu_link` make them."""
    summary = html.Summary([icon("three-dots"), "More"], className="sd-button")
    return html.Details([summary, html.Div(list(items), className="sd-float")], className="sd-menu")


def menu_item(label: str, icon_name: str, id: Any) -> Component:  # noqa: A002
    return html.Button([icon(icon_name), label], id=id, className="sd-float-link", type="button", n_clicks=0)


def menu_link(label: str, icon_name: str, href: str) -> Component:
    return dcc.Link([icon(icon_name), label], href=href, className="sd-float-link")


def stage_badge(stage: str) -> Component:
    word, sign = _STAGES[stage]
    return html.Span([icon(sign), word], className=f"sd-badge {stage}")


def state_badge(state: str) -> Component:
    word, sign = _STATES[state]
    tone = "done" if state == "succeeded" else state
    return html.Span([icon(sign), word], className=f"sd-badge {tone}")


def avatar(display_name: str, *, mine: bool = False, small: bool = False) -> Component:
    names = "sd-avatar" + (" mine" if mine else "") + (" small" if small else "")
    return html.Span(theme.initials(display_name), className=names, **{"aria-hidden": "true"})


def person(display_name: str, mine: bool) -> Component:
    return html.Span(
        [avatar(display_name, mine=mine, small=True), html.Span("You" if mine else display_name)], className="sd-person"
    )


def notice(tone: Tone, title: str, body: Children = None, action: Children = None) -> Component:
    """What is the matter, why it matters, and one link that acts."""
    words = [html.Strong(title)]
    if body is not None:
        words.append(html.Div(body))
    if action is not None:
        words.append(html.Div(action))
    role = "alert" if tone == "danger" else "status"
    return html.Div([icon(_TONES[tone]), html.Div(words)], className=f"sd-notice {tone}", role=role)


def empty(icon_name: str, title: str, body: str, action: Children = None) -> Component:
    """What would be here, what it is good for, and the one thing to do."""
    parts = [icon(icon_name), html.H2(title), html.P(body)]
    return html.Div([*parts, *([action] if action is not None else [])], className="sd-empty")


def card_head(title: Children, under: Children = None, tools: Sequence[Component] = ()) -> Component:
    words = [html.H2(title)]
    if under is not None:
        words.append(html.P(under, className="sd-meta"))
    parts: list[Component] = [html.Div(words)]
    if tools:
        parts.append(html.Div(list(tools), className="sd-card-tools"))
    return html.Div(parts, className="sd-card-head")


def card(
    title: Children,
    children: Children,
    *,
    under: Children = None,
    tools: Sequence[Component] = (),
    span: int | None = None,
    flush: bool = False,
    foot: Children = None,
) -> Component:
    """A card; `flush` for a table that reaches its edges, `span` for its columns of the twelve."""
    names = "sd-card" + (" flush" if flush else "") + (f" sd-{span}" if span else "")
    body = children if isinstance(children, list) else [children]
    foot_part = [html.Div(foot, className="sd-card-foot")] if foot is not None else []
    return html.Section([card_head(title, under, tools), *body, *foot_part], className=names)


def strip(*items: tuple[str, Children, Children]) -> Component:
    """A row of figures: (label, value, note)."""
    return html.Div(
        [
            html.Div(
                [
                    html.Div(label, className="sd-kpi-label"),
                    html.Div(value, className="sd-kpi-value"),
                    html.Div(note, className="sd-kpi-note"),
                ],
                className="sd-kpi",
            )
            for label, value, note in items
        ],
        className="sd-strip",
    )


def facts(*pairs: tuple[str, Children]) -> Component:
    """Names and values, the values at the right edge."""
    return html.Dl([part for name, value in pairs for part in (html.Dt(name), html.Dd(value))], className="sd-facts-list")


def progress_bar(share: float, label: str, *, waiting: bool = False) -> Component:
    done = round(min(max(share, 0.0), 1.0) * 100)
    return html.Div(
        html.Span(style={} if waiting else {"width": f"{done}%"}),
        className="sd-progress waiting" if waiting else "sd-progress",
        role="progressbar",
        **{"aria-label": label, "aria-valuemin": "0", "aria-valuemax": "100", "aria-valuenow": str(done)},
    )
