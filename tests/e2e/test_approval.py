"""Approving a run in two browsers: proposed by one person, sent back and approved by another."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from dashapp.usecases.desk import Desk
from tests.e2e.training import trained

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def run(analyst_desk: Desk, tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("approval") / "loans.csv"
    rows = [f"{i % 37},{'own' if i % 3 else 'rent'},{'yes' if (i * 7) % 11 < 3 or i % 37 > 30 else 'no'}" for i in range(300)]
    path.write_text("income,home,bad\n" + "\n".join(rows) + "\n", encoding="utf-8")
    given = {"target": "bad", "bad_label": "yes", "features": ["income", "home"]}
    return trained(analyst_desk, path, "Loans, to approve", "To approve", given)


def test_a_second_person_approves(seats: Callable[..., Any], signed_in: dict[str, Any], run: str) -> None:
    owner = seats()
    owner.page.context.add_cookies(signed_in["cookies"])
    owner.open(f"/runs/{run}/wording")
    owner.page.locator("summary", has_text="income").click()
    owner.page.get_by_label("Reason where it is low").fill("The income is low")
    expect(owner.page.locator("summary", has_text="income")).to_contain_text("The income is low")
    owner.page.get_by_role("button", name="Save the words").click()
    expect(owner.page.locator("#notices")).to_contain_text("Saved")

    owner.open(f"/runs/{run}/approval")
    owner.page.get_by_role("button", name="Propose").click()
    expect(owner.page.get_by_role("alert")).to_contain_text("Choose an analyst")
    owner.page.locator("#approval-reviewer").click()
    owner.page.get_by_text("Second analyst", exact=True).click()
    owner.page.get_by_label("Note").fill("For the branch.")
    owner.page.get_by_role("button", name="Propose").click()
    expect(owner.page.get_by_role("heading", name="Waiting for Second analyst")).to_be_visible()

    second = seats(width=390, height=844)
    second.sign_in("colleague")
    second.open("/")
    second.page.get_by_role("link", name="Review").click()
    second.page.get_by_role("button", name="Send back").click()
    expect(second.page.get_by_role("alert")).to_contain_text("would not know why")
    second.page.get_by_role("button", name="Approve").click()
    expect(second.page.get_by_role("heading", name="Approved by Second analyst")).to_be_visible()
    second.shot("approval-phone")

    owner.open(f"/runs/{run}/wording")
    expect(owner.page.get_by_text("The run is approved, and its words with it")).to_be_visible()
    owner.open(f"/runs/{run}/approval")
    expect(owner.page.locator(".sd-approval-steps")).to_contain_text("For the branch.")
    owner.shot("approval")
