"""Archives, workbooks, Parquet and encodings: what is in them is read as it is, and told."""

import contextlib
import datetime
import decimal
import errno
import gc
import gzip
import hashlib
import io
import os
import random
import struct
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.errors import ReadingError
from pipeline.reading import Limits, Recipe, check_and_open
from pipeline.reading.containers import unpack
from pipeline.reading.peek import peek
from tests.pipeline import wrapped

FIXTURES = Path(__file__).with_name("fixtures")
TEXT = b"id,name\n1,english\n2,\xe4\xb8\xad\xe5\x9b\xbd\xe4\xba\xba\n"
ROWS = [{"id": 1, "name": "english"}, {"id": 2, "name": "中国人"}]


@pytest.fixture(autouse=True)
def no_files_are_left(tmp_path, monkeypatch):
    """Temporary copies go with what was opened."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    yield
    gc.collect()  # errors that a test still holds keep their frames
    assert list(folder.iterdir()) == []


def kinds(table) -> dict[str, str]:
    return {column.name: column.kind for column in table.columns}


def refusal(path: Path, **options: object) -> ReadingError:
    with pytest.raises(ReadingError) as caught:
        check_and_open(path, filename=path.name, **options)
    assert caught.value.message.endswith(".")
    assert caught.value.fix.endswith(".")
    return caught.value


# --- gzip and zip


@pytest.mark.parametrize("name", ["table.csv.gz", "table.csv", "table.parquet", "table"])
def test_gzip_is_known_by_its_content(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(gzip.compress(TEXT))
    table = check_and_open(path, filename=name)
    assert table.table().to_pylist() == ROWS
    assert table.recipe.compression == "gzip"
    assert table.notices == (f"'{name}' was unpacked from gzip.",)
    assert (table.n_bytes, table.sha256) == (path.stat().st_size, hashlib.sha256(path.read_bytes()).hexdigest())


def test_public_gzip_files(public):
    table = check_and_open(public("messy/frictionless/implicit-gz.csv"), filename="implicit-gz.csv")
    assert table.table().to_pylist() == ROWS
    table = check_and_open(public("messy/csvkit/dummy.csv.gz"), filename="dummy.csv.gz")
    assert table.table().to_pylist() == [{"a": 1, "b": 2, "c": 3}]


def test_gzip_members_one_after_another_are_one_text(tmp_path):
    path = tmp_path / "two.gz"
    path.write_bytes(gzip.compress(b"a,b\n1,2\n") + gzip.compress(b"3,4\n"))
    assert check_and_open(path, filename="two.gz").table()["a"].to_pylist() == [1, 3]


def test_a_zip_with_one_table_is_read_whatever_lies_around_it(tmp_path):
    members = {"in/": b"", "in/loans.csv": TEXT, "__MACOSX/in/._loans.csv": b"\0", "in/.DS_Store": b"\0"}
    path = wrapped.zipped(tmp_path / "loans.csv", members)
    table = check_and_open(path, filename="loans.csv")
    assert table.table().to_pylist() == ROWS
    assert table.recipe.compression == "zip"
    assert table.notices == ("'in/loans.csv' was unpacked from a zip archive.",)
    assert table.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_recipe_is_followed_within_an_archive(tmp_path, method):
    path = wrapped.zipped(tmp_path / "a.zip", {"a.txt": "größe;x\n1;2\n".encode("utf-16")}, method)
    table = check_and_open(path, filename="a.zip", recipe=Recipe(encoding="utf-16-le", delimiter=";"))
    assert table.table().to_pylist() == [{"größe": 1, "x": 2}]


def encrypted(path: Path) -> Path:
    """A zip whose member is marked as encrypted, in both of its headers."""
    data = bytearray(wrapped.zipped(path, {"a.csv": TEXT}, zipfile.ZIP_STORED).read_bytes())
    for signature, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + at] |= 1
    path.write_bytes(data)
    return path


def broken(path: Path, content: bytes) -> Path:
    """The same with one byte of the packed text changed, so that its checksum is wrong."""
    data = bytearray(content)
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    return path


def lines(n: int) -> bytes:
    draw = random.Random(1)
    return b"id,x\n" + b"".join(b"%d,%d\n" % (k, draw.randrange(10**6)) for k in range(n))


ARCHIVES = [
    ("several tables", lambda p: wrapped.zipped(p, {"a.csv": TEXT, "b.csv": TEXT}), "archive", "2 files: 'a.csv', 'b.csv'"),
    ("no file", lambda p: wrapped.zipped(p, {}), "archive", "holds no file"),
    ("a name that climbs", lambda p: wrapped.zipped(p, {"../../etc/cron.d/x": TEXT}), "archive", "outside of its folder"),
    ("a name that climbs on Windows", lambda p: wrapped.zipped(p, {"..\\x.csv": TEXT}), "archive", "outside of its folder"),
    ("an absolute name", lambda p: wrapped.zipped(p, {"/etc/passwd": TEXT}), "archive", "outside of its folder"),
    ("a name with a drive", lambda p: wrapped.zipped(p, {"C:/x.csv": TEXT}), "archive", "outside of its folder"),
    ("a password", encrypted, "encrypted", "protected by a password"),
    ("a rare method", lambda p: wrapped.zipped(p, {"a.csv": TEXT}, zipfile.ZIP_BZIP2), "archive", "rarely used"),
    ("gzip in gzip", lambda p: p.write_bytes(gzip.compress(gzip.compress(TEXT))), "archive", "within an archive"),
    (
        "zip in zip",
        lambda p: wrapped.zipped(p, {"a.zip": wrapped.zipped(p, {"a.csv": TEXT}).read_bytes()}),
        "archive",
        "within an archive",
    ),
    ("7z in zip", lambda p: wrapped.zipped(p, {"a.7z": b"7z\xbc\xaf\x27\x1c"}), "archive", "within an archive"),
    ("an empty file", lambda p: wrapped.zipped(p, {"a.csv": b""}), "empty", "holds an empty file"),
    ("a web page", lambda p: wrapped.zipped(p, {"a.csv": b"<html><table>"}), "markup", "web page"),
    ("gzip cut off", lambda p: p.write_bytes(gzip.compress(lines(9_000))[:-2_000]), "damaged", "cut off"),
    ("gzip with a wrong byte", lambda p: broken(p, gzip.compress(lines(9_000))), "damaged", "damaged"),
    ("gzip with something behind", lambda p: p.write_bytes(gzip.compress(TEXT) + b"more"), "damaged", "damaged"),
    (
        "zip cut off",
        lambda p: p.write_bytes(wrapped.zipped(p, {"a.csv": lines(9_000)}).read_bytes()[:-500]),
        "damaged",
        "cut off",
    ),
    (
        "zip with a wrong byte",
        lambda p: broken(p, wrapped.zipped(p, {"a.csv": lines(9_000)}, zipfile.ZIP_STORED).read_bytes()),
        "damaged",
        "damaged",
    ),
    (
        "zip with too long a list",
        lambda p: wrapped.zipped(p, {"f" * 9_000 + str(k): b"" for k in range(500)}),
        "archive",
        "too many",
    ),
]


@pytest.mark.parametrize(("make", "kind", "said"), [case[1:] for case in ARCHIVES], ids=[case[0] for case in ARCHIVES])
def test_archives_that_are_not_one_table_are_refused(tmp_path, make, kind, said):
    path = tmp_path / "packed.zip"
    make(path)
    error = refusal(path)
    assert error.kind == kind
    assert said in error.message


def test_limits_hold_for_what_comes_out(tmp_path):
    path = tmp_path / "a.gz"
    path.write_bytes(gzip.compress(lines(9_000)))
    assert refusal(path, limits=Limits(unpacked_bytes=50_000)).kind == "too_large"
    path = wrapped.zipped(tmp_path / "a.zip", {"a.csv": lines(9_000)})
    assert refusal(path, limits=Limits(unpacked_bytes=50_000)).kind == "too_large"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(["gzip", "zip", "parquet"]), st.integers(0, 400), st.integers(0, 255), st.integers(0, 300))
def test_damaged_files_are_read_or_refused(tmp_path, container, at, byte, cut):
    """One byte changed, and some cut off at the end."""
    path = tmp_path / "any"
    if container == "gzip":
        path.write_bytes(gzip.compress(b"id,name\n" + b"1,x\n2,yy\n" * 20))
    elif container == "zip":
        wrapped.zipped(path, {"a.csv": b"id,name\n1,x\n2,yy\n"})
    else:
        pq.write_table(pa.table({"id": [1, 2], "name": ["x", "yy"]}), path, store_schema=False, compression="none")
    data = bytearray(path.read_bytes())
    data[at % len(data)] = byte
    path.write_bytes(data[: len(data) - (cut if cut < 30 else 0)])
    try:
        table = check_and_open(path, filename="any")
        assert sum(map(len, table.chunks())) == table.n_rows
    except ReadingError:
        pass


# --- workbooks


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


# --- Parquet


def test_parquet_types_are_kept(tmp_path):
    n = 1_000
    noon = datetime.datetime(2020, 1, 2, 12, 0, 0, 5)  # noqa: DTZ001
    source = pa.table(
        {
            "small": pa.array([k % 5 for k in range(n)], pa.int8()),
            "unsigned": pa.array(range(n), pa.uint64()),
            "part": pa.array([0.5, None, float("nan"), float("inf")] * 250, pa.float32()),
            "decimal": pa.array([decimal.Decimal("1.25")] * n),
            "flag": pa.array([True, False, None, True] * 250),
            "level": pa.array(["x ", " y", "NA", None] * 250),
            "coded": pa.array(["b", "a", "b", None] * 250).dictionary_encode(),
            "key": pa.array([f"id{k}" for k in range(n)], pa.large_string()),
            "day": pa.array([datetime.date(2020, 1, 2)] * n),
            "time": pa.array([noon] * n, pa.timestamp("ns")),
            "zoned": pa.array([noon] * n, pa.timestamp("us", "Europe/Berlin")),
            "nothing": pa.nulls(n),
            "list": pa.array([[1, 2]] * n),
            "struct": pa.array([{"a": 1, "b": {"c": 2}}] * n),
            "binary": pa.array([b"\xff"] * n),
            "clock": pa.array([datetime.time(1)] * n),
            "part.2": pa.array(range(n)),
        }
    )
    path = tmp_path / "loans.csv"
    pq.write_table(source, path, row_group_size=300)
    table = check_and_open(path, filename="loans.csv")
    found = table.table()
    assert (table.recipe.container, table.n_rows, table.sha256) == ("parquet", n, hashlib.sha256(path.read_bytes()).hexdigest())
    assert {column.name: (column.kind, column.n_missing, column.n_distinct) for column in table.columns} == {
        "small": ("number", 0, 5),
        "unsigned": ("number", 0, n),
        "part": ("number", 750, 1),
        "decimal": ("number", 0, 1),
        "flag": ("category", 250, 2),
        "level": ("category", 500, 2),
        "coded": ("category", 250, 2),
        "key": ("text", 0, n),
        "day": ("date", 0, 1),
        "time": ("date", 0, 1),
        "zoned": ("date", 0, 1),
        "nothing": ("text", n, 0),
        "part.2": ("number", 0, n),
    }
    assert found.slice(1, 1).to_pylist() == [
        {
            "small": 1,
            "unsigned": 1,
            "part": None,
            "decimal": 1.25,
            "flag": "false",
            "level": "y",
            "coded": "a",
            "key": "id1",
            "day": datetime.date(2020, 1, 2),
            "time": noon,
            "zoned": noon,
            "nothing": None,
            "part.2": 1,
        }
    ]
    assert [column.null_count for column in found.columns] == [column.n_missing for column in table.columns]
    assert [len(chunk) for chunk in table.chunks(400)] == [400, 400, 200]
    told = " ".join(table.notices)
    for said in (
        "4 column(s) were left out: 'list (",
        "250 value(s) of 'part' are infinite",
        "'decimal' holds decimal",
        "as UTC",
    ):
        assert said in told


def test_kinds_and_missing_markers_hold_for_parquet(tmp_path):
    path = tmp_path / "a.parquet"
    values = {
        "code": [1, 2, 2, 1] * 30,
        "rate": ["1.5", " 2", "x", "-3e2"] * 30,
        "day": ["2020-01-02", "2020-13-45", None, "2021-05-06"] * 30,
        "odd": ["-9", "a", "b", "a"] * 30,
        "time": [datetime.date(2020, 1, 1)] * 120,
    }
    pq.write_table(pa.table(values), path)
    wanted = {"code": "category", "rate": "number", "day": "date", "odd": "text", "time": "number"}
    table = check_and_open(path, filename="a.parquet", recipe=Recipe(missing=("-9",), kinds=wanted))
    assert kinds(table) == {"code": "category", "rate": "number", "day": "date", "odd": "text", "time": "date"}
    assert table.table().slice(0, 3).to_pydict() == {
        "code": ["1", "2", "2"],
        "rate": [1.5, 2.0, None],
        "day": [datetime.date(2020, 1, 2), None, None],
        "odd": [None, "a", "b"],
        "time": [datetime.date(2020, 1, 1)] * 3,
    }
    unread = {column.name: (column.n_unread, column.unread) for column in table.columns if column.n_unread}
    assert unread == {"rate": (30, ("x",)), "day": (30, ("2020-13-45",))}
    assert any("'time' stays a date" in notice for notice in table.notices)


def test_parquet_and_text_give_the_same_table(public, tmp_path):
    """What was read from a text, written as Parquet and read again."""
    text = check_and_open(public("credit/german_credit.csv"), filename="german")
    path = tmp_path / "german.parquet"
    pq.write_table(text.table(), path)
    table = check_and_open(path, filename="german")
    assert table.table().equals(text.table())
    assert table.columns == text.columns


def test_parquet_names_are_made_distinct(tmp_path):
    path = tmp_path / "a.parquet"
    pq.write_table(pa.Table.from_arrays([pa.array([1]), pa.array([2]), pa.array([3])], names=["a", "a", ""]), path)
    table = check_and_open(path, filename="a.parquet")
    assert table.table().to_pylist() == [{"a": 1, "a_2": 2, "column_3": 3}]
    assert len(table.notices) == 2


def test_parquet_without_rows_or_columns_that_count_is_refused(tmp_path):
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"a": pa.array([], pa.int64())}), path)
    assert refusal(path).kind == "header_only"
    pq.write_table(pa.table({"a": [[1]]}), path)
    assert refusal(path).kind == "no_column"


# --- encodings

WORDS = {
    "de": "Müller Schröder Jäger Weiß Köln München Düsseldorf Straße Größe "
    "Übung Käse Fuß schön Tür Bücher Göttingen Kredit Miete",
    "fr": "crédit société école François Hélène élève été Noël garçon "
    "Besançon très déjà hôtel forêt Évry loyer impayé refusé marié",
    "es": "España niño año mañana José María Martínez López "
    "Núñez Málaga crédito préstamo señor ocupación jubilación también casa",
    "pl": "Łódź Kraków Gdańsk Poznań Wrocław żółty źródło książka "
    "miłość mąż żona dług pożyczka Świątek mieszkanie własne wynajęte",
    "cs": "Dvořák Černý Novák Procházka Kučera Plzeň Ústí České žlutý "
    "kůň úvěr půjčka splátka ženatý rozvedená příjem měsíc řidič",
    "ru": "Москва Иванов Петров Сидорова кредит займ отказ одобрено квартира машина образование женат доход месяц высшее учитель",
    "el": "Αθήνα Θεσσαλονίκη Παπαδόπουλος Γεωργίου Δημήτρης Μαρία δάνειο πίστωση σπίτι αυτοκίνητο εισόδημα μήνας έγγαμος Πάτρα",
    "tr": "İstanbul İzmir Şahin Yılmaz Öztürk Çelik Gökçe borç evli "
    "bekâr öğretmen şoför işçi Diyarbakır Eskişehir Muğla Ağrı Iğdır",
    "ja": "東京 大阪 名古屋 札幌 福岡 佐藤 鈴木 高橋 田中 渡辺 住宅ローン "
    "自動車 教育 会社員 公務員 男性 女性 既婚 カード アパート はい いいえ",
    "zh": "北京 上海 广州 深圳 王伟 李娜 张敏 刘洋 贷款 汽车 教育 住房 "
    "已婚 未婚 男 女 批准 拒绝 收入 职员 教师 司机 工程师 本科 高中",
    "tw": "臺北 高雄 臺中 臺南 陳怡君 林志豪 張雅婷 貸款 汽車 教育 住房 "
    "已婚 未婚 男 女 核准 拒絕 收入 職員 教師 司機 工程師 大學",
}
ENCODED = [
    *(("de", "cp1252"), ("fr", "cp1252"), ("es", "cp1252"), ("pl", "cp1250"), ("pl", "iso8859-2"), ("cs", "cp1250")),
    *(("cs", "iso8859-2"), ("ru", "cp1251"), ("ru", "koi8-r"), ("el", "cp1253"), ("tr", "cp1254"), ("ja", "shift_jis")),
    *(("ja", "euc_jp"), ("zh", "gb18030"), ("tw", "big5")),
]


def table_of(words: str, n: int, seed: int) -> str:
    draw = random.Random(seed)
    chosen = words.split()
    rows = [f"{k},{draw.choice(chosen)} {draw.choice(chosen)},{draw.choice(chosen)},{draw.randrange(9_999)}" for k in range(n)]
    return "\n".join(["id,name,purpose,amount", *rows, ""])


@pytest.mark.parametrize(("language", "encoding"), ENCODED)
@pytest.mark.parametrize("n", [12, 200])
def test_encodings_are_told_apart(opened, language, encoding, n):
    text = table_of(WORDS[language], n, seed=n)
    table = opened(text.encode(encoding))
    assert table.table()["name"].to_pylist() == [line.split(",")[1] for line in text.splitlines()[1:]]
    assert any("not UTF-8" in notice for notice in table.notices)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("language", ["de", "ru", "ja"])
def test_utf16_without_its_mark(opened, language, encoding):
    text = table_of(WORDS[language], 40, seed=1)
    table = opened(text.encode(encoding))
    assert table.recipe.encoding == encoding
    assert table.table()["name"].to_pylist() == [line.split(",")[1] for line in text.splitlines()[1:]]


@pytest.mark.parametrize("cell", ["£5", "Müller", "5 €", "français", "Æ"])
def test_a_few_letters_are_windows_1252(opened, cell):
    assert opened(f"id,x\n1,{cell}\n2,y\n".encode("cp1252")).table()["x"].to_pylist() == [cell, "y"]


@pytest.mark.parametrize("encoding", ["cp1250", "koi8-r", "shift_jis", "cp037", "utf-32"])
def test_an_encoding_can_be_chosen(opened, encoding):
    text = "id,name\n1,Jan\n2,Eva\n"
    table = opened(text.encode(encoding), recipe=Recipe(encoding=encoding))
    assert table.table()["name"].to_pylist() == ["Jan", "Eva"]
    assert table.notices == ()


@pytest.mark.parametrize("name", ["punycode", "unicode_escape", "rot13", "base64", "idna", "klingon", "../x", "\0"])
def test_what_is_no_encoding_of_a_file_is_refused(opened, name):
    with pytest.raises(ReadingError, match="no encoding"):
        opened("a,b\n1,2\n", recipe=Recipe(encoding=name))


@pytest.mark.parametrize("recipe", [None, Recipe()])
def test_stray_bytes_in_utf8_are_mended(opened, recipe):
    """Two Latin-1 letters among 4,000 that are UTF-8: the others are not read as mojibake."""
    rows = ["1,Müller\n".encode()] * 4_000
    rows[1_997] = rows[3_000] = "2,Größe\n".encode("latin-1")
    table = opened(b"id,name\n" + b"".join(rows), recipe=recipe)
    names = table.table()["name"].to_pylist()
    assert names[1_997] == "Größe"
    assert set(names) == {"Müller", "Größe"}
    assert table.recipe.encoding == "utf-8"
    (repair,) = table.repairs
    assert (repair.kind, repair.lines, repair.n_lines) == ("encoding", (1_999, 3_002), 2)
    assert repair.title == "4 byte(s) were not UTF-8, as all else is, and were read as windows-1252"


def test_a_letter_cut_off_at_the_end_is_told(opened):
    table = opened(b"id,name\n" + "1,中国\n".encode() * 50 + "2,中国".encode()[:-1])
    assert table.table()["name"].to_pylist()[:50] == ["中国"] * 50
    assert (table.repairs[0].kind, table.repairs[0].lines) == ("encoding", (52,))


def test_letters_across_blocks_are_no_stray_bytes(opened):
    """Three bytes to a letter: some straddle the blocks of 256 KB in which the file is looked through."""
    table = opened("id,name\n" + "1,中国人民\n" * 60_000 + "x,é\n")
    assert table.repairs == ()
    assert table.columns[1].n_distinct == 2


def test_a_text_that_is_not_in_the_encoding_chosen_is_refused(opened):
    content = b"a,b\n1,2\n3,\xe9\n"
    with pytest.raises(ReadingError, match=r"bytes on or after line 1 that are not utf-8") as caught:
        opened(content, recipe=Recipe(encoding="utf-8"))
    assert caught.value.kind == "undecodable"


# --- what can go wrong on the way


def test_nul_bytes_are_told_with_their_line(opened):
    with pytest.raises(ReadingError, match="a NUL byte, which no text holds, on line 3"):
        opened(b"a,b\n1,2\n3,\0\n")
    with pytest.raises(ReadingError, match="on line 300,002"):
        opened(b"a,b\r\n" + b"1,2\r\n" * 300_000 + b"3,\0\r\n")


@pytest.mark.parametrize("content", [gzip.compress(TEXT), TEXT.decode().encode("utf-16")])
def test_a_full_disk_is_told(opened, monkeypatch, tmp_path, content):
    class Full(io.FileIO):
        def write(self, block):
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fdopen", lambda handle, mode: Full(handle, mode))
    with pytest.raises(ReadingError) as caught:
        opened(content)
    assert caught.value.kind == "space"


def test_a_missing_temporary_folder_is_told(opened, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", "/nowhere")
    with pytest.raises(ReadingError) as caught:
        opened(gzip.compress(TEXT))
    assert caught.value.kind == "space"


def test_a_file_that_shrinks_while_it_is_read(tmp_path, monkeypatch):
    path = tmp_path / "a.csv"
    path.write_bytes(b"a,b\n" + b"1,2\n" * 200_000)

    class Cutting:
        """Cuts the file when its first block is hashed."""

        def __init__(self):
            self._digest = hashlib.sha1(usedforsecurity=False)

        def update(self, block):
            os.truncate(path, 300_000)

        def hexdigest(self):
            return self._digest.hexdigest()

    monkeypatch.setattr("pipeline.reading.source.hashlib.sha256", Cutting)
    assert refusal(path).kind == "changed"


@pytest.mark.parametrize("size", [0, 40_000])
def test_a_file_that_changes_after_it_was_opened(tmp_path, size):
    """Of a text all that was looked at is still given; a Parquet file is read again, and refused."""
    path = tmp_path / "a.csv"
    path.write_bytes(b"a,b\n" + b"1,2\n" * 20_000)
    table = check_and_open(path, filename="a.csv")
    os.truncate(path, size)
    assert table.table()["b"].to_pylist() == [2] * 20_000
    pq.write_table(pa.table({"a": range(20_000)}), path, compression="none")
    table = check_and_open(path, filename="a.csv")
    os.truncate(path, size)
    with pytest.raises(ReadingError):
        list(table.chunks())


def test_the_parts_of_a_parquet_file_are_measured_by_their_own_headers(tmp_path):
    """The footer claims nothing about pages; a page of more than 32 MB is refused before it is unpacked."""
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"a": ["x" * 900_000] * 80}), path, use_dictionary=False, data_page_size=1 << 30, compression="zstd")
    assert path.stat().st_size < 20_000
    error = refusal(path)
    assert (error.kind, "a page of 72,0" in error.message) == ("too_large", True)


def test_parquet_that_claims_more_than_it_has_is_refused(tmp_path):
    """The footer's number of values made larger."""
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"a": pa.array(range(1_000), pa.int64())}), path, store_schema=False)
    content = path.read_bytes()
    thousand = b"\x16" + bytes([0xD0, 0x0F])  # an i64 of 1,000, as Thrift's compact protocol has it
    assert content.count(thousand) >= 2
    path.write_bytes(content.replace(thousand, b"\x16" + bytes([0xD0, 0x7F])))
    assert refusal(path).kind == "damaged"


def test_the_least_of_a_footer(tmp_path):
    path = tmp_path / "a.parquet"
    for footer in (b"", b"PAR1", struct.pack("<I", 0) + b"PAR1", struct.pack("<I", 0xFFFFFFFF) + b"PAR1"):
        path.write_bytes(b"PAR1" + footer)
        assert refusal(path).kind == "damaged"
    path.write_bytes(b"PARE" + bytes(100) + b"PARE")
    assert (refusal(path).kind, "encrypted Parquet" in refusal(path).message) == ("binary", True)
