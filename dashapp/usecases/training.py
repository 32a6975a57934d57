"""Trains the model of a queued run. Called by a worker, one attempt at a time."""

from dashapp.settings import Settings
from dashapp.usecases.study_rows import columns_of
from dashapp.usecases.work import Attempt, carry_out
from db import dataset_rows, datasets, runs, scores
from db.engine import Database
from db.errors import NotFound
from pipeline.results import Progress
from pipeline.spec import TrainSpec


def execute(db: Database, job_id: str, attempt: int, settings: Settings) -> None:
    """Loads the columns, trains, and stores model, result and figures of the run in one transaction.

    Returns once the job has ended or another attempt holds it. What is no fault of the user's is raised, for another attempt.
    """
    carry_out(db, job_id, attempt, _train)


def _train(work: Attempt) -> None:
    from pipeline.training import train  # a second of imports that only a worker pays

    if work.job.run_id is None:
        raise NotFound("run")
    work.report(Progress(0, 1, "Reading the columns"))
    with work.db.read() as session:
        run = runs.get(session, work.job.owner_id, work.job.run_id)
        dataset = datasets.get(session, work.job.owner_id, run.dataset_id)
        spec = TrainSpec.parse(run.spec)
        table = dataset_rows.read_columns(session, dataset, columns_of(spec))
    work.n_rows = table.num_rows
    trained = train(table, spec, report=work.report)
    model = trained.model.to_json()
    rows = trained.row_scores.to_arrow() if trained.row_scores is not None else None
    with work.success() as session:
        run = runs.owned(session, work.job.owner_id, run.id)
        run.spec = trained.spec.to_json()
        run.model, run.model_sha256 = model, trained.model.sha256
        run.result = trained.result.to_json()
        if rows is not None:
            scores.write(session, run_id=run.id, dataset_id=run.dataset_id, scores=rows)
        if trained.result.test is not None:
            test = trained.result.test
            run.auc, run.auc_low, run.auc_high = test.auc, test.auc_low, test.auc_high
