"""Calibration in a browser: other rows, another scaling and the way back, a recalibration beside its base."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from dashapp.usecases.desk import Desk
from tests.e2e.training import done, trained

pytestmark = pytest.mark.browser

GIVEN = {"target": "creditability", "bad_label": "bad", "C": 0.002, "validation_share": 0.3, "test_share": 0.3, "cutoff": 0.3}


@pytest.fixture(scope="module")
def run(analyst_desk: Desk, public_data: Path) -> str:
    """German credit with a penalty that pulls the chances together."""
    path = public_data / "credit" / "german_credit.csv"
    return trained(analyst_desk, path, "German credit, to recalibrate", "Pulled together", GIVEN)


def test_from_a_slope_that_is_wrong_to_one_that_is_right(
    seats: Callable[..., Any], signed_in: dict[str, Any], analyst_desk: Desk, run: str
) -> None:
    seat = seats()
    page = seat.page
    page.context.add_cookies(signed_in["cookies"])
    seat.open(f"/runs/{run}/calibration")
    expect(page.locator("#calibration-reliability-card h2")).to_contain_text("the chances are too close together")
    page.locator("#calibration-part").get_by_text("Training").click()
    expect(page.locator("#calibration-judged")).to_contain_text("The model was fitted to the training rows")
    page.wait_for_url("**?part=training&*")

    pdo = page.get_by_label("PDO")
    pdo.fill("none")
    pdo.press("Enter")
    expect(page.locator("#calibration-pdo-problem")).to_contain_text("give points")
    pdo.fill("40")
    pdo.press("Tab")
    expect(page.locator("#calibration-points")).to_contain_text("57.7078")
    expect(page.get_by_role("textbox", name="Band")).to_be_focused()
    page.wait_for_url("**&pdo=40")
    page.go_back()
    expect(page.locator("#calibration-points")).to_contain_text("28.8539")
    expect(pdo).to_have_value("20")
    page.go_forward()
    expect(page.locator("#calibration-points")).to_contain_text("57.7078")
    page.reload()
    expect(page.locator("#calibration-points")).to_contain_text("57.7078")
    with page.expect_download() as download:
        page.locator("#calibration-bands").get_by_role("link", name="Download the table (CSV)").click()
    assert download.value.path().read_text("utf-8-sig").startswith("points_from,")

    page.get_by_label("Name of the new run").fill("Moved")
    page.get_by_role("button", name="Recalibrate").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Moved")
    made = page.url.rsplit("/", 1)[-1]
    done(analyst_desk, made)
    seat.open(f"/runs/{made}/calibration")
    expect(page.get_by_role("heading", name="The calibration slope went from")).to_be_visible()
    page.get_by_role("link", name="Pulled together").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Pulled together")
