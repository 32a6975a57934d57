"""Segments in a browser: the address follows the choices and leads back to them, and what is searched and noted is there."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from dashapp.usecases import runs
from dashapp.usecases.desk import Desk
from tests.dashapp.uploading import upload
from tests.e2e.conftest import Site
from tests.e2e.test_tune import trained_run

pytestmark = pytest.mark.browser

GIVEN = {"target": "creditability", "bad_label": "bad", "cutoff": 0.3}


@pytest.fixture(scope="module")
def run(analyst_desk: Desk, public_data: Any) -> str:
    """German credit, trained."""
    dataset = upload(analyst_desk, public_data / "credit" / "german_credit.csv", name="German credit, by groups")
    return trained_run(analyst_desk, runs.start(analyst_desk, dataset, "By groups", GIVEN))


def opened(seat: Any, signed_in: dict[str, Any], path: str) -> Any:
    seat.page.context.add_cookies(signed_in["cookies"])
    seat.open(path)
    return seat


def figure(page: Any) -> Any:
    return page.locator("#segments-figure-card")


def choose(page: Any, control: str, option: str) -> None:
    page.locator(f"#{control}").click()
    page.get_by_role("option", name=option, exact=True).first.click()
    page.keyboard.press("Escape")


def test_groups_cutoff_and_reference_are_in_the_address(
    seats: Callable[..., Any], signed_in: dict[str, Any], run: str, site: Site
) -> None:
    page = opened(seats(), signed_in, f"/runs/{run}/segments?by=housing").page
    expect(figure(page).get_by_text("300 held-out rows")).to_be_visible()
    expect(figure(page).get_by_text("cut-off 0.30", exact=False).first).to_be_visible()
    page.locator(".sd-segments-add").click()
    page.locator(".sd-segments-columns").get_by_role("link", name=re.compile("^purpose")).click()
    expect(page).to_have_url(re.compile(r"by=housing&by=purpose"))
    expect(page.locator(".sd-segments-chip")).to_have_count(2)
    expect(figure(page).locator(".js-plotly-plot")).to_contain_text("purpose")
    page.get_by_label("Cut-off", exact=True).fill("0.4")
    page.keyboard.press("Tab")
    expect(page).to_have_url(re.compile("cutoff=0.4"))
    expect(figure(page).get_by_text("cut-off 0.40", exact=False).first).to_be_visible()
    choose(page, "segments-beside", "AUC area under the ROC curve")
    expect(page).to_have_url(re.compile("beside=auc"))
    expect(figure(page).locator(".js-plotly-plot")).to_contain_text("AUC")
    page.get_by_label("Cut-off", exact=True).fill("7")
    page.keyboard.press("Tab")
    expect(page.get_by_text("Give a number from 0 to 1, such as 0.25.")).to_be_visible()
    page.go_back()
    expect(page).not_to_have_url(re.compile("beside=auc"))
    expect(figure(page).locator(".js-plotly-plot")).to_contain_text("Bads approved")
    page.get_by_title("Remove housing").click()
    expect(page.locator(".sd-segments-chip")).to_have_count(1)
    with page.expect_download() as saved:
        page.get_by_role("link", name="Export CSV").click()
    text = saved.value.path().read_text(encoding="utf-8-sig")
    assert text.splitlines()[1].startswith(",all rows,held_out,0.4,300,")


def test_crossing_searching_and_a_reason(
    seats: Callable[..., Any], signed_in: dict[str, Any], run: str, analyst_desk: Desk
) -> None:
    seat = opened(seats(), signed_in, f"/runs/{run}/segments?by=housing")
    page = seat.page
    page.locator(".sd-segments-add").click()
    page.get_by_role("button", name="Cross two or three columns").click()
    page.locator("#segments-cross-columns").click()
    for name in ("housing", "foreign_worker"):
        page.get_by_role("option", name=name, exact=True).click()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Add the groups").click()
    expect(page).to_have_url(re.compile(r"by=housing%2Aforeign_worker"))
    expect(figure(page).locator(".js-plotly-plot")).to_contain_text("housing × foreign_worker")
    found = page.locator("#segments-found")
    expect(found.get_by_text(re.compile("segments of one and two of")).first).to_be_visible()
    page.get_by_label("Cut-off", exact=True).fill("0.25")
    page.keyboard.press("Tab")
    found.get_by_role("button", name="Search at 0.25").click()
    expect(found.get_by_text("At cut-off 0.25", exact=False)).to_be_visible()
    own = page.locator('input[id*="segment-cutoff"]').first
    own.fill("0.6")
    page.keyboard.press("Tab")
    expect(page.locator("#segments-own-all").get_by_text("before → with these cut-offs", exact=False)).to_be_visible()
    page.get_by_role("button", name="Note a reason").click()
    page.get_by_label("Why these groups differ").fill("Tenants are younger here.")
    page.get_by_role("button", name="Add to the note").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert "Tenants are younger here." in runs.get(analyst_desk, run).note
    seat.shot("segments")


def test_dark_on_a_phone(seats: Callable[..., Any], signed_in: dict[str, Any], run: str) -> None:
    seat = opened(seats(dark=True, width=390), signed_in, f"/runs/{run}/segments")
    page = seat.page
    expect(figure(page).locator(".js-plotly-plot .main-svg").first).to_be_visible()
    expect(page.locator("#segments-found").get_by_text(re.compile("looked at")).first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    seat.shot("segments-dark-390")
