"""The run that recalibration makes: what is told of the moved probabilities, and of the coefficients behind them."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from pipeline.engine import versions
from pipeline.errors import UnusableData
from pipeline.evaluation.evaluating import evaluated
from pipeline.frame import Floats
from pipeline.model import FittedModel
from pipeline.odds import odds_ratio
from pipeline.results import Coefficient, FitSummary, Recalibration, RunResult
from pipeline.scores.recalibration import fit_recalibration, moved_cutoff, moved_model, moved_rows, on_its_side
from pipeline.scores.row_scores import RowScores

SCALED = "No standard error: scaled by the slope of the recalibration, whose own error is not in it."
_NO_TESTS = "No likelihood-ratio test, AIC or BIC: the recalibration was learnt on other rows than the coefficients."


@dataclass(frozen=True)
class Recalibrated:
    """A run made of another one's scores. `model` is null where the scores are none of a model of ours."""

    found: Recalibration
    result: RunResult
    row_scores: RowScores
    model: FittedModel | None
    cutoff: float  # refuses the rows that the other run's cut-off refuses, but for ties


def recalibrate(
    base: RunResult,
    scores: RowScores,
    model: FittedModel | None,
    *,
    method: str,
    cutoff: float,
    scored: Callable[[FittedModel], Floats] | None = None,
) -> Recalibrated:
    """Learns a recalibration on a run's validation rows and judges it on all parts.

    Parameters
    ----------
    base : RunResult
        Of two classes.
    scores : RowScores
        What the run said of every row.
    model : FittedModel or None
        The run's model; None for a score from elsewhere.
    method : str
        "logistic" or "isotonic".
    cutoff : float
        Of the run.
    scored : callable, optional
        The probability of bad that a model gives to each row of the table. With it the scores are the new model's to the last
        bit, so that at a cut-off that is a row's own score the row is decided as it is when it is scored anew; without it they
        are worked out of those before, which hold no log-odds beyond ±34.5.

    Returns
    -------
    Recalibrated

    Raises
    ------
    UnusableData
        Where the run is recalibrated already, or its validation rows cannot teach the map (`fit_recalibration`).
    """
    if base.recalibration is not None:
        raise UnusableData(
            "The run is recalibrated already, and its validation rows have been used for it.",
            fix="Recalibrate the run that it was made of.",
        )
    is_bad, score = scores.of("validation")
    learnt = fit_recalibration(is_bad, score, method, is_probability=base.gives_probabilities)
    found = replace(learnt, scale=base.scale)
    moved, at = moved_rows(found, scores), moved_cutoff(found, cutoff, score)
    after = moved_model(found, model) if model is not None else None
    if after is not None and scored is not None:
        moved = replace(moved, score=np.where(np.isnan(scores.score), np.nan, scored(after)))
        at = on_its_side(at, scores.score >= cutoff, moved.score)
    return Recalibrated(found, _result(base, found, moved, at), moved, after, at)


def _result(base: RunResult, found: Recalibration, scores: RowScores, cutoff: float) -> RunResult:
    told = evaluated(scores, cutoff, fitted_on=("training", "validation"))
    coefficients, intercepts, fit = base.coefficients, base.intercepts, base.fit
    if found.slope is not None and found.intercept is not None:
        coefficients = tuple(_scaled(row, found.slope, 0.0) for row in coefficients)
        intercepts = tuple(_scaled(row, found.slope, found.intercept) for row in intercepts)
    training = told.metrics.get("training")
    if fit is not None and training is not None:
        fit = _moved_fit(fit, training.log_loss, training.n_rows)
    return replace(
        base,
        **told.fields(),
        cross_validation=None,
        calibration_before=None,
        calibration_after=None,
        prior_shift=(),
        intercepts=intercepts,
        coefficients=coefficients,
        fit=fit,
        warnings=(*base.warnings, *_warnings(found, base, "held_out" in told.metrics)),
        versions=versions(),
        scale=None,
        recalibration=found,
    )


def _scaled(row: Coefficient, slope: float, intercept: float) -> Coefficient:
    """The estimate of the recalibrated run; what was worked out for the other one's estimate is left out."""
    estimate = intercept + slope * row.estimate
    standardised = None if row.estimate_standardised is None else slope * row.estimate_standardised
    return replace(
        row,
        estimate=estimate,
        estimate_standardised=standardised,
        odds_ratio=odds_ratio(estimate),
        odds_ratio_sd=None if standardised is None else odds_ratio(standardised),
        std_error=None,
        z=None,
        p_value=None,
        ci_low=None,
        ci_high=None,
        bootstrap_low=None,
        bootstrap_high=None,
        reason=SCALED,
    )


def _moved_fit(fit: FitSummary, log_loss: float | None, n_rows: int) -> FitSummary:
    """The course of the fit is that of the other run; likelihoods are those of the moved probabilities."""
    log_likelihood = fit.log_likelihood if log_loss is None else -log_loss * n_rows
    return replace(
        fit,
        log_likelihood=log_likelihood,
        deviance=-2 * log_likelihood,
        aic=None,
        bic=None,
        mcfadden_r2=None,
        likelihood_ratio=None,
        likelihood_ratio_df=None,
        likelihood_ratio_p=None,
        no_tests=_NO_TESTS,
    )


def _warnings(found: Recalibration, base: RunResult, has_held_out: bool) -> list[str]:
    taught = _taught(found, has_held_out)
    if found.method != "isotonic" or not base.coefficients:
        return [taught]
    return [taught, "The coefficients are those from before the isotonic steps, which move the probability that they give."]


def _taught(found: Recalibration, has_held_out: bool) -> str:
    told = f"The {found.n_rows:,} validation rows taught the recalibration, so figures on them flatter"
    if not has_held_out:
        return f"{told}; nothing was held out, so that no rows are left to judge it by."
    return f"{told}; it is judged by the held-out rows."
