"""From a table and a spec to a run: the model, what it is worth, and what should be known about it."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pipeline.crossvalidation import check_folds, cross_validate
from pipeline.engine import Fitted, fit_rows, model_of, versions
from pipeline.errors import InvalidSpec, UnusableData, quoted
from pipeline.evaluation import confusion_matrix, figures, figures_of_classes, roc_curve, score_table
from pipeline.frame import Frame, frame_of
from pipeline.inference import coefficient_rows, estimates, why_no_errors
from pipeline.metrics import Judged
from pipeline.model import FittedModel
from pipeline.outcome import Outcome, outcome_of
from pipeline.results import (
    Confusion,
    CrossValidation,
    DataSummary,
    FitSummary,
    Metrics,
    Progress,
    Report,
    RocCurve,
    RunResult,
    ScoreTable,
    no_report,
)
from pipeline.spec import TrainSpec
from pipeline.split import held_out
from pipeline.suggestions import suggested_features
from pipeline.tallies import summarise
from pipeline.terms import Term

_USUAL_STEPS = 8  # Newton steps of an ordinary fit, for the progress

Rows = NDArray[np.intp]


@dataclass(frozen=True)
class Trained:
    """A run: the spec as used, the model, and the results."""

    spec: TrainSpec
    model: FittedModel
    result: RunResult


@dataclass(frozen=True)
class _Part:
    """How a model does on one part of the rows."""

    metrics: Metrics
    confusion: Confusion | None
    matrix: tuple[tuple[int, ...], ...] | None
    roc: RocCurve | None
    scores: ScoreTable | None


def train(table: pa.Table, spec: TrainSpec, *, report: Report = no_report) -> Trained:
    """Trains and judges a model.

    Parameters
    ----------
    table : pyarrow.Table
        Typed columns: the outcome and the features at least.
    spec : TrainSpec
        With no features named, all columns that may carry information are used.
    report : callable, optional
        Called at every Newton step; may raise Stopped.

    Returns
    -------
    Trained
        Its spec has the features and the bad label filled in. The model is learnt on the training rows alone.

    Raises
    ------
    InvalidSpec
        Where an option does not fit the data: no such column, no such label, more folds than rows of a class.
    UnusableData
        Where the data cannot carry a model: one class only, no feature that varies.
    Stopped
        Where `report` raised it.
    """
    outcome = outcome_of(table, spec)
    spec, left_out, warnings = _settled(table, spec, outcome)
    steps = _Steps(report, spec)
    steps.tell(0, "Reading the columns")
    frame = frame_of(table, spec.features, spec.categorical)
    warnings += [f"{n:,} value(s) of '{name}' are infinite and count as missing." for name, n in frame.n_infinite.items()]
    classes = np.full(table.num_rows, -1, np.intp)
    classes[outcome.rows] = outcome.classes
    train_at, test_at = held_out(outcome.classes, spec.test_share, spec.seed)
    training, testing = outcome.rows[train_at], outcome.rows[test_at]
    if spec.folds:
        check_folds(classes[training], spec)
    began = time.perf_counter()
    fitted = fit_rows(frame, classes, len(outcome.labels), training, spec, steps.main_step)
    seconds = time.perf_counter() - began
    warnings += _fit_warnings(fitted, outcome)
    steps.tell(_USUAL_STEPS + 1, "Judging the model")
    on_training, _ = _judged(fitted, frame, classes, training, outcome, spec)
    on_test, unseen = _judged(fitted, frame, classes, testing, outcome, spec) if len(testing) else (None, {})
    warnings += [f"{n:,} held-out value(s) of '{name}' are levels that training never saw." for name, n in unseen.items()]
    cross, more = _cross_validation(frame, classes, training, outcome, spec, steps)
    data = DataSummary(
        n_rows=len(outcome.rows),
        n_train=len(training),
        n_test=len(testing),
        bad_rate=outcome.counts[1] / len(outcome.rows) if outcome.bad_label is not None else None,
        columns=spec.features,
        labels=outcome.labels,
        class_counts=outcome.counts,
        left_out=(*left_out, *fitted.left_out),
    )
    result = _result(data, on_training, on_test, cross, fitted, spec, seconds, (*warnings, *more))
    steps.tell(steps.total, "Done")
    return Trained(spec, model_of(fitted, spec, outcome.labels), result)


def _settled(table: pa.Table, spec: TrainSpec, outcome: Outcome) -> tuple[TrainSpec, tuple[tuple[str, str], ...], list[str]]:
    """The spec with its features (in the order of the table) and bad label filled in; columns left out; warnings."""
    names = table.schema.names
    for option in ("features", "categorical", "special_codes"):
        absent = [name for name in _named(spec, option) if name not in names]
        if absent:
            raise InvalidSpec.one(option, f"There is no column {quoted(absent)}; the columns are {quoted(names, 20)}.")
    if spec.target in spec.categorical:
        raise InvalidSpec.one("categorical", f"'{spec.target}' is the outcome; take it out of the categories.")
    warnings = list(outcome.warnings)
    left_out: tuple[tuple[str, str], ...] = ()
    features = tuple(name for name in names if name in set(spec.features))
    if not features:
        features, left_out = suggested_features(summarise(table), spec.target, spec.categorical)
        warnings += [f"Not used: '{name}' ({reason})." for name, reason in left_out]
    if not features:
        raise UnusableData("No column is left that could be a feature.", fix="Name the features that the model may use.")
    codes = tuple(entry for entry in spec.special_codes if entry[0] in features)
    return replace(spec, features=features, special_codes=codes, bad_label=outcome.bad_label), left_out, warnings


def _named(spec: TrainSpec, option: str) -> tuple[str, ...]:
    """The columns that an option names."""
    value = getattr(spec, option)
    return tuple(column for column, _ in value) if option == "special_codes" else tuple(value)


class _Steps:
    """Tells how far the work is: an ordinary number of Newton steps for the fit and for each fold."""

    def __init__(self, report: Report, spec: TrainSpec) -> None:
        self._report = report
        self._folds = spec.folds
        self.total = float(_USUAL_STEPS * (1 + spec.folds) + 2)

    def tell(self, done: float, what: str) -> None:
        self._report(Progress(done, self.total, what))

    def main_step(self, step: int, norm: float) -> None:
        self.tell(min(step, _USUAL_STEPS), f"Fitting: step {step}, gradient {norm:.1e}")

    def fold_step(self, fold: int, step: int, _norm: float) -> None:
        done = _USUAL_STEPS * (1 + fold) + 1 + min(step, _USUAL_STEPS)
        self.tell(done, f"Cross-validation: fold {fold + 1} of {self._folds}")


def _cross_validation(
    frame: Frame, classes: Rows, training: Rows, outcome: Outcome, spec: TrainSpec, steps: _Steps
) -> tuple[CrossValidation | None, tuple[str, ...]]:
    if not spec.folds:
        return None, ()
    return cross_validate(frame, classes, len(outcome.labels), training, spec, steps.fold_step)


def _fit_warnings(fitted: Fitted, outcome: Outcome) -> list[str]:
    warnings = [f"Not used: '{name}' ({reason})." for name, reason in fitted.left_out]
    for term in fitted.terms:
        absent = [code for code, meaning in getattr(term, "codes", ()) if meaning == "unseen"]
        if absent:
            warnings.append(f"No training row has the code {quoted(absent)} of '{term.field}', so it counts as missing.")
    names = _column_names(fitted.terms)
    if len(fitted.fit.aliased):
        fixed = quoted((names[at] for at in fitted.fit.aliased), 10)
        warnings.append(f"Fixed at 0, because other columns determine them: {fixed}.")
    if len(fitted.fit.diverging):
        split = quoted(dict.fromkeys(names[at] for at in fitted.fit.diverging))
        warnings.append(
            f"The classes are separated by {split}: the likelihood has no maximum, and these coefficients grow without end. "
            "Leave the column out, group its levels, or use a penalty."
        )
    elif not fitted.fit.converged:
        warnings.append(
            f"The fit did not converge in {fitted.fit.iterations} steps (gradient {fitted.fit.gradient_norm:.1e}). "
            "Allow more iterations, or use a penalty."
        )
    if fitted.problem.row_weights is not None:
        warnings.append("Rows are weighted by class, so the probabilities are shifted and are no default rates.")
    return warnings


def _column_names(terms: Sequence[Term]) -> list[str]:
    names = ["(intercept)"]
    for term in terms:
        names += [term.field if level is None else f"{term.field} = {level}" for level in term.column_levels]
    return names


def _judged(
    fitted: Fitted, frame: Frame, classes: Rows, rows: Rows, outcome: Outcome, spec: TrainSpec
) -> tuple[_Part, dict[str, int]]:
    probability, unseen = fitted.probabilities(frame, rows)
    own = classes[rows]
    if outcome.bad_label is None:
        matrix = confusion_matrix(own, probability.argmax(axis=1), len(outcome.labels))
        return _Part(figures_of_classes(own, probability), None, matrix, None, None), unseen
    judged = Judged(own == 1, np.ascontiguousarray(probability[:, 1]), spec.cutoff)
    return _Part(figures(judged), judged.confusion, None, roc_curve(judged.ranking), score_table(judged.ranking)), unseen


def _result(
    data: DataSummary,
    training: _Part,
    test: _Part | None,
    cross: CrossValidation | None,
    fitted: Fitted,
    spec: TrainSpec,
    seconds: float,
    warnings: tuple[str, ...],
) -> RunResult:
    found = estimates(fitted.problem, fitted.fit, fitted.terms, why_no_errors(spec, fitted.fit))
    labels = data.labels[1:]
    intercepts, coefficients = coefficient_rows(found, fitted.fit, fitted.terms, labels)
    return RunResult(
        data=data,
        train=training.metrics,
        test=test.metrics if test else None,
        cross_validation=cross,
        confusion_train=training.confusion,
        confusion_test=test.confusion if test else None,
        confusion_matrix=(test or training).matrix,
        roc_train=training.roc,
        roc_test=test.roc if test else None,
        scores_train=training.scores,
        scores_test=test.scores if test else None,
        intercepts=intercepts,
        coefficients=coefficients,
        fit=_fit_summary(fitted, spec, seconds),
        warnings=warnings,
        versions=versions(),
    )


def _fit_summary(fitted: Fitted, spec: TrainSpec, seconds: float) -> FitSummary:
    log_likelihood = fitted.fit.point.log_likelihood
    counts = np.bincount(fitted.problem.classes, minlength=fitted.problem.n_classes)
    counts = counts[counts > 0]
    n_weights = fitted.fit.point.weights.size - len(fitted.fit.aliased) * fitted.problem.n_free
    likely = spec.penalty == "none" and spec.class_weight == "none" and fitted.fit.converged
    return FitSummary(
        log_likelihood=log_likelihood,
        deviance=-2 * log_likelihood,
        null_deviance=float(-2 * (counts @ np.log(counts / counts.sum()))),
        aic=2 * n_weights - 2 * log_likelihood if likely else None,
        iterations=fitted.fit.iterations,
        gradient_norm=fitted.fit.gradient_norm,
        converged=fitted.fit.converged,
        seconds=seconds,
    )
