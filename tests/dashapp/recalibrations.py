"""A data set whose chances a penalty pulls together, runs on it, and their recalibration, done in this process."""

import importlib
from pathlib import Path

import numpy as np

from dashapp.jobs.handlers import HANDLERS
from dashapp.usecases import runs
from dashapp.usecases.desk import Desk
from db import leases
from tests.dashapp.uploading import upload

GIVEN = {"target": "bad", "bad_label": "yes", "C": 0.002, "cutoff": 0.4, "validation_share": 0.3, "test_share": 0.3}


def loans(desk: Desk, folder: Path, n_rows: int = 1_200) -> str:
    """Rows whose outcome hangs on a and b."""
    rng = np.random.default_rng(5)
    a, b = rng.normal(size=(2, n_rows)).round(3)
    bad = rng.random(n_rows) < 1 / (1 + np.exp(1 - a + b))
    path = folder / "loans.csv"
    path.write_text(
        "a,b,bad\n" + "".join(f"{x},{y},{'yes' if is_bad else 'no'}\n" for x, y, is_bad in zip(a, b, bad, strict=True)), "utf-8"
    )
    return upload(desk, path)


def work_off(desk: Desk) -> None:
    """What a worker does, here."""
    with desk.db.write() as session:
        claimed = [(job.id, job.attempt, job.kind) for job in leases.claim(session, claimed_by="test", lease_seconds=60, limit=9)]
    for job_id, attempt, kind in claimed:
        module, function = HANDLERS[kind].split(":")
        getattr(importlib.import_module(module), function)(desk.db, job_id, attempt, desk.settings)


def trained(desk: Desk, dataset_id: str, **options: object) -> str:
    made = runs.start(desk, dataset_id, "First", {**GIVEN, **options})
    work_off(desk)
    assert runs.get(desk, made).state == "succeeded", runs.get(desk, made).error
    return made
