"""One attempt at a queued job: what every kind of work shares. It reports, notices a cancel, and ends the job exactly once."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from dashapp.usecases.errors import Refused
from db import audit, leases
from db.engine import Database
from db.errors import DatabaseError, NotReady
from db.tables import Job
from pipeline.errors import PipelineError, Stopped
from pipeline.results import Progress

REPORT_SECONDS = 0.5


class TookTooLong(PipelineError):
    """The work was ended at its time limit."""


class Superseded(Exception):
    """This attempt no longer holds the job: it was given to another, or has ended. Nothing of it may be stored."""


@dataclass
class Attempt:
    """The job as the attempt found it; `n_rows` is set once the rows are known, for the speed that the screen shows.

    `share_before` is the share that earlier attempts have done and stored: it took none of this one's time.
    """

    db: Database
    job: Job
    n_rows: int = 0
    share_before: float = 0.0
    most_minutes: float | None = None
    _started: float = field(default_factory=lambda: time.monotonic())
    _reported: float = -REPORT_SECONDS

    def report(self, progress: Progress) -> None:
        """Writes the progress to the job, at most twice a second. Raises Stopped once the owner has cancelled."""
        moment = time.monotonic()
        if self.most_minutes is not None and moment - self._started > self.most_minutes * 60:
            raise TookTooLong(
                f"It took longer than the {self.most_minutes:g} minutes that it may take, and was ended.",
                fix="Take fewer rows or columns, or ask an administrator to raise SCOREDESK_READ_MINUTES.",
            )
        if moment - self._reported < REPORT_SECONDS:
            return
        self._reported = moment
        share = min(max(progress.share, 0.0), 1.0)
        elapsed = moment - self._started
        own = (share - self.share_before) / (1 - self.share_before) if self.share_before < 1 else 0.0
        known = own > 0 and elapsed > 0
        with self.db.write() as session:
            goes_on = leases.set_progress(
                session,
                job_id=self.job.id,
                attempt=self.job.attempt,
                share_done=share,
                doing=progress.what,
                rows_per_second=self.n_rows * own / elapsed if known and self.n_rows else None,
                seconds_left=elapsed * (1 - own) / own if known else None,
            )
            cancelled = not goes_on and leases.is_cancelled(session, self.job.id)
        if cancelled:
            raise Stopped
        if not goes_on:
            raise Superseded

    @contextmanager
    def success(self) -> Iterator[Session]:
        """The one transaction that stores the result: the job succeeds with it, or nothing is stored. Raises Superseded."""
        with self.ending("succeeded") as session:
            yield session

    @contextmanager
    def ending(self, state: str, error: str | None = None) -> Iterator[Session]:
        """The one transaction that ends the job and stores what belongs to its end, or nothing. Raises Superseded."""
        with self.db.write() as session:
            if not leases.finish(session, job_id=self.job.id, attempt=self.job.attempt, state=state, error=error):
                raise Superseded
            yield session
            _record_end(session, self.job, state, **({} if error is None else {"error": error}))

    @contextmanager
    def holding(self) -> Iterator[Session]:
        """A transaction in the middle of the work. Raises Superseded where this attempt no longer holds the job."""
        with self.db.write() as session:
            if not leases.is_held(session, job_id=self.job.id, attempt=self.job.attempt):
                raise Superseded
            yield session

    def end(self, state: str, error: str | None = None) -> None:
        """Ends the job without a result, unless another attempt holds it by now."""
        with suppress(Superseded), self.ending(state, error):
            pass


def carry_out(
    db: Database, job_id: str, attempt: int, task: Callable[[Attempt], None], *, most_minutes: float | None = None
) -> None:
    """Does the task while this attempt holds the job, and not at all otherwise.

    What the user can mend fails the job with its sentence, as does work that reports after `most_minutes`; other faults go to
    the caller, for another attempt.
    """
    with db.write() as session:
        if not leases.start_run(session, job_id=job_id, attempt=attempt):
            return
        job = session.get_one(Job, job_id)
    held = Attempt(db, job, most_minutes=most_minutes)
    try:
        task(held)
    except Superseded:
        return
    except Stopped:
        held.end("cancelled")
    except NotReady:
        raise
    except (PipelineError, DatabaseError, Refused) as fault:
        held.end("failed", error=sentence(fault))


def lose(db: Database, job_id: str, attempt: int, reason: str) -> str | None:
    """The attempt ended in a fault of ours: the job waits for the next one, or fails with the reason after the last."""
    with db.write() as session:
        state = leases.lose_attempt(session, job_id=job_id, attempt=attempt, reason=reason)
        job = session.get(Job, job_id)
        if job is not None and state in {"failed", "cancelled"}:
            _record_end(session, job, state, error=reason)
    return state


def sentence(fault: PipelineError | DatabaseError | Refused) -> str:
    return f"{fault.message} {fault.fix}".strip()


def _record_end(session: Session, job: Job, state: str, **details: str | None) -> None:
    kind, object_id = "job", job.id
    if job.run_id is not None:
        kind, object_id = "run", job.run_id
    elif job.study_id is not None:
        kind, object_id = "study", job.study_id
    audit.record(
        session, user_id=job.owner_id, action=state, object_kind=kind, object_id=object_id, attempt=job.attempt, **details
    )
