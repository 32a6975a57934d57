"""People, their sessions, links and failures."""

import multiprocessing
from datetime import timedelta

import pytest

from db import sign_in, users
from db.engine import Database
from db.errors import Conflict, NotFound
from db.tables import now
from tests.db.conftest import Cast

HOUR = timedelta(hours=1)


def open_for(db: Database, user_id: int, token_hash: str, lasts: timedelta = HOUR) -> None:
    with db.write() as session:
        sign_in.open_session(
            session, user_id=user_id, token_hash=token_hash, expires_at=now() + lasts, address="::1", browser="Chromium"
        )


def is_open(db: Database, token_hash: str) -> bool:
    with db.read() as session:
        return sign_in.find_session(session, token_hash, now()) is not None


def test_a_name_is_taken_in_every_case(db: Database, cast: Cast) -> None:
    with db.write() as session:
        with pytest.raises(Conflict, match="'owner' already"):
            users.add(session, name="OWNER", display_name="Second", role="admin")
        users.add(session, name="Newcomer", display_name="New", role="analyst")  # the transaction is still good
    with db.read() as session:
        assert users.by_name(session, "NEWCOMER").name == "newcomer"
        assert users.get(session, cast.owner).role == "analyst"


def test_nobody_is_not_found(db: Database) -> None:
    with db.read() as session:
        assert users.by_name(session, "nobody") is None
        with pytest.raises(NotFound):
            users.get(session, 12345)


def test_everyone_is_who_may_sign_in_by_display_name(db: Database, cast: Cast) -> None:
    with db.write() as session:
        users.deactivate(session, cast.officer)
    with db.read() as session:
        assert [user.display_name for user in users.everyone(session)] == ["Admin", "Colleague", "Owner", "Stranger"]
        assert users.by_name(session, "officer").active is False


def test_a_password_hash_is_stored_and_taken_away(db: Database, cast: Cast) -> None:
    for stored in ("$argon2id$", None):
        with db.write() as session:
            users.set_password_hash(session, cast.owner, stored)
        with db.read() as session:
            assert users.get(session, cast.owner).password_hash == stored


def test_a_session_is_found_with_its_person_until_it_ends(db: Database, cast: Cast) -> None:
    open_for(db, cast.owner, "a" * 64)
    with db.read() as session:
        found = sign_in.find_session(session, "a" * 64, now())
    assert (found.user.name, found.address, found.browser) == ("owner", "::1", "Chromium")
    assert not is_open(db, "b" * 64)
    with db.write() as session:
        sign_in.end_session(session, "a" * 64)
    assert not is_open(db, "a" * 64)


def test_a_session_expires_and_a_click_moves_its_end_on(db: Database, cast: Cast) -> None:
    open_for(db, cast.owner, "a")
    later = now() + 2 * HOUR
    with db.read() as session:
        assert sign_in.find_session(session, "a", later) is None
    with db.write() as session:
        sign_in.touch(session, "a", now=later, expires_at=later + HOUR)
    with db.read() as session:
        assert sign_in.find_session(session, "a", later).seen_at == later


def test_a_click_does_not_revive_a_session_that_was_ended(db: Database, cast: Cast) -> None:
    open_for(db, cast.owner, "a")
    with db.write() as session:
        sign_in.end_session(session, "a")
        sign_in.touch(session, "a", now=now(), expires_at=now() + HOUR)
    assert not is_open(db, "a")


def test_ending_all_sessions_spares_one_and_touches_nobody_else(db: Database, cast: Cast) -> None:
    for token_hash in ("here", "phone"):
        open_for(db, cast.owner, token_hash)
    open_for(db, cast.colleague, "other")
    with db.write() as session:
        sign_in.end_all(session, cast.owner, but="here")
    assert (is_open(db, "here"), is_open(db, "phone"), is_open(db, "other")) == (True, False, True)
    with db.read() as session:
        assert [row.token_hash for row in sign_in.sessions_of(session, cast.owner)] == ["here"]


def test_deactivating_ends_sessions_and_links(db: Database, cast: Cast) -> None:
    open_for(db, cast.owner, "a")
    with db.write() as session:
        sign_in.add_link(session, user_id=cast.owner, token_hash="link", expires_at=now() + HOUR)
        users.deactivate(session, cast.owner)
    assert not is_open(db, "a")
    with db.write() as session:
        assert sign_in.use_link(session, "link", now()) is None


def test_a_link_works_once_and_not_too_late(db: Database, cast: Cast) -> None:
    with db.write() as session:
        sign_in.add_link(session, user_id=cast.owner, token_hash="good", expires_at=now() + HOUR)
        sign_in.add_link(session, user_id=cast.owner, token_hash="late", expires_at=now() - HOUR)
    with db.write() as session:
        assert sign_in.use_link(session, "good", now()).id == cast.owner
        assert sign_in.use_link(session, "good", now()) is None
        assert sign_in.use_link(session, "late", now()) is None
        assert sign_in.use_link(session, "absent", now()) is None


def follow(url: str) -> bool:
    database = Database(url)
    with database.write() as session:
        followed = sign_in.use_link(session, "link", now()) is not None
    database.dispose()
    return followed


def test_of_many_who_follow_a_link_at_once_one_gets_in(url: str, db: Database, cast: Cast) -> None:
    with db.write() as session:
        sign_in.add_link(session, user_id=cast.owner, token_hash="link", expires_at=now() + HOUR)
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        assert sorted(pool.map(follow, [url] * 8, chunksize=1)) == [False] * 7 + [True]


def test_failures_are_counted_per_account_and_per_address(db: Database) -> None:
    start = now()
    with db.write() as session:
        for name, address in (("owner", "::1"), ("OWNER", "::2"), ("other", "::1"), ("third", "::1")):
            sign_in.record_failure(session, name=name, address=address)
    with db.read() as session:
        assert sign_in.failures_since(session, name="Owner", address="::1", since=start) == (2, 3)
        assert sign_in.failures_since(session, name="owner", address="::1", since=now() + HOUR) == (0, 0)
    with db.write() as session:
        sign_in.forget_failures(session, "Owner")
        assert sign_in.failures_since(session, name="owner", address="::1", since=start) == (0, 2)


def test_what_nobody_can_use_any_more_is_forgotten(db: Database, cast: Cast) -> None:
    open_for(db, cast.owner, "old", -HOUR)
    open_for(db, cast.owner, "new")
    with db.write() as session:
        sign_in.add_link(session, user_id=cast.owner, token_hash="old", expires_at=now() - HOUR)
        sign_in.record_failure(session, name="owner", address="::1")
        sign_in.forget_old(session, now())
        assert sign_in.failures_since(session, name="owner", address="", since=now() - HOUR) == (0, 0)
        assert [row.token_hash for row in sign_in.sessions_of(session, cast.owner)] == ["new"]
