"""The Dask side: a cluster that starts with the first job, and the futures of the work that was handed to it."""

import dataclasses
import logging
from typing import TYPE_CHECKING

from dashapp.jobs.worker import do_job
from dashapp.settings import Settings

if TYPE_CHECKING:
    from distributed import Client, Future, LocalCluster

_START_SECONDS = 60
_STOP_SECONDS = 5
_QUIET = {
    # The HTTP servers cannot be left out; they answer nothing.
    "distributed.scheduler.http.routes": [],
    "distributed.worker.http.routes": [],
    # Measurements that nobody looks at cost a tenth of a core while nothing is to be done.
    "distributed.worker.profile.enabled": False,
    "distributed.admin.tick.interval": "1s",
    "distributed.admin.system-monitor.interval": "5s",
    "distributed.worker.memory.monitor-interval": "250ms",
    # A cluster is on one host, which has one BLAS thread for each process that trains.
    "distributed.nanny.pre-spawn-environ.OMP_NUM_THREADS": 1,
    "distributed.nanny.pre-spawn-environ.OPENBLAS_NUM_THREADS": 1,
    "distributed.nanny.pre-spawn-environ.MKL_NUM_THREADS": 1,
}


class Executor:
    """Runs jobs on local processes, or on the cluster of the settings. Dask is imported by `start` only."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._client: Client | None = None
        self._cluster: LocalCluster | None = None

    @property
    def is_running(self) -> bool:
        return self._client is not None and self._client.status in {"running", "connecting"}

    @property
    def n_workers(self) -> int:
        """How many jobs can run at once with the workers that are alive now."""
        if self._client is None:
            return 0
        return sum(worker["nthreads"] for worker in self._client.scheduler_info()["workers"].values())

    def start(self) -> None:
        """Starts or joins the cluster, anew where it was lost. Raises OSError or TimeoutError where it does not answer."""
        if self.is_running:
            return
        self.close()
        from distributed import Client

        address = self.settings.dask_scheduler or self._start_cluster()
        self._client = Client(address, timeout=_START_SECONDS, set_as_default=False)

    def submit(self, handler: str, job_id: str, attempt: int) -> "Future":
        """Dask itself never repeats the work: an attempt that dies is counted, and repeated, by the row of the job."""
        if self._client is None:
            raise RuntimeError("The executor was not started.")
        return self._client.submit(
            do_job,
            dataclasses.replace(self.settings, secret=""),
            handler,
            job_id,
            attempt,
            key=f"{job_id}-{attempt}",
            retries=0,
            pure=False,
        )

    def close(self) -> None:
        """Ends the work that still runs with the processes that do it."""
        if self._client is not None:
            self._client.close(timeout=_STOP_SECONDS)
            self._client = None
        if self._cluster is not None:
            self._cluster.close(timeout=_STOP_SECONDS)
            self._cluster = None

    def _start_cluster(self) -> "LocalCluster":
        import dask
        from distributed import LocalCluster
        from distributed.security import Security

        dask.config.set(_QUIET)
        logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what it reports, the supervisor logs with a reference
        # A scheduler runs whatever code reaches it, and every account of the host reaches loopback: hence the certificate.
        self._cluster = LocalCluster(
            n_workers=1,
            threads_per_worker=1,
            processes=True,
            host="127.0.0.1",
            protocol="tls://",
            security=Security.temporary(),
            dashboard_address=None,
            memory_limit=f"{self.settings.job_memory_mb}MiB",
            silence_logs=logging.CRITICAL,
            scheduler_kwargs={"allowed_failures": 0, "dashboard": False, "dashboard_address": "127.0.0.1:0"},
            preload=["dashapp.jobs.worker"],
        )
        self._cluster.scale(self.settings.job_workers)  # the others come up while the first works already
        return self._cluster
