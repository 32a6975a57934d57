"""The model leaves as it is stored, for those who may open the run."""

import hashlib
from collections.abc import Callable
from typing import Any

from dashapp.settings import Settings
from dashapp.usecases import jobs, runs, sharing, training
from dashapp.usecases.desk import Desk
from db import leases
from db.engine import Database
from pipeline.model import FittedModel


def train(db: Database, run: str) -> None:
    with db.write() as session:
        (job,) = leases.claim(session, claimed_by="test", lease_seconds=60, limit=1)
        job_id, attempt = job.id, job.attempt
    training.execute(db, job_id, attempt, Settings())


def test_the_model_is_what_was_hashed(
    db: Database, browser: Callable[..., Any], desk_of: Callable[[str], Desk], start_run: Callable[..., str]
) -> None:
    run = start_run(500)
    analyst, stranger = browser(), browser()
    analyst.sign_in("analyst")
    stranger.sign_in("stranger")
    address = f"/api/runs/{run}/model.json"
    assert analyst.get(address).status_code == 404  # not trained yet
    train(db, run)
    answer = analyst.get(address)
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
    assert hashlib.sha256(answer.data).hexdigest() == runs.get(desk_of("analyst"), run).model_sha256
    assert FittedModel.from_json(answer.text).to_json() == answer.text
    assert stranger.get(address).status_code == 404
    sharing.share(desk_of("analyst"), "run", run, "stranger")
    assert stranger.get(address).data == answer.data


def test_a_waiting_job_says_where_it_stands(desk_of: Callable[[str], Desk], start_run: Callable[..., str], db: Database) -> None:
    first, second = start_run(500), start_run(500)
    by_run = {job.run_id: job.position for job in jobs.active(desk_of("analyst"))}
    assert by_run == {first: 1, second: 2}
    train(db, first)
    assert [(job.run_id, job.position) for job in jobs.active(desk_of("analyst"))] == [(second, 1)]
