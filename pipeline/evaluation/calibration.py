"""Are the probabilities chances? Slope and intercept of the outcome on the log-odds, and bands of similar rows."""

import math

import numpy as np

from pipeline.evaluation.calibration_tests import jeffreys_p
from pipeline.evaluation.intervals import Z95, wilson_interval
from pipeline.evaluation.metrics import Judged, Ranking, brier_score
from pipeline.evaluation.tied_bands import tied_bands
from pipeline.evaluation_results import Calibration, CalibrationBand
from pipeline.frame import Floats
from pipeline.odds import log_odds, probability_of

_STEPS = 50
_COARSE = 2_000


def calibration_of(judged: Judged) -> Calibration | None:
    """Predicted probabilities of bad against what came.

    Parameters
    ----------
    judged : Judged
        The rows of one part.

    Returns
    -------
    Calibration or None
        None for no row. Slope and intercept are null where they do not exist: one class only, classes that the score separates,
        or one score for all. Bands are deciles of the rows by score; rows of one score stay in one band, that of the middle of
        their ranks, so that there may be fewer than ten.

    Notes
    -----
    Cox (1958), "Two further applications of a model for binary regression", Biometrika 45. The intercept is that with the slope
    held at 1 (calibration in the large). The intervals of both are Wald's, 95%.
    """
    if not len(judged.is_bad):
        return None
    ranking = judged.ranking
    n = ranking.bad + ranking.good
    slope, low, high = calibration_slope(ranking) or (None, None, None)
    intercept, intercept_low, intercept_high = calibration_intercept(ranking) or (None, None, None)
    brier = brier_score(judged)
    return Calibration(
        n_rows=int(n.sum()),
        n_bad=ranking.n_bad,
        expected_bad=float(n @ ranking.scores),
        slope=slope,
        slope_low=low,
        slope_high=high,
        intercept=intercept,
        brier_score=brier if brier is not None else math.nan,
        bands=_bands(ranking),
        intercept_low=intercept_low,
        intercept_high=intercept_high,
    )


def calibration_slope(ranking: Ranking) -> tuple[float, float, float] | None:
    """Slope of the outcome on the log-odds, with the ends of Wald's 95% interval; None where there is none."""
    if not ranking.n_bad or not ranking.n_good or len(ranking.scores) < 2 or _separated(ranking):
        return None
    eta = log_odds(ranking.scores)
    n, of_bad = (ranking.bad + ranking.good).astype(np.float64), ranking.bad.astype(np.float64)
    centre = float(n @ eta / n.sum())
    spread = math.sqrt(float(n @ (eta - centre) ** 2 / n.sum()))
    if spread <= 1e-12:
        return None
    x = (eta - centre) / spread
    start = np.array([centre, spread])  # the log-odds as they are: slope 1
    if len(x) > 2 * _COARSE:  # most of the way on few groups of neighbours, the rest on all
        means, few, bad = _neighbours(x, n, of_bad)
        coarse = _line(means, few, bad, start)
        start = start if coarse is None else coarse[0]
    line = _line(x, n, of_bad, start)
    if line is None:
        return None
    at, information = line
    error = math.sqrt(float(np.linalg.inv(information)[1, 1])) / spread
    found = float(at[1]) / spread
    return found, found - Z95 * error, found + Z95 * error


def _line(x: Floats, n: Floats, bad: Floats, start: Floats) -> tuple[Floats, Floats] | None:
    """Newton's steps to the logistic regression of the outcome on x, and its information; None where that is singular."""
    at, step = start, np.zeros(2)
    best, information = -math.inf, np.eye(2)
    for _ in range(_STEPS):
        moved = at[0] + at[1] * x
        ease = np.exp(-np.abs(moved))
        p = np.where(moved >= 0, 1.0, ease) / (1 + ease)
        likelihood = float(bad @ moved - n @ (np.maximum(moved, 0.0) + np.log1p(ease)))
        if likelihood < best - 1e-12 * abs(best):  # too far: half as far
            step = step / 2
            at = at - step
            continue
        best = likelihood
        w = n * p * (1 - p)
        residual = bad - n * p
        information = np.array([[w.sum(), w @ x], [w @ x, w @ x**2]])
        gradient = np.array([residual.sum(), residual @ x])
        if np.linalg.cond(information) > 1e14:
            return None
        step = np.linalg.solve(information, gradient)
        at = at + step
        if float(step @ gradient) <= 1e-16 * n.sum():  # what the step wins; what is left then is about its square
            break
    return at, information


def calibration_intercept(ranking: Ranking) -> tuple[float, float, float] | None:
    """What has to be added to every log-odds so that as many bads are expected as came, with the ends of Wald's 95% interval.

    None where one class is absent, or all rows are certain.
    """
    if not ranking.n_bad or not ranking.n_good:
        return None
    eta, n = log_odds(ranking.scores), (ranking.bad + ranking.good).astype(np.float64)
    start = 0.0
    if len(eta) > 2 * _COARSE:
        means, rows, _ = _neighbours(eta, n, n)
        start = _shift(means, rows, ranking.n_bad, 0.0)
    found = _shift(eta, n, ranking.n_bad, start)
    p = probability_of(eta + found)
    information = float(n @ (p * (1 - p)))
    if information <= 0:
        return None
    reach = Z95 / math.sqrt(information)
    return found, found - reach, found + reach


def _shift(eta: Floats, n: Floats, n_bad: int, start: float) -> float:
    low, high = -80.0, 80.0  # beyond the reach of any log-odds that log_odds gives
    moved = start
    for _ in range(200):
        p = probability_of(eta + moved)
        missing = n_bad - float(n @ p)
        low, high = (moved, high) if missing > 0 else (low, moved)
        slope = float(n @ (p * (1 - p)))
        new = moved + missing / slope if slope > 0 else math.nan
        new = new if low < new < high else (low + high) / 2
        if abs(new - moved) < 1e-13 * max(1.0, abs(moved)):
            break
        moved = new
    return moved


def _neighbours(x: Floats, n: Floats, bad: Floats) -> tuple[Floats, Floats, Floats]:
    """Mean, rows and bads of about 2,000 groups of neighbouring values, on which Newton's way is begun."""
    first = np.arange(0, len(x), -(-len(x) // _COARSE))
    rows = np.add.reduceat(n, first)
    return np.asarray(np.add.reduceat(n * x, first) / rows), np.asarray(rows), np.asarray(np.add.reduceat(bad, first))


def _separated(ranking: Ranking) -> bool:
    """Whether a cut between scores, or at one, has all bads on one side and all goods on the other: then no slope is finite."""
    bad, good = np.flatnonzero(ranking.bad), np.flatnonzero(ranking.good)
    return bool(bad[0] >= good[-1] or bad[-1] <= good[0])


def _bands(ranking: Ranking) -> tuple[CalibrationBand, ...]:
    bands = tied_bands(ranking)
    found = []
    for rows, bad, mean, p in zip(bands.n.tolist(), bands.bad.tolist(), bands.mean, jeffreys_p(bands), strict=True):
        low, high = wilson_interval(bad, rows)
        found.append(CalibrationBand(rows, float(mean), bad / rows, low or 0.0, 1.0 if high is None else high, float(p)))
    return tuple(found)
