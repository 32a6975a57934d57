"""The real thing: `python -m dashapp serve` with gunicorn and the supervisor, and what becomes of a run when parts die."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import psutil
from sqlalchemy import select

from dashapp.settings import Settings
from dashapp.usecases import accounts
from db.engine import Database
from db.tables import AuditEvent, Job, Run
from tests.dashapp.clicking import Clicker
from tests.dashapp.waiting import until


def answer(url: str) -> int:
    with urllib.request.urlopen(url, timeout=20) as got:  # noqa: S310 - our own address on loopback
        return int(got.status)


def state_of(db: Database, run_id: str) -> tuple[str, float]:
    with db.read() as session:
        run_state, share = session.execute(
            select(Run.state, Job.share_done).join(Job, Job.run_id == Run.id).where(Run.id == run_id)
        ).one()
    return run_state, share


def test_it_answers_and_ends_in_order(serving: Callable[..., Any]) -> None:
    served = serving()
    assert answer(f"{served.url}/sign-in") == 200
    assert answer(f"{served.url}/ready") == 200
    tree = until(lambda: len(found := served.tree()) == 5 and found)  # parent, gunicorn, two web workers, supervisor
    began = time.monotonic()
    assert served.stop() == 0
    assert time.monotonic() - began < 10
    assert not [process for process in tree if process.is_running()]
    assert "Traceback" not in served.log.read_text()


def test_ctrl_c_ends_it_as_well(serving: Callable[..., Any]) -> None:
    served = serving("--no-worker")
    assert answer(f"{served.url}/health") == 200
    until(lambda: len(served.tree()) == 4)  # parent, gunicorn and two web workers
    served.process.send_signal(signal.SIGINT)
    assert served.process.wait(20) == 0


def test_gunicorn_and_the_supervisor_come_back(serving: Callable[..., Any]) -> None:
    served = serving()
    assert answer(f"{served.url}/health") == 200
    before = psutil.Process(served.process.pid).children()
    for child in before:
        child.send_signal(signal.SIGKILL)
    # The socket stays open in the parent: a request waits, and is not refused.
    assert answer(f"{served.url}/health") == 200
    killed = {child.pid for child in before}  # listed for a moment still, as what nobody has waited for
    until(lambda: len({child.pid for child in psutil.Process(served.process.pid).children()} - killed) == 2)


def test_nothing_stays_when_the_parent_is_killed(serving: Callable[..., Any]) -> None:
    served = serving()
    assert answer(f"{served.url}/health") == 200
    tree = served.tree()
    served.process.kill()
    served.process.wait()
    until(lambda: not [process for process in tree if process.is_running()], 20)


def test_a_run_ends_once_when_the_web_worker_that_started_it_is_killed(
    serving: Callable[..., Any], start_run: Callable[..., str], db: Database
) -> None:
    served = serving(SCOREDESK_JOB_WORKERS="1")
    run_id = start_run()
    until(lambda: state_of(db, run_id)[0] == "running" and state_of(db, run_id)[1] > 0, 60)
    for worker in served.web_workers():
        os.kill(worker.pid, signal.SIGKILL)
    assert state_of(db, run_id)[0] == "running"
    assert answer(f"{served.url}/sign-in") == 200  # gunicorn has started others
    until(lambda: state_of(db, run_id)[0] == "succeeded", 60)
    with db.read() as session:
        ended = session.scalars(
            select(AuditEvent.action).where(AuditEvent.object_id == run_id, AuditEvent.action.in_(["succeeded", "failed"]))
        ).all()
        assert ended == ["succeeded"]
        assert session.scalars(select(Job.attempt).where(Job.run_id == run_id)).one() == 1
    assert served.stop() == 0


def test_web_workers_show_a_stored_run_without_the_libraries_that_made_it(
    serving: Callable[..., Any], start_run: Callable[..., str], db: Database, settings: Settings
) -> None:
    """Looked up in the worker processes themselves: which compiled modules they have in memory."""
    run_id = start_run(2_000)
    served = serving(SCOREDESK_WEB_WORKERS="1")
    until(lambda: state_of(db, run_id)[0] == "succeeded", 60)
    with closing(Clicker(served.url)) as someone:
        someone.sign_in(accounts.make_link(db, settings, "analyst"))
        for page in ("/", "/runs", "/data", "/runs/new", f"/runs/{run_id}/coefficients", f"/runs/{run_id}"):
            someone.open(page)
        status, _ = someone.ask("PUT", "/api/datasets?filename=small.csv", b"a,b\n1,x\n2,y\n", **{"Content-Type": "text/csv"})
        assert status == 201
    assert someone.wrong == []
    assert "A long one" in json.dumps(someone.props)
    with db.read() as session:
        auc = session.scalars(select(Run.auc).where(Run.id == run_id)).one()
    assert f"{auc:.3f}" in json.dumps(someone.props)
    (worker,) = served.web_workers()
    loaded = {Path(mapped.path).parts for mapped in worker.memory_maps() if mapped.path.endswith(".so")}
    packages = {part for parts in loaded for part in parts}
    assert {"sqlalchemy", "pyarrow"} <= packages  # so the look is a real one
    assert not packages & {"sklearn", "scipy", "pandas", "statsmodels", "distributed"}


def test_a_gunicorn_of_ones_own_serves_it_too(settings: Settings, tmp_path: Path) -> None:
    """As the README says: gunicorn -c python:dashapp.gunicorn_conf dashapp.wsgi:server."""
    environment = {
        **os.environ,
        "SCOREDESK_DATABASE_URL": settings.database_url,
        "SCOREDESK_SECRET": settings.secret,
        "SCOREDESK_WEB_WORKERS": "1",
        "SCOREDESK_PORT": str(_free_port()),
    }
    command = [sys.executable, "-m", "gunicorn", "-c", "python:dashapp.gunicorn_conf", "dashapp.wsgi:server"]
    with (tmp_path / "gunicorn.log").open("w") as log:
        process = subprocess.Popen(command, env=environment, cwd=tmp_path, stdout=log, stderr=log)
    try:
        until(lambda: _answers(f"http://127.0.0.1:{environment['SCOREDESK_PORT']}/ready"))
    finally:
        process.terminate()
        assert process.wait(30) == 0, (tmp_path / "gunicorn.log").read_text()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(url: str) -> bool:
    try:
        return answer(url) == 200
    except urllib.error.URLError:
        return False
