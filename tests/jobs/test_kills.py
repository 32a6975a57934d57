"""kill -9 in the middle of a run or a study: every one ends exactly once."""

import os
import signal
from typing import Any

import pytest

from dashapp.settings import Settings
from dashapp.usecases import training
from dashapp.usecases.study_kinds import RESULTS
from db import audit, jobs, leases, runs, studies
from pipeline.spec import TrainSpec
from tests.jobs.conftest import Works, is_alive, kill, wait_until

pytestmark = pytest.mark.slow


def test_a_worker_is_killed(works: Works) -> None:
    job_id = works.queue("wait")
    works.supervise()
    kill(works.arrived(1))
    works.arrived(2)
    works.open()
    assert works.ended(job_id) == "succeeded"
    assert [(event.action, event.details["attempt"]) for event in works.ends(job_id)] == [("succeeded", 2)]


def test_the_supervisor_is_killed_and_its_worker_goes_with_it(works: Works) -> None:
    job_id = works.queue("wait")
    supervisor = works.supervise()
    worker = works.arrived(1)
    kill(supervisor.pid)
    wait_until(lambda: not is_alive(worker), "the worker has followed its supervisor")
    works.supervise()
    works.arrived(2)
    works.open()
    assert works.ended(job_id) == "succeeded"
    assert [(event.action, event.details["attempt"]) for event in works.ends(job_id)] == [("succeeded", 2)]


def test_the_late_result_of_an_attempt_that_lost_its_lease_is_refused(works: Works) -> None:
    """A supervisor that is stopped, as a machine that sleeps, comes back after its job was given to another."""
    job_id = works.queue("hold")
    sleeper = works.supervise()
    works.arrived(1)
    works.put_to_sleep(sleeper)  # its worker goes on, but no sign of life reaches the database
    works.supervise()
    works.arrived(2)
    works.open("late")
    wait_until((works.gate / "refused-1").exists, "the first attempt was refused")
    assert works.job(job_id).state == "running"
    works.open()
    assert works.ended(job_id) == "succeeded"
    os.kill(sleeper.pid, signal.SIGCONT)
    later = works.queue("wait")  # whoever takes it, the sleeper is awake and in order again
    assert works.ended(later) == "succeeded"
    assert "Traceback" not in works.log(0)
    assert [(event.action, event.details["attempt"]) for event in works.ends(job_id)] == [("succeeded", 2)]


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_work_that_kills_its_process_fails_after_three_attempts_with_the_reason(works: Works) -> None:
    job_id = works.queue("die")
    works.supervise()
    assert works.ended(job_id) == "failed"
    job = works.job(job_id)
    assert job.attempt == 3
    assert "SCOREDESK_JOB_MEMORY_MB" in (job.error or "")
    assert works.run(job_id).error == job.error
    assert [(event.action, event.details["attempt"]) for event in works.ends(job_id)] == [("failed", 3)]


def trained(works: Works, name: str) -> str:
    """A run that was trained in this process."""
    job_id = works.queue("train", target="bad", bad_label="yes", seed=3)
    with works.db.write() as session:
        [job] = leases.claim(session, claimed_by="test", lease_seconds=60, limit=1)
        attempt = job.attempt
    training.execute(works.db, job_id, attempt, Settings())
    with works.db.write() as session:
        run = runs.owned(session, works.owner_id, works.job(job_id).run_id or "")
        run.name = name
        return run.id


def queued_study(works: Works, kind: str) -> tuple[str, str]:
    """A study of this kind as its use case queues it, and its job."""
    first = trained(works, "First")
    second = trained(works, "Second") if kind == "pairing" else first
    options: dict[str, dict[str, Any]] = {
        "segments": {"by": [["x"]], "part": "held_out"},
        "worst": {"part": "held_out", "measure": "approval_rate", "cutoff": 0.5, "columns": ["x"]},
        "pairing": {"runs": [first, second], "cutoffs": [0.5, 0.4]},
        "monitor": {"run": first, "cutoff": 0.5},
    }
    with works.db.write() as session:
        spec = TrainSpec.parse(runs.get(session, works.owner_id, first).spec).to_json()
        made = studies.add(
            session, kind=kind, owner_id=works.owner_id, dataset_id=works.dataset_id,
            run_id=first if kind in {"segments", "worst"} else None,
            name=kind, spec=spec, options=options[kind], fingerprint=kind,
        )  # fmt: skip
        return made.id, jobs.enqueue(session, kind=kind, owner_id=works.owner_id, title=kind, study_id=made.id).id


@pytest.mark.parametrize(
    ("url", "kind"),
    [("sqlite", "segments"), ("postgresql", "worst"), ("sqlite", "pairing"), ("postgresql", "monitor")],
    indirect=["url"],
)
def test_a_study_outlives_its_worker_and_its_supervisor(works: Works, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The worker's process is killed, then the supervisor: the third attempt stores the one result.

    Databases differ in how work is taken and given up, kinds in what is stored: each of them is tried, and not every pair.
    """
    monkeypatch.setenv("SCOREDESK_TEST_HELD", kind)
    study_id, job_id = queued_study(works, kind)
    supervisor = works.supervise()
    kill(works.arrived(1))
    worker = works.arrived(2)
    kill(supervisor.pid)
    wait_until(lambda: not is_alive(worker), "the worker has followed its supervisor")
    works.supervise()
    works.arrived(3)
    with works.db.read() as session:
        assert studies.result_of(session, study_id) == (None, 0)
    works.open()
    assert works.ended(job_id) == "succeeded", works.job(job_id).error
    with works.db.read() as session:
        stored, _ = studies.result_of(session, study_id)
        assert stored is not None
        RESULTS[kind].from_json(stored)
        events = audit.events_of(session, "study", study_id)
        assert [event.details["attempt"] for event in events if event.action in {"succeeded", "failed"}] == [3]
