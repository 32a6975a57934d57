"""Workbooks of every kind: types, sheets, what cannot be read."""

import contextlib
import datetime
import gzip
from pathlib import Path

import pyarrow as pa
import pytest
import xlsxwriter

from pipeline.errors import ReadingError
from pipeline.reading import Limits, Recipe, check_and_open
from pipeline.reading.containers import unpack
from pipeline.reading.peek import peek
from tests.pipeline import wrapped
from tests.pipeline.wrapped import FIXTURES, kinds, refusal

pytestmark = pytest.mark.usefixtures("no_files_are_left")


@pytest.fixture
def loans_book(tmp_path) -> Path:
    """An XLSX with two visible sheets, a hidden one before them, a chart, errors, dates and all sorts of numbers."""
    path = tmp_path / "loans.xlsx"
    with xlsxwriter.Workbook(path) as book:
        day, time = book.add_format({"num_format": "yyyy-mm-dd"}), book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        book.add_worksheet("Secret").write_row(0, 0, ["x", "y"])
        sheet = book.add_worksheet("Loans")
        sheet.write_row(0, 0, ["id", "amount", "rate", "opened", "seen", "ok", "name", "note"])
        for k in range(1, 31):
            sheet.write_row(k, 0, [k, k * 1000.0, k / 8])
            sheet.write_datetime(k, 3, datetime.datetime(2020, 1, k), day)  # noqa: DTZ001 - a workbook knows no zone
            sheet.write_datetime(k, 4, datetime.datetime(2020, 1, k, 3, 4), time)  # noqa: DTZ001
            sheet.write_boolean(k, 5, k % 2 == 0)
            sheet.write_string(k, 6, f"M\u00fcller, {k}" if k > 1 else 'two\nlines and "quotes"')
        sheet.write_formula(1, 7, "=1/0", None, "#DIV/0!")
        sheet.write_formula(2, 7, "=NA()", None, "#N/A")
        sheet.write_formula(3, 7, "=1+1", None, 2)
        book.add_worksheet("Empty")
        chart = book.add_chart({"type": "line"})
        chart.add_series({"values": "=Loans!$A$2:$A$31"})
        book.add_chartsheet("Picture").set_chart(chart)
        book.worksheets_objs[0].hide()
        sheet.activate()
        sheet.set_first_sheet()
    return path


def test_a_sheet_is_read_with_its_types(loans_book):
    table = check_and_open(loans_book, filename="loans.xlsx")
    assert (table.n_rows, table.recipe.container, table.recipe.sheet) == (30, "xlsx", "Loans")
    assert table.sheets == peek(loans_book, filename="loans.xlsx").sheets == ("Secret", "Loans", "Empty")
    assert {name: kind for name, kind in kinds(table).items() if name != "note"} == {
        "id": "number",
        "amount": "number",
        "rate": "number",
        "opened": "date",
        "seen": "date",
        "ok": "category",
        "name": "text",
    }
    first = table.table().slice(0, 1).to_pylist()[0]
    assert first | {"note": None} == {
        "id": 1,
        "amount": 1000,
        "rate": 0.125,
        "opened": datetime.date(2020, 1, 1),
        "seen": datetime.datetime(2020, 1, 1, 3, 4),  # noqa: DTZ001
        "ok": first["ok"],
        "name": 'two\nlines and "quotes"',
        "note": None,
    }
    assert str(first["ok"]).lower() == "false"
    assert table.schema.field("amount").type == pa.int64()
    assert table.table()["note"].null_count == 29
    assert "Sheet 'Loans' was read, the first of 3 ('Secret', 'Loans', 'Empty')." in table.notices
    assert "The workbook holds 2 cell(s) with an error such as #N/A that count as missing." in table.notices


def test_the_sheet_can_be_chosen(loans_book):
    unpacked = unpack(loans_book, "loans.xlsx", Limits(), Recipe(sheet="Secret"))
    assert (unpacked.sheet, unpacked.sheets) == ("Secret", ("Secret", "Loans", "Empty"))
    assert unpacked.path.read_text() == "x,y\n"
    error = refusal(loans_book, recipe=Recipe(sheet="Picture"))
    assert (error.kind, error.fix) == ("sheet", "Choose one of 'Secret', 'Loans', 'Empty'.")
    error = refusal(loans_book, recipe=Recipe(sheet="Empty"))
    assert (error.kind, error.fix) == ("empty", "Choose another sheet: 'Secret', 'Loans'.")


def test_the_recipe_of_a_workbook_reads_the_next_one(loans_book):
    recipe = check_and_open(loans_book, filename="loans.xlsx").recipe
    again = check_and_open(loans_book, filename="loans.xlsx", recipe=Recipe.from_json(recipe.to_json()))
    assert (again.recipe, again.n_rows) == (recipe, 30)


@pytest.mark.parametrize("name", ["loans.csv", "loans.xls", "loans"])
def test_a_workbook_under_another_name(loans_book, name):
    assert check_and_open(loans_book.rename(loans_book.with_name(name)), filename=name).n_rows == 30


def test_a_workbook_in_an_archive(loans_book, tmp_path):
    path = tmp_path / "packed"
    path.write_bytes(gzip.compress(loans_book.read_bytes()))
    table = check_and_open(path, filename="packed")
    assert (table.n_rows, table.recipe.container, table.recipe.compression) == (30, "xlsx", "gzip")
    table = check_and_open(wrapped.zipped(path, {"l.xlsx": loans_book.read_bytes()}), filename="packed")
    assert (table.n_rows, table.recipe.compression, table.notices[0]) == (30, "zip", "'l.xlsx' was unpacked from a zip archive.")


def test_the_public_workbook(public):
    table = check_and_open(public("messy/csvkit/dummy.xlsx"), filename="dummy.xlsx")
    assert table.table().to_pylist() == [{"a": 1, "b": 2, "c": 3}]


@pytest.mark.parametrize("name", ["old.xls", "old.csv"])
def test_an_old_workbook(tmp_path, name):
    """Written by xlwt 1.3.0: two sheets, numbers, dates and letters beyond ASCII."""
    path = tmp_path / name
    path.write_bytes((FIXTURES / "written_by_xlwt_1.3.0.xls").read_bytes())
    table = check_and_open(path, filename=name)
    assert table.table().to_pylist() == [
        {"id": 1, "opened": datetime.date(2020, 1, 2), "rate": 0.25, "name": "Müller"},
        {"id": 2, "opened": datetime.date(2021, 12, 31), "rate": 3, "name": "Øre, Ltd"},
    ]
    assert refusal(path, recipe=Recipe(sheet="Loan")).fix == "Choose one of 'Loans', 'Notes'."


def test_a_binary_workbook(tmp_path):
    path = wrapped.binary_workbook(tmp_path / "a.xlsb", [["a", "b"], [1.0, 2.5], [3.0, "é"]])
    assert check_and_open(path, filename="a.xlsb").table().to_pylist() == [{"a": 1, "b": "2.5"}, {"a": 3, "b": "é"}]


def test_an_open_document(tmp_path):
    def row(*cells: tuple[str, str, str]) -> str:
        told = "".join(
            f"<table:table-cell office:value-type='{k}' {v}><text:p>{t}</text:p></table:table-cell>" for k, v, t in cells
        )
        return f"<table:table-row>{told}</table:table-row>"

    path = wrapped.open_document(
        tmp_path / "a.ods",
        row(("string", "", "n"), ("string", "", "day"))
        + row(("float", "office:value='1'", "1"), ("date", "office:date-value='2020-01-02'", "2.1.20")),
    )
    table = check_and_open(path, filename="a.ods")
    assert table.table().to_pylist() == [{"n": 1, "day": datetime.date(2020, 1, 2)}]


def test_workbooks_that_cannot_be_read_are_refused(tmp_path, loans_book):
    path = tmp_path / "book.xls"
    path.write_bytes(wrapped.compound(["EncryptionInfo", "EncryptedPackage"]))
    assert refusal(path).kind == "encrypted"
    path.write_bytes(wrapped.compound(["WordDocument"]))
    assert (refusal(path).kind, refusal(path).message) == (
        "binary",
        "'book.xls' is a file of an office program, but no workbook.",
    )
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 3_000)
    assert refusal(path).kind == "damaged"
    path.write_bytes(loans_book.read_bytes()[:-300])
    assert refusal(path).kind == "damaged"
    path.write_bytes((FIXTURES / "written_by_xlwt_1.3.0.xls").read_bytes()[:2_000])
    assert refusal(path).kind == "damaged"
    wrapped.workbook(path, "<worksheet><sheetData><row><c><v>no end")
    assert refusal(path).kind in {"damaged", "empty"}


def test_a_workbook_names_other_files_in_vain(tmp_path):
    """An entity that names a file of ours is not replaced by what that file holds."""
    secret = tmp_path / "secret"
    secret.write_text("do not tell")
    sheet = (
        f'<!DOCTYPE x [<!ENTITY told SYSTEM "file://{secret}">]><worksheet><sheetData>'
        '<row r="1"><c r="A1" t="str"><v>a</v></c><c r="B1" t="str"><v>b</v></c></row>'
        '<row r="2"><c r="A2" t="str"><v>&told;</v></c><c r="B2"><v>1</v></c></row></sheetData></worksheet>'
    )
    path = wrapped.workbook(tmp_path / "a.xlsx", sheet)
    with contextlib.suppress(ReadingError):
        assert "do not tell" not in unpack(path, "a.xlsx", Limits()).path.read_text()
