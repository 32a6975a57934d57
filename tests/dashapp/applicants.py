"""Runs that are opened, and applicants of theirs, made without a database."""

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np

from dashapp.usecases.backgrounds import OpenedRun
from dashapp.usecases.explaining import Applicant, Told, told
from pipeline.explain_results import AVERAGE, Value
from pipeline.explaining.background import background
from pipeline.explaining.lime.explain import lime_explain
from pipeline.lime_results import LimeResult
from pipeline.model import CalibrationMap
from pipeline.training import train
from tests.dashapp.run_views import run_view
from tests.pipeline.tables import loans, spec

RISKY: dict[str, Value] = {"income": 9000.0, "debt": 0.55, "late": 4.0, "home": "rent", "region": "n"}
SAFE: dict[str, Value] = {"income": 90000.0, "debt": 0.1, "late": 0.0, "home": "mortgage", "region": "s"}


@cache
def made_run(n_classes: int = 2, wording: bool = False, **options: Any) -> OpenedRun:
    """A run on made-up loans with a fifth of the rows held out; with words of its own where they are wanted."""
    table = loans(400, 1, classes=n_classes)
    chosen = {"bad_label": "bad"} if n_classes == 2 else {}
    done = train(table, spec(**{"test_share": 0.2, "cutoff": 0.4, **chosen, **options}))
    words = {"debt": {"label": "debt to income", "unit": "%", "high": "Much is owed"}, "late": {"changeable": True}}
    view = run_view(done.spec, done.result, wording=words if wording else {})
    if n_classes > 2:
        rows = np.arange(table.num_rows)
        return OpenedRun(view, done.model, background(done.model, table, rows, rows % n_classes, None, None))
    scores = done.row_scores
    assert scores is not None
    counted = background(done.model, table, scores.rows("training"), scores.is_bad, scores.score, view.cutoff)
    return OpenedRun(view, done.model, counted)


def recalibrated(run: OpenedRun) -> OpenedRun:
    """Its probabilities moved by a line in three pieces, level in the middle."""
    moved = CalibrationMap((0.0, 0.2, 0.5, 1.0), (0.01, 0.3, 0.3, 0.9))
    return replace(run, model=replace(run.model, calibration=moved))


def relabelled(run: OpenedRun, good: str, bad: str) -> OpenedRun:
    return replace(run, model=replace(run.model, labels=(good, bad)))


def at_cutoff(run: OpenedRun, cutoff: float) -> OpenedRun:
    return replace(run, view=replace(run.view, cutoff=cutoff))


def explained(run: OpenedRun, values: dict[str, Value] = RISKY, kind: str = AVERAGE, **more: Any) -> tuple[Applicant, Told]:
    found = run.background.reference(kind)
    assert found is not None
    applicant = Applicant(dict(values), "row 3", row=2, others={"age": 41.0, "sex": "f"})
    return applicant, told(run, applicant, found, **more)


def lime_of(run: OpenedRun, about: Told, values: dict[str, Value] = RISKY, n_seeds: int = 3) -> LimeResult:
    return lime_explain(
        run.model, run.background.lime, values, exact=about.explanation, label=about.explanation.label, seed=1, n_samples=300,
        kernel_width=None, n_seeds=n_seeds, discretised=True,
    )  # fmt: skip
