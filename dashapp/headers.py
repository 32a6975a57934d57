"""What every answer says to the browser: what may run, what may be kept, and for how long."""

from collections.abc import Callable, Sequence

from flask import Flask, Response, request
from flask.sessions import SecureCookieSessionInterface, SessionMixin

from dashapp.compression import SCRIPTS
from dashapp.settings import Settings

_A_YEAR = "private, max-age=31536000, immutable"
_WHILE_IT_STANDS = "private, no-cache"  # the browser keeps it, and asks each time whether it is still the same


def content_policy(script_hashes: Sequence[str]) -> str:
    """Scripts run only from here or with a known hash; nothing is fetched from another host; nobody frames us."""
    return "; ".join(
        (
            "default-src 'self'",
            " ".join(("script-src 'self'", *script_hashes)),
            "style-src 'self' 'unsafe-inline'",  # plotly.js and AG Grid write style elements
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "worker-src 'self' blob:",
            "object-src 'none'",
            "frame-src 'none'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "form-action 'self'",
        )
    )


def init_app(server: Flask, settings: Settings, script_hashes: Callable[[], Sequence[str]]) -> None:
    """`script_hashes` is asked anew for each page: Dash adds scripts of its own at the first request."""
    server.session_interface = _Sessions()

    @server.after_request
    def add(response: Response) -> Response:
        headers = response.headers
        headers["Content-Security-Policy"] = content_policy(script_hashes() if response.mimetype == "text/html" else ())
        headers["X-Content-Type-Options"] = "nosniff"
        headers["X-Frame-Options"] = "DENY"
        headers["Referrer-Policy"] = "same-origin"
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
        headers["Cross-Origin-Resource-Policy"] = "same-origin"
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
        if settings.https:
            headers["Strict-Transport-Security"] = "max-age=31536000"
        headers["Cache-Control"] = _keep(response)
        return response


class _Sessions(SecureCookieSessionInterface):
    """What may be kept is the same for whoever may read it. Were it kept for one cookie, each page would fetch and compile
    all scripts anew: every page brings another token against forged requests.
    """

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        super().save_session(app, session, response)
        if not response.cache_control.no_store:
            response.vary.discard("cookie")  # in small letters, or Werkzeug keeps the word


def _keep(response: Response) -> str:
    if request.path.startswith(SCRIPTS) and response.status_code in {200, 304}:
        # Dash's address holds the version and the time of the file; not so that of plotly's megabytes and of what comes late.
        return _A_YEAR if response.cache_control.max_age else _WHILE_IT_STANDS
    if request.path.startswith("/assets/") and response.status_code in {200, 304}:
        return _A_YEAR if request.query_string else _WHILE_IT_STANDS  # the query is the time of the file or its hash
    return "no-store"
