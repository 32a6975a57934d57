"""Work on a Dask cluster that others run: it moves the work when one of its workers dies, and the run still ends once."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.jobs.conftest import PROCESSES, Works, kill, wait_until

pytestmark = [pytest.mark.slow, pytest.mark.parametrize("url", ["sqlite"], indirect=True)]


@dataclass
class Cluster:
    address: str
    scheduler: subprocess.Popen[bytes]


@pytest.fixture
def cluster(works: Works, tmp_path: Path) -> Iterator[Cluster]:
    """A scheduler with two workers, each in a process without a nanny."""
    file = tmp_path / "scheduler.json"
    environment = {**os.environ, "SCOREDESK_TEST_GATE": str(works.gate), "PYTHONPATH": str(PROCESSES)}
    where = ["--no-dashboard", "--scheduler-file", str(file), "--host", "127.0.0.1"]
    commands = [["scheduler", "--port", "0", *where]] + [["worker", "--no-nanny", "--nthreads", "1", *where]] * 2
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", "dask", *command], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        for command in commands
    ]
    wait_until(file.exists, "the scheduler is up")
    yield Cluster(json.loads(file.read_text())["address"], processes[0])
    for process in processes:
        process.kill()
        process.wait()


def test_a_worker_of_the_cluster_dies(works: Works, cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCOREDESK_DASK_SCHEDULER", cluster.address)
    job_id = works.queue("wait")
    works.supervise()
    first = works.arrived(1)
    kill(first)
    wait_until(lambda: works.arrived(1) != first, "another worker has taken the work over")
    works.open()
    assert works.ended(job_id) == "succeeded"
    assert [(event.action, event.details["attempt"]) for event in works.ends(job_id)] == [("succeeded", 1)]


def test_the_scheduler_dies(works: Works, cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the supervisor cannot see any more is queued again; one with local processes ends it."""
    monkeypatch.setenv("SCOREDESK_DASK_SCHEDULER", cluster.address)
    job_id = works.queue("wait")
    works.supervise()
    works.arrived(1)
    cluster.scheduler.kill()
    wait_until(lambda: works.job(job_id).state == "queued", "the supervisor has missed the cluster")
    monkeypatch.delenv("SCOREDESK_DASK_SCHEDULER")
    works.supervise()
    works.arrived(2)
    works.open()
    assert works.ended(job_id) == "succeeded"
    assert [(event.action, event.details["attempt"]) for event in works.ends(job_id)] == [("succeeded", 2)]
