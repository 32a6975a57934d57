"""LIME's account of one applicant of a run, stored with its seed, samples and kernel width."""

import gc
import logging
import math
import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from dashapp.settings import Settings
from dashapp.usecases import backgrounds, studies
from dashapp.usecases.backgrounds import OpenedRun
from dashapp.usecases.desk import Desk
from dashapp.usecases.errors import InvalidSpec, NotFound, Refused, UnusableData
from dashapp.usecases.explaining import Applicant
from dashapp.usecases.studies import StudyView
from dashapp.usecases.study_work import carry_out_study, run_of
from dashapp.usecases.work import Attempt
from db import runs
from db import studies as stored
from db.engine import Database
from db.tables import Study
from pipeline.explain_results import AVERAGE, Background, Value
from pipeline.given import number
from pipeline.lime_results import LimeResult
from pipeline.shown import shown

if TYPE_CHECKING:
    from pipeline.model import FittedModel

MOST_SAMPLES, FEWEST_SAMPLES = 100_000, 100
MOST_SEEDS, FEWEST_SEEDS = 100, 2
LEAST_WIDTH, MOST_WIDTH = 0.01, 1e6
MOST_AT_ONCE = 5_000_000  # samples times columns of all repeats together, about 0.4 s; more are a job
MOST_SEED = 2**32 - 1

log = logging.getLogger(__name__)

_begun, _loaded, _failed = threading.Event(), threading.Event(), threading.Event()  # loading the package in this process


class StillLoading(Refused):
    """This process loads the package: who asks again in a second may have LIME then."""

    def __init__(self) -> None:
        super().__init__("LIME is being loaded.", fix="Wait a moment.")


def start(
    desk: Desk,
    run_id: str,
    applicant: Applicant,
    *,
    seed: int | None = None,
    n_samples: int = 5_000,
    kernel_width: float | None = None,
    n_seeds: int = 20,
    label: str | None = None,
    discretised: bool = True,
    asks_again: bool = False,
) -> str:
    """Explains an applicant, and gives the study's id: of the same that is there, or of a new one.

    Without a seed it is the run's; without a kernel width the package's own; `label` is the class for three and more. Few samples
    are drawn here, more in a job. While this process loads the package few are left to a job too, but one takes longer: who
    `asks_again` gets StillLoading instead. The study holds the applicant's
    values, which are personal data: nobody but who asked can read it, and it is found again for them alone.

    Raises NotFound, Refused and StillCounting as `backgrounds.opened` does, and InvalidSpec with a sentence for each option that
    cannot be used.
    """
    run = backgrounds.opened(desk, run_id)
    options = _checked(run, seed, n_samples, kernel_width, n_seeds, label, discretised)
    options["values"] = _values(run, applicant)
    effort = options["n_samples"] * options["n_seeds"] * len(run.background.lime.columns)
    done = studies.finished(desk, "lime", run.view.dataset_id, run.view.spec, options, run_id)
    here = effort <= MOST_AT_ONCE and done is None
    if here and not _loaded.is_set():
        warm_soon()
        if asks_again and not _failed.is_set():
            raise StillLoading
        here = False
    own = applicant.row if applicant.dataset_id == run.view.dataset_id else None
    whom = "an applicant" if own is None else f"row {own + 1:,}"  # not by a name, which may be a person's
    name = f"LIME of {whom}, {run.view.name}"
    explained = (lambda: _explained(run.model, run.background, options)) if here else None
    return studies.start_of(desk, run.view, "lime", options, name, explained, needs_rows=False)


def get(desk: Desk, study_id: str) -> StudyView:
    """Raises NotFound for what is absent, not asked by the user, or no LIME."""
    found = studies.get(desk, study_id)
    if found.card.kind != "lime":
        raise NotFound("study")
    return found


def warm_soon() -> None:
    """Loads the package in a thread of its own, for pages that may need it next.

    It takes a second of work, nearly all of it for scikit-learn and scipy.
    """
    if not _begun.is_set():
        _begun.set()
        threading.Thread(target=_warm_or_tell, name="lime", daemon=True).start()


def _warm_or_tell() -> None:
    try:
        warm()
        # A thousand modules that stay: looking through them at each full collection would hold every request up for 50 ms.
        gc.collect()
        gc.freeze()
    except Exception:  # whatever it is, jobs explain from now on, in processes of their own
        log.exception("The lime package cannot be loaded here.")
        _failed.set()


def warm() -> None:
    """Loads the package now."""
    import pipeline.explaining.lime.explain  # noqa: F401

    _begun.set()
    _loaded.set()


def execute(db: Database, job_id: str, attempt: int, settings: Settings) -> None:
    """Explains for a queued job. Called by a worker, one attempt at a time."""
    carry_out_study(db, job_id, attempt, _work)


def _work(work: Attempt, study: Study) -> LimeResult:
    from pipeline.model import FittedModel

    with work.db.read() as session:
        run = runs.get(session, work.job.owner_id, run_of(study), with_result=True)
        model = FittedModel.from_json(run.model or "")
        # what LIME needs of the training rows is the same at every cut-off
        counted = stored.visible(session, work.job.owner_id, kinds=("background",), run_id=run.id)
        results = [found for found, _ in (stored.result_of(session, row.id) for row in counted) if found is not None]
    if not results:
        raise UnusableData("The run's training rows are not counted.", fix="Open the applicant again.")
    return _explained(model, Background.from_json(results[0]), study.options)


def _explained(model: "FittedModel", background: Background, options: Mapping[str, Any]) -> LimeResult:
    from pipeline.explaining.exact import explain
    from pipeline.explaining.lime.explain import lime_explain

    average = background.reference(AVERAGE)
    if average is None:
        raise UnusableData("The run has no rows to compare with.", fix="Train it again.")
    label = options["label"]
    has_account = model.link != "reference" or label != model.labels[0]  # the first has no log-odds where it is the reference
    return lime_explain(
        model,
        background.lime,
        options["values"],
        exact=explain(model, options["values"], average, label) if has_account else None,
        label=label,
        seed=options["seed"],
        n_samples=options["n_samples"],
        kernel_width=options["kernel_width"],
        n_seeds=options["n_seeds"],
        discretised=options["discretised"],
    )


def _checked(
    run: OpenedRun, seed: Any, n_samples: Any, kernel_width: Any, n_seeds: Any, label: Any, discretised: Any
) -> dict[str, Any]:
    """The options as they are stored. Raises InvalidSpec with a sentence for each that cannot be used."""
    problems: dict[str, str] = {}
    seed = run.view.spec.seed if seed is None else seed
    options: dict[str, Any] = {
        "seed": _whole(problems, "seed", seed, 0, MOST_SEED, "The seed"),
        "n_samples": _whole(problems, "n_samples", n_samples, FEWEST_SAMPLES, MOST_SAMPLES, "The number of samples"),
        "n_seeds": _whole(problems, "n_seeds", n_seeds, FEWEST_SEEDS, MOST_SEEDS, "The number of repeats"),
        "kernel_width": None,
        "label": None,
        "discretised": discretised is True,
    }
    if kernel_width is not None:
        options["kernel_width"] = number(kernel_width)
        if options["kernel_width"] is None or not LEAST_WIDTH <= options["kernel_width"] <= MOST_WIDTH:
            problems["kernel_width"] = "The kernel width is a number from 0.01 on, such as 3; leave it empty for the usual one."
    try:
        options["label"] = _label(run, label)
    except UnusableData as error:
        problems["label"] = f"{error.message} {error.fix}"
    if problems:
        raise InvalidSpec(problems)
    return options


def _values(run: OpenedRun, applicant: Applicant) -> dict[str, Value]:
    """Those of the model's fields, numbers without end as missing. Raises UnusableData where a field has none of its kind."""
    from pipeline.explaining.exact import one_row

    one_row(run.model, applicant.values)
    given = {name: applicant.values[name] for name in run.model.fields}
    return {name: _plain(value) for name, value in given.items()}


def _plain(value: Value) -> Value:
    if value is None or isinstance(value, str):
        return value
    return float(value) if math.isfinite(value) else None


def _label(run: OpenedRun, given: Any) -> str:
    labels = run.model.labels
    if given is not None and given not in labels:
        raise UnusableData(f"The run has no class {shown(given)}.", fix=f"Choose one of {', '.join(labels)}.")
    return labels[1] if given is None or len(labels) == 2 else str(given)


def _whole(problems: dict[str, str], name: str, given: Any, low: int, high: int, words: str) -> int | None:
    value = number(given)
    if value is None or value != int(value) or not low <= value <= high:
        problems[name] = f"{words} is a whole number from {low:,} to {high:,}."
        return None
    return int(value)
