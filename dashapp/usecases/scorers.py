"""What gives a run's scores to new rows: its model, or the column that it is the evaluation of."""

from typing import TYPE_CHECKING

from dashapp.usecases.errors import Refused
from db.tables import Run
from pipeline.levels import level_order
from pipeline.results import RunResult
from pipeline.spec import TrainSpec

if TYPE_CHECKING:
    from pipeline.scores.scoring import Scorer


def scorer_of(run: Run) -> "Scorer":
    """The scorer of a run whose model and result are loaded. Raises Refused where there is none yet, or for three classes."""
    from pipeline.model import FittedModel
    from pipeline.scores.scoring import ColumnScorer, ModelScorer

    if run.result is None:
        raise Refused("The run has no result.", fix="Wait until it has ended, or train it again.")
    if run.model is not None:
        model = FittedModel.from_json(run.model)
        if len(model.labels) != 2:
            raise Refused("The run has three classes or more.", fix="Train a run that names the label that counts as bad.")
        return ModelScorer(model)
    result = RunResult.from_json(run.result)
    recalibration = result.recalibration
    scale = result.scale if recalibration is None else recalibration.scale
    if scale is None:
        raise Refused("The run keeps no way to score new rows.", fix="Score them with the run that it was made of.")
    codes = TrainSpec.parse(run.spec).codes_of(scale.column)
    return ColumnScorer(scale, recalibration, tuple(level_order(code)[1] for code, _ in codes))
