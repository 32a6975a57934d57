"""What runs in the processes that do the work, on this host or on another."""

import functools
import importlib
import os
import signal
from typing import Any

from dashapp.settings import Settings
from db.engine import Database

_LOWEST_PRIORITY = 19


def do_job(settings: Settings, handler: str, job_id: str, attempt: int) -> None:
    """Does one job in the calling thread, below the priority of whoever answers pages."""
    os.nice(_LOWEST_PRIORITY)  # of this thread alone, so that the process still answers its scheduler in time
    module, function = handler.split(":")
    getattr(importlib.import_module(module), function)(_database(settings.database_url), job_id, attempt, settings)


def dask_setup(_worker: Any) -> None:
    """Called by Dask as a local worker starts. Ctrl-C and a service manager tell all processes of a group to end; a worker
    leaves that to its supervisor, which first gives the job back.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)


@functools.cache
def _database(url: str) -> Database:
    return Database(url)
