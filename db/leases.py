"""The queue as workers see it. A job is claimed under a lease, and its `attempt` fences it: what an earlier one sends is refused.

States: queued -> running -> succeeded, failed or cancelled; running -> queued when an attempt is lost or given back.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select, update
from sqlalchemy.orm import Session

from db.locking import one_to_change
from db.tables import Job, Run, now

MOST_ATTEMPTS = 3

_NO_PROGRESS: dict[str, Any] = {"share_done": 0.0, "rows_per_second": None, "seconds_left": None}
_NOT_HELD: dict[str, Any] = {"claimed_by": None, "lease_until": None}


def anything_to_claim(session: Session, kinds: Collection[str] | None = None) -> bool:
    """Whether `claim` would find something: a cheap look that takes no lock."""
    return session.scalar(select(Job.id).where(_claimable(clock(session), kinds)).limit(1)) is not None


def claim(
    session: Session, *, claimed_by: str, lease_seconds: float, limit: int, kinds: Collection[str] | None = None
) -> list[Job]:
    """Takes up to `limit` jobs, oldest first: queued ones, and running ones whose lease ran out. `kinds`: only these.

    Those that ran out of attempts fail instead, and those whose owner has cancelled them in the meantime are cancelled.
    """
    moment = clock(session)
    _end_abandoned(session, moment, kinds)
    candidates = (
        select(Job.id)
        .where(_claimable(moment, kinds))
        .order_by(Job.created_at, Job.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("candidates")
    )
    claimed = session.scalars(
        update(Job)
        .where(Job.id.in_(select(candidates.c.id)))
        .values(
            state="running",
            attempt=Job.attempt + 1,
            claimed_by=claimed_by,
            lease_until=moment + timedelta(seconds=lease_seconds),
            started_at=moment,
            doing="Starting",
            **_NO_PROGRESS,
        )
        .returning(Job),
        execution_options={"populate_existing": True, "synchronize_session": False},
    ).all()
    return sorted(claimed, key=lambda job: (job.created_at, job.id))


def extend_leases(session: Session, *, claimed_by: str, job_ids: Collection[str], lease_seconds: float) -> set[str]:
    """A sign of life for several jobs. Gives those that are still held; the others have gone to someone else or have ended."""
    held = session.scalars(
        update(Job)
        .where(Job.id.in_(job_ids), Job.claimed_by == claimed_by, Job.state == "running")
        .values(lease_until=clock(session) + timedelta(seconds=lease_seconds))
        .returning(Job.id)
    )
    return set(held)


def start_run(session: Session, *, job_id: str, attempt: int) -> bool:
    """Marks the job's run as running. False where this attempt no longer holds the job."""
    held = _change(session, job_id, attempt, error=None)
    if held:
        set_run(session, job_id, state="running")
    return held


def set_progress(
    session: Session,
    *,
    job_id: str,
    attempt: int,
    share_done: float,
    doing: str,
    rows_per_second: float | None = None,
    seconds_left: float | None = None,
) -> bool:
    """False when the work should stop: this attempt no longer holds the job, or the owner has cancelled it."""
    return _change(
        session,
        job_id,
        attempt,
        Job.cancel_requested.is_(False),
        share_done=share_done,
        doing=doing[:200],
        rows_per_second=rows_per_second,
        seconds_left=seconds_left,
    )


def is_held(session: Session, *, job_id: str, attempt: int) -> bool:
    """Whether this attempt holds the job; it then does so until the transaction ends."""
    return _held_job(session, job_id, attempt) is not None


def goes_on(session: Session, *, job_id: str, attempt: int) -> bool:
    """Whether this attempt holds the job, and its owner has not cancelled it: a look that takes no lock."""
    held = select(Job.id).where(Job.id == job_id, Job.attempt == attempt, Job.state == "running", Job.cancel_requested.is_(False))
    return session.scalar(held) is not None


def is_cancelled(session: Session, job_id: str) -> bool:
    """Whether the owner has asked for the job to stop."""
    return bool(session.scalar(select(Job.cancel_requested).where(Job.id == job_id)))


def finish(session: Session, *, job_id: str, attempt: int, state: str, error: str | None = None) -> bool:
    """Ends the job and its run together. False, and nothing is changed, where this attempt no longer holds the job.

    Call it first in the transaction that stores a result, and store nothing where it gives False.
    """
    moment = now()
    progress: dict[str, Any] = {"share_done": 1.0} if state == "succeeded" else {}
    ended = _change(
        session,
        job_id,
        attempt,
        state=state,
        error=error,
        finished_at=moment,
        doing="",
        seconds_left=None,
        **progress,
        **_NOT_HELD,
    )
    if ended:
        set_run(session, job_id, state=state, error=error, finished_at=moment)
    return ended


def lose_attempt(session: Session, *, job_id: str, attempt: int, reason: str) -> str | None:
    """An attempt ended in a fault that is not the user's: queues the job again, or fails it with the reason after the last.

    Gives the new state; None where this attempt no longer holds the job.
    """
    job = _held_job(session, job_id, attempt)
    if job is None:
        return None
    if job.cancel_requested:
        state = "cancelled"
    elif job.attempt - job.forgiven >= MOST_ATTEMPTS:
        state = "failed"
    else:
        _queue_again(session, job, error=reason)
        return "queued"
    finish(session, job_id=job_id, attempt=attempt, state=state, error=reason if state == "failed" else None)
    return state


def release(session: Session, *, job_id: str, attempt: int) -> bool:
    """Gives a job back to the queue, as an orderly shutdown does; the attempt does not count. False where it is not held."""
    job = _held_job(session, job_id, attempt)
    if job is None:
        return False
    if job.cancel_requested:
        return finish(session, job_id=job_id, attempt=attempt, state="cancelled")
    _queue_again(session, job, forgiven=job.forgiven + 1)
    return True


def clock(session: Session) -> datetime:
    """The time that leases are measured by. PostgreSQL may serve several hosts, so its own clock; SQLite serves one host."""
    if session.get_bind().dialect.name == "postgresql":
        told: datetime = session.execute(select(func.clock_timestamp(type_=Job.lease_until.type))).scalar_one()
        return told
    return now()


def set_run(session: Session, job_id: str, **values: object) -> None:
    """Changes the run that the job serves, where it serves one."""
    run_id = select(Job.run_id).where(Job.id == job_id).scalar_subquery()
    session.execute(update(Run).where(Run.id == run_id).values(changed_at=now(), **values))


def _claimable(moment: datetime, kinds: Collection[str] | None) -> ColumnElement[bool]:
    waiting = or_(Job.state == "queued", and_(Job.state == "running", Job.lease_until < moment))
    return waiting if kinds is None else and_(waiting, Job.kind.in_(kinds))


def _end_abandoned(session: Session, moment: datetime, kinds: Collection[str] | None) -> None:
    """Ends the jobs whose worker fell silent and that must not start again."""
    out_of_attempts = Job.attempt - Job.forgiven >= MOST_ATTEMPTS
    abandoned = session.scalars(
        select(Job)
        .where(_claimable(moment, kinds), Job.state == "running", or_(Job.cancel_requested, out_of_attempts))
        .with_for_update(skip_locked=True, of=Job)
    ).all()
    for job in abandoned:
        reason = f"The work stopped without a word {MOST_ATTEMPTS} times, as it does when its process is killed."
        lose_attempt(session, job_id=job.id, attempt=job.attempt, reason=reason)


def _held_job(session: Session, job_id: str, attempt: int) -> Job | None:
    held = select(Job).where(Job.id == job_id, Job.attempt == attempt, Job.state == "running")
    return one_to_change(session, held, Job)


def _queue_again(session: Session, job: Job, **values: object) -> None:
    _change(session, job.id, job.attempt, state="queued", doing="Waiting to start again", **values, **_NO_PROGRESS, **_NOT_HELD)
    set_run(session, job.id, state="queued")


def _change(session: Session, job_id: str, attempt: int, *conditions: ColumnElement[bool], **values: object) -> bool:
    """Changes the job if this attempt still holds it; whether it did."""
    held = update(Job).where(Job.id == job_id, Job.attempt == attempt, Job.state == "running", *conditions)
    return session.scalar(held.values(**values).returning(Job.id)) is not None
