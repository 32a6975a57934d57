"""A score that the data holds, from the training form to a run with every tab, and beside a trained run."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from dashapp.usecases import runs
from dashapp.usecases.desk import Desk

pytestmark = pytest.mark.browser

TABS = ("Threshold", "Calibration", "Segments", "Monitor", "Approval", "Sharing")


@pytest.fixture
def page(seats: Callable[..., Any], signed_in: dict[str, Any], trained: dict[str, str]) -> Page:
    seat = seats()
    seat.page.context.add_cookies(signed_in["cookies"])
    seat.open(f"/runs/new/{trained['dataset']}")
    # Left before it is built, the form's grid complains of itself in the console.
    expect(seat.page.locator(".ag-row").first).to_be_visible()
    seat.page.wait_for_load_state("networkidle")
    seat.page.get_by_role("link", name="Evaluate a score that the data holds").click()
    expect(seat.page.get_by_role("heading", level=1)).to_have_text("Evaluate a score in Consumer loans")
    found: Page = seat.page
    return found


def choose(page: Page, column: str) -> None:
    page.locator("#score-option-column").click()
    page.get_by_role("option", name=column).click()
    page.keyboard.press("Escape")


def answer(page: Page, question: str, word: str) -> None:
    page.locator(f"#score-option-{question}").get_by_text(word).click()


def test_what_is_not_said_is_asked_and_what_is_wrong_stands_at_its_field(page: Page) -> None:
    start = page.get_by_role("button", name="Evaluate")
    expect(page.get_by_text("Still to be said")).to_be_visible()
    expect(start).to_be_disabled()
    choose(page, "loan_int_rate")
    expect(page.get_by_text("What a higher score means and whether it is a probability.")).to_be_visible()
    expect(page.get_by_label("Name of the run")).to_have_attribute("placeholder", "loan_int_rate as it is")
    answer(page, "higher_is", "More risk")
    answer(page, "is_probability", "Yes, from 0 to 1")
    expect(page.locator("#score-option-is_probability-problem")).to_contain_text("a probability lies between 0 and 1")
    expect(start).to_be_disabled()
    answer(page, "is_probability", "No, another scale")
    expect(page.locator("#score-option-is_probability-problem")).to_be_empty()
    page.get_by_label("Cut-off to begin with").fill("99")
    expect(page.locator("#score-option-cutoff-problem")).to_contain_text("99 is beyond the scores")
    page.get_by_label("Cut-off to begin with").fill("")
    expect(start).to_be_enabled()
    expect(page.get_by_label("Date or group column")).to_be_hidden()
    page.locator("#score-option-split").get_by_text("Whole groups").click()
    expect(page.get_by_label("Date or group column")).to_be_visible()


def test_a_score_becomes_a_run_with_every_tab_and_is_compared(page: Page, analyst_desk: Desk, trained: dict[str, str]) -> None:
    choose(page, "loan_int_rate")
    answer(page, "higher_is", "More risk")
    answer(page, "is_probability", "No, another scale")
    page.get_by_role("button", name="Evaluate").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("loan_int_rate as it is")
    expect(page.get_by_text("higher is worse")).to_be_visible()
    expect(page.get_by_role("heading", name="What it is worth")).to_be_visible()
    expect(page.get_by_text("rows to train")).to_have_count(0)
    bar = page.get_by_role("navigation", name="Parts of the run")
    expect(bar.get_by_role("link")).to_have_text(["Overview", *TABS])
    for tab in TABS:
        bar.get_by_role("link", name=tab, exact=True).click()
        expect(page.get_by_role("heading", level=1)).to_have_text(f"{tab}: loan_int_rate as it is")
        expect(page.get_by_text("Something went wrong")).to_have_count(0)
    page.goto(page.url.replace("/sharing", "/coefficients"))
    expect(page.get_by_role("heading", name="No coefficients")).to_be_visible()
    page.goto(page.url.replace("/coefficients", "/tune"))
    expect(page.get_by_role("heading", name="There is nothing to tune")).to_be_visible()
    score = next(card.id for card in runs.visible(analyst_desk) if card.origin.kind == "score")
    page.goto(f"{page.url.split('/runs/')[0]}/compare?runs={trained['run']},{score}")
    expect(page.get_by_role("heading", name="Compare", level=1)).to_be_visible()
    expect(page.get_by_text("loan_int_rate as it is").first).to_be_visible()
    expect(page.get_by_text("Something went wrong")).to_have_count(0)
