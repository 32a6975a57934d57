"""The one place where the application is put together."""

from pathlib import Path
from typing import TYPE_CHECKING

from dash import Dash
from flask import Flask, Response, abort, request
from werkzeug.middleware.proxy_fix import ProxyFix

from dashapp import auth, callback_bodies, compression, headers, notices, routes, shell, tabs
from dashapp.settings import Settings

if TYPE_CHECKING:
    from db.engine import Database

ASSETS = Path(__file__).resolve().parent.parent / "assets"
LARGEST_BODY = 8_000_000  # bytes of a callback's or a form's body; uploads have a limit of their own

_INDEX = """<!DOCTYPE html>
<html lang="en">
<head>
{%metas%}
<meta name="color-scheme" content="light dark">
<title>{%title%}</title>
<link rel="icon" href="FAVICON">
<script src="THEME"></script>
{%css%}
</head>
<body>
{%app_entry%}
<footer>{%config%}{%scripts%}{%renderer%}</footer>
</body>
</html>"""

# The session ended while the page was open: the guard leads to the sign-in page and back.
_SIGN_IN_AGAIN = "() => { window.location.reload(); return new Promise(() => {}); }"

# The brand mark: a rounded square in the accent with a sigmoid. In the page itself, because a stranger may fetch no more than
# the sign-in page needs.
_FAVICON = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 24 24' fill='none'%3E%3Crect width='24' "
    "height='24' rx='6' fill='%230067a5'/%3E%3Cpath d='M4.5 17.5c5.6 0 5.2-2.6 7.5-5.5s2.4-5.5 7.5-5.5' stroke='%23fff' "
    "stroke-width='2.1' stroke-linecap='round'/%3E%3C/svg%3E"
)


def create_app(settings: Settings, db: "Database | None" = None) -> Dash:
    """The application, ready to serve. Several may live in one process. Raises SettingsError."""
    settings.check()
    if db is None:
        from db.engine import Database

        db = Database(settings.database_url)
    server = _server(settings, db)
    app = Dash(
        __name__,
        server=server,
        use_pages=False,
        assets_folder=str(ASSETS),
        assets_ignore=r"^(05-theme\.js|06-sign-in\.js|90-sign-in\.css)$",
        index_string=_INDEX.replace("FAVICON", _FAVICON).replace("THEME", _asset_url("05-theme.js")),
        title="Scoredesk",
        update_title="",
        suppress_callback_exceptions=True,
        serve_locally=True,
        add_log_handler=False,
        on_error=notices.on_error,
        hooks={"request_refresh_jwt": _SIGN_IN_AGAIN},
    )
    headers.init_app(server, settings, app.csp_hashes)
    callback_bodies.init_app(server, app.callback_map)
    auth.keep_sessions(server)
    notices.init_app(server)
    _refuse_unknown_pages(server)

    app.layout = shell.layout
    shell.register(app)
    for tab in tabs.TABS:
        tab.register(app)
    # Dash finishes its setup at the first request, and two first requests at once would each see half of it.
    server.test_client().get("/health")
    return app


def _server(settings: Settings, db: "Database") -> Flask:
    server = Flask("dashapp", template_folder="routes/templates", static_folder=None)
    server.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    server.jinja_env.globals.update(asset_url=_asset_url, favicon=_FAVICON)
    if settings.trusted_proxies:
        count = settings.trusted_proxies
        server.wsgi_app = ProxyFix(server.wsgi_app, x_for=count, x_proto=count)  # type: ignore[method-assign]
    compression.init_app(server)
    _hold_small_files(server)
    routes.init_app(server)
    auth.init_app(server, db, settings)
    return server


def _hold_small_files(server: Flask) -> None:
    """Reads assets into memory before they are compressed: the compressor leaves a file that it streams open."""

    @server.after_request
    def hold(response: Response) -> Response:
        if response.direct_passthrough and request.endpoint == auth.ASSETS_ENDPOINT:
            response.direct_passthrough = False
            response.make_sequence()
        return response


def _refuse_unknown_pages(server: Flask) -> None:
    """Dash answers every address with its index page; one that leads nowhere gets a 404 here."""

    @server.before_request
    def check_page() -> None:
        if request.endpoint in {"/", "/<path:path>"} and shell.page_at(request.path) is None:
            abort(404)


def _asset_url(name: str) -> str:
    return f"/assets/{name}?m={int((ASSETS / name).stat().st_mtime)}"
