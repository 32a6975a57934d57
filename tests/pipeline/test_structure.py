"""A table with one thing wrong in its file is read as a careful analyst would, and what was mended is told."""

import csv
import io

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from pipeline.errors import ReadingError
from pipeline.reading import Recipe, TableFile, check_and_open
from pipeline.reading.peek import peek
from tests.pipeline.pollution import polluted


def texts(table: TableFile) -> list[list[str | None]]:
    return [
        list(row) for batch in table.text_batches() for row in zip(*(column.to_pylist() for column in batch.columns), strict=True)
    ]


@pytest.mark.parametrize("case", list(polluted()), ids=lambda case: case.name)
def test_a_polluted_table_is_read_right(opened, case):
    content = case.text.encode(case.encoding)
    if case.refused:
        with pytest.raises(ReadingError) as caught:
            opened(content)
        assert caught.value.kind == case.refused
        return
    table = opened(content)
    assert [column.name for column in table.columns] == case.names
    assert texts(table) == case.rows
    assert {repair.kind for repair in table.repairs} == case.repairs
    assert table.table().num_rows == table.n_rows == len(case.rows)


def test_short_and_long_rows_are_told_with_their_lines_and_can_be_refused(opened):
    """Lines of the file as it was received: line ends within quotes and empty lines count."""
    text = "n,t\n" + '1,"x\ny"\n' + "2,a\n\n" + "3\n" + "4,b,more\n" + "5,c,,\n" + "6,d\n" * 20
    table = opened(text)
    assert texts(table)[2:5] == [["3", None, None], ["4", "b", "more"], ["5", "c", ""]]
    assert [column.name for column in table.columns] == ["n", "t", "column_3"]
    told = {repair.title.split()[-1]: repair for repair in table.repairs if repair.kind == "ragged"}
    ragged = told["cells."]
    assert (ragged.lines, ragged.n_lines, ragged.undo) == ((6, 7), 2, {"ragged": "refuse"})
    with pytest.raises(ReadingError, match=r"Line 6 of 'upload.csv' has 1 cells where the header has 2"):
        opened(text, recipe=Recipe(ragged="refuse"))


def test_a_value_in_a_late_row_keeps_a_blank_column(opened):
    """It lies beyond the lines that are looked at first."""
    row = "1,x," + "y" * 40 + ",\n"
    table = opened("a,b,c,\n" + row * 8_000 + "2,x,y,late\n")
    assert [column.name for column in table.columns] == ["a", "b", "c", "column_4"]
    assert texts(table)[-1] == ["2", "x", "y", "late"]
    assert texts(table)[0][3] == ""


def test_blank_columns_can_be_kept(opened):
    table = opened("a,b,,\n1,2,,\n3,4,,\n", recipe=Recipe(blank_columns="keep"))
    assert [column.name for column in table.columns] == ["a", "b", "column_3", "column_4"]
    assert [column.n_missing for column in table.columns] == [0, 0, 2, 2]


@pytest.mark.parametrize("field", ["skipped_lines", "footer_lines", "ragged", "blank_columns"])
def test_what_undoes_a_repair_reads_without_it(opened, field):
    """Each repair of this file names what switches it off; without it the repair is gone, and the lines are rows again."""
    body = "".join(f"{k},{k % 3},x\n" for k in range(40))
    text = "Report\na,b,c,\n" + body.replace("\n", ",\n") + "41,2\n" + "Total,9,,\n"
    table = opened(text)
    repair = next(repair for repair in table.repairs if field in repair.undo)
    undone = Recipe.from_json({**table.recipe.to_json(), **repair.undo})
    if field == "ragged":
        with pytest.raises(ReadingError, match="Line 43 "):
            opened(text, recipe=undone)
    elif field == "skipped_lines":  # its only line is then the header of one column, and all rows are ragged
        with pytest.raises(ReadingError, match="do not have 1 cells"):
            opened(text, recipe=undone)
    else:
        again = opened(text, recipe=undone)
        assert repair.kind not in {other.kind for other in again.repairs}
        assert len(again.columns) == 3 + (field == "blank_columns")
        assert again.n_rows == table.n_rows + (field == "footer_lines")


def test_a_quote_that_is_never_closed_costs_its_line_only(opened):
    """In front of 300,000 rows, which Arrow's parser would take into one cell."""
    table = opened('a,b\n1,"x\n' + "2,y\n" * 300_000)
    assert table.n_rows == 300_001
    assert table.table()["b"].slice(0, 2).to_pylist() == ['"x', "y"]
    assert [(repair.kind, repair.lines) for repair in table.repairs] == [("quote", (2,))]


def test_quoted_line_ends_are_kept_and_told_nowhere(opened):
    text = "a,b\n" + "".join(f'{k},"one\ntwo\r\nthree"\n' for k in range(50))
    table = opened(text)
    assert table.notices == ()
    assert {row[1] for row in texts(table)} == {"one\ntwo\r\nthree"}


def test_most_rows_ragged_is_refused_with_what_to_check(opened):
    text = "a,b\n" + "".join(f"{k},1{',2' * (k % 3)}\n" for k in range(30))
    with pytest.raises(ReadingError, match="20 of 30 row") as caught:
        opened(text)
    assert "which character separates" in caught.value.fix


def test_hidden_characters_leave_the_names_and_odd_names_stay(opened):
    table = opened("\u202eage\u202c,in\u200bcome,__proto__,.,{\n1,2,3,4,5\n")
    assert [column.name for column in table.columns] == ["age", "income", "__proto__", ".", "{"]
    assert "Invisible characters were removed from 2 column name(s)." in table.notices


@pytest.mark.parametrize(
    ("text", "header"),
    [
        ("1,2\n3,4\n", False),
        ("Ada,1815-12-10,12\nGrace,1906-12-09,13\nKarl,1777-04-30,9\n", False),
        ("country,2019,2020\nFR,1.5,2.5\nDE,3.5,4.5\n", True),
        ("0,1,2,3\n0.1,0.2,0.3,0.4\n0.5,0.6,0.7,0.8\n", True),
        ("name,birth,age\nAda,1815-12-10,12\nGrace,1906-12-09,13\n", True),
        ("sex,smokes\nmale,yes\nfemale,no\nmale,no\nfemale,yes\nmale,yes\n", True),
        ("male,yes\nfemale,no\nmale,no\nfemale,yes\nmale,yes\nmale,no\n", False),
    ],
)
def test_a_first_row_is_names_or_data(opened, text, header):
    table = opened(text)
    assert table.recipe.header == header
    assert table.n_rows == text.count("\n") - header


def test_one_column_is_read_with_a_warning(opened):
    for text in ("wert\n1,5\n2,7\n3,25\n", "comment\nGood, but slow\nBad\nI like it, really, yes\nFine\n"):
        table = opened(text)
        assert [row[0] for row in texts(table)] == text.split("\n")[1:-1]
        assert table.repairs[0].kind == "one_column"


@pytest.mark.parametrize(
    "fields",
    [
        {"delimiter": ""},
        {"delimiter": "ab"},
        {"delimiter": "\n"},
        {"quote": "é"},
        {"delimiter": '"'},
        {"skipped_lines": -1},
        {"ragged": "?"},
    ],
)
def test_a_recipe_that_cannot_be_followed_is_refused(fields):
    with pytest.raises(ReadingError) as caught:
        Recipe(**fields)
    assert caught.value.kind == "recipe"


@pytest.mark.parametrize("case", [case for case in polluted() if not case.refused], ids=lambda case: case.name)
def test_a_peek_shows_the_rows_that_will_be_read(tmp_path, case):
    path = tmp_path / "upload.csv"
    path.write_bytes(case.text.encode(case.encoding))
    seen = peek(path, filename="upload.csv", rows=200)
    missing = {None, *seen.recipe.missing}
    assert seen.problem is None
    assert list(seen.names) == case.names
    assert [list(row) for row in seen.rows] == [[None if cell in missing else cell for cell in row] for row in case.rows]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "windows-1252"])
def test_a_peek_at_a_cut_file_leaves_the_cut_line_out(tmp_path, encoding):
    path = tmp_path / "upload.csv"
    text = "größe;preis\n" + "".join(f"mäßig {k};{k}\n" for k in range(60))
    path.write_bytes(text.encode(encoding)[:-11])
    seen = peek(path, filename="upload.csv", rows=100, complete=False)
    assert seen.problem is None
    assert seen.rows == tuple((f"mäßig {k}", str(k)) for k in range(len(seen.rows)))
    assert len(seen.rows) in {58, 59}
    assert seen.line_numbers[:2] == (2, 3)


def test_a_peek_tells_what_is_wrong(tmp_path):
    path = tmp_path / "upload.csv"
    path.write_bytes(b"a,b\n1,2\n3,4\n5\n")
    seen = peek(path, filename="upload.csv", recipe=Recipe(ragged="refuse"))
    assert (seen.rows, seen.problem.kind) == ((("1", "2"), ("3", "4")), "ragged")
    path.write_bytes(b"")
    assert peek(path, filename="upload.csv").problem.kind == "empty"


WORDS = st.text(alphabet="abcé xyz,;|^'\"\\\t\n", max_size=8).map(str.strip)
TABLES = st.integers(2, 5).flatmap(lambda n: st.lists(st.lists(WORDS, min_size=n, max_size=n), min_size=1, max_size=8))
SETTINGS = settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@SETTINGS
@given(TABLES, st.sampled_from(",;\t|^ "), st.sampled_from("\"'"), st.sampled_from(["\n", "\r\n", "\r"]), st.booleans())
def test_a_table_written_under_a_dialect_is_read_back(tmp_path, rows, delimiter, quote, end, escaped):
    """Cell for cell as texts, under the recipe that says the dialect."""
    names = [f"name_{k}" for k in range(len(rows[0]))]
    assume(not any(all(not cell for cell in row) for row in rows[-1:]))
    file = io.StringIO(newline="")
    escape = {"escapechar": "\\", "doublequote": False} if escaped else {}
    csv.writer(file, delimiter=delimiter, quotechar=quote, lineterminator=end, quoting=csv.QUOTE_ALL, **escape).writerows(
        [names, *rows]
    )
    path = tmp_path / "written.csv"
    path.write_bytes(file.getvalue().encode())
    recipe = Recipe(delimiter=delimiter, quote=quote, escape="\\" if escaped else "")
    table = check_and_open(path, filename="written.csv", recipe=recipe)
    assert [column.name for column in table.columns] == names
    assert texts(table) == rows


@SETTINGS
@given(
    st.lists(
        st.lists(st.sampled_from(["", "a", "b c", "1", "2.5", '"q"', "x,y"]), min_size=1, max_size=6), min_size=1, max_size=12
    )
)
def test_a_padded_table_loses_no_cell(tmp_path, rows):
    file = io.StringIO(newline="")
    csv.writer(file).writerows([["first", "second", "third"], *rows])
    path = tmp_path / "ragged.csv"
    path.write_bytes(file.getvalue().encode())
    try:
        table = check_and_open(path, filename="ragged.csv", recipe=Recipe())
    except ReadingError:
        return
    kept = [[cell for cell in row if cell] for row in texts(table)]
    assert [row for row in kept if row] == [[cell for cell in row if cell] for row in rows if any(row)]
