"""Keeps some processes alive, and stops them in order.

The parent imports little and forks: a process that died starts anew from a clean copy. It blocks its signals and waits for
them one by one, so that no handler ever interrupts anything.
"""

import atexit
import logging
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass

log = logging.getLogger(__name__)

STOPPERS = frozenset({signal.SIGTERM, signal.SIGINT, signal.SIGHUP})
_WATCHED = STOPPERS | {signal.SIGCHLD}
_LONGEST_WAIT = 30.0  # seconds between two starts of what dies again and again
_HEALTHY_AFTER = 60.0  # seconds alive after which an earlier death is forgotten
_PATIENCE = 25.0  # seconds from SIGTERM to SIGKILL


@dataclass
class Kept:
    """A process that is started anew when it dies. `run` is called in the child; its result is the exit code."""

    name: str
    run: Callable[[], int | None]
    pid: int = 0
    started: float = 0.0
    deaths: int = 0
    start_at: float = 0.0

    def start(self) -> None:
        self.pid, self.started = fork(self.run), time.monotonic()

    def died(self, status: int) -> None:
        now = time.monotonic()
        self.deaths = 1 if now - self.started > _HEALTHY_AFTER else self.deaths + 1
        wait = min(_LONGEST_WAIT, 2.0 ** (self.deaths - 1))
        self.pid, self.start_at = 0, now + wait
        log.error("The %s ended (%s); it starts anew in %.0f s.", self.name, _how(status), wait)


def fork(run: Callable[[], int | None]) -> int:
    """Runs the function in a child process of its own group, so that Ctrl-C in a terminal reaches the parent alone."""
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        os.setpgid(0, 0)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _WATCHED)
        code = run() or 0
    except SystemExit as error:
        code = error.code if isinstance(error.code, int) else int(error.code is not None)
    except BaseException:  # noqa: BLE001 - the child ends here, and must never return into its parent's code
        traceback.print_exc()
    finally:
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def run_apart(run: Callable[[], int | None]) -> int:
    """Runs the function in a child and waits, so that what it imports does not stay in this process."""
    _, status = os.waitpid(fork(run), 0)
    return os.waitstatus_to_exitcode(status)


def keep(processes: Sequence[Kept]) -> int:
    """Runs them until SIGTERM, SIGINT or SIGHUP comes, then ends them; 0 when all ended in time."""
    signal.pthread_sigmask(signal.SIG_BLOCK, _WATCHED)
    try:
        for process in processes:
            process.start()
        while True:
            due = [process.start_at - time.monotonic() for process in processes if not process.pid]
            caught = signal.sigtimedwait(_WATCHED, max(0.0, min([60.0, *due])))
            if caught is not None and caught.si_signo in STOPPERS:
                return _stop([process for process in processes if process.pid])
            _reap(processes)
            for process in processes:
                if not process.pid and process.start_at <= time.monotonic():
                    process.start()
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _WATCHED)


def _reap(processes: Sequence[Kept]) -> None:
    for process in processes:
        if process.pid:
            pid, status = os.waitpid(process.pid, os.WNOHANG)
            if pid:
                process.died(status)


def _stop(processes: Sequence[Kept]) -> int:
    left = list(processes)
    for process in left:
        os.kill(process.pid, signal.SIGTERM)
    deadline = time.monotonic() + _PATIENCE
    while left and time.monotonic() < deadline:
        signal.sigtimedwait(_WATCHED, 0.2)
        left = [process for process in left if os.waitpid(process.pid, os.WNOHANG)[0] == 0]
    for process in left:
        log.error("The %s did not end within %.0f s and is killed.", process.name, _PATIENCE)
        os.killpg(process.pid, signal.SIGKILL)
        os.waitpid(process.pid, 0)
    return 1 if left else 0


def _how(status: int) -> str:
    code = os.waitstatus_to_exitcode(status)
    return f"signal {-code}" if code < 0 else f"exit code {code}"
