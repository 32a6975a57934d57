"""From a file to a data set: what is shown, what can be changed, what is carried over to the next version."""

import gzip
import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dashapp.usecases import datasets, exports, intake, profiles, receiving, runs, search, sharing
from dashapp.usecases.desk import Desk
from dashapp.usecases.errors import Conflict, NotFound, ReadingError, Refused
from pipeline.results import ColumnSummary
from tests.dashapp.uploading import upload

ROWS = "".join(f"{i};{20 + i % 50};{i % 37},5;{'own' if i % 3 else 'rent'};{'yes' if i % 4 == 0 else 'no'}\n" for i in range(200))
LOANS = "id;age;income;home;defaulted\n" + ROWS


@pytest.fixture
def received(desk: Desk, tmp_path: Path) -> Callable[..., str]:
    def receive(content: str | bytes = LOANS, name: str = "loans.csv", **more: str) -> str:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return receiving.receive(desk, path, filename=name, **more)

    return receive


def columns(desk: Desk, upload_id: str) -> dict[str, ColumnSummary]:
    findings = intake.get(desk, upload_id).findings
    assert findings is not None
    return {column.name: column for column in findings.columns}


def test_a_file_is_looked_at_with_its_likely_outcome(desk: Desk, received: Callable[..., str]) -> None:
    upload_id = received()
    view = intake.get(desk, upload_id)
    assert (view.state, view.recipe.delimiter, view.recipe == view.detected) == ("examined", ";", True)
    assert (view.choices.name, view.choices.target, view.choices.bad_label) == ("loans", "defaulted", "yes")
    found = columns(desk, upload_id)
    assert {name: column.kind for name, column in found.items()} == {
        "id": "number", "age": "number", "income": "number", "home": "category", "defaulted": "category",
    }  # fmt: skip
    assert (found["id"].role, found["defaulted"].role, found["age"].role) == ("identifier", "target", "feature")
    assert view.findings.profile.n_bad == 50
    assert [card.id for card in intake.pending(desk)] == [upload_id]


def test_the_preview_follows_the_recipe(desk: Desk, received: Callable[..., str]) -> None:
    upload_id = received()
    shown = intake.preview(desk, upload_id)
    assert shown.names == ("id", "age", "income", "home", "defaulted")
    assert (len(shown.rows), shown.rows[1], shown.first_line) == (50, ("1", "21", "1.5", "own", "no"), 2)
    assert shown.kinds == ("number", "number", "number", "category", "category")
    intake.change(desk, upload_id, missing=("own",))
    assert intake.preview(desk, upload_id).rows[1][3] is None
    intake.change(desk, upload_id, delimiter="|")
    assert intake.preview(desk, upload_id).names == ("id;age;income;home;defaulted",)
    intake.change(desk, upload_id, delimiter=intake.get(desk, upload_id).detected.delimiter, missing=("",))
    assert intake.get(desk, upload_id).findings.n_rows == 200


@pytest.mark.parametrize("pack", ["plain", "gzip", "zip"])
def test_only_the_beginning_is_needed_for_a_preview(
    desk: Desk, received: Callable[..., str], monkeypatch: pytest.MonkeyPatch, pack: str
) -> None:
    """A text of 6 MB, in two pieces; its end is a line of totals that the beginning does not tell of."""
    text = (LOANS + ROWS * 1_500).encode()
    if pack == "gzip":
        text = gzip.compress(text)
    elif pack == "zip":
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("loans.csv", text)
        text = packed.getvalue()
    upload_id = received(text)
    view = intake.get(desk, upload_id)
    assert (view.state, view.job is not None and view.job.state) == ("received", "queued")
    shown = intake.preview(desk, upload_id)
    assert (shown.names[0], shown.rows[0][0], len(shown.rows), shown.problem) == ("id", "0", 50, None)
    assert shown.kinds == ("number", "number", "number", "category", "category")  # of these rows alone


def test_a_parquet_file_is_previewed_and_saved_with_its_types(desk: Desk, received: Callable[..., str]) -> None:
    table = pa.table({"age": pa.array([31, 44, None, 58] * 5), "bad": ["no", "yes", "no", "no"] * 5})
    packed = io.BytesIO()
    pq.write_table(table, packed)
    upload_id = received(packed.getvalue(), "loans.parquet")
    assert intake.preview(desk, upload_id).rows[:3] == (("31", "no"), ("44", "yes"), (None, "no"))
    dataset_id = intake.save(desk, upload_id, name="Loans")
    assert datasets.rows(desk, str(dataset_id), start=0, stop=3) == ([[31, "no"], [44, "yes"], [None, "no"]], 20)


def test_kinds_roles_codes_and_outcome_are_the_users(desk: Desk, received: Callable[..., str]) -> None:
    upload_id = received()
    intake.set_kind(desk, upload_id, "age", "category")
    assert columns(desk, upload_id)["age"].kind == "category"
    intake.set_kind(desk, upload_id, "age", "")
    assert columns(desk, upload_id)["age"].kind == "number"
    intake.set_role(desk, upload_id, "home", "segment")
    intake.set_codes(desk, upload_id, "income", {"0.5": "level"})
    intake.set_outcome(desk, upload_id, "home", None)
    view = intake.get(desk, upload_id)
    assert (view.choices.target, view.choices.bad_label, view.findings.profile.target) == ("home", "rent", "home")
    intake.set_role(desk, upload_id, "defaulted", "target")
    intake.set_outcome(desk, upload_id, "defaulted", "no")
    intake.set_role(desk, upload_id, "home", "segment")
    dataset_id = str(intake.save(desk, upload_id, name="Loans"))
    view = datasets.get(desk, dataset_id)
    assert {column.name: column.role for column in view.columns} == {
        "id": "identifier", "age": "feature", "income": "feature", "home": "segment", "defaulted": "target",
    }  # fmt: skip
    assert (view.bad_label, view.column("income").codes, view.column("home").reason) == (
        "no",
        (("0.5", "level"),),
        "Chosen by hand.",
    )
    made = profiles.get(desk, dataset_id)
    assert (made.profile.n_bad, made.stale) == (150, False)
    assert any(band.level == "0.5" for band in made.profile.column("income").bands)  # counted anew: the look had no codes
    assert intake.get(desk, upload_id).dataset_id == dataset_id
    with pytest.raises(Conflict, match="never changes"):
        intake.change(desk, upload_id, delimiter=",")
    with pytest.raises(NotFound):
        intake.preview(desk, upload_id)


def test_no_outcome_is_a_choice_too(desk: Desk, received: Callable[..., str]) -> None:
    upload_id = received()
    intake.set_outcome(desk, upload_id, None, None)
    intake.change(desk, upload_id)  # looked at once more
    assert intake.get(desk, upload_id).choices.target is None
    assert datasets.get(desk, str(intake.save(desk, upload_id, name="Loans"))).target is None


@pytest.mark.parametrize(
    "act",
    [
        lambda desk, key: intake.change(desk, key, delimiter=1),
        lambda desk, key: intake.change(desk, key, delimiter=",,"),
        lambda desk, key: intake.change(desk, key, container="xlsx"),
        lambda desk, key: intake.change(desk, key, format=1),
        lambda desk, key: intake.change(desk, key, nothing="x"),
        lambda desk, key: intake.change(desk, key, skipped_lines=True),
        lambda desk, key: intake.change(desk, key, skipped_lines=-1),
        lambda desk, key: intake.change(desk, key, missing="NA"),
        lambda desk, key: intake.change(desk, key, missing=["x" * 300]),
        lambda desk, key: intake.change(desk, key, kinds={"age": "float"}),
        lambda desk, key: intake.set_kind(desk, key, "age", "float"),
        lambda desk, key: intake.set_kind(desk, key, "absent", "text"),
        lambda desk, key: intake.set_role(desk, key, "age", "king"),
        lambda desk, key: intake.set_role(desk, key, "absent", "feature"),
        lambda desk, key: intake.set_all_roles(desk, key, "target"),
        lambda desk, key: intake.set_codes(desk, key, "absent", {"1": "level"}),
        lambda desk, key: intake.set_codes(desk, key, "age", {"1": "nothing"}),
        lambda desk, key: intake.set_codes(desk, key, "age", {str(i): "level" for i in range(200)}),
        lambda desk, key: intake.set_outcome(desk, key, "absent", None),
        lambda desk, key: intake.set_outcome(desk, key, "home", "castle"),
        lambda desk, key: intake.set_name(desk, key, " "),
        lambda desk, key: intake.save(desk, key, name=""),
    ],
)
def test_what_makes_no_sense_is_refused_and_changes_nothing(
    desk: Desk, received: Callable[..., str], act: Callable[[Desk, str], object]
) -> None:
    upload_id = received(LOANS[:400])
    before = intake.get(desk, upload_id)
    with pytest.raises((Refused, ReadingError)) as refused:
        act(desk, upload_id)
    assert refused.value.message.endswith(".")
    assert refused.value.fix
    assert intake.get(desk, upload_id) == before


def test_a_repair_that_is_switched_off_can_be_switched_on_again(desk: Desk, received: Callable[..., str]) -> None:
    upload_id = received("Report of May\n\n" + LOANS)
    view = intake.get(desk, upload_id)
    repair = next(repair for repair in view.findings.repairs if repair.undo and "skipped_lines" in repair.undo)
    intake.change(desk, upload_id, **repair.undo)
    off = intake.get(desk, upload_id)
    assert [entry.title for entry in off.repairs_off] == [repair.title]
    intake.change(desk, upload_id, **{field: getattr(off.detected, field) for field in repair.undo})
    on = intake.get(desk, upload_id)
    assert (on.repairs_off, on.findings.repairs) == ((), view.findings.repairs)


def test_next_months_file_is_read_as_this_months_was(desk: Desk, desk_of: Callable[[str], Desk], tmp_path: Path) -> None:
    path = tmp_path / "may.csv"
    path.write_text(LOANS)
    upload_id = receiving.receive(desk, path, filename="may.csv")
    intake.set_kind(desk, upload_id, "age", "text")
    intake.set_role(desk, upload_id, "home", "segment")
    intake.set_codes(desk, upload_id, "income", {"0.5": "missing"})
    may = str(intake.save(desk, upload_id, name="Loans"))
    datasets.describe(desk, may, "Every loan of the month")
    sharing.share(desk, "dataset", may, "colleague")
    run = runs.start(desk, may, "On May", {"target": "defaulted", "bad_label": "yes"})

    rows = ROWS.replace(";own;", ";castle;").replace(",5;", ",5;new;", 1).replace("new;", "")
    june = tmp_path / "june.csv"
    june.write_text("id;age;income;home;defaulted;branch\n" + "".join(f"{row};x\n" for row in rows.splitlines()))
    upload_id = receiving.receive(desk, june, filename="june.csv", replaces=may)
    view = intake.get(desk, upload_id)
    assert intake.replaced_name(desk, upload_id) == view.choices.name == "Loans"
    assert (columns(desk, upload_id)["age"].kind, view.choices.roles["home"], view.choices.target) == (
        "text",
        "segment",
        "defaulted",
    )
    assert view.choices.codes == {"income": {"0.5": "missing"}}
    told = " ".join(view.findings.differences)
    assert "1 column is new: 'branch'." in told
    assert "'home' has 1 new level" in told
    assert "'home' has lost 1 level: 'own'." in told
    newer = str(intake.save(desk, upload_id, name="Loans"))

    view = datasets.get(desk, newer)
    assert (view.version, view.replaces_id, view.description, view.newer_id) == (2, may, "Every loan of the month", None)
    assert datasets.get(desk, may).newer_id == newer
    for someone in (desk, desk_of("colleague")):
        assert [card.id for card in datasets.visible(someone)] == [newer]
        assert [(card.id, card.superseded) for card in datasets.visible(someone, every_version=True)] == [
            (newer, False),
            (may, True),
        ]
        assert datasets.get(someone, may).name == "Loans"
    assert runs.get(desk, run).dataset_id == may
    with pytest.raises(NotFound):
        receiving.receive(desk_of("colleague"), june, filename="june.csv", replaces=may)


def test_the_same_file_is_recognised(desk: Desk, desk_of: Callable[[str], Desk], tmp_path: Path) -> None:
    path = tmp_path / "loans.csv"
    path.write_text(LOANS)
    first = upload(desk, path)
    again = receiving.receive(desk, path, filename="other name.csv")
    assert intake.identical(desk, again).id == first
    other = desk_of("colleague")
    theirs = receiving.receive(other, path, filename="loans.csv")
    assert intake.identical(other, theirs) is None
    sharing.share(desk, "dataset", first, "colleague")
    assert intake.identical(other, theirs).id == first


def test_a_data_set_is_found_by_its_file_and_its_description(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "may-2024.csv"
    path.write_text(LOANS)
    dataset_id = upload(desk, path)
    datasets.describe(desk, dataset_id, "  Branch loans,\nwithout mortgages\x00  ")
    assert datasets.get(desk, dataset_id).description == "Branch loans,\nwithout mortgages"
    for words in ("mortgages loans", "MAY-2024", "branch"):
        assert [card.id for card in datasets.visible(desk, words=words)] == [dataset_id]
        assert [hit.id for hit in search.find(desk, words)] == [dataset_id]
    assert datasets.visible(desk, words="loans june") == []
    with pytest.raises(Refused, match="2,001 characters"):
        datasets.describe(desk, dataset_id, "x" * 2_001)


def test_what_depends_on_a_data_set_is_told(desk: Desk, desk_of: Callable[[str], Desk], tmp_path: Path) -> None:
    path = tmp_path / "loans.csv"
    path.write_text(LOANS)
    dataset_id = upload(desk, path)
    sharing.share(desk, "dataset", dataset_id, "colleague")
    spec = {"target": "defaulted", "bad_label": "yes"}
    mine = runs.start(desk, dataset_id, "Mine", spec)
    runs.start(desk_of("colleague"), dataset_id, "Theirs", spec)
    assert datasets.dependents(desk, dataset_id) == datasets.Dependents(((mine, "Mine"),), 1)


def test_roles_and_outcome_change_after_saving_and_the_rows_do_not(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "loans.csv"
    path.write_text(LOANS)
    dataset_id = upload(desk, path)
    before = datasets.rows(desk, dataset_id, start=0, stop=200)
    datasets.set_role(desk, dataset_id, "age", "weight")
    datasets.set_codes(desk, dataset_id, "income", {"0.5": "level"})
    datasets.set_outcome(desk, dataset_id, "home", None)
    view = datasets.get(desk, dataset_id)
    assert (view.target, view.bad_label, view.column("age").role, view.column("defaulted").role) == (
        "home",
        "rent",
        "weight",
        "feature",
    )
    made = profiles.get(desk, dataset_id)
    assert (made.stale, made.profile.target) == (False, "home")
    datasets.set_role(desk, dataset_id, "home", "excluded")  # what is left out is no outcome any more
    view = datasets.get(desk, dataset_id)
    assert (view.target, view.column("home").role) == (None, "excluded")
    assert datasets.rows(desk, dataset_id, start=0, stop=200) == before
    with pytest.raises(Refused):
        datasets.set_outcome(desk, dataset_id, "home", "castle")


FORMULAS = ["=1+1", "+cmd", "-x", "@sum", "-5", "+1.5e3", "plain", 'a "b", c', "-", "=-7"]


def test_a_csv_holds_nothing_that_a_spreadsheet_runs(desk: Desk, received: Callable[..., str]) -> None:
    import csv

    lines = "".join(f'{i},"{text.replace(chr(34), chr(34) * 2)}",{-i}\n' for i, text in enumerate(FORMULAS * 3))
    upload_id = received('n,"=HYPERLINK(""x"")",-low\n' + lines)
    intake.set_kind(desk, upload_id, '=HYPERLINK("x")', "text")
    dataset_id = str(intake.save(desk, upload_id, name="../=Näme"))
    made = exports.csv(desk, dataset_id)
    header, *rows = csv.reader(io.StringIO(b"".join(made.pieces).decode(), newline=""))
    assert header == ["n", '\'=HYPERLINK("x")', "'-low"]
    expected = ["'=1+1", "'+cmd", "'-x", "'@sum", "-5", "+1.5e3", "plain", 'a "b", c', "'-", "'=-7"]
    assert [row[1] for row in rows] == expected * 3
    assert [row[2] for row in rows] == [str(-i) for i in range(30)]  # numbers stay numbers
    assert made.n_defused == 2 + 6 * 3


def test_downloads(desk: Desk, browser: Callable[..., object], received: Callable[..., str], tmp_path: Path) -> None:
    dataset_id = str(intake.save(desk, received(), name='Löans "of" May/../x'))
    analyst = browser("analyst")
    answer = analyst.get(f"/api/datasets/{dataset_id}.csv")
    assert (answer.status_code, answer.headers["X-Defused-Cells"]) == (200, "0")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="L-ans-of-May-x.csv"'
    assert answer.data.splitlines()[:2] == [b"\xef\xbb\xbfid,age,income,home,defaulted", b'0,20,0.5,"rent","yes"']
    answer = analyst.get(f"/api/datasets/{dataset_id}.parquet")
    assert int(answer.headers["Content-Length"]) == len(answer.data)
    table = pq.read_table(io.BytesIO(answer.data))
    assert table.column("income").to_pylist()[:2] == [0.5, 1.5]
    assert (table.num_rows, str(table.schema.field("age").type)) == (200, "int64")
    for kind in ("csv", "parquet"):
        assert browser("stranger").get(f"/api/datasets/{dataset_id}.{kind}").status_code == 404
        assert browser().get(f"/api/datasets/{dataset_id}.{kind}").status_code in {302, 401}
