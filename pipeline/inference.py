"""Estimates in the columns' own units, with standard errors where they are honest."""

import math
from dataclasses import dataclass

import numpy as np

from pipeline.fitting import Fit, Problem, solve_definite
from pipeline.frame import Floats
from pipeline.results import Coefficient
from pipeline.spec import TrainSpec
from pipeline.terms import CategoryTerm, NumberTerm, Term, width_of

_Z95 = 1.959963984540054
ALIASED = "Fixed at 0: other columns determine this one, so that its effect cannot be told from theirs."


@dataclass(frozen=True)
class Estimates:
    """Weights in own units, (width, classes with weights), and their standard errors, null where not honest."""

    weights: Floats
    errors: Floats | None
    reason: str | None


def in_own_units(terms: tuple[Term, ...]) -> Floats:
    """The matrix T with weights in own units = T · weights of the model's columns, (width, width)."""
    T = np.eye(width_of(terms))
    at = 1
    for term in terms:
        if isinstance(term, NumberTerm):
            T[at, at] = 1 / term.scale
            T[0, at] = -term.mean / term.scale
        at += term.width
    return T


def why_no_errors(spec: TrainSpec, fit: Fit) -> str | None:
    """The reason for which a fit has no honest standard errors; null where it has."""
    if spec.penalty != "none":
        return "No standard error: the L2 penalty pulls the estimate towards 0. Fit without a penalty to get one."
    if spec.class_weight != "none":
        return "No standard error: the rows are weighted by class. Fit without class weights to get one."
    if len(fit.diverging):
        return "No standard error: the classes are separated, so the estimate grows without end."
    if not fit.converged:
        return "No standard error: the fit has not converged."
    return None


def estimates(problem: Problem, fit: Fit, terms: tuple[Term, ...], reason: str | None) -> Estimates:
    """Weights and standard errors in own units.

    The errors are the roots of the diagonal of T H⁻¹ Tᵀ, with H the observed information (which for the logit is the expected
    one too). For a fit in which every class has weights, the weights are those against class 0.
    """
    T = in_own_units(terms) @ problem.design.to_model()
    weights = fit.point.weights if problem.reference else fit.point.weights[:, 1:] - fit.point.weights[:, :1]
    if reason is not None:
        return Estimates(T @ weights, None, reason)
    width, free = weights.shape
    active = np.setdiff1d(np.arange(width), fit.aliased)
    at = (np.arange(free)[:, None] * width + active).ravel()
    covariance = np.full((free * width, free * width), 0.0)
    covariance[np.ix_(at, at)] = solve_definite(fit.point.hessian[np.ix_(at, at)], np.eye(len(at)))
    errors = np.empty_like(weights)
    for k in range(free):
        part = slice(k * width, (k + 1) * width)
        variance = np.einsum("ij,jk,ik->i", T, covariance[part, part], T)
        errors[:, k] = np.sqrt(np.maximum(variance, 0))
    return Estimates(T @ weights, errors, None)


def coefficient_rows(
    found: Estimates, fit: Fit, terms: tuple[Term, ...], labels: tuple[str, ...]
) -> tuple[tuple[Coefficient, ...], tuple[Coefficient, ...]]:
    """Intercepts and coefficients, class by class; `labels` are those of the classes with weights."""
    aliased = set(fit.aliased.tolist())
    intercepts = [_row(found, 0, k, label, "(intercept)", None, None, None, aliased) for k, label in enumerate(labels)]
    rows: list[Coefficient] = []
    for k, label in enumerate(labels):
        at = 1
        for term in terms:
            for level in term.column_levels:
                reference = term.reference if isinstance(term, CategoryTerm) else "(present)" if level else None
                sd = term.sd if isinstance(term, NumberTerm) and level is None else None
                rows.append(_row(found, at, k, label, term.field, level, reference, sd, aliased))
                at += 1
    return tuple(intercepts), tuple(rows)


def _row(
    found: Estimates,
    at: int,
    k: int,
    label: str,
    field: str,
    level: str | None,
    reference: str | None,
    sd: float | None,
    aliased: set[int],
) -> Coefficient:
    estimate = float(found.weights[at, k])
    standardised = None if sd is None else estimate * sd
    ratio = math.exp(estimate) if abs(estimate) < 700 else None
    point = Coefficient(label, field, level, reference, estimate, standardised, ratio)
    if at in aliased:
        return _with_reason(point, ALIASED)
    if found.errors is None:
        return _with_reason(point, found.reason)
    error = float(found.errors[at, k])
    if not error > 0:
        return _with_reason(point, "No standard error: the information matrix is singular.")
    z = estimate / error
    return Coefficient(
        label,
        field,
        level,
        reference,
        estimate,
        standardised,
        ratio,
        std_error=error,
        z=z,
        p_value=math.erfc(abs(z) / math.sqrt(2)),
        ci_low=estimate - _Z95 * error,
        ci_high=estimate + _Z95 * error,
    )


def _with_reason(row: Coefficient, reason: str | None) -> Coefficient:
    return Coefficient(
        row.label, row.field, row.level, row.reference, row.estimate, row.estimate_standardised, row.odds_ratio, reason=reason
    )
