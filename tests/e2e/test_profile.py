"""Reading a profile: sort, search, choose a column, open its page, see what moves together, change a role, compare two tables."""

import csv
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from dashapp.usecases import datasets, profiles
from dashapp.usecases.desk import Desk
from tests.dashapp.uploading import upload
from tests.dashapp.waiting import until

pytestmark = pytest.mark.browser


@pytest.fixture
def page(seats: Callable[..., Any], signed_in: dict[str, Any], profiled: str) -> Any:
    seat = seats()
    seat.page.context.add_cookies(signed_in["cookies"])
    seat.open(f"/data/{profiled}")
    expect(seat.page.get_by_role("heading", level=1)).to_have_text("Loans to profile")
    return seat.page


@pytest.fixture(scope="module")
def profiled(analyst_desk: Desk, public_data: Path) -> str:
    path = public_data / "credit" / "credit_risk_dataset.csv"
    dataset = upload(analyst_desk, path, name="Loans to profile")
    datasets.set_outcome(analyst_desk, dataset, "loan_status", "1")
    until(lambda: _is_there(analyst_desk, dataset))
    return dataset


def _is_there(desk: Desk, dataset: str) -> bool:
    """And nobody is at work on it: a page that follows a job is built anew when the job ends."""
    found = profiles.get(desk, dataset)
    if found.job is not None and found.job.active:
        return False
    return found.profile is not None and found.profile.target == "loan_status" and not found.stale


def rows(page: Any) -> Any:
    return page.locator(".sd-columns tbody tr")


def test_a_profile_is_read(page: Any) -> None:
    # What was counted, and what tells best.
    expect(page.get_by_text("7,108 bad (21.4% to 22.3%)")).to_be_visible()
    expect(
        page.get_by_role("heading", name=re.compile("^loan_grade and loan_percent_income tell bad from good best"))
    ).to_be_visible()
    expect(rows(page).first).to_contain_text("loan_grade")

    # Sort, search.
    page.get_by_role("button", name="Missing", exact=True).click()
    expect(rows(page).first).to_contain_text("loan_int_rate")
    expect(rows(page).first).to_contain_text("9.6%")
    page.get_by_placeholder("Find a column").press_sequentially("income")
    expect(rows(page)).to_have_count(2)

    # Choose: the address keeps it, so that Back and a copied link lead to the same drawing.
    page.get_by_role("button", name="loan_percent_income").click()
    expect(page.get_by_role("heading", name="Around 0.3, the bad rate leaps from 25% to 69%")).to_be_visible()
    expect(page).to_have_url(re.compile(r"\?column=loan_percent_income$"))
    expect(rows(page).locator("button[aria-pressed=true]")).to_have_text("loan_percent_income")
    page.reload()
    expect(page.get_by_role("heading", name="Around 0.3, the bad rate leaps from 25% to 69%")).to_be_visible()

    # Its own page, and the next one.
    page.get_by_role("link", name="Everything about loan_percent_income").click()
    expect(page.get_by_role("heading", level=2, name="loan_percent_income", exact=True)).to_be_visible()
    expect(page.get_by_role("heading", name=re.compile(r"^Information value 0\.87"))).to_be_visible()
    page.get_by_role("link", name="Next").click()
    expect(page.get_by_role("heading", level=2, name="cb_person_default_on_file", exact=True)).to_be_visible()

    # What moves together, what is missing together.
    page.get_by_role("link", name="Profile", exact=True).click()
    page.get_by_role("link", name="Relations").click()
    expect(page.get_by_role("heading", name="person_age and cb_person_cred_hist_length move together: 0.86")).to_be_visible()
    expect(page.get_by_role("heading", name=re.compile("^88% of rows have every value"))).to_be_visible()


def test_a_role_is_changed_and_holds(page: Any, analyst_desk: Desk, profiled: str) -> None:
    page.get_by_role("link", name="Columns", exact=True).click()
    page.get_by_label("Role of loan_grade").select_option("excluded")
    until(lambda: _role(analyst_desk, profiled, "loan_grade") == "excluded")
    page.reload()
    expect(page.get_by_label("Role of loan_grade")).to_have_value("excluded")
    page.get_by_role("link", name="loan_grade", exact=True).click()
    expect(page.get_by_label("What the column is for")).to_have_value("excluded")
    page.get_by_label("What the column is for").select_option("feature")
    until(lambda: _role(analyst_desk, profiled, "loan_grade") == "feature")


def _role(desk: Desk, dataset: str, name: str) -> str | None:
    column = datasets.get(desk, dataset).column(name)
    return None if column is None else column.role


def test_what_became_missing_is_undone_and_the_focus_stays(page: Any, analyst_desk: Desk, profiled: str) -> None:
    rows(page).get_by_role("button", name="person_income").press("Enter")
    expect(page).to_have_url(re.compile(r"\?column=person_income$"))
    expect(rows(page).get_by_role("button", name="person_income")).to_be_focused()

    page.locator(".sd-alert", has_text="values of person_age lie over 100").get_by_role("button").click()
    done = page.locator(".sd-notice", has_text="5 values of person_age count as missing now")
    expect(done).to_contain_text("123, 144")
    assert _codes(analyst_desk, profiled) == (("123", "missing"), ("144", "missing"))
    done.get_by_role("button", name="Undo").click()
    expect(done).to_have_count(0)
    assert _codes(analyst_desk, profiled) == ()
    until(lambda: _is_there(analyst_desk, profiled))


def _codes(desk: Desk, dataset: str) -> tuple[tuple[str, str], ...]:
    column = datasets.get(desk, dataset).column("person_age")
    return () if column is None else column.codes


def test_two_tables_are_compared(page: Any, analyst_desk: Desk, public_data: Path, tmp_path: Path) -> None:
    """The same loans without the small incomes: income has shifted, by much."""
    source, fewer = public_data / "credit" / "credit_risk_dataset.csv", tmp_path / "richer.csv"
    with source.open(newline="") as read, fewer.open("w", newline="") as write:
        table = csv.DictReader(read)
        out = csv.DictWriter(write, table.fieldnames or ())
        out.writeheader()
        out.writerows(row for row in table if int(row["person_income"]) > 45_000)
    upload(analyst_desk, fewer, name="Richer people")
    page.get_by_label("Parts of the profile").get_by_role("link", name="Compare", exact=True).click()
    page.get_by_label("Other data set").click()
    page.get_by_text(re.compile("^Richer people")).click()
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_role("heading", name=re.compile("^person_income .*shifted by much"))).to_be_visible(timeout=60_000)
    expect(rows(page).first).to_contain_text("a large shift")
    page.get_by_role("button", name="loan_intent").click()
    expect(page.get_by_role("heading", name="loan_intent is stable")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/comparisons/\w+\?column=loan_intent$"))
