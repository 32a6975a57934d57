"""Saving a run's cut-off: who may, what is refused, what is kept of how it was found, and the way back."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dashapp.usecases import amounts, cutoffs, runs, sharing
from dashapp.usecases.amounts import amount_columns
from dashapp.usecases.desk import Desk
from dashapp.usecases.errors import InvalidSpec, NotFound, Refused
from db import audit
from db.engine import Database
from pipeline.cutoffs.decisions import confusion_at
from pipeline.cutoffs.strategy import Targets, Worth
from tests.dashapp.test_downloads import train
from tests.dashapp.uploading import upload

N = 1_200


@pytest.fixture
def loans(tmp_path: Path) -> Path:
    """Loans with an amount, an amount that a few lack, and columns that are none."""
    random = np.random.default_rng(4)
    income, amount = random.normal(size=N).round(3), random.lognormal(8, 0.7, N).round()
    bad = random.random(N) < 1 / (1 + np.exp(1.5 + income))
    some = ["" if i % 10 == 0 else f"{value:.0f}" for i, value in enumerate(amount)]
    path = tmp_path / "loans.csv"
    lines = [
        f"{i},{a:.0f},{s},{'own' if i > 0 else 'rent'},{'yes' if b else 'no'}"
        for i, a, s, b in zip(income, amount, some, bad, strict=True)
    ]
    path.write_text("income,amount,part,home,bad\n" + "\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def run(desk_of: Callable[[str], Desk], db: Database, loans: Path) -> str:
    """A trained run of the analyst's, shared with the colleague and the admin."""
    return trained(desk_of("analyst"), db, loans, folds=5)


def trained(desk: Desk, db: Database, path: Path, **options: Any) -> str:
    given = {"target": "bad", "bad_label": "yes", "features": ["income", "amount"], "cutoff": 0.3, **options}
    run = runs.start(desk, upload(desk, path), "Loans", given)
    train(db, run)
    for name in ("colleague", "admin"):
        sharing.share(desk, "run", run, name)
    return run


def by_rule(desk: Desk, run: str, worth: Worth, targets: Targets | None = None) -> dict[str, Any]:
    return {row.rule: row for row in cutoffs.plan(desk, runs.get(desk, run), worth, targets).rows}


def test_a_rule_is_chosen_on_the_folds_and_reported_on_the_held_out_rows(desk_of: Callable[[str], Desk], run: str) -> None:
    desk = desk_of("analyst")
    view = runs.get(desk, run)
    found = cutoffs.tables(view)
    assert found is not None
    assert (found.chosen_on, found.judged_on, found.flatters) == ("cross_validated", "held_out", False)
    row = by_rule(desk, run, Worth(1, 4))["highest_profit"]
    counts = confusion_at(found.judged, row.cutoff)
    assert row.profit.value == counts.tn - 4 * counts.fn
    chosen = {cutoff: (lambda c: c.tn - 4 * c.fn)(confusion_at(found.chosen, cutoff)) for cutoff in found.cutoffs}
    assert chosen[row.cutoff] == max(chosen.values())


def test_saving_tells_everybody_who_when_and_how(desk_of: Callable[[str], Desk], run: str, db: Database) -> None:
    desk = desk_of("analyst")
    worth = Worth(gain=1, loss=4, currency="$")
    row = by_rule(desk, run, worth)["highest_profit"]
    cutoffs.save(desk, run, row.cutoff, {"rule": "highest_profit", "worth": worth.to_json()})
    for name in ("analyst", "colleague", "admin"):
        view = runs.get(desk_of(name), run)
        assert (view.cutoff, view.cutoff_by) == (row.cutoff, "Analyst")
        assert view.cutoff_at is not None
        assert view.cutoff_choice is not None
        assert (view.cutoff_choice["rule"], view.cutoff_choice["part"]) == ("highest_profit", "cross_validated")
        assert not view.cutoff_choice["flatters"]
        assert view.cutoff_choice["before"] == {"cutoff": 0.3, "choice": None}
        assert cutoffs.stored_worth(view)[0] == worth
    with db.read() as session:
        event = audit.events_of(session, "run", run)[-1]
        assert (event.action, event.details["cutoff"], event.details["before"]) == ("set_cutoff", row.cutoff, 0.3)


def test_a_cutoff_by_hand_is_marked_as_chosen_on_the_rows_it_is_reported_on(desk_of: Callable[[str], Desk], run: str) -> None:
    desk = desk_of("analyst")
    cutoffs.save(desk, run, 0.25, {"rule": "by_hand"})
    choice = runs.get(desk, run).cutoff_choice
    assert choice is not None
    assert (choice["rule"], choice["part"], choice["flatters"]) == ("by_hand", "held_out", True)
    cutoffs.save(desk, run, 0.2, {"rule": "highest_f1"})  # the rule finds another one
    choice = runs.get(desk, run).cutoff_choice
    assert choice is not None
    assert choice["rule"] == "by_hand"


def test_without_folds_a_rule_flatters_itself(desk_of: Callable[[str], Desk], db: Database, loans: Path) -> None:
    desk = desk_of("analyst")
    run = trained(desk, db, loans, folds=0)
    row = by_rule(desk, run, Worth())["youden"]
    assert row.flatters
    cutoffs.save(desk, run, row.cutoff, {"rule": "youden"})
    choice = runs.get(desk, run).cutoff_choice
    assert choice is not None
    assert (choice["part"], choice["flatters"]) == ("held_out", True)


def test_undo_leads_one_step_back(desk_of: Callable[[str], Desk], run: str) -> None:
    desk = desk_of("analyst")
    with pytest.raises(Refused, match="no cut-off to go back to"):
        cutoffs.undo(desk, run)
    cutoffs.save(desk, run, 0.25, {"rule": "by_hand"})
    cutoffs.save(desk, run, 0.4, {"rule": "by_hand"})
    cutoffs.undo(desk, run)
    view = runs.get(desk, run)
    assert view.cutoff == 0.25
    assert view.cutoff_choice is not None
    assert view.cutoff_choice["rule"] == "by_hand"
    with pytest.raises(Refused):
        cutoffs.undo(desk, run)


def test_a_cutoff_that_was_not_seen_is_not_replaced(desk_of: Callable[[str], Desk], run: str) -> None:
    desk = desk_of("analyst")
    opened = cutoffs.stamp(runs.get(desk, run))
    cutoffs.save(desk, run, 0.25, {"rule": "by_hand"}, seen=opened)  # in another tab
    with pytest.raises(Refused, match="changed after this page was opened") as caught:
        cutoffs.save(desk, run, 0.4, {"rule": "by_hand"}, seen=opened)
    assert "Reload" in caught.value.fix
    with pytest.raises(Refused, match="changed after this page was opened"):
        cutoffs.undo(desk, run, seen=opened)
    assert runs.get(desk, run).cutoff == 0.25
    cutoffs.save(desk, run, 0.4, {"rule": "by_hand"}, seen=cutoffs.stamp(runs.get(desk, run)))
    cutoffs.undo(desk, run, seen=cutoffs.stamp(runs.get(desk, run)))
    assert runs.get(desk, run).cutoff == 0.25


def test_a_second_click_on_save_keeps_the_way_back(desk_of: Callable[[str], Desk], run: str, db: Database) -> None:
    desk = desk_of("analyst")
    opened = cutoffs.stamp(runs.get(desk, run))
    for _ in range(2):
        cutoffs.save(desk, run, 0.25, {"rule": "by_hand", "worth": Worth(2, 9).to_json()}, seen=opened)
    choice = runs.get(desk, run).cutoff_choice
    assert choice is not None
    assert choice["before"] == {"cutoff": 0.3, "choice": None}
    with db.read() as session:
        assert [event.action for event in audit.events_of(session, "run", run)].count("set_cutoff") == 1


@pytest.mark.parametrize("name", ["colleague", "stranger", "officer", "admin"])
def test_only_the_owner_saves(desk_of: Callable[[str], Desk], run: str, name: str) -> None:
    with pytest.raises(NotFound):
        cutoffs.save(desk_of(name), run, 0.25, {"rule": "by_hand"})
    with pytest.raises(NotFound):
        cutoffs.undo(desk_of(name), run)
    assert runs.get(desk_of("analyst"), run).cutoff == 0.3


@pytest.mark.parametrize("cutoff", [None, "0.25", True, float("nan"), float("inf"), 0.25123456, -1, 2, [0.25]])
def test_what_is_no_cutoff_of_the_run_is_refused(desk_of: Callable[[str], Desk], run: str, cutoff: Any) -> None:
    with pytest.raises(Refused) as caught:
        cutoffs.save(desk_of("analyst"), run, cutoff, {"rule": "by_hand"})
    assert caught.value.fix
    assert runs.get(desk_of("analyst"), run).cutoff_by is None


@pytest.mark.parametrize(
    "choice",
    [{}, {"rule": "best"}, {"rule": ["youden"]}, {"rule": "by_hand", "worth": 3}, {"rule": "by_hand", "worth": {"gain": -1}},
     {"rule": "by_hand", "targets": {"recall": 7}}, {"rule": "by_hand", "worth": {"nonsense": 1}}],
)  # fmt: skip
def test_a_choice_that_makes_no_sense_is_refused(desk_of: Callable[[str], Desk], run: str, choice: dict[str, Any]) -> None:
    with pytest.raises((Refused, InvalidSpec)):
        cutoffs.save(desk_of("analyst"), run, 0.25, choice)


def test_amounts_come_from_a_column(desk_of: Callable[[str], Desk], run: str) -> None:
    desk = desk_of("analyst")
    view = runs.get(desk, run)
    assert amount_columns(desk, view) == ("income", "amount", "part")
    worth = Worth(gain=0.05, loss=0.4, amount="part")
    plan = cutoffs.plan(desk, view, worth, None)
    assert plan.problem == ""
    assert plan.sums is not None
    assert plan.sums.n_rows + plan.sums.n_missing == plan.rows[0].n_rows
    assert plan.sums.n_missing > 0
    cutoffs.save(desk, run, plan.rows[0].cutoff, {"rule": "highest_profit", "worth": worth.to_json()})
    choice = runs.get(desk, run).cutoff_choice
    assert choice is not None
    assert choice["rule"] == "highest_profit"


@pytest.mark.parametrize(
    ("column", "sentence"), [("income", "below 0"), ("home", "no column of numbers"), ("nosuch", "no column")]
)
def test_a_column_that_is_no_amount_is_said(desk_of: Callable[[str], Desk], run: str, column: str, sentence: str) -> None:
    desk = desk_of("analyst")
    plan = cutoffs.plan(desk, runs.get(desk, run), Worth(amount=column), None)
    assert sentence in plan.problem
    assert plan.sums is None


def test_amounts_of_very_many_rows_are_refused_in_a_sentence(
    desk_of: Callable[[str], Desk], run: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(amounts, "MOST_ROWS", 1_000)
    desk = desk_of("analyst")
    plan = cutoffs.plan(desk, runs.get(desk, run), Worth(amount="part"), None)
    assert "up to 1,000 rows, and the data set has 1,200" in plan.problem
    assert plan.sums is None


def test_who_sees_the_run_without_its_rows_gets_no_amounts(desk_of: Callable[[str], Desk], run: str) -> None:
    cutoffs.plan(desk_of("analyst"), runs.get(desk_of("analyst"), run), Worth(amount="amount"), None)  # known to the owner now
    colleague = desk_of("colleague")
    view = runs.get(colleague, run)
    assert amount_columns(colleague, view) == ()
    plan = cutoffs.plan(colleague, view, Worth(amount="amount"), None)
    assert "without its data set" in plan.problem
    assert plan.rows[0].cutoff is not None


def test_a_run_that_decides_nothing_is_refused(desk_of: Callable[[str], Desk], loans: Path, db: Database) -> None:
    desk = desk_of("analyst")
    waiting = runs.start(desk, upload(desk, loans), "Waiting", {"target": "bad", "bad_label": "yes", "features": ["income"]})
    with pytest.raises(Refused, match="no result yet"):
        cutoffs.save(desk, waiting, 0.25, {"rule": "by_hand"})
    with pytest.raises(Refused, match="no result yet"):
        cutoffs.plan(desk, runs.get(desk, waiting), Worth(), None)
