"""kill -9 in the middle of a run: every run ends exactly once."""

import os
import signal

import pytest

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
