"""Comparisons: what was compared with what, and the result. A comparison is its owner's alone."""

from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, undefer

from db.errors import NotFound
from db.locking import one_to_change
from db.tables import Comparison


def add(session: Session, *, owner_id: int, reference_id: str, other_id: str | None, spec: dict[str, Any]) -> Comparison:
    """The caller has checked that the owner may see the data sets."""
    comparison = Comparison(owner_id=owner_id, reference_id=reference_id, other_id=other_id, spec=spec)
    session.add(comparison)
    session.flush()
    return comparison


def get(session: Session, user_id: int, comparison_id: str) -> Comparison:
    """A comparison of one's own, with its result. Raises NotFound."""
    wanted = select(Comparison).where(Comparison.id == comparison_id, Comparison.owner_id == user_id)
    comparison = session.scalar(wanted.options(undefer(Comparison.result)))
    if comparison is None:
        raise NotFound("comparison")
    return comparison


def owned(session: Session, user_id: int, comparison_id: str) -> Comparison:
    """A comparison of one's own, held until the transaction ends. Raises NotFound."""
    wanted = select(Comparison).where(Comparison.id == comparison_id, Comparison.owner_id == user_id)
    comparison = one_to_change(session, wanted, Comparison)
    if comparison is None:
        raise NotFound("comparison")
    return comparison


def of_dataset(session: Session, user_id: int, dataset_id: str, limit: int) -> list[Comparison]:
    """One's own comparisons of a data set with whatever, newest first, with their results."""
    wanted = (
        select(Comparison)
        .where(Comparison.owner_id == user_id, or_(Comparison.reference_id == dataset_id, Comparison.other_id == dataset_id))
        .order_by(Comparison.created_at.desc(), Comparison.id)
        .limit(limit)
        .options(undefer(Comparison.result))
    )
    return list(session.scalars(wanted))
