"""Runs to be compared, trained in this process, and the page of a comparison as its callbacks fill it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from dashapp.tabs.compare import callbacks
from dashapp.tabs.compare.body import body
from dashapp.tabs.compare.coefficients import coefficients_card
from dashapp.tabs.compare.picker import nothing_yet, page_head, picker
from dashapp.tabs.compare.sides import Side, sides_of
from dashapp.tabs.runs.layout import pick_bar
from dashapp.usecases import pairings, runs, studies, training
from dashapp.usecases.desk import Desk
from db import leases
from pipeline.pairing_results import Pairing
from tests.dashapp.segment_pages import study
from tests.dashapp.uploading import upload

GIVEN = {"target": "bad", "bad_label": "yes", "features": ["income", "age", "home"], "cutoff": 0.3}


def loans_file(path: Path, n_rows: int = 600, seed: int = 3) -> Path:
    """Loans whose outcome depends on all of their columns, two of them with names that could be markup or a formula."""
    random = np.random.default_rng(seed)
    income, age, debt = (random.normal(size=n_rows).round(4) for _ in range(3))
    home = np.array(["own", "rent", "mortgage"])[random.integers(0, 3, n_rows)]
    bad = random.random(n_rows) < 1 / (1 + np.exp(1 - income + age / 2 - 0.7 * debt))
    lines = [f"{a},{b},{c},{d},{'yes' if e else 'no'}" for a, b, c, d, e in zip(income, age, debt, home, bad, strict=True)]
    path.write_text("income,age,debt,home,bad\n" + "\n".join(lines) + "\n", encoding="utf-8")
    return path


def trained(desk: Desk, dataset_id: str, name: str, **options: Any) -> str:
    """A run that has ended."""
    run_id = runs.start(desk, dataset_id, name, {**GIVEN, **options})
    with desk.db.write() as session:
        found = leases.claim(session, claimed_by="test", lease_seconds=600, limit=20, kinds=("train",))
        about = next((job.id, job.attempt) for job in found if job.run_id == run_id)
    training.execute(desk.db, *about, desk.settings)
    assert runs.get(desk, run_id).state == "succeeded", runs.get(desk, run_id).error
    return run_id


def paired(desk: Desk, study_id: str) -> Pairing:
    result = studies.get(desk, study_id).result
    assert isinstance(result, Pairing)
    return result


def sides(desk: Desk, run_ids: Sequence[str]) -> list[Side]:
    """The runs side by side, tested where they can be."""
    picked = pairings.picked(desk, run_ids)
    tested = pairings.comparable(picked.views)
    found = paired(desk, pairings.start(desk, [view.id for view in tested])) if len(tested) > 1 else None
    return sides_of(picked, found)


def compare_pages(desk: Desk, tmp_path: Path) -> list[Any]:
    """Every state of the page: two runs, one, and none."""
    dataset_id = upload(desk, loans_file(tmp_path / "compared.csv"))
    first = trained(desk, dataset_id, "First")
    second = trained(desk, dataset_id, "Second", features=["income", "age", "home", "debt"])
    picked, offered = pairings.picked(desk, [first, second]), runs.visible(desk)
    one = pairings.picked(desk, [first])
    both = sides(desk, [first, second])
    return [
        [page_head(picked), picker(picked, offered), body(both, "", "light")],
        [page_head(one), picker(one, offered), nothing_yet(one, offered)],
        [coefficients_card(both, 1), pick_bar([first, second])],
        callbacks._work(study(picked.views[0], None, "failed")),
    ]
