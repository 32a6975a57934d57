"""Live tuning of a run: the path over C is computed once for each set of options, everything else is looked at in the browser.

C and the cut-off are no part of what is computed: a path holds all of them, so that moving them computes nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from dashapp.settings import Settings
from dashapp.usecases import runs as run_cases
from dashapp.usecases import studies as study_cases
from dashapp.usecases.desk import Desk
from dashapp.usecases.errors import InvalidSpec, Refused
from dashapp.usecases.findings import summaries
from dashapp.usecases.rights import check_maker, may_make
from dashapp.usecases.runs import RunView
from dashapp.usecases.studies import StudyView
from dashapp.usecases.study_rows import columns_of
from dashapp.usecases.study_work import carry_out_study
from dashapp.usecases.work import Attempt
from db import dataset_rows, datasets
from db.engine import Database
from db.errors import NotFound
from db.tables import Study
from pipeline.results import Progress
from pipeline.roles import has_roles
from pipeline.spec import TrainSpec
from pipeline.study_results import TuningPath

N_C = 25
USUAL_FOLDS = 5
CHANGEABLE = ("penalty", "l1_ratio", "class_weight", "class_weights", "folds", "fold_repeats", "features")
NO_PENALTY = "Without a penalty there is nothing to tune: the fit does not depend on C."

# Options that name columns, each with how a column is taken out of it.
_LISTS = ("categorical", "log_columns", "degree_columns", "woe_columns")
_BY_COLUMN = ("reference_levels", "orders")


@dataclass(frozen=True)
class Columns:
    """The columns that a run may use, in the order of the data set, and those that it leaves out, each with the reason."""

    names: tuple[str, ...]
    reasons: dict[str, str]


def columns(desk: Desk, view: RunView) -> Columns:
    """What the column picker offers; of a run whose data set is not shared, the run's own columns."""
    if view.result is None:
        return Columns(view.spec.features, {})
    reasons = dict(view.result.data.left_out)
    if not view.sees_dataset:
        names = (*view.spec.features, *(name for name in reasons if name not in view.spec.features))
        return Columns(tuple(names), reasons)
    with desk.db.read() as session:
        found = summaries(datasets.get(session, desk.user.id, view.dataset_id))
    reasons |= {column.name: column.reason for column in found if has_roles(found) and column.role != "feature"}
    return Columns(tuple(column.name for column in found if column.name != view.spec.target), reasons)


def options_of(view: RunView) -> dict[str, Any]:
    """The options of the run that the screen may change, as `start` takes them."""
    plain = view.spec.to_json()
    found = {name: plain[name] for name in CHANGEABLE}
    if not view.spec.folds:
        found["folds"] = USUAL_FOLDS
    return found


def spec_of(view: RunView, changes: Mapping[str, Any]) -> dict[str, Any]:
    """The run's options with these changed, and with what the path does not depend on at its usual value.

    What named a column that is used no longer is taken out with it. Raises InvalidSpec for an option that cannot be changed here.
    """
    unknown = [name for name in changes if name not in CHANGEABLE]
    if unknown:
        raise InvalidSpec.one(unknown[0], f"'{unknown[0]}' cannot be changed here; train a new run for that.")
    usual = {option.name: option.default for option in TrainSpec.options()}
    given = {**view.spec.to_json(), **options_of(view), **changes}
    given |= {name: usual[name] for name in ("cutoff", "bootstrap")}
    if given["penalty"] != "elasticnet":
        given["l1_ratio"] = usual["l1_ratio"]
    if given["class_weight"] != "given":
        given["class_weights"] = usual["class_weights"]
    if given["penalty"] != view.spec.penalty:
        given["solver"] = usual["solver"]  # the one that was chosen may not know this penalty
    features = given["features"]
    if isinstance(features, list | tuple) and features:
        _take_out(given, {name for name in features if isinstance(name, str)}, view.spec.target)
    elif "features" in changes:
        raise InvalidSpec.one("features", "No column is chosen; choose at least one.")
    return given


def _take_out(given: dict[str, Any], used: set[str], target: str) -> None:
    had_powers_of = given["degree_columns"]
    for name in _LISTS:
        given[name] = [column for column in given[name] if column in used]
    if had_powers_of and not given["degree_columns"]:
        given["degree"] = 1  # none named would mean all
    if given["weight_of_evidence"] == "chosen" and not given["woe_columns"]:
        given["weight_of_evidence"] = "none"
    for name in _BY_COLUMN:
        given[name] = {column: value for column, value in dict(given[name]).items() if column in used}
    given["interactions"] = [pair for pair in given["interactions"] if set(pair) <= used]
    given["special_codes"] = {
        column: codes for column, codes in dict(given["special_codes"]).items() if column in used or column == target
    }


def start(desk: Desk, run_id: str, changes: Mapping[str, Any], *, anew: bool = True) -> str:
    """The path of a run's options with some of them changed: the id of the one that is there or at work, or of a new one.

    Without `anew` also of one that failed or was cancelled, so that a page that is looked at starts it no second time.
    Raises InvalidSpec with a sentence for each option that is wrong, NotFound for a run that is not the user's to see, and
    Refused where it would have to be computed for a loan officer or for somebody who sees the run without its data set.
    """
    view = run_cases.get(desk, run_id)
    if view.result is None:
        raise Refused("The run has no result yet.", fix="Wait until it is trained.")
    if view.origin.kind != "trained":
        raise Refused("Nothing was fitted in this run, so there is nothing to tune.", fix="Tune a run that was trained.")
    given = spec_of(view, changes)
    spec = run_cases.check(desk, view.dataset_id, given) if view.sees_dataset else TrainSpec.parse(given)
    if spec.penalty == "none":
        raise InvalidSpec.one("penalty", NO_PENALTY)
    options = {"n_C": N_C}
    if not view.sees_dataset or not may_make(desk.user):
        there = study_cases.finished(desk, "path", view.dataset_id, spec, options, view.id)
        if there is None:
            check_maker(desk)
            raise Refused("You see this run without its data set, so nothing new is computed.", fix=view.why_no_rows)
        return there
    name = f"Path of {view.name}"
    return study_cases.start(desk, "path", view.dataset_id, spec, options, name=name, run_id=view.id, anew=anew)


def get(desk: Desk, run_id: str, study_id: str) -> StudyView:
    """A path of this run. Raises NotFound for what is absent, not the user's to see, or of another run."""
    found = study_cases.get(desk, study_id)
    if found.card.kind != "path" or found.card.run_id != run_id:
        raise NotFound("study")
    return found


def own_spec(view: RunView) -> TrainSpec:
    """The options of the path of the run's own options; of a run without a penalty, its options as they are."""
    return TrainSpec.parse(spec_of(view, {}))


def is_own(view: RunView, study: StudyView) -> bool:
    """Whether a path is that of the run's own options."""
    return own_spec(view) == study.spec


def chosen(study: StudyView, position: Any, cutoff: Any) -> TrainSpec:
    """The options of the model at a place of a finished path and at a cut-off. Raises InvalidSpec or Refused."""
    if not isinstance(study.result, TuningPath):
        raise Refused("The path is not computed yet.", fix="Wait until it is done.")
    if isinstance(position, bool) or not isinstance(position, int) or not 0 <= position < len(study.result.Cs):
        raise InvalidSpec.one("C", "This C is not on the path; choose one of its values.")
    spec = TrainSpec.parse({**study.result.spec, "C": study.result.Cs[position]})
    if len(study.result.labels) > 2:
        return spec
    return TrainSpec.parse({**spec.to_json(), "cutoff": cutoff})


def save(desk: Desk, run_id: str, study_id: str, position: Any, cutoff: Any) -> str:
    """Trains a new run with a path's options, the C at this place of it, and a cut-off; gives the run's id.

    Raises InvalidSpec, NotFound, and Refused as `chosen` does.
    """
    view, study = run_cases.get(desk, run_id), get(desk, run_id, study_id)
    spec = chosen(study, position, cutoff)
    # What the path left at its usual value is as in the run that it started from.
    spec = replace(spec, bootstrap=view.spec.bootstrap, cutoff=spec.cutoff)
    return run_cases.start(desk, view.dataset_id, f"{view.name}, C = {spec.C:.2g}"[:200], spec.to_json())


def save_unpenalised(desk: Desk, run_id: str, changes: Mapping[str, Any]) -> str:
    """Trains a new run without a penalty, with the other options as they are chosen; gives its id."""
    view = run_cases.get(desk, run_id)
    given = {**spec_of(view, {**changes, "penalty": "none"}), "cutoff": view.spec.cutoff, "bootstrap": view.spec.bootstrap}
    return run_cases.start(desk, view.dataset_id, f"{view.name}, no penalty"[:200], given)


def execute(db: Database, job_id: str, attempt: int, settings: Settings) -> None:
    """Computes a queued path. Called by a worker, one attempt at a time."""
    carry_out_study(db, job_id, attempt, _work)


def _work(work: Attempt, study: Study) -> TuningPath:
    from pipeline.tuning import tuning_path  # a second of imports that only a worker pays

    work.report(Progress(0, 1, "Reading the columns"))
    with work.db.read() as session:
        dataset = datasets.get(session, work.job.owner_id, study.dataset_id)
        spec, n_C = TrainSpec.parse(study.spec), int(study.options["n_C"])
        table = dataset_rows.read_columns(session, dataset, columns_of(spec))
    work.n_rows = table.num_rows
    return tuning_path(table, spec, n_C=n_C, report=work.report)
