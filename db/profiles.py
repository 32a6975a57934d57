"""The profile of a data set: one, the newest. Who may see the data set may see it."""

from typing import Any

from sqlalchemy.orm import Session, defer

from db.tables import DatasetProfile, now


def get(session: Session, dataset_id: str) -> DatasetProfile | None:
    """The profile of a data set that the caller has been let see; what it says is read when it is asked for."""
    return session.get(DatasetProfile, dataset_id, options=[defer(DatasetProfile.profile)])


def store(
    session: Session,
    *,
    dataset_id: str,
    target: str | None,
    bad_label: str | None,
    codes: dict[str, Any],
    profile: dict[str, Any],
) -> None:
    """In place of the one before."""
    session.merge(
        DatasetProfile(dataset_id=dataset_id, target=target, bad_label=bad_label, codes=codes, profile=profile, created_at=now())
    )
