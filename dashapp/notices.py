"""From an exception to what the user sees: the one boundary, for callbacks, pages and scripts alike."""

import logging
import secrets
from dataclasses import dataclass

from dash import html, set_props
from dash.development.base_component import Component
from dash.exceptions import DependencyException, InvalidResourceError
from flask import Flask, Response, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, InternalServerError

from dashapp.auth import wants_json
from dashapp.ids import NOTICES
from dashapp.usecases.errors import DatabaseError, NotFound, PipelineError, ReadingError, Refused

log = logging.getLogger(__name__)

# Everything that says itself what is wrong and what to do.
EXPECTED = (PipelineError, DatabaseError, Refused)

_TITLES = {
    400: ("That request makes no sense to us.", "Go back, reload the page and try again."),
    403: ("You may not do that.", "Ask an admin if you should."),
    404: ("There is no such page.", "Check the address; what it leads to may have been deleted, or it is not shared with you."),
    405: ("That address cannot be used that way.", "Go back and try again."),
    413: ("That is too large.", "Send less at once."),
    415: ("That kind of content cannot be read here.", "Send the file itself, as application/octet-stream."),
    429: ("There were too many requests.", "Wait a few minutes and try again."),
}
_OUR_FAULT = "Something went wrong on our side."


@dataclass(frozen=True)
class Fault:
    """What is wrong, in words for the user. `kind` and `reference` where there is one."""

    status: int
    message: str
    fix: str
    kind: str = ""
    reference: str = ""

    def to_json(self) -> dict[str, str]:
        given = {"message": self.message, "fix": self.fix, "kind": self.kind, "reference": self.reference}
        return {name: text for name, text in given.items() if text or name in {"message", "fix"}}


def fault(error: BaseException) -> Fault:
    """What the user is told about an exception. The unexpected goes to the log under a reference that the user can quote."""
    if isinstance(error, EXPECTED):
        status = 404 if isinstance(error, NotFound) else 422
        return Fault(status, error.message, error.fix, error.kind if isinstance(error, ReadingError) else "")
    if isinstance(error, CSRFError):
        return Fault(400, "This page was open for too long.", "Reload it and try again.")
    if isinstance(error, HTTPException) and not isinstance(error, InternalServerError):
        status = error.code or 500
        message, fix = _TITLES.get(status, (f"{error.name}.", "Go back and try again."))
        return Fault(status, message, fix)
    original = getattr(error, "original_exception", None) or error
    reference = "".join(secrets.choice("23456789ABCDEFGHJKMNPQRSTUVWXYZ") for _ in range(6))
    log.error("Reference %s, %s %s", reference, request.method, request.path, exc_info=original)
    return Fault(500, _OUR_FAULT, f"Quote reference {reference} to whoever runs this installation.", reference=reference)


def on_error(error: Exception) -> None:
    """What Dash calls when a callback raises: the page stays as it is, and a notice says why."""
    set_props(NOTICES, {"children": [notice(fault(error))]})


def notice(what: Fault, tone: str = "danger") -> Component:
    """A notice; it is read out by screen readers as it appears."""
    return html.Div(
        [html.Strong(what.message), html.Span(f" {what.fix}" if what.fix else "")],
        className=f"sd-notice sd-notice-{tone}",
        role="alert",
    )


def init_app(server: Flask) -> None:
    server.register_error_handler(Exception, _answer)
    # Dash raises these for script addresses that do not exist.
    server.register_error_handler(DependencyException, _no_such_script)
    server.register_error_handler(InvalidResourceError, _no_such_script)


def _no_such_script(_error: Exception) -> Response:
    return _respond(Fault(404, *_TITLES[404]))


def _answer(error: Exception) -> Response:
    response = _respond(fault(error))
    if isinstance(error, HTTPException):
        for name, value in error.get_headers():
            if name in {"Allow", "Retry-After"}:
                response.headers[name] = value
    return response


def _respond(what: Fault) -> Response:
    if wants_json():
        return make_response(what.to_json(), what.status)
    return make_response(render_template("error.html", title=what.message, fault=what), what.status)
