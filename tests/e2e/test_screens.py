"""Every screen, light and wide, dark and on a phone: no fault, nothing wider than the window or unlabelled; and a picture."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Route, expect

pytestmark = pytest.mark.browser

SCREENS = {
    "home": "/",
    "data-sets": "/data",
    "upload": "/data/new",
    "profile": "/data/{dataset}?column=loan_percent_income",
    "column": "/data/{dataset}/columns/10",
    "relations": "/data/{dataset}/relations",
    "compare": "/data/{dataset}/compare",
    "intake-saved": "/data/{dataset}/intake",
    "samples": "/data/{dataset}/samples",
    "columns": "/data/{dataset}/columns",
    "data-sharing": "/data/{dataset}/sharing",
    "choose": "/runs/new",
    "train": "/runs/new/{dataset}",
    "runs": "/runs",
    "overview": "/runs/{run}",
    "coefficients": "/runs/{run}/coefficients",
    "effects": "/runs/{run}/effects",
    "boundary": "/runs/{run}/boundary",
    "explain": "/runs/{run}/explain",
    "applicant": "/runs/{run}/explain?row=2",
    "wording": "/runs/{run}/wording",
    "approval": "/runs/{run}/approval",
    "desk": "/desk",
    "run-sharing": "/runs/{run}/sharing",
    "jobs": "/jobs",
    "settings": "/settings",
    "missing-run": "/runs/nosuchrun234",
}
WIDER = """() => [...document.querySelectorAll('.sd-main *')]
  .filter((e) => e.getBoundingClientRect().right > window.innerWidth && !e.closest('.sd-table-wrap, .ag-root-wrapper, .sd-tabs'))
  .map((e) => e.outerHTML.slice(0, 120)).slice(0, 5)"""
NAMELESS = """() => [...document.querySelectorAll('button, a, input:not([type=hidden]), select, textarea')]
  .filter((e) => e.offsetParent !== null && !e.closest('.ag-root-wrapper, .dash-dropdown-content, [aria-hidden=true]'))
  .filter((e) => !(e.textContent.trim() || e.getAttribute('aria-label') || e.title || e.placeholder))
  .filter((e) => !(e.labels?.length || e.closest('label')))
  .map((e) => e.outerHTML.slice(0, 200))"""
UNTOLD = """() => [...document.querySelectorAll('.dash-radioitems, .dash-checklist, .ag-root[role]')]
  .filter((e) => !(e.matches('.ag-root')
    ? e.getAttribute('aria-labelledby')
    : !e.matches('[role]') && !e.querySelector('[role]') && (e.querySelectorAll('input').length < 2
      || e.closest('[role=group][aria-label], [role=group][aria-labelledby]'))))
  .map((e) => e.outerHTML.slice(0, 200))"""


@pytest.mark.parametrize(("dark", "width"), [(False, 1440), (True, 390)], ids=["light-1440", "dark-390"])
def test_screens(seats: Callable[..., Any], signed_in: dict[str, Any], trained: dict[str, str], dark: bool, width: int) -> None:
    seat = seats(dark=dark, width=width, height=960 if width > 600 else 844)
    seat.page.context.add_cookies(signed_in["cookies"])
    page = seat.page
    for name, path in SCREENS.items():
        seat.open(path.format(**trained))
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        expect(page.get_by_text("Loading …")).to_have_count(0)
        page.wait_for_load_state("networkidle")
        if page.evaluate("document.documentElement.scrollWidth") > width:
            pytest.fail(f"{name} is wider than the window: {page.evaluate(WIDER)}")
        assert page.evaluate(NAMELESS) == [], name
        page.wait_for_function(f"() => !({UNTOLD})().length")  # what Dash draws is named a frame later
        seat.shot(f"{name}-{'dark' if dark else 'light'}-{width}")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_sign_in_page(seats: Callable[..., Any], dark: bool) -> None:
    seat = seats(dark=dark)
    seat.open("/runs")
    expect(seat.page.get_by_role("button", name="Sign in")).to_be_visible()
    seat.page.get_by_label("Name").fill("analyst")
    seat.page.get_by_label("Password", exact=True).fill("not the password")
    seat.page.get_by_role("button", name="Sign in").click()
    expect(seat.page.get_by_role("alert")).to_contain_text("name or the password")
    seat.shot(f"sign-in-{'dark' if dark else 'light'}")
    seat.faults[:] = [fault for fault in seat.faults if "401" not in fault and "422" not in fault]  # the refusal itself


def test_the_look_changes_without_a_reload(seats: Callable[..., Any], signed_in: dict[str, Any], trained: dict[str, str]) -> None:
    seat = seats()
    seat.page.context.add_cookies(signed_in["cookies"])
    seat.open(f"/runs/{trained['run']}")
    drawing = seat.page.locator(".js-plotly-plot text").first
    drawing.wait_for()
    before = seat.page.locator(".xtick text").first.evaluate("e => e.style.fill")
    seat.page.get_by_role("button", name="Light or dark").click()
    expect(seat.page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    seat.page.wait_for_function(
        "before => document.querySelector('.xtick text') && document.querySelector('.xtick text').style.fill !== before",
        arg=before,
    )


def test_a_timer_waits_for_its_answer(seats: Callable[..., Any], signed_in: dict[str, Any]) -> None:
    """An answer that takes longer than the timer is shown: it is not asked for again meanwhile, or Dash would forget it."""
    seat = seats()
    page = seat.page
    page.context.add_cookies(signed_in["cookies"])
    asked: list[Route] = []

    def hold(route: Route) -> None:
        of_page = '"output":"jobs-body.children"' in (route.request.post_data or "")
        asked.append(route) if of_page else route.continue_()

    page.route("**/_dash-update-component*", hold)
    page.clock.install()
    with page.expect_request(lambda request: '"output":"jobs-body.children"' in (request.post_data or "")):
        seat.open("/jobs")
    page.clock.run_for(10_000)
    expect(page.locator("body.sd-asking")).to_be_visible()
    assert len(asked) == 1
    asked[0].continue_()
    expect(page.locator("#jobs-body")).to_contain_text("waiting")
    expect(page.locator("body.sd-asking")).to_have_count(0)
    page.clock.run_for(2_000)  # and then it goes on
    assert len(asked) > 1
    for route in asked[1:]:
        route.continue_()


def test_keyboard_search_opens_a_run(seats: Callable[..., Any], signed_in: dict[str, Any], trained: dict[str, str]) -> None:
    seat = seats()
    seat.page.context.add_cookies(signed_in["cookies"])
    seat.open("/")
    expect(seat.page.get_by_role("heading", level=1)).to_have_text("Home")
    seat.page.keyboard.press("Control+k")
    seat.page.keyboard.type("no penalty")
    seat.page.get_by_role("link", name="All columns, no penalty Consumer loans").click()
    expect(seat.page.get_by_role("heading", level=1)).to_have_text("All columns, no penalty")
