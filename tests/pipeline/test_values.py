# ruff: noqa: DTZ001, DTZ007 - files name no zone
"""Numbers and dates as people write them are read as what they mean, or not at all, and what was read otherwise is told."""

import datetime
import random
from collections.abc import Callable, Sequence
from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.reading import Recipe, TableFile

Opened = Callable[..., TableFile]
SLOW = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


def written(name: str, cells: Sequence[str], other: str = "1") -> str:
    """A table of one column under test and a column of ones, tab-separated so that no mark is a delimiter."""
    return f"{name}\tother\n" + "".join(f"{cell}\t{other}\n" for cell in cells)


def read(opened: Opened, cells: Sequence[str], **fields: object) -> tuple[str, list[object]]:
    """The kind of the column and its values."""
    table = opened(written("x", cells), recipe=Recipe(delimiter="\t", **fields))
    return table.columns[0].kind, table.table()["x"].to_pylist()


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (["1,5", "2,25"], [1.5, 2.25]),
        ([",5", "-0,25"], [0.5, -0.25]),
        (["1,234", "12,345,678"], [1234, 12345678]),
        (["1.234,50", "2"], [1234.5, 2]),
        (["1.234.567", "12"], [1234567, 12]),
        (["1 234", "1\u00a0234", "1\u202f234"], [1234] * 3),
        (["1 234,5", "7"], [1234.5, 7]),
        (["1'234.5", "1\u2019000"], [1234.5, 1000]),
        (["€1.50", "1.5 €", "€ 2"], [1.5, 1.5, 2]),
        (["$1,234.50", "-$5", "$-5", "($1,000)"], [1234.5, -5, -5, -1000]),
        (["100 kr", "50 kr"], [100, 50]),
        (["USD 5", "5 USD", "5"], [5, 5, 5]),
        (["1.234,50 EUR", "-9.999,10 EUR"], [1234.5, -9999.1]),
        (["12.5%", "3 %"], [12.5, 3]),
        (["(1,234)", "5"], [-1234, 5]),
        (["5-", "1,000.5-"], [-5, -1000.5]),
        (["\u22125", "+3"], [-5, 3]),
        (["1e3", "2.5E-1"], [1000, 0.25]),
        (["1,5e3", "2,5"], [1500, 2.5]),
        (["0,5", "0"], [0.5, 0]),
    ],
)
def test_numbers_are_read_as_people_write_them(opened, cells, values):
    assert read(opened, cells) == ("number", values)


@pytest.mark.parametrize(
    "cells",
    [
        ["007", "12"],  # codes
        ["0x1F", "12"],
        ["1234567890123456789", "5"],
        ["9" * 400, "5"],
        ["1,23", "1.234,5", "1,234.5"],  # marks that contradict each other
        ["1,5", "2.5"],
        ["1.23.456", "5"],
        ["1,2345,678", "5"],
        ["12.5%", "0.125"],  # two scales
        ["€5", "$5"],  # two currencies
        ["(5", "6"],
        ["--5", "6"],
        ["$", "6"],
        ["true", "false"],
        ["yes", "no"],
        ["T", "F"],
    ],
)
def test_what_is_no_quantity_stays_as_it_stands(opened, cells):
    kind, values = read(opened, cells)
    assert kind in {"text", "category"}
    assert values == cells


def test_a_mark_in_doubt_is_decided_by_the_other_columns(opened):
    """1,234 alone could be two numbers; what the rest of the file holds decides, and the other reading is offered."""
    cells = ["1,234", "2,345"]
    comma = opened("a\tb\n" + "".join(f"{cell}\t{cell[0]},5\n" for cell in cells))
    assert comma.table()["a"].to_pylist() == [1.234, 2.345]
    assert (comma.recipe.decimal, comma.recipe.thousands) == (",", "")
    point = opened("a\tb\n" + "".join(f"{cell}\t{cell[0]}.5\n" for cell in cells))
    assert point.table()["a"].to_pylist() == [1234, 2345]
    assert (point.recipe.decimal, point.recipe.thousands) == (".", ",")
    told = next(repair for repair in point.repairs if repair.kind == "marks")
    assert told.title == "a: thousands commas read as part of the number"
    other = opened("a\tb\n" + "".join(f"{cell}\t1\n" for cell in cells), recipe=Recipe(delimiter="\t", **told.undo))
    assert other.table()["a"].to_pylist() == [1.234, 2.345]


def test_a_mark_in_doubt_without_other_columns(opened):
    """Thousands by default; a fraction where semicolons separate; a point is one before a fraction."""
    assert read(opened, ["1,234", "5,678"]) == ("number", [1234, 5678])
    assert opened("a;b\n1,234;1\n5,678;2\n").table()["a"].to_pylist() == [1.234, 5.678]
    assert read(opened, ["1.234", "5.678"]) == ("number", [1.234, 5.678])
    german = opened("a;b\n1.234;1,5\n5.678;2,5\n")
    assert german.table()["a"].to_pylist() == [1234, 5678]


def test_the_cell_that_decides_may_be_the_last(opened):
    cells = ["1.234"] * 70_000
    assert read(opened, [*cells, "1.5"])[1][0] == 1.234
    assert read(opened, [*cells, "1.234.567"])[1][0] == 1234
    assert read(opened, [*cells, "x"])[0] == "category"
    assert read(opened, ["7"] * 70_000 + ["1,5"])[1][-1] == 1.5


def test_each_reading_is_told_and_can_be_undone(opened):
    table = opened(written("charges", ["$1,234.50", "$99"]))
    told = table.repairs[0]
    assert (told.kind, told.column) == ("marks", "charges")
    assert told.sentence == "charges: thousands commas and $ read as part of the number ($1,234.50 is read as 1234.5)."
    undone = opened(written("charges", ["$1,234.50", "$99"]), recipe=Recipe(delimiter="\t", **told.undo))
    assert undone.table()["charges"].to_pylist() == ["$1,234.50", "$99"]
    assert undone.repairs == ()
    percent = opened(written("rate", ["12.5%", "3%"]))
    assert percent.repairs[0].sentence == "rate: percent signs read as part of the number (12.5% is read as 12.5)."


def grouped(number: Decimal, decimal: str, thousands: str) -> str:
    """Python's own formatting with its marks exchanged."""
    return f"{number:,}".translate(str.maketrans({",": thousands, ".": decimal}))


MARKS = [(decimal, mark) for decimal in ".," for mark in ("", ",", ".", "'", " ", "\u00a0", "\u202f") if mark != decimal]
AROUND = ["{}", "€{}", "€ {}", "{} €", "$ {}", "{} CHF", "SEK {}", "{} kr"]


@settings(max_examples=120, deadline=None, suppress_health_check=SLOW)
@given(
    st.lists(st.decimals(-(10**9), 10**9, places=2).filter(lambda number: number != 0), min_size=1, max_size=8),
    st.sampled_from(MARKS),
    st.sampled_from(AROUND),
)
def test_numbers_under_any_marks_come_back(opened, numbers, marks, around):
    """Two places after the mark leave no doubt which mark is which."""
    cells = [around.format(grouped(number, *marks)) for number in numbers]
    kind, values = read(opened, cells)
    assert kind == "number"
    assert values == [float(number) for number in numbers]


DATE_FORMATS = [
    ("%Y-%m-%d", ""),
    ("%Y/%m/%d", ""),
    ("%d/%m/%Y", "dmy"),
    ("%m/%d/%Y", "mdy"),
    ("%d.%m.%Y", "dmy"),
    ("%d-%m-%Y", "dmy"),
    ("%m-%d-%Y", "mdy"),
    ("%d %b %Y", ""),
    ("%d %B %Y", ""),
    ("%d-%b-%Y", ""),
    ("%b %d, %Y", ""),
    ("%B %d, %Y", ""),
]
TIME_FORMATS = ["", " %H:%M", " %H:%M:%S", "T%H:%M:%S", " %I:%M %p", " %I:%M:%S %p", "T%H:%M:%S.%f"]
MOMENTS = st.datetimes(datetime.datetime(1000, 1, 1), datetime.datetime(2999, 12, 31))


@settings(max_examples=150, deadline=None, suppress_health_check=SLOW)
@given(st.lists(MOMENTS, min_size=1, max_size=8), st.sampled_from(DATE_FORMATS), st.sampled_from(TIME_FORMATS))
def test_dates_of_any_format_come_back(opened, moments, date_format, time_format):
    """What Python writes is read back; one day beyond 12 tells the order of day and month."""
    day_format, order = date_format
    moments = [*moments, datetime.datetime(2014, 11, 28, 13, 30)]
    whole = day_format + time_format
    cells = [moment.strftime(whole) for moment in moments]
    table = opened(written("x", cells), recipe=Recipe(delimiter="\t"))
    expected = [datetime.datetime.strptime(cell, whole) for cell in cells]
    assert table.columns[0].kind == "date"
    values = table.table()["x"].to_pylist()
    assert values == (expected if time_format else [moment.date() for moment in expected])
    assert table.recipe.dates == order
    assert table.repairs == ()


@pytest.mark.parametrize(
    ("cells", "first"),
    [
        (["1/2/14", "25/12/13"], datetime.date(2014, 2, 1)),
        (["1/2/69", "25/12/68"], datetime.date(1969, 2, 1)),
        (["25/12/68", "1/2/69"], datetime.date(2068, 12, 25)),
        (["2-Jan-14", "3-Feb-99"], datetime.date(2014, 1, 2)),
        (["2020-01-02T03:04:05Z", "2020-01-02T00:30:00+02:00"], datetime.datetime(2020, 1, 2, 3, 4, 5)),
        (["2020-01-02 00:30:00+02:00", "2020-01-02 00:30:00-0530"], datetime.datetime(2020, 1, 1, 22, 30)),
        (["29/02/2000", "1/3/2000"], datetime.date(2000, 2, 29)),
        (["2014-01-02", "2014-01-02 03:04"], datetime.datetime(2014, 1, 2)),
        (["12/31/2014 12:00 AM", "1/2/2014 12:00 PM"], datetime.datetime(2014, 12, 31)),
    ],
)
def test_dates_with_what_goes_with_them(opened, cells, first):
    """Two digits of a year stand for 1969 to 2068, as POSIX has it; offsets are taken off."""
    kind, values = read(opened, cells)
    assert (kind, values[0]) == ("date", first)


@pytest.mark.parametrize(
    "cells",
    [
        ["31/02/2014", "13/01/2014"],  # no such day
        ["29/02/1900", "13/01/1900"],
        ["13/01/2014", "01/13/2014"],  # orders that contradict each other
        ["13/01/2014", "13-01-2014"],
        ["2014-01-02", "02/01/2014"],
        ["2014-01-02 25:00", "2014-01-02 23:00"],
        ["0000-01-01", "2014-01-01"],
        ["2014-01-02T03:04:05Z", "2014-01-02T03:04:05"],  # one with a zone, one without
    ],
)
def test_what_is_no_date_stays_text(opened, cells):
    kind, values = read(opened, cells)
    assert kind in {"text", "category"}
    assert values == cells


def test_an_order_in_doubt_is_decided_and_told(opened):
    rows = "02/01/2014\t1\n03/04/2015\t2\n"
    table = opened("signed_on\tn\n" + rows)
    assert table.table()["signed_on"][0].as_py() == datetime.date(2014, 1, 2)
    told = table.repairs[0]
    assert (told.kind, told.undo) == ("dates", {"dates": "mdy"})
    assert told.title == "signed_on: 02/01/2014 is read as 2 January 2014"
    other = opened("signed_on\tn\n" + rows, recipe=Recipe(delimiter="\t", **told.undo))
    assert other.table()["signed_on"][0].as_py() == datetime.date(2014, 2, 1)
    by_column = opened("a\tb\n02/01/2014\t12/31/2014\n")
    assert by_column.table()["a"][0].as_py() == datetime.date(2014, 2, 1)
    american = opened(written("t", ["1/2/2014 5:06 PM"]))
    assert american.table()["t"][0].as_py() == datetime.datetime(2014, 1, 2, 17, 6)


def test_one_day_in_one_row_decides_the_order(opened):
    """Of more dates than are held as levels, so that the parts are looked at one by one."""
    start = datetime.date(1900, 1, 1)
    days = [start + datetime.timedelta(k) for k in range(40_000)]
    cells = [day.strftime("%d/%m/%Y") for day in days if day.day < 13]
    assert read(opened, [*cells, "31/12/2013"])[1][:2] == [datetime.date(1900, 1, 1), datetime.date(1900, 1, 2)]
    assert read(opened, [*cells, "12/31/2013"])[1][:2] == [datetime.date(1900, 1, 1), datetime.date(1900, 2, 1)]
    assert read(opened, [*cells, "31/12/2013", "12/31/2013"])[0] == "text"


def test_chosen_kinds_are_obeyed_and_what_does_not_convert_is_told(opened):
    content = "d\tx\ty\tz\tc\n20140102\tabc\t1.0\t5\t007\n20140203\t5\t1\t6\t12\nsoon\t7\t0\t\t1\n"
    kinds = {"d": "date", "x": "number", "y": "category", "z": "text", "c": "number"}
    table = opened(content, recipe=Recipe(delimiter="\t", kinds=kinds))
    columns = {column.name: column for column in table.columns}
    rows = table.table()
    assert rows["d"].to_pylist() == [datetime.date(2014, 1, 2), datetime.date(2014, 2, 3), None]
    assert rows["x"].to_pylist() == [None, 5, 7]
    assert rows["y"].to_pylist() == ["1", "1", "0"]
    assert rows["z"].to_pylist() == ["5", "6", None]
    assert rows["c"].to_pylist() == [7, 12, 1]
    assert (columns["x"].n_unread, columns["x"].unread, columns["x"].n_missing) == (1, ("abc",), 1)
    assert (columns["d"].n_unread, columns["d"].unread) == (1, ("soon",))
    assert columns["y"].levels == (("1", 2), ("0", 1))
    unread = {repair.column: repair.undo for repair in table.repairs if repair.kind == "unread"}
    assert unread["x"] == {"kinds": {name: kind for name, kind in kinds.items() if name != "x"}}
    assert set(unread) == {"d", "x"}


def test_eight_digits_are_a_number_unless_chosen(opened):
    assert read(opened, ["20140102", "20140203"]) == ("number", [20140102, 20140203])


def test_a_chosen_kind_that_no_cell_has(opened):
    for kind in ("number", "date"):
        found, values = read(opened, ["abc", "def"], kinds={"x": kind})
        assert (found, values) == (kind, [None, None])


@pytest.mark.parametrize("n", [99, 3_000])
def test_what_a_column_nearly_is(opened, n):
    """As levels, and as more texts than are held as levels."""
    cells = [str(k + 1) for k in range(n)]
    column = opened(written("x", [*cells, "n.a."])).columns[0]
    assert (column.kind, column.nearly, column.n_against, column.against) == ("text", "number", 1, ("n.a.",))
    dates = [(datetime.date(2000, 1, 1) + datetime.timedelta(k)).isoformat() for k in range(n)]
    column = opened(written("x", [*dates, "unknown"])).columns[0]
    assert (column.kind, column.nearly, column.against) == ("text", "date", ("unknown",))
    assert opened(written("x", [*cells, "007"])).columns[0].nearly is None  # codes are no quantities but for one
    assert opened(written("x", [*cells, *["no"] * (n // 5)])).columns[0].nearly is None


def test_infinite_numbers_among_marks_are_missing(opened):
    table = opened(written("x", ["1,5", "inf", "1e400"]))
    assert table.table()["x"].to_pylist() == [1.5, None, None]
    assert any("2 value(s) of 'x'" in notice for notice in table.notices)


def test_a_recipe_as_found_reads_the_same_again(opened):
    content = "a;b;c;d\n1.234;2,5;02/01/2014;x\n5.678;3,5;13/01/2014;y\n"
    first = opened(content)
    again = opened(content, recipe=Recipe.from_json(first.recipe.to_json()))
    assert (first.recipe.decimal, first.recipe.thousands, first.recipe.dates) == (",", ".", "dmy")
    assert again.recipe == first.recipe
    assert again.table().equals(first.table())


CELLS = st.sampled_from(
    ["1", "2.5", "1,5", "1,234", "1.234", "007", "", "x", "y", "NA", "01/02/2014", "2014-01-02", "5%", "$3", " 7 ", "inf", "-4"]
)

# No line of blanks alone: at the end of a file it is no row, and a file of nothing else is refused.
ROWS = st.lists(st.tuples(CELLS, CELLS).filter(any), min_size=1, max_size=12)


@settings(max_examples=80, deadline=None, suppress_health_check=SLOW)
@given(ROWS, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(opened, rows, shuffle):
    def types(lines: Sequence[tuple[str, str]]) -> list[tuple[str, pa.DataType, int]]:
        table = opened("a\tb\n" + "".join(f"{a}\t{b}\n" for a, b in lines), recipe=Recipe(delimiter="\t"))
        found = [(column.kind, column.n_missing) for column in table.columns]
        return [(kind, field.type, n) for (kind, n), field in zip(found, table.schema, strict=True)]

    again = list(rows)
    shuffle.shuffle(again)
    assert types(rows) == types(again)


@pytest.mark.parametrize("size", [3, 50])
def test_the_size_of_parts_does_not_matter(opened, monkeypatch, size):
    draw = random.Random(7)
    first = [str(draw.randint(-50, 5_000)) for _ in range(200)] + ["1,234.5"] * 3
    second = [f"{draw.randint(1, 28):02d}/{draw.randint(1, 12):02d}/2014" for _ in range(202)] + ["31/12/2014"]
    third = [draw.choice(["", "a", "b", " a"]) for _ in range(203)]
    content = "x\ty\tz\n" + "".join(f"{a}\t{b}\t{c}\n" for a, b, c in zip(first, second, third, strict=True))
    whole = opened(content)
    monkeypatch.setattr("pipeline.reading.looking.PART_ROWS", size)
    parts = opened(content)
    assert parts.columns == whole.columns
    assert parts.table().equals(whole.table())
    assert parts.repairs == whole.repairs
