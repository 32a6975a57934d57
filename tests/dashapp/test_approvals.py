"""Proposing and approving: who may take which step, what stays as it was judged, and whom it opens a run to."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from dashapp.tabs.approval.checks import checks
from dashapp.tabs.approval.page import body
from dashapp.usecases import approvals, backgrounds, cutoffs, datasets, runs, sharing, studies, wordings
from dashapp.usecases.backgrounds import OpenedRun
from dashapp.usecases.desk import Desk
from dashapp.usecases.errors import Conflict, NotFound, Refused
from db import audit, cases
from db import runs as doors
from db.engine import Database
from db.tables import User
from pipeline.explain_results import PASSING
from pipeline.explaining.exact import explain
from tests.dashapp import desk_runs
from tests.dashapp.prepared import only_run, prepared
from tests.dashapp.test_downloads import train
from tests.dashapp.uploading import upload

OTHERS = ("colleague", "stranger", "officer", "admin")
STEPS: dict[str, Callable[[Desk, str], None]] = {
    "propose": lambda desk, run: approvals.propose(desk, run, "colleague"),
    "withdraw": approvals.withdraw,
    "approve": approvals.approve,
    "return": lambda desk, run: approvals.return_(desk, run, "Look at the slope."),
    "retire": approvals.retire,
}


def a_run(desk: Desk, folder: Path) -> None:
    """A trained run of the analyst's, shared with the officer."""
    path = folder / "loans.csv"
    rows = [f"{i % 37},{'own' if i % 3 else 'rent'},{'yes' if (i * 7) % 11 < 3 or i % 37 > 30 else 'no'}" for i in range(300)]
    path.write_text("income,home,bad\n" + "\n".join(rows) + "\n", encoding="utf-8")
    made = runs.start(desk, upload(desk, path), "Loans", {"target": "bad", "bad_label": "yes", "features": ["income", "home"]})
    train(desk.db, made)
    sharing.share(desk, "run", made, "officer")


settings = prepared(a_run)


@pytest.fixture
def run(desk: Desk) -> str:
    return only_run(desk)


def stage(desk: Desk, run: str) -> str:
    return runs.get(desk, run).stage


def refused(step: str, desk: Desk, run: str) -> str:
    with pytest.raises((Refused, NotFound)) as found:
        STEPS[step](desk, run)
    return found.value.message


def test_the_way_of_a_run(desk_of: Callable[[str], Desk], run: str, db: Database) -> None:
    owner, reviewer, officer = desk_of("analyst"), desk_of("colleague"), desk_of("officer")
    with pytest.raises(NotFound):
        runs.get(reviewer, run)
    approvals.propose(owner, run, "colleague", " For the branch. ")
    assert [card.id for card in approvals.reviews(reviewer)] == [run]
    assert runs.get(reviewer, run).is_reviewer
    with pytest.raises(NotFound):
        runs.get(officer, run)
    approvals.approve(reviewer, run, "Looked at all tabs.")
    assert approvals.reviews(reviewer) == []
    seen = runs.get(officer, run)
    assert (seen.stage, seen.stage_by, seen.stage_note, seen.reviewer) == (
        "approved", "Colleague", "Looked at all tabs.", "Colleague",
    )  # fmt: skip
    # What the desk needs is there already, for the officer too.
    assert [card.kind for card in studies.visible(officer, "background", run_id=run)] == ["background"]
    approvals.retire(owner, run)
    assert stage(officer, run) == "retired"
    told = [(one.action, one.by, one.note, one.reviewer) for one in approvals.history(officer, run)]
    assert told == [
        ("proposed", "Analyst", "For the branch.", "Colleague"),
        ("approved", "Colleague", "Looked at all tabs.", ""),
        ("retired", "Analyst", "", ""),
    ]
    with db.read() as session:
        (event,) = [one for one in audit.events_of(session, "run", run) if one.action == "approved"]
    assert event.details["model_sha256"] == runs.get(owner, run).model_sha256
    assert event.details["cutoff"] == 0.5


def test_nobody_else_takes_a_step(desk_of: Callable[[str], Desk], run: str) -> None:
    absent = refused("approve", desk_of("analyst"), "absent")
    for name in OTHERS:
        for step in STEPS:
            assert refused(step, desk_of(name), run) == absent, (name, step)
    approvals.propose(desk_of("analyst"), run, "colleague")
    for name in ("stranger", "officer", "admin", "analyst"):
        for step in ("approve", "return"):
            assert refused(step, desk_of(name), run) == absent, (name, step)
    for step in ("propose", "withdraw", "retire"):
        assert refused(step, desk_of("colleague"), run) == absent, step
    assert stage(desk_of("analyst"), run) == "proposed"
    for name in ("stranger", "officer", "admin"):
        with pytest.raises(NotFound):
            approvals.history(desk_of(name), run)
        with pytest.raises(NotFound):
            approvals.reviewers(desk_of(name), run)


def test_each_step_has_its_stage(desk_of: Callable[[str], Desk], run: str) -> None:
    owner, reviewer = desk_of("analyst"), desk_of("colleague")
    assert "a draft" in refused("withdraw", owner, run)
    approvals.propose(owner, run, "colleague")
    with pytest.raises(Refused, match="waiting for approval"):
        approvals.propose(owner, run, "admin")
    assert "waiting for approval" in refused("retire", owner, run)
    with pytest.raises(Refused, match="would not know why"):
        approvals.return_(reviewer, run, "  ")
    approvals.return_(reviewer, run, "The slope.")
    assert (stage(owner, run), runs.get(owner, run).reviewer) == ("draft", None)
    # Who was asked before has to be asked again.
    refused("approve", reviewer, run)
    assert "never approved" in refused("retire", owner, run)  # an officer it is shared with would see it
    approvals.propose(owner, run, "colleague")
    approvals.approve(reviewer, run)
    with pytest.raises(Refused, match="approved by now"):
        approvals.approve(reviewer, run, "Another note.")
    approvals.withdraw(owner, run, "Another cut-off.")
    assert stage(owner, run) == "draft"
    with pytest.raises(NotFound):
        runs.get(desk_of("officer"), run)
    approvals.retire(owner, run)
    assert stage(desk_of("officer"), run) == "retired"


def test_a_step_asked_for_twice_is_taken_once(desk_of: Callable[[str], Desk], run: str) -> None:
    owner, reviewer = desk_of("analyst"), desk_of("colleague")
    taken = []
    for step in ("propose", "return", "propose", "withdraw", "propose", "approve", "retire"):
        who = reviewer if step in {"return", "approve"} else owner
        for _ in range(2):
            STEPS[step](who, run)
        taken.append(stage(owner, run))
    assert taken == ["proposed", "draft", "proposed", "draft", "proposed", "approved", "retired"]
    assert [one.action for one in approvals.history(owner, run)] == [
        "proposed", "returned", "proposed", "withdrew", "proposed", "approved", "retired",
    ]  # fmt: skip


def test_an_old_page_does_not_approve_what_was_proposed_anew(desk_of: Callable[[str], Desk], run: str) -> None:
    owner, reviewer = desk_of("analyst"), desk_of("colleague")
    approvals.propose(owner, run, "colleague")
    seen = runs.get(reviewer, run).stage_at
    assert seen is not None
    approvals.withdraw(owner, run)
    wordings.save(owner, run, {"income": {"label": "Income"}})
    approvals.propose(owner, run, "colleague")
    with pytest.raises(Refused, match="proposed anew"):
        approvals.approve(reviewer, run, seen=seen.isoformat())
    looked = runs.get(reviewer, run).stage_at
    assert looked is not None
    approvals.approve(reviewer, run, seen=looked.isoformat())
    assert stage(owner, run) == "approved"


def test_who_is_asked_keeps_the_run_in_sight(desk_of: Callable[[str], Desk], run: str) -> None:
    owner = desk_of("analyst")
    approvals.propose(owner, run, "colleague")
    with pytest.raises(Conflict, match="Colleague is asked to approve"):
        sharing.unshare(owner, "run", run, "colleague")
    assert [card.id for card in approvals.reviews(desk_of("colleague"))] == [run]
    approvals.withdraw(owner, run)
    sharing.unshare(owner, "run", run, "colleague")
    with pytest.raises(NotFound):
        runs.get(desk_of("colleague"), run)


@pytest.mark.parametrize("loses", [{"role": "officer"}, {"active": False}])
def test_who_lost_the_right_to_approve_is_asked_no_longer(
    desk_of: Callable[[str], Desk], run: str, db: Database, loses: dict[str, Any]
) -> None:
    """Their page is still open; its owner is told, and asks somebody else."""
    owner = desk_of("analyst")
    approvals.propose(owner, run, "colleague")
    assert "can approve it until then" in shown(owner, run)
    before = desk_of("colleague")
    with db.write() as session:
        person = session.get_one(User, before.user.id)
        for name, value in loses.items():
            setattr(person, name, value)
    assert "Colleague can approve nothing any more" in shown(owner, run)
    if "role" in loses:
        with pytest.raises(NotFound):
            approvals.approve(desk_of("colleague"), run)
    approvals.withdraw(owner, run)
    approvals.propose(owner, run, "stranger")
    approvals.approve(desk_of("stranger"), run)
    assert stage(owner, run) == "approved"


def shown(who: Desk, run: str) -> str:
    view = runs.get(who, run)
    return str(body(view, approvals.history(who, run), approvals.reviewers(who, run)))


def test_words_that_two_windows_save_are_kept_of_both(
    desk_of: Callable[[str], Desk], run: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner, opened = desk_of("analyst"), backgrounds.opened

    def meanwhile(desk: Desk, run_id: str) -> OpenedRun:
        with monkeypatch.context() as patch:
            patch.setattr(wordings, "opened", opened)
            wordings.save(owner, run, {"home": {"label": "Housing"}})
        return opened(desk, run_id)

    monkeypatch.setattr(wordings, "opened", meanwhile)
    wordings.save(owner, run, {"income": {"label": "Income"}})
    assert {name: words["label"] for name, words in runs.get(owner, run).wording.items()} == {
        "home": "Housing",
        "income": "Income",
    }


def test_examples_of_the_words_tell_what_those_who_just_pass_have(desk: Desk, run: str) -> None:
    """As the reasons of an applicant do; of a run that nobody just passes nothing is said of them."""
    opened = backgrounds.opened(desk, run)
    passing = opened.background.reference(PASSING)
    assert passing is not None
    told = explain(opened.model, {"income": 30.0, "home": "rent"}, passing)
    typical = {part.field: part.typical for part in told.contributions}["income"]
    assert isinstance(typical, float)
    high, low = wordings.examples(opened, "income", opened.wording)
    assert (high.title, low.title) == ("Income is high", "Income is low")
    assert high.detail.endswith(f"; those who just pass typically have {typical:.1f}".removesuffix(".0"))
    kept = tuple(one for one in opened.background.references if one.kind != PASSING)
    alone = OpenedRun(opened.view, opened.model, replace(opened.background, references=kept))
    for one in wordings.examples(alone, "income", opened.wording):
        assert "just pass" not in one.detail


@pytest.mark.parametrize(
    ("name", "sentence"),
    [("analyst", "second person"), ("officer", "who can approve"), ("nobody", "who can approve"), ("", "who can approve")],
)
def test_who_cannot_be_asked(desk_of: Callable[[str], Desk], run: str, name: str, sentence: str) -> None:
    with pytest.raises(Refused) as found:
        approvals.propose(desk_of("analyst"), run, name)
    assert sentence in str(found.value)
    assert stage(desk_of("analyst"), run) == "draft"
    assert dict(approvals.reviewers(desk_of("analyst"), run)) == {
        "admin": "Admin", "colleague": "Colleague", "stranger": "Stranger",
    }  # fmt: skip


def test_what_was_judged_stays_as_it_was(desk_of: Callable[[str], Desk], run: str) -> None:
    owner, reviewer = desk_of("analyst"), desk_of("colleague")
    approvals.propose(owner, run, "colleague")
    tables = cutoffs.tables(runs.get(owner, run))
    assert tables is not None
    other = next(cutoff for cutoff in tables.cutoffs if abs(cutoff - 0.5) > 0.1)
    for change in (
        lambda: cutoffs.save(owner, run, other, {"rule": "by_hand"}),
        lambda: wordings.save(owner, run, {"income": {"label": "Income"}}),
        lambda: runs.delete(owner, run),
    ):
        for _ in range(2):
            with pytest.raises(Conflict, match=r"The run is (proposed|approved)"):
                change()
            if stage(owner, run) == "proposed":
                approvals.approve(reviewer, run)
    assert (runs.get(owner, run).cutoff, runs.get(owner, run).wording) == (0.5, {})
    approvals.retire(owner, run)
    with pytest.raises(Conflict, match="It stays so; train a new run in its place"):
        wordings.save(owner, run, {"income": {"label": "Income"}})
    desk_runs.change(owner, run, stage="approved")
    approvals.withdraw(owner, run)
    cutoffs.save(owner, run, other, {"rule": "by_hand"})
    wordings.save(owner, run, {"income": {"label": "Income"}})
    assert (runs.get(owner, run).cutoff, list(runs.get(owner, run).wording)) == (other, ["income"])


def test_a_run_whose_rows_are_gone_is_not_approved(desk_of: Callable[[str], Desk], run: str) -> None:
    owner, reviewer = desk_of("analyst"), desk_of("colleague")
    approvals.propose(owner, run, "colleague")
    datasets.delete(owner, runs.get(owner, run).dataset_id)
    with pytest.raises((Refused, NotFound)):
        approvals.approve(reviewer, run)
    assert stage(owner, run) == "proposed"
    assert [one.action for one in approvals.history(owner, run)] == ["proposed"]


def test_a_run_that_decisions_rest_on_is_not_deleted(desk_of: Callable[[str], Desk], run: str, db: Database) -> None:
    owner = desk_of("analyst")
    with db.write() as session:
        cases.add(
            session, owner_id=owner.user.id, run_id=run, name="A", inputs={}, told={}, model_sha256="0", advice="refuse", note=""
        )
    with pytest.raises(Conflict, match="1 decision on an applicant rests"):
        runs.delete(owner, run)


def test_an_unfinished_run_is_not_proposed(desk_of: Callable[[str], Desk], run: str) -> None:
    owner = desk_of("analyst")
    view = runs.get(owner, run)
    waiting = runs.start(owner, view.dataset_id, "Waiting", view.spec.to_json())
    with pytest.raises(Refused, match="no result"):
        approvals.propose(owner, waiting, "colleague")


def test_the_checks_tell_what_the_figures_say(desk_of: Callable[[str], Desk], run: str, db: Database) -> None:
    owner = desk_of("analyst")
    found = {one.title: one for one in checks(runs.get(owner, run))}
    view = runs.get(owner, run)
    assert view.result is not None
    assert view.result.test is not None
    assert f"AUC {view.result.test.auc:.3f} on {view.result.test.n_rows} held-out rows" in found
    high = view.result.test.auc_high
    assert view.result.train is not None
    assert high is not None
    for auc, word, good in ((high, "does not drop", True), (high + 0.001, "drops", False)):
        result = replace(view.result, train=replace(view.result.train, auc=auc))
        told = {one.title: one.good for one in checks(replace(view, result=result))}
        assert told[f"The AUC {word} by more than chance from training to held-out rows"] is good
    assert not found["Cut-off 0.50"].good
    assert not found["No note says what it is for"].good
    assert not found["Reasons are told by the columns' names"].good
    wordings.save(owner, run, {"income": {"label": "Income"}})
    wordings.save(owner, run, {"home": {"label": "Home"}})  # a field that is not named keeps its words
    runs.describe(owner, run, name="Loans", note="For the branch.")
    with db.write() as session:
        doors.set_cutoff(session, owner_id=owner.user.id, run_id=run, cutoff=0.3, choice={"part": "held_out", "flatters": True})
    found = {one.title: one for one in checks(runs.get(owner, run))}
    assert found["Reasons have words of their own"].good
    assert found["A note says what it is for"].detail == "For the branch."
    assert "flatters" in found["Cut-off 0.30"].detail
