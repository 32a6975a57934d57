"""The reasons of every row of a filter as a file: the same as one by one, for those who see the rows, made by a job."""

import csv as reading
import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from dashapp.tabs.explain.reasons import _made
from dashapp.usecases import backgrounds, jobs, reasons_tables, runs, studies
from dashapp.usecases.desk import Desk
from dashapp.usecases.errors import InvalidSpec, NotFound, Refused
from dashapp.usecases.explaining import of_row, reference_of, told
from dashapp.usecases.filters import Condition, Filter
from db import audit, leases, study_tables
from pipeline.explain_results import AVERAGE, PASSING
from pipeline.explaining.reason_rows import ReasonsOf
from pipeline.explaining.wording import Wording
from pipeline.reason_results import ReasonTable
from tests.dashapp.applicants import made_run, recalibrated
from tests.dashapp.desk_runs import change, loans, settings, trained
from tests.dashapp.prepared import only_run
from tests.dashapp.recalibrations import work_off
from tests.dashapp.uploading import upload

__all__ = ["settings"]

TENANTS = Filter(conditions=(Condition("home", "is", "rent"),), low=0.4)


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    backgrounds._backgrounds.clear()


@pytest.fixture
def run_id(desk: Desk) -> str:
    return only_run(desk)


def made(desk: Desk, run_id: str, wanted: Filter = TENANTS, **more: Any) -> str:
    study_id = reasons_tables.start(desk, run_id, wanted, **more)
    work_off(desk)
    return study_id


def result_of(desk: Desk, run_id: str, study_id: str) -> ReasonTable:
    view = reasons_tables.get(desk, run_id, study_id)
    assert isinstance(view.result, ReasonTable), view.card.job
    return view.result


def lines_of(desk: Desk, study_id: str) -> list[dict[str, str]]:
    text = b"".join(reasons_tables.csv(desk, study_id).pieces).decode()
    return list(reading.DictReader(io.StringIO(text, newline="")))


def test_each_line_is_what_is_told_of_that_applicant(desk: Desk, run_id: str) -> None:
    study_id = made(desk, run_id, replace(TENANTS, order="riskiest"))
    lines, run = lines_of(desk, study_id), backgrounds.opened(desk, run_id)
    assert len(lines) > 20
    assert [int(line["row"]) for line in lines] == sorted(int(line["row"]) for line in lines)
    for line in lines:
        applicant = of_row(desk, run, int(line["row"]) - 1)
        found = told(run, applicant, reference_of(desk, run, AVERAGE))
        assert (applicant.part, applicant.values["home"]) == ("held_out", "rent")
        assert float(line["probability_of_default"]) == pytest.approx(found.explanation.probability, abs=1e-12)
        assert (int(line["points"]), line["decision"]) == (found.points, found.advice) == (found.points, "refuse")
        fields = [line[f"reason_{k}_field"] for k in range(1, 5)]
        assert [field for field in fields if field] == [reason.field for reason in found.reasons]
        for reason in found.reasons:
            assert float(line[f"reason_{reason.rank}_contribution"]) == pytest.approx(reason.contribution, abs=1e-12)
            assert line[f"reason_{reason.rank}_words"]
    result = result_of(desk, run_id, study_id)
    assert (result.n_rows, result.n_refused, result.cutoff) == (len(lines), len(lines), 0.4)
    assert result.against == "applicants who just pass"
    counted = {one.field: (one.n_first, one.n_any) for one in result.counts}
    for field, (n_first, n_any) in counted.items():
        assert n_first == sum(line["reason_1_field"] == field for line in lines)
        assert n_any == sum(field in {line[f"reason_{k}_field"] for k in range(1, 5)} for line in lines)


def _in_halves(monkeypatch: pytest.MonkeyPatch) -> None:
    """The rows of each chunk in two pieces, as if the data set had twice as many."""
    chunks = reasons_tables.some

    def halves(*given: Any) -> Any:
        for table, inside in chunks(*given):
            half = len(inside) // 2
            yield table.slice(0, half), inside[:half]
            yield table.slice(half), inside[half:]

    monkeypatch.setattr(reasons_tables, "some", halves)


def test_all_rows_in_several_pieces_though_a_worker_is_killed_between_two(
    desk: Desk, run_id: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A line for each row, approved ones too; the same in two pieces, and where the first attempt dies after one of them.

    A newer upload has no part in it.
    """
    loans(desk, tmp_path, n_rows=60, name="Newer")
    study_id = made(desk, run_id, Filter(part="all"))
    lines = lines_of(desk, study_id)
    assert [int(line["row"]) for line in lines] == list(range(1, 1201))
    assert {line["decision"] for line in lines} == {"approve", "refuse"}
    _in_halves(monkeypatch)
    change(desk, run_id, wording={"amount": {"label": "Amount"}})  # other words are another table
    again = reasons_tables.start(desk, run_id, Filter(part="all"))
    whole, done = reasons_tables._of_chunk, []

    def killed(of: Any, table: Any, rows: Any) -> Any:
        done.append(len(rows))
        if len(done) == 2:
            raise SystemExit  # as a kill, it is no fault that the attempt could still write down
        return whole(of, table, rows)

    with monkeypatch.context() as patch:
        patch.setattr(reasons_tables, "_of_chunk", killed)
        with pytest.raises(SystemExit):
            work_off(desk)
    card = reasons_tables.get(desk, run_id, again).card
    with desk.db.write() as session:
        assert study_tables.n_chunks(session, again) == 1  # what the killed attempt has stored
        assert card.job is not None
        assert card.job.state == "running"
        leases.lose_attempt(session, job_id=card.job.id, attempt=1, reason="The process that did the work died.")
    with pytest.raises(Refused, match="not made yet"):
        reasons_tables.csv(desk, again)
    work_off(desk)
    with desk.db.read() as session:
        assert (study_tables.n_chunks(session, study_id), study_tables.n_chunks(session, again)) == (1, 2)
    plain = [{name: cell for name, cell in line.items() if "words" not in name} for line in lines]
    assert [{name: cell for name, cell in line.items() if "words" not in name} for line in lines_of(desk, again)] == plain
    assert result_of(desk, run_id, again) == result_of(desk, run_id, study_id)


def test_the_same_again_is_the_table_that_is_there(desk: Desk, run_id: str) -> None:
    first = made(desk, run_id)
    assert reasons_tables.start(desk, run_id, TENANTS) == first
    assert reasons_tables.start(desk, run_id, replace(TENANTS, order="safest")) == first
    assert [card.id for card in reasons_tables.made(desk, run_id)] == [first]
    other = made(desk, run_id, kind=AVERAGE)
    assert other != first
    assert result_of(desk, run_id, other).against == "the average applicant"
    change(desk, run_id, cutoff=0.5)
    assert reasons_tables.start(desk, run_id, TENANTS) not in {first, other}


def test_who_sees_the_rows_gets_the_table(desk: Desk, desk_of: Callable[[str], Desk], run_id: str) -> None:
    study_id = made(desk, run_id)
    for name in ("colleague", "officer", "stranger", "admin"):  # the first two see the run, and not its data set
        other = desk_of(name)
        with pytest.raises(NotFound):
            reasons_tables.csv(other, study_id)
        with pytest.raises(NotFound):
            reasons_tables.get(other, run_id, study_id)
        with pytest.raises((NotFound, Refused)) as refused:
            reasons_tables.start(other, run_id, TENANTS)
        assert isinstance(refused.value, Refused) == (name in {"colleague", "officer"})
    assert reasons_tables.made(desk_of("colleague"), run_id) == []
    with pytest.raises(NotFound):
        reasons_tables.made(desk_of("stranger"), run_id)
    with desk.db.read() as session:
        assert [event.user_id for event in audit.events_of(session, "study", study_id) if event.action == "downloaded"] == []
    reasons_tables.csv(desk, study_id)
    with desk.db.read() as session:
        [event] = [event for event in audit.events_of(session, "study", study_id) if event.action == "downloaded"]
    assert (event.user_id, event.details["form"]) == (desk.user.id, "reasons")


def test_the_file_is_sent_with_its_name(desk: Desk, browser: Callable[..., Any], run_id: str) -> None:
    study_id = reasons_tables.start(desk, run_id, TENANTS)
    analyst = browser("analyst")
    address = f"/api/studies/{study_id}/reasons.csv"
    waiting = analyst.get(address)
    assert waiting.status_code == 422
    assert "not made yet" in waiting.text
    work_off(desk)
    answer = analyst.get(address)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/csv")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="Reasons-of-Scorecard.csv"'
    assert answer.headers["X-Defused-Cells"] == "0"
    assert answer.text.splitlines()[0].startswith("\ufeffrow,probability_of_default,points,decision,reason_1_field,")
    for name in ("officer", "stranger"):
        assert browser(name).get(address).status_code == 404
    background = backgrounds.start(desk, runs.get(desk, run_id))
    assert analyst.get(f"/api/studies/{background}/reasons.csv").status_code == 404


def test_what_a_spreadsheet_would_run_is_defused(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "formulas.csv"
    lines = [f"{'=HYPERLINK(1)' if k % 3 else 'own'},{k % 7},{'yes' if k % 3 and k % 2 else 'no'}" for k in range(300)]
    path.write_text("home,months,bad\n" + "\n".join(lines) + "\n", "utf-8")
    run_id = trained(desk, upload(desk, path, name="Formulas"), features=["home", "months"])
    change(desk, run_id, wording={"home": {"levels": [["=HYPERLINK(1)", "+ more"]]}})
    study_id = made(desk, run_id, Filter(part="all"))
    cells = [cell for line in lines_of(desk, study_id) for cell in line.values()]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "@"))]
    n_defused = sum(cell.startswith("'") for cell in cells)
    assert result_of(desk, run_id, study_id).n_defused == reasons_tables.csv(desk, study_id).n_defused == n_defused > 100


def test_fields_that_are_kept_back_are_in_no_line(desk: Desk, run_id: str) -> None:
    made_id = trained(desk, runs.get(desk, run_id).dataset_id, features=["amount", "months", "home", "region"])
    change(desk, made_id, wording={"months": {"told": False}})
    study_id = made(desk, made_id, Filter(part="all"))
    fields = {line[f"reason_{k}_field"] for line in lines_of(desk, study_id) for k in range(1, 5)}
    assert fields == {"", "amount", "home"}
    assert result_of(desk, made_id, study_id).never == ("months", "region")


REFUSED: tuple[tuple[Filter, dict[str, str], str], ...] = (
    (Filter(low=0.99999, high=1.0), {}, "No applicant fits the filter"),
    (Filter(conditions=(Condition("nothing", "is", "1"),)), {}, "no column 'nothing'"),
    (TENANTS, {"kind": "applicant", "about": "0"}, "There is no row 0"),
    (TENANTS, {"kind": "whatever"}, "no such reference"),
)


def test_what_cannot_be_told_is_refused(desk: Desk, run_id: str) -> None:
    for wanted, more, said in REFUSED:
        with pytest.raises((Refused, InvalidSpec), match=said):
            reasons_tables.start(desk, run_id, wanted, **more)


def test_three_classes_have_no_reasons(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "wine.csv"
    path.write_text("acid,kind\n" + "".join(f"{k % 10},{'abc'[k % 3]}\n" for k in range(120)), "utf-8")
    run_id = trained(desk, upload(desk, path, name="Wine"), target="kind", bad_label=None, features=["acid"])
    with pytest.raises(Refused, match="refuses nobody"):
        reasons_tables.start(desk, run_id, Filter())


def test_a_cutoff_that_moves_while_the_job_waits_ends_it_with_a_sentence(desk: Desk, run_id: str) -> None:
    study_id = reasons_tables.start(desk, run_id, TENANTS)
    change(desk, run_id, cutoff=0.5)
    work_off(desk)
    view = reasons_tables.get(desk, run_id, study_id)
    assert view.result is None
    assert view.card.job is not None
    assert (view.card.job.state, view.card.job.error) == (
        "failed",
        "The run's cut-off was moved while the table waited. Start it again.",
    )


def test_a_cancelled_table_is_none_and_can_be_made_again(desk: Desk, run_id: str, monkeypatch: pytest.MonkeyPatch) -> None:
    study_id = reasons_tables.start(desk, run_id, TENANTS)
    view = reasons_tables.get(desk, run_id, study_id)
    assert view.card.job is not None
    job_id, whole = view.card.job.id, reasons_tables._of_chunk

    def cancelled(of: Any, table: Any, rows: Any) -> Any:
        jobs.cancel(desk, job_id)
        return whole(of, table, rows)

    with monkeypatch.context() as patch:
        patch.setattr(reasons_tables, "_of_chunk", cancelled)
        patch.setattr("dashapp.usecases.work.REPORT_SECONDS", -1.0)
        work_off(desk)
    view = reasons_tables.get(desk, run_id, study_id)
    assert view.card.job is not None
    assert (view.card.job.state, view.result) == ("cancelled", None)
    with pytest.raises(Refused, match="not made yet"):
        reasons_tables.csv(desk, study_id)
    studies.retry(desk, study_id)
    work_off(desk)
    assert result_of(desk, run_id, study_id).n_rows == len(lines_of(desk, study_id)) > 0


def test_a_deleted_table_takes_its_pieces_along(desk: Desk, run_id: str) -> None:
    study_id = made(desk, run_id)
    studies.delete(desk, study_id)
    with desk.db.read() as session:
        assert study_tables.n_chunks(session, study_id) == 0
    with pytest.raises(NotFound):
        reasons_tables.csv(desk, study_id)


def test_against_a_segment_and_a_chosen_applicant(desk: Desk, run_id: str) -> None:
    run = backgrounds.opened(desk, run_id)
    for kind, about in (("segment", "region: south"), ("applicant", "12")):
        study_id = made(desk, run_id, kind=kind, about=about)
        reference = reference_of(desk, run, kind, about)
        line = lines_of(desk, study_id)[0]
        account = told(run, of_row(desk, run, int(line["row"]) - 1), reference).explanation
        largest = max(account.contributions, key=lambda part: part.contribution)
        assert (line["reason_1_field"], float(line["reason_1_contribution"])) == (
            largest.field,
            pytest.approx(largest.contribution),
        )
        assert result_of(desk, run_id, study_id).against == reference.words
    assert reference_of(desk, run, PASSING).kind == PASSING


def test_of_a_recalibrated_run_the_log_odds_are_said_to_be_those_before() -> None:
    run = made_run()
    for one in (run, recalibrated(run)):
        of = ReasonsOf(one.model, one.background.references[0], 0.4, {}, Wording(), frozenset())
        made = reasons_tables._Sums(n_groups=len(of.groups)).result(of)
        assert made.is_recalibrated == (one is not run)
        assert ("log-odds are those before" in str(_made("id", made, Wording()))) == (one is not run)
