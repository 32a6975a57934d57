"""Jobs as their owners see them: what runs, what waits, how to stop or repeat it."""

from dataclasses import dataclass

from dashapp.usecases.desk import Desk
from dashapp.usecases.job_views import JobView, job_view
from db import audit, datasets, jobs, runs


@dataclass(frozen=True)
class Counts:
    """What the frame shows on every page."""

    active: int
    share_done: float  # of the active jobs together
    runs: int
    datasets: int


def counts(desk: Desk) -> Counts:
    with desk.db.read() as session:
        working = jobs.active(session, desk.user.id)
        return Counts(
            active=len(working),
            share_done=sum(job.share_done for job in working) / len(working) if working else 0.0,
            runs=runs.count_visible(session, desk.user.id),
            datasets=datasets.count_visible(session, desk.user.id),
        )


def active(desk: Desk) -> list[JobView]:
    """The user's queued and running jobs, oldest first."""
    with desk.db.read() as session:
        return [job_view(session, desk, job, run) for job, run in jobs.with_runs(session, desk.user.id, active=True)]


def recent(desk: Desk, *, limit: int = 50) -> list[JobView]:
    """The user's jobs of every state, newest first."""
    with desk.db.read() as session:
        found = jobs.with_runs(session, desk.user.id, active=False, limit=limit)
        return [job_view(session, desk, job, run) for job, run in found]


def cancel(desk: Desk, job_id: str) -> None:
    """Ends a queued job at once and a running one at its next step."""
    with desk.db.write() as session:
        jobs.request_cancel(session, owner_id=desk.user.id, job_id=job_id)
        audit.record(session, user_id=desk.user.id, action="cancelled", object_kind="job", object_id=job_id)


def retry(desk: Desk, run_id: str) -> None:
    """Queues a failed or cancelled run again, as it was."""
    with desk.db.write() as session:
        runs.owned(session, desk.user.id, run_id)
        job = jobs.of_runs(session, [run_id])[run_id]
        jobs.retry(session, owner_id=desk.user.id, job_id=job.id)
        audit.record(session, user_id=desk.user.id, action="repeated", object_kind="run", object_id=run_id)
