"""The average of a segment of the training rows, as a reference: few rows are counted at once, many in a job."""

from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from dashapp.settings import Settings
from dashapp.usecases import studies as study_cases
from dashapp.usecases.backgrounds import MOST_AT_ONCE, OpenedRun, StillCounting
from dashapp.usecases.desk import Desk
from dashapp.usecases.errors import Refused, UnusableData
from dashapp.usecases.run_scores import classes_of
from dashapp.usecases.segment_columns import columns
from dashapp.usecases.study_work import carry_out_study, run_of
from db import dataset_rows, datasets, runs
from db.engine import Database
from db.tables import Dataset
from pipeline.explain_results import SEGMENT, CountedReference, Reference
from pipeline.levels import OTHER
from pipeline.shown import short, storable
from pipeline.spec import TrainSpec

if TYPE_CHECKING:
    from pipeline.segments.levels import Levels


def columns_for(desk: Desk, run: OpenedRun) -> list[str]:
    """The columns whose segments can be a reference, those kept for that first; none without the data set."""
    return [one.name for one in columns(desk, run.view)]


def levels_for(desk: Desk, run: OpenedRun, column: str) -> list[str]:
    """The segments of a column, as the Segments tab has them. Raises Refused for a column that has none."""
    if column not in columns_for(desk, run):
        raise Refused(f"There are no segments by '{column}'.", fix="Choose a column of the list.")
    with desk.db.read() as session:
        dataset = datasets.get(session, desk.user.id, run.view.dataset_id)
        found = _levels(session, dataset, run.view.spec, column)
    return [text for text in found.texts if text != OTHER]


def reference(desk: Desk, run: OpenedRun, about: str) -> Reference:
    """The average of the training rows of "column: level". Raises Refused where it names none, and StillCounting."""
    column, level = _named(desk, run, about)
    view = run.view
    options = {"column": column, "level": level}
    with desk.db.read() as session:
        n_cells = datasets.get(session, desk.user.id, view.dataset_id).n_rows * len(run.model.fields)
    study_id = study_cases.start_of(
        desk,
        view,
        "reference",
        options,
        f"{column}: {level} of {view.name}",
        (lambda: _count(desk.db, desk.user.id, view.id, column, level)) if n_cells <= MOST_AT_ONCE else None,
    )
    found = study_cases.get(desk, study_id).result
    if not isinstance(found, CountedReference):
        raise StillCounting(study_id)
    return found.reference


def execute(db: Database, job_id: str, attempt: int, settings: Settings) -> None:
    """Counts for a queued job. Called by a worker, one attempt at a time."""
    carry_out_study(
        db,
        job_id,
        attempt,
        lambda work, study: _count(work.db, study.owner_id, run_of(study), study.options["column"], study.options["level"]),
    )


def _named(desk: Desk, run: OpenedRun, about: str) -> tuple[str, str]:
    """The column and the level of "column: level"; both may hold a colon themselves."""
    offered = columns_for(desk, run)
    column = next((name for name in sorted(offered, key=len, reverse=True) if str(about).startswith(f"{name}: ")), None)
    if column is None:
        raise Refused("No segment is chosen to compare with.", fix="Choose a column of the data set and one of its levels.")
    level = str(about)[len(column) + 2 :]
    if not level or not storable(level):
        raise Refused(f"No level of '{column}' is chosen to compare with.", fix="Choose one.")
    return column, level


def _count(db: Database, user_id: int, run_id: str, column: str, level: str) -> CountedReference:
    from pipeline.explaining.background import mean_rows
    from pipeline.model import FittedModel

    with db.read() as session:
        run = runs.get(session, user_id, run_id, with_result=True)
        dataset = datasets.get(session, user_id, run.dataset_id)
        spec, model = TrainSpec.parse(run.spec), FittedModel.from_json(run.model or "")
        found = _levels(session, dataset, spec, column)
        if level not in found.texts or level == OTHER:
            raise Refused(f"No row has '{column}: {short(level)}'.", fix=f"Choose one of {_some(found.texts)}.")
        training = classes_of(session, user_id, run).rows("training")
        table = dataset_rows.read_columns(session, dataset, list(model.fields))
    places = (found.codes[training] == found.texts.index(level)).nonzero()[0]
    if not len(places):
        raise Refused(f"No training row has '{column}: {level}'.", fix="Choose a level that the model has learnt from.")
    [means] = mean_rows(model.frame(table), model.terms, training, [places])
    return CountedReference(Reference(SEGMENT, f"the average of {column}: {level}", len(places), means))


def _levels(session: Session, dataset: Dataset, spec: TrainSpec, column: str) -> "Levels":
    from pipeline.segments.levels import levels_of

    table = dataset_rows.read_columns(session, dataset, [column])
    try:
        return levels_of(table, column, categorical=spec.categorical, special_codes=spec.special_codes)
    except UnusableData as error:
        raise Refused(error.message, fix=error.fix) from None


def _some(texts: tuple[str, ...]) -> str:
    named = [f"'{short(text)}'" for text in texts if text != OTHER]
    return ", ".join(named[:6]) + (f" and {len(named) - 6} more" if len(named) > 6 else "")
