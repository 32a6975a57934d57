"""The applicant desk's use cases: what is kept of a case, who may save and change it, and that nothing of it moves later."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from dashapp.usecases import (
    applicants,
    backgrounds,
    case_lists,
    case_views,
    cases,
    changing,
    desk_runs,
    explaining,
    limes,
    lookups,
    runs,
    sharing,
    studies,
)
from dashapp.usecases.applicants import Asked
from dashapp.usecases.case_records import Record
from dashapp.usecases.desk import Desk
from dashapp.usecases.errors import Conflict, InvalidSpec, NotFound, Refused
from db import audit
from db import cases as stored
from pipeline.explain_results import AVERAGE, PASSING
from pipeline.explaining.exact import explain
from tests.dashapp.desk_runs import RISKY, SAFE, change, loans, settings, trained
from tests.dashapp.prepared import only_run
from tests.dashapp.recalibrations import work_off

__all__ = ["settings"]

TYPED = Asked(given=RISKY, name="A-2025-0045")


@pytest.fixture
def run(desk: Desk) -> str:
    return only_run(desk)


@pytest.fixture
def officer(desk_of: Callable[[str], Desk]) -> Desk:
    return desk_of("officer")


def told_json(desk: Desk, case_id: str) -> Any:
    with desk.db.read() as session:
        return json.loads(json.dumps(stored.get(session, desk.user.id, case_id).told))


def actions(desk: Desk, case_id: str) -> list[tuple[str, str]]:
    with desk.db.read() as session:
        return [(one.action, one.details.get("decision", "")) for one in audit.events_of(session, "case", case_id)]


# What is kept


def test_a_case_keeps_what_a_recomputation_gives(desk: Desk, officer: Desk, run: str) -> None:
    """Score and reasons as the exact account gives them from the stored inputs, versions, hash and seed."""
    limes.warm()
    view = case_views.get(officer, cases.save(officer, run, TYPED, note="Called."))
    kept, opened = view.record, backgrounds.opened(desk, run)
    values = view.applicant.values
    assert values == {"amount": 9500.0, "months": 60.0, "home": "rent"}
    average, passing = (opened.background.reference(kind) for kind in (AVERAGE, PASSING))
    assert average is not None
    assert passing is not None
    expected = explain(opened.model, values, average)
    assert kept.told.explanation == expected
    assert sum(part.contribution for part in expected.contributions) + expected.intercept == pytest.approx(expected.log_odds)
    against = explain(opened.model, values, passing).contributions
    adverse = sorted(((part.contribution, part.field) for part in against if part.contribution > 0), reverse=True)
    assert [(one.contribution, one.field) for one in kept.told.reasons] == adverse[:4]
    assert adverse
    assert (kept.told.advice, kept.cutoff, view.card.advice) == ("refuse", 0.4, "refuse")
    assert kept.changes == changing.changes(opened, view.applicant, ())
    assert kept.versions == dict(opened.model.versions)
    assert view.model_sha256 == opened.view.model_sha256
    assert kept.lime is not None
    assert kept.lime == limes.get(officer, limes.start(officer, run, view.applicant)).result
    assert kept.seed == kept.lime.seed == opened.view.spec.seed
    assert [title for title, _ in kept.reasons]
    assert (view.note, view.card.name, view.card.decision) == ("Called.", "A-2025-0045", "open")
    assert Record.from_json(kept.to_json()) == kept


def test_a_case_has_lime_s_account_also_where_it_took_a_job(
    desk: Desk, officer: Desk, run: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    limes.warm()
    at_once = case_views.get(officer, cases.save(officer, run, TYPED)).record.lime
    with monkeypatch.context() as patched:
        patched.setattr(limes, "MOST_AT_ONCE", 0)
        case_id = cases.save(officer, run, replace(TYPED, given={**(TYPED.given or {}), "months": "48"}))
    before = case_views.get(officer, case_id).record
    assert (before.lime, before.lime_study is not None) == (None, True)
    assert at_once is not None
    assert before.seed == at_once.seed
    stored = told_json(officer, case_id)
    work_off(officer)
    shown = limes.get(officer, limes.start(officer, run, case_views.get(officer, case_id).applicant))  # what its page shows
    assert shown.card.id == before.lime_study
    after = case_views.get(officer, case_id).record
    assert after == replace(before, lime=shown.result)
    assert after.lime is not None
    assert case_views.get(desk, case_id).record == after  # who reads the case reads this too
    assert told_json(officer, case_id) == stored
    studies.delete(officer, shown.card.id)
    assert case_views.get(officer, case_id).record == before  # the seed is there to make it again


def test_nothing_of_a_case_follows_the_run(desk: Desk, officer: Desk, run: str) -> None:
    case_id = cases.save(officer, run, TYPED)
    before, kept = told_json(officer, case_id), case_views.get(officer, case_id)
    words = {"amount": {"label": "Loan", "high": "The loan is large", "changeable": True}}
    change(desk, run, cutoff=0.9, wording=words, name="Renamed", stage="retired")
    after = case_views.get(officer, case_id)
    assert told_json(officer, case_id) == before
    assert (after.record, after.applicant) == (kept.record, kept.applicant)
    assert after.run is not None
    assert (after.run.view.cutoff, after.run.view.name, after.run.view.wording) == (0.4, "Scorecard", {})
    assert explaining.told(after.run, after.applicant, kept.record.references[0]) == kept.record.told  # from the record alone
    said = " ".join(after.changed)
    for words_ in ("retired", "0.4 then and is 0.9 now", "worded differently", "“Renamed”"):
        assert words_ in said
    assert kept.changed == ()


def test_who_decided_reads_the_case_when_the_run_is_taken_back(desk: Desk, officer: Desk, run: str) -> None:
    case_id = cases.save(officer, run, TYPED)
    change(desk, run, stage="draft")
    view = case_views.get(officer, case_id)
    assert view.run is None
    assert "no longer yours to see" in view.changed[0]
    assert view.record.told.advice == "refuse"
    cases.decide(officer, case_id, "refuse")
    assert [card.id for card in case_lists.recent(officer)] == [case_id]


def test_only_the_names_of_other_columns_are_kept(desk: Desk, run: str) -> None:
    """What the model does not read is on file elsewhere: a case holds no copy of it."""
    dataset = runs.get(desk, run).dataset_id
    case_id = cases.save(desk, run, Asked(dataset_id=dataset, row=44))
    view = case_views.get(desk, case_id)
    assert (view.card.name, view.applicant.row, view.applicant.dataset_id) == ("A-2025-0045", 44, dataset)
    assert view.applicant.others == {"key": None, "region": None}
    with desk.db.read() as session:
        text = json.dumps([(case := stored.get(session, desk.user.id, case_id)).inputs, case.told])
    assert "north" not in text
    assert "south" not in text


def test_pressed_twice_is_saved_once(officer: Desk, run: str) -> None:
    first = cases.save(officer, run, TYPED, note="x")
    assert cases.save(officer, run, TYPED, note="x") == first
    assert cases.save(officer, run, TYPED, note="y") != first
    assert cases.save(officer, run, Asked(given=SAFE, name="A-2025-0045"), note="x") != first
    assert (case_lists.count(officer), case_lists.count(officer, show="open")) == (3, 3)


# Who, and which runs


def test_a_run_that_is_retired_meanwhile_takes_no_case(
    desk: Desk, officer: Desk, run: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    worked_out = cases.record

    def slowly(*given: Any) -> Any:
        change(desk, run, stage="retired")
        return worked_out(*given)

    monkeypatch.setattr(cases, "record", slowly)
    with pytest.raises(Refused, match="retired meanwhile"):
        cases.save(officer, run, TYPED)
    assert case_lists.recent(officer) == []


def test_only_approved_runs_with_a_decision_are_offered(desk: Desk, officer: Desk, run: str) -> None:
    dataset = runs.get(desk, run).dataset_id
    draft = trained(desk, dataset, "Draft")
    many = trained(desk, dataset, "Three", target="home", bad_label=None, features=["amount", "months"])
    for one in (draft, many):
        sharing.share(desk, "run", one, "officer")
    change(desk, many, stage="approved")
    offered, others = desk_runs.offered(officer)
    assert [one.name for one in offered] == ["Scorecard"]
    assert (offered[0].owner, offered[0].cutoff) == ("Analyst", 0.4)
    assert others == ("Three",)
    assert [one.name for one in desk_runs.offered(desk)[0]] == ["Scorecard"]
    for who, run_id, error in ((desk, draft, Refused), (officer, draft, NotFound), (officer, many, Refused)):
        with pytest.raises(error):
            cases.save(who, run_id, TYPED)
    change(desk, run, stage="retired")
    with pytest.raises(Refused, match="retired"):
        cases.save(officer, run, TYPED)
    assert desk_runs.offered(officer)[0] == ()
    assert case_lists.count(officer) == 0


@pytest.mark.parametrize("who", ["analyst", "colleague", "stranger", "admin"])
def test_a_case_is_changed_by_who_saved_it(desk_of: Callable[[str], Desk], officer: Desk, run: str, who: str) -> None:
    case_id, other = cases.save(officer, run, TYPED), desk_of(who)
    sees = who in {"analyst", "colleague"}
    assert [card.id for card in case_lists.recent(other)] == ([case_id] if sees else [])
    if sees:
        assert not case_views.get(other, case_id).card.mine
    else:
        with pytest.raises(NotFound):
            case_views.get(other, case_id)
        with pytest.raises(NotFound):
            cases.save(other, run, TYPED)
    for act in (lambda: cases.decide(other, case_id, "refuse"), lambda: cases.note(other, case_id, "x")):
        with pytest.raises(NotFound):
            act()
    assert case_views.get(officer, case_id).card.decision == "open"


# Decisions


def test_against_the_advice_with_a_reason_alone(officer: Desk, run: str) -> None:
    case_id = cases.save(officer, run, TYPED)
    for reason in ("", "  ", None):
        with pytest.raises(Refused, match="needs a reason"):
            cases.decide(officer, case_id, "approve", reason)  # type: ignore[arg-type]
    with pytest.raises(Refused, match="no decision"):
        cases.decide(officer, case_id, "perhaps")
    with pytest.raises(Refused, match="2,000"):
        cases.decide(officer, case_id, "approve", "x" * 2001)
    cases.decide(officer, case_id, "approve", " A guarantor signed. ")
    view = case_views.get(officer, case_id)
    assert (view.card.decision, view.reason, view.decided_by) == ("approve", "A guarantor signed.", "Officer")
    cases.decide(officer, case_id, "open")
    view = case_views.get(officer, case_id)
    assert (view.card.decision, view.reason, view.decided_by, view.card.decided_at) == ("open", "", None, None)
    cases.decide(officer, case_id, "refuse")
    assert actions(officer, case_id) == [("saved", ""), ("decided", "approve"), ("opened again", "open"), ("decided", "refuse")]
    second = case_views.get(officer, case_id).events[1]
    assert (second.what, second.decision, second.by, second.reason) == ("Decided", "approve", "Officer", "A guarantor signed.")


def test_saved_with_an_override_at_once_or_not_at_all(officer: Desk, run: str) -> None:
    with pytest.raises(Refused, match="needs a reason"):
        cases.save(officer, run, TYPED, decision="approve")
    assert case_lists.count(officer) == 0
    view = case_views.get(officer, cases.save(officer, run, TYPED, decision="approve", reason="Pays a deposit."))
    assert (view.card.decision, view.reason) == ("approve", "Pays a deposit.")
    assert (case_lists.count(officer), case_lists.count(officer, show="open")) == (1, 0)


def test_of_two_windows_the_later_is_told(officer: Desk, run: str) -> None:
    case_id = cases.save(officer, run, TYPED)
    seen = case_views.get(officer, case_id).mark
    cases.decide(officer, case_id, "refuse", mark=seen)
    with pytest.raises(Conflict, match="decided: refuse"):
        cases.decide(officer, case_id, "approve", "A guarantor signed.", mark=seen)
    with pytest.raises(Conflict, match="another window"):
        cases.note(officer, case_id, "Late", mark=seen)
    assert case_views.get(officer, case_id).card.decision == "refuse"
    cases.note(officer, case_id, "In time", mark=case_views.get(officer, case_id).mark)
    assert case_views.get(officer, case_id).note == "In time"


# Applicants


def test_what_cannot_be_read_is_said_by_field(officer: Desk, run: str) -> None:
    with pytest.raises(InvalidSpec) as refused:
        cases.save(officer, run, Asked(given={**RISKY, "amount": "much"}))
    assert list(refused.value.problems) == ["amount"]
    with pytest.raises(InvalidSpec) as refused:
        cases.save(officer, run, TYPED, changeable=("shoe size",))
    assert list(refused.value.problems) == ["shoe size"]
    with pytest.raises(Refused, match="No applicant"):
        cases.save(officer, run, Asked())


def test_missing_and_unusual_values_are_kept_with_their_warnings(officer: Desk, run: str) -> None:
    view = case_views.get(officer, cases.save(officer, run, Asked(given={"amount": "99,000", "home": "castle"})))
    assert view.applicant.values == {"amount": 99000.0, "months": None, "home": "castle"}
    assert set(view.record.warnings) == {"amount", "months", "home"}
    assert view.card.name == "typed in"


def test_an_officer_without_the_rows_looks_nobody_up(desk: Desk, officer: Desk, run: str) -> None:
    dataset = runs.get(desk, run).dataset_id
    assert lookups.places(officer, run) == ()
    for ask in (
        lambda: lookups.row_of(officer, dataset, "", "3"),
        lambda: cases.save(officer, run, Asked(dataset_id=dataset, row=2)),
    ):
        with pytest.raises(NotFound):
            ask()
    sharing.share(desk, "dataset", dataset, "officer")
    (place,) = lookups.places(officer, run)
    assert (place.dataset_id, place.n_rows, place.identifiers) == (dataset, 1200, ("key",))


@pytest.mark.parametrize(
    ("column", "text", "row"), [("", "45", 44), ("", " 1,200 ", 1199), ("key", "A-2025-0045", 44), ("key", " A-2025-1200 ", 1199)]
)
def test_found_by_row_or_by_identifier(desk: Desk, run: str, column: str, text: str, row: int) -> None:
    assert lookups.row_of(desk, runs.get(desk, run).dataset_id, column, text) == row


@pytest.mark.parametrize(
    ("column", "text", "said"),
    [
        ("", "0", "from 1 to 1,200"),
        ("", "1.5", "number of no row"),
        ("", "", "number of no row"),
        ("", "A-2025-0045", "number of no row"),
        ("key", "A-2025", "No row has that"),
        ("key", "", "Type what stands there"),
        ("region", "north", "identifier column"),
        ("amount", "500", "identifier column"),
    ],
)
def test_who_is_not_found(desk: Desk, run: str, column: str, text: str, said: str) -> None:
    with pytest.raises(Refused, match=said):
        lookups.row_of(desk, runs.get(desk, run).dataset_id, column, text)


def test_an_identifier_that_several_rows_have(desk: Desk, tmp_path: Path) -> None:
    from dashapp.usecases import datasets

    dataset = loans(desk, tmp_path, n_rows=300)
    datasets.set_role(desk, dataset, "home", "identifier")
    datasets.set_role(desk, dataset, "amount", "identifier")
    with pytest.raises(Refused, match=r"rows have that in 'home': .*number of its row"):
        lookups.row_of(desk, dataset, "home", "rent")
    rows, _ = datasets.rows(desk, dataset, start=0, stop=300)
    amounts = [row[1] for row in rows]
    once = next(amount for amount in amounts if amounts.count(amount) == 1)
    assert lookups.row_of(desk, dataset, "amount", str(once)) == amounts.index(once)


def test_the_list_is_searched_by_name(officer: Desk, run: str) -> None:
    for name in ("A-1", "B-2"):
        cases.save(officer, run, replace(TYPED, name=name))
    assert [card.name for card in case_lists.recent(officer)] == ["B-2", "A-1"]
    (card,) = case_lists.recent(officer, name="b-")
    assert (card.name, card.run_name, card.mine, card.has_note) == ("B-2", "Scorecard", True, False)
    assert card.labels == ("no", "yes") == case_views.get(officer, card.id).card.labels
    assert card.probability > 0.4
    assert case_lists.recent(officer, name="%") == []


def test_a_form_is_told_of_each_value_what_is_the_matter(officer: Desk, run: str) -> None:
    opened = applicants.opened(officer, run)
    said = applicants.remarks(opened, {"amount": "much", "months": "600", "home": "own", "shoe size": "44"})
    assert {name: is_problem for name, (_, is_problem) in said.items()} == {"amount": True, "months": False}
    assert "no number" in said["amount"][0]
    assert "above all training rows" in said["months"][0]
    assert applicants.remarks(opened, {"amount": " ", "months": ""}) == {}
