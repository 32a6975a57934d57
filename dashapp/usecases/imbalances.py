"""Comparisons of ways to treat imbalance: start one, fit the treatments beside each other, save one as a run."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from dashapp.settings import Settings
from dashapp.usecases import runs, studies
from dashapp.usecases.datasets import clean_name
from dashapp.usecases.desk import Desk
from dashapp.usecases.errors import InvalidSpec, Refused
from dashapp.usecases.findings import summaries
from dashapp.usecases.rights import check_maker
from dashapp.usecases.spreading import GoesOn, Lost, Pool, spread
from dashapp.usecases.study_rows import rows_of, study_of
from dashapp.usecases.study_work import finish
from dashapp.usecases.work import Attempt, carry_out
from db import datasets
from db.engine import Database
from pipeline.results import Progress
from pipeline.study_results import ImbalanceComparison

if TYPE_CHECKING:
    from pipeline.imbalance import Scored

PART = "dashapp.usecases.imbalances:fit_part"
_OVERRULED = {"class_weight": "none", "class_weights": {}, "resampling": "none", "folds": 0, "fold_repeats": 1, "bootstrap": 0}


def start(desk: Desk, dataset_id: str, given: Mapping[str, Any], *, name: str, run_id: str | None = None) -> str:
    """Queues a comparison and gives the study's id, or that of the same one.

    Raises InvalidSpec with a sentence for each option that is wrong, or where nothing is held out; Refused for three classes and
    more; NotFound.
    """
    spec = runs.check(desk, dataset_id, {**given, **_OVERRULED})
    check_maker(desk)
    if spec.test_share == 0:
        raise InvalidSpec.one(
            "test_share", "The treatments are compared on held-out rows, and none are held out; choose a held-out share above 0."
        )
    if spec.bad_label is None and _n_labels(desk, dataset_id, spec.target) > 2:
        raise Refused(
            f"'{spec.target}' has three classes or more, and ways to treat imbalance are compared for two.",
            fix="Say which label counts as bad.",
        )
    return studies.start(desk, "imbalance", dataset_id, spec, {}, name=clean_name(name), run_id=run_id)


def _n_labels(desk: Desk, dataset_id: str, target: str) -> int:
    with desk.db.read() as session:
        columns = summaries(datasets.get(session, desk.user.id, dataset_id))
    return next((column.n_distinct or 0 for column in columns if column.name == target), 0)


def save_as_run(desk: Desk, study_id: str, treatment: str, name: str) -> str:
    """Trains a run with a treatment's options; gives its id. Raises Refused for one that is not there."""
    view = studies.get(desk, study_id)
    result = view.result
    found = (
        next((one for one in result.treatments if one.name == treatment), None)
        if isinstance(result, ImbalanceComparison)
        else None
    )
    if found is None:
        raise Refused("That treatment was not fitted.", fix="Choose one of the others.")
    return runs.start(desk, view.card.dataset_id, name, {**view.spec.to_json(), **found.options})


def execute(db: Database, job_id: str, attempt: int, settings: Settings, pool: Pool) -> None:
    """Fits the treatments beside each other, works out the intervals of their differences, and stores the result."""
    carry_out(db, job_id, attempt, lambda work: _compare(work, pool))


def _compare(work: Attempt, pool: Pool) -> None:
    from pipeline.imbalance import NAMES, laid_side_by_side, ready_to_compare

    scored: list[Scored] = []
    failed: list[tuple[str, str]] = []
    for number, result in spread(work, pool, PART, dict.fromkeys(range(len(NAMES)), 1), 0, _doing):
        if isinstance(result, Lost | str):
            failed.append((NAMES[number], result.sentence if isinstance(result, Lost) else result))
        else:
            scored.append(result)
    scored.sort(key=lambda one: NAMES.index(one.treatment.name))
    with work.db.read() as session:
        study, dataset = study_of(session, work.job.id)
        data = rows_of(session, study, dataset, ready_to_compare)
    result = laid_side_by_side(data, scored, failed, report=work.report)
    finish(work, study, result)


def _doing(done: int, total: int) -> str:
    return f"{done} of {total} treatments are done"


def fit_part(db: Database, job_id: str, attempt: int, number: int) -> "Scored | str":
    """One treatment, in any process."""
    from pipeline.imbalance import NAMES, fit_treatment, ready_to_compare

    goes_on = GoesOn(db, job_id, attempt)
    goes_on.check()
    with db.read() as session:
        study, dataset = study_of(session, job_id)
        data = rows_of(session, study, dataset, ready_to_compare)
    return fit_treatment(data, NAMES[number], lambda step, _norm: goes_on(Progress(step, 1, "")))
