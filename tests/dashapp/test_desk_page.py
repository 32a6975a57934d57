"""The applicant desk's pages as their callbacks fill them: for whom, in which state, and on bad days."""

import json
from collections.abc import Callable
from pathlib import Path
from threading import Event
from typing import Any

import numpy as np
import pytest

from dashapp.callback_bodies import UPDATE_PATH
from dashapp.tabs.desk.layout import case_layout, layout, run_layout
from dashapp.tabs.desk.state import State, query
from dashapp.usecases import backgrounds, case_lists, case_views, cases, jobs, limes, runs, sharing, studies
from dashapp.usecases.applicants import Asked
from dashapp.usecases.desk import Desk
from db import leases
from tests.dashapp.desk_runs import RISKY, SAFE, change, settings, trained
from tests.dashapp.payload_pages import MOST_BYTES
from tests.dashapp.payload_pages import Reader as PlainReader
from tests.dashapp.prepared import only_run
from tests.dashapp.uploading import upload

__all__ = ["settings"]

TYPED = {"place": "", "who": "officer", "given": RISKY, "name": "A-2025-0045", "editing": False}


class Reader(PlainReader):
    """Says which button was pressed, as a browser does."""

    changed = ""

    def change(self, component: str, name: str, value: Any) -> None:
        self.changed = f"{component}.{name}"
        super().change(component, name, value)

    def ask(self, method: str, path: str, body: bytes | str | None = None, **headers: str) -> tuple[int, str]:
        if body and path == UPDATE_PATH:
            asked = json.loads(body)
            known = {f"{part['id']}.{part['property']}" for part in asked["inputs"] if isinstance(part, dict)}
            body = json.dumps({**asked, "changedPropIds": [self.changed] if self.changed in known else []})
        return super().ask(method, path, body, **headers)


@pytest.fixture
def run(desk: Desk) -> str:
    return only_run(desk)


@pytest.fixture
def officer(desk_of: Callable[[str], Desk]) -> Desk:
    return desk_of("officer")


@pytest.fixture
def reader(browser: Callable[..., Any]) -> Reader:
    return Reader(browser("officer"))


def shown(reader: Reader, component: str = "desk-body") -> str:
    return json.dumps(reader.props[component].get("children", ""), ensure_ascii=False)


def typed_in(reader: Reader, run: str, typed: Any = None) -> str:
    reader.open(f"/desk/{run}")
    reader.change("desk-typed", "data", TYPED if typed is None else typed)
    return shown(reader)


# The desk


def test_an_officer_begins_with_the_one_approved_run(reader: Reader, officer: Desk, run: str) -> None:
    cases.save(officer, run, Asked(given=RISKY, name="A-2025-0045"))
    reader.open("/desk")
    page = shown(reader) + shown(reader, "desk-find") + shown(reader, "desk-run-about")
    for words in (
        "1 approved run",
        "1 case",
        "Scorecard",
        "nobody can be looked up",
        "Type an applicant in",
        "A-2025-0045",
        "40%",
    ):
        assert words in page
    reader.change("desk-search", "value", "nobody")
    assert "No case has a name like that" in shown(reader, "desk-cases")
    reader.change("desk-search", "value", "a-2025")
    assert "A-2025-0045" in shown(reader, "desk-cases")
    reader.change("desk-show", "value", "decided")
    reader.change("desk-search", "value", "")
    assert "No case is decided yet" in shown(reader, "desk-cases")


def test_of_many_cases_the_newest_are_listed_and_more_on_request(
    reader: Reader, officer: Desk, run: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for k in range(3):
        cases.save(officer, run, Asked(given=RISKY, name=f"A-{k}"))
    monkeypatch.setattr(case_lists, "MOST_LISTED", 2)
    reader.open("/desk")
    reader.change("desk-show", "value", "open")
    assert (shown(reader, "desk-n-shown"), reader.props["desk-more-row"]["hidden"]) == ('"2 of 3 cases"', False)
    assert "A-0" not in shown(reader, "desk-cases")
    reader.change("desk-more", "n_clicks", 1)
    assert "A-0" in shown(reader, "desk-cases")
    assert reader.props["desk-more-row"]["hidden"] is True
    assert "Download 3 cases as CSV" in shown(reader, "desk-take")  # all that the list is narrowed to
    reader.change("desk-search", "value", "a-1")
    taking = shown(reader, "desk-take")
    for words in ("Download 1 case as CSV", '"data-name": "a-1"', '"data-show": "open"'):
        assert words in taking
    reader.change("desk-search", "value", "nobody")
    assert shown(reader, "desk-take") == "[]"


def test_who_decides_on_somebody_sees_that_another_did(
    browser: Callable[..., Any], reader: Reader, desk_of: Callable[[str], Desk], run: str
) -> None:
    made = cases.save(desk_of("colleague"), run, Asked(given=SAFE, name="A-2025-0045"), decision="refuse", reason="Called.")
    page = typed_in(reader, run)
    for words in (
        "A case of this row or name is saved already",
        f"/desk/cases/{made}",
        "refuse, against the suggestion",
        "Colleague",
    ):
        assert words in page, words
    mine = cases.save(desk_of("officer"), run, Asked(given=RISKY, name="a-2025-0045"))
    for case_id, who in ((made, "colleague"), (mine, "officer")):
        another = Reader(browser(who))
        another.open(f"/desk/cases/{case_id}")
        assert "A case of this row or name is saved already" in shown(another)
    assert "saved already" not in typed_in(reader, run, {**TYPED, "name": ""})


def test_who_has_no_approved_run_is_told_what_to_do(browser: Callable[..., Any], desk: Desk, run: str, officer: Desk) -> None:
    change(desk, run, stage="retired")
    for who, words in (("officer", "Ask the analyst who made the run"), ("stranger", "propose it on its Approval tab")):
        reader = Reader(browser(who))
        reader.open("/desk")
        assert "No approved run is shared with you yet" in shown(reader)
        assert words in shown(reader)


def test_who_decides_is_led_to_the_desk_and_not_to_what_analysts_make(browser: Callable[..., Any], desk: Desk, run: str) -> None:
    dataset = runs.get(desk, run).dataset_id
    for who, makes in (("officer", False), ("analyst", True)):
        reader = Reader(browser(who))
        reader.open("/")
        assert ("sd-nav-decides" in str(reader.props["shell-navigation"].get("className"))) != makes
        for address in ("/data/new", "/runs/new", f"/runs/new/{dataset}", f"/runs/score/{dataset}", f"/studies/new/{dataset}"):
            reader.open(address)
            assert ("Loan officers decide with approved runs" in shown(reader, "shell-page")) != makes, address


def test_somebody_on_file_is_looked_up(browser: Callable[..., Any], desk: Desk, run: str) -> None:
    """By the identifier first; the address names the row, and not the identifier."""
    dataset = runs.get(desk, run).dataset_id
    reader = Reader(browser("analyst"))
    reader.open("/desk")
    assert reader.props["desk-by"]["value"] == "key"
    reader.props["desk-text"]["value"] = "A-2025-9999"
    reader.change("desk-look-up", "n_clicks", 1)
    assert "No row has that in 'key'" in shown(reader, "desk-find-problem")
    reader.props["desk-text"]["value"] = "A-2025-0045"
    reader.change("desk-look-up", "n_clicks", 2)
    assert reader.props["shell-location"]["href"] == f"/desk/{run}?data={dataset}&row=45"
    reader.open(reader.props["shell-location"]["href"])
    page = shown(reader)
    assert "Applicant A-2025-0045" in page
    assert "Loans, row 45" in page
    assert "Region and key are on file" in page


# One applicant


def test_an_applicant_who_is_typed_in_stands_in_no_address(reader: Reader, run: str) -> None:
    page = typed_in(reader, run)
    for words in ("Applicant A-2025-0045", "Refuse", "principal reasons", "What would have to change", "9,500", "typed in"):
        assert words in page, words
    assert reader.props["shell-location"]["search"] == ""
    assert reader.props["desk-shown"]["data"]["name"] == "A-2025-0045"  # what the dialog offers to save
    page = typed_in(reader, run, {**TYPED, "name": ""})
    assert "Applicant without a name" in page
    assert reader.props["desk-shown"]["data"]["name"] == ""
    reader.change("desk-edit", "n_clicks", 1)
    assert "Edit the applicant" in shown(reader)
    assert "9500" not in str([layout(), run_layout(run), case_layout("c")])


def test_the_exact_account_and_lime_are_a_press_away(reader: Reader, run: str, monkeypatch: pytest.MonkeyPatch) -> None:
    limes.warm()
    monkeypatch.setattr(limes, "_loaded", Event())  # as while the process loads it
    typed_in(reader, run)
    assert "Show the exact parts and LIME" in shown(reader, "desk-detail")
    reader.change("desk-detail-open", "n_clicks", 1)
    detail = shown(reader, "desk-detail")
    assert "Exact: from" in detail
    assert "LIME is being loaded" in detail
    assert reader.props["desk-detail-tick"]["disabled"] is False
    limes._loaded.set()
    reader.change("desk-detail-tick", "n_intervals", 1)
    detail = shown(reader, "desk-detail")
    assert "20 repeats" in detail
    assert "How to read the two" in detail
    assert reader.props["desk-detail-tick"]["disabled"] is True


def test_a_case_shows_lime_as_it_kept_it_or_makes_it_again(
    reader: Reader, officer: Desk, run: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    limes.warm()
    kept = cases.save(officer, run, Asked(given=RISKY))
    with monkeypatch.context() as patched:
        patched.setattr(limes, "MOST_AT_ONCE", 0)
        without = cases.save(officer, run, Asked(given=SAFE))
    assert case_views.get(officer, without).record.lime is None
    for case_id, words in ((kept, "20 repeats"), (without, "Waiting")):
        reader.open(f"/desk/cases/{case_id}")
        reader.change("desk-detail-open", "n_clicks", 1)
        assert words in shown(reader, "desk-detail")
        assert reader.props["desk-detail-tick"]["disabled"] == (case_id == kept)
    (waiting,) = studies.visible(officer, "lime", run_id=run)[:1]
    assert waiting.job is not None
    jobs.cancel(officer, waiting.job.id)
    reader.change("desk-detail-tick", "n_intervals", 1)
    assert f'{{"count-again":"{waiting.id}"}}' in reader.props
    assert reader.props["desk-detail-tick"]["disabled"] is False  # the page follows when it is tried again
    studies.retry(officer, waiting.id)
    with officer.db.write() as session:
        (job,) = leases.claim(session, claimed_by="test", lease_seconds=60, limit=1)
        job_id, attempt = job.id, job.attempt
    limes.execute(officer.db, job_id, attempt, officer.settings)
    reader.change("desk-detail-tick", "n_intervals", 2)
    assert "worked out after the case was saved" in shown(reader, "desk-detail")
    assert reader.props["desk-detail-tick"]["disabled"] is True


def test_the_values_of_an_applicant_fill_the_form(reader: Reader, run: str) -> None:
    typed_in(reader, run)
    reader.change("desk-edit", "n_clicks", 1)
    assert reader.props['{"desk-form":"value","field":"amount"}']["value"] == "9500"
    assert reader.props['{"desk-form":"value","field":"home"}']["value"] == "rent"
    assert reader.props["desk-form-name"]["value"] == "A-2025-0045"
    reader.change("desk-form-cancel", "n_clicks", 1)
    assert "Refuse" in shown(reader)


def test_what_may_change_is_the_officers_to_say(reader: Reader, officer: Desk, run: str) -> None:
    typed_in(reader, run)
    assert "No field is marked" in shown(reader)
    reader.props["desk-may-change"]["value"] = ["amount", "months"]
    reader.change("desk-work-out", "n_clicks", 1)
    assert "Amount: 9,500 →" in shown(reader, "desk-changes")
    reader.props["desk-decision"]["value"] = "open"
    reader.change("desk-confirm", "n_clicks", 1)
    made = reader.props["desk-saved"]["data"].rpartition("/")[2]
    assert case_views.get(officer, made).record.changeable == ("amount", "months")


def test_values_unlike_the_training_rows_are_said_first(reader: Reader, run: str) -> None:
    page = typed_in(reader, run, {**TYPED, "given": {**SAFE, "amount": "99000", "home": "castle"}})
    assert "2 values are outside of what the model was trained on" in page
    assert "No training row has 'castle'" in page


# Saving and deciding


def test_saved_with_a_note_and_overridden_with_a_reason(reader: Reader, officer: Desk, run: str) -> None:
    typed_in(reader, run)
    reader.change("desk-override", "n_clicks", 1)
    assert reader.props["desk-dialog"]["is_open"] is True
    assert reader.props["desk-decision"]["value"] == "approve"
    assert "Refuse, as suggested" in str(reader.props["desk-decision"]["options"])
    reader.props["desk-note"]["value"] = "Called."
    reader.change("desk-confirm", "n_clicks", 1)
    assert "needs a reason" in shown(reader, "desk-problem")
    assert '"data-wrong": "desk-reason"' in shown(reader, "desk-problem")  # where the browser goes on
    assert case_lists.recent(officer) == []
    reader.props["desk-reason"]["value"] = "A guarantor signed."
    reader.change("desk-confirm", "n_clicks", 2)
    (card,) = case_lists.recent(officer)
    assert (card.name, card.decision) == ("A-2025-0045", "approve")
    reader.open(f"/desk/cases/{card.id}")
    page = shown(reader)
    for words in ("approved against the advice", "A guarantor signed.", "Called.", "Next applicant", card.id, "Open again"):
        assert words in page, words
    reader.change("desk-reopen", "n_clicks", 1)
    assert case_views.get(officer, card.id).card.decision == "open"
    assert "your decision is open" in shown(reader)
    assert reader.props["desk-shown"]["data"]["did"] == "decision"
    reader.open(f"/desk/cases/{card.id}")
    reader.change("desk-follow", "n_clicks", 1)
    assert case_views.get(officer, card.id).card.decision == "refuse"
    reader.props["desk-note-text"]["value"] = "Called again."
    reader.change("desk-note-save", "n_clicks", 1)
    assert case_views.get(officer, card.id).note == "Called again."
    assert "Saved" in shown(reader, "desk-note-problem")


def test_of_two_windows_the_later_is_told_and_loses_nothing(browser: Callable[..., Any], officer: Desk, run: str) -> None:
    case_id = cases.save(officer, run, Asked(given=RISKY))
    first, later = (Reader(browser("officer")) for _ in range(2))
    for one in (first, later):
        one.open(f"/desk/cases/{case_id}")
    first.change("desk-follow", "n_clicks", 1)
    later.change("desk-override", "n_clicks", 1)
    later.props["desk-reason"]["value"] = "A guarantor signed."
    later.change("desk-confirm", "n_clicks", 1)
    assert "changed in another window" in shown(later, "desk-problem")
    assert later.props["desk-dialog"]["is_open"] is True
    assert later.props["desk-reason"]["value"] == "A guarantor signed."
    later.props["desk-note-text"]["value"] = "Late"
    later.change("desk-note-save", "n_clicks", 1)
    assert "changed in another window" in shown(later, "desk-note-problem")
    view = case_views.get(officer, case_id)
    assert (view.card.decision, view.note) == ("refuse", "")


def test_who_only_sees_a_case_is_offered_no_decision(browser: Callable[..., Any], officer: Desk, run: str) -> None:
    case_id = cases.save(officer, run, Asked(given=RISKY))
    for who, sees in (("colleague", True), ("stranger", False)):
        reader = Reader(browser(who))
        reader.open(f"/desk/cases/{case_id}")
        assert ("Refuse" in shown(reader)) == sees
        assert ("There is no such case" in shown(reader)) != sees
        assert "desk-follow" not in reader.props


# Bad days


def test_a_run_that_is_retired_while_the_page_is_open(reader: Reader, desk: Desk, officer: Desk, run: str) -> None:
    typed_in(reader, run)
    case_id = cases.save(officer, run, Asked(given=SAFE))
    change(desk, run, stage="retired")
    reader.props["desk-decision"]["value"] = "open"
    reader.change("desk-confirm", "n_clicks", 1)
    assert "was retired" in shown(reader, "desk-problem")
    assert "9,500" in shown(reader)  # what was typed stands there still
    reader.open(f"/desk/{run}")
    assert "was retired" in shown(reader)
    reader.open(f"/desk/cases/{case_id}")
    assert "it takes no new applicants" in shown(reader)
    change(desk, run, stage="draft")
    reader.open(f"/desk/cases/{case_id}")
    assert "no longer yours to see" in shown(reader)
    assert "What the score was made of" in shown(reader)
    assert "Show the exact parts" not in shown(reader, "desk-detail")
    reader.open(f"/desk/{run}")
    assert "There is no such approved run" in shown(reader)


def test_a_page_waits_for_the_training_rows_and_goes_on(
    reader: Reader, desk: Desk, run: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backgrounds, "MOST_AT_ONCE", 0)
    change(desk, run, cutoff=0.37)  # that nobody has counted them at yet
    reader.open(f"/desk/{run}")
    assert "The training rows are counted first" in shown(reader)
    assert reader.props["desk-tick"]["disabled"] is False
    with desk.db.write() as session:
        (job,) = leases.claim(session, claimed_by="test", lease_seconds=60, limit=1)
        job_id, attempt = job.id, job.attempt
    backgrounds.execute(desk.db, job_id, attempt, desk.settings)
    reader.change("desk-tick", "n_intervals", 1)
    assert "New applicant" in shown(reader)
    assert reader.props["desk-tick"]["disabled"] is True


def test_a_hand_made_body_gets_the_form(reader: Reader, run: str) -> None:
    given = [7, [], {"given": "x"}, {"given": [1, 2]}, {"given": dict.fromkeys(map(str, range(3000)), "1")}]
    for typed in [
        *(one | {"place": "", "who": "officer"} if isinstance(one, dict) else one for one in given),
        {"place": "?data=x", "who": "officer", "given": RISKY},
        {**TYPED, "who": "colleague"},  # whose session in this browser tab ended
    ]:
        assert "New applicant" in typed_in(reader, run, typed), typed


def test_hand_made_values_get_a_sentence_or_a_score(reader: Reader, run: str) -> None:
    hostile = [
        {"amount": {"x": 1}, "months": None, "home": True},
        {"shoe size": "44"},
        {"amount": "\u0000", "home": "x" * 5000},
        {"amount": "1e999", "months": "-0"},
    ]
    for given in hostile:
        page = typed_in(reader, run, {**TYPED, "given": given, "name": ["x"], "editing": "yes"})
        assert "cannot be scored" in page or "The model suggests" in page, given


def test_an_address_that_names_nobody_shows_the_form(reader: Reader, run: str) -> None:
    for search in ("?row=0", "?row=x", "?row=-1", "?row=1e3", "?data=d", "?row=²"):
        reader.open(f"/desk/{run}{search}")
        assert "New applicant" in shown(reader), search


def test_rows_that_are_not_the_officers_to_see(reader: Reader, run: str) -> None:
    for search in ("?row=45", "?data=absent&row=45", "?row=999999999999"):
        reader.open(f"/desk/{run}{search}")
        assert "There is no such" in shown(reader), search


def test_three_classes_are_not_for_the_desk(browser: Callable[..., Any], desk: Desk, run: str) -> None:
    made = trained(desk, runs.get(desk, run).dataset_id, "Three", target="home", bad_label=None, features=["amount", "months"])
    sharing.share(desk, "run", made, "officer")
    change(desk, made, stage="approved")
    reader = Reader(browser("officer"))
    reader.open("/desk")
    assert "Three: nothing is decided with three classes" in shown(reader)
    reader.open(f"/desk/{made}")
    assert "decides nothing" in shown(reader)


def test_sixty_fields(browser: Callable[..., Any], desk: Desk, tmp_path: Path) -> None:
    """The form and the page stay small enough to be sent at once, and the sheet takes its many values in narrow columns."""
    rng = np.random.default_rng(3)
    columns = rng.normal(size=(60, 400)).round(2)
    bad = rng.random(400) < 1 / (1 + np.exp(-columns[0]))
    names = [f"column_{k}" for k in range(60)]
    lines = [",".join(map(str, row)) + (",yes" if is_bad else ",no") for row, is_bad in zip(columns.T, bad, strict=True)]
    path = tmp_path / "wide.csv"
    path.write_text(",".join([*names, "bad"]) + "\n" + "\n".join(lines) + "\n", encoding="utf-8")
    made = trained(desk, upload(desk, path, name="Wide"), "Wide", features=names)
    sharing.share(desk, "run", made, "officer")
    change(desk, made, stage="approved")
    reader = Reader(browser("officer"))
    reader.open(f"/desk/{made}")
    assert sum(reader.sizes.values()) <= MOST_BYTES
    reader.sizes.clear()
    reader.change("desk-typed", "data", {**TYPED, "given": dict.fromkeys(names, "0.5")})
    assert sum(reader.sizes.values()) <= MOST_BYTES
    assert "sd-sheet-values many" in shown(reader)


# The state of the page


def test_a_row_and_its_values_changed() -> None:
    search = query("d", 44)
    assert search == "?data=d&row=45"
    row = State.of(search, None, "me")
    assert row.asked == Asked(dataset_id="d", row=44)
    editing = State.of(search, row.typed("me", editing=True), "me")
    assert (editing.asked, editing.editing) == (row.asked, True)
    typed = State(Asked(given=RISKY, name="A"), place=search).typed("me")
    assert State.of(search, typed, "me").asked == Asked(given=RISKY, name="A")
    assert State.of("?data=d&row=46", typed, "me").asked == Asked(dataset_id="d", row=45)  # another row, by the address
    assert State.of(search, typed, "another").asked == row.asked
