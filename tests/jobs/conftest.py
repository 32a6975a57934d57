"""A database with one run to queue, a gate that holds work in the middle, and real supervisors in processes of their own."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from db import audit, datasets, jobs, runs, users
from db.engine import Database
from db.tables import AuditEvent, Job, Run
from tests.databases import db, migrated_file, postgres_url, url

__all__ = ["db", "migrated_file", "postgres_url", "url"]

PROCESSES = Path(__file__).parent / "processes"
ENDED = {"succeeded", "failed", "cancelled"}


def wait_until(happened: Callable[[], object], what: str, seconds: float = 40) -> None:
    deadline = time.monotonic() + seconds
    while not happened():
        if time.monotonic() > deadline:
            pytest.fail(f"waited {seconds:g} s in vain until {what}")
        time.sleep(0.02)


@dataclass
class Works:
    """One installation under test."""

    db: Database
    url: str
    gate: Path
    owner_id: int
    dataset_id: str
    lease_seconds: float = 2.0
    workers: int = 1
    supervisors: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def queue(self, kind: str, **spec: object) -> str:
        with self.db.write() as session:
            run = runs.add(session, owner_id=self.owner_id, dataset_id=self.dataset_id, name="Run", spec=spec, cutoff=0.5)
            return jobs.enqueue(session, kind=kind, owner_id=self.owner_id, run_id=run.id).id

    def supervise(self) -> subprocess.Popen[bytes]:
        return self._start([sys.executable, str(PROCESSES / "supervise.py")])

    def supervise_from_a_parent(self) -> subprocess.Popen[bytes]:
        """The parent, which starts a supervisor that watches it."""
        script = "import os, subprocess, sys; subprocess.run([sys.executable, sys.argv[1], str(os.getpid())])"
        return self._start([sys.executable, "-c", script, str(PROCESSES / "supervise.py")])

    def _start(self, command: list[str]) -> subprocess.Popen[bytes]:
        environment = {
            **os.environ,
            "SCOREDESK_DATABASE_URL": self.url,
            "SCOREDESK_JOB_WORKERS": str(self.workers),
            "SCOREDESK_LEASE_SECONDS": str(self.lease_seconds),
            "SCOREDESK_TEST_GATE": str(self.gate),
            "PYTHONPATH": str(PROCESSES),
            "PYTHONWARNINGS": "error",
        }
        with (self.gate / f"log-{len(self.supervisors)}").open("wb") as log:
            started = subprocess.Popen(command, env=environment, stdout=log, stderr=log, start_new_session=True)
        self.supervisors.append(started)
        return started

    def log(self, number: int = 0) -> str:
        return (self.gate / f"log-{number}").read_text()

    def open(self, name: str = "open") -> None:
        (self.gate / name).touch()

    def put_to_sleep(self, supervisor: subprocess.Popen[bytes]) -> None:
        """Stops the process between two transactions: one that sleeps with a lock in its hand stops everybody else's work."""
        while True:
            os.kill(supervisor.pid, signal.SIGSTOP)
            if self._nothing_is_locked():
                return
            os.kill(supervisor.pid, signal.SIGCONT)
            time.sleep(0.05)

    def _nothing_is_locked(self) -> bool:
        sqlite = self.db.dialect == "sqlite"
        options = {"connect_args": {"timeout": 0.2, "isolation_level": None}} if sqlite else {}
        engine = create_engine(self.db.url, poolclass=NullPool, **options)
        try:
            with engine.connect() as connection:
                connection.execute(text("BEGIN EXCLUSIVE" if sqlite else "SELECT 1 FROM jobs, runs FOR UPDATE NOWAIT"))
                connection.rollback()
        except OperationalError:
            return False
        return True

    def job(self, job_id: str) -> Job:
        with self.db.read() as session:
            return jobs.get(session, self.owner_id, job_id)

    def run(self, job_id: str) -> Run:
        with self.db.read() as session:
            return runs.get(session, self.owner_id, self.job(job_id).run_id or "", with_result=True)

    def ends(self, job_id: str) -> list[AuditEvent]:
        """The events of the run's ends: exactly one where all is well."""
        with self.db.read() as session:
            events = audit.events_of(session, "run", self.job(job_id).run_id or "")
        return [event for event in events if event.action in ENDED]

    def arrived(self, attempt: int) -> int:
        """Waits until the attempt is in the middle of its work; the id of the process that does it."""
        started = self.gate / f"started-{attempt}"
        wait_until(started.exists, f"attempt {attempt} is at work")
        return int(started.read_text())

    def ended(self, job_id: str, seconds: float = 40) -> str:
        wait_until(lambda: self.job(job_id).state in ENDED, "the job has ended", seconds)
        return self.job(job_id).state


@pytest.fixture
def works(db: Database, url: str, tmp_path: Path) -> Iterator[Works]:
    gate = tmp_path / "gate"
    gate.mkdir()
    table = pa.table({"x": [0.1, 0.4, 0.2, 0.9, 0.8, 0.6] * 20, "bad": ["no", "no", "no", "yes", "yes", "yes"] * 20})
    with db.write() as session:
        owner = users.add(session, name="analyst", display_name="Analyst", role="analyst")
        dataset = datasets.begin(session, owner_id=owner.id, name="Loans", source="f.csv", sha256="0" * 64, n_bytes=1)
        batch = table.combine_chunks().to_batches()[0]
        datasets.add_chunk(session, dataset_id=dataset.id, chunk_index=0, first_row=0, batch=batch)
        columns = [{"name": name} for name in table.column_names]
        datasets.finish(session, dataset_id=dataset.id, n_rows=table.num_rows, columns=columns, recipe={})
    made = Works(db, url, gate, owner.id, dataset.id)
    yield made
    for supervisor in made.supervisors:
        if supervisor.poll() is None:
            supervisor.kill()
        supervisor.wait()


def is_alive(pid: int) -> bool:
    """Whether the process runs; one that has ended and waits to be collected does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] not in {"Z", "X"}
    except FileNotFoundError:
        return False


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: not is_alive(pid), f"process {pid} is gone")
