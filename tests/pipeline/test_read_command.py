"""`python -m pipeline read`: the table that it writes, compared with what csv and pyarrow read back."""

import csv
import datetime
import io

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.__main__ import main
from pipeline.csv_text import csv_header, csv_rows


def read(capsys, *arguments: object) -> str:
    assert main(["read", *map(str, arguments)]) == 0
    said = capsys.readouterr()
    assert said.out == ""
    return said.err


def test_a_table_as_it_was_read(tmp_path, capsys):
    file, out = tmp_path / "in.csv", tmp_path / "out.csv"
    file.write_bytes(b"row;since;amount;late\n1;2024-01-31;1.50;no\n2;2024-02-01;NA;yes\n3;2024-02-03;123456789012.5;no\n")
    told = read(capsys, file, "--out", out)
    assert out.read_bytes() == (
        b"row,since,amount,late\n1,2024-01-31,1.5,no\n2,2024-02-01,,yes\n3,2024-02-03,123456789012.5,no\n"
    )
    assert told == f"Wrote 3 rows and 4 columns to {out}.\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.csv", "out.csv"]


def test_what_was_repaired_is_told_and_the_cells_stay_as_they_are(tmp_path, capsys):
    file, out = tmp_path / "in.csv", tmp_path / "out.csv"
    file.write_text("code,code,x\n007,1.50,?\n 8 ,2,NA\n9,3\n" + "1,2,3\n" * 40)
    told = read(capsys, file, "--out", out, "--as-text")
    assert list(csv.reader(io.StringIO(out.read_text())))[:4] == [
        ["code", "code_2", "x"], ["007", "1.50", "?"], [" 8 ", "2", "NA"], ["9", "3", ""],
    ]  # fmt: skip
    assert told.count("Note: ") == 2


def test_parquet_has_the_types(tmp_path, capsys):
    file, out = tmp_path / "in.csv", tmp_path / "out.parquet"
    file.write_text("d,n,c\n" + "".join(f"2024-01-{k % 28 + 1:02},{k / 4},{'ab'[k % 2]}\n" for k in range(300)))
    read(capsys, file, "--out", out)
    table = pq.read_table(out)
    assert table.num_rows == 300
    assert table["d"][1].as_py() == datetime.date(2024, 1, 2)
    assert table["n"].to_pylist()[:3] == [0, 0.25, 0.5]
    assert table["c"].to_pylist()[:2] == ["a", "b"]
    read(capsys, file, "--out", out, "--as-text")
    assert pq.read_table(out).schema.types == [pa.string()] * 3


def test_the_table_that_was_written_is_read_as_the_same(tmp_path, capsys, public):
    once, again = tmp_path / "once.csv", tmp_path / "again.csv"
    read(capsys, public("general/titanic_train.csv"), "--out", once)
    read(capsys, once, "--out", again)
    assert once.read_bytes() == again.read_bytes()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["in.csv"], "--out"),
        (["in.csv", "--out", "in.csv"], "is to be read"),
        (["in.csv", "--out", "out.xlsx"], "ends neither in .csv nor in .parquet"),
        (["in.csv", "--out", "nowhere/out.csv"], "cannot be written"),
        (["in.csv", "--out", "nowhere/out.parquet"], "cannot be written"),
        (["empty.csv", "--out", "out.csv"], "is empty"),
        (["none.csv", "--out", "out.csv"], "cannot be read"),
    ],
)
def test_wrong_use_leaves_nothing_behind(refused, tmp_path, monkeypatch, arguments, says):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in.csv").write_text("a,b\n1,2\n3,4\n")
    (tmp_path / "empty.csv").write_text("")
    assert says in refused("read", *arguments)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["empty.csv", "in.csv"]
    assert (tmp_path / "in.csv").read_text() == "a,b\n1,2\n3,4\n"


def test_what_was_there_stays_where_the_file_is_refused(refused, tmp_path):
    out = tmp_path / "out.csv"
    out.write_text("before")
    (tmp_path / "empty.csv").write_text("")
    refused("read", tmp_path / "empty.csv", "--out", out)
    assert out.read_text() == "before"


cells = st.one_of(st.none(), st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), min_size=1))


@settings(max_examples=60)
@given(st.lists(st.tuples(cells, cells, st.one_of(st.none(), st.floats(allow_nan=False, allow_infinity=False))), min_size=1))
def test_python_reads_back_what_was_written(rows):
    """Any text, and each number exactly; a missing value is an empty cell."""
    texts, others, numbers = zip(*rows, strict=True)
    batch = pa.record_batch(
        {
            'a,"b"\n': pa.array(texts, pa.string()),
            "c": pa.array(others, pa.string()).dictionary_encode(),
            "n": pa.array(numbers, pa.float64()),
        }
    )
    written = (csv_header(batch.schema.names) + csv_rows(batch)).decode()
    header, *found = csv.reader(io.StringIO(written, newline=""), strict=True)
    assert header == ['a,"b"\n', "c", "n"]
    assert [row[:2] for row in found] == [[text or "", other or ""] for text, other in zip(texts, others, strict=True)]
    assert [float(row[2]) if row[2] else None for row in found] == list(numbers)


def test_numbers_truth_values_and_times_as_text():
    batch = pa.record_batch(
        {
            "n": pa.array([3.0, 1e-7, 1e14, 0.1, 1e20]),
            "w": pa.array([-9, 0, 2**53, None, 1]),
            "t": pa.array([1704164645] * 5, pa.int64()).cast(pa.timestamp("s")).cast(pa.timestamp("us")),
            "f": pa.array([True, False, None, True, True]),
        }
    )
    first, *others = csv_rows(batch).decode().splitlines()
    assert first == "3,-9,2024-01-02T03:04:05,true"
    assert [line.split(",")[0] for line in others] == ["1e-07", "100000000000000", "0.1", "1e+20"]
    assert others[1].endswith(",2024-01-02T03:04:05,")


def test_a_slice_and_a_table_of_one_column():
    batch = pa.record_batch({"x": pa.array(["a", None, "", "d"])})
    assert csv_rows(batch) == b'a\n""\n""\nd\n'
    assert csv_rows(batch.slice(1, 1)) == b'""\n'
    assert csv_rows(batch.slice(4)) == b""
