"""The Boundary tab: what a picture sends and takes at the server, for 1,000 rows and as 10,000,000 give it.

The rows of the large picture are put in the place of those that were counted: every cell full, and every point drawn. Both
pictures stand beside each other, the run and the model of its two fields alone. Goal: at most 100 kB whatever the rows.
"""

import sys
import time

from installation import installed, signed_in

from dashapp.usecases import backgrounds, boundaries
from dashapp.usecases.boundary_address import Address
from dashapp.usecases.desk import Desk
from tests.dashapp.boundary_pages import crowd
from tests.dashapp.conftest import Browser
from tests.dashapp.payload_pages import Reader, opened, small_run

MOST_BYTES = 100_000
SEARCHES = ("", "?two=1&rows=density", "?two=1&rows=points", "?x=home&y=income&two=1")


def surface_milliseconds(desk: Desk, run_id: str) -> float:
    """The least of some: what the surface, its line and its equation take, the rows left aside."""
    run = backgrounds.opened(desk, run_id)
    address, times = boundaries.settled(run, Address()), []
    for _ in range(20):
        start = time.perf_counter()
        boundaries.surface(run, address, None)
        times.append(time.perf_counter() - start)
    return 1e3 * min(times)


def pages(desk: Desk, browser: Browser, run_id: str) -> list[tuple[int, float]]:
    """Bytes of each page, and what all its callbacks take when it is opened again."""
    reader, found = Reader(browser), []
    for search in SEARCHES:
        n_bytes = opened(reader, f"/runs/{run_id}/boundary{search}")
        start = time.perf_counter()
        opened(reader, f"/runs/{run_id}/boundary{search}")
        found.append((n_bytes, 1e3 * (time.perf_counter() - start)))
    return found


def main() -> int:
    with installed() as (desk, folder):
        browser = signed_in(desk)
        small, large = small_run(desk, folder), small_run(desk, folder)
        for search in ("", "?x=home&y=income"):
            crowd(desk, large, search)
        took = surface_milliseconds(desk, small)
        few, many = pages(desk, browser, small), pages(desk, browser, large)
    print(f"Surface, line and equation: {took:.1f} ms")
    print(f"{'opening the tab':28} {'1,000 rows':>22} {'10,000,000 rows':>22}")
    for search, one, other in zip(SEARCHES, few, many, strict=True):
        print(f"{search or '(usual)':28} {one[0] / 1e3:11.1f} kB {one[1]:5.0f} ms {other[0] / 1e3:11.1f} kB {other[1]:5.0f} ms")
    most = max(n_bytes for n_bytes, _ in (*few, *many))
    met = most <= MOST_BYTES
    print(f"Most: {most / 1e3:.1f} kB; the goal is {MOST_BYTES / 1e3:.0f} kB: {'met' if met else 'MISSED'}.")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
