"""Searches over a grid: plan one, start it, fit its cells on all processes there are, make a run of a cell.

A part of the work is a path: the cells that differ in C alone, which are prepared once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, cast

from dashapp.settings import Settings
from dashapp.usecases import runs, studies
from dashapp.usecases.datasets import clean_name
from dashapp.usecases.desk import Desk
from dashapp.usecases.errors import InvalidSpec, Refused
from dashapp.usecases.rights import check_maker
from dashapp.usecases.spreading import GoesOn, Lost, Pool, spread
from dashapp.usecases.study_rows import rows_of, study_of
from dashapp.usecases.study_work import finish
from dashapp.usecases.work import Attempt, carry_out
from db import studies as stored
from db.engine import Database
from db.errors import NotFound
from db.tables import Study
from pipeline.errors import Stopped
from pipeline.grid import Cells, cell_spec, cells, paths
from pipeline.spec import TrainSpec
from pipeline.stored import from_plain
from pipeline.study_results import Trial

if TYPE_CHECKING:
    from pipeline.search import JudgedBy

PART = "dashapp.usecases.searches:fit_part"
JUDGED_BY = ("log_loss", "auc")


def plan(desk: Desk, dataset_id: str, given: Mapping[str, Any], grid: Mapping[str, Sequence[Any]]) -> Cells:
    """What a search would fit. Raises InvalidSpec with a sentence for each option that is wrong, and NotFound."""
    return cells(runs.check(desk, dataset_id, given), grid)


def start(
    desk: Desk,
    dataset_id: str,
    given: Mapping[str, Any],
    grid: Mapping[str, Sequence[Any]],
    *,
    name: str,
    judged_by: str = "log_loss",
    run_id: str | None = None,
) -> str:
    """Queues a search and gives the study's id, or that of the same one. Raises InvalidSpec, Refused, or NotFound."""
    if judged_by not in JUDGED_BY:
        raise InvalidSpec.one("judged_by", f"'{judged_by}' is not known; choose one of {', '.join(JUDGED_BY)}.")
    made = plan(desk, dataset_id, given, grid)
    check_maker(desk)
    options = {"grid": {option: list(values) for option, values in made.grid.items()}, "judged_by": judged_by}
    return studies.start(desk, "search", dataset_id, made.spec, options, name=clean_name(name), run_id=run_id)


def save_as_run(desk: Desk, study_id: str, number: int, name: str) -> str:
    """Trains a run with the options of one cell; gives its id. Raises Refused for a cell that failed or is not there."""
    view = studies.get(desk, study_id)
    found = next((trial for trial in view.trials if trial.number == number), None)
    if found is None or found.error:
        raise Refused("That combination was not fitted.", fix="Choose one of the others.")
    return runs.start(desk, view.card.dataset_id, name, cell_spec(view.spec, found.options).to_json())


def execute(db: Database, job_id: str, attempt: int, settings: Settings, pool: Pool) -> None:
    """Fits the cells that are not stored yet, keeps each as it arrives, and judges them all."""
    carry_out(db, job_id, attempt, lambda work: _search(work, pool))


def _search(work: Attempt, pool: Pool) -> None:
    with work.db.read() as session:
        study, _ = study_of(session, work.job.id)
        done = {trial["number"] for trial in stored.trials(session, study.id)}
    grid = cells(TrainSpec.parse(study.spec), study.options["grid"])
    left = {at: [number for number in path if number not in done] for at, path in enumerate(paths(grid))}
    work.share_before = len(done) / len(grid.options)
    sizes = {at: len(numbers) for at, numbers in left.items() if numbers}
    for at, result in spread(work, pool, PART, sizes, len(done), _doing):
        lost = isinstance(result, Lost)
        trials = [asdict(Trial(number, grid.options[number], error=result.sentence)) for number in left[at]] if lost else result
        for trial in trials:
            _keep(work, study.id, trial["number"], trial)
    _finish(work, study, grid)


def _keep(work: Attempt, study_id: str, number: int, trial: dict[str, Any]) -> None:
    """Stores a cell while this attempt holds the job. Raises Stopped where the study was deleted meanwhile."""
    try:
        with work.holding() as session:
            stored.keep_trial(session, study_id, number, trial)
    except NotFound:
        raise Stopped from None


def _doing(done: int, total: int) -> str:
    return f"{done:,} of {total:,} combinations are done"


def _finish(work: Attempt, study: Study, grid: Cells) -> None:
    from pipeline.search import judge

    with work.db.read() as session:
        trials = [from_plain(Trial, found) for found in stored.trials(session, study.id)]
    judged_by = cast("JudgedBy", study.options["judged_by"])
    result = judge(grid, trials, judged_by, sum(trial.seconds for trial in trials))
    finish(work, study, result)


def fit_part(db: Database, job_id: str, attempt: int, number: int) -> list[dict[str, Any]]:
    """The cells of one path of a search that are not stored yet, in any process: loads the rows once for all that it fits."""
    from pipeline.search import fit_path, ready

    goes_on = GoesOn(db, job_id, attempt)
    goes_on.check()
    with db.read() as session:
        study, dataset = study_of(session, job_id)
        done = {trial["number"] for trial in stored.trials(session, study.id)}
        data = rows_of(session, study, dataset, ready)
    grid = cells(TrainSpec.parse(study.spec), study.options["grid"])
    left = {cell: grid.options[cell] for cell in paths(grid)[number] if cell not in done}
    return [asdict(trial) for trial in fit_path(data, left, goes_on)]
