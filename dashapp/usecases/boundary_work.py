"""The work behind the pictures of two fields: their rows counted, and the model of the two alone trained; here or in a job."""

from collections.abc import Mapping
from typing import Any

from dashapp.settings import Settings
from dashapp.usecases.run_scores import classes_of, scores_of
from dashapp.usecases.study_rows import columns_of
from dashapp.usecases.study_work import carry_out_study, run_of
from dashapp.usecases.work import Attempt
from db import dataset_rows, datasets, runs
from db.engine import Database
from db.tables import Study
from pipeline.boundary_results import Axis, BoundaryRows, TwoFieldModel
from pipeline.results import Progress, Report, RunResult, no_report
from pipeline.spec import TrainSpec
from pipeline.stored import from_plain
from pipeline.study_results import Stored


def execute(db: Database, job_id: str, attempt: int, settings: Settings) -> None:
    """Counts the rows of a queued picture, or trains a queued model of two fields. Called by a worker."""
    carry_out_study(db, job_id, attempt, _work)


def _work(work: Attempt, study: Study) -> Stored:
    work.report(Progress(0, 1, "Reading the columns"))
    with work.db.read() as session:
        work.n_rows = datasets.get(session, work.job.owner_id, study.dataset_id).n_rows
    if study.kind == "boundary":
        return count_rows(work.db, work.job.owner_id, run_of(study), study.options)
    return train_two(work.db, work.job.owner_id, run_of(study), TrainSpec.parse(study.spec), work.report)


def count_rows(db: Database, user_id: int, run_id: str, options: Mapping[str, Any]) -> BoundaryRows:
    from pipeline.explaining.surfaces.rows import boundary_rows
    from pipeline.model import FittedModel

    x, y = (_axis(stored) for stored in options["axes"])
    first, second = (tuple(map(str, codes)) for codes in options["codes"])
    with db.read() as session:
        run = runs.get(session, user_id, run_id, with_result=True)
        spec, model = TrainSpec.parse(run.spec), FittedModel.from_json(run.model or "")
        dataset = datasets.get(session, user_id, run.dataset_id)
        names = [x.field, y.field] if spec.bad_label is not None else model.fields
        table = dataset_rows.read_columns(session, dataset, list(dict.fromkeys(names)))
        known = classes_of(session, user_id, run)
    part, rows = known.judged
    return boundary_rows(
        table,
        (x, y),
        (first, second),
        rows,
        known.classes,
        len(model.labels),
        part,
        score=known.score,
        said=None if known.score is not None else lambda taken: model.probabilities(table.take(taken)).argmax(axis=1),
        seed=spec.seed,
    )


def train_two(db: Database, user_id: int, run_id: str, spec: TrainSpec, report: Report = no_report) -> TwoFieldModel:
    from pipeline.explaining.surfaces.two_fields import two_field_model

    with db.read() as session:
        run = runs.get(session, user_id, run_id, with_result=True)
        dataset = datasets.get(session, user_id, run.dataset_id)
        table = dataset_rows.read_columns(session, dataset, columns_of(spec))
        scores = scores_of(session, user_id, run) if spec.bad_label is not None else None
    return two_field_model(table, spec, RunResult.from_json(run.result or {}), scores, report=report)


def _axis(stored: Mapping[str, Any]) -> Axis:
    return from_plain(Axis, stored)
