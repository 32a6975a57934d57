"""A saved case as it is read: what was told then, what was decided, and what became of the run since."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from dashapp.usecases import backgrounds
from dashapp.usecases import runs as run_cases
from dashapp.usecases.backgrounds import OpenedRun
from dashapp.usecases.case_lists import CaseCard, card_of, of_applicant
from dashapp.usecases.case_records import Record, as_it_was, changed_since
from dashapp.usecases.cases import mark_of
from dashapp.usecases.desk import Desk
from dashapp.usecases.errors import NotFound
from dashapp.usecases.explaining import Applicant
from db import audit, cases, studies
from pipeline.explain_results import Value
from pipeline.lime_results import LimeResult


@dataclass(frozen=True)
class Event:
    """What was done about a case, in words; `decision` where it was decided."""

    what: str
    by: str
    at: datetime
    reason: str = ""
    decision: str = ""


@dataclass(frozen=True)
class CaseView:
    """A case as its page shows it. `run` is the run as it was then; None where it is no longer the user's to see.

    `mark` names the state of decision and note: what is changed says which one it saw.
    """

    card: CaseCard
    applicant: Applicant
    record: Record
    run: OpenedRun | None
    model_sha256: str
    note: str
    reason: str
    decided_by: str | None
    mark: str
    changed: tuple[str, ...]
    events: tuple[Event, ...]
    others: tuple[CaseCard, ...] = ()  # of the same row or name


def get(desk: Desk, case_id: str) -> CaseView:
    """Raises NotFound for a case that is neither the user's own nor of a run that they may see."""
    with desk.db.read() as session:
        case = cases.get(session, desk.user.id, case_id)
        kept, inputs = _with_lime(session, Record.from_json(case.told)), dict(case.inputs)
        (good, _), (bad, _) = kept.told.probabilities
        card = card_of(desk, cases.Listed(case, kept.run_name, (good, bad), kept.told.explanation.probability))
        people = {case.owner_id: case.owner.display_name}
        if case.decided_by is not None:
            people[case.decided_by.id] = case.decided_by.display_name
        events = tuple(_event(one, people) for one in audit.events_of(session, "case", case_id))
        decided_by = case.decided_by.display_name if case.decided_by is not None else None
        sha256, noted, reason, mark = case.model_sha256, case.note, case.reason, mark_of(case)
    others: dict[str, Value] = dict.fromkeys(inputs.pop("others", ()))
    applicant_then = Applicant(**inputs, others=others)
    try:
        view = run_cases.get(desk, card.run_id)
        run = as_it_was(kept, view, backgrounds.model_of(desk, view))
        changed = changed_since(kept, view)
    except NotFound:
        run, changed = None, ("The run is no longer yours to see: it was taken back, or is not shared with you any more.",)
    same = of_applicant(desk, applicant_then, without=case_id)
    return CaseView(card, applicant_then, kept, run, sha256, noted, reason, decided_by, mark, changed, events, same)


def _with_lime(session: Session, kept: Record) -> Record:
    """The record with LIME's account of the job that was at work when the case was saved, once that has ended.

    It is the case's own: made of the values, the model and the seed that the case keeps. Whoever reads the case may read it.
    """
    if kept.lime is not None or kept.lime_study is None:
        return kept
    result, _ = studies.result_of(session, kept.lime_study)
    return kept if result is None else replace(kept, lime=LimeResult.from_json(result))


def _event(event: Any, people: Mapping[int, str]) -> Event:
    details = event.details
    return Event(
        what={"saved": "Saved", "noted": "Note changed", "opened again": "Opened again"}.get(event.action, "Decided"),
        by=people.get(event.user_id, ""),
        at=event.at,
        reason=str(details.get("reason", "")),
        decision=str(details.get("decision", "")) if event.action == "decided" else "",
    )
