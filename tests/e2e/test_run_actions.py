"""What an owner does with a run: name it, note something, delete it and take that back, cancel it, share it and end that."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from dashapp.usecases import runs, sharing
from dashapp.usecases.desk import Desk

pytestmark = pytest.mark.browser


@pytest.fixture
def page(seats: Callable[..., Any], signed_in: dict[str, Any], trained: dict[str, str]) -> Any:
    seat = seats()
    seat.page.context.add_cookies(signed_in["cookies"])
    seat.open(f"/runs/{trained['run']}")
    expect(seat.page.get_by_role("heading", level=1)).to_have_text("All columns, no penalty")
    return seat.page


def more(page: Any, action: str) -> None:
    page.locator("summary", has_text="More").click()
    page.get_by_role("button", name=action).click()


def test_name_and_note(page: Any) -> None:
    more(page, "Edit name and note")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("Name")).to_have_value("All columns, no penalty")
    dialog.get_by_label("Name").fill("  ")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_role("alert")).to_contain_text("at least one character")
    dialog.get_by_label("Name").fill("Named anew")
    dialog.get_by_label("Note").fill("Looked at with care.")
    dialog.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Named anew")
    expect(page.get_by_text("Looked at with care.")).to_be_visible()
    more(page, "Edit name and note")
    dialog.get_by_label("Name").fill("All columns, no penalty")
    dialog.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("All columns, no penalty")


def test_delete_and_undo(page: Any, trained: dict[str, str]) -> None:
    more(page, "Delete")
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    page.wait_for_url("**/runs?deleted=*")
    expect(page.get_by_text("The run was deleted")).to_be_visible()
    expect(page.get_by_role("link", name="All columns, no penalty")).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("link", name="All columns, no penalty")).to_be_visible()


def test_cancel_from_the_runs_own_page(page: Any, analyst_desk: Desk, trained: dict[str, str]) -> None:
    given = {"target": "loan_status", "bad_label": "1", "folds": 50, "features": ["loan_amnt", "loan_grade"]}
    run = runs.start(analyst_desk, trained["dataset"], "To be cancelled", given)
    page.goto(re.sub(r"/runs/.*", f"/runs/{run}", page.url))
    page.get_by_role("button", name="Cancel To be cancelled").click()
    expect(page.get_by_text("The training was cancelled")).to_be_visible()
    assert runs.get(analyst_desk, run).state == "cancelled"
    page.get_by_role("link", name="Change the options").click()
    expect(page.get_by_label("Name of the run")).to_have_value("To be cancelled, again")
    expect(page.get_by_label("Cross-validation folds")).to_have_value("50")
    expect(page.locator("dt", has_text="Features").locator("+ dd")).to_have_text("2")


def test_taking_a_share_back(page: Any, analyst_desk: Desk, trained: dict[str, str]) -> None:
    sharing.share(analyst_desk, "run", trained["run"], "stranger")
    page.get_by_role("link", name="Sharing").click()
    expect(page.get_by_text("Third analyst")).to_be_visible()
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_text("Third analyst")).to_have_count(0)
    assert sharing.access(analyst_desk, "run", trained["run"]).with_people == ()


def test_a_wrong_option_is_told_at_its_field(page: Any, trained: dict[str, str]) -> None:
    page.goto(re.sub(r"/runs/.*", f"/runs/new/{trained['dataset']}", page.url))
    expect(page.get_by_text("Rows to train")).to_be_visible()
    page.get_by_label("Held-out share").fill("2")
    expect(page.locator("#train-option-test_share-problem")).to_contain_text("out of range; from 0 to 0.9")
    expect(page.get_by_role("button", name="Train", exact=True)).to_be_disabled()
    page.get_by_label("Held-out share").fill("0.5")
    expect(page.get_by_role("button", name="Train", exact=True)).to_be_enabled()
    expect(page.get_by_text("16,290")).to_have_count(1)


def test_the_menu_on_a_phone(seats: Callable[..., Any], signed_in: dict[str, Any]) -> None:
    seat = seats(width=390, height=844)
    seat.page.context.add_cookies(signed_in["cookies"])
    seat.open("/")
    expect(seat.page.get_by_role("heading", level=1)).to_have_text("Home")
    seat.page.get_by_role("button", name="Menu").click()
    seat.page.get_by_role("navigation", name="Main").get_by_role("link", name="Runs").click()
    expect(seat.page.get_by_role("heading", level=1)).to_have_text("Runs")
    expect(seat.page.get_by_role("navigation", name="Main")).to_be_hidden()


def test_sign_out_ends_the_session(seats: Callable[..., Any]) -> None:
    seat = seats()
    seat.sign_in("colleague")
    cookies = seat.page.context.cookies()
    seat.page.locator("#shell-avatar").click()
    seat.page.get_by_role("button", name="Sign out").click()
    expect(seat.page.get_by_role("button", name="Sign in")).to_be_visible()
    seat.page.context.add_cookies(cookies)  # what somebody may have kept
    seat.open("/runs")
    expect(seat.page.get_by_role("button", name="Sign in")).to_be_visible()
