"""From a messy file to a data set in a real browser: the guesses, a change that the preview follows, a repair off and on."""

import random
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from playwright.sync_api import Page, expect

from dashapp.usecases import intake, receiving
from dashapp.usecases.desk import Desk
from tests.e2e.test_screens import NAMELESS

pytestmark = pytest.mark.browser


@pytest.fixture
def export(tmp_path: Path) -> Path:
    """300 customers, semicolons, two lines above the header, blanks as missing, a key and a column known only afterwards."""
    draw = random.Random(5)
    lines = ["CRM export;2025-11-18", "all customers", "customer;tenure;charges;reason;churn"]
    for row in range(300):
        tenure = draw.randint(0, 72)
        churned = draw.random() < (0.5 if tenure < 20 else 0.15)
        charges = "" if row % 60 == 5 else f"{draw.uniform(20, 120):.2f}"
        reason = draw.choice(["moved", "price", "rival offer"]) if churned else ""
        lines.append(f"{draw.randrange(16**6):06x}-{row};{tenure};{charges};{reason};{'Yes' if churned else 'No'}")
    path = tmp_path / "churn_export.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def choose(page: Page, path: Path) -> None:
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose a file").click()
    chooser.value.set_files(path)


def column(page: Page, name: str) -> Any:
    return page.locator("th", has=page.get_by_title(name, exact=True))


def test_from_a_messy_file_to_a_data_set(seats: Callable[..., Any], signed_in: dict[str, Any], export: Path) -> None:
    seat = seats()
    page = seat.page
    page.context.add_cookies(signed_in["cookies"])
    seat.open("/data/new")
    choose(page, export)
    expect(page.get_by_role("heading", level=1)).to_have_text("New data set: churn_export.csv")
    page.wait_for_url(re.compile(r"/data/new/\w{12}$"))

    # What was found.
    expect(page.get_by_role("heading", name="Read as 300 rows and 5 columns; no row was refused")).to_be_visible()
    expect(page.get_by_label("Separator", exact=True)).to_have_value(";")
    expect(page.get_by_label("Header", exact=True)).to_have_value("3")
    preamble = page.get_by_role("switch", name=re.compile("2 .*skipped"))
    expect(preamble).to_have_attribute("aria-checked", "true")
    expect(page.get_by_label("Type of tenure", exact=True)).to_have_value("number")
    expect(page.get_by_label("Role of customer", exact=True)).to_have_value("identifier")
    expect(page.locator(".sd-missing").first).to_be_visible()

    # The outcome, and what gives it away.
    page.get_by_label("Outcome", exact=True).select_option("churn")
    page.get_by_role("group", name="The class to predict").get_by_role("button", name=re.compile("^Yes, ")).click()
    expect(page.get_by_role("button", name=re.compile("^Yes, "))).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_label("Role of churn", exact=True)).to_have_value("target")
    expect(page.get_by_text("reason gives the outcome away")).to_be_visible()
    expect(page.get_by_label("Role of reason", exact=True)).to_have_value("excluded")
    page.get_by_role("button", name="Use it all the same: reason").click()
    expect(page.get_by_label("Role of reason", exact=True)).to_have_value("feature")
    page.get_by_role("button", name="Leave it out: reason").click()
    expect(page.get_by_label("Role of reason", exact=True)).to_have_value("excluded")

    # A change: the preview follows, and it can be taken back.
    page.get_by_label("Separator", exact=True).select_option(",")
    expect(page.get_by_label("Type of tenure", exact=True)).to_have_count(0)
    page.get_by_role("button", name="Separator, changed by you").click()
    expect(page.get_by_label("Type of tenure", exact=True)).to_have_value("number")
    page.get_by_label("Type of tenure", exact=True).select_option("text")
    expect(page.get_by_label("Type of tenure", exact=True)).to_have_value("text")
    page.get_by_role("button", name="Reset all").click()
    expect(page.get_by_label("Type of tenure", exact=True)).to_have_value("number")

    # A repair off, and on again.
    preamble.click()
    expect(page.get_by_label("Header", exact=True)).to_have_value("1")
    off = page.get_by_role("switch", checked=False)
    expect(off).to_have_count(1)
    off.click()
    expect(page.get_by_label("Header", exact=True)).to_have_value("3")
    expect(page.get_by_role("heading", name="Read as 300 rows and 5 columns; no row was refused")).to_be_visible()

    # Special codes, and the name that was typed, come through as well.
    page.get_by_role("button", name="About tenure").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Add a code").fill("0")
    page.keyboard.press("Enter")
    expect(dialog.get_by_label("What 0 means")).to_have_value("level")
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).to_have_count(0)
    expect(column(page, "tenure")).to_contain_text("code 0")
    page.get_by_label("Name", exact=True).fill("Churn of November")
    expect(page.get_by_text("2 inputs, 1 key, 1 left out.")).to_be_visible()
    page.get_by_role("button", name="Save data set").click()
    page.wait_for_url(re.compile(r"/data/(?!new)\w{12}$"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Churn of November")

    # How it was read stays with it.
    page.goto(page.url + "/intake")
    expect(page.get_by_role("heading", name="Read as 300 rows and 5 columns")).to_be_visible()
    expect(page.get_by_text("row 3")).to_be_visible()
    page.get_by_role("link", name="Upload a new version").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("New version of Churn of November")


@pytest.mark.parametrize(("dark", "width"), [(False, 1440), (True, 390)], ids=["light-1440", "dark-390"])
def test_the_screen(
    seats: Callable[..., Any], signed_in: dict[str, Any], analyst_desk: Desk, export: Path, dark: bool, width: int
) -> None:
    """Nothing wider than the window, nothing unlabelled; and a picture."""
    upload = receiving.receive(analyst_desk, export, filename=export.name)
    seat = seats(dark=dark, width=width, height=960 if width > 600 else 844)
    page = seat.page
    page.context.add_cookies(signed_in["cookies"])
    seat.open(f"/data/new/{upload}")
    expect(page.get_by_role("heading", name="Read as 300 rows and 5 columns; no row was refused")).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert page.evaluate(NAMELESS) == []
    seat.shot(f"intake-{'dark' if dark else 'light'}-{width}")
    intake.discard(analyst_desk, upload)


def test_a_refused_file_is_corrected(seats: Callable[..., Any], signed_in: dict[str, Any], tmp_path: Path) -> None:
    """A row that is too long is refused when padding is switched off, and read again when it is switched on."""
    path = tmp_path / "ragged.csv"
    rows = [f"{i},{i * 2},{'yes' if i % 3 else 'no'}" for i in range(60)]
    rows[30] = "30,60"
    path.write_text("a,b,bad\n" + "\n".join(rows) + "\n", encoding="utf-8")
    seat = seats()
    page = seat.page
    page.context.add_cookies(signed_in["cookies"])
    seat.open("/data/new")
    choose(page, path)
    expect(page.get_by_role("heading", name=re.compile("Read as 60 rows and 3 columns; 1 row mended"))).to_be_visible()
    page.get_by_role("switch", checked=True).click()
    expect(page.get_by_role("heading", name="It cannot be read this way")).to_be_visible()
    expect(page.get_by_role("alert").filter(has_text="Nothing is lost")).to_be_visible()
    expect(page.get_by_role("button", name="Save data set")).to_be_disabled()
    page.get_by_role("switch", checked=False).click()
    expect(page.get_by_role("heading", name=re.compile("Read as 60 rows"))).to_be_visible()
    expect(page.get_by_role("button", name="Save data set")).to_be_enabled()

    # It waits in the list of what was not saved, until it is discarded.
    page.get_by_role("link", name="New", exact=True).click()
    expect(page.get_by_role("link", name="ragged.csv")).to_be_visible()
    page.get_by_role("button", name="Discard ragged.csv").click()
    expect(page.get_by_role("link", name="ragged.csv")).to_have_count(0)


def test_another_sheet_of_a_workbook(seats: Callable[..., Any], signed_in: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(path) as book:
        for name, head in (("January", ["age", "bad"]), ("February", ["rate", "bad"])):
            sheet = book.add_worksheet(name)
            for row, cells in enumerate([head, *([20 + i, "yes" if i % 3 else "no"] for i in range(30))]):
                sheet.write_row(row, 0, cells)
    seat = seats()
    page = seat.page
    page.context.add_cookies(signed_in["cookies"])
    seat.open("/data/new")
    choose(page, path)
    expect(page.get_by_label("Type of age", exact=True)).to_have_value("number")
    page.get_by_label("Sheet", exact=True).select_option("February")
    expect(page.get_by_label("Type of rate", exact=True)).to_have_value("number")
    expect(page.get_by_label("Sheet", exact=True)).to_have_value("February")
    page.get_by_role("button", name="Discard").click()
    page.get_by_role("dialog").get_by_role("button", name="Discard").click()
    page.wait_for_url(re.compile(r"/data$"))


def test_the_lines_of_a_repair(seats: Callable[..., Any], signed_in: dict[str, Any], analyst_desk: Desk, tmp_path: Path) -> None:
    """They are fetched when they are asked for, and stand there as text."""
    path = tmp_path / "short.csv"
    rows = [f"{i},{i * 2},{'yes' if i % 3 else 'no'}" for i in range(60)]
    rows[30] = "30,<b>60</b>"
    path.write_text("a,b,bad\n" + "\n".join(rows) + "\n", encoding="utf-8")
    upload = receiving.receive(analyst_desk, path, filename=path.name)
    seat = seats()
    seat.page.context.add_cookies(signed_in["cookies"])
    seat.open(f"/data/new/{upload}")
    seat.page.get_by_text("Show", exact=True).first.click()
    expect(seat.page.get_by_text("30,<b>60</b>", exact=True)).to_be_visible()
    intake.discard(analyst_desk, upload)
