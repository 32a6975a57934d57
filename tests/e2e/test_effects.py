"""Effects in a browser: another field by its link, another order, the way back, and what is drawn."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from dashapp.usecases.desk import Desk
from tests.e2e.training import trained

pytestmark = pytest.mark.browser

GIVEN = {"target": "creditability", "bad_label": "bad", "features": ["duration_in_month", "credit_amount", "purpose", "housing"]}


@pytest.fixture(scope="module")
def run(analyst_desk: Desk, public_data: Path) -> str:
    path = public_data / "credit" / "german_credit.csv"
    return trained(analyst_desk, path, "German credit, its effects", "Four fields", {**GIVEN, "penalty": "none"})


def test_a_field_is_chosen_by_its_link_and_the_address_keeps_it(
    seats: Callable[..., Any], signed_in: dict[str, Any], run: str
) -> None:
    seat = seats()
    page = seat.page
    page.context.add_cookies(signed_in["cookies"])
    seat.open(f"/runs/{run}/effects")
    chosen = page.locator("#effects-curve-card h2")
    expect(page.locator("#effects-list h2")).to_contain_text("matters most")
    page.get_by_role("link", name="Credit amount", exact=True).click()
    page.wait_for_url("**?field=credit_amount")
    expect(chosen).to_contain_text("As credit amount goes from")
    expect(page.locator("#effects-curve .annotation-text", has_text="straight line")).to_be_visible()
    page.locator("#effects-list").get_by_role("link", name="Share", exact=True).click()
    page.wait_for_url("**&by=share")
    expect(page.locator("#effects-list h2")).to_contain_text("of the variance of the log-odds")
    page.get_by_role("link", name="Per own unit").click()
    expect(page.locator("#effects-ratios-card .sd-meta")).to_contain_text("per unit of the field")

    page.go_back()
    page.go_back()
    expect(page.locator("#effects-list h2")).to_contain_text("shuffled, the AUC falls")
    expect(chosen).to_contain_text("As credit amount goes from")
    page.get_by_role("link", name="Housing", exact=True).focus()
    page.keyboard.press("Enter")
    expect(chosen).to_contain_text("Housing: the probability of bad goes from")
    bar = page.locator("#effects-list tr.selected .sd-effects-bar")
    drawn = bar.evaluate("bar => parseFloat(getComputedStyle(bar, '::before').width)")
    assert 2 <= drawn <= bar.bounding_box()["width"]
