"""Runs: who may see one, who may change one."""

from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy import delete as delete_from
from sqlalchemy.orm import Session, undefer

from db import users
from db.errors import Conflict, NotFound
from db.locking import one_to_change
from db.tables import Case, Dataset, Run, RunShare, User, now

RELEASED = ("approved", "retired")  # stages in which officers see a run that is shared with them


def add(
    session: Session,
    *,
    owner_id: int,
    dataset_id: str,
    name: str,
    spec: dict[str, Any],
    cutoff: float,
    origin: dict[str, Any] | None = None,
) -> Run:
    """A queued run. The caller has checked that the owner may see the data set, and adds the job in the same transaction."""
    run = Run(owner_id=owner_id, dataset_id=dataset_id, name=name, spec=spec, cutoff=cutoff, origin=origin)
    session.add(run)
    session.flush()
    return run


def get(session: Session, user_id: int, run_id: str, *, with_result: bool = False) -> Run:
    """A run of one's own or shared with one. Raises NotFound. `with_result` loads the model and the result too."""
    wanted = _visible(user_id).where(Run.id == run_id)
    if with_result:
        wanted = wanted.options(undefer(Run.model), undefer(Run.result))
    run = session.scalar(wanted)
    if run is None:
        raise NotFound("run")
    return run


def is_visible(session: Session, user_id: int, run_id: str) -> bool:
    """Whether `get` would find it."""
    return session.scalar(select(Run.id).where(Run.id == run_id, may_see(user_id))) is not None


def owned(session: Session, user_id: int, run_id: str) -> Run:
    """A run of one's own, held until the transaction ends. Raises NotFound, also for one that is only shared."""
    return _owned(session, user_id, run_id, Run.deleted_at.is_(None))


def visible(
    session: Session, user_id: int, *, limit: int | None = None, dataset_id: str | None = None, states: tuple[str, ...] = ()
) -> list[Run]:
    """Own and shared runs, newest first, without their models and results."""
    wanted = _visible(user_id).order_by(Run.created_at.desc(), Run.id).limit(limit)
    if dataset_id is not None:
        wanted = wanted.where(Run.dataset_id == dataset_id)
    if states:
        wanted = wanted.where(Run.state.in_(states))
    return list(session.scalars(wanted))


def names(session: Session, user_id: int) -> list[tuple[str, str, str]]:
    """Id, name and data set's name of own and shared runs, newest first: what a search by name needs, and no more."""
    wanted = select(Run.id, Run.name, Dataset.name).join(Dataset, Run.dataset_id == Dataset.id).where(may_see(user_id))
    return [(row[0], row[1], row[2]) for row in session.execute(wanted.order_by(Run.created_at.desc(), Run.id))]


def count_visible(session: Session, user_id: int) -> int:
    return session.scalar(select(func.count()).select_from(Run).where(may_see(user_id))) or 0


def rename(session: Session, *, owner_id: int, run_id: str, name: str) -> None:
    run = owned(session, owner_id, run_id)
    run.name, run.changed_at = name, now()


def set_note(session: Session, *, owner_id: int, run_id: str, note: str) -> None:
    run = owned(session, owner_id, run_id)
    run.note, run.changed_at = note, now()


def set_cutoff(session: Session, *, owner_id: int, run_id: str, cutoff: float, choice: dict[str, Any] | None) -> None:
    """The cut-off that every page uses from now on; `choice` says how it was found, None that it is the one of the spec.

    Raises Conflict for a run that is no draft: it was judged with its cut-off.
    """
    run = _draft(session, owner_id, run_id, "cut-off")
    run.cutoff, run.cutoff_choice = cutoff, choice
    run.cutoff_by_id, run.cutoff_at, run.changed_at = owner_id, now(), now()


def set_stage(session: Session, run: Run, *, by_id: int, stage: str, note: str, reviewer_id: int | None = None) -> None:
    """Puts a run that is held (`owned`, `to_review`) in a stage: who did it and when. Proposing names the reviewer."""
    run.stage, run.stage_by_id, run.stage_note = stage, by_id, note
    run.stage_at = run.changed_at = now()
    if stage == "proposed":
        run.proposed_by_id, run.reviewer_id = by_id, reviewer_id
    elif stage == "draft":
        run.proposed_by_id = run.reviewer_id = None


def to_review(session: Session, user_id: int, run_id: str) -> Run:
    """A run that this person was asked to approve, held until the transaction ends. Raises NotFound."""
    wanted = select(Run).where(Run.id == run_id, Run.reviewer_id == user_id, may_see(user_id))
    run = one_to_change(session, wanted, Run)
    if run is None:
        raise NotFound("run")
    return run


def reviews(session: Session, user_id: int) -> list[Run]:
    """Runs that wait for this person's approval, the longest waiting first."""
    wanted = _visible(user_id).where(Run.reviewer_id == user_id, Run.stage == "proposed")
    return list(session.scalars(wanted.order_by(Run.stage_at, Run.id)))


def set_wording(session: Session, *, owner_id: int, run_id: str, wording: dict[str, Any]) -> None:
    """How reasons are told from now on. Raises Conflict for a run that is no draft."""
    run = _draft(session, owner_id, run_id, "wording")
    run.wording, run.changed_at = wording, now()


def delete(session: Session, *, owner_id: int, run_id: str) -> None:
    """Hides the run from everyone. One at work is cancelled first; one that decides stays. Raises Conflict."""
    run = owned(session, owner_id, run_id)
    if run.state in {"queued", "running"}:
        raise Conflict("The run is still at work.", fix="Cancel it first.")
    if run.stage in {"proposed", "approved"}:
        raise Conflict(f"The run is {run.stage}.", fix="Take it back to draft, or retire it, on its Approval tab.")
    n_cases = session.scalar(select(func.count()).where(Case.run_id == run_id)) or 0
    if n_cases:
        rest = "1 decision on an applicant rests" if n_cases == 1 else f"{n_cases:,} decisions on applicants rest"
        raise Conflict(f"{rest} on this run.", fix="Retire it: it takes no new ones then.")
    run.deleted_at = run.changed_at = now()


def restore(session: Session, *, owner_id: int, run_id: str) -> None:
    """Brings a deleted run back."""
    run = _owned(session, owner_id, run_id, Run.deleted_at.is_not(None))
    run.deleted_at, run.changed_at = None, now()


def share(session: Session, *, owner_id: int, run_id: str, with_user_id: int) -> None:
    """Lets a colleague open the run; sharing twice is sharing once."""
    run = owned(session, owner_id, run_id)
    colleague = users.get(session, with_user_id)
    if not colleague.active:
        raise NotFound("person")
    if with_user_id != owner_id:
        session.merge(RunShare(run_id=run.id, user_id=with_user_id))
        run.changed_at = now()


def unshare(session: Session, *, owner_id: int, run_id: str, with_user_id: int) -> None:
    """Raises Conflict where this person is asked to approve the run, and could not open it any more."""
    run = owned(session, owner_id, run_id)
    if run.stage == "proposed" and run.reviewer_id == with_user_id:
        person = users.get(session, with_user_id).display_name
        raise Conflict(f"{person} is asked to approve the run.", fix="Take it back to draft on its Approval tab first.")
    session.execute(delete_from(RunShare).where(RunShare.run_id == run.id, RunShare.user_id == with_user_id))
    run.changed_at = now()


def shared_with(session: Session, run_id: str) -> list[User]:
    """The colleagues who may open a run that the caller has been let see, by display name."""
    return list(
        session.scalars(
            select(User).join(RunShare, RunShare.user_id == User.id).where(RunShare.run_id == run_id).order_by(User.display_name)
        )
    )


def _draft(session: Session, owner_id: int, run_id: str, what: str) -> Run:
    """A run of one's own, held, that nobody was asked to approve yet. Raises Conflict."""
    run = owned(session, owner_id, run_id)
    if run.stage != "draft":
        back = "Take it back to draft on its Approval tab, then change it."
        fix = back if run.stage != "retired" else "It stays so; train a new run in its place."
        raise Conflict(f"The run is {run.stage}, and its {what} with it.", fix=fix)
    return run


def may_see(user_id: int) -> ColumnElement[bool]:
    """The condition on a run that this person may open it: one's own, or shared; an officer only once it was approved."""
    is_shared = select(RunShare.run_id).where(RunShare.run_id == Run.id, RunShare.user_id == user_id).exists()
    is_officer = select(User.id).where(User.id == user_id, User.role == "officer").exists()
    is_released = Run.stage.in_(RELEASED) | ~is_officer
    return Run.deleted_at.is_(None) & or_(Run.owner_id == user_id, is_shared & is_released)


def _visible(user_id: int) -> Select[Run]:
    return select(Run).where(may_see(user_id))


def _owned(session: Session, user_id: int, run_id: str, also: ColumnElement[bool]) -> Run:
    run = one_to_change(session, select(Run).where(Run.id == run_id, Run.owner_id == user_id, also), Run)
    if run is None:
        raise NotFound("run")
    return run
