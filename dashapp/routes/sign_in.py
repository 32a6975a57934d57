"""The sign-in page, sign-in links and sign-out."""

from flask import Blueprint, redirect, render_template, request
from flask_login import current_user
from werkzeug.wrappers import Response

from dashapp import auth
from dashapp.usecases import accounts
from dashapp.usecases.accounts import AccountError, TooManyAttempts, WrongPassword

blueprint = Blueprint("sign_in", __name__)


@blueprint.get("/sign-in")
def page() -> Response | str:
    wanted = auth.local_path(request.args.get("next"))
    if current_user.is_authenticated:
        return redirect(wanted)
    return _page(wanted)


@blueprint.post("/sign-in")
def submit() -> Response | tuple[str, int] | tuple[str, int, dict[str, str]]:
    here = auth.installation()
    wanted = auth.local_path(request.form.get("next"))
    name = request.form.get("name", "")
    try:
        token = accounts.sign_in(
            here.db,
            here.settings,
            name=name,
            password=request.form.get("password", ""),
            address=_address(),
            browser=request.user_agent.string,
        )
    except TooManyAttempts as error:
        retry_after = str(int(accounts.THROTTLE.total_seconds()))
        return _page(wanted, name=name, error=error), 429, {"Retry-After": retry_after}
    except AccountError as error:
        return _page(wanted, name=name, error=error), 401
    return _enter(token, wanted)


@blueprint.get("/sign-in/link/<token>")
def link(token: str) -> Response | str | tuple[str, int]:
    """In the demonstration the click signs in. Elsewhere a button does: programs that preview links in mail use up a GET."""
    if auth.installation().settings.demo:
        return use_link(token)
    return render_template("sign_in_link.html", title="Sign in")


@blueprint.post("/sign-in/link/<token>")
def use_link(token: str) -> Response | tuple[str, int]:
    here = auth.installation()
    try:
        new = accounts.sign_in_by_link(here.db, here.settings, token=token, address=_address(), browser=request.user_agent.string)
    except AccountError as error:
        return _page("/", error=error), 401
    return _enter(new, "/")


@blueprint.post("/sign-out")
def sign_out() -> Response:
    auth.end_session()
    return redirect("/sign-in")


def _enter(token: str, wanted: str) -> Response:
    if current_user.is_authenticated:
        auth.end_session()
    auth.begin_session(token)
    return redirect(wanted, code=303)


def _page(wanted: str, *, name: str = "", error: AccountError | None = None) -> str:
    return render_template(
        "sign_in.html",
        title="Sign in",
        wanted=wanted,
        name=name[:100],
        error=error,
        fields_wrong=isinstance(error, WrongPassword),
        demo=auth.installation().settings.demo,
    )


def _address() -> str:
    return request.remote_addr or "unknown"
