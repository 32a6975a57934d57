"""Two people who take a step with the same run at the same moment: one step is taken, the other is told; on both databases."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier

import pyarrow as pa
import pytest

from dashapp.settings import Settings
from dashapp.usecases import accounts, approvals, runs
from dashapp.usecases.desk import Desk
from dashapp.usecases.errors import Conflict, NotFound, Refused
from db import audit
from db import runs as stored
from db.engine import Database
from db.tables import Run
from tests.databases import db, migrated_file, postgres_url, url
from tests.db.conftest import store

__all__ = ["db", "migrated_file", "postgres_url", "url"]

ROUNDS = 6
Step = Callable[["Scene"], None]


class Scene:
    """A run that was proposed, its owner, and the reviewer. It evaluates a score, so that approving it counts nothing."""

    def __init__(self, db: Database) -> None:
        settings = Settings(database_url="sqlite://")
        self.owner, self.reviewer, self.other = (
            Desk(db, settings, accounts.add_person(db, name=name, display_name=name, role="analyst", password=None))
            for name in ("owner", "reviewer", "other")
        )
        with db.write() as session:
            dataset = store(session, self.owner.user.id, pa.table({"score": [0.1, 0.9], "bad": ["no", "yes"]}))
            run = stored.add(
                session,
                owner_id=self.owner.user.id,
                dataset_id=dataset.id,
                name="Run",
                spec={"target": "bad", "bad_label": "yes", "features": ["score"]},
                cutoff=0.5,
                origin={"kind": "score", "column": "score", "higher_is": "bad"},
            )
            run.state = "succeeded"
            self.run = run.id

    def stage(self) -> str:
        return runs.get(self.owner, self.run).stage

    def actions(self) -> list[str]:
        return [one.action for one in approvals.history(self.owner, self.run)]


@pytest.fixture
def scene(db: Database) -> Scene:
    return Scene(db)


def at_once(scene: Scene, *steps: Step) -> list[str]:
    """Takes steps at the same moment, a thread each, and gives for each 'ok' or the sentence of its refusal."""
    barrier = Barrier(len(steps))

    def one(step: Step) -> str:
        barrier.wait(timeout=20)
        try:
            step(scene)
        except (Refused, NotFound, Conflict) as error:
            return error.message
        return "ok"

    with ThreadPoolExecutor(len(steps)) as pool:
        return list(pool.map(one, steps))


def approve(scene: Scene) -> None:
    approvals.approve(scene.reviewer, scene.run, "Looked at.")


def approve_what_was_seen(scene: Scene, seen: str) -> None:
    approvals.approve(scene.reviewer, scene.run, seen=seen)


def send_back(scene: Scene) -> None:
    approvals.return_(scene.reviewer, scene.run, "The slope.")


def take_back(scene: Scene) -> None:
    approvals.withdraw(scene.owner, scene.run, "Another cut-off.")


def move_the_cutoff(scene: Scene) -> None:
    with scene.owner.db.write() as session:
        stored.set_cutoff(session, owner_id=scene.owner.user.id, run_id=scene.run, cutoff=0.3, choice=None)


def test_of_two_who_are_asked_one_is(scene: Scene) -> None:
    """From two windows its owner asks two people: the first asked reviews it, and the other does not."""
    for _ in range(ROUNDS):
        told = at_once(
            scene,
            lambda scene: approvals.propose(scene.owner, scene.run, "reviewer"),
            lambda scene: approvals.propose(scene.owner, scene.run, "other"),
        )
        assert sorted(told) == ["The run is waiting for approval by now.", "ok"]
        waits = [len(approvals.reviews(one)) for one in (scene.reviewer, scene.other)]
        assert waits == [int(one == "ok") for one in told]
        approvals.withdraw(scene.owner, scene.run)
    assert scene.actions() == ["proposed", "withdrew"] * ROUNDS


def test_it_is_approved_or_sent_back_and_never_both(scene: Scene) -> None:
    """The reviewer decides in two windows."""
    for _ in range(ROUNDS):
        approvals.propose(scene.owner, scene.run, "reviewer")
        approved, returned = at_once(scene, approve, send_back)
        assert (approved, returned).count("ok") == 1
        assert scene.stage() == ("approved" if approved == "ok" else "draft")
        assert scene.actions()[-1] == ("approved" if approved == "ok" else "returned")
        if approved == "ok":
            approvals.withdraw(scene.owner, scene.run)


def test_what_is_taken_back_while_it_is_approved_is_a_draft(scene: Scene) -> None:
    """Whoever is first: an approval that came before is taken back with the run."""
    for _ in range(ROUNDS):
        approvals.propose(scene.owner, scene.run, "reviewer")
        before = len(scene.actions())
        approved, taken = at_once(scene, approve, take_back)
        assert (scene.stage(), taken) == ("draft", "ok")
        assert scene.actions()[before:] == (["approved", "withdrew"] if approved == "ok" else ["withdrew"])


def test_nothing_is_approved_with_a_cutoff_that_nobody_judged(scene: Scene, db: Database) -> None:
    """The owner takes it back and moves the cut-off while the reviewer approves what they saw."""

    def change(scene: Scene) -> None:
        take_back(scene)
        move_the_cutoff(scene)
        approvals.propose(scene.owner, scene.run, "reviewer")

    for _ in range(ROUNDS):
        with db.write() as session:
            session.get_one(Run, scene.run).cutoff = 0.5
        approvals.propose(scene.owner, scene.run, "reviewer")
        seen = runs.get(scene.reviewer, scene.run).stage_at
        assert seen is not None
        at_once(scene, partial(approve_what_was_seen, seen=seen.isoformat()), change)
        view = runs.get(scene.owner, scene.run)
        assert (view.stage, view.cutoff) == ("proposed", 0.3)
        approvals.withdraw(scene.owner, scene.run)
    with db.read() as session:
        events = audit.events_of(session, "run", scene.run)
    assert {one.details["cutoff"] for one in events if one.action == "approved"} <= {0.5}


def test_the_same_press_twice_is_one_step(scene: Scene) -> None:
    approvals.propose(scene.owner, scene.run, "reviewer")
    assert at_once(scene, approve, approve, approve) == ["ok"] * 3
    assert scene.actions() == ["proposed", "approved"]
