"""What explaining a run needs of its training rows: counted once for each cut-off, for everybody who sees the run.

It holds no rows, only what they come to, so that a loan officer explains an applicant without the data set being shared: it is
counted in the name of the run's owner.
"""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from dashapp.settings import Settings
from dashapp.usecases import runs as run_cases
from dashapp.usecases import studies as study_cases
from dashapp.usecases.desk import Desk
from dashapp.usecases.errors import NotFound, Refused
from dashapp.usecases.run_scores import classes_of
from dashapp.usecases.runs import RunView
from dashapp.usecases.study_work import carry_out_study, run_of
from db import dataset_rows, datasets, runs, studies
from db.engine import Database
from db.tables import Run
from pipeline.explain_results import PASSING, Background, Value
from pipeline.explaining.wording import Wording
from pipeline.kept import Kept

if TYPE_CHECKING:
    from pipeline.model import FittedModel

MOST_AT_ONCE = 4_000_000  # rows times columns that are counted within about half a second; more are a job

_models: "Kept[str, FittedModel]" = Kept(32)  # by hash
_backgrounds: Kept[tuple[str, float | None], Background] = Kept(32)  # by run and cut-off


class StillCounting(Refused):
    """The training rows are being counted, or that failed: `study_id` names the study whose job tells."""

    def __init__(self, study_id: str) -> None:
        super().__init__("The run's training rows are being counted first.", fix="Wait a moment.")
        self.study_id = study_id


@dataclass(frozen=True)
class OpenedRun:
    """A run that can be explained: its model, and what its training rows come to at its cut-off."""

    view: RunView
    model: "FittedModel"
    background: Background
    segments: tuple[str, ...] = ()  # columns of its data set that are kept to look at groups

    @cached_property
    def wording(self) -> Wording:
        """How the run's reasons, fields and changes are told: read once, as every value on a page asks for it."""
        return Wording.from_json(self.view.wording)

    @cached_property
    def typical(self) -> dict[str, Value]:
        """What those who just pass typically have, by field; nothing where there are too few of them."""
        from pipeline.explaining.typical import typical_values

        passing = self.background.reference(PASSING)
        return typical_values(self.model, passing) if passing is not None else {}

    @property
    def beside(self) -> tuple[str, ...]:
        """Segment columns that the model does not read."""
        return tuple(name for name in self.segments if name not in self.model.fields)


def opened(desk: Desk, run_id: str) -> OpenedRun:
    """A run to explain applicants of.

    Raises NotFound for one that is not the user's to see, Refused for one without a model of ours, and StillCounting.
    """
    view = run_cases.get(desk, run_id)  # who sees the run may have what is kept of it
    model = model_of(desk, view)
    return OpenedRun(view, model, _background_of(desk, view), view.segments)


def _background_of(desk: Desk, view: RunView) -> Background:
    """The background of a run that the user has been let see, kept by this process. Raises StillCounting."""
    options = _options(view)
    key = (view.id, options["cutoff"])
    found = _backgrounds.get(key)
    if found is not None:
        return found
    there = study_cases.finished_result(desk, "background", view.dataset_id, view.spec, options, view.id)
    result = there if isinstance(there, Background) else _counted(desk, view)
    _backgrounds.put(key, result)
    return result


def _counted(desk: Desk, view: RunView) -> Background:
    """What is counted now, or was a moment ago. Raises StillCounting."""
    study_id = start(desk, view)
    result = study_cases.get(desk, study_id).result
    if not isinstance(result, Background):
        raise StillCounting(study_id)
    return result


def _options(view: RunView) -> dict[str, float | None]:
    """The cut-off that the training rows are counted at; none for three classes and more."""
    return {"cutoff": view.cutoff if view.spec.bad_label is not None else None}


def start(desk: Desk, view: RunView) -> str:
    """Counts the training rows at the run's cut-off: the id of the study that is there or at work, or of a new one.

    Few rows are counted here, more in a job. One of the user's own that failed is given as it is; `studies.retry` repeats it.
    """
    options, model = _options(view), model_of(desk, view)
    with desk.db.read() as session:
        n_cells = runs.get(session, desk.user.id, view.id).dataset.n_rows * len(model.fields)
    count = (lambda: _count(desk.db, desk.user.id, view.id, options["cutoff"])) if n_cells <= MOST_AT_ONCE else None
    return study_cases.start_of(desk, view, "background", options, f"Training rows of {view.name}", count, needs_rows=False)


def model_of(desk: Desk, view: RunView) -> "FittedModel":
    """The model of a run that the user has been let see. Raises Refused where it has none of ours."""
    from pipeline.model import FittedModel

    if not view.origin.has_model:
        raise Refused(
            "This run evaluates a score that the data held already, so there is no model to take apart.",
            fix="Train a run of your own on the same data.",
        )
    if view.model_sha256 is None:
        raise Refused("The run has no model yet.", fix="Wait until it is trained.")
    found = _models.get(view.model_sha256)
    if found is not None:
        return found
    stored = run_cases.model_json(desk, view.id)
    if stored is None:
        raise NotFound("model")
    model = FittedModel.from_json(stored)
    _models.put(view.model_sha256, model)
    return model


def execute(db: Database, job_id: str, attempt: int, settings: Settings) -> None:
    """Counts for a queued job. Called by a worker, one attempt at a time."""
    carry_out_study(
        db, job_id, attempt, lambda work, study: _count(work.db, study.owner_id, run_of(study), study.options["cutoff"])
    )


def _count(db: Database, user_id: int, run_id: str, cutoff: float | None) -> Background:
    from pipeline.explaining.background import background
    from pipeline.model import FittedModel

    with db.read() as session:
        run = runs.get(session, user_id, run_id, with_result=True)
        model = FittedModel.from_json(run.model or "")
        try:
            dataset = datasets.get(session, run.owner_id, run.dataset_id)
        except NotFound:
            return _before(session, run, cutoff)
        table = dataset_rows.read_columns(session, dataset, list(model.fields))
        found = classes_of(session, run.owner_id, run)
    return background(model, table, found.rows("training"), found.classes, found.score, cutoff)


def _before(session: Session, run: Run, cutoff: float | None) -> Background:
    """What was counted while the rows were there; who passes at another cut-off is known no more. Raises Refused."""
    stored = studies.latest_result(session, kind="background", run_id=run.id)
    if stored is None:
        raise Refused(
            "The data set that this run was trained on is gone, so that its training rows can be counted no more.",
            fix="Train the run again on data that is there.",
        )
    found = Background.from_json(stored)
    kept = tuple(one for one in found.references if one.kind != PASSING or found.cutoff == cutoff)
    return replace(found, cutoff=cutoff, references=kept)
