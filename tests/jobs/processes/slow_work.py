"""Kinds of work that the tests can hold in the middle. They run inside Dask's processes, which import this module by name.

SCOREDESK_TEST_GATE names a folder. The work writes `started-ATTEMPT` with its process id there, and ends once `open` exists.
"""

import importlib
import os
import time
from pathlib import Path

from dashapp.jobs.handlers import HANDLERS
from dashapp.settings import Settings
from dashapp.usecases.work import Attempt, Superseded, carry_out
from db.engine import Database
from pipeline.results import Progress

GATE = Path(os.environ["SCOREDESK_TEST_GATE"])


def wait(db: Database, job_id: str, attempt: int, settings: Settings) -> None:
    """Reports until the gate opens, then stores a result."""
    carry_out(db, job_id, attempt, _wait)


def hold(db: Database, job_id: str, attempt: int, settings: Settings) -> None:
    """Never reports, so never learns that it was superseded; the first attempt tries to store a result once `late` exists."""
    carry_out(db, job_id, attempt, _hold)


def study(db: Database, job_id: str, attempt: int, settings: Settings) -> None:
    """The work that the product does for this kind of study, held in its middle until the gate opens."""
    module, _, name = HANDLERS[os.environ["SCOREDESK_TEST_HELD"]].partition(":")
    reports = Attempt.report

    def report(work: Attempt, progress: Progress) -> None:
        reports(work, progress)
        if not (GATE / f"started-{work.job.attempt}").exists():
            _arrive(work)
        while not (GATE / "open").exists():
            reports(work, progress)
            time.sleep(0.02)

    setattr(Attempt, "report", report)  # noqa: B010 - of this process alone, which does nothing else
    try:
        getattr(importlib.import_module(module), name)(db, job_id, attempt, settings)
    finally:
        setattr(Attempt, "report", reports)  # noqa: B010


def break_down(db: Database, job_id: str, attempt: int, settings: Settings) -> None:
    """Fails in a way that is no fault of the user's."""
    raise RuntimeError("a fault with a secret in it")


def die(db: Database, job_id: str, attempt: int, settings: Settings) -> None:
    """Takes its process with it, as the kernel does where memory is short."""
    os.kill(os.getpid(), 9)


def _wait(work: Attempt) -> None:
    _arrive(work)
    while not (GATE / "open").exists():
        work.report(Progress(1, 2, "Waiting for the gate"))
        time.sleep(0.02)
    with work.success():
        pass


def _hold(work: Attempt) -> None:
    _arrive(work)
    while not (GATE / ("late" if work.job.attempt == 1 else "open")).exists():
        time.sleep(0.02)
    try:
        with work.success():
            pass
    except Superseded:
        (GATE / f"refused-{work.job.attempt}").touch()
        raise


def _arrive(work: Attempt) -> None:
    unfinished = GATE / f"unfinished-{work.job.attempt}"
    unfinished.write_text(str(os.getpid()))
    unfinished.rename(GATE / f"started-{work.job.attempt}")
