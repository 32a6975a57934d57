"""The queue: each job goes to one worker at a time, and only the attempt that holds it changes it."""

import multiprocessing
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from db import jobs, leases, runs
from db.engine import Database
from db.errors import Conflict
from db.tables import Job, Run, now
from tests.db.conftest import Cast

DEAD = -1.0  # seconds: a lease that ran out already, as of a worker that fell silent


def state(db: Database, job: Job) -> Job:
    with db.read() as session:
        return jobs.get(session, job.owner_id, job.id)


def run_of(db: Database, job: Job) -> Run:
    with db.read() as session:
        return runs.get(session, job.owner_id, job.run_id)


def claim(db: Database, by: str = "one", lease_seconds: float = 30, limit: int = 10, **more) -> list[Job]:
    with db.write() as session:
        return leases.claim(session, claimed_by=by, lease_seconds=lease_seconds, limit=limit, **more)


def another(db: Database, job: Job, kind: str = "train") -> Job:
    with db.write() as session:
        old = session.get(Run, job.run_id)
        run = runs.add(session, owner_id=job.owner_id, dataset_id=old.dataset_id, name="More", spec={}, cutoff=0.5)
        return jobs.enqueue(session, kind=kind, owner_id=job.owner_id, run_id=run.id)


def test_a_queued_job_is_claimed_once(db: Database, job: Job) -> None:
    [claimed] = claim(db)
    assert (claimed.id, claimed.state, claimed.attempt, claimed.claimed_by) == (job.id, "running", 1, "one")
    assert timedelta(seconds=28) < claimed.lease_until - now() < timedelta(seconds=31)
    assert claim(db, "two") == []


def test_the_oldest_go_first_and_no_more_than_asked_for(db: Database, job: Job) -> None:
    more = [another(db, job) for _ in range(3)]
    with db.read() as session:
        assert [jobs.position_in_queue(session, job.owner_id, waiting.id) for waiting in (job, *more)] == [1, 2, 3, 4]
    assert [claimed.id for claimed in claim(db, limit=2)] == [job.id, more[0].id]
    assert [claimed.id for claimed in claim(db, limit=2)] == [more[1].id, more[2].id]
    with db.read() as session:
        assert jobs.position_in_queue(session, job.owner_id, job.id) is None


def test_a_look_tells_whether_a_claim_would_find_something(db: Database, job: Job) -> None:
    def looks(kinds=None) -> bool:
        with db.read() as session:
            return leases.anything_to_claim(session, kinds)

    assert (looks(), looks({"train"}), looks({"profile"})) == (True, True, False)
    claim(db)
    assert looks() is False


def test_only_known_kinds_are_claimed(db: Database, job: Job) -> None:
    assert claim(db, kinds={"profile"}) == []
    assert [claimed.id for claimed in claim(db, kinds={"profile", "train"})] == [job.id]


def test_two_claims_at_the_same_time_never_get_the_same_job(db: Database, job: Job) -> None:
    second = another(db, job)
    with ThreadPoolExecutor(1) as other:
        with db.write() as session:
            first_claim = leases.claim(session, claimed_by="one", lease_seconds=30, limit=1)
            future = other.submit(claim, db, "two")
            time.sleep(0.3)  # the other has looked for jobs by now, or waits for this transaction
        assert [claimed.id for claimed in first_claim] == [job.id]
        assert [claimed.id for claimed in future.result()] == [second.id]
    assert state(db, job).claimed_by == "one"


def claim_some(url: str) -> list[str]:
    database = Database(url)
    claimed: list[str] = []
    while True:
        with database.write() as session:
            got = leases.claim(session, claimed_by="any", lease_seconds=30, limit=2)
        if not got:
            database.dispose()
            return claimed
        claimed += [job.id for job in got]


def test_supervisors_at_once_share_the_jobs(url: str, db: Database, job: Job) -> None:
    queued = {job.id} | {another(db, job).id for _ in range(15)}
    with multiprocessing.get_context("spawn").Pool(3) as pool:
        shares = pool.map(claim_some, [url] * 3, chunksize=1)
    claimed = [job_id for share in shares for job_id in share]
    assert sorted(claimed) == sorted(queued)  # each of them, once


def test_a_job_whose_worker_fell_silent_goes_to_another(db: Database, job: Job) -> None:
    claim(db, lease_seconds=DEAD)
    [again] = claim(db, "two")
    assert (again.id, again.attempt, again.claimed_by) == (job.id, 2, "two")


def test_a_sign_of_life_keeps_the_job(db: Database, job: Job) -> None:
    claim(db, lease_seconds=DEAD)
    with db.write() as session:
        assert leases.extend_leases(session, claimed_by="two", job_ids=[job.id], lease_seconds=30) == set()
        assert leases.extend_leases(session, claimed_by="one", job_ids=[job.id, "absent"], lease_seconds=30) == {job.id}
    assert claim(db, "two") == []


def test_what_an_earlier_attempt_still_sends_is_refused(db: Database, job: Job) -> None:
    claim(db, lease_seconds=DEAD)
    claim(db, "two")
    with db.write() as session:
        assert leases.start_run(session, job_id=job.id, attempt=1) is False
        assert leases.set_progress(session, job_id=job.id, attempt=1, share_done=0.9, doing="late") is False
        assert leases.finish(session, job_id=job.id, attempt=1, state="succeeded") is False
        assert leases.lose_attempt(session, job_id=job.id, attempt=1, reason="late") is None
        assert leases.release(session, job_id=job.id, attempt=1) is False
    held = state(db, job)
    assert (held.state, held.attempt, held.share_done, held.claimed_by) == ("running", 2, 0.0, "two")
    with db.write() as session:
        assert leases.finish(session, job_id=job.id, attempt=2, state="succeeded") is True
        assert leases.finish(session, job_id=job.id, attempt=2, state="succeeded") is False  # nor twice by the same
    assert (state(db, job).state, run_of(db, job).state) == ("succeeded", "succeeded")


def test_progress_is_shown(db: Database, job: Job) -> None:
    claim(db)
    with db.write() as session:
        assert leases.start_run(session, job_id=job.id, attempt=1)
        assert leases.set_progress(
            session, job_id=job.id, attempt=1, share_done=0.4, doing="x" * 500, rows_per_second=1e6, seconds_left=3.5
        )
    shown = state(db, job)
    assert (shown.share_done, shown.doing, shown.rows_per_second, shown.seconds_left) == (0.4, "x" * 200, 1e6, 3.5)
    assert run_of(db, job).state == "running"


def test_three_silent_attempts_fail_the_job_and_its_run_with_a_reason(db: Database, job: Job) -> None:
    for attempt in (1, 2, 3):
        assert [claimed.attempt for claimed in claim(db, lease_seconds=DEAD)] == [attempt]
    assert claim(db) == []
    ended, run = state(db, job), run_of(db, job)
    assert (ended.state, run.state) == ("failed", "failed")
    assert "3 times" in ended.error == run.error
    assert ended.finished_at is not None
    assert run.finished_at is not None


def test_three_lost_attempts_fail_the_job_with_the_last_reason(db: Database, job: Job) -> None:
    for attempt, then in ((1, "queued"), (2, "queued"), (3, "failed")):
        claim(db)
        with db.write() as session:
            assert leases.lose_attempt(session, job_id=job.id, attempt=attempt, reason=f"reason {attempt}") == then
        assert (state(db, job).state, run_of(db, job).state) == (then, then)
    assert run_of(db, job).error == state(db, job).error == "reason 3"


def test_a_shutdown_gives_the_job_back_without_burning_an_attempt(db: Database, job: Job) -> None:
    for attempt in (1, 2, 3, 4):
        assert claim(db)[0].attempt == attempt  # the fence goes up all the same
        with db.write() as session:
            assert leases.release(session, job_id=job.id, attempt=attempt)
        assert (state(db, job).state, run_of(db, job).state) == ("queued", "queued")
    for _ in range(3):
        assert claim(db, lease_seconds=DEAD)
    assert claim(db) == []
    assert state(db, job).state == "failed"


def test_a_queued_job_is_cancelled_at_once(db: Database, cast: Cast, job: Job) -> None:
    with db.write() as session:
        jobs.request_cancel(session, owner_id=cast.owner, job_id=job.id)
    assert (state(db, job).state, run_of(db, job).state) == ("cancelled", "cancelled")
    assert claim(db) == []


def test_a_running_job_is_asked_to_stop(db: Database, cast: Cast, job: Job) -> None:
    claim(db)
    with db.write() as session:
        assert leases.is_cancelled(session, job.id) is False
        jobs.request_cancel(session, owner_id=cast.owner, job_id=job.id)
    assert state(db, job).state == "running"
    with db.write() as session:
        assert leases.set_progress(session, job_id=job.id, attempt=1, share_done=0.5, doing="x") is False
        assert leases.is_cancelled(session, job.id) is True


@pytest.mark.parametrize("way", ["silent", "lost", "released"])
def test_a_cancelled_job_never_starts_again(db: Database, cast: Cast, job: Job, way: str) -> None:
    claim(db, lease_seconds=DEAD)
    with db.write() as session:
        jobs.request_cancel(session, owner_id=cast.owner, job_id=job.id)
        if way == "lost":
            leases.lose_attempt(session, job_id=job.id, attempt=1, reason="killed")
        if way == "released":
            leases.release(session, job_id=job.id, attempt=1)
    assert claim(db) == []
    assert (state(db, job).state, run_of(db, job).state, run_of(db, job).error) == ("cancelled", "cancelled", None)


def test_what_has_ended_is_neither_cancelled_nor_repeated(db: Database, cast: Cast, job: Job) -> None:
    claim(db)
    with db.write() as session:
        leases.finish(session, job_id=job.id, attempt=1, state="succeeded")
        with pytest.raises(Conflict, match="ended already"):
            jobs.request_cancel(session, owner_id=cast.owner, job_id=job.id)
        with pytest.raises(Conflict, match="succeeded"):
            jobs.retry(session, owner_id=cast.owner, job_id=job.id)


def test_a_failed_job_is_repeated_with_all_its_attempts(db: Database, cast: Cast, job: Job) -> None:
    for _ in range(3):
        claim(db, lease_seconds=DEAD)
    claim(db)
    with db.write() as session:
        jobs.retry(session, owner_id=cast.owner, job_id=job.id)
    assert (run_of(db, job).state, run_of(db, job).error, state(db, job).error) == ("queued", None, None)
    assert [claim(db, lease_seconds=DEAD)[0].attempt for _ in range(3)] == [4, 5, 6]
    assert claim(db) == []
    assert state(db, job).state == "failed"


def test_lists_of_jobs(db: Database, cast: Cast, job: Job) -> None:
    newer = another(db, job)
    claim(db, limit=1)
    with db.write() as session:
        leases.finish(session, job_id=job.id, attempt=1, state="succeeded")
    with db.read() as session:
        assert [row.id for row in jobs.active(session, cast.owner)] == [newer.id]
        assert [row.id for row in jobs.recent(session, cast.owner, 10)] == [newer.id, job.id]
        assert [row.id for row in jobs.recent(session, cast.owner, 1)] == [newer.id]
        assert [(row.id, run.name) for row, run in jobs.with_runs(session, cast.owner, active=True)] == [(newer.id, "More")]
        assert [run.name for _, run in jobs.with_runs(session, cast.owner, active=False, limit=5)] == ["More", "First"]
        assert jobs.of_runs(session, [job.run_id, newer.run_id, "absent"]).keys() == {job.run_id, newer.run_id}
        assert jobs.of_runs(session, []) == {}
