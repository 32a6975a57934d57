"""The applicant desk: what is decided on applicants, and that it is kept.

A case is worked out here from the applicant's values alone; nothing that a browser says of scores or reasons is believed.
"""

import hashlib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from dashapp.usecases import applicants, limes
from dashapp.usecases.applicants import Asked, named
from dashapp.usecases.backgrounds import OpenedRun
from dashapp.usecases.case_records import record
from dashapp.usecases.desk import Desk
from dashapp.usecases.errors import Conflict, InvalidSpec, Refused
from dashapp.usecases.explaining import APPROVE, REFUSE, Applicant
from db import audit, cases, runs
from db.tables import Case, now
from pipeline.lime_results import LimeResult
from pipeline.shown import cleaned

OPEN = "open"
DECISIONS = (OPEN, APPROVE, REFUSE)
NOTE_LENGTH, REASON_LENGTH = 5_000, 2_000
_TWICE = timedelta(seconds=20)  # the same case saved again within that was one press too many


class ReasonNeeded(Refused):
    """A decision against the model's advice without a reason."""


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


def checked_decision(advice: str, decision: str, reason: str) -> str:
    """The reason as it is kept: none for an open case. Raises Refused."""
    if decision not in DECISIONS:
        raise Refused("That is no decision.", fix="Choose approve or refuse, or leave the case open.")
    reason = _text(reason, "reason", REASON_LENGTH) if decision != OPEN else ""
    if decision not in (OPEN, advice) and not reason:
        raise ReasonNeeded("A decision against the model's advice needs a reason.", fix="Say in a few words why.")
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


def _text(raw: Any, what: str, most: int) -> str:
    text = cleaned(str(raw or "")).strip()
    if len(text) > most:
        raise Refused(f"The {what} has {len(text):,} characters.", fix=f"Shorten it to {most:,}.")
    return text


def _audit(desk: Desk, session: Session, action: str, case_id: str, **details: Any) -> None:
    audit.record(session, user_id=desk.user.id, action=action, object_kind="case", object_id=case_id, **details)
