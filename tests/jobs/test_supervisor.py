"""The supervisor at work: cancel, faults, orderly ends, and little use of anything while there is nothing to do."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from dashapp.jobs.supervisor import Supervisor
from dashapp.settings import Settings
from db import jobs
from tests.jobs.conftest import PROCESSES, Works, is_alive, wait_until

pytestmark = pytest.mark.slow
SQLITE = pytest.mark.parametrize("url", ["sqlite"], indirect=True)


def test_a_model_is_trained(works: Works) -> None:
    job_id = works.queue("train", target="bad", bad_label="yes")
    works.supervise()
    assert works.ended(job_id) == "succeeded"
    run = works.run(job_id)
    assert (run.auc, run.result["data"]["n_rows"], run.result["data"]["n_test"]) == (1.0, 120, 36)
    assert "Traceback" not in works.log()


@SQLITE
def test_a_run_is_cancelled_in_the_middle(works: Works) -> None:
    job_id = works.queue("wait")
    works.supervise()
    works.arrived(1)
    wait_until(lambda: works.job(job_id).share_done == 0.5, "progress is shown")
    shown = works.job(job_id)
    assert (shown.doing, shown.state, works.run(job_id).state) == ("Waiting for the gate", "running", "running")
    assert shown.seconds_left is not None
    with works.db.write() as session:
        jobs.request_cancel(session, owner_id=works.owner_id, job_id=job_id)
    assert works.ended(job_id) == "cancelled"
    assert works.run(job_id).state == "cancelled"
    assert [event.action for event in works.ends(job_id)] == ["cancelled"]


@SQLITE
def test_a_fault_of_ours_is_tried_three_times_and_told_without_its_inside(works: Works) -> None:
    job_id = works.queue("break_down")
    works.supervise()
    assert works.ended(job_id) == "failed"
    job = works.job(job_id)
    reference = (job.error or "").rsplit(" ", 1)[1].rstrip(".")
    assert job.attempt == 3
    assert "secret" not in (job.error or "")
    assert f"Reference {reference}" in works.log()
    assert "a fault with a secret in it" in works.log()


@SQLITE
@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
def test_an_orderly_end_gives_the_job_back(works: Works, ending: signal.Signals) -> None:
    job_id = works.queue("wait")
    supervisor = works.supervise()
    worker = works.arrived(1)
    began = time.monotonic()
    os.killpg(supervisor.pid, ending)  # as Ctrl-C and service managers do: the workers hear it too
    assert supervisor.wait(timeout=20) == 0
    assert time.monotonic() - began < 10
    assert not is_alive(worker)
    assert "Traceback" not in works.log()
    assert "Warning" not in works.log()
    given_back = works.job(job_id)
    assert (given_back.state, given_back.forgiven, works.run(job_id).state) == ("queued", 1, "queued")


@SQLITE
def test_two_supervisors_share_the_work(works: Works) -> None:
    queued = [works.queue("wait") for _ in range(6)]
    works.open()
    works.supervise()
    works.supervise()
    for job_id in queued:
        assert works.ended(job_id) == "succeeded"
        assert [(event.action, event.details["attempt"]) for event in works.ends(job_id)] == [("succeeded", 1)]


@SQLITE
def test_it_ends_with_its_parent(works: Works) -> None:
    parent = works.supervise_from_a_parent()
    wait_until(lambda: "waits for jobs" in works.log(), "it is up")
    [supervisor] = psutil.Process(parent.pid).children()
    parent.kill()
    wait_until(lambda: not is_alive(supervisor.pid), "the supervisor has followed its parent")
    assert "Traceback" not in works.log()


@SQLITE
def test_an_idle_supervisor_loads_neither_dask_nor_anything_to_compute_with(works: Works) -> None:
    script = (
        "import sys\n"
        "from dashapp.jobs.supervisor import Supervisor\n"
        "from dashapp.settings import Settings\n"
        f"supervisor = Supervisor(Settings(database_url={works.url!r}))\n"
        "supervisor.step()\n"
        "heavy = ('distributed', 'dask', 'numpy', 'pyarrow', 'pandas', 'sklearn', 'alembic', 'dash', 'flask')\n"
        "print([name for name in heavy if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@SQLITE
def test_processes_without_work_are_let_go_and_come_back(works: Works, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dashapp.jobs.supervisor.CLUSTER_IDLE_SECONDS", 0.5)
    monkeypatch.setenv("SCOREDESK_TEST_GATE", str(works.gate))
    monkeypatch.syspath_prepend(PROCESSES)  # a spawned process starts with the path of its parent
    works.open()
    supervisor = Supervisor(Settings(database_url=works.url, job_workers=1), {"wait": "slow_work:wait"})
    for _ in range(2):
        job_id = works.queue("wait")
        deadline = time.monotonic() + 40
        while works.job(job_id).state != "succeeded" or supervisor.executor.is_running:
            assert time.monotonic() < deadline
            supervisor.step()
            time.sleep(0.05)
    supervisor.close()


@SQLITE
def test_it_waits_for_a_database_that_does_not_answer(works: Works, tmp_path: Path) -> None:
    path = tmp_path / "scoredesk.sqlite"
    hidden = path.rename(tmp_path / "hidden.sqlite")
    path.mkdir()
    works.supervise()
    wait_until(lambda: "does not answer" in works.log(), "it has noticed")
    path.rmdir()
    hidden.rename(path)
    job_id = works.queue("wait")
    works.open()
    assert works.ended(job_id) == "succeeded"


@SQLITE
def test_dask_is_not_asked_before_it_answers(works: Works, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the cluster is not to be had, jobs wait; they don't fail, and no attempt is burnt."""
    monkeypatch.setenv("SCOREDESK_DASK_SCHEDULER", "tcp://127.0.0.1:9")
    job_id = works.queue("wait")
    monkeypatch.setattr("dashapp.jobs.executor._START_SECONDS", 0.5)
    supervisor = Supervisor(Settings.from_env({**os.environ, "SCOREDESK_DATABASE_URL": works.url}), {"wait": "slow_work:wait"})
    with pytest.raises(OSError, match=r"127\.0\.0\.1:9"):
        supervisor.step()
    supervisor.close()
    waiting = works.job(job_id)
    assert (waiting.state, waiting.attempt) == ("queued", 0)
