"""A running Scoredesk with its worker, and browsers that note every console error and every request to another host."""

import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pandas  # noqa: F401 - before any thread: half loaded by one, it breaks the answer that another writes (see dashapp.lean)
import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright
from werkzeug.serving import make_server

from dashapp.app import create_app
from dashapp.settings import Settings
from dashapp.usecases import accounts, runs
from dashapp.usecases.desk import Desk, Person
from db import users
from db.engine import Database
from tests.dashapp.uploading import upload

PASSWORD = "correct horse battery"
PEOPLE = {"analyst": "Analyst", "colleague": "Second analyst", "stranger": "Third analyst"}
SHOTS = Path(os.environ.get("SCOREDESK_SCREENSHOTS", "test-output/screenshots"))


@dataclass(frozen=True)
class Site:
    """The address of the running application, and its database."""

    url: str
    db: Database
    settings: Settings


@pytest.fixture(scope="session", autouse=True)
def quiet_server() -> None:
    """A line for each request would bury what a failed test says."""
    logging.getLogger("werkzeug").setLevel(logging.WARNING)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    url = f"sqlite:///{tmp_path_factory.mktemp('site') / 'scoredesk.sqlite'}"
    settings = Settings(database_url=url, secret="0123456789" * 4, https=False)
    db = Database(url)
    db.migrate()
    for name, display_name in PEOPLE.items():
        accounts.add_person(db, name=name, display_name=display_name, role="analyst", password=PASSWORD)
    server = make_server("127.0.0.1", 0, create_app(settings, db).server, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    environment = {**os.environ, "SCOREDESK_DATABASE_URL": url, "SCOREDESK_SECRET": settings.secret, "SCOREDESK_JOB_WORKERS": "1"}
    worker = subprocess.Popen([sys.executable, "-m", "dashapp", "worker"], env=environment)
    yield Site(f"http://127.0.0.1:{server.server_port}", db, settings)
    worker.terminate()
    worker.wait(30)
    server.shutdown()
    thread.join()
    server.server_close()
    db.dispose()


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    expect.set_options(timeout=20_000)  # a busy machine is no fault of the page
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-background-networking"])
        yield started
        started.close()


@dataclass
class Seat:
    """One person at one browser, and what went wrong there."""

    page: Page
    site: Site
    faults: list[str] = field(default_factory=list)

    def open(self, path: str) -> None:
        self.page.goto(self.site.url + path)

    def sign_in(self, name: str) -> None:
        self.open("/sign-in")
        self.page.get_by_label("Name").fill(name)
        self.page.get_by_label("Password", exact=True).fill(PASSWORD)
        self.page.get_by_role("button", name="Sign in").click()
        self.page.get_by_role("heading", level=1).wait_for()

    def shot(self, name: str, *, full: bool = True) -> None:
        SHOTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=SHOTS / f"{name}.png", full_page=full)


@pytest.fixture(scope="session")
def idle_seats() -> list[Seat]:
    """Browsers that no test sits at: one that has read the scripts before opens the next screen sooner."""
    return []


@pytest.fixture
def seats(browser: Browser, site: Site, idle_seats: list[Seat]) -> Iterator[Callable[..., Seat]]:
    """Gives browsers with nothing in them; at the end of the test none of them may have seen a fault."""
    taken: list[Seat] = []

    def take(*, dark: bool = False, width: int = 1440, height: int = 960) -> Seat:
        seat = idle_seats.pop() if idle_seats else _new_seat(browser, site)
        taken.append(seat)
        seat.page.set_viewport_size({"width": width, "height": height})
        seat.page.emulate_media(color_scheme="dark" if dark else "light")
        return seat

    yield take
    faults = [fault for seat in taken for fault in seat.faults]
    for seat in taken:
        if seat.page.is_closed() or faults:
            seat.page.context.close()
        else:
            _empty(seat)
            idle_seats.append(seat)
    assert faults == []


def _new_seat(browser: Browser, site: Site) -> Seat:
    context = browser.new_context(reduced_motion="reduce")
    context.set_default_timeout(20_000)
    seat = Seat(context.new_page(), site)
    page = seat.page
    page.on("console", lambda message: _note(message, seat))
    page.on("pageerror", lambda error: seat.faults.append(str(error)))
    page.on("request", lambda request: _own_host(request.url, seat))
    page.on("response", lambda answer: seat.faults.append(f"{answer.status} {answer.url}") if answer.status >= 500 else None)
    return seat


def _empty(seat: Seat) -> None:
    """Nothing of one test stays for the next: no cookie, nothing stored, no permission, no intercepted request."""
    page = seat.page
    page.unroute_all()
    page.goto("about:blank")  # or the page asks on without its cookie, is told 401, and loads itself anew into the way below
    page.context.clear_cookies()
    seat.open("/sign-in")  # of the same origin, and with an icon: where there is none the browser asks for one, and is told 404
    page.evaluate("localStorage.clear(); sessionStorage.clear()")
    page.emulate_media(media="null")
    page.context.clear_cookies()
    page.context.clear_permissions()
    seat.faults.clear()  # of what was still under way when the page was left


# What Dash and its table say of a page that was left a moment ago: a request broken off, the chosen rows
# of a table that is gone. What a server answers wrongly is seen by the answers themselves.
_OF_A_PAGE_LEFT = (
    "Callback failed: the server did not respond",
    "AG Grid: warning #26",
)


def _note(message: ConsoleMessage, seat: Seat) -> None:
    if any(one in message.text for one in _OF_A_PAGE_LEFT):
        return
    if message.type in {"error", "warning"}:
        seat.faults.append(f"{message.text} ({message.location['url']})")


def _own_host(url: str, seat: Seat) -> None:
    parts = urlsplit(url)
    if parts.scheme in {"http", "https", "ws", "wss"} and parts.hostname != "127.0.0.1":
        seat.faults.append(f"request to another host: {url}")


def desk_of(site: Site, name: str) -> Desk:
    """What a use case is called with by this person."""
    with site.db.read() as session:
        user = users.by_name(session, name)
        assert user is not None
        return Desk(db=site.db, settings=site.settings, user=Person(user.id, user.name, user.display_name, user.role))


@pytest.fixture(scope="session")
def analyst_desk(site: Site) -> Desk:
    return desk_of(site, "analyst")


@pytest.fixture(scope="session")
def trained(analyst_desk: Desk, public_data: Path) -> dict[str, str]:
    """A real data set with one finished run of the analyst's."""
    desk = analyst_desk
    path = public_data / "credit" / "credit_risk_dataset.csv"
    dataset = upload(desk, path, name="Consumer loans")
    given = {"target": "loan_status", "bad_label": "1", "penalty": "none", "folds": 5}
    run = runs.start(desk, dataset, "All columns, no penalty", given)
    until = time.monotonic() + 90
    while runs.get(desk, run).state != "succeeded":
        assert time.monotonic() < until, runs.get(desk, run).error
        time.sleep(0.3)
    return {"dataset": dataset, "run": run}


@pytest.fixture(scope="session")
def signed_in(site: Site, browser: Browser) -> dict[str, Any]:
    """The cookies of a signed-in analyst, so that each screen does not sign in anew."""
    page = browser.new_page()
    page.goto(site.url + "/sign-in")
    page.get_by_label("Name").fill("analyst")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", level=1).wait_for()
    state = dict(page.context.storage_state())
    page.context.close()
    return state


@pytest.fixture
def seat(seats: Callable[..., Seat], signed_in: dict[str, Any]) -> Seat:
    """The analyst's, signed in."""
    made = seats()
    made.page.context.add_cookies(signed_in["cookies"])
    return made
