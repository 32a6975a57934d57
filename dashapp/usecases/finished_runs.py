"""How a run that has been trained, judged or recalibrated is stored: in one transaction, that also ends its job."""

from typing import TYPE_CHECKING

from dashapp.usecases.origins import Origin
from dashapp.usecases.work import Attempt
from db import runs, scores
from db.errors import NotFound
from pipeline.results import RunResult
from pipeline.spec import TrainSpec

if TYPE_CHECKING:
    from pipeline.model import FittedModel
    from pipeline.scores.row_scores import RowScores


def store(
    work: Attempt,
    spec: TrainSpec,
    result: RunResult,
    rows: "RowScores | None",
    *,
    model: "FittedModel | None" = None,
    origin: Origin | None = None,
) -> None:
    """Stores what a queued run came to: its spec with the cut-off, its result, and where there are some what it said of each
    row, its model, and its origin if that has become known more closely."""
    plain, table = result.to_json(), rows.to_arrow() if rows is not None else None  # others wait for the transaction
    weights = model.to_json() if model is not None else None
    with work.success() as session:
        run = runs.owned(session, work.job.owner_id, run_of(work))
        run.spec, run.cutoff, run.result = spec.to_json(), spec.cutoff, plain
        if model is not None:
            run.model, run.model_sha256 = weights, model.sha256
        if origin is not None:
            run.origin = origin.to_json()
        if table is not None:
            scores.write(session, run_id=run.id, dataset_id=run.dataset_id, scores=table)
        if result.test is not None:
            run.auc, run.auc_low, run.auc_high = result.test.auc, result.test.auc_low, result.test.auc_high


def run_of(work: Attempt) -> str:
    """The id of the run that the job is for. Raises NotFound where the run is gone."""
    if work.job.run_id is None:
        raise NotFound("run")
    return work.job.run_id
