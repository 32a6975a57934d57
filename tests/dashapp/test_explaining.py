"""One applicant explained as a use case: who gets the background, who somebody is, what they are held against, what is told."""

import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from sqlalchemy import delete

from dashapp.usecases import backgrounds, datasets, explaining, recalibrating, row_parts, run_scores, runs, segment_references
from dashapp.usecases.backgrounds import OpenedRun, StillCounting
from dashapp.usecases.desk import Desk
from dashapp.usecases.errors import NotFound, PipelineError, Refused
from dashapp.usecases.explaining import Applicant, of_row, reference_of, references_for, told
from db import dataset_rows, studies
from db import datasets as stored_datasets
from db import runs as stored_runs
from db.tables import ScoreChunk
from pipeline.explain_results import APPLICANT, AVERAGE, CLASSES, GOOD, ISOTONIC, OF_CLASS, PASSING, SEGMENT
from pipeline.explaining.exact import explain
from pipeline.scores.row_scores import PARTS, RowScores
from pipeline.terms import design_of
from tests.dashapp.desk_runs import RISKY, change, loans, settings, trained
from tests.dashapp.prepared import only_run
from tests.dashapp.recalibrations import work_off
from tests.dashapp.uploading import upload

__all__ = ["settings"]

RISKY_VALUES = {"amount": 9500.0, "months": 60.0, "home": "rent"}


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    """Each test begins as a process that has opened no run: the database is a copy of the same one."""
    backgrounds._backgrounds.clear()
    row_parts._kept.clear()


@pytest.fixture
def run_id(desk: Desk) -> str:
    return only_run(desk)


@pytest.fixture
def run(desk: Desk, run_id: str) -> OpenedRun:
    return backgrounds.opened(desk, run_id)


@pytest.fixture
def officer(desk_of: Callable[[str], Desk]) -> Desk:
    return desk_of("officer")


@pytest.fixture
def risky() -> Applicant:
    return Applicant(dict(RISKY_VALUES), "A-1")


@pytest.fixture
def as_jobs(monkeypatch: pytest.MonkeyPatch) -> None:
    """All data is large."""
    for module in (backgrounds, segment_references, row_parts):
        monkeypatch.setattr(module, "MOST_AT_ONCE", 0)


def rows_of(desk: Desk, run_id: str) -> tuple[pa.Table, RowScores]:
    with desk.db.read() as session:
        row = stored_runs.get(session, desk.user.id, run_id, with_result=True)
        table = dataset_rows.read_columns(session, stored_datasets.get(session, desk.user.id, row.dataset_id), None)
        return table, run_scores.scores_of(session, desk.user.id, row)


def kinds_of(run: OpenedRun) -> list[str]:
    return [one.kind for one in run.background.references]


# The background


def test_an_officer_explains_with_a_run_whose_rows_they_do_not_see(officer: Desk, run: OpenedRun, run_id: str) -> None:
    found = backgrounds.opened(officer, run_id)
    assert not found.view.sees_dataset
    assert found.background == run.background
    assert found.segments == ("region",)


@pytest.mark.parametrize("name", ["stranger", "admin"])
def test_who_does_not_see_the_run_gets_nothing(desk_of: Callable[[str], Desk], run_id: str, name: str) -> None:
    with pytest.raises(NotFound):
        backgrounds.opened(desk_of(name), run_id)


def test_an_officer_sees_no_draft(desk: Desk, officer: Desk, run_id: str) -> None:
    change(desk, run_id, stage="draft")
    with pytest.raises(NotFound):
        backgrounds.opened(officer, run_id)


def test_two_who_open_a_run_at_once_have_one_background(desk: Desk, officer: Desk, run_id: str) -> None:
    gate, faults = threading.Barrier(2), []

    def open_it(who: Desk) -> None:
        try:
            gate.wait(10)
            backgrounds.opened(who, run_id)
        except Exception as fault:  # noqa: BLE001 - told by the test itself
            faults.append(fault)

    threads = [threading.Thread(target=open_it, args=(who,)) for who in (desk, officer)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert faults == []
    with desk.db.read() as session:
        assert len(studies.visible(session, desk.user.id, kinds=("background",), run_id=run_id)) == 1


def test_many_rows_are_counted_in_a_job_for_all_who_see_the_run(desk: Desk, officer: Desk, run_id: str, as_jobs: None) -> None:
    with pytest.raises(StillCounting) as first:
        backgrounds.opened(officer, run_id)
    with pytest.raises(StillCounting) as second:
        backgrounds.opened(desk, run_id)
    assert first.value.study_id == second.value.study_id
    work_off(desk)
    counted = backgrounds.opened(desk, run_id).background
    assert counted == backgrounds.opened(officer, run_id).background
    assert counted == backgrounds._count(desk.db, desk.user.id, run_id, 0.4)


def test_a_moved_cutoff_has_other_applicants_just_above_it(desk: Desk, run: OpenedRun, run_id: str) -> None:
    change(desk, run_id, cutoff=0.2)
    moved = backgrounds.opened(desk, run_id)
    assert (run.background.cutoff, moved.background.cutoff) == (0.4, 0.2)
    assert moved.background.reference(AVERAGE) == run.background.reference(AVERAGE)
    assert moved.background.reference(PASSING) != run.background.reference(PASSING)
    change(desk, run_id, cutoff=0.4)
    assert backgrounds.opened(desk, run_id).background == run.background


def test_what_was_counted_outlives_the_data_set(desk: Desk, officer: Desk, run: OpenedRun, run_id: str) -> None:
    datasets.delete(desk, run.view.dataset_id)
    assert backgrounds.opened(officer, run_id).background == run.background
    change(desk, run_id, cutoff=0.2)
    later = backgrounds.opened(officer, run_id)
    assert later.background.cutoff == 0.2
    assert kinds_of(later) == [AVERAGE, GOOD]  # who passes at 0.2 is known no more
    assert told(later, Applicant(dict(RISKY_VALUES), "A-1"), later.background.references[0]).reasons_against == (
        "the average applicant"
    )


def test_a_run_whose_rows_went_before_anybody_looked_says_so(desk: Desk, run_id: str) -> None:
    datasets.delete(desk, runs.get(desk, run_id).dataset_id)
    with pytest.raises(Refused, match="data set that this run was trained on is gone"):
        backgrounds.opened(desk, run_id)


def test_a_run_without_a_model_cannot_be_explained(desk: Desk, run_id: str) -> None:
    change(desk, run_id, origin={"kind": "score", "column": "amount", "higher_is": "bad"})
    with pytest.raises(Refused, match="no model to take apart"):
        backgrounds.opened(desk, run_id)


def test_a_recalibrated_run_has_log_odds_before_and_a_probability_after(desk: Desk, run: OpenedRun, risky: Applicant) -> None:
    base = trained(desk, run.view.dataset_id, name="With validation", validation_share=0.3)
    made = recalibrating.start(desk, base, "isotonic", "Recalibrated")
    work_off(desk)
    before, after = (backgrounds.opened(desk, one) for one in (base, made))
    average = [one.background.reference(AVERAGE) for one in (before, after)]
    assert average[0] == average[1]
    assert average[1] is not None
    one, other = (told(which, risky, average[1]).explanation for which in (before, after))
    assert other.link == ISOTONIC
    assert (one.log_odds, one.contributions) == (other.log_odds, other.contributions)
    assert other.probability == pytest.approx(after.model.calibration(np.array([one.probability]))[0])  # type: ignore[misc]
    _, said = rows_of(desk, made)
    score = said.score[said.rows("training")]
    passing = after.background.reference(PASSING)
    assert passing is not None
    assert passing.n_rows >= min(50, (score < 0.4).sum())  # by the recalibrated scores, with all that have the last one's


# Who it is


def test_a_row_is_read_with_its_part_its_outcome_and_its_other_columns(desk: Desk, run: OpenedRun, run_id: str) -> None:
    table, said = rows_of(desk, run_id)
    for row in (0, 17, 1199):
        found = of_row(desk, run, row)
        line = table.slice(row, 1).to_pylist()[0]
        assert found.values == {"amount": float(line["amount"]), "months": float(line["months"]), "home": line["home"]}
        assert found.others == {"key": line["key"], "region": line["region"]}
        assert (found.outcome, found.name, found.row) == (line["bad"], f"row {row + 1:,}", row)
        assert found.part == PARTS[said.part[row]]
        assert explain(run.model, found.values, run.background.references[0]).probability == pytest.approx(said.score[row])


def test_the_part_is_found_without_stored_scores_too(
    desk: Desk, run: OpenedRun, run_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = [of_row(desk, run, row).part for row in range(20)]
    assert len(set(expected)) > 1
    with desk.db.write() as session:
        session.execute(delete(ScoreChunk))
    row_parts._kept.clear()
    assert [of_row(desk, run, row).part for row in range(20)] == expected
    row_parts._kept.clear()
    monkeypatch.setattr(row_parts, "MOST_AT_ONCE", 10)
    assert of_row(desk, run, 0).part is None  # many rows are not scored for that


def test_a_row_of_other_data_has_no_part(desk: Desk, run: OpenedRun, tmp_path: Path) -> None:
    other = loans(desk, tmp_path, n_rows=60, name="Newer")
    found = of_row(desk, run, 3, other)
    assert (found.part, found.name, found.dataset_id) == (None, "row 4 of Newer", other)


@pytest.mark.parametrize("row", [-1, 1200, 10**9])
def test_a_row_that_is_not_there_is_refused(desk: Desk, run: OpenedRun, row: int) -> None:
    with pytest.raises(Refused, match="There is no row") as refused:
        of_row(desk, run, row)
    assert refused.value.fix == "The data set has rows 1 to 1,200."


def test_data_that_lacks_columns_or_holds_texts_for_numbers_is_refused(desk: Desk, run: OpenedRun, tmp_path: Path) -> None:
    path = tmp_path / "short.csv"
    path.write_text("months,home,bad\n" + "6,own,no\n7,rent,yes\n" * 30, "utf-8")
    with pytest.raises(Refused, match="'Short' lacks 'amount'"):
        of_row(desk, run, 0, upload(desk, path, name="Short"))
    path = tmp_path / "texts.csv"
    path.write_text("amount,months,home,bad\n" + "little,6,own,no\nmuch,7,rent,yes\n" * 30, "utf-8")
    with pytest.raises(Refused, match="'amount' holds no numbers here"):
        of_row(desk, run, 0, upload(desk, path, name="Texts"))


def test_rows_are_for_those_who_see_the_data_set(desk: Desk, officer: Desk, run: OpenedRun, run_id: str, tmp_path: Path) -> None:
    mine = loans(desk, tmp_path, n_rows=60, name="Mine")
    seen = backgrounds.opened(officer, run_id)
    for dataset_id in (None, run.view.dataset_id, mine):
        with pytest.raises(NotFound):
            of_row(officer, seen, 0, dataset_id)


# What they are held against


def test_the_menu_offers_what_there_is(desk: Desk, officer: Desk, run: OpenedRun, run_id: str) -> None:
    assert references_for(run) == [
        (AVERAGE, "the average applicant"),
        (GOOD, "the average good applicant"),
        (PASSING, "applicants who just pass"),
        (APPLICANT, "a chosen applicant"),
        (SEGMENT, "the average of a segment"),
    ]
    seen = backgrounds.opened(officer, run_id)
    assert [kind for kind, _ in references_for(seen)] == [AVERAGE, GOOD, PASSING]
    for kind, about in ((APPLICANT, "3"), (SEGMENT, "home: rent")):
        with pytest.raises(Refused, match="without its data set"):
            reference_of(officer, seen, kind, about)


def test_against_themselves_nothing_contributes(desk: Desk, run: OpenedRun) -> None:
    reference = reference_of(desk, run, APPLICANT, "1,018")
    assert (reference.words, reference.n_rows) == ("the applicant in row 1,018", 1)
    account = told(run, of_row(desk, run, 1017), reference).explanation
    assert [part.contribution for part in account.contributions] == pytest.approx([0, 0, 0], abs=1e-12)
    assert account.intercept == pytest.approx(account.log_odds)


@pytest.mark.parametrize("about", ["", "x", "-1", "1.5", "٣", "9" * 30, "0", "1,201"])
def test_a_row_that_is_none_is_refused(desk: Desk, run: OpenedRun, about: str) -> None:
    with pytest.raises(Refused):
        reference_of(desk, run, APPLICANT, about)


@pytest.mark.parametrize(("column", "level"), [("home", "rent"), ("region", "south"), ("months", "20 to 29"), ("home", "free")])
def test_a_segment_is_the_mean_of_its_training_rows(desk: Desk, run: OpenedRun, run_id: str, column: str, level: str) -> None:
    assert level in segment_references.levels_for(desk, run, column)
    found = reference_of(desk, run, SEGMENT, f"{column}: {level}")
    table, said = rows_of(desk, run_id)
    training = said.rows("training")
    values = table.column(column).to_numpy(zero_copy_only=False)[training]
    inside = (values >= 20) & (values < 30) if column == "months" else values == level
    design, _ = design_of(run.model.frame(table), run.model.terms, training[inside])
    np.testing.assert_allclose(found.columns, design.block(0, design.n_rows).mean(axis=0), atol=1e-12)
    assert (found.kind, found.words, found.n_rows) == (SEGMENT, f"the average of {column}: {level}", inside.sum())
    assert reference_of(desk, run, SEGMENT, f"{column}: {level}") == found


def test_a_segment_of_many_rows_is_counted_in_a_job(desk: Desk, run: OpenedRun, as_jobs: None) -> None:
    with pytest.raises(StillCounting) as counting:
        reference_of(desk, run, SEGMENT, "home: rent")
    with pytest.raises(StillCounting) as again:
        reference_of(desk, run, SEGMENT, "home: rent")
    assert counting.value.study_id == again.value.study_id
    work_off(desk)
    found = reference_of(desk, run, SEGMENT, "home: rent")
    assert found == segment_references._count(desk.db, desk.user.id, run.view.id, "home", "rent").reference


@pytest.mark.parametrize(
    ("about", "said"),
    [
        ("", "No segment is chosen"),
        ("home", "No segment is chosen"),
        ("nothing: rent", "No segment is chosen"),
        ("bad: yes", "No segment is chosen"),
        ("home: ", "No level of 'home' is chosen"),
        ("home: a tent", "No row has 'home: a tent'"),
        ("home: (other)", "No row has"),
    ],
)
def test_a_segment_that_is_none_is_refused(desk: Desk, run: OpenedRun, about: str, said: str) -> None:
    with pytest.raises(Refused, match=said.replace("(", r"\(")) as refused:
        reference_of(desk, run, SEGMENT, about)
    assert refused.value.fix


def test_the_columns_of_segments_are_those_of_the_segments_tab(desk: Desk, run: OpenedRun, tmp_path: Path) -> None:
    assert segment_references.columns_for(desk, run) == ["region", "amount", "months", "home"]
    assert segment_references.levels_for(desk, run, "home") == ["free", "own", "rent"]
    for column in ("key", "bad", "nothing"):
        with pytest.raises(Refused, match=f"no segments by '{column}'"):
            segment_references.levels_for(desk, run, column)
    path = tmp_path / "notes.csv"
    path.write_text("amount,note,bad\n" + "".join(f"{k},n{k * k},{'yes' if k % 3 else 'no'}\n" for k in range(4_000)), "utf-8")
    dataset_id = upload(desk, path, name="Notes")
    datasets.set_role(desk, dataset_id, "note", "segment")
    other = backgrounds.opened(desk, trained(desk, dataset_id, features=["amount"]))
    with pytest.raises(Refused, match="too many to be segments"):
        segment_references.levels_for(desk, other, "note")
    with pytest.raises(Refused, match="too many to be segments"):
        reference_of(desk, other, SEGMENT, "note: n4")


def test_a_reference_that_the_run_lacks_is_refused_with_the_reason(desk: Desk, run_id: str) -> None:
    change(desk, run_id, cutoff=0.0)
    run = backgrounds.opened(desk, run_id)
    assert kinds_of(run) == [AVERAGE, GOOD]
    for kind, said in ((PASSING, "Fewer than five training rows pass"), ("whatever", "no such reference")):
        with pytest.raises(Refused, match=said) as refused:
            reference_of(desk, run, kind)
        assert refused.value.fix


# What is told


def test_what_is_told_fits_together(desk: Desk, run: OpenedRun, risky: Applicant) -> None:
    reference = reference_of(desk, run, AVERAGE)
    found = told(run, risky, reference)
    assert found.explanation == explain(run.model, risky.values, reference)
    assert dict(found.probabilities)["yes"] == found.explanation.probability
    assert found.explanation.probability >= 0.4
    assert (found.advice, found.part, found.reasons_against) == ("refuse", "held_out", "applicants who just pass")
    assert found.points is not None
    assert found.points_needed is not None
    assert found.points < found.points_needed
    passing = explain(run.model, risky.values, reference_of(desk, run, PASSING))
    adverse = sorted((-part.contribution, part.field) for part in passing.contributions if part.contribution > 0)
    assert [(-one.contribution, one.field) for one in found.reasons] == adverse[:4]
    other = told(run, risky, reference_of(desk, run, APPLICANT, "1"))
    assert other.reasons == found.reasons  # whatever the exact account is counted against
    assert other.explanation.intercept != found.explanation.intercept


def test_the_position_is_counted_on_held_out_rows(desk: Desk, run: OpenedRun, run_id: str) -> None:
    _, said = rows_of(desk, run_id)
    held_out = np.sort(said.score[said.rows("held_out")])
    row = int(said.rows("held_out")[5])
    found = told(run, of_row(desk, run, row), run.background.references[0]).position
    assert found is not None
    assert (found.n_rows, found.n_safer) == (len(held_out), (held_out < said.score[row] - 1e-12).sum())


def test_segment_columns_and_fields_that_are_kept_back_are_no_reasons(desk: Desk, run: OpenedRun, risky: Applicant) -> None:
    features = ["amount", "months", "home", "region"]
    made = trained(desk, run.view.dataset_id, features=features, interactions=[["amount", "region"], ["amount", "months"]])
    change(desk, made, wording={"months": {"told": False}})
    opened = backgrounds.opened(desk, made)
    assert explaining.untold(opened) == ("months", "region")
    adverse = set()
    for row in range(60):
        applicant = of_row(desk, opened, row)
        found = told(opened, applicant, opened.background.references[0], never=("home",))
        assert found.never == ("home", "months", "region")
        assert {one.field for one in found.reasons} <= {"amount"}
        assert {one.field for one in found.favourable} <= {"amount"}
        against = explain(opened.model, applicant.values, reference_of(desk, opened, PASSING))
        adverse |= {part.field for part in against.contributions if part.contribution > 0}
    assert adverse > {"months", "region", "home", "amount × region", "amount × months"}  # they would have been


def test_three_classes_are_told_each_for_itself(desk: Desk, tmp_path: Path) -> None:
    draw = np.random.default_rng(3)
    wine = draw.choice(["barbera", "dolcetto", "nebbiolo"], 240)
    shift = {"barbera": 0, "dolcetto": 2, "nebbiolo": 4}
    path = tmp_path / "wine.csv"
    path.write_text("acid,kind\n" + "".join(f"{shift[one] + draw.normal():.3f},{one}\n" for one in wine), "utf-8")
    made = trained(desk, upload(desk, path, name="Wine"), target="kind", bad_label=None, features=["acid"])
    run = backgrounds.opened(desk, made)
    labels = run.model.labels
    assert kinds_of(run) == [AVERAGE, *(OF_CLASS + label for label in labels)]
    assert run.background.cutoff is None
    average = reference_of(desk, run, AVERAGE)
    for value, likeliest in ((-1.0, "barbera"), (2.0, "dolcetto"), (5.0, "nebbiolo")):
        found = told(run, Applicant({"acid": value}, "a bottle"), average)
        assert found.explanation.label == likeliest
        assert sum(chance for _, chance in found.probabilities) == pytest.approx(1)
        assert max(found.probabilities, key=lambda one: one[1])[0] == likeliest
        assert found.explanation.link == CLASSES
        assert (found.points, found.advice, found.position, found.reasons, found.reasons_against) == (None, None, None, (), "")
    assert told(run, Applicant({"acid": 5.0}, "a bottle"), average, label="barbera").explanation.label == "barbera"
    with pytest.raises(PipelineError, match="no log-odds for 'merlot'"):
        told(run, Applicant({"acid": 5.0}, "a bottle"), average, label="merlot")
    with pytest.raises(Refused, match="three classes or more"):
        reference_of(desk, run, PASSING)
    assert of_row(desk, run, 7).part in PARTS
    assert of_row(desk, run, 7).outcome == wine[7]
    segment = reference_of(desk, run, SEGMENT, f"acid: {segment_references.levels_for(desk, run, 'acid')[0]}")
    assert 0 < segment.n_rows < run.background.n_rows


def test_values_that_the_model_cannot_take_are_said(desk: Desk, run: OpenedRun) -> None:
    average = reference_of(desk, run, AVERAGE)
    with pytest.raises(PipelineError, match="no value for 'months'"):
        told(run, Applicant({"amount": 1.0, "home": "own"}, "A-1"), average)
    with pytest.raises(PipelineError, match="'amount' is a number"):
        told(run, Applicant({**RISKY_VALUES, "amount": str(RISKY["amount"])}, "A-1"), average)
