"""Runs side by side in a browser: tick them in the list, compare, change the champion, add one, take one away, export."""

import csv
import io
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from dashapp.usecases import runs
from dashapp.usecases.desk import Desk
from tests.dashapp.uploading import upload

pytestmark = pytest.mark.browser

GIVEN = {"target": "creditability", "bad_label": "bad", "cutoff": 0.3}
NAMES = ("All columns", "Two columns", "Sparse")


@pytest.fixture(scope="module")
def three(analyst_desk: Desk, public_data: Path) -> list[str]:
    """German credit: a model of all columns, one of two, and one with an L1 penalty."""
    dataset = upload(analyst_desk, public_data / "credit" / "german_credit.csv", name="German to compare")
    more: tuple[dict[str, Any], ...] = ({}, {"features": ["duration_in_month", "credit_amount"]}, {"penalty": "l1", "C": 0.1})
    started = [runs.start(analyst_desk, dataset, name, {**GIVEN, **one}) for name, one in zip(NAMES, more, strict=True)]
    until = time.monotonic() + 300
    while any(runs.get(analyst_desk, run).state != "succeeded" for run in started):
        assert time.monotonic() < until, [runs.get(analyst_desk, run).error for run in started]
        time.sleep(0.3)
    return started


def test_from_the_list_to_the_comparison_and_on(seat: Any, three: list[str]) -> None:
    seat.open("/runs")
    page = seat.page
    page.get_by_placeholder("Filter by name").fill("German to compare")
    expect(page.locator("#runs-list tbody tr")).to_have_count(3)
    page.get_by_label("Pick All columns").check()
    expect(page.get_by_text("1 run picked")).to_be_visible()
    page.get_by_label("Pick Two columns").check()
    expect(page.get_by_text("2 runs picked")).to_be_visible()
    page.get_by_role("link", name="Compare 2 runs").click()
    page.wait_for_url(f"**/compare?runs={three[0]},{three[1]}")
    expect(page.get_by_role("heading", level=1)).to_have_text("Compare")
    expect(page.get_by_role("heading", level=2).first).to_contain_text("champion")
    expect(page.locator(".sd-swap .cell")).to_have_count(4)
    expect(page.locator("#compare-roc .scatterlayer .trace")).to_have_count(4)

    page.get_by_role("link", name="Make Two columns the champion").click()
    page.wait_for_url(f"**/compare?runs={three[1]},{three[0]}")
    expect(page.locator(".sd-cmp-chip").first).to_contain_text("Two columns")

    page.locator("#compare-add").click()
    page.locator(".dash-options-list-option", has_text="Sparse").first.click()
    page.wait_for_url(f"**/compare?runs={three[1]},{three[0]},{three[2]}")
    expect(page.locator(".sd-swap .cell")).to_have_count(8)
    expect(page.locator("#compare-roc .scatterlayer .trace")).to_have_count(5)

    page.get_by_role("link", name="Take All columns away").click()
    page.wait_for_url(f"**/compare?runs={three[1]},{three[2]}")
    expect(page.locator(".sd-swap .cell")).to_have_count(4)
    page.go_back()
    expect(page.locator(".sd-swap .cell")).to_have_count(8)


def test_clearing_what_was_ticked(seat: Any, three: list[str]) -> None:
    seat.open("/runs")
    page = seat.page
    page.get_by_label("Pick All columns").first.check()
    expect(page.get_by_text("1 run picked")).to_be_visible()
    page.get_by_role("button", name="Clear").click()
    expect(page.get_by_text("1 run picked")).to_have_count(0)
    expect(page.get_by_label("Pick All columns").first).not_to_be_checked()


def test_the_tables_to_take_away(seat: Any, three: list[str]) -> None:
    seat.open(f"/compare?runs={','.join(three)}")
    page = seat.page
    expect(page.locator(".sd-swap .cell")).to_have_count(8)
    page.locator("summary", has_text="Export CSV").click()
    with page.expect_download() as coming:
        page.get_by_role("button", name="Metrics and differences").click()
    text = Path(coming.value.path()).read_text(encoding="utf-8-sig")
    assert coming.value.suggested_filename == "compare-metrics.csv"
    assert {line["run_id"] for line in csv.DictReader(io.StringIO(text))} == set(three)


def test_more_terms_on_demand_and_folded_options(seat: Any, three: list[str]) -> None:
    seat.open(f"/compare?runs={three[0]},{three[2]}")
    page = seat.page
    terms = page.locator("#compare-terms tbody tr")
    expect(terms).to_have_count(10)
    page.get_by_role("button", name=re.compile("Show all")).click()
    expect(terms.nth(10)).to_be_visible()
    page.locator("summary", has_text="the same for all").click()
    expect(page.get_by_text("Hold out: At random")).to_be_visible()


@pytest.mark.parametrize(("dark", "width"), [(False, 1440), (True, 390)], ids=["light-1440", "dark-390"])
def test_screens(seats: Callable[..., Any], signed_in: dict[str, Any], three: list[str], width: int, dark: bool) -> None:
    made = seats(width=width, dark=dark, height=960)
    made.page.context.add_cookies(signed_in["cookies"])
    made.open(f"/compare?runs={','.join(three)}")
    expect(made.page.locator(".sd-swap .cell")).to_have_count(8)
    expect(made.page.locator("#compare-roc .scatterlayer .trace")).to_have_count(5)
    assert made.page.evaluate("document.documentElement.scrollWidth") <= width
    made.shot(f"compare-{width}{'-dark' if dark else ''}")


def test_a_link_with_a_run_that_is_not_there(seat: Any, three: list[str]) -> None:
    seat.open(f"/compare?runs={three[0]},{three[2]},absent")
    expect(seat.page.get_by_text("One run of this link is not there")).to_be_visible()
    expect(seat.page.locator(".sd-swap .cell")).to_have_count(4)
    seat.open("/compare")
    expect(seat.page.get_by_text("Pick a run to start with")).to_be_visible()
