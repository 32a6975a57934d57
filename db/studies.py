"""Studies of many fits, and analyses of what runs decide: who may see one, its trials, and its result.

A study is its owner's; one that started from a run can also be seen by those who may see the run. What holds one applicant's
values stays with whoever asked, and what holds rows with those who may see the data set too.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Text, cast, func, or_, select
from sqlalchemy import delete as delete_from
from sqlalchemy.orm import Session, undefer

from db import datasets, runs
from db.errors import NotFound
from db.locking import one_to_change
from db.tables import Dataset, Run, Study, StudyTrial

OF_AN_APPLICANT = ("lime", "similar")  # their options are the values of one applicant, which are personal data
OF_ROWS = ("boundary", "reference", "reasons")  # values of rows: as points, as the mean of what may be one row, as a table


def add(
    session: Session,
    *,
    kind: str,
    owner_id: int,
    dataset_id: str,
    run_id: str | None,
    name: str,
    spec: dict[str, Any],
    options: dict[str, Any],
    fingerprint: str,
) -> Study:
    """The caller has checked that the owner may see the data set and the run, and adds the job in the same transaction."""
    study = Study(
        kind=kind,
        owner_id=owner_id,
        dataset_id=dataset_id,
        run_id=run_id,
        name=name[:200],
        spec=spec,
        options=options,
        fingerprint=fingerprint,
    )
    session.add(study)
    session.flush()
    return study


def get(session: Session, user_id: int, study_id: str, *, with_result: bool = False) -> Study:
    """A study of one's own, or, as far as it holds nobody's values, of a run that one may see. Raises NotFound."""
    wanted = select(Study).where(Study.id == study_id, _may_see(user_id))
    study = session.scalar(wanted.options(undefer(Study.result)) if with_result else wanted)
    if study is None:
        raise NotFound("study")
    return study


def result_of(session: Session, study_id: str) -> tuple[dict[str, Any] | None, int]:
    """The result of a study that the caller has been let see, and its length in characters as it is stored; None and 0 of one
    that is gone.
    """
    wanted = select(Study.result, func.length(cast(Study.result, Text))).where(Study.id == study_id)
    found, n_characters = session.execute(wanted).one_or_none() or (None, 0)
    return found, n_characters or 0


def latest_result(session: Session, *, kind: str, run_id: str) -> dict[str, Any] | None:
    """The newest result of a kind of study of a run that the caller has been let see, whoever started it."""
    wanted = select(Study.result).where(Study.kind == kind, Study.run_id == run_id, Study.result.is_not(None))
    return session.scalar(wanted.order_by(Study.created_at.desc(), Study.id).limit(1))


def owned(session: Session, user_id: int, study_id: str) -> Study:
    """A study of one's own, held until the transaction ends. Raises NotFound."""
    study = one_to_change(session, select(Study).where(Study.id == study_id, Study.owner_id == user_id), Study)
    if study is None:
        raise NotFound("study")
    return study


def same(session: Session, user_id: int, *, kind: str, dataset_id: str, run_id: str | None, fingerprint: str) -> Study | None:
    """The newest study that is the same as one to be started, and that the user may see."""
    wanted = select(Study).where(
        Study.kind == kind, Study.dataset_id == dataset_id, Study.fingerprint == fingerprint, _may_see(user_id)
    )
    wanted = wanted.where(Study.run_id == run_id if run_id is not None else Study.run_id.is_(None))
    return session.scalar(wanted.order_by(Study.created_at.desc(), Study.id).limit(1))


def visible(
    session: Session,
    user_id: int,
    *,
    kinds: Sequence[str],
    dataset_id: str | None = None,
    run_id: str | None = None,
    scored_by: str | None = None,
    limit: int = 50,
) -> list[Study]:
    """Studies of these kinds that the user may see, of a data set or a run where one is named; newest first, without results.

    `scored_by` names the run of a scoring, which is not kept as the study's own: who sees the run need not see what it scored.
    """
    wanted = select(Study).where(Study.kind.in_(kinds), _may_see(user_id))
    if scored_by is not None:
        wanted = wanted.where(Study.options["run"].as_string() == scored_by)
    if dataset_id is not None:
        wanted = wanted.where(Study.dataset_id == dataset_id)
    if run_id is not None:
        wanted = wanted.where(Study.run_id == run_id)
    return list(session.scalars(wanted.order_by(Study.created_at.desc(), Study.id).limit(limit)))


def of_owner(session: Session, owner_id: int, *, kinds: Sequence[str], run_id: str, limit: int) -> list[Study]:
    """One's own studies of these kinds of a run, newest first, without results."""
    wanted = select(Study).where(Study.owner_id == owner_id, Study.kind.in_(kinds), Study.run_id == run_id)
    return list(session.scalars(wanted.order_by(Study.created_at.desc(), Study.id).limit(limit)))


def n_of_owner(session: Session, owner_id: int, *, kinds: Sequence[str], run_id: str) -> int:
    """How many they are."""
    wanted = select(func.count()).where(Study.owner_id == owner_id, Study.kind.in_(kinds), Study.run_id == run_id)
    return session.scalar(wanted) or 0


def delete(session: Session, *, owner_id: int, study_id: str) -> None:
    """Deletes a study with its trials; the caller has ended its job."""
    study = owned(session, owner_id, study_id)
    session.execute(delete_from(StudyTrial).where(StudyTrial.study_id == study.id))
    session.delete(study)
    session.flush()


def keep_trial(session: Session, study_id: str, number: int, result: dict[str, Any]) -> None:
    """Stores the result of one fit of a study whose job the caller holds; again is once. Raises NotFound for one that is gone."""
    if session.get(Study, study_id) is None:
        raise NotFound("study")
    session.merge(StudyTrial(study_id=study_id, number=number, result=result))


def trials(session: Session, study_id: str) -> list[dict[str, Any]]:
    """The results so far of a study that the caller has been let see, by number."""
    wanted = select(StudyTrial.result).where(StudyTrial.study_id == study_id).order_by(StudyTrial.number)
    return list(session.scalars(wanted))


def _may_see(user_id: int) -> ColumnElement[bool]:
    of_run = select(Run.id).where(Run.id == Study.run_id, runs.may_see(user_id)).exists()
    sees_rows = select(Dataset.id).where(Dataset.id == Study.dataset_id, datasets.may_see(user_id)).exists()
    is_of_rows = Study.kind.in_(OF_ROWS)
    is_shared = Study.kind.not_in(OF_AN_APPLICANT) & or_(~is_of_rows, sees_rows)
    return or_(Study.owner_id == user_id, of_run & is_shared)
