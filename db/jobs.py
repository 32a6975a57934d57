"""Jobs as their owners see them: queue, watch, cancel, repeat. What works on them is in `leases`."""

from collections.abc import Sequence

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from db.errors import Conflict, NotFound
from db.leases import set_run
from db.locking import one_to_change
from db.tables import Job, Run, now

ENDED = ("succeeded", "failed", "cancelled")


def enqueue(
    session: Session,
    *,
    kind: str,
    owner_id: int,
    title: str = "",
    run_id: str | None = None,
    upload_id: str | None = None,
    dataset_id: str | None = None,
    comparison_id: str | None = None,
    study_id: str | None = None,
) -> Job:
    """Queues work; in the same transaction as what it serves. `title` says on what, also when that is gone."""
    job = Job(
        kind=kind,
        owner_id=owner_id,
        title=title[:300],
        run_id=run_id,
        upload_id=upload_id,
        dataset_id=dataset_id,
        comparison_id=comparison_id,
        study_id=study_id,
    )
    session.add(job)
    session.flush()
    return job


def request_cancel(session: Session, *, owner_id: int, job_id: str) -> None:
    """Ends a queued job at once, and asks a running one to stop. Raises NotFound, or Conflict for one that has ended."""
    job = _owned(session, owner_id, job_id)
    if job.state in ENDED:
        raise Conflict("The job has ended already.", fix="There is nothing left to cancel.")
    job.cancel_requested = True
    if job.state == "queued":
        job.state, job.finished_at = "cancelled", now()
        session.flush()
        set_run(session, job_id, state="cancelled", finished_at=job.finished_at)


def cancel_all(session: Session, *, upload_id: str) -> None:
    """Ends the work on an upload that the caller has been let change."""
    for job in session.scalars(select(Job).where(Job.upload_id == upload_id, Job.state.not_in(ENDED))).all():
        request_cancel(session, owner_id=job.owner_id, job_id=job.id)


def retry(session: Session, *, owner_id: int, job_id: str) -> None:
    """Queues a failed or cancelled job again, with all its attempts. Raises NotFound, or Conflict in another state."""
    job = _owned(session, owner_id, job_id)
    if job.state not in {"failed", "cancelled"}:
        raise Conflict(f"The job is {job.state}.", fix="Only a failed or cancelled job can be repeated.")
    job.state, job.forgiven, job.cancel_requested = "queued", job.attempt, False
    job.error, job.doing, job.share_done, job.seconds_left, job.rows_per_second = None, "", 0.0, None, None
    job.created_at, job.started_at, job.finished_at = now(), None, None
    job.claimed_by, job.lease_until = None, None
    session.flush()
    set_run(session, job_id, state="queued", error=None, finished_at=None)


def get(session: Session, user_id: int, job_id: str) -> Job:
    """A job of one's own. Raises NotFound."""
    job = session.scalar(select(Job).where(Job.id == job_id, Job.owner_id == user_id))
    if job is None:
        raise NotFound("job")
    return job


def active(session: Session, user_id: int) -> list[Job]:
    """One's own queued and running jobs, oldest first."""
    return list(
        session.scalars(select(Job).where(Job.owner_id == user_id, Job.state.not_in(ENDED)).order_by(Job.created_at, Job.id))
    )


def recent(session: Session, user_id: int, limit: int) -> list[Job]:
    """One's own jobs of every state, newest first."""
    return list(session.scalars(select(Job).where(Job.owner_id == user_id).order_by(Job.created_at.desc(), Job.id).limit(limit)))


def with_runs(session: Session, user_id: int, *, active: bool, limit: int | None = None) -> list[tuple[Job, Run | None]]:
    """One's own jobs with their runs, those of deleted runs left out: those at work oldest first, or all newest first."""
    wanted = (
        select(Job)
        .outerjoin(Run, Run.id == Job.run_id)
        .where(Job.owner_id == user_id, or_(Job.run_id.is_(None), Run.deleted_at.is_(None)))
        .limit(limit)
    )
    if active:
        wanted = wanted.where(Job.state.not_in(ENDED)).order_by(Job.created_at, Job.id)
    else:
        wanted = wanted.order_by(Job.created_at.desc(), Job.id)
    found = session.scalars(wanted).all()
    served = {run.id: run for run in session.scalars(select(Run).where(Run.id.in_({job.run_id for job in found if job.run_id})))}
    return [(job, served.get(job.run_id or "")) for job in found]


def of_runs(session: Session, run_ids: Sequence[str]) -> dict[str, Job]:
    """The jobs of runs that the caller has been let see, by run."""
    if not run_ids:
        return {}
    return {job.run_id: job for job in session.scalars(select(Job).where(Job.run_id.in_(run_ids))) if job.run_id is not None}


def latest(session: Session, *, kinds: Sequence[str], upload_id: str | None = None, dataset_id: str | None = None) -> Job | None:
    """The newest job of these kinds on an upload or a data set that the caller has been let see; one at work comes first."""
    wanted = select(Job).where(Job.kind.in_(kinds))
    wanted = wanted.where(Job.upload_id == upload_id) if upload_id is not None else wanted.where(Job.dataset_id == dataset_id)
    return session.scalar(wanted.order_by(Job.state.in_(ENDED), Job.created_at.desc(), Job.id).limit(1))


def of_comparisons(session: Session, comparison_ids: Sequence[str]) -> dict[str, Job]:
    """The jobs of comparisons that the caller has been let see, by comparison."""
    found = session.scalars(select(Job).where(Job.comparison_id.in_(comparison_ids)))
    return {job.comparison_id: job for job in found if job.comparison_id is not None}


def of_studies(session: Session, study_ids: Sequence[str]) -> dict[str, Job]:
    """The newest job of each of some studies that the caller has been let see, by study."""
    found = session.scalars(select(Job).where(Job.study_id.in_(study_ids)).order_by(Job.created_at, Job.id))
    return {job.study_id: job for job in found if job.study_id is not None}


def position_in_queue(session: Session, user_id: int, job_id: str) -> int | None:
    """1 for the job that starts next; None for one that does not wait. Raises NotFound for another's job."""
    job = get(session, user_id, job_id)
    if job.state != "queued":
        return None
    ahead = or_(Job.created_at < job.created_at, and_(Job.created_at == job.created_at, Job.id <= job.id))
    return session.scalar(select(func.count()).select_from(Job).where(Job.state == "queued", ahead))


def _owned(session: Session, owner_id: int, job_id: str) -> Job:
    job = one_to_change(session, select(Job).where(Job.id == job_id, Job.owner_id == owner_id), Job)
    if job is None:
        raise NotFound("job")
    return job
