"""Who did what, and when. Events are only ever added."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.tables import AuditEvent


def record(session: Session, *, user_id: int | None, action: str, object_kind: str, object_id: str, **details: Any) -> AuditEvent:
    """`details` are plain JSON values."""
    event = AuditEvent(user_id=user_id, action=action, object_kind=object_kind, object_id=object_id, details=details)
    session.add(event)
    session.flush()
    return event


def events_of(session: Session, object_kind: str, object_id: str) -> list[AuditEvent]:
    """Oldest first."""
    return list(
        session.scalars(
            select(AuditEvent)
            .where(AuditEvent.object_kind == object_kind, AuditEvent.object_id == object_id)
            .order_by(AuditEvent.id)
        )
    )
