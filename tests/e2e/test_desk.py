"""The applicant desk in a browser: an officer types somebody in, overrides with a reason, opens the case again and prints it."""

import csv
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from dashapp.usecases import accounts, case_lists, case_views, sharing
from dashapp.usecases.desk import Desk
from db.tables import Run
from tests.e2e.conftest import PASSWORD, Site, desk_of
from tests.e2e.training import trained

pytestmark = pytest.mark.browser

GIVEN = {
    "target": "creditability", "bad_label": "bad", "cutoff": 0.3, "features": ["duration_in_month", "credit_amount", "purpose"],
}  # fmt: skip
WORDS = {"duration_in_month": {"label": "duration", "unit": "months", "high": "Repayment takes long", "changeable": True}}
OFFICER = "desk-officer"


@pytest.fixture(scope="module")
def run(site: Site, analyst_desk: Desk, public_data: Path) -> str:
    """German credit, approved, and shared with an officer."""
    accounts.add_person(site.db, name=OFFICER, display_name="Loan officer", role="officer", password=PASSWORD)
    path = public_data / "credit" / "german_credit.csv"
    made = trained(analyst_desk, path, "German credit, at the desk", "Desk scorecard", GIVEN)
    sharing.share(analyst_desk, "run", made, OFFICER)
    with site.db.write() as session:
        stored = session.get_one(Run, made)
        stored.stage, stored.wording = "approved", WORDS
    return made


def test_an_applicant_is_typed_in_overridden_and_printed(seats: Callable[..., Any], site: Site, run: str) -> None:
    seat = seats()
    page: Page = seat.page
    seat.sign_in(OFFICER)
    seat.open("/desk")
    page.get_by_role("link", name="Type an applicant in").click()
    page.get_by_label("Name or number of the applicant").first.fill("A-2025-0045")
    field(page, "Duration").fill("ninety")
    field(page, "Duration").press("Enter")
    expect(page.get_by_role("alert").get_by_text("Duration cannot be read; the field says why.")).to_be_visible()
    expect(field(page, "Duration")).to_be_focused()
    expect(field(page, "Duration")).to_have_attribute("aria-invalid", "true")
    expect(field(page, "Duration")).to_have_accessible_description(re.compile("Training rows: 4 to 72 months.*no number"))
    field(page, "Duration").fill("90")
    field(page, "Duration").press("Tab")
    expect(field(page, "Duration")).to_have_attribute("aria-invalid", "false")
    field(page, "Credit amount").fill("12,000")
    page.reload()  # in the middle of a box
    expect(page.get_by_text("90 months lies above all training rows")).to_be_visible()
    expect(field(page, "Credit amount")).to_have_value("12,000")
    expect(page.get_by_label("Name or number of the applicant").first).to_have_value("A-2025-0045")
    purpose = page.get_by_role("group", name="Purpose", exact=True)
    purpose.locator("button.dash-dropdown").click()
    page.get_by_text("Another value …").click()
    purpose.get_by_placeholder("Another value").fill("a boat")
    purpose.get_by_placeholder("Another value").press("Enter")  # as in every form, Enter sends it

    expect(page.get_by_role("heading", level=1)).to_have_text("Applicant A-2025-0045")
    expect(page.get_by_role("heading", name="Refuse")).to_be_visible()
    expect(page.locator(".sd-reasons")).to_contain_text("Repayment takes long")
    expect(page.get_by_text("No training row has 'a boat'")).to_be_visible()
    assert "90" not in page.url
    page.reload()  # who is typed in is kept by the browser tab
    expect(page.get_by_text("This applicant is not saved yet")).to_be_visible()
    expect(page.get_by_text("No training row has 'a boat'")).to_be_visible()
    page.get_by_role("button", name="Show the exact parts and LIME").click()
    expect(page.locator("#desk-exact-card h2")).to_contain_text("Exact: from")
    expect(page.locator("#desk-lime-card")).to_contain_text("repeats", timeout=60_000)

    page.get_by_role("button", name="Override with reason").click()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#desk-problem")).to_contain_text("needs a reason")
    expect(page.get_by_label("Reason", exact=True)).to_be_focused()
    expect(page.get_by_label("Reason", exact=True)).to_have_accessible_description(re.compile("needs a reason"))
    page.get_by_label("Reason", exact=True).fill("A guarantor signed.")
    page.get_by_label("Note", exact=True).fill("Called on Monday.")
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url("**/desk/cases/*")
    assert not page.evaluate("sessionStorage.length")  # nothing of an applicant is left there
    expect(page.get_by_text("approved against the advice")).to_be_visible()

    page.reload()  # the permalink
    expect(page.locator(".sd-desk-reason")).to_have_text("A guarantor signed.")
    expect(page.get_by_label("Note", exact=True)).to_have_value("Called on Monday.")
    page.get_by_label("Note", exact=True).fill("Called twice.")
    page.get_by_role("button", name="Open again").click()
    expect(page.locator(".sd-desk-decided")).to_be_focused()  # the button is gone
    expect(page.locator(".sd-desk-decided")).to_contain_text("Open. The model suggests: refuse.")
    expect(page.get_by_label("Note", exact=True)).to_have_value("Called twice.")  # a decision saves no note, and loses none
    page.get_by_role("button", name="Save the note").click()
    expect(page.get_by_role("alert").get_by_text("Saved")).to_be_visible()
    expect(page.get_by_role("button", name="Save the note")).to_be_focused()
    page.get_by_role("button", name="Override with reason").click()
    page.get_by_label("Reason", exact=True).fill("A guarantor signed.")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".sd-desk-reason")).to_have_text("A guarantor signed.")
    (card,) = case_lists.recent(desk_of(site, OFFICER))
    assert case_views.get(desk_of(site, OFFICER), card.id).record.lime is not None
    pages(page, "Repayment takes long", "A guarantor signed.", "Signature", card.id)

    seat.open("/desk")
    expect(page.get_by_role("link", name="A-2025-0045")).to_be_visible()
    page.get_by_placeholder("Search by name").fill("a-2025")
    with page.expect_download() as taken:
        page.locator('[data-desk="take"][data-name="a-2025"]').click()
    assert taken.value.suggested_filename == "Cases.csv"
    (line,) = csv.DictReader(taken.value.path().read_text("utf-8-sig").splitlines())
    assert (line["case"], line["decision_reason"], line["input_purpose"]) == (card.id, "A guarantor signed.", "a boat")


def field(page: Page, label: str) -> Any:
    return page.get_by_role("group", name=label, exact=True).locator("input").first


def pages(page: Page, *words: str) -> None:
    """One sheet of paper that holds these words, and nothing of the screen."""
    assert len(re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True))) == 1
    page.emulate_media(media="print")
    sheet = page.locator(".sd-sheet")
    for word in words:
        expect(sheet).to_contain_text(word)
    expect(sheet).to_be_visible()
    for hidden in (".sd-nav", ".sd-topbar", ".sd-page-head", ".sd-grid"):
        expect(page.locator(hidden).first).to_be_hidden()
    page.emulate_media(media="screen")
