"""The overview in a browser: the matrix turns without a request, figures give their data away, the sections are linked."""

import csv
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from dashapp.usecases import runs
from dashapp.usecases.desk import Desk
from db import runs as doors

pytestmark = pytest.mark.browser


@pytest.fixture
def page(seats: Callable[..., Any], signed_in: dict[str, Any], trained: dict[str, str]) -> Any:
    seat = seats()
    seat.page.context.add_cookies(signed_in["cookies"])
    seat.open(f"/runs/{trained['run']}")
    expect(seat.page.get_by_role("heading", name="What it is worth")).to_be_visible()
    return seat.page


def test_the_shares_of_the_matrix_turn_without_a_request(page: Any) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(f"{request.url} {request.post_data}"))
    matrix = page.locator(".sd-matrix-box")
    for _ in range(5):  # on a slow machine the page may still be asking for parts of its own in the first rounds
        page.wait_for_load_state("networkidle")
        asked.clear()
        matrix.get_by_role("button", name="Of the class").click()
        expect(matrix.get_by_text(re.compile("of goods$")).first).to_be_visible()
        matrix.get_by_role("button", name="Of the decision").click()
        expect(matrix.get_by_text(re.compile("of approved$")).first).to_be_visible()
        expect(matrix.get_by_text(re.compile("of goods$")).first).to_be_hidden()
        expect(matrix.get_by_role("button", name="Of the decision")).to_have_attribute("aria-pressed", "true")
        matrix.get_by_role("button", name="Of all").press("Enter")
        expect(matrix.get_by_text(re.compile("of all$")).first).to_be_visible()
        caused = [one for one in asked if "shell-job-ring" not in one]  # the jobs in the top bar are asked for all the time
        if not caused:
            break
    assert caused == []


def test_figures_give_their_data_as_shares(page: Any, tmp_path: Any) -> None:
    for card, series in (("roc", "held out"), ("precision-recall", "held out"), ("ks", "goods"), ("gains", "lift")):
        box = page.locator(f"#run-{card}-card")
        box.locator(".js-plotly-plot .main-svg").first.wait_for()
        box.locator("summary[aria-label=Download]").click()
        with page.expect_download() as got:
            box.get_by_role("button", name="Its data (CSV)").click()
        got.value.save_as(tmp_path / "figure.csv")
        with (tmp_path / "figure.csv").open(newline="", encoding="utf-8-sig") as file:
            rows = [row for row in csv.DictReader(file) if row["series"] == series]
        assert len(rows) >= 10, card
        assert all(0 <= float(row["x"]) <= 1 for row in rows), card
        if series != "lift":
            assert max(float(row["y"]) for row in rows) == 1, card


def test_all_options_come_as_they_are_unfolded_and_sections_are_linked(page: Any) -> None:
    expect(page.get_by_text("Convergence tolerance")).to_have_count(0)
    page.get_by_text("All options").click()
    expect(page.locator("#run-options dt", has_text="Seed")).to_be_visible()
    page.get_by_role("navigation", name="Sections of this page").get_by_role("link", name="Ranking").click()
    expect(page.get_by_role("heading", name="Ranking")).to_be_in_viewport()
    expect(page.get_by_role("heading", level=1)).to_have_text("All columns, no penalty")


def test_everything_stands_at_the_saved_cutoff(page: Any, analyst_desk: Desk, trained: dict[str, str]) -> None:
    before = runs.get(analyst_desk, trained["run"]).cutoff
    try:
        with analyst_desk.db.write() as session:
            doors.set_cutoff(session, owner_id=analyst_desk.user.id, run_id=trained["run"], cutoff=0.25, choice=None)
        page.reload()
        expect(page.get_by_role("heading", name="Decisions at 0.25")).to_be_visible()
        expect(page.get_by_text("saved by Analyst, now")).to_be_visible()
        expect(page.locator("tr.selected th")).to_contain_text("0.25")
        page.get_by_role("link", name="Move it on the Threshold tab").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Threshold")
    finally:
        with analyst_desk.db.write() as session:
            doors.set_cutoff(session, owner_id=analyst_desk.user.id, run_id=trained["run"], cutoff=before, choice=None)
