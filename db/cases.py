"""Cases: what was decided on one applicant. Seen by their owner and by those who see the run; changed by their owner; never
deleted.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session, aliased, defer

from db import datasets, runs
from db.errors import NotFound
from db.locking import one_to_change
from db.tables import Case, Dataset, Run, User, now


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


@dataclass(frozen=True)
class Line:
    """A case as a table of cases needs it, with the names of things and people, and of what was told that which a cell can hold.

    `dataset` is None also where the data set is not theirs to see who ask. `values` are the applicant's, by field.
    """

    id: str
    name: str
    created_at: datetime
    owner: str
    run_name: str
    model_sha256: str
    dataset: str | None
    row: int | None
    probability: float
    cutoff: float
    points: int | None
    advice: str
    decision: str
    decided_at: datetime | None
    decided_by: str | None
    reason: str
    note: str
    reasons: list[list[str]]  # title and detail of each
    seed: int
    values: dict[str, Any]


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


def fields_of_runs(session: Session, user_id: int, wanted: Wanted = ALL) -> dict[str, list[str]]:
    """The names of the fields that applicants have, by the id of the run that reads them; of the runs that have such cases."""
    one_of_each = _wanted(user_id, wanted).with_only_columns(func.min(Case.id)).group_by(Case.run_id)
    found = select(Case.run_id, Case.inputs["values"]).where(Case.id.in_(one_of_each)).order_by(Case.run_id)
    return {run_id: list(values) for run_id, values in session.execute(found)}


def lines(
    session: Session, user_id: int, wanted: Wanted = ALL, *, run_ids: Collection[str], after: Line | None = None, limit: int
) -> list[Line]:
    """The cases of `visible`, of these runs alone, that come after one of them."""
    owner, decider = aliased(User), aliased(User)
    told = Case.told
    found = (
        _wanted(user_id, wanted)
        .join(owner, Case.owner_id == owner.id)
        .outerjoin(decider, Case.decided_by_id == decider.id)
        .outerjoin(Dataset, and_(Case.dataset_id == Dataset.id, datasets.may_see(user_id)))
        .where(Case.run_id.in_(run_ids))
    )
    if after is not None:
        same_moment = and_(Case.created_at == after.created_at, Case.id > after.id)
        found = found.where(or_(Case.created_at < after.created_at, same_moment))
    wanted_columns = (
        *(Case.id, Case.name, Case.created_at, owner.display_name, told["run_name"].as_string(), Case.model_sha256),
        *(Dataset.name, Case.row, told["probability"].as_float(), told["cutoff"].as_float()),
        *(told[("told", "points")].as_integer(), Case.advice, Case.decision, Case.decided_at, decider.display_name),
        *(Case.reason, Case.note, told["reasons"], told["seed"].as_integer(), Case.inputs["values"]),
    )
    newest = found.order_by(Case.created_at.desc(), Case.id).limit(limit)
    rows = session.execute(newest.with_only_columns(*wanted_columns))
    return [Line(*row) for row in rows]


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
