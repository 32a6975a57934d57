"""The applicant desk: what was decided on applicants.

A case is worked out here from the applicant's values alone; nothing that a browser says of scores or reasons is believed.
"""

import hashlib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from dashapp.usecases import applicants, backgrounds, limes
from dashapp.usecases import runs as run_cases
from dashapp.usecases.applicants import Asked, is_nameless, named
from dashapp.usecases.backgrounds import OpenedRun
from dashapp.usecases.case_records import Record, as_it_was, changed_since, record
from dashapp.usecases.desk import Desk
from dashapp.usecases.errors import Conflict, InvalidSpec, NotFound, Refused
from dashapp.usecases.explaining import APPROVE, REFUSE, Applicant
from db import audit, cases, runs, studies
from db.tables import Case, now
from pipeline.explain_results import Value
from pipeline.lime_results import LimeResult
from pipeline.shown import cleaned

OPEN = "open"
DECISIONS = (OPEN, APPROVE, REFUSE)
SHOW = {"all": "All", "open": "Open", "decided": "Decided", "mine": "Mine"}
MOST_LISTED = 50
NOTE_LENGTH, REASON_LENGTH = 5_000, 2_000
_TWICE = timedelta(seconds=20)  # the same case saved again within that was one press too many


@dataclass(frozen=True)
class CaseCard:
    """A case as lists show it."""

    id: str
    name: str
    advice: str
    decision: str
    probability: float
    run_id: str
    run_name: str
    owner: str
    mine: bool
    created_at: datetime
    decided_at: datetime | None
    has_note: bool
    labels: tuple[str, str] = ("good", "bad")  # of the classes, which say what advice and decision are called


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


def save(
    desk: Desk,
    run_id: str,
    asked: Asked,
    *,
    name: str = "",
    note: str = "",
    changeable: Sequence[str] | None = None,
    decision: str = OPEN,
    reason: str = "",
) -> str:
    """Keeps a case and gives its id; with a decision where there is one already.

    Raises as `applicants.opened` and `applicants.applicant`, and Refused for a name, note or decision that cannot be.
    """
    run = applicants.opened(desk, run_id)
    found, warnings = applicants.applicant(desk, run, asked)
    kept = record(run, found, warnings, changeable, *_lime_of(desk, run, found))
    told = {**kept.to_json(), "probability": kept.told.explanation.probability}
    name = named(name) or found.name
    note = _text(note, "note", NOTE_LENGTH)
    advice = str(kept.told.advice)
    reason = checked_decision(advice, decision, reason)
    inputs = {**asdict(found), "others": sorted(found.others), "name": name}
    with desk.db.write() as session:
        if runs.get(session, desk.user.id, run_id).stage != "approved":
            raise Refused("The run was taken back or retired meanwhile.", fix="Choose an approved run at the applicant desk.")
        for before in cases.saved_since(session, desk.user.id, run_id, now() - _TWICE):
            if (before.inputs, before.note, before.decision, before.reason) == (inputs, note, decision, reason):
                return before.id
        made = cases.add(
            session,
            owner_id=desk.user.id,
            run_id=run_id,
            dataset_id=found.dataset_id,
            row=found.row,
            name=name,
            inputs=inputs,
            told=told,
            model_sha256=str(run.view.model_sha256),
            advice=advice,
            note=note,
        )
        _audit(desk, session, "saved", made.id, run=run_id)
        if decision != OPEN:
            cases.decide(session, made, by_id=desk.user.id, decision=decision, reason=reason)
            _audit(desk, session, "decided", made.id, decision=decision, reason=reason)
        return made.id


def decide(desk: Desk, case_id: str, decision: str, reason: str = "", *, mark: str | None = None) -> None:
    """What the officer decides; against the advice with a reason. "open" takes the decision back.

    Raises NotFound for a case that is not the user's own, Refused for a decision that cannot be, and Conflict where the case is
    no longer as `mark` says that it was seen.
    """
    with desk.db.write() as session:
        case = cases.owned(session, desk.user.id, case_id)
        reason = checked_decision(case.advice, decision, reason)
        _unchanged(case, mark)
        if (case.decision, case.reason) == (decision, reason):
            return
        cases.decide(session, case, by_id=desk.user.id, decision=decision, reason=reason)
        _audit(desk, session, "opened again" if decision == OPEN else "decided", case_id, decision=decision, reason=reason)


def note(desk: Desk, case_id: str, text: str, *, mark: str | None = None) -> None:
    """Raises as `decide`."""
    text = _text(text, "note", NOTE_LENGTH)
    with desk.db.write() as session:
        case = cases.owned(session, desk.user.id, case_id)
        _unchanged(case, mark)
        if case.note != text:
            cases.set_note(session, case, text)
            _audit(desk, session, "noted", case_id)


def get(desk: Desk, case_id: str) -> CaseView:
    """Raises NotFound for a case that is neither the user's own nor of a run that they may see."""
    with desk.db.read() as session:
        case = cases.get(session, desk.user.id, case_id)
        kept, inputs = _with_lime(session, Record.from_json(case.told)), dict(case.inputs)
        (good, _), (bad, _) = kept.told.probabilities
        card, run_id = _card(desk, cases.Listed(case, kept.run_name, (good, bad), kept.told.explanation.probability)), case.run_id
        people = {case.owner_id: case.owner.display_name}
        if case.decided_by is not None:
            people[case.decided_by.id] = case.decided_by.display_name
        events = tuple(_event(one, people) for one in audit.events_of(session, "case", case_id))
        decided_by = case.decided_by.display_name if case.decided_by is not None else None
        sha256, noted, reason, mark = case.model_sha256, case.note, case.reason, mark_of(case)
    others: dict[str, Value] = dict.fromkeys(inputs.pop("others", ()))
    applicant_then = Applicant(**inputs, others=others)
    try:
        view = run_cases.get(desk, run_id)
        run = as_it_was(kept, view, backgrounds.model_of(desk, view))
        changed = changed_since(kept, view)
    except NotFound:
        run, changed = None, ("The run is no longer yours to see: it was taken back, or is not shared with you any more.",)
    same = of_applicant(desk, applicant_then, without=case_id)
    return CaseView(card, applicant_then, kept, run, sha256, noted, reason, decided_by, mark, changed, events, same)


def recent(desk: Desk, *, name: str = "", show: str = "all", limit: int = MOST_LISTED) -> list[CaseCard]:
    """The user's own cases and those of the runs that they may see, newest first.

    With a name that holds these words; `show` is one of SHOW.
    """
    with desk.db.read() as session:
        found = cases.visible(session, desk.user.id, _wanted(name, show), limit=limit)
        return [_card(desk, one) for one in found]


def count(desk: Desk, *, name: str = "", show: str = "all") -> int:
    """How many `recent` would list without a limit."""
    with desk.db.read() as session:
        return cases.count_visible(session, desk.user.id, _wanted(name, show))


def of_applicant(desk: Desk, applicant: Applicant, *, without: str = "") -> tuple[CaseCard, ...]:
    """Cases that the user may see of the same row or with the same name, newest first; `without` the one that is looked at."""
    name = "" if is_nameless(applicant.name) else applicant.name
    with desk.db.read() as session:
        found = cases.of_applicant(session, desk.user.id, dataset_id=applicant.dataset_id, row=applicant.row, name=name)
        return tuple(_card(desk, one) for one in found if one.case.id != without)


def _wanted(name: str, show: str) -> cases.Wanted:
    is_open = {"open": True, "decided": False}.get(show)
    return cases.Wanted(name=named(name), is_open=is_open, mine=show == "mine")


def checked_decision(advice: str, decision: str, reason: str) -> str:
    """The reason as it is kept: none for an open case. Raises Refused."""
    if decision not in DECISIONS:
        raise Refused("That is no decision.", fix="Choose approve or refuse, or leave the case open.")
    reason = _text(reason, "reason", REASON_LENGTH) if decision != OPEN else ""
    if decision not in (OPEN, advice) and not reason:
        raise Refused("A decision against the model's advice needs a reason.", fix="Say in a few words why.")
    return reason


def mark_of(case: Case) -> str:
    """Changes whenever decision, reason or note do."""
    text = "\x00".join([case.decision, case.reason, case.note, case.decided_at.isoformat() if case.decided_at else ""])
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _unchanged(case: Case, mark: str | None) -> None:
    if mark is not None and mark != mark_of(case):
        word = "is open" if case.decision == OPEN else f"is decided: {case.decision}"
        raise Conflict(
            f"The case was changed in another window meanwhile; it {word}.",
            fix="Nothing of yours was saved, and what you wrote stands here still. Load the page again to see what was.",
        )


def _lime_of(desk: Desk, run: OpenedRun, found: Applicant) -> tuple[LimeResult | None, str | None]:
    """LIME's account, where it is there or soon made; else the study that a job works on, for which a case does not wait."""
    with suppress(Refused, InvalidSpec):
        study_id = limes.start(desk, run.view.id, found)
        result = limes.get(desk, study_id).result
        return (result, None) if isinstance(result, LimeResult) else (None, study_id)
    return None, None


def _with_lime(session: Session, kept: Record) -> Record:
    """The record with LIME's account of the job that was at work when the case was saved, once that has ended.

    It is the case's own: made of the values, the model and the seed that the case keeps. Whoever reads the case may read it.
    """
    if kept.lime is not None or kept.lime_study is None:
        return kept
    result, _ = studies.result_of(session, kept.lime_study)
    return kept if result is None else replace(kept, lime=LimeResult.from_json(result))


def _text(raw: Any, what: str, most: int) -> str:
    text = cleaned(str(raw or "")).strip()
    if len(text) > most:
        raise Refused(f"The {what} has {len(text):,} characters.", fix=f"Shorten it to {most:,}.")
    return text


def _card(desk: Desk, listed: cases.Listed) -> CaseCard:
    case = listed.case
    return CaseCard(
        id=case.id,
        name=case.name,
        advice=case.advice,
        decision=case.decision,
        probability=listed.probability,
        run_id=case.run_id,
        run_name=listed.run_name,
        owner=case.owner.display_name,
        mine=case.owner_id == desk.user.id,
        created_at=case.created_at,
        decided_at=case.decided_at,
        has_note=bool(case.note),
        labels=listed.labels,
    )


def _event(event: Any, people: Mapping[int, str]) -> Event:
    details = event.details
    return Event(
        what={"saved": "Saved", "noted": "Note changed", "opened again": "Opened again"}.get(event.action, "Decided"),
        by=people.get(event.user_id, ""),
        at=event.at,
        reason=str(details.get("reason", "")),
        decision=str(details.get("decision", "")) if event.action == "decided" else "",
    )


def _audit(desk: Desk, session: Session, action: str, case_id: str, **details: Any) -> None:
    audit.record(session, user_id=desk.user.id, action=action, object_kind="case", object_id=case_id, **details)
