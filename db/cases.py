"""Cases: what was decided on one applicant. Seen by their owner and by those who see the run; changed by their owner; never
deleted.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session, defer

from db import runs
from db.errors import NotFound
from db.locking import one_to_change
from db.tables import Case, Run, User, now


def add(
    session: Session,
    *,
    owner_id: int,
    run_id: str,
    name: str,
    inputs: dict[str, Any],
    told: dict[str, Any],
    model_sha256: str,
    advice: str,
    note: str,
    dataset_id: str | None = None,
    row: int | None = None,
) -> Case:
    """`told` has `run_name`, `probability` and the labels, as [label, probability] in `told.probabilities`, for lists.

    The caller has checked that the owner may see the run, and the data set where the applicant was looked up.
    """
    case = Case(
        owner_id=owner_id,
        run_id=run_id,
        dataset_id=dataset_id,
        row=row,
        name=name,
        inputs=inputs,
        told=told,
        model_sha256=model_sha256,
        advice=advice,
        note=note,
    )
    session.add(case)
    session.flush()
    return case


def get(session: Session, user_id: int, case_id: str) -> Case:
    """A case of one's own, or of a run that one may see. Raises NotFound."""
    case = session.scalar(_visible(user_id).where(Case.id == case_id))
    if case is None:
        raise NotFound("case")
    return case


def owned(session: Session, user_id: int, case_id: str) -> Case:
    """A case of one's own, held until the transaction ends: also where its run is no longer to be seen. Raises NotFound."""
    case = one_to_change(session, select(Case).where(Case.id == case_id, Case.owner_id == user_id), Case)
    if case is None:
        raise NotFound("case")
    return case


@dataclass(frozen=True)
class Listed:
    """A case as lists need it: without what was told, but for the run's name then, its labels (good, bad) and the probability."""

    case: Case
    run_name: str
    labels: tuple[str, str]
    probability: float


@dataclass(frozen=True)
class Wanted:
    """Which of the cases: with a name that holds these words, open or decided ones, one's own alone."""

    name: str = ""
    is_open: bool | None = None
    mine: bool = False


ALL = Wanted()


def visible(session: Session, user_id: int, wanted: Wanted = ALL, *, limit: int = 50) -> list[Listed]:
    """Own cases and those of the runs that one may see, newest first."""
    return _listed(session, _wanted(user_id, wanted), limit)


def count_visible(session: Session, user_id: int, wanted: Wanted = ALL) -> int:
    found = _wanted(user_id, wanted).with_only_columns(Case.id)
    return session.scalar(select(func.count()).select_from(found.subquery())) or 0


def of_applicant(
    session: Session, user_id: int, *, dataset_id: str | None, row: int | None, name: str, limit: int = 5
) -> list[Listed]:
    """The cases to be seen of this row, or with just this name, newest first."""
    same = [func.lower(Case.name) == name.lower()] if name else []
    if dataset_id is not None:
        same.append(and_(Case.dataset_id == dataset_id, Case.row == row))
    return _listed(session, _visible(user_id).where(or_(*same)), limit) if same else []


def saved_since(session: Session, owner_id: int, run_id: str, moment: datetime) -> list[Case]:
    """One's cases of a run since then, newest first. One's other transactions wait here until this one ends."""
    one_to_change(session, select(User).where(User.id == owner_id), User)
    wanted = select(Case).where(Case.owner_id == owner_id, Case.run_id == run_id, Case.created_at >= moment)
    return list(session.scalars(wanted.order_by(Case.created_at.desc(), Case.id)))


def decide(session: Session, case: Case, *, by_id: int, decision: str, reason: str) -> None:
    """What was decided on a case that is held (`owned`), with the reason; "open" takes it back."""
    case.decision, case.reason = decision, reason
    case.decided_by_id, case.decided_at = (None, None) if decision == "open" else (by_id, now())


def set_note(session: Session, case: Case, note: str) -> None:
    case.note = note


def _listed(session: Session, found: Select[Case], limit: int) -> list[Listed]:
    light = found.options(defer(Case.told), defer(Case.inputs))
    labels = (Case.told[("told", "probabilities", at, 0)].as_string() for at in (0, 1))
    told = light.add_columns(Case.told["run_name"].as_string(), Case.told["probability"].as_float(), *labels)
    newest = session.execute(told.order_by(Case.created_at.desc(), Case.id).limit(limit))
    return [Listed(case, str(name), (str(good), str(bad)), float(probability)) for case, name, probability, good, bad in newest]


def _wanted(user_id: int, wanted: Wanted) -> Select[Case]:
    found = _visible(user_id)
    if wanted.name:
        found = found.where(func.lower(Case.name).contains(wanted.name.lower(), autoescape=True))
    if wanted.is_open is not None:
        found = found.where(Case.decision == "open" if wanted.is_open else Case.decision != "open")
    return found.where(Case.owner_id == user_id) if wanted.mine else found


def _visible(user_id: int) -> Select[Case]:
    wanted = select(Case).join(Run, Case.run_id == Run.id)
    return wanted.where(or_(Case.owner_id == user_id, runs.may_see(user_id)))
