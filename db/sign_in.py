"""Sessions, links that sign in once, and the failures that throttling counts. Only hashes of tokens are kept."""

from datetime import datetime

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from db.tables import SignInAttempt, SignInLink, SignInSession, User, now


def open_session(
    session: Session, *, user_id: int, token_hash: str, expires_at: datetime, address: str, browser: str
) -> SignInSession:
    opened = SignInSession(user_id=user_id, token_hash=token_hash, expires_at=expires_at, address=address, browser=browser)
    session.add(opened)
    session.flush()
    return opened


def find_session(session: Session, token_hash: str, now: datetime) -> SignInSession | None:
    """The session of this token, unless it has ended, has expired or its person may sign in no more."""
    return session.scalar(
        select(SignInSession)
        .join(SignInSession.user)
        .where(
            SignInSession.token_hash == token_hash,
            SignInSession.ended_at.is_(None),
            SignInSession.expires_at > now,
            User.active,
        )
    )


def touch(session: Session, token_hash: str, *, now: datetime, expires_at: datetime) -> None:
    """Notes that the session was used and moves its end on."""
    session.execute(
        update(SignInSession)
        .where(SignInSession.token_hash == token_hash, SignInSession.ended_at.is_(None))
        .values(seen_at=now, expires_at=expires_at)
    )


def end_session(session: Session, token_hash: str) -> None:
    session.execute(
        update(SignInSession)
        .where(SignInSession.token_hash == token_hash, SignInSession.ended_at.is_(None))
        .values(ended_at=now())
    )


def end_all(session: Session, user_id: int, but: str | None = None) -> None:
    """Ends every session of the person, except that of the token hash `but`; links that wait to be used end too."""
    moment = now()
    open_ones = update(SignInSession).where(SignInSession.user_id == user_id, SignInSession.ended_at.is_(None))
    if but is not None:
        open_ones = open_ones.where(SignInSession.token_hash != but)
    session.execute(open_ones.values(ended_at=moment))
    session.execute(update(SignInLink).where(SignInLink.user_id == user_id, SignInLink.used_at.is_(None)).values(used_at=moment))


def sessions_of(session: Session, user_id: int) -> list[SignInSession]:
    """The sessions that are open now, the last used first."""
    return list(
        session.scalars(
            select(SignInSession)
            .where(SignInSession.user_id == user_id, SignInSession.ended_at.is_(None), SignInSession.expires_at > now())
            .order_by(SignInSession.seen_at.desc(), SignInSession.token_hash)
        )
    )


def add_link(session: Session, *, user_id: int, token_hash: str, expires_at: datetime) -> None:
    session.add(SignInLink(user_id=user_id, token_hash=token_hash, expires_at=expires_at))
    session.flush()


def use_link(session: Session, token_hash: str, now: datetime) -> User | None:
    """The person whom the link signs in, once: of two browsers that follow it at the same time, one gets None."""
    user_id = session.scalar(
        update(SignInLink)
        .where(SignInLink.token_hash == token_hash, SignInLink.used_at.is_(None), SignInLink.expires_at > now)
        .values(used_at=now)
        .returning(SignInLink.user_id)
    )
    return session.scalar(select(User).where(User.id == user_id, User.active)) if user_id is not None else None


def record_failure(session: Session, *, name: str, address: str) -> None:
    session.add(SignInAttempt(name=name.lower(), address=address))
    session.flush()


def failures_since(session: Session, *, name: str, address: str, since: datetime) -> tuple[int, int]:
    """How often signing in failed since then: for this account, and from this address."""

    def failures(of: object) -> int:
        count = select(func.count()).select_from(SignInAttempt).where(of, SignInAttempt.at >= since)  # type: ignore[arg-type]
        return session.scalar(count) or 0

    return failures(SignInAttempt.name == name.lower()), failures(SignInAttempt.address == address)


def forget_failures(session: Session, name: str) -> None:
    session.execute(delete(SignInAttempt).where(SignInAttempt.name == name.lower()))


def forget_old(session: Session, before: datetime) -> None:
    """Removes what no one can use any more: sessions, links and failures that ended before."""
    session.execute(delete(SignInSession).where(or_(SignInSession.expires_at < before, SignInSession.ended_at < before)))
    session.execute(delete(SignInLink).where(or_(SignInLink.expires_at < before, SignInLink.used_at < before)))
    session.execute(delete(SignInAttempt).where(SignInAttempt.at < before))
