"""Estimates in the columns' own units, and what may be believed about them."""

import math
from dataclasses import dataclass, replace

import numpy as np

from pipeline.collinearity import MOST_COLUMNS, correlations, inflation
from pipeline.engine import Fitted
from pipeline.evaluation.intervals import Z95
from pipeline.fitting import Fit, Problem, solve_definite
from pipeline.frame import Floats
from pipeline.likelihood import FitFigures, fit_figures, not_likelihood
from pipeline.odds import odds_ratio
from pipeline.results import Coefficient, Separation
from pipeline.separation import Verdict, separations
from pipeline.spec import TrainSpec
from pipeline.terms import Term
from pipeline.terms.columns import PRESENT, Column, columns_of, in_own_units
from pipeline.univariate import MOST_FIELDS, alone

INTERCEPT = "(intercept)"
ALIASED = "Fixed at 0: other columns determine this one, so that its effect cannot be told from theirs."


@dataclass(frozen=True)
class Inference:
    """What is said of a fit's coefficients."""

    intercepts: tuple[Coefficient, ...]
    coefficients: tuple[Coefficient, ...]
    figures: FitFigures
    separation: tuple[Separation, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Estimates:
    """Weights in own units, (width, classes told), and their standard errors, null where not honest."""

    weights: Floats
    errors: Floats | None
    reason: str | None


def infer(fitted: Fitted, spec: TrainSpec, labels: tuple[str, ...]) -> Inference:
    """All that may be said of the coefficients of a fit.

    Parameters
    ----------
    fitted : Fitted
        As the engine gives it.
    spec : TrainSpec
        Penalty, weights and resampling decide what is honest.
    labels : tuple of str, length n_classes
        In the order of the classes.

    Returns
    -------
    Inference
        Estimates of each class against the first, or against the rest where each class has a model of its own. Standard errors,
        z, p and intervals are null with the reason for what is no maximum likelihood estimate from the rows as they came.
    """
    problem, fit = fitted.problem, fitted.fit
    verdict = separations(problem, fit, fitted.terms, labels)
    found = estimates(problem, fit, fitted.terms, why_no_errors(spec, fit, verdict))
    found = replace(found, weights=in_own_units(fitted.terms) @ corrected_weights(fitted.weights, fitted))
    told = labels if problem.link == "one_vs_rest" else labels[1:]
    intercepts, rows = coefficient_rows(found, fit, fitted.terms, told)
    columns = columns_of(fitted.terms)
    notes: list[str] = []
    if not verdict.decided:
        notes.append("Whether a sum of several columns separates the classes was not settled: there are too many columns for it.")
    vif: list[float | None] = [None] * len(columns)
    if len(columns) <= MOST_COLUMNS:
        vif = inflation(correlations(problem.design), [_group(at, column) for at, column in enumerate(columns)])
    else:
        notes.append(f"Variance inflation is left out above {MOST_COLUMNS:,} columns.")
    own: Floats | None = None
    if len({column.sources for column in columns}) <= MOST_FIELDS:
        scale = 1 / (problem.design.unit[1:] * np.array([column.scale for column in columns]))
        own = alone(problem, fitted.terms)[1:] * scale[:, None]
    else:
        notes.append(f"The direction that each column has alone is left out above {MOST_FIELDS} columns.")
    rows = tuple(
        replace(row, vif=vif[at % len(columns)], univariate=_finite(own, at % len(columns), at // len(columns)))
        for at, row in enumerate(rows)
    )
    return Inference(intercepts, rows, fit_figures(problem, fit, spec, verdict), verdict.found, tuple(notes))


def why_no_errors(spec: TrainSpec, fit: Fit, verdict: Verdict) -> str | None:
    """The reason for which a fit has no honest standard errors; null where it has."""
    why = not_likelihood(spec, fit, verdict)
    return f"No standard error: {'; '.join(why)}." if why else None


def estimates(problem: Problem, fit: Fit, terms: tuple[Term, ...], reason: str | None) -> Estimates:
    """Weights and standard errors in own units.

    The errors are the roots of the diagonal of T H⁻¹ Tᵀ, with H the observed information (which for the logit is the expected
    one too). With link "softmax" the weights are those against class 0.
    """
    T = in_own_units(terms) @ problem.design.to_model()
    softmax = problem.link == "softmax"
    weights = fit.point.weights[:, 1:] - fit.point.weights[:, :1] if softmax else fit.point.weights
    if reason is not None:
        return Estimates(T @ weights, None, reason)
    width, free = weights.shape
    active = np.setdiff1d(np.arange(width), fit.aliased)
    at = (np.arange(free)[:, None] * width + active).ravel()
    inverse = solve_definite(fit.point.hessian[np.ix_(at, at)], np.eye(len(at)))
    errors = np.empty_like(weights)
    for k in range(free):
        part = slice(k * len(active), (k + 1) * len(active))
        variance = ((T[:, active] @ inverse[part, part]) * T[:, active]).sum(axis=1)
        errors[:, k] = np.sqrt(np.maximum(variance, 0))
    return Estimates(T @ weights, errors, None)


def coefficient_rows(
    found: Estimates, fit: Fit, terms: tuple[Term, ...], labels: tuple[str, ...]
) -> tuple[tuple[Coefficient, ...], tuple[Coefficient, ...]]:
    """Intercepts and coefficients, class by class; `labels` are those of the classes that the weights are told for."""
    aliased = set(fit.aliased.tolist())
    columns = columns_of(terms)
    intercepts = [_row(found, 0, k, label, None, aliased) for k, label in enumerate(labels)]
    rows = [
        _row(found, at, k, label, column, aliased) for k, label in enumerate(labels) for at, column in enumerate(columns, start=1)
    ]
    return tuple(intercepts), tuple(rows)


def _row(found: Estimates, at: int, k: int, label: str, column: Column | None, aliased: set[int]) -> Coefficient:
    estimate = float(found.weights[at, k])
    sd = column.sd if column is not None else None
    standardised = None if sd is None else estimate * sd
    row = Coefficient(
        label,
        INTERCEPT if column is None else column.field,
        column.level if column is not None else None,
        column.reference if column is not None else None,
        estimate,
        standardised,
        odds_ratio(estimate),
        unit=column.unit if column is not None else "",
        odds_ratio_sd=None if standardised is None else odds_ratio(standardised),
    )
    if at in aliased:
        return replace(row, reason=ALIASED)
    if found.errors is None:
        return replace(row, reason=found.reason)
    error = float(found.errors[at, k])
    if not error > 0 or not math.isfinite(error):
        return replace(row, reason="No standard error: the information matrix is singular.")
    z = estimate / error
    p = math.erfc(abs(z) / math.sqrt(2))
    return replace(row, std_error=error, z=z, p_value=p, ci_low=estimate - Z95 * error, ci_high=estimate + Z95 * error)


def corrected_weights(weights: Floats, fitted: Fitted) -> Floats:
    """Weights (width, classes with weights) as they are told: against class 0 where every class of a multinomial has some, with
    intercepts for the classes' real shares where the spec corrects them."""
    moved = weights.copy()
    if fitted.corrects and fitted.shift:
        moved[0] -= np.array(fitted.shift)
    return moved[:, 1:] - moved[:, :1] if fitted.problem.link == "softmax" else moved


def _group(at: int, column: Column) -> tuple[str, int]:
    """The levels of a category stand together; every other column by itself."""
    together = column.level is not None and column.reference != PRESENT
    return (column.field, -1 if together else at)


def _finite(own: Floats | None, at: int, k: int) -> float | None:
    value = math.nan if own is None else float(own[at, k])
    return value if math.isfinite(value) else None
