"""How controls of the intake page tell what was done: assets/31-intake.js hands it on as {what, of, value}.

One path for some hundred controls that come and go with the columns. Callbacks that listened to each of them would be called
anew, with all their values, whenever a part of the page is drawn.
"""

from dash import html
from dash.development.base_component import Component


def act(control: Component, what: str, of: str = "", value: str | None = None) -> Component:
    """The control in a wrapper that names what it does, and what it does it to.

    `value` is what a button gives; a select or an input gives its own.
    """
    given = {"data-act": what, "data-of": of} | ({"data-value": value} if value is not None else {})
    return html.Span(control, className="sd-act", **given)


def opens(control: Component, dialog: str, *, is_open: bool = True) -> Component:
    """A button that opens or closes a dialog, without asking the server."""
    return html.Span(control, className="sd-act", **{"data-dialog": dialog, "data-open": "yes" if is_open else "no"})
