"""Signing in and out, in the browser and at the use case."""

import re
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from argon2 import PasswordHasher, extract_parameters
from dash import Dash
from sqlalchemy import select, update

from dashapp.app import create_app
from dashapp.settings import Settings
from dashapp.usecases import accounts
from dashapp.usecases.accounts import AccountError, TooManyAttempts, WrongPassword
from db import sign_in as doors
from db.engine import Database
from db.tables import SignInSession, now

PASSWORD = "correct horse battery"


def enter(db: Database, settings: Settings, name: str, password: str = PASSWORD, address: str = "198.51.100.1") -> str:
    return accounts.sign_in(db, settings, name=name, password=password, address=address, browser="test")


def test_signing_in_leads_to_the_page_that_was_asked_for(browser: Callable[..., Any]) -> None:
    someone = browser()
    asked = someone.get("/runs?show=mine")
    assert asked.status_code == 302
    assert asked.headers["Location"] == "/sign-in?next=/runs?show%3Dmine"
    answer = someone.sign_in("Analyst ", next="/runs?show=mine")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/runs?show=mine")
    assert someone.get("/").status_code == 200


def test_no_redirect_leaves_the_installation(browser: Callable[..., Any]) -> None:
    assert browser().sign_in("analyst", next="//evil.example").headers["Location"] == "/"
    signed_in = browser("analyst")
    assert signed_in.get("/sign-in?next=//evil.example").headers["Location"] == "/"
    assert signed_in.get("/sign-in?next=https://evil.example").headers["Location"] == "/"


@pytest.mark.parametrize("name", ["analyst", "nobody", "", "\x00", "'; drop table users; --", "x" * 5000])
def test_a_wrong_name_and_a_wrong_password_look_alike(browser: Callable[..., Any], name: str) -> None:
    answer = browser().sign_in(name, "not the password")
    assert answer.status_code == 401
    assert "The name or the password is not right." in answer.text
    assert "not the password" not in answer.text


def test_an_unknown_name_costs_as_much_as_a_known_one() -> None:
    """The decoy is hashed with the parameters of real passwords, so that the time tells nothing."""
    assert extract_parameters(accounts._DECOY) == extract_parameters(PasswordHasher().hash("x"))
    assert extract_parameters(accounts._DECOY).type.name == "ID"


def test_an_unknown_name_is_checked_against_the_decoy(db: Database, settings: Settings, monkeypatch: Any) -> None:
    monkeypatch.setattr(accounts, "_hasher", PasswordHasher)
    accounts.set_password(db, "analyst", PASSWORD)

    def seconds(name: str) -> float:
        began = time.process_time()
        with pytest.raises(WrongPassword):
            enter(db, settings, name, "not the password", address=f"10.0.0.{name}")
        return time.process_time() - began

    # Argon2 takes tens of milliseconds of CPU; without it an answer takes a few.
    assert seconds("nobody") > 0.5 * seconds("analyst")


def test_five_failures_close_an_account_for_a_while(browser: Callable[..., Any]) -> None:
    someone = browser()
    for _ in range(5):
        assert someone.sign_in("analyst", "wrong").status_code == 401
    answer = someone.sign_in("analyst")  # the right password, too late
    assert answer.status_code == 429
    assert "Try again in 15 minutes." in answer.text
    assert answer.headers["Retry-After"] == "900"
    assert browser(address="203.0.113.9").sign_in("analyst").status_code == 429
    assert someone.sign_in("officer").status_code == 303


def test_twenty_failures_close_an_address(db: Database, settings: Settings) -> None:
    with db.write() as session:
        for number in range(19):
            doors.record_failure(session, name=f"guess{number}", address="192.0.2.7")
    with pytest.raises(WrongPassword):
        enter(db, settings, "officer", "wrong", address="192.0.2.7")
    with pytest.raises(TooManyAttempts):
        enter(db, settings, "analyst", address="192.0.2.7")
    assert enter(db, settings, "analyst", address="192.0.2.8")


def test_failures_are_forgotten_after_success_and_after_the_time(db: Database, settings: Settings, monkeypatch: Any) -> None:
    for _ in range(2):
        for _ in range(4):
            with pytest.raises(WrongPassword):
                enter(db, settings, "analyst", "wrong")
        enter(db, settings, "analyst")
    for _ in range(5):
        with pytest.raises(WrongPassword):
            enter(db, settings, "analyst", "wrong")
    later = now() + timedelta(minutes=16)
    monkeypatch.setattr(accounts, "now", lambda: later)
    assert enter(db, settings, "analyst")


def test_the_cookie_is_new_at_each_sign_in_and_unreadable_for_scripts(browser: Callable[..., Any]) -> None:
    someone = browser()
    someone.get("/sign-in")
    before = someone.client.get_cookie("scoredesk_8050").value
    answer = someone.sign_in("analyst")
    cookie = next(line for line in answer.headers.getlist("Set-Cookie") if line.startswith("scoredesk_8050="))
    assert before not in cookie
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    first = someone.client.get_cookie("scoredesk_8050").value
    someone.post("/sign-out")
    someone.sign_in("analyst")
    assert someone.client.get_cookie("scoredesk_8050").value != first


def test_with_https_the_cookies_are_sent_over_https_only(settings: Settings, db: Database) -> None:
    client = create_app(replace(settings, https=True), db).server.test_client()
    page = client.get("/sign-in", base_url="https://scores.example")
    token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert token is not None
    answer = client.post(
        "/sign-in",
        base_url="https://scores.example",
        headers={"Referer": "https://scores.example/sign-in"},
        data={"name": "analyst", "password": PASSWORD, "csrf_token": token[1]},
    )
    assert answer.status_code == 303
    cookies = [
        *answer.headers.getlist("Set-Cookie"),
        *client.get("/", base_url="https://scores.example").headers.getlist("Set-Cookie"),
    ]
    assert {line.split("=")[0] for line in cookies} == {"__Host-scoredesk", "_csrf_token"}
    assert all("Secure" in line and "SameSite=Lax" in line and "Path=/" in line for line in cookies)


def test_only_the_hash_of_the_token_is_stored(db: Database, settings: Settings) -> None:
    token = enter(db, settings, "analyst")
    with db.read() as session:
        rows = session.scalars(select(SignInSession)).all()
    assert [row.token_hash for row in rows] == [accounts.hash_of(token)]
    assert token not in str(vars(rows[0]))
    assert accounts.recognise(db, token)
    assert accounts.recognise(db, rows[0].token_hash) is None


def test_signing_out_ends_the_session_on_the_server(browser: Callable[..., Any]) -> None:
    someone = browser("analyst")
    stolen = someone.client.get_cookie("scoredesk_8050").value
    assert someone.get("/sign-out").status_code in {404, 405}  # a link or an image must not sign anybody out
    assert someone.post("/sign-out").headers["Location"] == "/sign-in"
    thief = browser()
    thief.client.set_cookie("scoredesk_8050", stolen)
    assert thief.get("/").status_code == 302


def test_a_forged_sign_out_is_refused(browser: Callable[..., Any]) -> None:
    someone = browser("analyst")
    assert someone.client.post("/sign-out").status_code == 400
    assert someone.get("/").status_code == 200


def test_a_session_ends_after_idle_hours_and_a_click_keeps_it(browser: Callable[..., Any], monkeypatch: Any) -> None:
    someone = browser("analyst")

    def after(hours: float) -> None:
        moment = now_at_start + timedelta(hours=hours)
        monkeypatch.setattr(accounts, "now", lambda: moment)

    now_at_start = now()
    for hours in (8, 16, 24):
        after(hours)
        assert someone.get("/").status_code == 200
    after(24 + 12.1)
    assert someone.get("/").status_code == 302


def test_a_page_that_asks_for_news_by_itself_does_not_keep_the_session(
    browser: Callable[..., Any], app: Dash, monkeypatch: Any
) -> None:
    someone = browser("analyst")
    poll = next(spec for spec in app._callback_list if any(part["property"] == "n_intervals" for part in spec["inputs"]))
    interval = next(part for part in poll["inputs"] if part["property"] == "n_intervals")
    declared = app.callback_map[poll["output"]]["output"]
    several = isinstance(declared, list)
    outputs = [
        {"id": output.component_id, "property": output.component_property} for output in (declared if several else [declared])
    ]
    body = {
        "output": poll["output"],
        "outputs": outputs if several else outputs[0],
        "inputs": [{"id": part["id"], "property": part["property"], "value": 1} for part in poll["inputs"]],
        "state": [{"id": part["id"], "property": part["property"]} for part in poll["state"]],
        "changedPropIds": [f"{interval['id']}.n_intervals"],
    }
    moment = now() + timedelta(hours=8)
    monkeypatch.setattr(accounts, "now", lambda: moment)
    assert someone.post("/_dash-update-component", json=body).status_code == 200
    moment += timedelta(hours=8)
    answer = someone.post("/_dash-update-component", json=body)
    assert answer.status_code == 401
    assert "JWT Expired" in answer.text  # what makes Dash reload the page, which leads to sign-in


def test_the_session_is_written_at_most_once_a_minute(browser: Callable[..., Any], db: Database) -> None:
    someone = browser("analyst")

    def seen() -> Any:
        with db.read() as session:
            return session.scalars(select(SignInSession.seen_at)).one()

    before = seen()
    someone.get("/")
    assert seen() == before
    with db.write() as session:
        session.execute(update(SignInSession).values(seen_at=before - timedelta(seconds=90)))
    someone.get("/")
    assert seen() >= before


def test_a_deactivated_person_is_out_at_once(browser: Callable[..., Any], db: Database) -> None:
    someone = browser("analyst")
    accounts.deactivate(db, "analyst")
    assert someone.get("/").status_code == 302
    assert someone.sign_in("analyst").status_code == 401


def test_a_link_works_once_and_not_by_being_looked_at(browser: Callable[..., Any], db: Database, settings: Settings) -> None:
    path = f"/sign-in/link/{accounts.make_link(db, settings, 'officer')}"
    someone = browser()
    assert "The link works once." in someone.get(path).text  # what a program that previews links does
    assert someone.get("/").status_code == 302
    answer = someone.client.post(path, data={"csrf_token": someone.form_token(path)})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    assert someone.get("/").status_code == 200
    other = browser()
    answer = other.client.post(path, data={"csrf_token": other.form_token(path)})
    assert answer.status_code == 401
    assert "has been used or is too old" in answer.text
    assert browser().client.post(path).status_code == 400


def test_a_link_ends_after_15_minutes(db: Database, settings: Settings, monkeypatch: Any) -> None:
    token = accounts.make_link(db, settings, "officer")
    late = now() + timedelta(minutes=15, seconds=1)
    monkeypatch.setattr(accounts, "now", lambda: late)
    with pytest.raises(AccountError, match="too old"):
        accounts.sign_in_by_link(db, settings, token=token, address="", browser="")


def test_in_the_demonstration_one_click_on_the_link_signs_in(settings: Settings, db: Database, monkeypatch: Any) -> None:
    demo = replace(settings, demo=True)
    client = create_app(demo, db).server.test_client()
    assert "printed in the terminal" in client.get("/sign-in").text
    path = f"/sign-in/link/{accounts.make_link(db, demo, 'analyst')}"
    next_week = now() + timedelta(days=7)
    monkeypatch.setattr(accounts, "now", lambda: next_week)
    assert client.get(path).headers["Location"] == "/"
    assert client.get("/").status_code == 200
    assert create_app(demo, db).server.test_client().get(path).status_code == 401
