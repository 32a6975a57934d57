"""Carries queued jobs to Dask: claims them, keeps their leases alive, and sees what became of each."""

import logging
import os
import secrets
import signal
import socket
import threading
import time
from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING

from dashapp.jobs.executor import Executor
from dashapp.jobs.handlers import HANDLERS
from dashapp.settings import Settings
from dashapp.usecases import work
from db import datasets, leases, sign_in, uploads
from db.engine import Database
from db.errors import NotReady
from db.tables import Job, now

if TYPE_CHECKING:
    from distributed import Future

log = logging.getLogger("scoredesk.jobs")

IDLE_SECONDS = 0.5
BUSY_SECONDS = 0.2
TROUBLE_SECONDS = 2.0
HOUSEKEEPING_SECONDS = 600.0
CLUSTER_IDLE_SECONDS = 300.0
ABANDONED_UPLOAD = timedelta(hours=6)  # of what was being written
UNSAVED_UPLOAD = timedelta(days=7)
OLD_SIGN_IN = timedelta(days=30)


class Supervisor:
    """One supervisor of one installation; any number may work on the same database."""

    def __init__(self, settings: Settings, handlers: Mapping[str, str] = HANDLERS) -> None:
        self.db = Database(settings.database_url)
        self.name = f"{socket.gethostname()[:60]}:{os.getpid()}:{secrets.token_hex(4)}"
        self.handlers = handlers
        self.executor = Executor(settings)
        self.settings = settings
        self.running: dict[str, tuple[int, Future]] = {}  # attempt and future of each job that is held
        self._last_busy = 0.0
        self._next_heartbeat = 0.0
        self._next_housekeeping = 0.0

    def step(self) -> None:
        """One round: collects what has ended, keeps the leases, takes new jobs. Raises NotReady without a database."""
        moment = time.monotonic()
        self._collect()
        if moment >= self._next_heartbeat:
            self._keep_leases()
            self._next_heartbeat = moment + self.settings.lease_seconds / 4
        self._claim()
        if self.running:
            self._last_busy = moment
        elif self.executor.is_running and moment - self._last_busy > CLUSTER_IDLE_SECONDS:
            self.executor.close()  # some hundred megabytes until the next job
        if moment >= self._next_housekeeping:
            self._keep_house()
            self._next_housekeeping = moment + HOUSEKEEPING_SECONDS

    def stop(self) -> None:
        """Gives the jobs that still run back to the queue and ends the processes that work on them."""
        with self.db.write() as session:
            for job_id, (attempt, _future) in self.running.items():
                leases.release(session, job_id=job_id, attempt=attempt)
        self.close()

    def close(self) -> None:
        self.running.clear()
        self.executor.close()
        self.db.dispose()

    def _claim(self) -> None:
        with self.db.read() as session:
            if not leases.anything_to_claim(session, self.handlers):
                return
        self.executor.start()  # before the claim: without a cluster the jobs keep their attempts
        free = self.executor.n_workers - len(self.running)  # one job for each, so that no job dies of another's worker
        if free <= 0:
            return
        with self.db.write() as session:
            claimed = leases.claim(
                session,
                claimed_by=self.name,
                lease_seconds=self.settings.lease_seconds,
                limit=free,
                kinds=self.handlers,
            )
        for job in claimed:
            log.info("Job %s (%s), attempt %d, starts.", job.id, job.kind, job.attempt)
            self.running[job.id] = job.attempt, self._submit(job)

    def _submit(self, job: Job) -> "Future":
        return self.executor.submit(self.handlers[job.kind], job.id, job.attempt)

    def _keep_leases(self) -> None:
        if not self.running:
            return
        with self.db.write() as session:
            held = leases.extend_leases(
                session, claimed_by=self.name, job_ids=list(self.running), lease_seconds=self.settings.lease_seconds
            )
        for job_id in set(self.running) - held:
            _attempt, future = self.running[job_id]
            if not future.done():  # what is done is collected in the next round
                log.warning("Job %s went to another supervisor.", job_id)
                future.cancel()
                del self.running[job_id]

    def _collect(self) -> None:
        for job_id, (attempt, future) in list(self.running.items()):
            if future.done():
                self._see_what_became(job_id, attempt, future)
                del self.running[job_id]

    def _see_what_became(self, job_id: str, attempt: int, future: "Future") -> None:
        reason = "The work ended without a result."
        if future.status == "error":
            reason = self._reason(job_id, attempt, future.exception())
        elif future.status != "finished":
            reason = "The connection to the processes that do the work was lost."
        state = work.lose(self.db, job_id, attempt, reason)
        if state is not None:
            log.warning("Job %s, attempt %d, was lost and is now %s: %s", job_id, attempt, state, reason)

    def _reason(self, job_id: str, attempt: int, fault: BaseException) -> str:
        from distributed import KilledWorker

        if isinstance(fault, KilledWorker):
            return (
                f"The process that did the work died; it may have needed more than the {self.settings.job_memory_mb:,} MB that "
                "it may use. Use fewer columns, or ask an administrator to raise SCOREDESK_JOB_MEMORY_MB."
            )
        reference = secrets.token_hex(4)
        log.error("Reference %s: job %s, attempt %d, failed.", reference, job_id, attempt, exc_info=fault)
        return f"Something went wrong on our side. Quote reference {reference}."

    def _keep_house(self) -> None:
        with self.db.write() as session:
            removed = datasets.discard_stale(session, now() - ABANDONED_UPLOAD)
            removed += uploads.discard_stale(
                session, received_before=now() - ABANDONED_UPLOAD, changed_before=now() - UNSAVED_UPLOAD
            )
            sign_in.forget_old(session, now() - OLD_SIGN_IN)
        if removed:
            log.info("Removed %d uploads that never ended or were not saved.", removed)


def run_supervisor(
    settings: Settings,
    stop: threading.Event | None = None,
    *,
    parent_pid: int | None = None,
    handlers: Mapping[str, str] = HANDLERS,
) -> None:
    """Works until `stop` is set, SIGTERM or SIGINT arrives, or the process `parent_pid` is gone; then gives its jobs back."""
    stop = stop if stop is not None else threading.Event()
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda _number, _frame: stop.set())
    supervisor = Supervisor(settings, handlers)
    log.info("Supervisor %s waits for jobs.", supervisor.name)
    try:
        while not stop.is_set() and (parent_pid is None or os.getppid() == parent_pid):
            stop.wait(_round(supervisor))
        supervisor.stop()
    finally:
        supervisor.close()


def _round(supervisor: Supervisor) -> float:
    """One round, and the seconds until the next. Trouble with the database or the cluster is waited out: leases go on."""
    try:
        supervisor.step()
    except (NotReady, OSError) as trouble:
        log.warning("%s", trouble, exc_info=not isinstance(trouble, NotReady))
        return TROUBLE_SECONDS
    return BUSY_SECONDS if supervisor.running else IDLE_SECONDS
