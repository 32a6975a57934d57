"""Studies on both databases: who gets through which door, and that a trial is kept once."""

from collections.abc import Callable

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db import datasets, jobs, runs, studies
from db.engine import Database
from db.errors import NotFound
from db.tables import Job, Run, Study, StudyTrial
from tests.db.conftest import Cast

Door = Callable[[Session, int, str], object]
LOOK: dict[str, Door] = {
    "get": studies.get,
    "get with result": lambda session, user, study_id: studies.get(session, user, study_id, with_result=True),
}
CHANGE: dict[str, Door] = {
    "owned": studies.owned,
    "delete": lambda session, user, study_id: studies.delete(session, owner_id=user, study_id=study_id),
}


def add(session: Session, owner_id: int, run: Run, *, of_run: bool, kind: str = "search", mark: str = "f") -> Study:
    return studies.add(
        session,
        kind=kind,
        owner_id=owner_id,
        dataset_id=run.dataset_id,
        run_id=run.id if of_run else None,
        name="Search",
        spec={"target": "grade"},
        options={"grid": {"C": [1.0]}},
        fingerprint=mark * 64,
    )


@pytest.fixture
def pair(db: Database, cast: Cast, run: Run) -> tuple[str, str]:
    """A study of the owner's that started from a run, and one that did not; the run is shared with the colleague."""
    with db.write() as session:
        runs.share(session, owner_id=cast.owner, run_id=run.id, with_user_id=cast.colleague)
        return add(session, cast.owner, run, of_run=True).id, add(session, cast.owner, run, of_run=False).id


def answer(db: Database, door: Door, user_id: int, key: str) -> str:
    """'ok', or what the refusal says. Nothing is kept."""

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


@pytest.mark.parametrize("who", ["owner", "colleague", "stranger", "officer", "admin"])
def test_doors_that_show(db: Database, cast: Cast, pair: tuple[str, str], who: str) -> None:
    """Whoever sees the run sees the study that started from it; one that started from none is its owner's alone."""
    user = getattr(cast, who)
    of_run, alone = pair
    for name, door in LOOK.items():
        absent = answer(db, door, user, "absent")
        assert absent == "There is no such study.", name
        assert answer(db, door, user, of_run) == ("ok" if who in {"owner", "colleague"} else absent), name
        assert answer(db, door, user, alone) == ("ok" if who == "owner" else absent), name
    with db.read() as session:
        seen = {study.id for study in studies.visible(session, user, kinds=["search"])}
    assert seen == {"owner": {of_run, alone}, "colleague": {of_run}}.get(who, set())


@pytest.mark.parametrize("kind", [*studies.OF_AN_APPLICANT, *studies.OF_ROWS, "background"])
def test_what_holds_values_is_for_who_asked_or_sees_the_rows(db: Database, cast: Cast, run: Run, kind: str) -> None:
    with db.write() as session:
        runs.share(session, owner_id=cast.owner, run_id=run.id, with_user_id=cast.colleague)
        key = add(session, cast.owner, run, of_run=True, kind=kind).id

    def sees(who: str) -> bool:
        user, about = getattr(cast, who), {"kind": kind, "dataset_id": run.dataset_id, "fingerprint": "f" * 64}
        with db.read() as session:
            listed = [study.id for study in studies.visible(session, user, kinds=[kind])]
            again = studies.same(session, user, run_id=run.id, **about)
        said = {answer(db, door, user, key) == "ok" for door in LOOK.values()} | {listed == [key], again is not None}
        assert len(said) == 1
        return said.pop()

    without_rows = {who for who in vars(cast) if sees(who)}
    with db.write() as session:
        datasets.share(session, owner_id=cast.owner, dataset_id=run.dataset_id, with_user_id=cast.colleague)
    with_rows = {who for who in vars(cast) if sees(who)}
    assert without_rows == ({"owner", "colleague"} if kind == "background" else {"owner"})
    assert with_rows == ({"owner"} if kind in studies.OF_AN_APPLICANT else {"owner", "colleague"})


@pytest.mark.parametrize("who", ["colleague", "stranger", "officer", "admin"])
def test_doors_that_change_open_for_the_owner_alone(db: Database, cast: Cast, pair: tuple[str, str], who: str) -> None:
    user = getattr(cast, who)
    for key in pair:
        for name, door in CHANGE.items():
            assert answer(db, door, user, key) == "There is no such study.", name
    with db.read() as session:
        assert session.scalar(select(func.count()).select_from(Study)) == 2


def test_the_owner_gets_through_every_door(db: Database, cast: Cast, pair: tuple[str, str]) -> None:
    for key in pair:
        for name, door in CHANGE.items():
            assert answer(db, door, cast.owner, key) == "ok", name


def test_what_is_unshared_or_deleted_is_gone(db: Database, cast: Cast, run: Run, pair: tuple[str, str]) -> None:
    """Taking the share of the run back takes its studies back; deleting the run leaves them to their owner."""
    with db.write() as session:
        runs.unshare(session, owner_id=cast.owner, run_id=run.id, with_user_id=cast.colleague)
        assert studies.visible(session, cast.colleague, kinds=["search"]) == []
        session.get_one(Run, run.id).state = "succeeded"
        session.flush()
        runs.delete(session, owner_id=cast.owner, run_id=run.id)
    with db.read() as session:
        assert len(studies.visible(session, cast.owner, kinds=["search"])) == 2


def test_lists_take_kind_data_set_and_run(db: Database, cast: Cast, run: Run, pair: tuple[str, str]) -> None:
    with db.write() as session:
        other = add(session, cast.owner, run, of_run=True, kind="imbalance").id
    with db.read() as session:

        def ids(**about: object) -> set[str]:
            return {study.id for study in studies.visible(session, cast.owner, **about)}  # type: ignore[arg-type]

        assert ids(kinds=["search", "imbalance"]) == {*pair, other}
        assert ids(kinds=["imbalance"]) == {other}
        assert ids(kinds=["search"], run_id=run.id) == {pair[0]}
        assert ids(kinds=["search"], dataset_id=run.dataset_id) == set(pair)
        assert ids(kinds=["search"], dataset_id="absent") == set()
        assert ids(kinds=[]) == set()


def test_the_same_study_is_found_by_its_fingerprint(db: Database, cast: Cast, run: Run, pair: tuple[str, str]) -> None:
    about = {"kind": "search", "dataset_id": run.dataset_id, "fingerprint": "f" * 64}
    with db.write() as session:
        newer = add(session, cast.owner, run, of_run=True).id
    with db.read() as session:
        assert studies.same(session, cast.owner, run_id=run.id, **about).id == newer  # type: ignore[arg-type,union-attr]
        assert studies.same(session, cast.owner, run_id=None, **about).id == pair[1]  # type: ignore[arg-type,union-attr]
        assert studies.same(session, cast.colleague, run_id=run.id, **about) is not None  # type: ignore[arg-type]
        assert studies.same(session, cast.stranger, run_id=run.id, **about) is None  # type: ignore[arg-type]
        assert studies.same(session, cast.owner, run_id=run.id, **{**about, "fingerprint": "g" * 64}) is None  # type: ignore[arg-type]
        assert studies.same(session, cast.owner, run_id=run.id, **{**about, "kind": "path"}) is None  # type: ignore[arg-type]


def test_a_trial_is_kept_once_and_in_the_order_of_the_grid(db: Database, pair: tuple[str, str]) -> None:
    for number, auc in ((2, 0.7), (0, 0.6), (2, 0.8)):
        with db.write() as session:
            studies.keep_trial(session, pair[0], number, {"number": number, "auc": auc})
    with db.read() as session:
        assert studies.trials(session, pair[0]) == [{"number": 0, "auc": 0.6}, {"number": 2, "auc": 0.8}]
        assert studies.trials(session, pair[1]) == []


def test_deleting_takes_the_trials_and_leaves_the_job(db: Database, cast: Cast, pair: tuple[str, str]) -> None:
    with db.write() as session:
        job_id = jobs.enqueue(session, kind="search", owner_id=cast.owner, title="Search", study_id=pair[0]).id
        studies.keep_trial(session, pair[0], 0, {"number": 0})
        studies.keep_trial(session, pair[1], 0, {"number": 0})
    with db.write() as session:
        studies.delete(session, owner_id=cast.owner, study_id=pair[0])
    with db.read() as session:
        assert session.scalars(select(StudyTrial.study_id)).all() == [pair[1]]
        assert session.get_one(Job, job_id).study_id is None


def test_a_trial_of_a_study_that_is_gone_is_refused(db: Database) -> None:
    with pytest.raises(NotFound, match="study"), db.write() as session:
        studies.keep_trial(session, "absent", 0, {})


def test_the_newest_job_of_each_study(db: Database, cast: Cast, pair: tuple[str, str]) -> None:
    with db.write() as session:
        jobs.enqueue(session, kind="search", owner_id=cast.owner, study_id=pair[0])
        newer = jobs.enqueue(session, kind="search", owner_id=cast.owner, study_id=pair[0]).id
    with db.read() as session:
        found = jobs.of_studies(session, list(pair))
    assert {study: job.id for study, job in found.items()} == {pair[0]: newer}


def test_the_latest_result_of_a_kind_is_found_whoever_started_it(db: Database, cast: Cast, run: Run) -> None:
    with db.write() as session:
        assert studies.latest_result(session, kind="background", run_id=run.id) is None
        first = add(session, cast.owner, run, of_run=True, kind="background", mark="a")
        first.result = {"n": 1}
    with db.write() as session:
        add(session, cast.colleague, run, of_run=True, kind="background", mark="b").result = {"n": 2}
        add(session, cast.owner, run, of_run=True, kind="background", mark="c")  # still at work
        add(session, cast.owner, run, of_run=True, kind="effects", mark="d").result = {"n": 4}
    with db.read() as session:
        assert studies.latest_result(session, kind="background", run_id=run.id) == {"n": 2}
        assert studies.latest_result(session, kind="background", run_id="other") is None
