"""Parts of one job done beside each other, by whatever processes there are. What a part is belongs to the use case."""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from dashapp.usecases.work import Attempt
from db import leases
from db.engine import Database
from pipeline.errors import Stopped
from pipeline.results import Progress

MOST_LOSSES = 3  # how often a part may lose its process until it counts as failed; others may have taken it down
WAIT_SECONDS = 0.5
CHECK_SECONDS = 1.0
LOST = (
    "The process that did it died {times} times; it may have needed more memory than it may use. "
    "Take fewer columns or a lower degree, or ask an administrator to raise SCOREDESK_JOB_MEMORY_MB."
)


@dataclass(frozen=True)
class Ended:
    """A part that has ended: with a result, or with its process (`lost`), or in a fault."""

    number: int
    result: Any = None
    lost: bool = False
    fault: BaseException | None = None


class Pool(Protocol):
    """Processes that do parts of a job. A part is a function of (db, job_id, attempt, number) that gives plain JSON values."""

    @property
    def width(self) -> int:
        """How many parts are done at once."""

    def submit(self, part: str, number: int) -> None:
        """Hands in a part: "module:function" and its number."""

    def ended(self, seconds: float) -> list[Ended]:
        """The parts that have ended since the last call; waits for one at most this long."""


def spread(
    work: Attempt, pool: Pool, part: str, sizes: Mapping[int, int], done_before: int, what: Callable[[int, int], str]
) -> Iterator[tuple[int, Any]]:
    """Does the parts, two for each process handed in at a time, and gives (number, result) as each ends.

    `sizes` says how many things each part does, and `done_before` of them are done already. `result` is the sentence of `LOST`
    as a `Lost` where a part took its process with it each time. Reports while it waits, so that a cancel ends it: what has not
    begun never begins, and what has is told by `goes_on`.
    """
    waiting, losses = sorted(sizes, reverse=True), dict.fromkeys(sizes, 0)
    total, n_done, n_out = done_before + sum(sizes.values()), done_before, 0
    while waiting or n_out:
        while waiting and n_out < 2 * max(pool.width, 1):
            pool.submit(part, waiting.pop())
            n_out += 1
        for one in pool.ended(WAIT_SECONDS):
            n_out -= 1
            if one.fault is not None:
                raise one.fault
            if one.lost:
                losses[one.number] += 1
                if losses[one.number] < MOST_LOSSES:
                    waiting.append(one.number)
                    continue
            n_done += sizes[one.number]
            yield one.number, Lost(losses[one.number]) if one.lost else one.result
        work.report(Progress(n_done, total, what(n_done, total)))


@dataclass(frozen=True)
class Lost:
    """In place of the result of a part whose process died each time."""

    times: int

    @property
    def sentence(self) -> str:
        return LOST.format(times=self.times)


class GoesOn:
    """The report of a part: raises Stopped once its job was cancelled or went to another attempt. Asks once a second at most."""

    def __init__(self, db: Database, job_id: str, attempt: int) -> None:
        self._db, self._job_id, self._attempt = db, job_id, attempt
        self._asked = 0.0

    def __call__(self, _progress: Progress) -> None:
        if time.monotonic() - self._asked >= CHECK_SECONDS:
            self.check()

    def check(self) -> None:
        """Asks now; before a part begins its job may have been cancelled, or its study deleted."""
        self._asked = time.monotonic()
        with self._db.read() as session:
            if not leases.goes_on(session, job_id=self._job_id, attempt=self._attempt):
                raise Stopped
