"""Two fields of a run in a browser: another axis, what the log-odds under the pointer are made of, the two fields alone."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Request, Route, expect

from dashapp.usecases.desk import Desk
from tests.e2e.training import trained

pytestmark = pytest.mark.browser

GIVEN = {
    "target": "creditability",
    "bad_label": "bad",
    "cutoff": 0.3,
    "features": ["duration_in_month", "credit_amount", "age_in_years", "purpose"],
    "interactions": [["duration_in_month", "credit_amount"]],
}


@pytest.fixture(scope="module")
def run(analyst_desk: Desk, public_data: Path) -> str:
    """German credit with a product of two numbers."""
    path = public_data / "credit" / "german_credit.csv"
    return trained(analyst_desk, path, "German credit, two fields", "With a product", GIVEN)


def fills(request: Request) -> bool:
    """Whether it asks for the page anew."""
    return '"output":"..boundary-head.children' in (request.post_data or "")


def test_the_parts_under_the_pointer_another_axis_and_the_two_alone(
    seats: Callable[..., Any], signed_in: dict[str, Any], run: str
) -> None:
    seat = seats()
    page = seat.page
    page.context.add_cookies(signed_in["cookies"])
    seat.open(f"/runs/{run}/boundary?x=duration_in_month&y=credit_amount")
    readout = page.locator("#boundary-readout")
    expect(readout).to_contain_text("Point at the picture")
    box = page.locator("#boundary-figure .nsewdrag").bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.7, box["y"] + box["height"] * 0.2)
    expect(readout).to_contain_text("for the two together")
    said = readout.inner_text()
    parts = re.search(r"log-odds (−?[\d.]+) = (−?[\d.]+) as held (.*); probability (\d+)%", said)
    assert parts, said
    total, constant = (float(text.replace("−", "-")) for text in parts.groups()[:2])
    added = [float(text.replace("− ", "-").replace("+ ", "")) for text in re.findall(r"[+−] [\d.]+", parts[3])]
    assert len(added) == 3
    assert abs(constant + sum(added) - total) < 1e-9
    assert abs(100 / (1 + 2.718281828**-total) - int(parts[4])) < 1.5

    page.locator("#boundary-figure-card .sd-figure").focus()
    page.keyboard.press("ArrowUp")  # from the middle, without the pointer
    expect(readout).not_to_contain_text(said)
    expect(readout).to_contain_text("for the two together")

    held: list[Route] = []
    page.route("**/_dash-update-component*", lambda route: held.append(route) if fills(route.request) else route.continue_())
    page.locator("#boundary-x").click()
    with page.expect_request(fills):
        page.get_by_role("option", name="Purpose").click()
    page.wait_for_url("**x=purpose**")
    page.get_by_text("Whole", exact=True).click()  # chosen while the answer with the other axis is under way
    held[0].continue_()
    page.unroute_all()
    page.wait_for_url("**x=purpose**range=whole**")
    expect(page.get_by_role("radio", name="Whole")).to_be_checked()
    expect(page.locator("#boundary-figure-card h2")).to_contain_text("At purpose")
    expect(page.locator("#boundary-figure .xtick text").first).to_be_visible()
    page.get_by_role("link", name="Train on these two alone").click()
    expect(page.locator("#boundary-two-figure-card h2")).to_contain_text("These two fields alone reach AUC")
    page.go_back()
    expect(page.locator("#boundary-two-figure-card")).to_have_count(0)
