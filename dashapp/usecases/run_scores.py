"""What a run said of every row of its data set: stored with the run, or worked out again for runs from before that was kept."""

from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from dashapp.usecases.errors import Refused
from dashapp.usecases.study_rows import columns_of
from db import dataset_rows, datasets, scores
from db.tables import Run
from pipeline.spec import TrainSpec

if TYPE_CHECKING:
    from pipeline.scores.row_scores import RowClasses, RowScores


def scores_of(session: Session, user_id: int, run: Run) -> "RowScores":
    """The scores of a run that the user has been let see, whose model and result are loaded, a row for each of its data set.

    Raises Refused for three classes and more and for a run without a result, NotFound where they are not stored and the data
    set is not the user's to see.
    """
    from pipeline.scores.row_scores import RowScores

    stored = scores.read(session, run_id=run.id, dataset_id=run.dataset_id)
    if stored is not None:
        return RowScores.from_arrow(stored)
    if run.state != "succeeded" or run.model is None:
        raise Refused("The run has no scores.", fix="Wait until it has ended, or train it again.")
    spec = TrainSpec.parse(run.spec)
    if spec.bad_label is None:
        raise Refused("The run has three classes or more.", fix="Train a run that names the label that counts as bad.")
    return _again(session, user_id, run, spec)


def classes_of(session: Session, user_id: int, run: Run) -> "RowClasses":
    """What became of every row of a run's data set and what it was for, with any number of classes.

    Raises as `scores_of`, and NotFound where a run of three classes and more has a data set that is not the user's to see.
    """
    from pipeline.outcome import outcome_of
    from pipeline.scores.row_scores import RowClasses
    from pipeline.split import parts_of

    spec = TrainSpec.parse(run.spec)
    if spec.bad_label is not None:
        return RowClasses.of_scores(scores_of(session, user_id, run))
    table = dataset_rows.read_columns(session, datasets.get(session, user_id, run.dataset_id), list(spec.outcome_columns))
    outcome = outcome_of(table, spec)
    return RowClasses.of_parts(parts_of(table, outcome, spec), outcome.of_every_row(table.num_rows))


def _again(session: Session, user_id: int, run: Run, spec: TrainSpec) -> "RowScores":
    import numpy as np

    from pipeline.model import FittedModel
    from pipeline.outcome import outcome_of
    from pipeline.scores.row_scores import row_scores
    from pipeline.split import parts_of

    table = dataset_rows.read_columns(session, datasets.get(session, user_id, run.dataset_id), columns_of(spec))
    outcome = outcome_of(table, spec)
    parts = parts_of(table, outcome, spec)
    model = FittedModel.from_json(run.model or "")
    probability = model.probability_of_default(table)
    named = (("training", parts.train), ("validation", parts.validation), ("held_out", parts.test))
    found = [(name, rows, probability[rows]) for name, rows in named]
    return row_scores(table.num_rows, found, outcome.of_every_row(table.num_rows).astype(np.int8))
