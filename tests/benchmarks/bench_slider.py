"""A move of the cut-off's slider on Threshold and Tune, in Chromium: milliseconds of the page's own work, and requests meanwhile.

A move is all that the script does for it: figures, tables, titles and the marks in the pictures. On Threshold also with the
result of 10,000,000 rows and more, every curve as long as it may be. Goal: a median below 20 ms (50 moves a second), no request.
"""

import logging
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from installation import installed
from playwright.sync_api import Page, sync_playwright
from werkzeug.serving import make_server

from dashapp.app import create_app
from dashapp.usecases import tuning
from dashapp.usecases.desk import Desk
from db import leases
from tests.dashapp.conftest import PASSWORD
from tests.dashapp.payload_pages import enlarge, small_run

CHROMIUM = os.environ.get("SCOREDESK_TEST_CHROMIUM", "/usr/bin/chromium")
MOVES = 300
GOAL = 20.0


@contextmanager
def served(desk: Desk) -> Iterator[str]:
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    server = make_server("127.0.0.1", 0, create_app(desk.settings, desk.db).server, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def tuned(desk: Desk, run: str) -> None:
    """Computes the path that the Tune tab shows."""
    tuning.start(desk, run, {})
    with desk.db.write() as session:
        (job,) = leases.claim(session, claimed_by="bench", lease_seconds=60, limit=1)
        job_id, attempt = job.id, job.attempt
    tuning.execute(desk.db, job_id, attempt, desk.settings)


def dragged(page: Page, address: str, script: str) -> tuple[list[float], int]:
    """Milliseconds of each move that was drawn, and the requests while the slider was held."""
    page.goto(address)
    page.locator("#threshold-matrix .cell b, #tune-table tbody tr").first.wait_for()
    page.wait_for_load_state("networkidle")
    slider = page.get_by_role("slider", name="Cut-off")
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    assert box is not None
    asked: list[Any] = []
    page.on("request", lambda request: asked.append(request) if "shell-job-ring" not in (request.post_data or "") else None)
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] / 2, middle)
    page.mouse.down()
    page.evaluate(f"window.{script}.milliseconds.length = 0")
    for step in range(MOVES):
        page.mouse.move(box["x"] + box["width"] * (0.1 + 0.8 * (step * 7 % MOVES) / MOVES), middle)
    page.wait_for_timeout(100)
    taken = page.evaluate(f"window.{script}.milliseconds")
    n_asked = len(asked)
    page.mouse.up()
    return taken, n_asked


def told(what: str, taken: list[float], asked: int) -> bool:
    good = len(taken) > MOVES // 10 and median(taken) < GOAL and not asked
    slow = quantiles(taken, n=20)[-1] if len(taken) > 1 else float("nan")
    print(
        f"{what:34} median {median(taken or [float('nan')]):5.1f} ms, 95th percentile {slow:5.1f} ms of {len(taken)} moves, "
        f"{asked} requests: {'met' if good else 'MISSED'}",
        flush=True,
    )
    return good


def main() -> int:
    if not Path(CHROMIUM).exists():
        print("Skipped: needs Chromium; apt-get install chromium, or set SCOREDESK_TEST_CHROMIUM to its path.")
        return 0
    with installed() as (desk, folder), served(desk) as url, sync_playwright() as playwright:
        run = small_run(desk, folder)
        tuned(desk, run)
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-background-networking"])
        context = chromium.new_context(viewport={"width": 1440, "height": 960}, reduced_motion="reduce")
        page = context.new_page()
        page.goto(f"{url}/sign-in")
        page.get_by_label("Name").fill("analyst")
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.get_by_role("heading", level=1).wait_for()
        tune, threshold = (f"{url}/runs/{run}/{tab}" for tab in ("tune", "threshold"))
        good = [told("Tune, 1,000 rows", *dragged(page, tune, "scoredeskTune"))]
        good.append(told("Threshold, 1,000 rows", *dragged(page, threshold, "scoredeskThreshold")))
        enlarge(desk, run)
        good.append(told("Threshold, 10,000,000 rows", *dragged(context.new_page(), threshold, "scoredeskThreshold")))
        chromium.close()
    print(f"The goal is a median below {GOAL:.0f} ms, and no request.")
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
