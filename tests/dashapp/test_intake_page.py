"""The intake page's builders: what they say of an upload, what they send, and that nothing odd from a browser breaks them."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from dash import no_update
from dash.development.base_component import Component

from dashapp.tabs.data import upload_page
from dashapp.tabs.intake import column_dialog, look_card, marks, preview, read_card, save_bar
from dashapp.tabs.intake.actions import Act, Tried, perform
from dashapp.tabs.intake.columns import ROLE_WORDS, seen, summary
from dashapp.tabs.intake.controls import NOTHING
from dashapp.tabs.intake.layout import PARTS
from dashapp.tabs.intake.screen import Shown, build
from dashapp.usecases import intake, receiving
from dashapp.usecases.desk import Desk
from dashapp.usecases.errors import NotFound
from dashapp.usecases.intake import Choices, Findings, Preview, UploadView
from pipeline.reading.findings import Repair
from pipeline.reading.recipe import Recipe
from pipeline.results import ColumnSummary
from pipeline.roles import ROLES

N = 200
FOUND = Recipe(delimiter=";", skipped_lines=2)
COLUMNS = (
    ColumnSummary("id", "category", N, 0, N, role="identifier", reason="Every one of the 200 values is another."),
    ColumnSummary("income", "number", N, 3, 150, 0.0, 900.0, n_unread=3, unread=("n.a.", "-")),
    ColumnSummary("age", "text", N, 0, 40, nearly="number", n_against=1, against=("old",)),
    ColumnSummary(
        "reason", "text", N, 150, 30, role="excluded", reason="Filled in for all 50 rows; alone it would reach an AUC of 1.000."
    ),
    ColumnSummary(
        "churn", "category", N, 0, 2, levels=(("no", 150), ("yes", 50)), role="target", reason="Its name says outcome."
    ),
)
REPAIRS = (
    Repair("preamble", "2 preamble rows skipped", "above the header", lines=(1, 2), n_lines=2, undo={"skipped_lines": 0}),
    Repair("quote", "An unclosed quote was read as a letter", lines=(7,), n_lines=1),
)
FIRST = Preview(
    names=tuple(column.name for column in COLUMNS),
    kinds=tuple(column.kind for column in COLUMNS),
    rows=(("a1", "12", "33", None, "no"), ("a2", None, "44", "moved", "yes")),
    first_line=4,
    problem=None,
)


def upload(**changed: Any) -> UploadView:
    view = UploadView(
        id="u" * 12,
        filename="churn.csv",
        n_bytes=12_345,
        sha256="0" * 64,
        state="examined",
        created_at=datetime.now(UTC),
        recipe=FOUND,
        detected=FOUND,
        findings=Findings(N, COLUMNS, REPAIRS, FOUND, None, ()),
        job=None,
        error=None,
        choices=Choices(name="churn", target="churn", bad_label="yes", roles={}, codes={}, replaces=None),
        dataset_id=None,
    )
    return replace(view, **changed)


def parts_of(tree: Any) -> Iterator[Component]:
    if isinstance(tree, list | tuple):
        for part in tree:
            yield from parts_of(part)
    elif isinstance(tree, Component):
        yield tree
        yield from parts_of(getattr(tree, "children", None))


def text_of(tree: Any) -> str:
    if isinstance(tree, list | tuple):
        return "".join(map(text_of, tree))
    if isinstance(tree, Component):
        return text_of(getattr(tree, "children", None))
    return "" if tree is None else str(tree)


def acts_in(tree: Any) -> set[str]:
    return {getattr(part, "data-act") for part in parts_of(tree) if hasattr(part, "data-act")}


def menus_in(tree: Any) -> dict[str, Any]:
    return {part.id: part.value for part in parts_of(tree) if type(part).__name__ == "Select"}


def test_the_title_is_built_from_the_numbers() -> None:
    assert read_card.title(upload()) == "Read as 200 rows and 5 columns; no row was refused"
    ragged = Repair("ragged", "3 short rows padded", lines=(5, 9, 11), n_lines=3, undo={"ragged": "refuse"})
    mended = replace(upload().findings, repairs=(ragged,))  # type: ignore[type-var]
    assert read_card.title(upload(findings=mended)) == "Read as 200 rows and 5 columns; 3 rows mended, none refused"
    assert read_card.title(upload(findings=None, error=("No.", ""))) == "It cannot be read this way"
    assert read_card.title(upload(findings=None)) == "Not all rows have been looked at"


def test_a_changed_mark_says_so_and_can_be_taken_back() -> None:
    assert "changed by you" not in text_of(read_card.settings(upload(), Tried()))
    view = upload(recipe=replace(FOUND, decimal=",", missing=("", "-")))
    built = read_card.settings(view, Tried())
    assert text_of(built).count("changed by you") == 2
    assert "reset" in acts_in(built)
    assert "Reset all" in text_of(read_card.found(view))
    assert "Reset all" not in text_of(read_card.found(upload()))


def test_controls_follow_the_kind_of_file() -> None:
    text = menus_in(read_card.settings(upload(), Tried()))
    assert text["intake-mark-delimiter"] == ";"
    assert text["intake-mark-header"] == "3"
    assert text["intake-mark-thousands"] == NOTHING  # a select shows nothing at all for ""
    workbook = Recipe(container="xlsx", sheet="Loans")
    assert menus_in(read_card.settings(upload(recipe=workbook, detected=workbook), Tried()))["intake-mark-sheet"] == "Loans"
    parquet = Recipe(container="parquet")
    assert menus_in(read_card.settings(upload(recipe=parquet, detected=parquet), Tried())) == {}


def test_what_was_tried_stays_with_its_sentence() -> None:
    tried = Tried("footer_lines", "-3", "That is no number of lines.")
    built = read_card.settings(upload(), tried)
    field = next(part for part in parts_of(built) if getattr(part, "id", "") == "intake-mark-footer_lines")
    assert field.value == "-3"
    assert "That is no number of lines." in text_of(built)


def test_only_repairs_that_can_be_switched_off_have_a_switch() -> None:
    off = Repair("blank_columns", "1 empty column dropped", undo={"blank_columns": "keep"})
    built = read_card.repairs(upload(choices=replace(upload().choices, repairs_off=(off,))))
    switches = [part for part in parts_of(built) if getattr(part, "role", None) == "switch"]
    assert [getattr(part, "aria-checked") for part in switches] == ["true", "false"]
    assert "Lines 1, 2 of the file." in text_of(built)
    assert "switched off" in text_of(built)


def test_every_role_has_a_word() -> None:
    assert set(ROLE_WORDS) == set(ROLES)
    columns = seen(upload(), FIRST)
    assert [column.role for column in columns] == ["identifier", "feature", "feature", "excluded", "target"]
    assert summary(columns) == "2 inputs, 1 key, 1 left out"


def test_the_users_choice_goes_before_the_suggestion() -> None:
    choices = replace(upload().choices, roles={"reason": "feature", "age": "segment"}, target=None, bad_label=None)
    roles = {column.name: column.role for column in seen(upload(choices=choices), FIRST)}
    assert roles == {"id": "identifier", "income": "feature", "age": "segment", "reason": "feature", "churn": "feature"}


def test_what_does_not_convert_is_told_with_examples() -> None:
    notes = {column.name: column.note for column in seen(upload(), FIRST)}
    assert notes["income"] == "3 of 200 would not convert: ‘n.a.’, ‘-’"
    assert notes["age"] == "a number but for 1: ‘old’"
    assert notes["churn"] == ""
    codes = upload(choices=replace(upload().choices, codes={"churn": {"-9": "level", "-8": "missing"}}))
    assert {column.name: column.note for column in seen(codes, FIRST)}["churn"] == "codes −9, −8"


def test_columns_to_look_at_come_with_a_way_back() -> None:
    built = look_card.look_card(upload(), seen(upload(), FIRST))
    assert "2 columns to look at before you save" in text_of(built)
    assert text_of(built).index("reason gives the outcome away") < text_of(built).index("id is a key")
    assert "Left out. Use it all the same" in text_of(built)
    used = upload(choices=replace(upload().choices, roles={"reason": "feature"}))
    assert "Used as an input. Leave it out" in text_of(look_card.look_card(used, seen(used, FIRST)))


def test_differences_from_the_version_before_are_told() -> None:
    findings = replace(upload().findings, differences=("The column 'region' is new.",))  # type: ignore[type-var]
    view = upload(findings=findings)
    built = text_of(look_card.look_card(view, seen(view, FIRST)))
    assert "1 difference from the version before" in built
    assert "The column 'region' is new." in built


def test_the_preview_sends_the_columns_in_view_only() -> None:
    many = tuple(replace(COLUMNS[1], name=f"c{i}", n_unread=1 if i == 1_999 else 0) for i in range(2_000))
    findings = replace(upload().findings, columns=many)  # type: ignore[type-var]
    view = upload(findings=findings, choices=replace(upload().choices, target=None))
    first = Preview(tuple(c.name for c in many), ("number",) * 2_000, (("1",) * 2_000,), 4, None)
    columns = seen(view, first)
    shown, page, n_columns = preview.on_page(columns, 66, noted=False)
    assert ([column.name for column in shown][:2], page, n_columns) == (["c1980", "c1981"], 66, 2_000)
    assert preview.on_page(columns, 999, noted=False)[1] == 66  # beyond the end is the last page
    assert [column.name for column in preview.on_page(columns, 5, noted=True)[0]] == ["c1999"]
    drawn = preview.cells(shown, first, None)
    assert {len(row) for row in drawn["rows"]} == {20} == {len(drawn["columns"])}
    assert "Columns 1,981 to 2,000 of 2,000" in text_of(preview.foot(shown, 66, 2_000, 2_000, first))


def test_rows_are_drawn_as_they_will_be_read() -> None:
    drawn = preview.cells(seen(upload(), FIRST), FIRST, "yes")
    assert drawn["rows"] == [list(row) for row in FIRST.rows]
    assert drawn["columns"][1]["look"] == "num"
    assert drawn["columns"][3]["look"] == "out"
    assert drawn["columns"][4] == {"look": "outcome", "bad": "yes"}


def test_every_menu_in_the_heads_has_a_label() -> None:
    built = preview.heads(seen(upload(), FIRST))
    labels = {part.htmlFor for part in parts_of(built) if type(part).__name__ == "Label"}
    assert set(menus_in(built)) == labels
    assert len(labels) == 2 * len(COLUMNS)


def test_saving_says_why_it_cannot() -> None:
    assert save_bar.why_not(upload()) is None
    assert save_bar.why_not(upload(findings=None)) is not None
    assert save_bar.why_not(upload(error=("It is no table.", ""))) is not None
    button = next(
        part
        for part in parts_of(save_bar.save(upload(findings=None), (), Tried()))
        if "Save data set" in text_of(part) and type(part).__name__ == "Button"
    )
    assert button.disabled is True


def test_the_classes_come_with_their_shares() -> None:
    built = save_bar.outcome(upload(), seen(upload(), FIRST), Tried())
    assert "no, 75.0%" in text_of(built)
    assert "yes, 25.0%" in text_of(built)
    pressed = {text_of(part): getattr(part, "aria-pressed") for part in parts_of(built) if hasattr(part, "aria-pressed")}
    assert pressed == {"no, 75.0%": "false", "yes, 25.0%": "true"}
    assert menus_in(built)["intake-target"] == "churn"


def test_a_column_up_close() -> None:
    column = seen(upload(choices=replace(upload().choices, codes={"income": {"-9": "missing"}})), FIRST)[1]
    built = column_dialog.body(column)
    assert "3 of 200 rows (1.5%) would not convert" in text_of(built)
    assert menus_in(built) == {"intake-code-0": "missing"}


def test_encodings_are_known_under_all_their_names() -> None:
    assert marks.words(marks.ENCODING, "windows-1252") == "Windows-1252, Western"
    assert marks.menu_value(marks.ENCODING, "UTF8") == "utf-8"
    assert {"value": "cp737", "label": "cp737"} in marks.choices(marks.ENCODING, "cp737")
    assert marks.words(marks.ENCODING, "no such thing") == "no such thing"


@pytest.mark.parametrize("given", [None, 3, "save", [], {}, {"what": 1}, {"what": None, "of": "x"}])
def test_what_is_no_act_is_none(given: Any) -> None:
    assert Act.parse(given) is None


def test_an_act_holds_texts_only() -> None:
    assert Act.parse({"what": "role", "of": ["x"], "value": {"a": 1}}) == Act("role", "", "")
    assert Act.parse({"what": "recipe", "of": "thousands", "value": NOTHING}) == Act("recipe", "thousands", "")
    assert Act.parse({"what": "recipe", "of": "footer_lines", "value": 2}) == Act("recipe", "footer_lines", "2")


@pytest.mark.parametrize("given", [None, [], {"page": "x", "noted": "yes", "sent": 3}])
def test_a_view_from_the_browser_is_not_trusted(given: Any) -> None:
    assert Shown.parse(given) == Shown(0, False, {})


def test_uploads_that_wait_are_listed() -> None:
    assert upload_page.pending_list([]) == []
    assert "New version of Loans" in text_of(upload_page.title("Loans"))


@pytest.fixture
def loans(desk: Desk, tmp_path: Path) -> str:
    """An upload of 60 loans with semicolons, two classes and a row that is too short."""
    rows = [f"{i};{i * 7 % 50},5;{'rent' if i % 3 else 'own'};{'yes' if i % 4 == 0 else 'no'}" for i in range(60)]
    rows[30] = "30;12,5"
    path = tmp_path / "loans.csv"
    path.write_text("number;rate;home;bad\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return receiving.receive(desk, path, filename=path.name)


def do(desk: Desk, upload_id: str, what: str, of: str = "", value: str = "") -> Tried:
    return perform(desk, upload_id, Act(what, of, value), name="Loans")


def test_a_part_is_sent_once(desk: Desk, loans: str) -> None:
    screen = build(desk, intake.get(desk, loans), Shown.parse(None), Tried())
    assert tuple(screen.parts) == PARTS
    news, shown = screen.news(all_parts=False)
    assert no_update not in news.values()
    again, _ = build(desk, intake.get(desk, loans), Shown.parse(shown.to_json()), Tried()).news(all_parts=False)
    assert [name for name, part in again.items() if part is not no_update] == ["read"]
    do(desk, loans, "role", "home", "segment")
    after, _ = build(desk, intake.get(desk, loans), Shown.parse(shown.to_json()), Tried()).news(all_parts=False)
    assert {"heads", "save"} <= {name for name, part in after.items() if part is not no_update}
    assert after["marks"] is no_update


def test_what_is_done_at_a_control_is_done(desk: Desk, loans: str) -> None:
    assert do(desk, loans, "recipe", "decimal", ",") == Tried()
    assert do(desk, loans, "missing-add", value=" n.a. ") == Tried()
    assert do(desk, loans, "missing-remove", "NA") == Tried()
    view = intake.get(desk, loans)
    assert view.recipe.decimal == ","
    assert "n.a." in view.recipe.missing
    assert "NA" not in view.recipe.missing
    assert do(desk, loans, "reset", value="all") == Tried()
    assert intake.get(desk, loans).recipe == view.detected
    assert do(desk, loans, "code-add", "number\n", "−9") == Tried()
    assert do(desk, loans, "code-set", "number\n-9", "missing") == Tried()
    assert intake.get(desk, loans).choices.codes == {"number": {"-9": "missing"}}
    assert do(desk, loans, "code-remove", "number\n-9", "yes") == Tried()
    assert intake.get(desk, loans).choices.codes == {}


def test_a_repair_goes_off_and_on_again(desk: Desk, loans: str) -> None:
    before = intake.get(desk, loans)
    assert before.findings is not None
    index, repair = next((i, one) for i, one in enumerate(before.findings.repairs) if one.undo)
    do(desk, loans, "repair-off", str(index), repair.title)
    off = intake.get(desk, loans)
    assert [one.title for one in off.repairs_off] == [repair.title]
    do(desk, loans, "repair-on", "0", repair.title)
    on = intake.get(desk, loans)
    assert on.repairs_off == ()
    assert on.findings is not None
    assert [one.title for one in on.findings.repairs] == [one.title for one in before.findings.repairs]


def test_an_outcome_outlives_a_wrong_separator(desk: Desk, loans: str) -> None:
    do(desk, loans, "outcome", value="home")
    do(desk, loans, "bad", value="rent")
    do(desk, loans, "recipe", "delimiter", "|")
    assert intake.get(desk, loans).choices.target is None
    do(desk, loans, "reset", value="delimiter")
    choices = intake.get(desk, loans).choices
    assert (choices.target, choices.bad_label) == ("home", "rent")


SENSELESS = (
    (Act("recipe", "footer_lines", "-1"), "footer_lines"),
    (Act("recipe", "skipped_lines", "1e3"), "skipped_lines"),
    (Act("recipe", "quote", ";"), "quote"),
    (Act("recipe", "dates", "soon"), "dates"),
    (Act("header", "", "x"), "header"),
    (Act("role", "home", "king"), "role"),
    (Act("role", "no such column", "feature"), "role"),
    (Act("kind", "home", "money"), "kind"),
    (Act("code-set", "home\nown", "whatever"), "code"),
    (Act("bad", "", "no such label"), "bad"),
    (Act("name", "", "  "), "name"),
)
NOT_OFFERED = (
    Act("no such thing"),
    Act("recipe", "container", "parquet"),
    Act("recipe", "kinds", "x"),
    Act("reset", "", "format"),
    Act("repair-off", "99", "no such repair"),
    Act("repair-on", "-1", ""),
    Act("missing-remove", "never there"),
    Act("page", "", "9" * 30),
)


def test_what_makes_no_sense_is_told_at_its_control(desk: Desk, loans: str) -> None:
    before = intake.get(desk, loans)
    for act, at in SENSELESS:
        tried = perform(desk, loans, act, name="Loans")
        assert (tried.at, tried.value) == (at, act.value)
        assert tried.sentence.endswith("."), act
        after = intake.get(desk, loans)
        assert (after.recipe, after.choices) == (before.recipe, before.choices), act


def test_what_the_page_does_not_offer_does_nothing(desk: Desk, loans: str) -> None:
    before = intake.get(desk, loans)
    for act in NOT_OFFERED:
        assert perform(desk, loans, act, name="Loans") == Tried(), act
        assert intake.get(desk, loans).recipe == before.recipe, act
        build(desk, before, Shown().after(act), Tried())


def test_a_stranger_finds_no_upload(desk_of: Callable[[str], Desk], loans: str) -> None:
    for act in (Act("role", "home", "segment"), Act("save"), Act("reset", "", "all")):
        with pytest.raises(NotFound):
            perform(desk_of("stranger"), loans, act, name="Mine")
