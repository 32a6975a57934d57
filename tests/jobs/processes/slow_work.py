"""Kinds of work that the tests can hold in the middle. They run inside Dask's processes, which import this module by name.

SCOREDESK_TEST_GATE names a folder. The work writes `started-ATTEMPT` with its process id there, and ends once `open` exists.
"""

import os
import time
from pathlib import Path

from dashapp.usecases.work import Superseded, attempt_at
from db.engine import Database
from pipeline.results import Progress


def _arrive(attempt: int) -> Path:
    folder = Path(os.environ["SCOREDESK_TEST_GATE"])
    unfinished = folder / f"unfinished-{attempt}"
    unfinished.write_text(str(os.getpid()))
    unfinished.rename(folder / f"started-{attempt}")
    return folder


def wait(db: Database, job_id: str, attempt: int, claimed_by: str) -> None:
    """Reports until the gate opens, then stores a result."""
    with attempt_at(db, job_id, attempt) as work:
        folder = _arrive(attempt)
        while not (folder / "open").exists():
            work.report(Progress(1, 2, "Waiting for the gate"))
            time.sleep(0.02)
        with work.success():
            pass


def hold(db: Database, job_id: str, attempt: int, claimed_by: str) -> None:
    """Never reports, so never learns that it was superseded; tries to store a result once `late` exists."""
    with attempt_at(db, job_id, attempt) as work:
        folder = _arrive(attempt)
        while not (folder / ("late" if attempt == 1 else "open")).exists():
            time.sleep(0.02)
        try:
            with work.success():
                pass
        except Superseded:
            (folder / f"refused-{attempt}").touch()
            raise


def break_down(db: Database, job_id: str, attempt: int, claimed_by: str) -> None:
    """Fails in a way that is no fault of the user's."""
    with attempt_at(db, job_id, attempt):
        raise RuntimeError("a fault with a secret in it")


def die(db: Database, job_id: str, attempt: int, claimed_by: str) -> None:
    """Takes its process with it, as the kernel does where memory is short."""
    with attempt_at(db, job_id, attempt):
        os.kill(os.getpid(), 9)
