"""Training a queued run, in this process: what is stored, and who is told what when it cannot be."""

from types import SimpleNamespace

import pytest

from dashapp.settings import Settings
from dashapp.usecases import training, work
from db import audit, dataset_rows, datasets, jobs, leases
from db.errors import NotReady
from pipeline.errors import Stopped
from pipeline.model import FittedModel
from pipeline.results import Progress, RunResult
from tests.jobs.conftest import Works

SPEC = {"target": "bad", "bad_label": "yes", "seed": 3}


def claim(works: Works, by: str = "one", lease_seconds: float = 30) -> int:
    with works.db.write() as session:
        [job] = leases.claim(session, claimed_by=by, lease_seconds=lease_seconds, limit=1)
    return job.attempt


def execute(works: Works, job_id: str, attempt: int) -> None:
    training.execute(works.db, job_id, attempt, Settings())


def test_a_run_is_stored_whole(works: Works) -> None:
    job_id = works.queue("train", **SPEC)
    execute(works, job_id, claim(works))
    run, job = works.run(job_id), works.job(job_id)
    assert (run.state, job.state, job.share_done, run.error) == ("succeeded", "succeeded", 1.0, None)
    result = RunResult.from_json(run.result)
    assert (run.auc, run.auc_low, run.auc_high) == (result.test.auc, result.test.auc_low, result.test.auc_high)
    assert run.auc == 1.0  # x tells good from bad without a fault
    model = FittedModel.from_json(run.model)
    assert (model.to_json(), model.sha256) == (run.model, run.model_sha256)
    assert run.spec["features"] == ["x"]  # as used, not as asked for
    assert run.finished_at is not None
    assert [(event.action, event.details["attempt"]) for event in works.ends(job_id)] == [("succeeded", 1)]


def test_two_equal_runs_give_the_same_model(works: Works) -> None:
    hashes = set()
    for _ in range(2):
        job_id = works.queue("train", **SPEC)
        execute(works, job_id, claim(works))
        hashes.add(works.run(job_id).model_sha256)
    assert len(hashes) == 1


def test_a_run_on_all_rows_has_no_held_out_figure(works: Works) -> None:
    job_id = works.queue("train", **SPEC, test_share=0)
    execute(works, job_id, claim(works))
    run = works.run(job_id)
    assert (run.state, run.auc, run.auc_low, run.auc_high) == ("succeeded", None, None, None)


@pytest.mark.parametrize(
    ("spec", "told"),
    [
        ({"target": "bad", "features": ["absent"]}, "no column 'absent'"),
        ({"target": "bad", "bad_label": "maybe"}, "maybe"),
        ({"target": ""}, "choose one"),
    ],
    ids=["column", "label", "option"],
)
def test_what_the_user_can_mend_fails_at_once_with_the_remedy(works: Works, spec: dict[str, object], told: str) -> None:
    job_id = works.queue("train", **spec)
    execute(works, job_id, claim(works))
    job, run = works.job(job_id), works.run(job_id)
    assert (job.state, job.attempt, run.state, run.error) == ("failed", 1, "failed", job.error)
    assert told in (job.error or "")
    assert [event.action for event in works.ends(job_id)] == ["failed"]


def test_a_data_set_that_is_gone_fails_the_run(works: Works) -> None:
    job_id = works.queue("train", **SPEC)
    with works.db.write() as session:
        datasets.delete(session, owner_id=works.owner_id, dataset_id=works.dataset_id)
    execute(works, job_id, claim(works))
    assert works.job(job_id).state == "failed"
    assert "no such data set" in (works.job(job_id).error or "")


def test_a_fault_of_ours_goes_to_the_supervisor_and_leaves_the_job_to_it(works: Works, monkeypatch) -> None:
    def fail(*_about: object, **_named: object) -> None:
        raise NotReady("The database does not answer.")

    monkeypatch.setattr(dataset_rows, "read_columns", fail)
    job_id = works.queue("train", **SPEC)
    attempt = claim(works)
    with pytest.raises(NotReady):
        execute(works, job_id, attempt)
    assert works.job(job_id).state == "running"
    assert work.lose(works.db, job_id, attempt, "lost") == "queued"
    assert works.ends(job_id) == []


def test_a_cancelled_run_stops_at_its_next_step_and_stores_nothing(works: Works) -> None:
    job_id = works.queue("train", **SPEC)
    attempt = claim(works)
    with works.db.write() as session:
        jobs.request_cancel(session, owner_id=works.owner_id, job_id=job_id)
    execute(works, job_id, attempt)
    run = works.run(job_id)
    assert (run.state, run.model, run.result, run.error) == ("cancelled", None, None, None)
    assert [event.action for event in works.ends(job_id)] == ["cancelled"]


def test_an_attempt_that_lost_its_job_stores_nothing(works: Works, monkeypatch) -> None:
    """The job is given to another while the model trains; the first attempt's result comes late."""
    real = work.Attempt.success

    def lose_the_lease(attempt):
        assert claim(works, "two") == 2
        return real(attempt)

    job_id = works.queue("train", **SPEC)
    attempt = claim(works, lease_seconds=-1)
    monkeypatch.setattr(work.Attempt, "success", lose_the_lease)
    execute(works, job_id, attempt)
    run, job = works.run(job_id), works.job(job_id)
    assert (job.state, job.attempt, job.claimed_by, run.state, run.model) == ("running", 2, "two", "running", None)
    assert works.ends(job_id) == []
    monkeypatch.undo()
    execute(works, job_id, 2)
    execute(works, job_id, 2)  # the same attempt, delivered twice
    assert [(event.action, event.details["attempt"]) for event in works.ends(job_id)] == [("succeeded", 2)]


def test_progress_is_written_at_most_twice_a_second(works: Works, monkeypatch) -> None:
    written = []
    real = leases.set_progress
    monkeypatch.setattr(leases, "set_progress", lambda *about, **named: written.append(named) or real(*about, **named))
    moments = iter([100.0 + tenth / 10 for tenth in range(200)])
    monkeypatch.setattr(work, "time", SimpleNamespace(monotonic=lambda: next(moments)))
    job_id = works.queue("train", **SPEC)
    claim(works)
    attempt = work.Attempt(works.db, works.job(job_id), n_rows=1000)
    for step in range(1, 51):
        attempt.report(Progress(step, 100, f"Step {step}"))
    assert 10 <= len(written) <= 11  # 5 seconds went by
    last = written[-1]
    elapsed = attempt._reported - attempt._started
    assert last["rows_per_second"] == pytest.approx(1000 * last["share_done"] / elapsed)
    assert last["seconds_left"] == pytest.approx(elapsed / last["share_done"] - elapsed)


def test_reporting_raises_stopped_for_a_cancel_and_superseded_for_a_lost_lease(works: Works) -> None:
    job_id = works.queue("train", **SPEC)
    attempt = claim(works, lease_seconds=-1)
    with works.db.read() as session:
        job = jobs.get(session, works.owner_id, job_id)
    with works.db.write() as session:
        jobs.request_cancel(session, owner_id=works.owner_id, job_id=job_id)
    with pytest.raises(Stopped):
        work.Attempt(works.db, job).report(Progress(1, 2, "x"))
    with works.db.write() as session:
        assert leases.finish(session, job_id=job_id, attempt=attempt, state="cancelled")
        jobs.retry(session, owner_id=works.owner_id, job_id=job_id)
    with pytest.raises(work.Superseded):
        work.Attempt(works.db, job).report(Progress(1, 2, "x"))


def test_the_trail_of_a_run_that_lost_its_last_attempt_says_so(works: Works) -> None:
    job_id = works.queue("train", **SPEC)
    for attempt in (1, 2, 3):
        assert claim(works) == attempt
        work.lose(works.db, job_id, attempt, f"reason {attempt}")
    with works.db.read() as session:
        [event] = audit.events_of(session, "run", works.job(job_id).run_id or "")
    assert (event.action, event.details) == ("failed", {"attempt": 3, "error": "reason 3"})
