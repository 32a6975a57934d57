"""What runs in the processes that do the work, on this host or on another."""

import functools
import importlib
import inspect
import os
import signal
from typing import Any

from dashapp.settings import Settings
from db.engine import Database

LOWEST_PRIORITY = 19


def do_job(settings: Settings, handler: str, job_id: str, attempt: int) -> None:
    """Does one job in the calling thread, below the priority of whoever answers pages.

    A handler that takes a `pool` is given one: the processes of the cluster, for the parts of its job.
    """
    os.nice(LOWEST_PRIORITY)  # of this thread alone, so that the process still answers its scheduler in time
    module, function = handler.split(":")
    execute = getattr(importlib.import_module(module), function)
    about = (database(settings.database_url), job_id, attempt, settings)
    if "pool" not in inspect.signature(execute).parameters:
        execute(*about)
        return
    from dashapp.jobs.pool import cluster_pool

    with cluster_pool(settings, job_id, attempt) as pool:
        execute(*about, pool)


def dask_setup(_worker: Any) -> None:
    """Called by Dask as a local worker starts. Ctrl-C and a service manager tell all processes of a group to end; a worker
    leaves that to its supervisor, which first gives the job back.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)


@functools.cache
def database(url: str) -> Database:
    return Database(url)
