"""Cases on both databases: who sees one, who changes it, and what stays when the run is taken back."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from db import cases, runs, users
from db.engine import Database
from db.errors import NotFound
from db.tables import Case, Run, now
from tests.db.conftest import Cast

Door = Callable[[Session, int, str], object]
PROBABILITIES = [["gut", 0.7], ["schlecht", 0.3]]
TOLD: dict[str, Any] = {"run_name": "First", "probability": 0.1 + 0.2, "told": {"probabilities": PROBABILITIES}}
EVERYBODY = ("owner", "colleague", "stranger", "officer", "admin")


def add(session: Session, owner_id: int, run_id: str, name: str = "A-45", **more: Any) -> Case:
    given: dict[str, Any] = {"inputs": {"age": 31.0, "grade": None}, "told": TOLD, "note": "", **more}
    return cases.add(session, owner_id=owner_id, run_id=run_id, name=name, model_sha256="f" * 64, advice="refuse", **given)


def set_stage(db: Database, run: Run, stage: str) -> None:
    with db.write() as session:
        session.get_one(Run, run.id).stage = stage


@pytest.fixture
def case(db: Database, cast: Cast, run: Run) -> str:
    """The officer's, of an approved run that is shared with the officer and the colleague."""
    set_stage(db, run, "approved")
    with db.write() as session:
        for person in (cast.officer, cast.colleague):
            runs.share(session, owner_id=cast.owner, run_id=run.id, with_user_id=person)
        return add(session, cast.officer, run.id).id


def may(db: Database, door: Door, user_id: int, case_id: str) -> bool:
    with db.write() as session:
        try:
            door(session, user_id, case_id)
        except NotFound:
            return False
    return True


@pytest.mark.parametrize("who", EVERYBODY)
def test_a_case_is_seen_with_its_run_and_changed_by_its_owner(db: Database, cast: Cast, case: str, who: str) -> None:
    user = getattr(cast, who)
    sees = who in {"owner", "colleague", "officer"}
    assert may(db, cases.get, user, case) == sees
    assert may(db, cases.owned, user, case) == (who == "officer")
    assert not may(db, cases.get, user, "absent")
    with db.read() as session:
        assert [one.case.id for one in cases.visible(session, user)] == ([case] if sees else [])
        assert cases.count_visible(session, user) == sees
        assert cases.count_visible(session, user, cases.Wanted(is_open=False)) == 0


@pytest.mark.parametrize("stage", ["retired", "draft"])
def test_who_decided_keeps_the_case_when_the_run_is_taken_back(db: Database, cast: Cast, run: Run, case: str, stage: str) -> None:
    with db.write() as session:
        other = users.add(session, name="second", display_name="Second officer", role="officer").id
        runs.share(session, owner_id=cast.owner, run_id=run.id, with_user_id=other)
    set_stage(db, run, stage)
    assert may(db, cases.owned, cast.officer, case)
    assert may(db, cases.get, cast.officer, case)
    assert may(db, cases.get, other, case) == (stage == "retired")
    with db.write() as session:
        runs.unshare(session, owner_id=cast.owner, run_id=run.id, with_user_id=cast.officer)
    assert may(db, cases.get, cast.officer, case)


def test_inputs_come_back_as_they_were(db: Database, cast: Cast, run: Run) -> None:
    """Every float to its last digit, missing values as such."""
    inputs = {"a": 0.1 + 0.2, "b": 1e-300, "c": None, "Größe": "ü<b>", "d": 12345678901234.5}
    with db.write() as session:
        made = add(session, cast.owner, run.id, inputs=inputs, told={"parts": [0.1, -2.0], "none": None}).id
    with db.read() as session:
        found = cases.get(session, cast.owner, made)
        assert found.inputs == inputs
        assert found.told == {"parts": [0.1, -2.0], "none": None}
        assert (found.decision, found.reason, found.decided_at, found.row) == ("open", "", None, None)


def test_decided_and_opened_again(db: Database, cast: Cast, case: str) -> None:
    with db.write() as session:
        held = cases.owned(session, cast.officer, case)
        cases.decide(session, held, by_id=cast.officer, decision="approve", reason="A guarantor signed.")
        cases.set_note(session, held, "Called back.")
    with db.read() as session:
        found = cases.get(session, cast.officer, case)
        assert (found.decision, found.reason, found.note) == ("approve", "A guarantor signed.", "Called back.")
        assert found.decided_by is not None
        assert (found.decided_by.name, found.decided_at is not None) == ("officer", True)
        assert cases.count_visible(session, cast.officer, cases.Wanted(is_open=False)) == 1
    with db.write() as session:
        cases.decide(session, cases.owned(session, cast.officer, case), by_id=cast.officer, decision="open", reason="")
    with db.read() as session:
        assert cases.get(session, cast.officer, case).decided_at is None


def test_the_list_is_newest_first_and_searched_by_name(db: Database, cast: Cast, run: Run) -> None:
    names = ["A-2025-0045", "b_100%", "row 45", "B 100 ", "ÉMILE Ü"]
    with db.write() as session:
        for age, name in enumerate(names):
            add(session, cast.owner, run.id, name).created_at = now() - timedelta(hours=age)

    def found(limit: int = 50, **asked: Any) -> list[str]:
        with db.read() as session:
            wanted = cases.Wanted(**asked)
            listed = [one.case.name for one in cases.visible(session, cast.owner, wanted, limit=limit)]
            assert limit < 50 or cases.count_visible(session, cast.owner, wanted) == len(listed)
            return listed

    with db.read() as session:
        first = cases.visible(session, cast.owner)[0]
    assert (first.run_name, first.probability, first.labels) == ("First", TOLD["probability"], ("gut", "schlecht"))
    assert found() == names
    assert found(limit=2) == names[:2]
    assert found(name="a-2025") == names[:1]
    assert found(name="_100%") == ["b_100%"]  # no pattern, the signs themselves
    assert found(name="émile Ü") == ["ÉMILE Ü"]  # letters are letters, whichever the database
    assert found(is_open=True) == names
    assert found(is_open=False) == []
    assert found(name="a-2025", mine=True) == names[:1]
    with db.read() as session:
        assert cases.visible(session, cast.colleague, cases.Wanted(mine=True)) == []


def test_lines_go_on_after_one_of_them(db: Database, cast: Cast, run: Run, case: str) -> None:
    """Newest first, of one moment by their ids; a data set's name is told to whom may see it."""
    moment = now() - timedelta(hours=1)
    told = {**TOLD, "cutoff": 0.25, "told": {**TOLD["told"], "points": 512}, "reasons": [["Late", "3"]], "seed": 7}
    with db.write() as session:
        session.get_one(Case, case).told = told
        for row in range(4):
            inputs = {"values": {"age": 31.5, "grade": None}}
            more: dict[str, Any] = {"inputs": inputs, "told": told, "dataset_id": run.dataset_id, "row": row}
            add(session, cast.officer, run.id, **more).created_at = moment
        session.get_one(Case, case).inputs = {"values": {"age": 30.0, "grade": "b"}}

    def found(user: int, runs_: list[str]) -> list[cases.Line]:
        lines: list[cases.Line] = []
        with db.read() as session:
            while more := cases.lines(session, user, run_ids=runs_, after=lines[-1] if lines else None, limit=2):
                lines += more
            if runs_:
                assert [one.id for one in lines] == [one.case.id for one in cases.visible(session, user)]
        return lines

    first, *others = found(cast.officer, [run.id])
    assert (first.id, first.points, first.cutoff, first.seed, first.reasons) == (case, 512, 0.25, 7, [["Late", "3"]])
    assert (first.run_name, first.probability, first.values) == ("First", TOLD["probability"], {"age": 30.0, "grade": "b"})
    assert {one.row for one in others} == {0, 1, 2, 3}
    assert {one.dataset for one in others} == {None}
    assert found(cast.stranger, [run.id]) == found(cast.officer, []) == []
    with db.read() as session:
        assert {one.dataset for one in found(cast.owner, [run.id])[1:]} == {session.get_one(Run, run.id).dataset.name}
        assert cases.fields_of_runs(session, cast.officer) == {run.id: ["age", "grade"]}
        assert cases.fields_of_runs(session, cast.stranger) == {}


def test_the_cases_of_one_applicant_are_those_of_the_row_and_of_the_name(db: Database, cast: Cast, run: Run, case: str) -> None:
    with db.write() as session:
        row = add(session, cast.owner, run.id, "row 45", dataset_id=run.dataset_id, row=44).id
        add(session, cast.owner, run.id, "row 46", dataset_id=run.dataset_id, row=45)

    def found(user: int, **asked: Any) -> set[str]:
        with db.read() as session:
            given = {"dataset_id": None, "row": None, "name": "", **asked}
            return {one.case.id for one in cases.of_applicant(session, user, **given)}

    assert found(cast.officer, dataset_id=run.dataset_id, row=44) == {row}
    assert found(cast.officer, name="a-45") == {case}
    assert found(cast.officer, name="a-45", dataset_id=run.dataset_id, row=44) == {case, row}
    assert found(cast.officer) == found(cast.stranger, name="A-45") == set()


def test_what_was_saved_lately_is_ones_own_of_the_run(db: Database, cast: Cast, run: Run) -> None:
    with db.write() as session:
        add(session, cast.owner, run.id, "old").created_at = now() - timedelta(hours=1)
        add(session, cast.colleague, run.id, "another's")
        add(session, cast.owner, run.id, "new")
    with db.write() as session:
        found = cases.saved_since(session, cast.owner, run.id, now() - timedelta(minutes=1))
        assert [one.name for one in found] == ["new"]
