"""Who gets through which door. A stranger's answer is the same as for an object that is absent."""

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from db import datasets, jobs, runs
from db.engine import Database
from db.errors import Conflict, NotFound
from db.tables import Dataset, Job, Run
from tests.db.conftest import Cast

Door = Callable[[Session, int, str], object]

LOOK_AT_RUN: dict[str, Door] = {
    "get": runs.get,
    "get with result": lambda session, user, run_id: runs.get(session, user, run_id, with_result=True),
}
CHANGE_RUN: dict[str, Door] = {
    "owned": runs.owned,
    "rename": lambda session, user, run_id: runs.rename(session, owner_id=user, run_id=run_id, name="x"),
    "note": lambda session, user, run_id: runs.set_note(session, owner_id=user, run_id=run_id, note="x"),
    "delete": lambda session, user, run_id: runs.delete(session, owner_id=user, run_id=run_id),
    "share": lambda session, user, run_id: runs.share(session, owner_id=user, run_id=run_id, with_user_id=user),
    "unshare": lambda session, user, run_id: runs.unshare(session, owner_id=user, run_id=run_id, with_user_id=user),
    "restore": lambda session, user, run_id: runs.restore(session, owner_id=user, run_id=run_id),
}
LOOK_AT_DATASET: dict[str, Door] = {"get": datasets.get}
CHANGE_DATASET: dict[str, Door] = {
    "owned": datasets.owned,
    "rename": lambda session, user, key: datasets.rename(session, owner_id=user, dataset_id=key, name="x"),
    "delete": lambda session, user, key: datasets.delete(session, owner_id=user, dataset_id=key),
    "share": lambda session, user, key: datasets.share(session, owner_id=user, dataset_id=key, with_user_id=user),
    "unshare": lambda session, user, key: datasets.unshare(session, owner_id=user, dataset_id=key, with_user_id=user),
    "outcome": lambda session, user, key: datasets.set_outcome(
        session, owner_id=user, dataset_id=key, target="age", bad_label=None
    ),
}
JOB: dict[str, Door] = {
    "get": jobs.get,
    "cancel": lambda session, user, job_id: jobs.request_cancel(session, owner_id=user, job_id=job_id),
    "retry": lambda session, user, job_id: jobs.retry(session, owner_id=user, job_id=job_id),
    "position": jobs.position_in_queue,
}
OTHERS = ("colleague", "stranger", "officer", "admin")


@pytest.fixture
def shared(db: Database, cast: Cast, run: Run, job: Job) -> Run:
    """The run and its data set, shared with the colleague."""
    with db.write() as session:
        runs.share(session, owner_id=cast.owner, run_id=run.id, with_user_id=cast.colleague)
        datasets.share(session, owner_id=cast.owner, dataset_id=run.dataset_id, with_user_id=cast.colleague)
    return run


def answer(db: Database, door: Door, user_id: int, key: str) -> str:
    """'ok', or the sentence of the refusal. Nothing is kept."""

    class Undo(Exception):
        pass

    try:
        with db.write() as session:
            try:
                door(session, user_id, key)
            except NotFound as refused:
                return refused.message
            raise Undo
    except Undo:
        return "ok"


@pytest.mark.parametrize("who", ["owner", *OTHERS])
def test_doors_that_show(db: Database, cast: Cast, shared: Run, who: str) -> None:
    may = who in {"owner", "colleague"}
    user = getattr(cast, who)
    for doors, key in ((LOOK_AT_RUN, shared.id), (LOOK_AT_DATASET, shared.dataset_id)):
        for name, door in doors.items():
            absent = answer(db, door, user, "absent")
            assert absent.startswith("There is no such"), name
            assert answer(db, door, user, key) == ("ok" if may else absent), name
    with db.read() as session:
        assert len(runs.visible(session, user)) == runs.count_visible(session, user) == may
        assert len(datasets.visible(session, user)) == datasets.count_visible(session, user) == may


@pytest.mark.parametrize("who", OTHERS)
def test_doors_that_change_open_for_the_owner_alone(db: Database, cast: Cast, shared: Run, job: Job, who: str) -> None:
    user = getattr(cast, who)
    for doors, key in ((CHANGE_RUN, shared.id), (CHANGE_DATASET, shared.dataset_id), (JOB, job.id)):
        for name, door in doors.items():
            absent = answer(db, door, user, "absent")
            assert absent.startswith("There is no such"), name
            assert answer(db, door, user, key) == absent, name
    with db.read() as session:
        assert jobs.active(session, user) == jobs.recent(session, user, 10) == jobs.with_runs(session, user, active=False) == []
        run, dataset = session.get(Run, shared.id), session.get(Dataset, shared.dataset_id)
        assert (run.name, run.note, run.deleted_at, run.state) == ("First", "", None, "queued")
        assert (dataset.name, dataset.target, dataset.deleted_at) == ("Loans", None, None)


def test_the_owner_gets_through_every_door(db: Database, cast: Cast, shared: Run) -> None:
    with db.write() as session:
        session.get(Run, shared.id).state = "succeeded"
    doors = {name: door for name, door in CHANGE_RUN.items() if name != "restore"}
    for name, door in doors.items():
        assert answer(db, door, cast.owner, shared.id) == "ok", name
    for name, door in CHANGE_DATASET.items():
        assert answer(db, door, cast.owner, shared.dataset_id) == "ok", name


def test_what_is_unshared_is_gone(db: Database, cast: Cast, shared: Run) -> None:
    with db.write() as session:
        runs.unshare(session, owner_id=cast.owner, run_id=shared.id, with_user_id=cast.colleague)
        datasets.unshare(session, owner_id=cast.owner, dataset_id=shared.dataset_id, with_user_id=cast.colleague)
    with db.read() as session:
        assert runs.visible(session, cast.colleague) == datasets.visible(session, cast.colleague) == []
        assert runs.shared_with(session, shared.id) == datasets.shared_with(session, shared.dataset_id) == []


def test_a_run_is_shared_without_its_data_set(db: Database, cast: Cast, run: Run) -> None:
    with db.write() as session:
        runs.share(session, owner_id=cast.owner, run_id=run.id, with_user_id=cast.colleague)
    with db.read() as session:
        assert runs.get(session, cast.colleague, run.id).name == "First"
        with pytest.raises(NotFound):
            datasets.get(session, cast.colleague, run.dataset_id)


@pytest.mark.parametrize("stage", ["draft", "proposed", "approved", "retired"])
def test_an_officer_sees_a_shared_run_once_it_was_approved(db: Database, cast: Cast, run: Run, stage: str) -> None:
    with db.write() as session:
        session.get(Run, run.id).stage = stage
        for user_id in (cast.officer, cast.colleague):
            runs.share(session, owner_id=cast.owner, run_id=run.id, with_user_id=user_id)
    sees = stage in {"approved", "retired"}
    with db.read() as session:
        for user_id, may in ((cast.officer, sees), (cast.colleague, True), (cast.stranger, False)):
            assert len(runs.visible(session, user_id)) == runs.count_visible(session, user_id) == may
            assert runs.is_visible(session, user_id, run.id) == (len(runs.names(session, user_id)) == 1) == may


def test_a_run_is_reviewed_by_who_was_asked(db: Database, cast: Cast, run: Run) -> None:
    with db.write() as session:
        runs.share(session, owner_id=cast.owner, run_id=run.id, with_user_id=cast.colleague)
        held = runs.owned(session, cast.owner, run.id)
        runs.set_stage(session, held, by_id=cast.owner, stage="proposed", note="", reviewer_id=cast.colleague)
    for who in ("owner", "stranger", "officer", "admin"):
        assert answer(db, runs.to_review, getattr(cast, who), run.id) == answer(db, runs.to_review, cast.owner, "absent")
        with db.read() as session:
            assert runs.reviews(session, getattr(cast, who)) == []
    assert answer(db, runs.to_review, cast.colleague, run.id) == "ok"
    with db.read() as session:
        assert [row.id for row in runs.reviews(session, cast.colleague)] == [run.id]
    with pytest.raises(Conflict, match="Colleague is asked to approve the run"), db.write() as session:
        runs.unshare(session, owner_id=cast.owner, run_id=run.id, with_user_id=cast.colleague)
    with db.write() as session:
        runs.set_stage(session, runs.owned(session, cast.owner, run.id), by_id=cast.owner, stage="draft", note="")
        runs.unshare(session, owner_id=cast.owner, run_id=run.id, with_user_id=cast.colleague)
    assert answer(db, runs.to_review, cast.colleague, run.id) == answer(db, runs.to_review, cast.owner, "absent")


@pytest.mark.parametrize("twice", [1, 2])
def test_sharing_twice_is_sharing_once(db: Database, cast: Cast, run: Run, twice: int) -> None:
    for _ in range(twice):
        with db.write() as session:
            runs.share(session, owner_id=cast.owner, run_id=run.id, with_user_id=cast.officer)
            datasets.share(session, owner_id=cast.owner, dataset_id=run.dataset_id, with_user_id=cast.officer)
    with db.read() as session:
        assert [user.name for user in runs.shared_with(session, run.id)] == ["officer"]
        assert [user.name for user in datasets.shared_with(session, run.dataset_id)] == ["officer"]


def test_nothing_is_shared_with_nobody_or_with_who_left(db: Database, cast: Cast, run: Run) -> None:
    from db import users

    with db.write() as session:
        users.deactivate(session, cast.officer)
    for user_id in (12345, cast.officer):
        with db.write() as session:
            with pytest.raises(NotFound, match="person"):
                runs.share(session, owner_id=cast.owner, run_id=run.id, with_user_id=user_id)
            with pytest.raises(NotFound, match="person"):
                datasets.share(session, owner_id=cast.owner, dataset_id=run.dataset_id, with_user_id=user_id)
