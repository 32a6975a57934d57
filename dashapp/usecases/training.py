"""Trains the model of a queued run. Called by a worker, one attempt at a time."""

from dashapp.settings import Settings
from dashapp.usecases.finished_runs import run_of, store
from dashapp.usecases.study_rows import columns_of
from dashapp.usecases.work import Attempt, carry_out
from db import dataset_rows, datasets, runs
from db.engine import Database
from pipeline.results import Progress
from pipeline.spec import TrainSpec


def execute(db: Database, job_id: str, attempt: int, settings: Settings) -> None:
    """Loads the columns, trains, and stores model, result and figures of the run in one transaction.

    Returns once the job has ended or another attempt holds it. What is no fault of the user's is raised, for another attempt.
    """
    carry_out(db, job_id, attempt, _train)


def _train(work: Attempt) -> None:
    from pipeline.training import train  # a second of imports that only a worker pays

    work.report(Progress(0, 1, "Reading the columns"))
    with work.db.read() as session:
        run = runs.get(session, work.job.owner_id, run_of(work))
        dataset = datasets.get(session, work.job.owner_id, run.dataset_id)
        spec = TrainSpec.parse(run.spec)
        table = dataset_rows.read_columns(session, dataset, columns_of(spec))
    work.n_rows = table.num_rows
    trained = train(table, spec, report=work.report)
    store(work, trained.spec, trained.result, trained.row_scores, model=trained.model)
