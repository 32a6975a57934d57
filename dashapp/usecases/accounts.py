"""Accounts: people, passwords, sessions and sign-in links. Every change leaves an audit event."""

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from dashapp.settings import Settings
from dashapp.usecases.desk import Desk, Person
from dashapp.usecases.errors import Refused
from db import audit, users
from db import sign_in as doors
from db.tables import User, now

if TYPE_CHECKING:
    from argon2 import PasswordHasher
    from sqlalchemy.orm import Session

    from db.engine import Database

ROLES = ("analyst", "officer", "admin")
PASSWORD_LENGTH = 12
LONGEST_PASSWORD = 500
THROTTLE = timedelta(minutes=15)
FAILURES_PER_ACCOUNT = 5
FAILURES_PER_ADDRESS = 20
LINK_LIFETIME = timedelta(minutes=15)
DEMO_LINK_LIFETIME = timedelta(days=3650)
SEEN_EVERY = timedelta(minutes=1)

# A password that nobody has is checked against this where the name is unknown, so that both answers take equally long.
_DECOY = "$argon2id$v=19$m=65536,t=3,p=4$Yv0kiCXLgE0xUL082EcxOg$2cDaa2JIw7XnVI7opHm00hJ3TMyHcmEruCi4CmmnIwk"


class AccountError(Refused):
    """A sign-in or a change of an account that is refused."""


class WrongPassword(AccountError):
    def __init__(self) -> None:
        super().__init__("The name or the password is not right.", fix="Check both, or ask for a sign-in link.")


class TooManyAttempts(AccountError):
    """Too many failures for this account or from this address."""

    def __init__(self) -> None:
        minutes = int(THROTTLE.total_seconds() // 60)
        super().__init__(f"There were too many attempts. Try again in {minutes} minutes.")


class LinkNotValid(AccountError):
    def __init__(self) -> None:
        super().__init__("This sign-in link has been used or is too old.", fix="Ask for a new one.")


@dataclass(frozen=True)
class SessionCard:
    """A signed-in browser of one's own."""

    browser: str
    address: str
    created_at: datetime
    seen_at: datetime
    is_this_one: bool


def hash_of(token: str) -> str:
    """What the database keeps of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def sign_in(db: "Database", settings: Settings, *, name: str, password: str, address: str, browser: str) -> str:
    """The token of a new session. Raises WrongPassword, or TooManyAttempts before any password is looked at."""
    name = _printable(name.strip().lower(), 100)
    _spend_attempt(db, name=name, address=address)
    with db.read() as session:
        user = users.by_name(session, name)
        stored = user.password_hash if user is not None and user.active else None
    if not _matches(stored, password) or user is None:
        raise WrongPassword
    with db.write() as session:
        doors.forget_failures(session, name)
        if _hasher().check_needs_rehash(stored or ""):
            users.set_password_hash(session, user.id, _hasher().hash(password))
        return _open(session, settings, user, address=address, browser=browser, by="password")


def sign_in_by_link(db: "Database", settings: Settings, *, token: str, address: str, browser: str) -> str:
    """The token of a new session. The link works once; LinkNotValid afterwards."""
    with db.write() as session:
        user = doors.use_link(session, hash_of(token), now())
        if user is None or not user.active:
            raise LinkNotValid
        return _open(session, settings, user, address=address, browser=browser, by="link")


def make_link(db: "Database", settings: Settings, name: str) -> str:
    """The token of a sign-in link for one person; it works once, for 15 minutes, in the demonstration until it is used."""
    with db.write() as session:
        user = _named(session, name)
        token = secrets.token_urlsafe(32)
        lifetime = DEMO_LINK_LIFETIME if settings.demo else LINK_LIFETIME
        doors.add_link(session, user_id=user.id, token_hash=hash_of(token), expires_at=now() + lifetime)
        audit.record(session, user_id=None, action="made_sign_in_link", object_kind="user", object_id=str(user.id))
        return token


def sign_out(db: "Database", token: str) -> None:
    """Ends the session on the server: a copy of the cookie is worth nothing afterwards."""
    with db.write() as session:
        found = doors.find_session(session, hash_of(token), now())
        if found is not None:
            audit.record(session, user_id=found.user_id, action="signed_out", object_kind="user", object_id=str(found.user_id))
            doors.end_session(session, hash_of(token))


def recognise(db: "Database", token: str) -> tuple[Person, datetime] | None:
    """Whose session this is and when it was last used, or None."""
    with db.read() as session:
        found = doors.find_session(session, hash_of(token), now())
        return (_person(found.user), found.seen_at) if found is not None else None


def keep_session(db: "Database", settings: Settings, token: str, *, seen_at: datetime) -> None:
    """A click moves the end of the session on; written at most once a minute."""
    moment = now()
    if moment - seen_at > SEEN_EVERY:
        with db.write() as session:
            doors.touch(session, hash_of(token), now=moment, expires_at=moment + timedelta(hours=settings.session_hours))


def add_person(db: "Database", *, name: str, display_name: str, role: str, password: str | None) -> Person:
    """A new account; without a password it is entered by sign-in links only. Raises AccountError or Conflict."""
    name = name.strip().lower()
    if not re.fullmatch(r"[a-z0-9][a-z0-9._@+-]{0,99}", name):
        raise AccountError(f"'{name}' cannot be a name.", fix="Use letters, digits and . _ @ + - only, at most 100.")
    if role not in ROLES:
        raise AccountError(f"'{role}' is no role.", fix=f"Choose one of {', '.join(ROLES)}.")
    if not 0 < len(display_name.strip()) <= 200:
        raise AccountError("The display name is empty or too long.", fix="Give 1 to 200 characters.")
    password_hash = _new_hash(password) if password is not None else None
    with db.write() as session:
        user = users.add(session, name=name, display_name=display_name.strip(), role=role, password_hash=password_hash)
        audit.record(session, user_id=None, action="added_person", object_kind="user", object_id=str(user.id), role=role)
        return _person(user)


def set_password(db: "Database", name: str, password: str) -> None:
    """A new password set by the operator; ends all sessions of that person."""
    password_hash = _new_hash(password)
    with db.write() as session:
        user = _named(session, name)
        users.set_password_hash(session, user.id, password_hash)
        doors.end_all(session, user.id)
        doors.forget_failures(session, user.name)
        audit.record(session, user_id=None, action="set_password", object_kind="user", object_id=str(user.id))


def deactivate(db: "Database", name: str) -> None:
    """The person can sign in no more and all their sessions end; what they own stays."""
    with db.write() as session:
        user = _named(session, name)
        users.deactivate(session, user.id)
        audit.record(session, user_id=None, action="deactivated", object_kind="user", object_id=str(user.id))


def everyone(db: "Database") -> list[Person]:
    """All people who may sign in, by display name."""
    with db.read() as session:
        return [_person(user) for user in users.everyone(session)]


def change_password(desk: Desk, old: str, new: str) -> None:
    """One's own password; every other session of one's own ends. Raises WrongPassword, TooManyAttempts or AccountError."""
    _spend_attempt(desk.db, name=desk.user.name, address=f"user {desk.user.id}")
    with desk.db.read() as session:
        stored = users.get(session, desk.user.id).password_hash
    if stored is not None and not _matches(stored, old):
        raise AccountError("The old password is not right.", fix="Type the password that you sign in with now.")
    password_hash = _new_hash(new)
    with desk.db.write() as session:
        users.set_password_hash(session, desk.user.id, password_hash)
        doors.forget_failures(session, desk.user.name)
        doors.end_all(session, desk.user.id, but=desk.session_hash or None)
        audit.record(session, user_id=desk.user.id, action="changed_password", object_kind="user", object_id=str(desk.user.id))


def has_password(desk: Desk) -> bool:
    """Whether one signs in with a password, and not by links alone."""
    with desk.db.read() as session:
        return users.get(session, desk.user.id).password_hash is not None


def own_sessions(desk: Desk) -> list[SessionCard]:
    """The browsers one is signed in with."""
    with desk.db.read() as session:
        return [
            SessionCard(
                browser=row.browser,
                address=row.address,
                created_at=row.created_at,
                seen_at=row.seen_at,
                is_this_one=row.token_hash == desk.session_hash,
            )
            for row in doors.sessions_of(session, desk.user.id)
        ]


def end_other_sessions(desk: Desk) -> None:
    """Signs out every other browser of one's own."""
    with desk.db.write() as session:
        doors.end_all(session, desk.user.id, but=desk.session_hash or None)
        audit.record(
            session, user_id=desk.user.id, action="ended_other_sessions", object_kind="user", object_id=str(desk.user.id)
        )


def _spend_attempt(db: "Database", *, name: str, address: str) -> None:
    """Counts the attempt as failed before the password is looked at, so that attempts at the same time count too."""
    with db.write() as session:
        of_account, of_address = doors.failures_since(session, name=name, address=address, since=now() - THROTTLE)
        if of_account >= FAILURES_PER_ACCOUNT or of_address >= FAILURES_PER_ADDRESS:
            raise TooManyAttempts
        doors.record_failure(session, name=name, address=address)


def _open(session: "Session", settings: Settings, user: User, *, address: str, browser: str, by: str) -> str:
    token = secrets.token_urlsafe(32)
    doors.open_session(
        session,
        user_id=user.id,
        token_hash=hash_of(token),
        expires_at=now() + timedelta(hours=settings.session_hours),
        address=_printable(address, 64),
        browser=_printable(browser, 300),
    )
    audit.record(session, user_id=user.id, action="signed_in", object_kind="user", object_id=str(user.id), by=by)
    return token


def _named(session: "Session", name: str) -> User:
    user = users.by_name(session, name.strip().lower())
    if user is None or not user.active:
        raise AccountError(
            f"There is nobody named '{name}' who may sign in.", fix="List the people with: python -m dashapp users list."
        )
    return user


def _person(user: User) -> Person:
    return Person(id=user.id, name=user.name, display_name=user.display_name, role=user.role)


def _printable(text: str, most: int) -> str:
    """What a stranger typed, without the control characters that a database may refuse."""
    return "".join(character for character in text[:most] if character.isprintable())


def _hasher() -> "PasswordHasher":
    # Loaded only where a password is typed: it is not needed to show a page.
    from argon2 import PasswordHasher

    return PasswordHasher()


def _matches(stored: str | None, password: str) -> bool:
    from argon2.exceptions import Argon2Error, InvalidHashError

    try:
        _hasher().verify(stored or _DECOY, password[: LONGEST_PASSWORD + 1])
    except (Argon2Error, InvalidHashError):
        return False
    return stored is not None


def _new_hash(password: str) -> str:
    if len(password) < PASSWORD_LENGTH:
        raise AccountError("The new password is too short.", fix=f"Use {PASSWORD_LENGTH} characters or more.")
    if len(password) > LONGEST_PASSWORD:
        raise AccountError("The new password is too long.", fix=f"Use at most {LONGEST_PASSWORD} characters.")
    return _hasher().hash(password)
