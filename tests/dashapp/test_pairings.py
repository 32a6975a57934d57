"""Comparing runs as a use case: who may, what is compared once, at once or in a job, and what cannot be."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import delete

from dashapp.usecases import pairings, runs, sharing, studies
from dashapp.usecases.desk import Desk
from dashapp.usecases.errors import NotFound, Refused
from dashapp.usecases.origins import Origin
from db import leases
from db import runs as doors
from db.tables import ScoreChunk
from pipeline.cutoffs.decisions import confusion_at
from tests.dashapp.comparing import loans_file, paired, trained
from tests.dashapp.uploading import upload


@pytest.fixture
def loans(desk: Desk, tmp_path: Path) -> str:
    return upload(desk, loans_file(tmp_path / "loans.csv"))


@pytest.fixture
def two(desk: Desk, loans: str) -> list[str]:
    return [trained(desk, loans, "First"), trained(desk, loans, "Second", features=["income", "age", "home", "debt"])]


def test_little_is_compared_at_once_and_agrees_with_what_the_runs_store(desk: Desk, two: list[str]) -> None:
    study = pairings.start(desk, two)
    assert studies.get(desk, study).card.job is None
    [pair] = paired(desk, study).pairs
    views = [runs.get(desk, run_id) for run_id in two]
    assert pair.n_rows == pair.n_champion == pair.n_challenger == 180
    auc = pair.difference("auc")
    assert auc is not None
    for value, view in zip((auc.champion, auc.challenger), views, strict=True):
        assert view.result is not None
        assert view.result.test is not None
        assert view.result.scores_test is not None
        assert value == pytest.approx(view.result.test.auc, abs=1e-12)
        counts = confusion_at(view.result.scores_test, view.cutoff)
        approved = counts.tn + counts.fn
        is_first = view is views[0]
        cells = [cell for cell in pair.swap if (cell.first_approves if is_first else cell.second_approves)]
        assert sum(cell.n_good + cell.n_bad for cell in cells) == approved
        assert sum(cell.n_bad for cell in cells) == counts.fn


def test_the_same_is_compared_once_and_a_moved_cutoff_makes_a_new_one(desk: Desk, two: list[str]) -> None:
    first = pairings.start(desk, two)
    assert pairings.start(desk, [*two, two[0]]) == first
    assert pairings.start(desk, two[::-1]) != first
    before = paired(desk, first)
    with desk.db.write() as session:
        doors.set_cutoff(session, owner_id=desk.user.id, run_id=two[1], cutoff=0.6, choice=None)
    after = paired(desk, pairings.start(desk, two))
    assert before.cutoffs == (0.3, 0.3)
    assert after.cutoffs == (0.3, 0.6)
    assert after.pairs[0].swap != before.pairs[0].swap
    assert after.pairs[0].difference("auc") == before.pairs[0].difference("auc")


def test_much_is_a_job(desk: Desk, two: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    at_once = paired(desk, pairings.start(desk, two))
    monkeypatch.setattr(pairings, "MOST_AT_ONCE", 10)
    study = pairings.start(desk, two[::-1])
    view = studies.get(desk, study)
    assert view.result is None
    assert view.card.job is not None
    assert view.card.job.state == "queued"
    assert pairings.start(desk, two[::-1]) == study
    with desk.db.write() as session:
        [job] = leases.claim(session, claimed_by="test", lease_seconds=60, limit=1, kinds=("pairing",))
        about = job.id, job.attempt
    pairings.execute(desk.db, *about, desk.settings)
    turned = paired(desk, study)
    auc, other = turned.pairs[0].difference("auc"), at_once.pairs[0].difference("auc")
    assert auc is not None
    assert other is not None
    assert auc.difference == pytest.approx(-other.difference, abs=1e-15)


def test_only_who_sees_all_of_the_runs_compares_them(desk_of: Callable[[str], Desk], desk: Desk, two: list[str]) -> None:
    own = pairings.start(desk, two)
    for name in ("colleague", "stranger", "officer", "admin"):
        other = desk_of(name)
        with pytest.raises(NotFound):
            pairings.start(other, two)
        with pytest.raises(NotFound):
            studies.get(other, own)
        assert pairings.picked(other, two).n_unknown == 2
    sharing.share(desk, "run", two[0], "colleague")
    colleague = desk_of("colleague")
    with pytest.raises(NotFound):
        pairings.start(colleague, two)
    found = pairings.picked(colleague, two)
    assert ([view.id for view in found.views], found.n_unknown) == ([two[0]], 1)
    sharing.share(desk, "run", two[1], "colleague")
    assert paired(colleague, pairings.start(colleague, two)) == paired(desk, own)  # without the data set
    with pytest.raises(NotFound):
        studies.get(colleague, own)


def test_without_stored_scores_it_takes_the_data_set(desk_of: Callable[[str], Desk], desk: Desk, two: list[str]) -> None:
    """Runs from before scores were kept are scored again by whoever sees their rows."""
    whole = paired(desk, pairings.start(desk, two))
    with desk.db.write() as session:
        session.execute(delete(ScoreChunk))
        for run_id in two:
            doors.share(session, owner_id=desk.user.id, run_id=run_id, with_user_id=desk_of("colleague").user.id)
    with pytest.raises(Refused, match="keeps no scores"):
        pairings.start(desk_of("colleague"), two)
    again = paired(desk, pairings.start(desk, two[::-1]))
    assert again.pairs[0].n_rows == whole.pairs[0].n_rows
    auc, other = again.pairs[0].difference("auc"), whole.pairs[0].difference("auc")
    assert auc is not None
    assert other is not None
    assert auc.difference == pytest.approx(-other.difference, abs=1e-12)


def test_what_cannot_be_compared_is_refused_in_words(desk: Desk, loans: str, two: list[str], tmp_path: Path) -> None:
    waiting = runs.start(desk, loans, "Waiting", {"target": "bad", "bad_label": "yes"})
    elsewhere = upload(desk, loans_file(tmp_path / "other.csv", 200, 9))
    apart = trained(desk, elsewhere, "Elsewhere")
    for run_ids, words in (
        ([two[0]], "nothing to compare"),
        ([two[0], two[0]], "nothing to compare"),
        ([two[0], waiting], "'Waiting' has no result"),
        ([two[0], apart], "one data set"),
    ):
        with pytest.raises(Refused, match=words):
            pairings.start(desk, run_ids)
    found = pairings.picked(desk, [two[0], waiting, apart, "absent", two[0]])
    assert [view.name for view in found.views] == ["First", "Elsewhere"]
    assert [view.name for view in found.unfinished] == ["Waiting"]
    assert found.n_unknown == 1
    assert [view.name for view in pairings.comparable(found.views)] == ["First"]


def test_a_link_of_very_many_runs_is_cut(desk: Desk, two: list[str]) -> None:
    found = pairings.picked(desk, [*two, *(f"absent{i}" for i in range(40))])
    assert len(found.views) == 2
    assert found.n_unknown == pairings.MOST_RUNS - 2
    assert found.n_too_many == 42 - pairings.MOST_RUNS


def test_which_scores_are_chances() -> None:
    for origin, chance in (
        (Origin(), True),
        (Origin("score", column="bureau", higher_is="good"), False),
        (Origin("score", column="pd", higher_is="bad", is_probability=True), True),
        (Origin("recalibrated", run_id="r", method="logistic", column="bureau", higher_is="good"), True),
    ):
        assert origin.gives_probabilities is chance
