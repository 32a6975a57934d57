"""Ways to treat imbalance, side by side on the same split: what each does to ranking, decisions and probabilities."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from pipeline.engine import fit_rows
from pipeline.errors import InvalidSpec, PipelineError, Stopped, UnusableData
from pipeline.evaluation.calibration import calibration_of
from pipeline.evaluation.metrics import Judged, figures
from pipeline.evaluation.paired import auc_difference, bootstrap_differences
from pipeline.frame import Category, Floats
from pipeline.results import Progress, Report, no_report
from pipeline.search import Ready, ready
from pipeline.spec import TrainSpec
from pipeline.study_results import Difference, ImbalanceComparison, Treatment

MOST_DRAWS, LEAST_DRAWS = 1_000, 200
_DRAWN_ROWS = 20_000_000  # of all draws together; above 100,000 held-out rows the intervals are narrow anyway
NAMES = ("none", "balanced", "smote", "over", "under")
_USUAL_STEPS = 8
_FITS_SHARE = 0.8  # of the time; the rest goes to the intervals


@dataclass(frozen=True)
class Scored:
    """A treatment with the held-out probabilities of bad that its figures are made of."""

    treatment: Treatment
    probability: Floats  # corrected for the changed prior


def compare_treatments(
    table: pa.Table, spec: TrainSpec, *, n_bootstrap: int | None = None, report: Report = no_report
) -> ImbalanceComparison:
    """Trains a spec with each way to treat imbalance and judges all on the same held-out rows.

    Parameters
    ----------
    table : pyarrow.Table
    spec : TrainSpec
        Its class weight and resampling are replaced by each treatment's: none, balanced weights, SMOTE (SMOTENC where the model
        has categories as well as numbers), random over- and random under-sampling. Resampling is done on the training rows.
    n_bootstrap : int, optional
        Draws of the paired bootstrap; 1,000 for up to 20,000 held-out rows, fewer for more, at least 200.
    report : callable
        May raise Stopped.

    Returns
    -------
    ImbalanceComparison
        Metrics and calibration of probabilities corrected for the changed prior (`pipeline.priors`), and the confusion matrix and
        calibration without the correction. Differences to no treatment, on the same rows, with 95% intervals: DeLong's paired
        interval for the AUC, percentiles of the paired bootstrap for the rest. A treatment that cannot be fitted is in `failed`
        with its sentence.

    Raises
    ------
    InvalidSpec
        Without held-out rows, and as `pipeline.training.train` does.
    UnusableData
        For three classes and more; where the model cannot even be fitted without a treatment.
    Stopped
        Where `report` raised it.
    """
    data = ready_to_compare(table, spec)
    scored: list[Scored] = []
    failed: list[tuple[str, str]] = []
    for at, name in enumerate(NAMES):

        def tell(step: int, _norm: float, at: int = at, name: str = name) -> None:
            share = (at + min(step / _USUAL_STEPS, 1)) / len(NAMES)
            report(Progress(_FITS_SHARE * share, 1, f"{_LABELS[name]}: step {step}"))

        outcome = fit_treatment(data, name, tell)
        if isinstance(outcome, str):
            failed.append((name, outcome))
        else:
            scored.append(outcome)
    return laid_side_by_side(data, scored, failed, n_bootstrap, report)


def ready_to_compare(table: pa.Table, spec: TrainSpec) -> Ready:
    """The rows of a comparison. Raises InvalidSpec without held-out rows, UnusableData for three classes and more."""
    if spec.test_share == 0:
        raise InvalidSpec.one(
            "test_share", "The treatments are compared on held-out rows, and none are held out; choose a held-out share above 0."
        )
    plain = TrainSpec.parse({**spec.to_json(), **_OPTIONS["none"], "folds": 0})
    data = ready(table, plain)
    if data.outcome.bad_label is None:
        raise UnusableData(
            f"'{spec.target}' has {len(data.outcome.labels)} classes, and ways to treat imbalance are compared for two.",
            fix="Name the label that counts as bad; the others then count as good.",
        )
    return data


def fit_treatment(data: Ready, name: str, report: Callable[[int, float], None]) -> Scored | str:
    """One treatment, or the sentence that says why it cannot be fitted."""
    began = time.perf_counter()
    options = options_of(data, name)
    try:
        spec = data.spec_of(options)
        fitted = fit_rows(data.frame, data.classes, 2, data.training, spec, report)
    except Stopped:
        raise
    except (PipelineError, MemoryError, np.linalg.LinAlgError) as fault:
        return str(fault) if isinstance(fault, PipelineError) else "It needed more memory than it may use."
    log_odds, _ = fitted.log_odds(data.frame, data.testing)
    before = _judged(data, fitted.probability(log_odds, corrected=False), spec)
    judged = _judged(data, fitted.probability(log_odds, corrected=True), spec)
    calibration = calibration_of(judged)
    if calibration is None:
        return "No row is held out."
    warnings = () if fitted.fit.converged else (f"The fit did not converge in {fitted.fit.iterations} steps.",)
    treatment = Treatment(
        name=name,
        label=_LABELS[options["resampling"] if options["resampling"] == "smotenc" else name],
        options=options,
        n_fitted=fitted.n_fitted,
        metrics=figures(judged),
        confusion=judged.confusion,
        confusion_before=before.confusion,
        calibration=calibration,
        calibration_before=calibration_of(before) if fitted.shift else None,
        seconds=time.perf_counter() - began,
        warnings=warnings,
    )
    return Scored(treatment, judged.probability)


def laid_side_by_side(
    data: Ready,
    scored: Sequence[Scored],
    failed: Sequence[tuple[str, str]],
    n_bootstrap: int | None = None,
    report: Report = no_report,
) -> ImbalanceComparison:
    """The comparison of treatments that were fitted. Raises UnusableData where the one without a treatment was not."""
    none = next((one for one in scored if one.treatment.name == "none"), None)
    if none is None:
        raise UnusableData(f"The model cannot be fitted without a treatment: {dict(failed).get('none', '')}".strip())
    bad = data.classes[data.testing] == 1
    if n_bootstrap is None:
        n_bootstrap = min(MOST_DRAWS, max(LEAST_DRAWS, _DRAWN_ROWS // len(bad)))
    differences: list[Difference] = []
    others = [one for one in scored if one is not none]
    for at, one in enumerate(others):
        what = f"Intervals: {one.treatment.label}"
        report(Progress(_FITS_SHARE + (1 - _FITS_SHARE) * at / len(others), 1, what))
        auc = auc_difference(bad, one.probability, none.probability)
        if auc is not None:
            differences.append(Difference(one.treatment.name, "auc", auc.difference, auc.low, auc.high))
        found = bootstrap_differences(bad, one.probability, none.probability, data.spec.cutoff, n_bootstrap, data.spec.seed)
        differences += [Difference(one.treatment.name, metric, *interval) for metric, interval in found.items()]
    used = data.classes[np.concatenate([data.training, data.testing])]
    return ImbalanceComparison(
        spec=data.spec.to_json(),
        labels=data.outcome.labels,
        bad_rate=float((used == 1).mean()),
        n_train=len(data.training),
        n_test=len(data.testing),
        treatments=tuple(one.treatment for one in scored),
        differences=tuple(differences),
        failed=tuple(failed),
        n_bootstrap=n_bootstrap,
    )


def options_of(data: Ready, name: str) -> dict[str, Any]:
    """What a treatment changes in the base. SMOTE is SMOTENC where the model has categories beside numbers."""
    options = dict(_OPTIONS[name])
    if name == "smote":
        columns = list(data.frame.columns.values())
        n_categories = sum(isinstance(column, Category) for column in columns)
        if 0 < n_categories < len(columns):
            options["resampling"] = "smotenc"
    return options


def _judged(data: Ready, probability: Floats, spec: TrainSpec) -> Judged:
    return Judged(data.classes[data.testing] == 1, np.ascontiguousarray(probability[:, 1]), spec.cutoff)


_OPTIONS: dict[str, dict[str, Any]] = {
    "none": {"class_weight": "none", "resampling": "none"},
    "balanced": {"class_weight": "balanced", "resampling": "none"},
    "smote": {"class_weight": "none", "resampling": "smote"},
    "over": {"class_weight": "none", "resampling": "over"},
    "under": {"class_weight": "none", "resampling": "under"},
}
_LABELS = {
    "none": "No treatment",
    "balanced": "Balanced weights",
    "smote": "SMOTE",
    "smotenc": "SMOTENC",
    "over": "Over-sampling",
    "under": "Under-sampling",
}
