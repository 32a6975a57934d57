"""Accounts, passwords and sessions at the use case."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from dashapp.settings import Settings
from dashapp.usecases import accounts
from dashapp.usecases.accounts import AccountError, TooManyAttempts, WrongPassword
from dashapp.usecases.desk import Desk, Person
from db.engine import Database
from db.errors import Conflict
from db.tables import AuditEvent, User

PASSWORD = "correct horse battery"


def enter(db: Database, settings: Settings, name: str, password: str = PASSWORD, address: str = "198.51.100.1") -> str:
    return accounts.sign_in(db, settings, name=name, password=password, address=address, browser="test")


def test_nobody_gets_a_link_without_an_account(db: Database, settings: Settings) -> None:
    with pytest.raises(AccountError, match="nobody named 'ghost'"):
        accounts.make_link(db, settings, "ghost")


def test_changing_the_password_ends_the_other_sessions(
    browser: Callable[..., Any], db: Database, settings: Settings, desk_of: Callable[[str], Desk]
) -> None:
    mine, other = browser("analyst"), browser("analyst")
    token = next(token for token in [session_token(mine)] if token)
    desk = replace(desk_of("analyst"), session_hash=accounts.hash_of(token))
    with pytest.raises(AccountError, match="old password"):
        accounts.change_password(desk, "not the password", "a new long password")
    with pytest.raises(AccountError, match="too short"):
        accounts.change_password(desk, PASSWORD, "eleven chars"[:11])
    accounts.change_password(desk, PASSWORD, "a new long password")
    assert mine.get("/").status_code == 200
    assert other.get("/").status_code == 302
    assert enter(db, settings, "analyst", "a new long password")
    with pytest.raises(WrongPassword):
        enter(db, settings, "analyst", PASSWORD)


def session_token(browser: Any) -> str:
    with browser.client.session_transaction() as held:
        return str(held["_user_id"])


def test_old_passwords_cannot_be_guessed_in_a_stolen_session(desk_of: Callable[[str], Desk]) -> None:
    desk = desk_of("analyst")
    for _ in range(5):
        with pytest.raises(AccountError, match="old password"):
            accounts.change_password(desk, "guess", "a new long password")
    with pytest.raises(TooManyAttempts):
        accounts.change_password(desk, PASSWORD, "a new long password")


def test_one_sees_and_ends_ones_own_sessions_only(
    browser: Callable[..., Any], db: Database, desk_of: Callable[[str], Desk]
) -> None:
    mine, other, stranger = browser("analyst"), browser("analyst"), browser("stranger")
    desk = replace(desk_of("analyst"), session_hash=accounts.hash_of(session_token(mine)))
    cards = accounts.own_sessions(desk)
    assert [card.is_this_one for card in cards].count(True) == 1
    assert len(cards) == 2
    accounts.end_other_sessions(desk)
    assert [session.get("/").status_code for session in (mine, other, stranger)] == [200, 302, 200]


def test_people_are_added_with_a_sensible_name_role_and_password(db: Database) -> None:
    assert accounts.add_person(db, name=" New.Person ", display_name="New", role="officer", password=None).name == "new.person"
    with pytest.raises(Conflict):
        accounts.add_person(db, name="NEW.person", display_name="New", role="officer", password=None)
    for wrong in (
        {"name": "a b"},
        {"name": ""},
        {"role": "boss"},
        {"display_name": " "},
        {"password": "short"},
        {"password": "x" * 501},
    ):
        given: dict[str, Any] = {"name": "other", "display_name": "Other", "role": "analyst", "password": None, **wrong}
        with pytest.raises(AccountError):
            accounts.add_person(db, **given)


def test_an_account_without_a_password_is_closed_to_passwords(db: Database, settings: Settings) -> None:
    accounts.add_person(db, name="linked", display_name="Linked", role="analyst", password=None)
    for guess in ("", "None", "x" * 12):
        with pytest.raises(WrongPassword):
            enter(db, settings, "linked", guess)
    with db.read() as session:
        assert session.scalars(select(User.password_hash).where(User.name == "linked")).one() is None


def test_every_change_of_an_account_is_audited(db: Database, settings: Settings, person: Callable[[str], Person]) -> None:
    token = enter(db, settings, "analyst")
    accounts.sign_out(db, token)
    desk = Desk(db, settings, person("analyst"))
    accounts.change_password(desk, PASSWORD, "a new long password")
    accounts.end_other_sessions(desk)
    accounts.set_password(db, "analyst", "yet another password")
    accounts.sign_in_by_link(db, settings, token=accounts.make_link(db, settings, "analyst"), address="", browser="")
    accounts.deactivate(db, "analyst")
    with db.read() as session:
        actions = session.scalars(
            select(AuditEvent.action).where(AuditEvent.object_id == str(desk.user.id)).order_by(AuditEvent.id)
        ).all()
    assert actions == [
        "added_person",
        "signed_in",
        "signed_out",
        "changed_password",
        "ended_other_sessions",
        "set_password",
        "made_sign_in_link",
        "signed_in",
        "deactivated",
    ]
