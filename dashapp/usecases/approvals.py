"""Proposing a run, and approving it by a second person. Every step is audited; an officer sees only what was approved.

draft -> proposed (its owner names a reviewer) -> approved (by that reviewer) -> retired (by its owner, also a draft that was
approved once). A reviewer may send it back, and the owner may take it back, to draft. What was judged cannot change underneath:
cut-off and wording belong to a draft. A step that is asked for twice, as by two clicks, is taken once.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from dashapp.usecases import backgrounds
from dashapp.usecases import runs as run_cases
from dashapp.usecases.desk import Desk
from dashapp.usecases.errors import Refused
from dashapp.usecases.runs import RunCard
from db import audit, runs, users
from pipeline.shown import cleaned

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from db.tables import Run

LONGEST_NOTE = 2_000
REVIEWERS = ("analyst", "admin")  # roles that may approve
_STEPS = ("proposed", "withdrew", "approved", "returned", "retired")


@dataclass(frozen=True)
class Step:
    """One step of a run's way: one of _STEPS, by whom, when, what was noted, and whom it was put to."""

    action: str
    by: str
    at: datetime
    note: str
    reviewer: str = ""


def reviewers(desk: Desk, run_id: str) -> list[tuple[str, str]]:
    """Who can be asked to approve a run of the user's own: (name, display name). Raises NotFound."""
    with desk.db.read() as session:
        run = runs.owned(session, desk.user.id, run_id)
        return [
            (person.name, person.display_name)
            for person in users.everyone(session)
            if person.role in REVIEWERS and person.id != run.owner_id
        ]


def propose(desk: Desk, run_id: str, reviewer: str, note: str = "") -> None:
    """Asks a second person (their sign-in name), who may open the run from then on, to approve a draft.

    Raises NotFound for a run that is not the user's own, Refused for one that is no finished draft and for who cannot approve.
    """
    note = _note(note)
    with desk.db.write() as session:
        run = runs.owned(session, desk.user.id, run_id)
        person = users.by_name(session, cleaned(reviewer)) if reviewer else None
        if _taken(run, desk, "proposed", note) and person is not None and run.reviewer_id == person.id:
            return
        _expect(run, "draft")
        if run.state != "succeeded":
            raise Refused("The run has no result that could be judged.", fix="Wait until it has ended.")
        if person is None or not person.active or person.role not in REVIEWERS:
            raise Refused("Nobody was named who can approve it.", fix="Choose an analyst or an administrator.")
        if person.id == desk.user.id:
            raise Refused("You cannot approve what you propose.", fix="Choose a second person.")
        runs.share(session, owner_id=desk.user.id, run_id=run_id, with_user_id=person.id)
        runs.set_stage(session, run, by_id=desk.user.id, stage="proposed", note=note, reviewer_id=person.id)
        _record(session, desk, run, "proposed", note, reviewer=person.display_name)


def withdraw(desk: Desk, run_id: str, note: str = "") -> None:
    """The owner takes a proposed or approved run back to draft, so that it can be changed; officers see it no longer."""
    note = _note(note)
    with desk.db.write() as session:
        run = runs.owned(session, desk.user.id, run_id)
        if _taken(run, desk, "draft", note):
            return
        _expect(run, "proposed", "approved")
        runs.set_stage(session, run, by_id=desk.user.id, stage="draft", note=note)
        _record(session, desk, run, "withdrew", note)


def approve(desk: Desk, run_id: str, note: str = "", seen: str = "") -> None:
    """By the reviewer who was asked, who is neither its owner nor who proposed it.

    `seen` is when the proposal was made that the reviewer looked at (ISO): one that was taken back since, changed and proposed
    anew is not approved by an old page. What explaining an applicant needs is counted first, so that the desk opens at once,
    and a run that nobody could be explained with, its data set being gone, is not approved. Raises NotFound for everybody else,
    and Refused for a run that is not, or no longer, proposed.
    """
    note = _note(note)
    view = run_cases.get(desk, run_id)
    if view.is_reviewer and view.stage == "proposed" and view.origin.has_model:
        backgrounds.start(desk, view)
    with desk.db.write() as session:
        run = runs.to_review(session, desk.user.id, run_id)
        if _taken(run, desk, "approved", note):
            return
        _expect(run, "proposed")
        if seen and run.stage_at is not None and seen != run.stage_at.isoformat():
            raise Refused("The run was taken back and proposed anew since this page was opened.", fix="Load the page again.")
        if desk.user.id in {run.owner_id, run.proposed_by_id} or desk.user.role not in REVIEWERS:
            raise Refused("A run is approved by a second person.", fix="Ask another analyst or an administrator.")
        runs.set_stage(session, run, by_id=desk.user.id, stage="approved", note=note)
        _record(session, desk, run, "approved", note)


def return_(desk: Desk, run_id: str, note: str) -> None:
    """The reviewer sends a proposed run back to draft, saying why. Raises NotFound, or Refused."""
    note = _note(note)
    if not note:
        raise Refused("The owner would not know why.", fix="Say in the note what should change.")
    with desk.db.write() as session:
        sent = runs.get(session, desk.user.id, run_id)
        if _taken(sent, desk, "draft", note):
            return
        run = runs.to_review(session, desk.user.id, run_id)
        _expect(run, "proposed")
        runs.set_stage(session, run, by_id=desk.user.id, stage="draft", note=note)
        _record(session, desk, run, "returned", note)


def retire(desk: Desk, run_id: str, note: str = "") -> None:
    """By the owner: the run takes no new applicants any more. What was decided with it can still be read.

    Officers see a retired run that is shared with them, so that one which nobody ever approved is not retired.
    """
    note = _note(note)
    with desk.db.write() as session:
        run = runs.owned(session, desk.user.id, run_id)
        if _taken(run, desk, "retired", note):
            return
        _expect(run, "draft", "approved")
        if run.stage == "draft" and not any(one.action == "approved" for one in audit.events_of(session, "run", run_id)):
            raise Refused("The run was never approved, so nobody decides with it.", fix="Delete it, or leave it a draft.")
        runs.set_stage(session, run, by_id=desk.user.id, stage="retired", note=note)
        _record(session, desk, run, "retired", note)


def history(desk: Desk, run_id: str) -> list[Step]:
    """The steps so far, oldest first. Raises NotFound for a run that is not the user's to see."""
    with desk.db.read() as session:
        runs.get(session, desk.user.id, run_id)
        found = [event for event in audit.events_of(session, "run", run_id) if event.action in _STEPS]
        names = {user_id: users.get(session, user_id).display_name for user_id in {one.user_id for one in found} if user_id}
        return [
            Step(
                event.action,
                names.get(event.user_id or 0, ""),
                event.at,
                event.details.get("note", ""),
                event.details.get("reviewer", ""),
            )
            for event in found
        ]


def reviews(desk: Desk) -> list[RunCard]:
    """Runs that wait for the user's approval, the longest waiting first."""
    with desk.db.read() as session:
        return [run_cases.card_of(session, desk, run) for run in runs.reviews(session, desk.user.id)]


def _taken(run: "Run", desk: Desk, stage: str, note: str) -> bool:
    """Whether this person has put the run in that stage already, with the same note."""
    return (run.stage, run.stage_by_id, run.stage_note) == (stage, desk.user.id, note)


def _expect(run: "Run", *stages: str) -> None:
    """Raises Refused where the run is in another stage: somebody may have been faster."""
    if run.stage not in stages:
        raise Refused(f"The run is {_words(run.stage)} by now.", fix="Load the page again.")


def _words(stage: str) -> str:
    return {"draft": "a draft", "proposed": "waiting for approval"}.get(stage, stage)


def _note(raw: str) -> str:
    if not isinstance(raw, str) or len(raw) > LONGEST_NOTE:
        raise Refused(f"The note is too long; at most {LONGEST_NOTE:,} characters are kept.", fix="Shorten it.")
    return cleaned(raw).strip()


def _record(session: "Session", desk: Desk, run: "Run", action: str, note: str, **more: str) -> None:
    """With what was judged: the model by its hash, and the cut-off."""
    audit.record(
        session,
        user_id=desk.user.id,
        action=action,
        object_kind="run",
        object_id=run.id,
        note=note,
        cutoff=run.cutoff,
        model_sha256=run.model_sha256,
        **more,
    )
