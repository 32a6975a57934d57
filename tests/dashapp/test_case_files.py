"""Cases as a file: each line what the case says, of every case that the list is narrowed to and that its reader may see."""

import csv
import io
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from dashapp.usecases import case_files, case_lists, case_views, cases, runs, sharing
from dashapp.usecases.applicants import Asked
from dashapp.usecases.desk import Desk
from db import audit
from tests.dashapp.desk_runs import RISKY, SAFE, change, settings, trained
from tests.dashapp.prepared import only_run

__all__ = ["settings"]

TYPED = Asked(given=RISKY, name="A-2025-0045")


@pytest.fixture
def run(desk: Desk) -> str:
    return only_run(desk)


@pytest.fixture
def officer(desk_of: Callable[[str], Desk]) -> Desk:
    return desk_of("officer")


def lines_of(desk: Desk, **asked: Any) -> list[dict[str, str]]:
    text = b"".join(case_files.csv(desk, **asked).pieces).decode()
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_each_line_is_what_the_case_says(desk: Desk, officer: Desk, run: str) -> None:
    sharing.share(desk, "dataset", dataset := runs.get(desk, run).dataset_id, "officer")
    on_file = cases.save(officer, run, Asked(dataset_id=dataset, row=44))
    typed = cases.save(officer, run, TYPED, note="Called,\nand wrote.", decision="approve", reason='A "guarantor" signed.')
    first, second = lines_of(officer)
    for line, case_id in ((first, typed), (second, on_file)):
        view = case_views.get(officer, case_id)
        told, kept = view.record.told, view.record
        assert (line["case"], line["applicant"], line["run"]) == (case_id, view.card.name, "Scorecard")
        assert (line["model_sha256"], line["saved_by"]) == (view.model_sha256, "Officer")
        assert float(line["probability_of_default"]) == told.explanation.probability  # every digit of it
        assert (int(line["points"]), float(line["cutoff"]), line["advice"]) == (told.points, 0.4, told.advice)
        assert (line["decision"], line["decision_reason"], line["note"]) == (view.card.decision, view.reason, view.note)
        assert datetime.fromisoformat(line["saved_at"]) == view.card.created_at.replace(microsecond=0)
        reasons = [line[f"principal_reason_{rank}"] for rank in range(1, 5)]
        worded = [f"{title} ({detail})" if detail else title for title, detail in kept.reasons]
        assert reasons == [*worded, *[""] * (4 - len(worded))]
        assert int(line["lime_seed"]) == kept.seed
        values = {name: line[f"input_{name}"] for name in ("amount", "months", "home")}
        assert values == {
            name: str(value) if isinstance(value, str) else f"{value:g}" for name, value in view.applicant.values.items()
        }
    assert (first["decided_by"], first["data_set"], first["row"]) == ("Officer", "", "")
    assert datetime.fromisoformat(first["decided_at"]).utcoffset() is not None
    assert (second["decided_by"], second["decided_at"], second["data_set"], second["row"]) == ("", "", "Loans", "45")


def test_the_file_has_what_the_list_is_narrowed_to_and_not_only_what_is_listed(
    officer: Desk, run: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(case_files, "_AT_ONCE", 2)
    for k in range(5):
        cases.save(officer, run, replace(TYPED, name=f"A-{k}"), decision="refuse" if k % 2 else "open")
    for name, show in (("", "all"), ("a-3", "all"), ("", "open"), ("", "decided"), ("", "mine"), ("", "no such")):
        listed = [card.id for card in case_lists.recent(officer, name=name, show=show)]
        assert [line["case"] for line in lines_of(officer, name=name, show=show)] == listed, (name, show)
    assert lines_of(officer, name="nobody") == []


@pytest.mark.parametrize(("who", "sees"), [("analyst", 2), ("colleague", 2), ("officer", 2), ("stranger", 0), ("admin", 0)])
def test_who_takes_which_cases_away(
    desk: Desk, desk_of: Callable[[str], Desk], officer: Desk, run: str, who: str, sees: int
) -> None:
    """With the names of data sets that they may see, and of no other."""
    cases.save(officer, run, TYPED)
    cases.save(desk, run, Asked(dataset_id=runs.get(desk, run).dataset_id, row=44))
    taken = lines_of(desk_of(who))
    assert [line["data_set"] for line in taken] == (["Loans" if who == "analyst" else "", ""] if sees else [])
    change(desk, run, stage="draft")  # a decision stays its maker's own
    assert len(lines_of(officer)) == 1
    assert len(lines_of(desk)) == 2


def test_the_fields_of_several_runs_stand_beside_one_another(desk: Desk, run: str) -> None:
    other = trained(desk, runs.get(desk, run).dataset_id, "Other", features=["amount", "region"])
    change(desk, other, stage="approved")
    cases.save(desk, run, TYPED)
    cases.save(desk, other, Asked(given={"amount": "2500", "region": "north"}))
    first, second = lines_of(desk)
    assert (first["run"], first["input_amount"], first["input_region"], first["input_months"]) == ("Other", "2500", "north", "")
    assert (second["run"], second["input_amount"], second["input_region"], second["input_months"]) == (
        "Scorecard", "9500", "", "60",
    )  # fmt: skip


def test_no_spreadsheet_runs_a_name_or_a_note(officer: Desk, run: str) -> None:
    given = {**SAFE, "home": "@home"}
    cases.save(officer, run, Asked(given=given, name="=HYPERLINK(1)"), note="+1 call", decision="refuse", reason="-")
    made = case_files.csv(officer)
    (line,) = csv.DictReader(io.StringIO(b"".join(made.pieces).decode(), newline=""))
    assert [line[name] for name in ("applicant", "note", "decision_reason", "input_home")] == [
        "'=HYPERLINK(1)", "'+1 call", "'-", "'@home",
    ]  # fmt: skip
    assert made.n_defused == 4


def test_the_file_is_sent_with_its_name_and_who_took_it_is_kept(officer: Desk, browser: Callable[..., Any], run: str) -> None:
    cases.save(officer, run, TYPED)
    answer = browser("officer").post("/api/cases.csv", data={"name": "a-2025", "show": "open"})
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/csv")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="Cases.csv"'
    assert answer.headers["X-Defused-Cells"] == "0"
    header, line = answer.data.decode("utf-8-sig").splitlines()
    assert header.startswith("case,applicant,saved_at,saved_by,run,model_sha256,")
    assert "A-2025-0045" in line
    with officer.db.read() as session:
        (event,) = audit.events_of(session, "cases", str(officer.user.id))
    assert (event.action, event.user_id) == ("downloaded", officer.user.id)
    assert event.details == {"form": "csv", "rows": 1, "named": "a-2025", "show": "open"}
    assert browser("officer").get("/api/cases.csv?name=a-2025").status_code == 404  # a name stands in no address
    assert browser().post("/api/cases.csv").status_code in {400, 401}
    nothing = browser("stranger").post("/api/cases.csv").data.decode("utf-8-sig")
    assert nothing.splitlines() == [header.partition(",input_")[0]]
