"""Explain in a browser: a missed bad is found and opened, the reference is changed, a slider moves the score, a link keeps it."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Request, Route, expect

from dashapp.usecases.desk import Desk
from tests.e2e.training import trained

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def run(analyst_desk: Desk, public_data: Path) -> str:
    path = public_data / "credit" / "german_credit.csv"
    given = {"target": "creditability", "bad_label": "bad", "cutoff": 0.3}
    return trained(analyst_desk, path, "German credit, to explain", "To explain", given)


def refers(request: Request) -> bool:
    """Whether it asks for the account against another reference."""
    return '"output":"..explain-switch.children' in (request.post_data or "")


def test_a_missed_bad_is_found_explained_and_changed(seats: Callable[..., Any], signed_in: dict[str, Any], run: str) -> None:
    seat = seats()
    page = seat.page
    page.context.add_cookies(signed_in["cookies"])
    seat.open(f"/runs/{run}/explain")
    following = page.get_by_role("link", name="Next")
    following.press("Enter")
    page.wait_for_url("**page=2")
    expect(page.get_by_text("Page 2 of 15")).to_be_visible()
    expect(following).to_be_focused()  # the keyboard goes on from where it was
    page.locator("#explain-error").click()
    page.get_by_text("Bads that were approved").click()
    page.wait_for_url("**error=missed_bads")
    rows = page.locator(".sd-table tbody tr")
    expect(page.get_by_text("300 of 300 held-out rows")).to_have_count(0)
    expect(rows.first).to_contain_text("approved")
    page.locator(".sd-table tbody th a").first.click()
    page.wait_for_url("**&row=*")
    expect(page.locator(".sd-explain-truth")).to_contain_text("a missed bad")

    page.get_by_text("fields as a table").click()  # made as it is opened
    start = page.locator("#explain-exact-card .sd-account tbody tr").first
    expect(start).to_contain_text("the average applicant")
    page.locator("#explain-reference").click()
    page.get_by_text("The average good").click()
    page.wait_for_url("**&reference=good")
    expect(page.locator("#explain-exact-card h2")).to_contain_text("the average good")
    expect(start).to_have_count(0)  # it was of another reference
    page.get_by_text("fields as a table").click()
    expect(start).to_contain_text("the average good")

    score = page.locator("#explain-score .sd-kpi-value").first
    before = score.inner_text()
    slider = page.get_by_role("slider", name=re.compile("duration", re.IGNORECASE))
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 4, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.9, box["y"] + box["height"] / 2, steps=12)
    page.mouse.up()
    expect(score).not_to_have_text(before)
    expect(page.locator("#explain-changed")).to_have_text("1 value is changed")
    expect(page.locator("#explain-moved-card h2")).to_contain_text("The score goes from")
    page.wait_for_url("**&set=*")
    moved = score.inner_text()
    slider.press("ArrowLeft")  # the keyboard moves it by a step
    expect(score).not_to_have_text(moved)
    moved = score.inner_text()
    link = page.url
    page.wait_for_function("link => window.location.href !== link", arg=link)

    page.reload()  # what the link keeps
    expect(page.locator("#explain-changed")).to_have_text("1 value is changed")
    expect(score).to_have_text(moved)
    page.get_by_role("button", name="Reset").click()
    expect(score).to_have_text(before)
    slider.press("End")
    expect(score).not_to_have_text(before)
    page.locator(".sd-explain-was:visible").click()  # one value alone
    expect(score).to_have_text(before)

    held: list[Route] = []  # a choice that is answered when its page has been left
    page.route("**/_dash-update-component*", lambda route: held.append(route) if refers(route.request) else route.continue_())
    page.locator("#explain-reference").click()
    with page.expect_request(refers):
        page.get_by_text("A chosen applicant").click()
    page.get_by_role("link", name="Segments", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Segments")
    with page.expect_response(lambda answer: refers(answer.request)):
        held[0].continue_()
    page.unroute_all()
    page.get_by_role("link", name="Overview", exact=True).click()
    expect(page.get_by_role("heading", level=1)).not_to_contain_text("Segments")
    page.go_back()
    page.wait_for_url(f"**/runs/{run}/segments")  # with nothing of Explain's

    page.go_back()
    page.get_by_role("link", name="All applicants").first.click()
    page.wait_for_url("**/explain?error=missed_bads")
    expect(rows.first).to_contain_text("approved")
