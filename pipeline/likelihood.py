"""What the log-likelihood says of a whole model, and why it sometimes says nothing."""

import math
from dataclasses import dataclass

import numpy as np

from pipeline.errors import quoted
from pipeline.fitting import Fit, Problem
from pipeline.separation import Verdict
from pipeline.spec import TrainSpec

_PENALTIES = {"l1": "the L1 penalty pulls", "l2": "the L2 penalty pulls", "elasticnet": "the penalty pulls"}


@dataclass(frozen=True)
class FitFigures:
    """The figures of `FitSummary` that are built from log-likelihoods; null where they would not be honest."""

    null_deviance: float
    n_weights: int
    aic: float | None = None
    bic: float | None = None
    mcfadden_r2: float | None = None
    likelihood_ratio: float | None = None
    likelihood_ratio_df: int | None = None
    likelihood_ratio_p: float | None = None
    no_tests: str = ""


def not_likelihood(spec: TrainSpec, fit: Fit, verdict: Verdict) -> list[str]:
    """Why the estimates are not maximum likelihood estimates from the rows as they came, in clauses; none where they are."""
    why: list[str] = []
    if spec.penalty != "none":
        why.append(f"{_PENALTIES[spec.penalty]} the estimates towards 0")
    if spec.resampling != "none":
        why.append("the rows are resampled, so that they are no independent draws")
    if spec.class_weight != "none":
        why.append("the rows are weighted by class")
    if spec.weight_of_evidence != "none":
        why.append("the weight of evidence is learnt from the same outcomes, which the errors would not count")
    if why:
        return why
    if verdict.found or len(fit.diverging):
        names = dict.fromkeys(each.field for each in verdict.found)
        by = f" by {quoted(names, 3)}" if names else ""
        return [f"the classes are separated{by}, so that the estimates grow without end"]
    if not fit.converged:
        return ["the fit has not converged"]
    return []


def fit_figures(problem: Problem, fit: Fit, spec: TrainSpec, verdict: Verdict) -> FitFigures:
    """AIC, BIC, McFadden's R² and the likelihood-ratio test of a model against its intercepts alone.

    Parameters
    ----------
    problem : Problem
        The rows that were fitted.
    fit : Fit
        Its log-likelihood is unweighted and without the penalty.
    spec : TrainSpec
        Penalty, weights and resampling decide what may be said.
    verdict : Verdict
        What separates the classes.

    Returns
    -------
    FitFigures
        AIC = 2 k - 2 log L and BIC = k ln n - 2 log L (Schwarz 1978) with k weights and n rows; McFadden's R² is
        1 - log L / log L0 (McFadden 1974); the test statistic 2 (log L - log L0) has a chi-square distribution with as many
        degrees of freedom as there are weights beside the intercepts (Wilks 1938). AIC, BIC and the test are null, with the
        reason, for what is no maximum likelihood estimate. McFadden's R² is a description of the training rows and stays under a
        penalty; it is null where the rows are weighted or resampled.
    """
    log_likelihood = fit.point.log_likelihood
    counts = np.bincount(problem.classes, minlength=problem.n_classes)
    counts = counts[counts > 0]
    null = float(counts @ np.log(counts / counts.sum()))
    n_weights = fit.point.weights.size - len(fit.aliased) * problem.n_free
    one_model = problem.link != "one_vs_rest"
    if problem.link == "softmax":  # one set of weights too many: adding a vector to those of all classes changes nothing
        n_weights -= fit.point.weights.shape[0]
    as_came = spec.class_weight == "none" and spec.resampling == "none"
    r2 = 1 - log_likelihood / null if as_came and one_model and null < 0 else None
    why = not_likelihood(spec, fit, verdict)
    if not one_model:
        why.append("each class has a model of its own against the rest, so there is no one likelihood")
    if why:
        said = f"No likelihood-ratio test, AIC or BIC: {'; '.join(why)}."
        return FitFigures(-2 * null, n_weights, mcfadden_r2=r2, no_tests=said)
    df = n_weights - problem.n_free
    statistic = max(2 * (log_likelihood - null), 0.0)
    return FitFigures(
        null_deviance=-2 * null,
        n_weights=n_weights,
        aic=2 * n_weights - 2 * log_likelihood,
        bic=n_weights * math.log(problem.design.n_rows) - 2 * log_likelihood,
        mcfadden_r2=r2,
        likelihood_ratio=statistic if df else None,
        likelihood_ratio_df=df if df else None,
        likelihood_ratio_p=_chi_square_tail(statistic, df) if df else None,
    )


def _chi_square_tail(statistic: float, df: int) -> float:
    from scipy.special import chdtrc

    return float(chdtrc(df, statistic))
