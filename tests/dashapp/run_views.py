"""A run as its pages get it, made of a result without a database."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from dashapp.usecases.origins import Origin
from dashapp.usecases.runs import RunView
from pipeline.results import RunResult
from pipeline.spec import TrainSpec
from pipeline.training import train
from tests.pipeline.tables import loans


def run_view(spec: TrainSpec, result: RunResult | None, **changes: Any) -> RunView:
    """The analyst's own run, with the cut-off of its options."""
    now = datetime.now(UTC)
    view = RunView(
        id="r", name="Run", note="", state="succeeded", stage="draft", dataset_id="d", dataset_name="Loans", sees_dataset=True,
        owner="Analyst", mine=True, spec=spec, origin=Origin(), cutoff=spec.cutoff, cutoff_choice=None, cutoff_by=None,
        cutoff_at=None, result=result, model_sha256="0" * 64, error=None, job=None, shared_with=(), created_at=now,
        finished_at=now,
    )  # fmt: skip
    return replace(view, **changes)


def trained_view(n_classes: int = 2, n_rows: int = 300, **options: Any) -> tuple[RunView, RunResult]:
    """A run on made-up loans."""
    done = train(loans(n_rows, 1, classes=n_classes), TrainSpec.parse({"target": "outcome", **options}))
    return run_view(done.spec, done.result), done.result
