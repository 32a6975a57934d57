"""From a table and a spec to a run: the model, what it is worth, and what should be known about it."""

import time
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pipeline.bootstrap import bootstrap
from pipeline.crossvalidation import CrossValidated, cross_validate
from pipeline.engine import Fitted, fit_rows, model_of, versions
from pipeline.evaluation.evaluating import Evaluated, evaluated, evaluated_classes
from pipeline.evaluation.judging import Judgement, judge
from pipeline.evaluation_results import Metrics
from pipeline.fit_warnings import fit_warnings
from pipeline.folds import folds_of
from pipeline.frame import frame_of
from pipeline.inference import Inference, infer
from pipeline.likelihood import FitFigures
from pipeline.model import FittedModel
from pipeline.outcome import outcome_of
from pipeline.results import ColumnSummary, DataSummary, FitSummary, Progress, Report, RunResult, no_report
from pipeline.scores.row_scores import RowScores, row_scores
from pipeline.settling import settled
from pipeline.spec import TrainSpec
from pipeline.spec_checks import check
from pipeline.split import Parts, parts_of
from pipeline.tallies import summarise

_USUAL_STEPS = 8  # Newton steps of an ordinary fit, for the progress

Rows = NDArray[np.intp]


@dataclass(frozen=True)
class Trained:
    """A run: the spec as used, the model, and the results."""

    spec: TrainSpec
    model: FittedModel
    result: RunResult
    row_scores: RowScores | None  # of every row of the table; None for three classes and more


def train(
    table: pa.Table,
    spec: TrainSpec,
    *,
    columns: Sequence[ColumnSummary] | None = None,
    report: Report = no_report,
    executor: Executor | None = None,
) -> Trained:
    """Trains and judges a model.

    Parameters
    ----------
    table : pyarrow.Table
        Typed columns: the outcome and the features at least.
    spec : TrainSpec
        With no features named, all columns that may carry information are used.
    columns : sequence of ColumnSummary, optional
        Of the table, where they are at hand; their roles say which columns are used where no features are named.
    report : callable, optional
        Called at every Newton step; may raise Stopped.
    executor : Executor, optional
        Spreads the bootstrap's refits; the result is the same without it.

    Returns
    -------
    Trained
        Its spec has the features and the bad label filled in. The model is learnt on the training rows alone.

    Raises
    ------
    InvalidSpec
        Where options do not go together, or not with the data (`pipeline.spec_checks`): no such column, no such label, an
        outcome of one value, more folds than rows of a class.
    UnusableData
        Where the data cannot carry a model: no feature that varies, numbers too large to be scaled.
    Stopped
        Where `report` raised it.
    """
    columns = summarise(table) if columns is None else columns
    check(spec, columns)
    outcome = outcome_of(table, spec)
    spec, left_out, warnings = settled(table, spec, outcome, columns)
    labels = outcome.labels
    steps = _Steps(report, spec)
    steps.tell(0, "Reading the columns")
    parts = parts_of(table, outcome, spec)
    frame = frame_of(table, spec.features, spec.categorical)
    warnings += [f"{n:,} value(s) of '{name}' are infinite and count as missing." for name, n in frame.n_infinite.items()]
    warnings += parts.warnings
    classes = outcome.of_every_row(table.num_rows)
    groups = None if parts.groups is None else parts.groups[parts.train]
    draws = folds_of(classes[parts.train], spec, groups) if spec.folds else ()
    began = time.perf_counter()
    fitted = fit_rows(frame, classes, len(labels), parts.train, spec, steps.main_step)
    seconds = time.perf_counter() - began
    steps.tell(_USUAL_STEPS + 1, "Judging the model")
    judgements: dict[str, Judgement] = {}
    for name, rows in (("training", parts.train), ("validation", parts.validation), ("held_out", parts.test)):
        if len(rows):
            calibrated = name == ("held_out" if len(parts.test) else "training")
            judgements[name], unseen = judge(fitted, frame, classes, rows, labels, spec, calibrated=calibrated)
            warnings += [
                f"{n:,} {name.replace('_', '-')} value(s) of '{at}' are levels that training never saw."
                for at, n in unseen.items()
            ]
    inference = infer(fitted, spec, labels)
    warnings += [*fit_warnings(fitted, spec, labels, inference.separation), *inference.notes]
    cross = None
    if draws:
        cross = cross_validate(frame, classes, len(labels), parts.train, draws, spec, steps.fold_step)
        warnings += cross.warnings
    if spec.bootstrap:
        drawn = bootstrap(
            frame, classes, parts.train, spec, fitted, labels, groups=groups, report=steps.draw_step, executor=executor
        )
        intercepts, coefficients = drawn.added_to(inference.intercepts), drawn.added_to(inference.coefficients)
        inference = replace(inference, intercepts=intercepts, coefficients=coefficients)
        warnings += drawn.notes()
    data = _data(parts, classes, labels, spec, (*left_out, *fitted.left_out), fitted.n_fitted)
    scores = _row_scores(parts, classes, judgements, cross)
    told = evaluated(scores, spec.cutoff) if scores is not None else _of_classes(judgements)
    result = _result(data, judgements, cross, fitted, inference, seconds, tuple(warnings), told)
    steps.tell(steps.total, "Done")
    return Trained(spec, model_of(fitted, spec, labels), result, scores)


def _row_scores(parts: Parts, classes: Rows, judgements: dict[str, Judgement], cross: CrossValidated | None) -> RowScores | None:
    found = [
        (name, rows, judgements[name].judged)
        for name, rows in (("training", parts.train), ("validation", parts.validation), ("held_out", parts.test))
        if name in judgements
    ]
    scores = [(name, rows, judged.probability) for name, rows, judged in found if judged is not None]
    if not scores:
        return None
    folded = (parts.train, cross.out_of_fold) if cross is not None and cross.out_of_fold is not None else None
    return row_scores(len(classes), scores, classes.astype(np.int8), folded)


def _of_classes(judgements: dict[str, Judgement]) -> Evaluated:
    metrics = {part: judgement.metrics for part, judgement in judgements.items() if judgement.metrics is not None}
    return evaluated_classes(metrics, {part: judgement.intervals for part, judgement in judgements.items()})


def _data(
    parts: Parts,
    classes: Rows,
    labels: tuple[str, ...],
    spec: TrainSpec,
    left_out: tuple[tuple[str, str], ...],
    n_fitted: int,
) -> DataSummary:
    counts = np.bincount(classes[np.concatenate([parts.train, parts.validation, parts.test])], minlength=len(labels))
    return DataSummary(
        n_rows=parts.n_rows,
        n_train=len(parts.train),
        n_test=len(parts.test),
        bad_rate=float(counts[1] / parts.n_rows) if spec.bad_label is not None else None,
        columns=spec.features,
        labels=labels,
        class_counts=tuple(map(int, counts)),
        left_out=left_out,
        n_validation=len(parts.validation),
        n_fitted=n_fitted if n_fitted != len(parts.train) else 0,
        held_out=parts.words,
    )


class _Steps:
    """Tells how far the work is: an ordinary number of Newton steps for the fit and for each fold."""

    def __init__(self, report: Report, spec: TrainSpec) -> None:
        self._report = report
        self._fits = spec.folds * spec.fold_repeats
        self.total = float(_USUAL_STEPS * (1 + self._fits + spec.bootstrap) + 2)

    def tell(self, done: float, what: str) -> None:
        self._report(Progress(done, self.total, what))

    def main_step(self, step: int, norm: float) -> None:
        self.tell(min(step, _USUAL_STEPS), f"Fitting: step {step}, gradient {norm:.1e}")

    def fold_step(self, fold: int, step: int, _norm: float) -> None:
        done = _USUAL_STEPS * (1 + fold) + 1 + min(step, _USUAL_STEPS)
        self.tell(done, f"Cross-validation: fold {fold + 1} of {self._fits}")

    def draw_step(self, progress: Progress) -> None:
        self.tell(_USUAL_STEPS * (1 + self._fits + progress.done) + 1, progress.what)


def _result(
    data: DataSummary,
    judgements: dict[str, Judgement],
    cross: CrossValidated | None,
    fitted: Fitted,
    inference: Inference,
    seconds: float,
    warnings: tuple[str, ...],
    told: Evaluated,
) -> RunResult:
    untouched = judgements.get("held_out") or judgements["training"]
    return RunResult(
        **told.fields(),
        data=data,
        cross_validation=cross.figures if cross else None,
        confusion_matrix=untouched.matrix,
        intercepts=inference.intercepts,
        coefficients=inference.coefficients,
        fit=_fit_summary(fitted, told.metrics["training"], inference.figures, seconds),
        warnings=warnings,
        versions=versions(),
        calibration_before=untouched.calibration_before,
        calibration_after=untouched.calibration_after,
        prior_shift=fitted.shift,
        classes=untouched.classes,
        separation=inference.separation,
    )


def _fit_summary(fitted: Fitted, training: Metrics, figures: FitFigures, seconds: float) -> FitSummary:
    """Log-likelihood and deviance are those of the training rows as they came, by the probabilities that the run gives."""
    fit = fitted.fit
    log_likelihood = fit.point.log_likelihood
    if fitted.shift and training.log_loss is not None:
        log_likelihood = -training.log_loss * training.n_rows
    return FitSummary(
        log_likelihood=log_likelihood,
        deviance=-2 * log_likelihood,
        null_deviance=fitted.null_deviance,
        aic=figures.aic,
        iterations=fit.iterations,
        gradient_norm=fit.gradient_norm,
        converged=fit.converged,
        seconds=seconds,
        bic=figures.bic,
        mcfadden_r2=figures.mcfadden_r2,
        likelihood_ratio=figures.likelihood_ratio,
        likelihood_ratio_df=figures.likelihood_ratio_df,
        likelihood_ratio_p=figures.likelihood_ratio_p,
        n_weights=figures.n_weights,
        solver=fit.solver,
        optimality=fit.optimality,
        objective=fit.objective,
        note=fit.note,
        no_tests=figures.no_tests,
    )
