"""Files become typed tables: what is detected, what is refused, and what is never silently wrong."""

import datetime
import re
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from pipeline.errors import ReadingError, Stopped
from pipeline.reading import Recipe, check_and_open
from pipeline.results import Progress

PUBLIC = [  # rows and columns as ../shared/data/README.md states them
    ("credit/german_credit.csv", 1000, 21),
    ("credit/credit_risk_dataset.csv", 32581, 12),
    ("logit/ISLR_Default.csv", 10000, 5),
    ("logit/ucla_binary.csv", 400, 4),
    ("logit/spector.csv", 32, 5),
    ("general/titanic_train.csv", 891, 12),
    ("general/Telco-Customer-Churn.csv", 7043, 21),
    ("general/bank-full.csv", 45211, 17),
]


def kinds(table) -> dict[str, str]:
    return {column.name: column.kind for column in table.columns}


@pytest.mark.parametrize(("name", "n_rows", "n_columns"), PUBLIC)
def test_public_files_have_all_their_rows_and_columns(public, name, n_rows, n_columns):
    table = check_and_open(public(name), filename=name)
    assert (table.n_rows, len(table.columns)) == (n_rows, n_columns)
    assert sum(len(chunk) for chunk in table.chunks()) == n_rows
    assert table.notices == ()


def test_blanks_of_telco_are_missing_numbers(public):
    """TotalCharges holds 11 cells with one blank."""
    table = check_and_open(public("general/Telco-Customer-Churn.csv"), filename="telco")
    charges = next(column for column in table.columns if column.name == "TotalCharges")
    assert (charges.kind, charges.n_missing) == ("number", 11)
    assert table.table()["TotalCharges"].null_count == 11


def test_types_are_decided_on_all_rows(opened):
    rows = "".join(f"{k},{k}.5,2020-01-{k % 28 + 1:02d},g{k % 3},00{k % 5},{'yes' if k % 2 else 'no'}\n" for k in range(30_000))
    table = opened("whole,part,day,group,code,flag\n" + rows)
    assert kinds(table) == {
        "whole": "number",
        "part": "number",
        "day": "date",
        "group": "category",
        "code": "category",
        "flag": "category",
    }
    assert table.schema.field("whole").type == pa.int64()
    assert table.schema.field("part").type == pa.float64()
    assert table.schema.field("day").type == pa.date32()
    assert table.table()["code"][1].as_py() == "001"
    assert table.table()["day"][0].as_py() == datetime.date(2020, 1, 1)


@pytest.mark.parametrize(
    ("last", "kind"),
    [("x", "text"), ("0007", "text"), ("0x1F", "text"), ("12345678901234567890", "text"), ("1.5", "number"), ("1e3", "number")],
)
def test_one_cell_at_the_end_decides(opened, last, kind):
    """More than one parsing block of whole numbers before the cell that is none."""
    rows = "".join(f"{k},{k}\n" for k in range(1, 400_000))
    table = opened(f"a,b\n{rows}{last},1\n")
    assert table.columns[0].kind == kind
    assert table.columns[0].n_rows == 400_000
    assert table.columns[0].n_missing == 0
    column = table.table()["a"]
    assert str(column[0].as_py()) in {"1", "1.0"}
    assert column[-1].as_py() == (last if kind == "text" else float(last))


def test_dates_and_then_a_time_are_times(opened):
    table = opened("a,b\n" + "2020-01-02,1\n" * 300_000 + "2020-01-02 03:04:05,2\n")
    assert table.columns[0].kind == "date"
    assert table.table()["a"][-1].as_py() == datetime.datetime(2020, 1, 2, 3, 4, 5)  # noqa: DTZ001 - the file names no zone


@pytest.mark.parametrize("cells", [("Dec-2014", "Jan-2015"), ("Dec-14", "Jan-15"), ("December 2014", "January 2015")])
def test_a_month_and_a_year_are_the_first_of_the_month(opened, cells):
    """As loan books write the month of issue; said, since the day is not in the file."""
    table = opened("issued,bad\n" + "".join(f"{cell},{k}\n" for k, cell in enumerate(cells * 3)))
    assert table.table()["issued"].to_pylist()[:2] == [datetime.date(2014, 12, 1), datetime.date(2015, 1, 1)]
    (repair,) = table.repairs
    assert (repair.kind, repair.column) == ("dates", "issued")


def test_a_month_and_a_day_are_no_date(opened):
    table = opened("born,bad\nMay 14,0\nJune 20,1\nMay 15,0\n")
    assert table.columns[0].kind == "text"


def test_missing_markers_and_the_word_none(opened):
    table = opened("a,b,c\n1,none,x\nNA,none,NA\n?,yes,x\n,none,x\nNaN,yes,\n7,none,null\n8,yes,x\n")
    assert {column.name: (column.kind, column.n_missing) for column in table.columns} == {
        "a": ("number", 4),
        "b": ("category", 0),
        "c": ("category", 3),
    }
    assert table.table()["a"].to_pylist() == [1, None, None, None, None, 7, 8]


def test_infinite_numbers_are_missing_with_a_notice(opened):
    table = opened("a,b\n1.5,1\ninf,2\n1e999,3\n2.5,4\n")
    assert (table.columns[0].kind, table.columns[0].n_missing) == ("number", 2)
    assert table.table()["a"].to_pylist() == [1.5, None, None, 2.5]
    assert "2 value(s) of 'a'" in table.notices[0]


def test_blanks_around_cells_are_not_part_of_them(opened):
    table = opened("a, b, c\n1, 5, yes\n2, 6,no\n3,  7, yes\n4,8,no \n5,   , no\n")
    assert [column.name for column in table.columns] == ["a", "b", "c"]
    assert table.table()["b"].to_pylist() == [5, 6, 7, 8, None]
    assert table.table()["c"].to_pylist() == ["yes", "no", "yes", "no", "no"]


def test_chunks_are_as_asked_and_share_one_dictionary(opened):
    """Levels come in an order that differs from chunk to chunk."""
    rows = "".join(f"{k},{'abc'[(k // 1000) % 3]}\n" for k in range(10_500))
    chunks = list(opened("n,level\n" + rows).chunks(rows=1_000))
    assert [len(chunk) for chunk in chunks] == [1_000] * 10 + [500]
    assert {tuple(chunk.column(1).dictionary.to_pylist()) for chunk in chunks} == {("a", "b", "c")}
    assert [chunk.column(1)[0].as_py() for chunk in chunks[:4]] == ["a", "b", "c", "a"]
    assert pa.Table.from_batches(chunks)["n"].to_pylist() == list(range(10_500))


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", "^"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_delimiters_and_line_ends(opened, delimiter, line_end):
    lines = ["id,name,note", '1,Ada,"one, two; three | four"', '2,"Grace ""G""",plain', "3,Karl,"]
    text = line_end.join(delimiter.join(re.split(r',(?=(?:[^"]*"[^"]*")*[^"]*$)', line)) for line in lines)
    table = opened(text)
    assert table.recipe.delimiter == delimiter
    assert table.table()["name"].to_pylist() == ["Ada", 'Grace "G"', "Karl"]
    assert table.table()["note"].to_pylist() == ["one, two; three | four", "plain", None]


@pytest.mark.parametrize(
    ("encoding", "detected"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("utf-16", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("utf-32", "utf-32-le"),
        ("windows-1252", "cp1252"),
    ],
)
def test_encodings(opened, encoding, detected):
    text = "größe,preis\n" + "".join(f"mäßig {k},{k}\n" for k in range(50))
    table = opened(text.encode(encoding))
    assert table.recipe.encoding == detected
    assert table.table()["größe"][0].as_py() == "mäßig 0"
    assert bool(table.notices) == (encoding == "windows-1252")


def test_a_recipe_is_followed_and_survives_json(opened):
    recipe = Recipe(delimiter=";", missing=("", "-9"), kinds={"a": "text"})
    assert Recipe.from_json(recipe.to_json()) == recipe
    table = opened("a;b\n1,5;-9\n2,5;3\n", recipe=recipe)
    assert table.table()["a"].to_pylist() == ["1,5", "2,5"]
    assert table.table()["b"].to_pylist() == [None, 3]


def test_headers_are_repaired_with_a_notice(opened):
    table = opened("id,,id, id ,id_2\n1,2,3,4,5\n")
    assert [column.name for column in table.columns] == ["id", "column_2", "id_3", "id_4", "id_2"]
    assert len(table.notices) == 2


def test_a_first_line_of_numbers_is_data(opened):
    table = opened("1,2\n3,4\n")
    assert table.n_rows == 2
    assert [column.name for column in table.columns] == ["column_1", "column_2"]
    assert "first line" in table.notices[0]


REFUSALS = [
    ("empty", b"", "empty"),
    ("blank lines", b"\n\n \n", "empty"),
    ("header only", b"a,b,c\n", "header_only"),
    ("header only, no line end", b"a,b,c", "header_only"),
    ("header only, blank lines", b"a,b,c\n\n\n", "header_only"),
    ("header only, blank cells", b"a,b,c\n,,\n", "header_only"),
    ("NUL bytes", b"a,b\n1,\x00\n2,3\n", "binary"),
    ("control characters", b"a,b\n" + bytes(range(1, 9)) * 40, "binary"),
    ("gzip", b"\x1f\x8b\x08\x00rest", "damaged"),
    ("zip or XLSX", b"PK\x03\x04rest", "damaged"),
    ("Parquet", b"PAR1rest", "damaged"),
    ("pickle", b"\x80\x04\x95rest", "binary"),
    ("HTML", b"<!DOCTYPE html><html><body>a,b</body></html>", "markup"),
    ("a long line", b"a,b\n1," + b"x" * 1_000_001 + b"\n", "line_too_long"),
    ("a long line without end", b"a,b" * 400_000, "line_too_long"),
    ("a million columns", b"1," * 2_000_000, "line_too_long"),
    (
        "2,001 columns",
        b",".join(b"c%d" % k for k in range(2_001)) + b"\n" + b",".join([b"1"] * 2_001) + b"\n",
        "too_many_columns",
    ),
    ("mostly short rows", b"a,b,c\n1,2,3\n4,5\n", "ragged"),
    ("mostly long rows", b"a,b,c\n1,2,3\n4,5,6,7\n", "ragged"),
    ("half a UTF-16 character", b"\xff\xfea\x00,\x00b\x00\n\x00\x00\xd8", "undecodable"),
]


@pytest.mark.parametrize(("content", "kind"), [case[1:] for case in REFUSALS], ids=[case[0] for case in REFUSALS])
def test_what_is_no_table_is_refused_with_a_remedy(opened, content, kind):
    with pytest.raises(ReadingError) as caught:
        opened(content)
    assert caught.value.kind == kind
    assert caught.value.message.endswith(".")
    assert caught.value.fix.endswith(".")


def test_an_odd_quote_within_the_file_is_told(opened):
    table = opened('a,b\n1,"x"\n2,5" pipe\n3,"y"\n')
    assert table.table()["b"].to_pylist() == ["x", '5" pipe', "y"]
    assert "odd number" in table.notices[0]


def test_a_ragged_row_is_told_by_its_line(opened):
    """Line 5: blank lines and line ends within quotes count as lines."""
    with pytest.raises(ReadingError, match=r"Line 5 of 'upload.csv' has 3 cells where the header has 2"):
        opened('a,b\n\n1,"x\ny"\n1,2,3\n4,5\n', recipe=Recipe(ragged="refuse"))


def test_unknown_encoding_and_recipe_format_are_refused(opened):
    with pytest.raises(ReadingError, match="no encoding 'klingon'"):
        opened("a,b\n1,2\n", recipe=Recipe(encoding="klingon"))
    with pytest.raises(ReadingError, match="format 99"):
        Recipe.from_json({**Recipe().to_json(), "format": 99})


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.one_of(
        st.binary(max_size=400),
        st.text(alphabet="ab01.,;\t|\"'^ \n\r-é\u200b\x00", max_size=300).map(lambda text: text.encode()),
        st.text(alphabet='a1,"\n', max_size=60).map(lambda text: text.encode("utf-16")),
    )
)
@example(b"\xff\xfe")
@example(b"a,b\n\x85,1\n")
@example(b'a,b\n"1,2\n')
@example(b"'',\n'',\n")
def test_any_bytes_are_read_or_refused(tmp_path, content):
    path = tmp_path / "random.csv"
    path.write_bytes(content)
    try:
        table = check_and_open(path, filename="random.csv")
    except ReadingError:
        return
    assert table.n_rows == sum(len(chunk) for chunk in table.chunks(rows=7)) > 0
    for column, values in zip(table.columns, table.table().columns, strict=True):
        assert column.n_missing == values.null_count


CELLS = st.one_of(
    st.integers(-(10**6), 10**6).map(str),
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
    st.text(alphabet="abc,;\"'\n xyz01", min_size=1, max_size=8).filter(lambda text: text.strip() == text != ""),
)


NUMBER = re.compile(r"[-+]?\d+(\.\d+)?([eE][-+]?\d+)?")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=12))
def test_what_is_written_is_read_back(tmp_path, rows):
    """Texts as they were written, numbers by value, under the comma and double quote of RFC 4180."""
    path = tmp_path / "written.csv"

    def quote(cell):
        return '"' + cell.replace('"', '""') + '"'

    path.write_bytes(("left,right\n" + "".join(f"{quote(a)},{quote(b)}\n" for a, b in rows)).encode())
    opened = check_and_open(path, filename="written.csv", recipe=Recipe())
    texts, table = pa.Table.from_batches(opened.text_batches()), opened.table()
    for k, name in enumerate(("left", "right")):
        written, got = [row[k] for row in rows], table[name].to_pylist()
        assert texts[name].to_pylist() == written
        if isinstance(got[0], str):
            assert got == written
        elif all(NUMBER.fullmatch(cell) for cell in written):
            assert [float(value) for value in got] == [float(cell) for cell in written]


def test_reading_imports_neither_pandas_nor_scikit_learn():
    code = "import sys, pipeline.reading; print([m for m in ('pandas', 'sklearn', 'scipy') if m in sys.modules])"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"


# The peak of the process itself; what getrusage tells includes the size of the parent at the fork.
MEMORY = r"""
import re, sys
from pathlib import Path
from pipeline.reading import check_and_open
table = check_and_open(Path(sys.argv[1]), filename="x.csv")
for chunk in table.chunks():
    pass
print(table.n_rows, re.search(r"VmHWM:\s*(\d+) kB", Path("/proc/self/status").read_text())[1])
"""


def test_memory_does_not_grow_with_the_rows(tmp_path):
    """Arrow reads some 40 MB ahead; beyond that 75 MB more of text may take at most 30 MB more memory."""
    peaks = []
    for n in (1_200_000, 3_000_000):
        path = tmp_path / "long.csv"
        path.write_bytes(b"income,purpose,score,region\n" + b"51234.25,debt consolidation,0.73125,north\n" * n)
        said = subprocess.run([sys.executable, "-c", MEMORY, str(path)], capture_output=True, text=True, check=True)
        rows, peak = map(int, said.stdout.split())
        assert rows == n
        peaks.append(peak)
    assert peaks[1] - peaks[0] < 30_000


def test_the_longest_lines_allowed_are_read(opened):
    """Two of them, so that one straddles the blocks of the parser."""
    long = "x" * 999_900
    table = opened(f"a,b\n1,{long}\n2,y\n3,{long}\n")
    assert table.table()["b"].to_pylist() == [long, "y", long]


def test_temporary_copies_are_removed(opened, monkeypatch, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    table = opened("a,b\n1,ä\n".encode("utf-16"))
    assert len(list(tmp_path.glob("scoredesk-*"))) == 1
    assert table.table().num_rows == 1
    del table
    assert list(tmp_path.glob("scoredesk-*")) == []
    with pytest.raises(ReadingError):
        opened(b"\xff\xfea\x00\x00\x00")
    assert list(tmp_path.glob("scoredesk-*")) == []
    assert Path(tmp_path, "upload.csv").exists()


def test_reading_tells_how_far_it_is_and_can_be_stopped(tmp_path):
    path = tmp_path / "long.csv"
    path.write_bytes(b"a,b\n" + b"12345,yes\n67890,no\n" * 150_000)
    told: list[Progress] = []
    table = check_and_open(path, filename="long.csv", report=told.append)
    assert table.n_rows == 300_000
    shares = [progress.share for progress in told]
    assert len(shares) >= 4
    assert shares == sorted(shares)
    assert told[-1].what == "Reading rows: 300,000 so far"

    def stop(progress: Progress) -> None:
        raise Stopped

    with pytest.raises(Stopped):
        check_and_open(path, filename="long.csv", report=stop)
