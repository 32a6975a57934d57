"""The cluster's processes for the parts of one job, handed in by the job itself while it runs on one of them."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from dashapp.jobs.parts import BAD, STOPPED, do_part
from dashapp.settings import Settings
from dashapp.usecases.spreading import Ended
from pipeline.errors import PipelineError, Stopped

if TYPE_CHECKING:
    from distributed import Client, Future

_BEHIND_JOBS = -10  # a job that waits goes before the parts of one that has begun


class ClusterPool:
    """Parts of one attempt at one job, as tasks of the cluster that the attempt runs on."""

    def __init__(self, client: "Client", settings: Settings, job_id: str, attempt: int) -> None:
        self._client = client
        self._about = (settings, job_id, attempt)
        self._futures: dict[Future, int] = {}

    @property
    def width(self) -> int:
        return sum(worker["nthreads"] for worker in self._client.scheduler_info()["workers"].values())

    def submit(self, part: str, number: int) -> None:
        settings, job_id, attempt = self._about
        future = self._client.submit(
            do_part,
            settings,
            part,
            job_id,
            attempt,
            number,
            key=f"{job_id}-{attempt}-{number}-{secrets.token_hex(4)}",
            priority=_BEHIND_JOBS,
            retries=0,
            pure=False,
        )
        self._futures[future] = number

    def ended(self, seconds: float) -> list[Ended]:
        from distributed import wait

        if not self._futures:
            return []
        try:
            done = wait(list(self._futures), timeout=seconds, return_when="FIRST_COMPLETED").done
        except TimeoutError:
            return []
        return [_ended(future, self._futures.pop(future)) for future in done]

    def drop(self) -> None:
        """What has not begun never does; what has notices by itself that its job has ended."""
        if self._futures:
            self._client.cancel(list(self._futures), force=True)
        self._futures.clear()


@contextmanager
def cluster_pool(settings: Settings, job_id: str, attempt: int) -> Iterator[ClusterPool]:
    """Leaves the worker's thread to the parts, so that a cluster with a single thread does them too."""
    from distributed import get_client, secede

    client = get_client()
    secede()
    pool = ClusterPool(client, settings, job_id, attempt)
    try:
        yield pool
    finally:
        pool.drop()


def _ended(future: "Future", number: int) -> Ended:
    from distributed import KilledWorker

    if future.status == "finished":
        outcome, given = future.result()
        if outcome == STOPPED:
            return Ended(number, fault=Stopped())
        return Ended(number, fault=PipelineError(given)) if outcome == BAD else Ended(number, given)
    if future.status == "error":
        fault = future.exception()
        return Ended(number, lost=True) if isinstance(fault, KilledWorker) else Ended(number, fault=fault)
    return Ended(number, fault=ConnectionError("The connection to the processes that do the work was lost."))
