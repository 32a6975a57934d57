"""Files through the intake as they come: workbooks with several sheets, marks in numbers, packed and odd files."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from dashapp.tabs.intake import read_card
from dashapp.tabs.intake.actions import Act, Tried, perform
from dashapp.usecases import intake
from dashapp.usecases.desk import Desk
from dashapp.usecases.errors import Refused
from dashapp.usecases.findings import Choices
from tests.dashapp.test_intake_page import parts_of


@pytest.fixture
def desk(desk_of: Callable[[str], Desk]) -> Desk:
    return desk_of("analyst")


def workbook(path: Path, sheets: dict[str, list[list[Any]]]) -> Path:
    with xlsxwriter.Workbook(path) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for index, row in enumerate(rows):
                sheet.write_row(index, 0, row)
    return path


JANUARY = [["age", "bad"], *([20 + i, "yes" if i % 3 else "no"] for i in range(30))]
FEBRUARY = [["Report"], [], ["rate", "home", "bad"], *([i / 4, "rent" if i % 2 else "own", i % 2] for i in range(40))]


def test_another_sheet_is_another_table(desk: Desk, tmp_path: Path) -> None:
    path = workbook(tmp_path / "loans.xlsx", {"January": JANUARY, "February": FEBRUARY, "Notes": []})
    upload_id = intake.receive(desk, path, filename=path.name)
    first = intake.get(desk, upload_id)
    assert first.findings is not None
    assert (first.recipe.sheet, first.findings.n_rows) == ("January", 30)
    menu = next(part for part in parts_of(read_card.settings(first, Tried())) if getattr(part, "id", "") == "intake-mark-sheet")
    assert [option["value"] for option in menu.options] == ["January", "February", "Notes"]

    assert perform(desk, upload_id, Act("sheet", "", "February"), name=None) == Tried()
    second = intake.get(desk, upload_id)
    assert second.findings is not None
    assert (second.recipe.sheet, second.recipe.skipped_lines, second.findings.n_rows) == ("February", 2, 40)
    assert [column.name for column in second.findings.columns] == ["rate", "home", "bad"]
    assert second.recipe == second.detected

    perform(desk, upload_id, Act("sheet", "", "Notes"), name=None)
    empty = intake.get(desk, upload_id)
    assert empty.error is not None
    assert empty.choices.sheets == ("January", "February", "Notes")
    perform(desk, upload_id, Act("sheet", "", "January"), name=None)
    assert intake.get(desk, upload_id).recipe == first.recipe
    with pytest.raises(Refused, match="no sheet"):
        intake.set_sheet(desk, upload_id, "March")


def test_a_workbook_whose_first_sheet_is_empty_is_kept(desk: Desk, tmp_path: Path) -> None:
    path = workbook(tmp_path / "loans.xlsx", {"Cover": [], "January": JANUARY})
    upload_id = intake.receive(desk, path, filename=path.name)
    assert intake.get(desk, upload_id).error is not None
    assert "intake-mark-sheet" in {
        getattr(part, "id", "") for part in parts_of(read_card.settings(intake.get(desk, upload_id), Tried()))
    }
    intake.set_sheet(desk, upload_id, "January")
    view = intake.get(desk, upload_id)
    assert view.findings is not None
    assert view.findings.n_rows == 30
    dataset = intake.save(desk, upload_id, name="January")
    assert dataset is not None


def test_choices_stored_before_workbooks_had_a_menu_are_read() -> None:
    stored = Choices(name="Loans").to_json()
    del stored["sheets"]
    assert Choices.from_json(stored) == Choices(name="Loans")
