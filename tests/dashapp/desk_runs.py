"""An approved run for the applicant desk, and who sees it."""

from pathlib import Path
from typing import Any

import numpy as np

from dashapp.usecases import datasets, runs, sharing, training
from dashapp.usecases.desk import Desk
from db import leases
from db.tables import Run
from tests.dashapp.prepared import prepared
from tests.dashapp.uploading import upload

GIVEN = {"target": "bad", "bad_label": "yes", "cutoff": 0.4, "features": ["amount", "months", "home"]}
RISKY = {"amount": "9,500", "months": "60", "home": "rent"}
SAFE = {"amount": "1000", "months": "6", "home": "own"}


def loans(desk: Desk, folder: Path, n_rows: int = 1200, name: str = "Loans") -> str:
    """Large loans, long ones and tenants go bad more often. `key` finds a row again, `region` is kept to look at groups."""
    rng = np.random.default_rng(5)
    amount, months = rng.integers(500, 10_000, n_rows), rng.integers(6, 61, n_rows)
    home, region = rng.choice(["own", "rent", "free"], n_rows), rng.choice(["north", "south"], n_rows)
    bad = rng.random(n_rows) < 1 / (1 + np.exp(3.2 - amount / 4000 - months / 30 - 0.8 * (home == "rent")))
    path = folder / f"{name}.csv"
    lines = (
        f"A-2025-{i:04},{a},{m},{h},{r},{'yes' if is_bad else 'no'}"
        for i, (a, m, h, r, is_bad) in enumerate(zip(amount, months, home, region, bad, strict=True), start=1)
    )
    path.write_text("key,amount,months,home,region,bad\n" + "\n".join(lines) + "\n", encoding="utf-8")
    made = upload(desk, path, name=name)
    for column, role in (("key", "identifier"), ("region", "segment")):
        datasets.set_role(desk, made, column, role)
    return made


def trained(desk: Desk, dataset: str, name: str = "Scorecard", **more: Any) -> str:
    made = runs.start(desk, dataset, name, {**GIVEN, **more})
    with desk.db.write() as session:
        (job,) = leases.claim(session, claimed_by="test", lease_seconds=60, limit=1)
        job_id, attempt = job.id, job.attempt
    training.execute(desk.db, job_id, attempt, desk.settings)
    assert runs.get(desk, made).state == "succeeded", runs.get(desk, made).error
    return made


def change(desk: Desk, run_id: str, **values: Any) -> None:
    """Puts a run in a state that its own use cases would refuse, or take a second person for."""
    with desk.db.write() as session:
        run = session.get_one(Run, run_id)
        for name, value in values.items():
            setattr(run, name, value)


def approved(desk: Desk, folder: Path) -> str:
    """One approved run, shared with the officer and the colleague."""
    made = trained(desk, loans(desk, folder))
    for colleague in ("officer", "colleague"):
        sharing.share(desk, "run", made, colleague)
    change(desk, made, stage="approved")
    return made


settings = prepared(approved)
