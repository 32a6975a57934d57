"""Sign-in, sessions, and the guard in front of every route.

Nothing is open but what `PUBLIC_ENDPOINTS` and `PUBLIC_ASSETS` name: the sign-in page and what it is drawn with, and the two
health addresses. The cookie holds a random token; the database holds its SHA-256, so that signing out ends the session itself.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from flask import Flask, Response, current_app, g, redirect, request, session, url_for
from flask_login import LoginManager, UserMixin, current_user, login_user
from flask_wtf.csrf import CSRFProtect, generate_csrf
from werkzeug.wrappers import Response as AnyResponse

from dashapp.callback_bodies import UPDATE_PATH
from dashapp.settings import Settings
from dashapp.usecases import accounts
from dashapp.usecases.desk import Desk, Person

if TYPE_CHECKING:
    from db.engine import Database

CSRF_COOKIE = "_csrf_token"  # Dash reads this cookie and sends it back as X-CSRFToken
ASSETS_ENDPOINT = "_dash_assets.static"

PUBLIC_ENDPOINTS = frozenset(
    {"sign_in.page", "sign_in.submit", "sign_in.link", "sign_in.use_link", "health.health", "health.ready"}
)
# What the sign-in page and the error pages are drawn with; none of it says anything about the installation.
PUBLIC_ASSETS = frozenset({"05-theme.js", "06-sign-in.js", "10-tokens.css", "90-sign-in.css", "brand-curve.svg"})

_LONGEST_NEXT = 2_000
_NOT_A_PAGE = ("/_dash-", "/_reload-hash", "/api/", "/sign-in", "/sign-out")


@dataclass(frozen=True)
class Installation:
    """What every request works with."""

    db: "Database"
    settings: Settings


class Visitor(UserMixin):
    """A signed-in person as Flask-Login sees them; their id is the session's token."""

    def __init__(self, person: Person, token: str, seen_at: datetime) -> None:
        self.person = person
        self.token = token
        self.seen_at = seen_at

    def get_id(self) -> str:
        return self.token


def installation() -> Installation:
    found: Installation = current_app.extensions["scoredesk"]
    return found


def desk() -> Desk:
    """The desk of the request that is being answered, in a route or in a callback."""
    here = installation()
    return Desk(
        db=here.db,
        settings=here.settings,
        user=current_user.person,
        session_hash=accounts.hash_of(current_user.token),
    )


def init_app(server: Flask, db: "Database", settings: Settings) -> None:
    """Puts the guard in front of everything that is registered afterwards."""
    server.extensions["scoredesk"] = Installation(db, settings)
    server.config.update(
        SECRET_KEY=settings.secret,
        # Two installations on one host differ by port, and a browser keeps cookies per host.
        SESSION_COOKIE_NAME="__Host-scoredesk" if settings.https else f"scoredesk_{settings.port}",
        SESSION_COOKIE_SECURE=settings.https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_REFRESH_EACH_REQUEST=False,
        WTF_CSRF_TIME_LIMIT=None,  # it lives as long as the session
    )
    manager = LoginManager()
    manager.session_protection = None  # the session lives in the database; addresses change while people travel
    manager.user_loader(_visitor)
    server.before_request(_guard)
    manager.init_app(server)
    CSRFProtect(server)
    server.after_request(_give_csrf_token)


def keep_sessions(server: Flask) -> None:
    """A click keeps the session; a page that asks for news by itself does not. Comes after the check of the body."""

    @server.before_request
    def keep() -> None:
        if request.endpoint in PUBLIC_ENDPOINTS or _is_public_asset() or not current_user.is_authenticated:
            return
        if not _asks_by_itself():
            here = installation()
            accounts.keep_session(here.db, here.settings, current_user.token, seen_at=current_user.seen_at)


def begin_session(token: str) -> None:
    """Signs this browser in: a new cookie with nothing of the old one in it."""
    session.clear()
    session.permanent = True  # the database says when it ends
    visitor = _visitor(token)
    if visitor is not None:
        login_user(visitor)


def end_session() -> None:
    """Signs this browser out, in the database and in the cookie."""
    accounts.sign_out(installation().db, current_user.token)
    session.clear()
    g.forget_csrf_token = True


def local_path(wanted: str | None) -> str:
    """The page to go to after sign-in if it is one of ours, else the home page."""
    if not wanted or len(wanted) > _LONGEST_NEXT or not wanted.startswith("/"):
        return "/"
    plain = wanted
    for _ in range(3):  # what a proxy or a browser may undo on the way
        if plain.startswith("//") or "\\" in plain or re.search(r"[\x00-\x1f\x7f]", plain):
            return "/"
        plain = unquote(plain)
    parts = urlsplit(wanted)
    if parts.scheme or parts.netloc or parts.path.startswith(_NOT_A_PAGE):
        return "/"
    return wanted


def wants_json() -> bool:
    """Whether a script asks, and not a person who would look at the answer."""
    if request.path.startswith(("/_dash-", "/_reload-hash", "/api/")):
        return True
    if request.headers.get("Sec-Fetch-Dest", "document") != "document":
        return True
    return bool(request.accept_mimetypes) and not request.accept_mimetypes.accept_html


def _visitor(token: str) -> Visitor | None:
    found = accounts.recognise(installation().db, token)
    return Visitor(found[0], token, found[1]) if found is not None else None


def _guard() -> AnyResponse | tuple[dict[str, str], int] | None:
    if request.endpoint in PUBLIC_ENDPOINTS or _is_public_asset() or current_user.is_authenticated:
        return None
    if wants_json():
        # Dash calls its hook for expired tokens, which reloads the page, when it finds these two words in the answer.
        return {"message": "You are not signed in.", "fix": "Sign in and try again.", "reason": "JWT Expired"}, 401
    wanted = request.full_path.rstrip("?") if request.method in {"GET", "HEAD"} else "/"
    return redirect(url_for("sign_in.page", next=wanted if local_path(wanted) == wanted != "/" else None))


def _asks_by_itself() -> bool:
    if request.path != UPDATE_PATH or request.method != "POST":
        return False
    changed = request.get_json().get("changedPropIds") or [""]
    return all(name.endswith(".n_intervals") for name in changed)


def _is_public_asset() -> bool:
    return request.endpoint == ASSETS_ENDPOINT and (request.view_args or {}).get("filename") in PUBLIC_ASSETS


def _give_csrf_token(response: Response) -> Response:
    settings = installation().settings
    how: dict[str, Any] = {"secure": settings.https, "samesite": "Lax"}
    if g.get("forget_csrf_token"):
        response.delete_cookie(CSRF_COOKIE, **how)
    elif response.mimetype == "text/html" and current_user and current_user.is_authenticated:
        response.set_cookie(CSRF_COOKIE, generate_csrf(), **how)
    return response
