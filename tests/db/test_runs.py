"""Runs: lists, changes, and what is kept out of lists."""

import pytest
from sqlalchemy.orm.exc import DetachedInstanceError

from db import audit, runs
from db.engine import Database
from db.errors import Conflict, NotFound
from db.tables import Dataset, Run
from tests.db.conftest import Cast


def found(db: Database, run: Run, **more) -> Run:
    with db.read() as session:
        return runs.get(session, run.owner_id, run.id, **more)


def test_a_new_run_waits_as_a_draft(db: Database, run: Run, dataset: Dataset) -> None:
    got = found(db, run)
    assert (got.state, got.stage, got.spec, got.cutoff, got.note) == ("queued", "draft", {"target": "grade"}, 0.5, "")
    assert (got.owner.display_name, got.dataset.name) == ("Owner", "Loans")


def test_model_and_result_are_loaded_only_when_asked_for(db: Database, run: Run) -> None:
    with db.write() as session:
        stored = session.get(Run, run.id)
        stored.model, stored.result = '{"format":1}', {"train": {"auc": 0.75, "ks": None}}
    complete = found(db, run, with_result=True)
    assert (complete.model, complete.result) == ('{"format":1}', {"train": {"auc": 0.75, "ks": None}})
    with pytest.raises(DetachedInstanceError):
        _ = found(db, run).result


def test_the_list_is_newest_first_and_can_be_cut(db: Database, cast: Cast, run: Run) -> None:
    with db.write() as session:
        newer = runs.add(session, owner_id=cast.owner, dataset_id=run.dataset_id, name="Second", spec={}, cutoff=0.2)
        newer.state = "failed"
    with db.read() as session:
        assert [row.name for row in runs.visible(session, cast.owner)] == ["Second", "First"]
        assert [row.name for row in runs.visible(session, cast.owner, limit=1)] == ["Second"]
        assert [row.name for row in runs.visible(session, cast.owner, dataset_id=run.dataset_id)] == ["Second", "First"]
        assert runs.visible(session, cast.owner, dataset_id="absent") == []
        assert [row.name for row in runs.visible(session, cast.owner, states=("queued",))] == ["First"]


def test_every_change_moves_changed_at(db: Database, cast: Cast, run: Run) -> None:
    with db.write() as session:
        session.get(Run, run.id).state = "succeeded"
    changes = [
        lambda session: runs.rename(session, owner_id=cast.owner, run_id=run.id, name="Better"),
        lambda session: runs.set_note(session, owner_id=cast.owner, run_id=run.id, note="For the committee"),
        lambda session: runs.share(session, owner_id=cast.owner, run_id=run.id, with_user_id=cast.officer),
        lambda session: runs.unshare(session, owner_id=cast.owner, run_id=run.id, with_user_id=cast.officer),
    ]
    for change in changes:
        before = found(db, run).changed_at
        with db.write() as session:
            change(session)
        assert found(db, run).changed_at > before
    assert (found(db, run).name, found(db, run).note) == ("Better", "For the committee")


def test_a_deleted_run_is_gone_for_all_until_it_is_restored(db: Database, cast: Cast, run: Run) -> None:
    with db.write() as session:
        session.get(Run, run.id).state = "succeeded"
        runs.share(session, owner_id=cast.owner, run_id=run.id, with_user_id=cast.colleague)
        runs.delete(session, owner_id=cast.owner, run_id=run.id)
    with db.read() as session:
        for user in (cast.owner, cast.colleague):
            with pytest.raises(NotFound):
                runs.get(session, user, run.id)
        with pytest.raises(NotFound):
            runs.owned(session, cast.owner, run.id)
    with db.write() as session:
        runs.restore(session, owner_id=cast.owner, run_id=run.id)
        with pytest.raises(NotFound):
            runs.restore(session, owner_id=cast.owner, run_id=run.id)
    with db.read() as session:
        assert runs.get(session, cast.colleague, run.id).name == "First"


def test_a_run_at_work_is_not_deleted(db: Database, cast: Cast, run: Run) -> None:
    with db.write() as session, pytest.raises(Conflict, match="at work"):
        runs.delete(session, owner_id=cast.owner, run_id=run.id)


def test_the_audit_trail_tells_who_did_what(db: Database, cast: Cast, run: Run) -> None:
    with db.write() as session:
        audit.record(session, user_id=cast.owner, action="renamed", object_kind="run", object_id=run.id, name="Better", old=None)
        audit.record(session, user_id=None, action="opened", object_kind="run", object_id=run.id)
        audit.record(session, user_id=cast.owner, action="renamed", object_kind="dataset", object_id=run.id)
    with db.read() as session:
        events = audit.events_of(session, "run", run.id)
    assert [(event.action, event.user_id, event.details) for event in events] == [
        ("renamed", cast.owner, {"name": "Better", "old": None}),
        ("opened", None, {}),
    ]
