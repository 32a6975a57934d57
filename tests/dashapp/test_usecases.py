"""A cast of users against every use case: owner, colleague, stranger, officer, admin. A stranger sees what is absent."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dashapp.settings import Settings
from dashapp.usecases import (
    accounts,
    comparisons,
    datasets,
    exports,
    imbalances,
    intake,
    jobs,
    outside_scores,
    profiles,
    recalibrating,
    receiving,
    runs,
    search,
    searches,
    sharing,
)
from dashapp.usecases.desk import Desk
from dashapp.usecases.errors import Conflict, InvalidSpec, NotFound, ReadingError, Refused
from db.engine import Database
from db.tables import Base, Run
from tests.dashapp.uploading import upload

SPEC = {"target": "defaulted", "bad_label": "yes", "features": ["income", "home"]}
SCORE = {"target": "defaulted", "bad_label": "yes", "column": "income", "higher_is": "good", "is_probability": "no"}


@pytest.fixture(scope="module")
def template(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The cast's database with a data set of the analyst's in it, saved once for all tests."""
    folder = tmp_path_factory.mktemp("loans")
    shutil.copy(template, folder / "scoredesk.sqlite")
    path = folder / "loans.csv"
    rows = [f"{i % 37},{'own' if i % 3 else 'rent'},{'yes' if i % 4 == 0 else 'no'}" for i in range(200)]
    path.write_text("income,home,defaulted\n" + "\n".join(rows) + "\n", encoding="utf-8")
    settings = Settings(database_url=f"sqlite:///{folder / 'scoredesk.sqlite'}")
    db = Database(settings.database_url)
    (analyst,) = (person for person in accounts.everyone(db) if person.name == "analyst")
    upload(Desk(db, settings, analyst), path)
    db.dispose()
    return folder / "scoredesk.sqlite"


@pytest.fixture
def loans(desk_of: Callable[[str], Desk]) -> str:
    (card,) = datasets.visible(desk_of("analyst"))
    return card.id


@pytest.fixture
def run(desk_of: Callable[[str], Desk], loans: str) -> str:
    return runs.start(desk_of("analyst"), loans, "First", SPEC)


READS_RUN: list[Callable[[Desk, str], Any]] = [
    runs.get,
    runs.model_json,
    lambda desk, run: sharing.access(desk, "run", run),
]
CHANGES_RUN: list[Callable[[Desk, str], Any]] = [
    lambda desk, run: runs.describe(desk, run, name="Mine now", note=""),
    runs.delete,
    runs.restore,
    jobs.retry,
    lambda desk, run: sharing.share(desk, "run", run, "officer"),
    lambda desk, run: sharing.unshare(desk, "run", run, "colleague"),
    lambda desk, run: jobs.cancel(desk, _job_of(desk, run)),
]
READS_DATASET: list[Callable[[Desk, str], Any]] = [
    datasets.get,
    lambda desk, dataset: datasets.rows(desk, dataset, start=0, stop=5),
    lambda desk, dataset: sharing.access(desk, "dataset", dataset),
    lambda desk, dataset: runs.check(desk, dataset, SPEC),
    lambda desk, dataset: runs.start(desk, dataset, "Another", SPEC),
    profiles.get,
    lambda desk, dataset: comparisons.start(desk, dataset, None, date_column="income", split="20"),
    comparisons.of_dataset,
    lambda desk, dataset: list(exports.csv(desk, dataset).pieces),
    lambda desk, dataset: exports.parquet(desk, dataset, Path(os.devnull)),
]
CHANGES_DATASET: list[Callable[[Desk, str], Any]] = [
    lambda desk, dataset: datasets.rename(desk, dataset, "Mine now"),
    datasets.delete,
    lambda desk, dataset: sharing.share(desk, "dataset", dataset, "officer"),
    lambda desk, dataset: sharing.unshare(desk, "dataset", dataset, "colleague"),
    lambda desk, dataset: datasets.describe(desk, dataset, "Mine now"),
    lambda desk, dataset: datasets.set_role(desk, dataset, "home", "segment"),
    lambda desk, dataset: datasets.set_role(desk, dataset, "home", "target"),
    lambda desk, dataset: datasets.set_codes(desk, dataset, "income", {"-9": "level"}),
    lambda desk, dataset: datasets.set_outcome(desk, dataset, "home", "own"),
    datasets.dependents,
    profiles.refresh,
    lambda desk, dataset: receiving.receive(desk, _file(desk), filename="next.csv", replaces=dataset),
]
USES_UPLOAD: list[Callable[[Desk, str], Any]] = [
    intake.get,
    intake.preview,
    intake.identical,
    intake.replaced_name,
    lambda desk, upload: intake.change(desk, upload, decimal=","),
    lambda desk, upload: intake.set_kind(desk, upload, "income", "text"),
    lambda desk, upload: intake.set_role(desk, upload, "income", "segment"),
    lambda desk, upload: intake.set_role(desk, upload, "income", "target"),
    lambda desk, upload: intake.set_all_roles(desk, upload, "excluded"),
    lambda desk, upload: intake.set_codes(desk, upload, "income", {"-9": "missing"}),
    lambda desk, upload: intake.set_outcome(desk, upload, "home", "own"),
    lambda desk, upload: intake.set_name(desk, upload, "Mine now"),
    lambda desk, upload: intake.save(desk, upload, name="Mine now"),
    intake.discard,
]


def _file(desk: Desk) -> Path:
    """A file to receive, beside the database."""
    path = Path(desk.settings.database_url.removeprefix("sqlite:///")).with_name("next.csv")
    path.write_text("income,home,defaulted\n1,own,yes\n2,rent,no\n3,own,no\n", encoding="utf-8")
    return path


def _job_of(desk: Desk, run_id: str) -> str:
    from db import jobs as queue

    with desk.db.read() as session:
        return queue.of_runs(session, [run_id])[run_id].id


@pytest.mark.parametrize("name", ["stranger", "officer", "admin"])
@pytest.mark.parametrize("call", [*READS_RUN, *CHANGES_RUN])
def test_a_run_does_not_exist_for_others(
    desk_of: Callable[[str], Desk], run: str, name: str, call: Callable[[Desk, str], Any]
) -> None:
    with pytest.raises(NotFound):
        call(desk_of(name), run)
    assert runs.get(desk_of("analyst"), run).name == "First"


MAKES: list[Callable[[Desk, str, str], Any]] = [
    lambda desk, dataset, run: receiving.receive(desk, _file(desk), filename="next.csv"),
    lambda desk, dataset, run: runs.start(desk, dataset, "Another", SPEC),
    lambda desk, dataset, run: outside_scores.start(desk, dataset, "", SCORE),
    lambda desk, dataset, run: searches.start(desk, dataset, SPEC, {"C": [0.1, 1.0]}, name="Search"),
    lambda desk, dataset, run: imbalances.start(desk, dataset, SPEC, name="Treatments"),
    lambda desk, dataset, run: recalibrating.start(desk, run, "logistic", "Another"),
]


@pytest.mark.parametrize("call", MAKES)
def test_an_officer_makes_nothing_of_what_is_shared_with_them(
    desk_of: Callable[[str], Desk], db: Database, loans: str, run: str, call: Callable[[Desk, str, str], Any]
) -> None:
    """An officer sees the approved run and its rows; they upload and train nothing, where a colleague may."""
    for name in ("officer", "colleague"):
        sharing.share(desk_of("analyst"), "run", run, name)
        sharing.share(desk_of("analyst"), "dataset", loans, name)
    with db.write() as session:
        session.get_one(Run, run).stage = "approved"
    before = _rows(db)
    with pytest.raises(Refused, match="Loan officers decide with approved runs"):
        call(desk_of("officer"), loans, run)
    assert _rows(db) == before
    if call is not MAKES[-1]:  # a run that is not trained yet is recalibrated by nobody
        call(desk_of("colleague"), loans, run)
        assert _rows(db) != before


@pytest.mark.parametrize("call", READS_RUN)
def test_a_colleague_reads_a_shared_run(desk_of: Callable[[str], Desk], run: str, call: Callable[[Desk, str], Any]) -> None:
    sharing.share(desk_of("analyst"), "run", run, "colleague")
    call(desk_of("colleague"), run)
    assert [card.id for card in runs.visible(desk_of("colleague"))] == [run]


@pytest.mark.parametrize("call", CHANGES_RUN)
def test_a_colleague_does_not_change_a_shared_run(
    desk_of: Callable[[str], Desk], run: str, call: Callable[[Desk, str], Any]
) -> None:
    sharing.share(desk_of("analyst"), "run", run, "colleague")
    with pytest.raises(NotFound):
        call(desk_of("colleague"), run)
    assert runs.get(desk_of("colleague"), run).name == "First"


@pytest.mark.parametrize("name", ["stranger", "officer", "admin"])
@pytest.mark.parametrize("call", [*READS_DATASET, *CHANGES_DATASET])
def test_a_data_set_does_not_exist_for_others(
    desk_of: Callable[[str], Desk], loans: str, name: str, call: Callable[[Desk, str], Any]
) -> None:
    with pytest.raises(NotFound):
        call(desk_of(name), loans)
    assert datasets.visible(desk_of(name)) == []


@pytest.mark.parametrize("call", READS_DATASET)
def test_a_colleague_reads_and_trains_on_a_shared_data_set(
    desk_of: Callable[[str], Desk], loans: str, call: Callable[[Desk, str], Any]
) -> None:
    sharing.share(desk_of("analyst"), "dataset", loans, "colleague")
    call(desk_of("colleague"), loans)


@pytest.mark.parametrize("call", CHANGES_DATASET)
def test_a_colleague_does_not_change_a_shared_data_set(
    desk_of: Callable[[str], Desk], loans: str, call: Callable[[Desk, str], Any]
) -> None:
    sharing.share(desk_of("analyst"), "dataset", loans, "colleague")
    with pytest.raises(NotFound):
        call(desk_of("colleague"), loans)


@pytest.mark.parametrize("name", ["colleague", "stranger", "officer", "admin"])
def test_an_upload_exists_for_its_owner_alone(desk_of: Callable[[str], Desk], name: str) -> None:
    owner, other = desk_of("analyst"), desk_of(name)
    upload_id = receiving.receive(owner, _file(owner), filename="next.csv")
    before = intake.get(owner, upload_id)
    for call in USES_UPLOAD:
        with pytest.raises(NotFound):
            call(other, upload_id)
    assert intake.pending(other) == ()
    assert intake.get(owner, upload_id) == before


def test_the_owner_does_all_of_it(desk_of: Callable[[str], Desk]) -> None:
    owner = desk_of("analyst")
    for call in USES_UPLOAD:
        call(owner, receiving.receive(owner, _file(owner), filename="next.csv"))


def test_a_comparison_exists_for_its_owner_alone(desk_of: Callable[[str], Desk], loans: str) -> None:
    owner = desk_of("analyst")
    sharing.share(owner, "dataset", loans, "colleague")
    made = comparisons.start(owner, loans, None, date_column="income", split="20")
    assert comparisons.get(owner, made).result is not None
    for name in ("colleague", "stranger", "officer", "admin"):
        with pytest.raises(NotFound):
            comparisons.get(desk_of(name), made)
    assert [one.id for one in comparisons.of_dataset(owner, loans)] == [made]
    assert comparisons.of_dataset(desk_of("colleague"), loans) == ()


def test_a_comparison_needs_both_data_sets(desk_of: Callable[[str], Desk], loans: str) -> None:
    owner, colleague = desk_of("analyst"), desk_of("colleague")
    theirs = upload(colleague, _file(colleague), name="Theirs")
    for reference, other in ((loans, theirs), (theirs, loans)):
        for desk in (owner, colleague):
            with pytest.raises(NotFound):
                comparisons.start(desk, reference, other)


def test_rows_come_in_pages(desk_of: Callable[[str], Desk], loans: str) -> None:
    owner = desk_of("analyst")
    values, n_rows = datasets.rows(owner, loans, start=198, stop=500)
    assert n_rows == 200
    assert values == [[198 % 37, "rent" if 198 % 3 == 0 else "own", "no"], [199 % 37, "own", "no"]]
    assert datasets.rows(owner, loans, start=200, stop=300) == ([], 200)


def test_search_finds_what_one_may_see_by_every_word(desk_of: Callable[[str], Desk], loans: str, run: str) -> None:
    owner, colleague = desk_of("analyst"), desk_of("colleague")
    assert search.find(owner, "fir") == [search.Hit("run", run, "First", "Loans")]
    assert search.find(owner, "LOAN") == [search.Hit("dataset", loans, "Loans", "200 rows")]
    assert search.find(owner, "first loans") == []
    assert search.find(colleague, "fir") == []
    sharing.share(owner, "run", run, "colleague")
    assert search.find(colleague, "fir") == [search.Hit("run", run, "First", "Loans")]
    assert search.find(colleague, "loan") == []
    jobs.cancel(owner, _job_of(owner, run))
    runs.delete(owner, run)
    assert search.find(owner, "fir") == []


def test_taking_a_share_back_closes_the_link(desk_of: Callable[[str], Desk], run: str) -> None:
    owner, colleague = desk_of("analyst"), desk_of("colleague")
    sharing.share(owner, "run", run, "colleague")
    sharing.unshare(owner, "run", run, "colleague")
    with pytest.raises(NotFound):
        runs.get(colleague, run)
    assert runs.visible(colleague) == []
    assert search.find(colleague, "First") == []


def test_a_deleted_run_comes_back(desk_of: Callable[[str], Desk], run: str) -> None:
    owner = desk_of("analyst")
    with pytest.raises(Conflict, match="still at work"):
        runs.delete(owner, run)
    jobs.cancel(owner, _job_of(owner, run))
    runs.delete(owner, run)
    with pytest.raises(NotFound):
        runs.get(owner, run)
    runs.restore(owner, run)
    assert runs.get(owner, run).name == "First"


def test_a_run_and_its_job_are_written_together(desk_of: Callable[[str], Desk], loans: str) -> None:
    owner = desk_of("analyst")
    run = runs.start(owner, loans, "Pair", SPEC)
    assert [job.run_id for job in jobs.active(owner)] == [run]
    assert datasets.get(owner, loans).target == "defaulted"  # remembered as the proposal for the next run


@pytest.mark.parametrize(
    ("change", "option", "word"),
    [
        ({"target": "nothing"}, "target", "nothing"),
        ({"features": ["income", "ghost"]}, "features", "ghost"),
        ({"bad_label": "perhaps"}, "bad_label", "perhaps"),
        ({"features": ["defaulted"]}, "features", "outcome"),
        ({"C": "-1"}, "C", "range"),
        ({"unknown": 1}, "unknown", "no option"),
        ({"test_share": [1]}, "test_share", "not a number"),
    ],
)
def test_a_wrong_option_is_named(
    desk_of: Callable[[str], Desk], loans: str, change: dict[str, Any], option: str, word: str
) -> None:
    owner = desk_of("analyst")
    with pytest.raises(InvalidSpec) as refused:
        runs.start(owner, loans, "Wrong", {**SPEC, **change})
    assert word in refused.value.problems[option]
    assert runs.visible(owner) == []
    assert jobs.active(owner) == []


@pytest.mark.parametrize("name", ["", "   ", "\u200b", "x" * 201])
def test_a_name_must_be_readable(desk_of: Callable[[str], Desk], run: str, name: str) -> None:
    with pytest.raises(Refused):
        runs.describe(desk_of("analyst"), run, name=name, note="")


@pytest.mark.parametrize("content", [b"", b"a,b\n", b"a,b\n\x00\x01\x02,3\n"])
def test_a_refused_file_leaves_no_row(desk_of: Callable[[str], Desk], db: Database, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "bad.csv"
    path.write_bytes(content)
    before = _rows(db)
    with pytest.raises(ReadingError) as refused:
        receiving.receive(desk_of("analyst"), path, filename="bad.csv")
    assert refused.value.fix
    assert _rows(db) == before


@pytest.mark.parametrize(
    "breaks_at", ["db.datasets.add_chunk", "db.datasets.finish", "db.profiles.store", "db.uploads.drop_pieces"]
)
def test_a_save_that_breaks_half_way_leaves_the_upload_as_it_was(
    desk_of: Callable[[str], Desk], db: Database, monkeypatch: pytest.MonkeyPatch, breaks_at: str
) -> None:
    owner = desk_of("analyst")
    upload_id = receiving.receive(owner, _file(owner), filename="next.csv")
    before, view = _rows(db), intake.get(owner, upload_id)

    def breaks(*_args: Any, **_kwargs: Any) -> None:
        raise OSError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(breaks_at, breaks)
        with pytest.raises(OSError, match="disk is full"):
            intake.save(owner, upload_id, name=view.choices.name)
    assert _rows(db) == before
    assert intake.get(owner, upload_id) == view
    assert datasets.get(owner, str(intake.save(owner, upload_id, name="Next"))).n_rows == 3


def _rows(db: Database) -> dict[str, int]:
    """The number of rows of every table."""
    from sqlalchemy import func, select

    with db.read() as session:
        return {table.name: session.scalar(select(func.count()).select_from(table)) or 0 for table in Base.metadata.sorted_tables}
