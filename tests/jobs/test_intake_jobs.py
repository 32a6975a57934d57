"""Examining and saving in queued jobs: the same attempt fencing as training, and nothing half-written whatever dies."""

from pathlib import Path

import pytest
from sqlalchemy import func, select

from dashapp.settings import Settings
from dashapp.usecases import comparisons, datasets, examining, intake, jobs, profiles, receiving, saving
from dashapp.usecases.desk import Desk, Person
from dashapp.usecases.errors import Refused
from db import datasets as doors
from db import leases
from db.tables import ColumnChunk, Dataset, UploadChunk
from tests.jobs.conftest import Works, kill, wait_until

HANDLERS = {
    "examine": examining.execute,
    "save": saving.execute,
    "profile": profiles.execute,
    "compare": comparisons.execute,
}


@pytest.fixture
def desk(works: Works) -> Desk:
    return Desk(works.db, Settings(database_url=works.url), Person(works.owner_id, "analyst", "Analyst", "analyst"))


@pytest.fixture
def queued(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever its size, nothing is done in place."""
    monkeypatch.setattr(examining, "EXAMINE_INLINE_BYTES", 0)
    monkeypatch.setattr(profiles, "PROFILE_INLINE_CELLS", 0)
    monkeypatch.setattr(comparisons, "COMPARE_INLINE_CELLS", 0)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "loans.csv"
    path.write_text("age,bad\n" + "".join(f"{20 + i % 50},{'yes' if i % 7 == 0 else 'no'}\n" for i in range(300)))
    return path


def work_off(desk: Desk, settings: Settings | None = None) -> list[str]:
    """Claims all jobs that wait and does them here; their kinds."""
    with desk.db.write() as session:
        claimed = [
            (job.kind, job.id, job.attempt)
            for job in leases.claim(session, claimed_by="one", lease_seconds=60, limit=9, kinds=HANDLERS)
        ]
    for kind, job_id, attempt in claimed:
        HANDLERS[kind](desk.db, job_id, attempt, settings or desk.settings)
    return [kind for kind, _, _ in claimed]


def left(desk: Desk) -> tuple[int, int, int]:
    """Rows of data sets, of their chunks, of pieces of uploads."""
    with desk.db.read() as session:
        return tuple(session.scalar(select(func.count()).select_from(table)) for table in (Dataset, ColumnChunk, UploadChunk))


@pytest.mark.usefixtures("queued")
def test_the_way_through_jobs(desk: Desk, file: Path) -> None:
    upload_id = receiving.receive(desk, file, filename="loans.csv")
    view = intake.get(desk, upload_id)
    assert (view.state, view.findings, view.job.kind, view.job.title) == ("received", None, "examine", "loans.csv")
    assert work_off(desk) == ["examine"]
    view = intake.get(desk, upload_id)
    assert (view.state, view.findings.n_rows, view.choices.target, view.choices.bad_label) == ("examined", 300, "bad", "yes")
    assert intake.save(desk, upload_id, name="Loans") is None
    assert intake.get(desk, upload_id).state == "saving"
    with pytest.raises(Refused, match="being saved"):
        intake.set_name(desk, upload_id, "Other")
    assert work_off(desk) == ["save"]
    view = intake.get(desk, upload_id)
    dataset = datasets.get(desk, view.dataset_id)
    assert (view.state, dataset.n_rows, dataset.target, dataset.name) == ("saved", 300, "bad", "Loans")
    assert profiles.get(desk, dataset.id).profile.n_bad == sum(i % 7 == 0 for i in range(300))
    assert left(desk)[2] == 0
    made = comparisons.start(desk, dataset.id, None, date_column="age", split="40")
    assert comparisons.get(desk, made).result is None
    datasets.set_outcome(desk, dataset.id, "bad", "no")
    assert profiles.get(desk, dataset.id).stale
    assert sorted(work_off(desk)) == ["compare", "profile"]
    result = comparisons.get(desk, made).result
    assert (result.n_reference, result.n_other) == (120, 180)
    assert profiles.get(desk, dataset.id).profile.bad_label == "no"
    assert not profiles.get(desk, dataset.id).stale
    shown = {job.kind: (job.title, job.href, job.state) for job in jobs.recent(desk)}
    assert shown["examine"] == ("loans.csv", f"/data/new/{upload_id}", "succeeded")
    assert shown["save"] == ("loans.csv", f"/data/{dataset.id}", "succeeded")
    assert shown["profile"] == ("Loans", f"/data/{dataset.id}", "succeeded")
    assert shown["compare"] == ("Loans: age from 40 against before", f"/comparisons/{made}", "succeeded")


@pytest.mark.usefixtures("queued")
def test_a_change_of_the_recipe_cancels_the_look_before_it(desk: Desk, file: Path) -> None:
    upload_id = receiving.receive(desk, file, filename="loans.csv")
    first = intake.get(desk, upload_id).job.id
    intake.change(desk, upload_id, delimiter=";")
    assert {job.id: job.state for job in jobs.recent(desk)}[first] == "cancelled"
    work_off(desk)
    view = intake.get(desk, upload_id)
    assert [column.name for column in view.findings.columns] == ["age,bad"]
    with pytest.raises(Refused, match="one column only"):
        intake.save(desk, upload_id, name="Loans")


@pytest.mark.usefixtures("queued")
def test_the_result_of_an_older_version_is_not_stored(desk: Desk, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    upload_id = receiving.receive(desk, file, filename="loans.csv")
    look = examining.look

    def changed_meanwhile(*args: object) -> object:
        found = look(*args)
        with monkeypatch.context() as patch:
            patch.setattr(examining, "start", lambda *_: None)
            intake.change(desk, upload_id, missing=("31",))
        return found

    monkeypatch.setattr(examining, "look", changed_meanwhile)
    work_off(desk)
    view = intake.get(desk, upload_id)
    assert (view.state, view.findings, view.recipe.missing) == ("received", None, ("31",))


@pytest.mark.usefixtures("queued")
def test_what_cannot_be_read_stays_to_be_corrected(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "ragged.csv"
    path.write_text("a,b\n" + "1,2\n" * 50 + "1,2,3\n" * 3)
    upload_id = receiving.receive(desk, path, filename="ragged.csv")
    intake.change(desk, upload_id, ragged="refuse")
    work_off(desk)
    view = intake.get(desk, upload_id)
    assert (view.state, view.findings, view.job.state) == ("refused", None, "failed")
    assert view.error[0] in view.job.error
    intake.change(desk, upload_id, ragged="pad")
    work_off(desk)
    assert intake.get(desk, upload_id).state == "examined"


@pytest.mark.usefixtures("queued")
def test_a_job_that_takes_too_long_is_ended(desk: Desk, file: Path) -> None:
    upload_id = receiving.receive(desk, file, filename="loans.csv")
    work_off(desk, Settings(read_minutes=0.0))
    view = intake.get(desk, upload_id)
    assert view.job.state == "failed"
    assert "SCOREDESK_READ_MINUTES" in view.job.error
    intake.change(desk, upload_id)
    work_off(desk)
    assert intake.get(desk, upload_id).state == "examined"


@pytest.mark.usefixtures("queued")
def test_what_is_discarded_leaves_nothing_and_ends_its_job(desk: Desk, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = left(desk)
    upload_id = receiving.receive(desk, file, filename="loans.csv")
    look = examining.look

    def discarded_meanwhile(*args: object) -> object:
        intake.discard(desk, upload_id)
        return look(*args)

    monkeypatch.setattr(examining, "look", discarded_meanwhile)
    monkeypatch.setattr("dashapp.usecases.work.REPORT_SECONDS", 0.0)
    work_off(desk)
    (job,) = jobs.recent(desk)
    assert (job.state, job.href) == ("cancelled", "")
    assert left(desk) == before


@pytest.mark.usefixtures("queued")
@pytest.mark.parametrize("dies_in", ["add_chunk", "finish"])
def test_an_attempt_that_died_while_saving_leaves_nothing_to_the_next(
    desk: Desk, file: Path, monkeypatch: pytest.MonkeyPatch, dies_in: str
) -> None:
    """As after kill -9: no handler of the first attempt runs, its data set stays pending until the next attempt."""
    before = left(desk)
    upload_id = receiving.receive(desk, file, filename="loans.csv")
    work_off(desk)
    intake.save(desk, upload_id, name="Loans")

    def dies(*_args: object, **_kwargs: object) -> None:
        raise SystemExit

    with desk.db.write() as session:
        (job,) = leases.claim(session, claimed_by="one", lease_seconds=0, limit=1)
        job_id, attempt = job.id, job.attempt
    with monkeypatch.context() as patch:
        patch.setattr(f"db.datasets.{dies_in}", dies)
        patch.setattr("db.datasets.discard", lambda *_: None)
        with pytest.raises(SystemExit):
            saving.execute(desk.db, job_id, attempt, desk.settings)
    assert left(desk)[0] == before[0] + 1
    with desk.db.read() as session:
        assert len(doors.visible(session, desk.user.id)) == before[0]
    assert intake.get(desk, upload_id).state == "saving"
    assert work_off(desk) == ["save"]
    assert left(desk) == (before[0] + 1, before[1] + 2, before[2])
    assert intake.get(desk, upload_id).state == "saved"
    saving.execute(desk.db, job_id, attempt, desk.settings)  # the first attempt comes back, late
    assert left(desk) == (before[0] + 1, before[1] + 2, before[2])


@pytest.mark.slow
@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_a_worker_is_killed_while_it_saves(works: Works, desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    row = ",".join(str(i * 12345 % 1000) for i in range(8)) + ",yes\n" + "1,2,3,4,5,6,7,8,no\n"
    path.write_text("a,b,c,d,e,f,g,h,bad\n" + row * 120_000)
    upload_id = receiving.receive(desk, path, filename="large.csv")
    works.supervise()
    wait_until(lambda: intake.get(desk, upload_id).state == "examined", "all rows were looked at")
    intake.save(desk, upload_id, name="Large")
    wait_until(lambda: left(desk)[0] == 2, "the data set is begun")
    kill(worker_of(works))
    wait_until(lambda: intake.get(desk, upload_id).state == "saved", "another attempt has saved it")
    view = intake.get(desk, upload_id)
    assert view.job.attempt >= 2
    assert datasets.get(desk, view.dataset_id).n_rows == 240_000
    n_chunks = -(-240_000 // saving.CHUNK_ROWS)
    assert left(desk) == (2, 2 + 9 * n_chunks, 0)


def worker_of(works: Works) -> int:
    """The process that works: the one of the supervisor's that uses most of the processor."""
    import psutil

    children = psutil.Process(works.supervisors[-1].pid).children(recursive=True)
    workers = [child for child in children if "spawn_main" in " ".join(child.cmdline())]
    return max(workers, key=lambda child: sum(child.cpu_times()[:2])).pid
