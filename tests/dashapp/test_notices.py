"""Exceptions become sentences; the unexpected becomes a reference, with its traceback in the log."""

import logging
from collections.abc import Callable
from typing import Any

import pytest
from dash import Dash, Input, Output
from werkzeug.exceptions import Forbidden, RequestEntityTooLarge

from dashapp import notices
from dashapp.usecases.accounts import TooManyAttempts
from dashapp.usecases.errors import Refused
from db.errors import NotFound
from pipeline.errors import InvalidSpec, ReadingError


@pytest.mark.parametrize(
    ("error", "status", "message"),
    [
        (ReadingError("empty", "The file is empty.", fix="Choose another."), 422, "The file is empty."),
        (InvalidSpec({"C": "C must be positive."}), 422, "C must be positive."),
        (NotFound("run"), 404, "There is no such run."),
        (TooManyAttempts(), 422, "There were too many attempts. Try again in 15 minutes."),
        (Forbidden(), 403, "You may not do that."),
        (RequestEntityTooLarge(), 413, "That is too large."),
    ],
)
def test_expected_faults_say_what_is_wrong(app: Dash, error: Exception, status: int, message: str) -> None:
    with app.server.test_request_context("/"):
        found = notices.fault(error)
    assert (found.status, found.message, found.reference) == (status, message, "")


def test_the_unexpected_is_logged_under_the_reference_that_the_user_gets(app: Dash, caplog: Any) -> None:
    with app.server.test_request_context("/runs/abc"), caplog.at_level(logging.ERROR):
        found = notices.fault(ZeroDivisionError("the secret detail"))
    assert found.status == 500
    assert "secret detail" not in f"{found.message} {found.fix}"
    assert found.reference in found.fix
    assert found.reference in caplog.text
    assert "the secret detail" in caplog.text
    assert "GET /runs/abc" in caplog.text


BODY = {
    "output": "failing-out.children",
    "outputs": {"id": "failing-out", "property": "children"},
    "inputs": [{"id": "failing-in", "property": "n_clicks", "value": 1}],
    "state": [],
    "changedPropIds": ["failing-in.n_clicks"],
}


@pytest.mark.parametrize(
    ("error", "words"),
    [(Refused("It is not yours.", fix="Ask its owner."), "It is not yours. Ask its owner."), (KeyError("x"), "Quote reference")],
)
def test_a_callback_that_fails_leaves_the_page_and_shows_a_notice(
    app: Dash, browser: Callable[..., Any], error: Exception, words: str
) -> None:
    @app.callback(Output("failing-out", "children"), Input("failing-in", "n_clicks"))
    def fail(_clicks: Any) -> Any:
        raise error

    answer = browser("analyst").post("/_dash-update-component", json=BODY)
    assert answer.status_code == 200
    assert answer.json["response"] == {}
    (shown,) = answer.json["sideUpdate"]["notices"]["children"]
    assert shown["props"]["className"] == "sd-notice sd-notice-danger"
    assert shown["props"]["role"] == "alert"
    assert words in "".join(part["props"]["children"] for part in shown["props"]["children"])


def test_pages_that_do_not_exist_say_so_in_the_look_of_the_product(browser: Callable[..., Any]) -> None:
    someone = browser("analyst")
    answer = someone.get("/no/such/page")
    assert answer.status_code == 404
    assert "There is no such page." in answer.text
    assert "90-sign-in.css" in answer.text
    assert someone.get("/api/no-such").json["message"] == "There is no such page."
    assert someone.get("/_dash-component-suites/os/path.py").status_code == 404
    assert someone.get("/_dash-component-suites/dash/../../x").status_code == 404
    assert someone.get("/assets/none.css").status_code == 404
    wrong = someone.post("/health")
    assert (wrong.status_code, set(wrong.headers["Allow"].split(", "))) == (405, {"OPTIONS", "GET", "HEAD"})


def test_a_fault_of_ours_on_a_page_gives_a_reference(app: Dash, browser: Callable[..., Any], monkeypatch: Any) -> None:
    someone = browser("analyst")
    monkeypatch.setitem(app.server.view_functions, "health.health", lambda: 1 / 0)
    answer = someone.get("/health")
    assert answer.status_code == 500
    assert "Something went wrong on our side." in answer.text
    assert "Quote reference" in answer.text
    assert "ZeroDivisionError" not in answer.text


def test_hostile_bodies_never_reach_500(browser: Callable[..., Any]) -> None:
    """Whatever is posted to Dash's own address: a 4xx in JSON. The list of shapes is in test_callback_bodies."""
    someone = browser("analyst")
    nested = "[" * 200_000
    bodies = [
        "",
        "{",
        "null",
        "[]",
        "3",
        '"x"',
        nested,
        '{"output": ' + nested,
        '{"output": "..."}',
        '{"output": "a.b"}',
        "\x00",
        "NaN",
    ]
    for body in bodies:
        for kind in ("application/json", "text/plain", "application/x-www-form-urlencoded"):
            answer = someone.post("/_dash-update-component", data=body, headers={"Content-Type": kind})
            assert (answer.status_code, answer.is_json) == (400, True), body[:40]
    answer = someone.post("/_dash-update-component", data=b"x" * 9_000_000, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.is_json) == (413, True)
