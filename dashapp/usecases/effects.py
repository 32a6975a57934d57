"""What each field of a run does to its probabilities: counted once, for everybody who sees the run, in its owner's name.

It holds no rows, only what they come to, and curves of some that tell no values.
"""

from dataclasses import dataclass

from dashapp.settings import Settings
from dashapp.usecases import runs as run_cases
from dashapp.usecases import studies as study_cases
from dashapp.usecases.backgrounds import StillCounting, model_of
from dashapp.usecases.desk import Desk
from dashapp.usecases.errors import NotFound, Refused
from dashapp.usecases.run_scores import classes_of
from dashapp.usecases.runs import RunView
from dashapp.usecases.study_work import carry_out_study, run_of
from db import dataset_rows, datasets, runs
from db.engine import Database
from pipeline.effect_results import Effects
from pipeline.results import Report, no_report

AT_ONCE_CELLS = 1_000_000  # rows of the data set times fields, for each class, that are counted within about half a second
AT_ONCE_COLUMNS = 500  # of the model: the straight line that stands beside the curves takes time as their number's cube
REPEATS = 20  # shufflings of each field


@dataclass(frozen=True)
class OpenedEffects:
    """A run and its effects."""

    view: RunView
    effects: Effects


def opened(desk: Desk, run_id: str) -> OpenedEffects:
    """The effects of a run.

    Raises NotFound for one that is not the user's to see, Refused for one without a model of ours, and StillCounting.
    """
    view = run_cases.get(desk, run_id)
    study_id = start(desk, view)
    found = study_cases.get(desk, study_id)
    if not isinstance(found.result, Effects):
        raise StillCounting(study_id)
    return OpenedEffects(view, found.result)


def start(desk: Desk, view: RunView) -> str:
    """Counts them, few rows here and more in a job: the id of the study that is there or at work, or of a new one.

    One of the user's own that failed is given as it is; `studies.retry` repeats it.
    """
    model = model_of(desk, view)
    options = {"repeats": REPEATS, "seed": view.spec.seed}
    with desk.db.read() as session:
        n_rows = runs.get(session, desk.user.id, view.id).dataset.n_rows
    n_cells = n_rows * (len(model.fields) + 1) * len(model.coefficients)
    at_once = n_cells <= AT_ONCE_CELLS and len(model.coefficients[0]) <= AT_ONCE_COLUMNS
    count = (lambda: _count(desk.db, desk.user.id, view.id, options)) if at_once else None
    return study_cases.start_of(desk, view, "effects", options, f"Effects of {view.name}", count, needs_rows=False)


def execute(db: Database, job_id: str, attempt: int, settings: Settings) -> None:
    """Counts for a queued job. Called by a worker, one attempt at a time."""
    carry_out_study(
        db, job_id, attempt, lambda work, study: _count(work.db, study.owner_id, run_of(study), study.options, work.report)
    )


def _count(db: Database, user_id: int, run_id: str, options: dict[str, int], report: Report = no_report) -> Effects:
    from pipeline.explaining.effects.all_fields import effects
    from pipeline.model import FittedModel

    with db.read() as session:
        run = runs.get(session, user_id, run_id, with_result=True)
        model = FittedModel.from_json(run.model or "")
        try:
            dataset = datasets.get(session, run.owner_id, run.dataset_id)
        except NotFound:
            raise Refused(
                "The data set that this run was trained on is gone, so that its effects can be counted no more.",
                fix="Train the run again on data that is there.",
            ) from None
        table = dataset_rows.read_columns(session, dataset, list(model.fields))
        found = classes_of(session, run.owner_id, run)
    train, held_out = found.rows("training"), found.rows("held_out")
    part = "held_out" if len(held_out) else "training"
    judged = held_out if len(held_out) else train
    return effects(
        model, table, found.classes, train, judged, part=part, seed=options["seed"], repeats=options["repeats"], report=report
    )
