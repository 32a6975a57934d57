"""People who may sign in."""

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from db import sign_in
from db.errors import Conflict, NotFound
from db.tables import User


def add(session: Session, *, name: str, display_name: str, role: str, password_hash: str | None = None) -> User:
    """Raises Conflict where the name is taken, in whatever case it is written."""
    user = User(name=name.lower(), display_name=display_name, role=role, password_hash=password_hash)
    try:
        with session.begin_nested():
            session.add(user)
    except IntegrityError as error:
        raise Conflict(f"Somebody signs in as '{name.lower()}' already.", fix="Choose another name.") from error
    return user


def by_name(session: Session, name: str) -> User | None:
    """The person of that sign-in name, active or not."""
    return session.scalar(select(User).where(User.name == name.lower()))


def get(session: Session, user_id: int) -> User:
    user = session.get(User, user_id)
    if user is None:
        raise NotFound("person")
    return user


def everyone(session: Session) -> list[User]:
    """Everybody who may sign in, by display name."""
    return list(session.scalars(select(User).where(User.active).order_by(User.display_name, User.id)))


def set_password_hash(session: Session, user_id: int, password_hash: str | None) -> None:
    get(session, user_id).password_hash = password_hash


def deactivate(session: Session, user_id: int) -> None:
    """The person can sign in no more and all their sessions end; what they own stays."""
    get(session, user_id).active = False
    sign_in.end_all(session, user_id)
