"""Similar applicants as a use case: who may, at once or in a job, and what a shared run keeps to itself."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from dashapp.usecases import backgrounds, explaining, sharing, similar, studies
from dashapp.usecases.backgrounds import OpenedRun
from dashapp.usecases.desk import Desk
from dashapp.usecases.errors import NotFound, Refused, UnusableData
from dashapp.usecases.explaining import Applicant
from db import leases
from pipeline.similar_results import Similar
from tests.dashapp.comparing import loans_file, trained
from tests.dashapp.prepared import only_run, prepared
from tests.dashapp.uploading import upload

settings = prepared(lambda desk, folder: trained(desk, upload(desk, loans_file(folder / "loans.csv")), "A run", folds=0))


@pytest.fixture
def run(desk: Desk) -> OpenedRun:
    return backgrounds.opened(desk, only_run(desk))


@pytest.fixture
def applicant(desk: Desk, run: OpenedRun) -> Applicant:
    return explaining.of_row(desk, run, 7)


def result_of(desk: Desk, run: OpenedRun, study_id: str) -> Similar:
    found = similar.get(desk, run.view.id, study_id).result
    assert isinstance(found, Similar)
    return found


def test_few_rows_are_looked_through_at_once(desk: Desk, run: OpenedRun, applicant: Applicant) -> None:
    study_id = similar.start(desk, run.view.id, applicant)
    assert studies.get(desk, study_id).card.job is None
    found = result_of(desk, run, study_id)
    assert found.n_rows == 599
    assert dict(found.parts) == {"training": 420, "held_out": 180 - 1}
    assert len(found.rows) == 50
    assert 7 not in [one.row for one in found.rows]
    for one in found.rows[:5]:
        other = explaining.of_row(desk, run, one.row)
        assert dict(zip(found.fields, one.values, strict=True)) == other.values
        assert one.outcome == other.outcome
    assert similar.start(desk, run.view.id, applicant) == study_id


def test_a_typed_applicant_has_no_row_to_leave_out(desk: Desk, run: OpenedRun, applicant: Applicant) -> None:
    typed = Applicant(dict(applicant.values), "Somebody")
    found = result_of(desk, run, similar.start(desk, run.view.id, typed))
    assert found.n_rows == 600
    assert (found.rows[0].row, found.rows[0].distance) == (7, 0.0)


def test_many_rows_are_a_job(desk: Desk, run: OpenedRun, applicant: Applicant, monkeypatch: pytest.MonkeyPatch) -> None:
    at_once = result_of(desk, run, similar.start(desk, run.view.id, applicant))
    monkeypatch.setattr(similar, "MOST_AT_ONCE", 10)
    other = replace(applicant, name="Somebody else", row=8)
    study_id = similar.start(desk, run.view.id, other)
    assert similar.get(desk, run.view.id, study_id).result is None
    with desk.db.write() as session:
        (job,) = leases.claim(session, claimed_by="test", lease_seconds=60, limit=1, kinds=("similar",))
        about = job.id, job.attempt
    similar.execute(desk.db, *about, desk.settings)
    found = result_of(desk, run, study_id)
    assert found.rows[0].row == 7  # the one whose values these are is another row now
    assert [one.row for one in found.rows[1:]] == [one.row for one in at_once.rows if one.row != 8][: len(found.rows) - 1]


def test_rows_stay_with_those_who_see_the_data_set(
    desk: Desk, desk_of: Callable[[str], Desk], run: OpenedRun, applicant: Applicant
) -> None:
    study_id = similar.start(desk, run.view.id, applicant)
    colleague, stranger = desk_of("colleague"), desk_of("stranger")
    sharing.share(desk, "run", run.view.id, "colleague")
    with pytest.raises(Refused, match="without its data set"):
        similar.start(colleague, run.view.id, applicant)
    for act in (lambda: similar.start(stranger, run.view.id, applicant), lambda: similar.get(stranger, run.view.id, study_id)):
        with pytest.raises(NotFound):
            act()
    sharing.share(desk, "dataset", run.view.dataset_id, "colleague")
    with pytest.raises(NotFound):  # whom somebody asked about is theirs
        similar.get(colleague, run.view.id, study_id)
    own = similar.start(colleague, run.view.id, applicant)
    assert own != study_id
    assert result_of(colleague, run, own).n_rows == 599
    sharing.unshare(desk, "dataset", run.view.dataset_id, "colleague")
    with pytest.raises(Refused, match="without its data set"):
        similar.get(colleague, run.view.id, own)


def test_three_classes_are_compared_by_one_of_them(desk: Desk, tmp_path: Path) -> None:
    path = loans_file(tmp_path / "loans.csv")
    path.write_text(path.read_text(encoding="utf-8").replace("own,yes", "own,late"), encoding="utf-8")
    run_id = trained(desk, upload(desk, path), "Three", bad_label=None, folds=0)
    run = backgrounds.opened(desk, run_id)
    applicant = explaining.of_row(desk, run, 3)
    found = result_of(desk, run, similar.start(desk, run_id, applicant, label="late"))
    assert found.label == "late"
    assert sum(n for _, n in found.parts) == found.n_rows == 599
    assert {one.outcome for one in found.rows} <= {"yes", "no", "late"}
    with pytest.raises(UnusableData, match="no log-odds"):
        similar.start(desk, run_id, applicant, label="never")


def test_another_study_is_none_of_these(desk: Desk, run: OpenedRun) -> None:
    counted = backgrounds.start(desk, run.view)
    with pytest.raises(NotFound):
        similar.get(desk, run.view.id, counted)
