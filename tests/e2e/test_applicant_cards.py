"""An applicant's cards on a phone: reasons are copied for the letter, and the figure that is seen gives its data."""

import csv
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_a_phone_copies_the_reasons_and_saves_the_figure_that_it_shows(
    seats: Callable[..., Any], signed_in: dict[str, Any], trained: dict[str, str]
) -> None:
    seat = seats(width=390, height=844)
    page = seat.page
    page.context.add_cookies(signed_in["cookies"])
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    seat.open(f"/runs/{trained['run']}/explain?row=1")
    button = page.get_by_role("button", name="Copy for the letter")
    button.click()
    expect(button.locator(".bi-check-lg")).to_be_visible()
    reasons = page.locator(".sd-reason-title").all_inner_texts()
    copied = page.evaluate("navigator.clipboard.readText()").splitlines()
    assert copied[0] == "Principal reasons:"
    assert len(copied) == len(reasons) + 1
    assert all(line.startswith(f"{at}. {said}") for at, (line, said) in enumerate(zip(copied[1:], reasons, strict=True), start=1))

    card = page.locator("#explain-exact-card")
    expect(card.locator(".sd-narrow-only .main-svg").first).to_be_visible()
    expect(card.locator(".sd-wide-only")).to_be_hidden()
    drawn = card.locator(".sd-narrow-only .js-plotly-plot")
    assert abs(drawn.bounding_box()["width"] - card.bounding_box()["width"]) < 60
    card.get_by_label("Download").click()
    with page.expect_download() as saved:
        card.get_by_role("button", name="Its data (CSV)").click()
    told = list(csv.DictReader(saved.value.path().read_text(encoding="utf-8-sig").splitlines()))
    rows = [row for row in told if row["series"] == "contribution"]
    assert (len(rows), len(told)) == (11, 14)  # the others are where the reference, the cut-off and the score stand
    assert all(":" in row["y"] for row in rows[:10])
    assert sum(float(row["x"]) for row in rows) == pytest.approx(
        drawn.evaluate("one => one.data[0].x.reduce((a, b) => a + b, 0)")
    )
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
