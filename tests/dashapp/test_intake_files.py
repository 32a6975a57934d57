"""Files through the intake as they come: workbooks with several sheets, marks in numbers, packed and odd files."""

import gzip
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from dashapp.tabs.intake import read_card
from dashapp.tabs.intake.actions import Act, Asked, Tried, discarded, lines_of, perform
from dashapp.tabs.intake.layout import upload_layout
from dashapp.tabs.intake.screen import Shown, build
from dashapp.usecases import datasets, examining, file_lines, intake, receiving
from dashapp.usecases.desk import Desk
from dashapp.usecases.errors import NotFound, Refused
from dashapp.usecases.file_lines import lines_in
from dashapp.usecases.findings import Choices
from db import jobs
from db.tables import now
from tests.dashapp.test_intake_page import acts_in, parts_of, text_of


def workbook(path: Path, sheets: dict[str, Any]) -> Path:
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
    upload_id = receiving.receive(desk, path, filename=path.name)
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
    upload_id = receiving.receive(desk, path, filename=path.name)
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


MARKED = "customer;charge;since;share;note\n" + "".join(
    f"c{i};{i + 1}.190,06 €;{i % 28 + 1:02d}.03.2024;{'k. A.' if i == 1 else i};{'NA' if i == 2 else '=1,5'}\n" for i in range(60)
)


def test_the_preview_shows_values_as_they_are_read(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "marked.csv"
    path.write_text(MARKED, encoding="utf-8")
    upload_id = receiving.receive(desk, path, filename=path.name)
    intake.set_kind(desk, upload_id, "share", "number")
    first = intake.preview(desk, upload_id)
    assert first.kinds == ("text", "number", "date", "number", "category")
    assert first.rows[:3] == (
        ("c0", "1190.06", "2024-03-01", "0", "=1,5"),
        ("c1", "2190.06", "2024-03-02", None, "=1,5"),
        ("c2", "3190.06", "2024-03-03", "2", None),
    )
    assert first.cells[1] == ("c1", "2.190,06 €", "02.03.2024", "k. A.", "=1,5")
    part = intake.preview(desk, upload_id, {"share": "number", "charge": "number"})
    assert (part.names, part.rows[1]) == (("charge", "share"), ("2190.06", None))
    drawn = build(desk, intake.get(desk, upload_id), Shown(), Tried()).parts["cells"]["rows"]
    assert drawn[1] == ["c1", "2190.06", "2024-03-02", ["k. A."], "=1,5"]
    assert drawn[2][4] is None


def test_the_preview_guesses_while_not_all_rows_were_read(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examining, "EXAMINE_INLINE_BYTES", 0)
    path = tmp_path / "marked.csv"
    path.write_text(MARKED, encoding="utf-8")
    upload_id = receiving.receive(desk, path, filename=path.name)
    assert intake.get(desk, upload_id).findings is None
    first = intake.preview(desk, upload_id)
    assert first.kinds == ("text", "number", "date", "text", "category")
    assert first.rows[1] == ("c1", "2190.06", "2024-03-02", "k. A.", "=1,5")


def test_any_name_and_a_row_of_gaps_keep_the_preview_straight(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "odd.csv"
    path.write_text("row,__proto__,{x},a.b\n" + "1,NA,?,\nNA,NA,NA,NA\n2,7,5,x\n" * 5, encoding="utf-8")
    upload_id = receiving.receive(desk, path, filename=path.name)
    rows = intake.preview(desk, upload_id).rows
    assert rows[:3] == (("1", None, None, None), (None, None, None, None), ("2", "7", "5", "x"))


def failed(desk: Desk, upload_id: str, reason: str) -> None:
    """The newest job of the upload ends with a fault."""
    with desk.db.write() as session:
        job = jobs.latest(session, kinds=("examine", "save"), upload_id=upload_id)
        assert job is not None
        job.state, job.error, job.finished_at = "failed", reason, now()


def told(desk: Desk, upload_id: str) -> tuple[str, set[str]]:
    """What the page says of how it was read, and what can be pressed there."""
    found = read_card.found(intake.get(desk, upload_id))
    return text_of(found), acts_in(found)


def test_a_job_that_failed_is_told_until_something_is_done(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "loans.csv"
    path.write_text(MARKED, encoding="utf-8")
    upload_id = receiving.receive(desk, path, filename=path.name)
    assert told(desk, upload_id)[1] == set()
    monkeypatch.setattr(examining, "EXAMINE_INLINE_BYTES", 0)

    assert intake.save(desk, upload_id, name="Loans") is None
    failed(desk, upload_id, "The disk is full.")
    words, acts = told(desk, upload_id)
    assert "The data set was not saved" in words
    assert "The disk is full." in words
    assert acts == {"save"}
    assert intake.save(desk, upload_id, name="Loans") is None
    failed(desk, upload_id, "The disk is full.")
    intake.set_role(desk, upload_id, "note", "excluded")
    assert told(desk, upload_id)[1] == set()

    intake.set_outcome(desk, upload_id, "share", None)  # what was counted before is still there
    failed(desk, upload_id, "The worker went away three times.")
    words, acts = told(desk, upload_id)
    assert "The look at all rows failed" in words
    assert "The worker went away three times." in words
    assert acts == {"again"}
    intake.set_role(desk, upload_id, "note", "feature")
    assert told(desk, upload_id)[1] == {"again"}  # still to be done


@given(
    text=st.text(st.sampled_from("ab\n\rü,"), max_size=60),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]),
    size=st.integers(1, 20),
)
def test_lines_are_found_however_the_file_is_cut(text: str, encoding: str, size: int) -> None:
    data = f"{text}\n".encode(encoding)
    parts = [data[at : at + size] for at in range(0, len(data), size)]
    whole = io.StringIO(f"{text}\n", newline=None).read().split("\n")
    known = {number: line for number, line in enumerate(whole, start=1) if number in {1, 2, 5}}
    assert lines_in(iter(parts), encoding, {1, 2, 5}) == known


def test_the_lines_of_a_repair_are_shown(desk: Desk, tmp_path: Path) -> None:
    rows = [f"{i};Möwe;{'yes' if i % 3 else 'no'}" for i in range(60)]
    rows[20], rows[40] = "20;Möwe", "40;" + "x" * 400
    path = tmp_path / "ragged.csv"
    path.write_bytes("\r\n".join(["id;bird;bad", *rows, ""]).encode("cp1252"))
    upload_id = receiving.receive(desk, path, filename=path.name)
    view = intake.get(desk, upload_id)
    assert view.findings is not None
    repair = next(one for one in view.findings.repairs if one.kind == "ragged")
    numbers = lines_of(desk, upload_id, repair.title)
    assert numbers == (22, 42)
    found = file_lines.lines(desk, upload_id, numbers)
    assert found == {22: "20;Möwe", 42: "40;" + "x" * 297 + " …"}
    assert "20;Möwe" in text_of(read_card.lines(found))
    assert lines_of(desk, upload_id, "no such repair") == ()

    packed = tmp_path / "ragged.csv.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    assert file_lines.lines(desk, receiving.receive(desk, packed, filename=packed.name), numbers) == {}
    assert read_card.lines({}) is None


@pytest.mark.parametrize(
    "asked", [None, [], {"at": "shell-page", "title": "x"}, {"at": "intake-repair-on-0"}, {"at": 1, "title": 2}]
)
def test_what_is_no_question_is_none(asked: Any) -> None:
    assert Asked.parse(asked) is None


def month(path: Path, delimiter: str, names: list[str], home: list[str]) -> Path:
    values: dict[str, Callable[[int], Any]] = {
        "id": lambda i: f"k{i:04d}",
        "income": lambda i: 1000 + i % 7,
        "home": lambda i: home[i % len(home)],
        "tenure": lambda i: -9 if i % 20 == 0 else i % 13,
        "region": lambda i: "NSEW"[i % 4],
        "score": lambda i: "high" if i % 2 else "low",
        "bad": lambda i: "yes" if i * 7 % 11 < 3 else "no",
    }
    rows = [delimiter.join(str(values[name](i)) for name in names) for i in range(200)]
    path.write_text("\n".join([delimiter.join(names), *rows, ""]), encoding="utf-8")
    return path


def test_next_months_file_keeps_what_was_chosen(desk: Desk, tmp_path: Path) -> None:
    october = month(tmp_path / "october.csv", ",", ["id", "income", "home", "tenure", "region", "bad"], ["own", "rent"])
    first = receiving.receive(desk, october, filename=october.name)
    for act in (
        Act("role", "tenure", "segment"),
        Act("code-add", "tenure\n", "-9"),
        Act("kind", "income", "category"),
        Act("outcome", "", "bad"),
        Act("bad", "", "no"),
    ):
        assert perform(desk, first, act, name="Loans") == Tried()
    old = intake.save(desk, first, name="Loans")
    assert old is not None

    november = month(
        tmp_path / "november.csv", ";", ["id", "income", "home", "tenure", "score", "bad"], ["own", "rent", "family"]
    )
    second = receiving.receive(desk, november, filename=november.name, replaces=old)
    screen = build(desk, intake.get(desk, second), Shown(), Tried())
    assert "The separator was ,; here ; was found." in text_of(screen.parts["look"])
    assert "reset" in acts_in(screen.parts["look"])
    assert perform(desk, second, Act("reset", "", "marks"), name=None) == Tried()
    view = intake.get(desk, second)
    screen = build(desk, view, Shown(), Tried())
    words = text_of(screen.parts["look"])
    for sentence in (
        "1 column is missing: 'region'.",
        "1 column is new: 'score'.",
        "'home' has 1 new level in 66 rows: 'family'.",
    ):
        assert sentence in words
    assert "reset" not in acts_in(screen.parts["look"])
    assert {column.name: (column.kind, column.role) for column in screen.columns} == {
        "id": ("text", "identifier"),
        "income": ("category", "feature"),
        "home": ("category", "feature"),
        "tenure": ("number", "segment"),
        "score": ("category", "feature"),
        "bad": ("category", "target"),
    }
    assert (view.choices.target, view.choices.bad_label, view.choices.codes) == ("bad", "no", {"tenure": {"-9": "level"}})
    new = intake.save(desk, second, name="Loans")
    assert new is not None
    assert datasets.get(desk, new).version == 2
    assert [card.id for card in datasets.visible(desk)] == [new]


def test_one_that_another_tab_saved_or_discarded(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "loans.csv"
    path.write_text(MARKED, encoding="utf-8")
    saved = receiving.receive(desk, path, filename=path.name)
    assert not perform(desk, saved, Act("save"), name="Loans").sentence
    tried = perform(desk, saved, Act("role", "note", "segment"), name=None)
    assert "saved already" in tried.sentence
    assert not discarded(desk, saved)
    waits = receiving.receive(desk, path, filename=path.name)
    assert discarded(desk, waits)
    with pytest.raises(NotFound):
        discarded(desk, waits)


def test_every_button_that_acts_gives_a_value() -> None:
    """A button has no value of its own, and without one assets/31-intake.js hands on nothing."""
    acts = [part for part in parts_of(upload_layout("u" * 12)) if hasattr(part, "data-act")]
    buttons = [getattr(part, "data-act") for part in acts if type(part.children).__name__ == "Button"]
    assert buttons == ["discard"]
    assert all(hasattr(part, "data-value") for part in acts if type(part.children).__name__ == "Button")


def test_a_mark_that_the_cells_speak_against_is_told(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "points.csv"
    path.write_text("a,b\n" + "".join(f"{i}.25,x\n" for i in range(40)), encoding="utf-8")
    upload_id = receiving.receive(desk, path, filename=path.name)
    tried = perform(desk, upload_id, Act("recipe", "decimal", ","), name=None)
    assert (tried.at, tried.sentence) == ("decimal", "The cells of the file say otherwise, so it is read as it was.")
    assert intake.get(desk, upload_id).recipe.decimal == "."


def test_a_stranger_sees_neither_lines_nor_sheets(desk: Desk, desk_of: Callable[[str], Desk], tmp_path: Path) -> None:
    upload_id = receiving.receive(
        desk, workbook(tmp_path / "a.xlsx", {"January": JANUARY, "February": FEBRUARY}), filename="a.xlsx"
    )
    stranger = desk_of("stranger")
    calls: tuple[Callable[[], Any], ...] = (
        lambda: intake.set_sheet(stranger, upload_id, "February"),
        lambda: intake.chosen(stranger, upload_id),
        lambda: file_lines.lines(stranger, upload_id, (1,)),
        lambda: lines_of(stranger, upload_id, "x"),
    )
    for call in calls:
        with pytest.raises(NotFound):
            call()


def test_the_page_says_that_it_loads() -> None:
    assert "Loading …" in text_of(upload_layout("u" * 12))
