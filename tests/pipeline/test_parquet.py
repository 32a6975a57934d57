"""Parquet: typed columns as they are, and files that claim more than they hold."""

import datetime
import decimal
import hashlib
import struct

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.reading import Recipe, check_and_open
from tests.pipeline.wrapped import kinds, refusal

pytestmark = pytest.mark.usefixtures("no_files_are_left")


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
