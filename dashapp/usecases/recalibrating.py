"""Recalibration: a new run whose probabilities are another one's, moved by what its validation rows taught."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from dashapp.settings import Settings
from dashapp.usecases import runs as run_cases
from dashapp.usecases.datasets import clean_name
from dashapp.usecases.desk import Desk
from dashapp.usecases.errors import Refused
from dashapp.usecases.finished_runs import run_of, store
from dashapp.usecases.origins import Origin
from dashapp.usecases.rights import check_maker
from dashapp.usecases.rows import chunks
from dashapp.usecases.run_scores import scores_of
from dashapp.usecases.runs import RunCard, RunView
from dashapp.usecases.work import Attempt, carry_out
from db import audit, datasets, jobs, runs
from db.engine import Database
from db.errors import NotFound
from pipeline.results import Progress, RunResult
from pipeline.spec import TrainSpec

if TYPE_CHECKING:
    from db.tables import Dataset
    from pipeline.frame import Floats
    from pipeline.model import FittedModel

METHODS = ("logistic", "isotonic")


@dataclass(frozen=True)
class Obstacle:
    """Why a run cannot be recalibrated, what to do, and where: `kind` is validation, again, base, or "" where no link helps."""

    message: str
    fix: str
    kind: str = ""


def obstacle(view: RunView) -> Obstacle | None:
    """What stands in the way of recalibrating a run; None where nothing does that is known before its rows are read."""
    if view.result is None:
        return Obstacle("The run has no result yet.", "Wait until it has ended.")
    if view.spec.bad_label is None:
        return Obstacle("The run has three classes or more.", "Train a run that names the label that counts as bad.")
    if view.result.recalibration is not None:
        return Obstacle(
            "The run is recalibrated already.", "Recalibrate the run that it was made of, by the other method.", "base"
        )
    if not view.result.data.n_validation:
        message = "The run has no validation rows, and recalibration may learn from no others: training rows flatter it, and the "
        message += "held-out rows are there to judge it."
        return Obstacle(message, "Train it again with a share of rows for validation.", "validation")
    if not view.sees_dataset:
        return Obstacle("You see this run without its data set, so nothing new is computed.", view.why_no_rows)
    return None


def usual_name(view: RunView) -> str:
    return f"{view.name[:185]}, recalibrated"


def start(desk: Desk, run_id: str, method: str, name: str) -> str:
    """Writes the new run and its job in one transaction and gives the run's id, or that of the same one that is still at work.

    Raises NotFound for a run that is not the user's to see, and Refused for an officer, for a name or a method that cannot be,
    and where there is an `obstacle`.
    """
    view = run_cases.get(desk, run_id)
    check_maker(desk)
    if method not in METHODS:
        raise Refused("That way of recalibrating is not known.", fix="Choose intercept and slope, or isotonic.")
    found = obstacle(view)
    if found is not None:
        raise Refused(found.message, fix=found.fix)
    name = clean_name(name)
    spec = replace(view.spec, cutoff=view.cutoff)
    origin = replace(view.origin, kind="recalibrated", run_id=view.id, run_name=view.name, method=method)
    with desk.db.write() as session:
        runs.get(session, desk.user.id, run_id)
        datasets.get(session, desk.user.id, view.dataset_id)
        at_work = runs.visible(session, desk.user.id, dataset_id=view.dataset_id, states=("queued", "running"))
        for run in at_work:  # pressed twice
            if (run.owner_id, run.name, run.origin, run.cutoff) == (desk.user.id, name, origin.to_json(), spec.cutoff):
                return run.id
        made = runs.add(
            session,
            owner_id=desk.user.id,
            dataset_id=view.dataset_id,
            name=name,
            spec=spec.to_json(),
            cutoff=spec.cutoff,
            origin=origin.to_json(),
        )
        jobs.enqueue(session, kind="recalibrate", owner_id=desk.user.id, run_id=made.id)
        audit.record(
            session, user_id=desk.user.id, action="recalibrated", object_kind="run", object_id=run_id, made=made.id, method=method
        )
        return made.id


def base_of(desk: Desk, view: RunView) -> RunView | None:
    """The run that a recalibrated one was made of; None for another run, and where it is gone or not the user's to see."""
    if view.origin.kind != "recalibrated" or view.origin.run_id is None:
        return None
    try:
        return run_cases.get(desk, view.origin.run_id)
    except NotFound:
        return None


def made_of(desk: Desk, view: RunView) -> list[RunCard]:
    """The recalibrated runs of this one that the user may see, newest first."""
    return [card for card in run_cases.visible(desk, dataset_id=view.dataset_id) if card.origin.run_id == view.id]


def execute(db: Database, job_id: str, attempt: int, settings: Settings) -> None:
    """Recalibrates for a queued run. Called by a worker, one attempt at a time."""
    carry_out(db, job_id, attempt, _work)


def _work(work: Attempt) -> None:
    from pipeline.model import FittedModel
    from pipeline.scores.recalibrated import recalibrate

    work.report(Progress(0, 3, "Reading the scores"))
    with work.db.read() as session:
        run = runs.get(session, work.job.owner_id, run_of(work))
        origin, spec = Origin.from_json(run.origin), TrainSpec.parse(run.spec)
        base = runs.get(session, work.job.owner_id, origin.run_id or "", with_result=True)
        if base.result is None:
            raise NotFound("run")
        rows = scores_of(session, work.job.owner_id, base)
        result = RunResult.from_json(base.result)
        model = FittedModel.from_json(base.model) if base.model is not None else None
        dataset = datasets.get(session, work.job.owner_id, base.dataset_id)
    work.n_rows = len(rows.score)
    work.report(Progress(1, 3, "Recalibrating"))
    done = recalibrate(
        result, rows, model,
        method=origin.method, cutoff=spec.cutoff, scored=lambda moved: _scored(work, dataset, moved),
    )  # fmt: skip
    work.report(Progress(2, 3, "Storing the scores"))
    store(work, replace(spec, cutoff=done.cutoff), done.result, done.row_scores, model=done.model)


def _scored(work: Attempt, dataset: "Dataset", model: "FittedModel") -> "Floats":
    """The probability of bad that a model gives to each row of a data set, chunk by chunk."""
    import numpy as np
    import pyarrow as pa

    found: list[Floats] = []
    for batch in chunks(work.db, dataset, model.fields):
        found.append(model.probability_of_default(pa.Table.from_batches([batch])))
        done = sum(map(len, found)) / max(work.n_rows, 1)
        work.report(Progress(1 + done, 3, "Scoring the rows"))
    return np.concatenate(found)
