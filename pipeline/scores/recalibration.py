"""Chances out of scores: a map that keeps the order, learnt on validation rows alone.

"logistic" gives each row the log-odds intercept + slope · its log-odds (Cox 1958, the line that also judges calibration);
"logistic_of_score" does so with the place of a score that is no probability, in place of log-odds (Platt 1999, "Probabilistic
outputs for support vector machines"); "isotonic" is the rising step function of least squares (Barlow et al. 1972; Zadrozny and
Elkan 2002), with straight lines between its steps.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import UnusableData
from pipeline.evaluation.calibration import calibration_intercept, calibration_slope
from pipeline.evaluation.metrics import Ranking
from pipeline.frame import Floats
from pipeline.model import FORMAT, CalibrationMap, FittedModel
from pipeline.odds import log_odds, probability_of
from pipeline.results import Recalibration
from pipeline.scores.row_scores import RowScores

_MORE_ROWS = "Hold out a larger share of rows for validation."
LEAST = {"logistic": 10, "isotonic": 50}  # rows of each class that a method needs


def fit_recalibration(is_bad: NDArray[np.bool_], score: Floats, method: str, *, is_probability: bool = True) -> Recalibration:
    """Learns how scores become chances.

    Parameters
    ----------
    is_bad : ndarray of bool, shape (n,)
        Of the validation rows; no other rows may teach it.
    score : ndarray of float, shape (n,)
        Probabilities of bad, or places on the scale of a score from 0 to 1; higher is worse.
    method : str
        "logistic" or "isotonic".
    is_probability : bool
        Whether the scores are probabilities. Where they are none, the log-odds are linear in the score itself.

    Returns
    -------
    Recalibration
        Isotonic steps never reach 0 or 1 (`Steps.inside`): a group without a bad is no proof that none can come, and log-odds
        and log-loss stay finite.

    Raises
    ------
    UnusableData
        With too few goods or bads (`LEAST`), where the score separates them, and where bads score lower than goods.
    """
    ranking = Ranking.of(is_bad, score)
    n, least = len(score), LEAST[method]
    if min(ranking.n_bad, ranking.n_good) < least:
        raise UnusableData(
            f"The validation rows hold {ranking.n_bad:,} bads and {ranking.n_good:,} goods; "
            f"{_NAMES[method]} needs {least} of each.",
            fix=_MORE_ROWS + (" Intercept and slope need fewer." if method == "isotonic" else ""),
        )
    if method == "isotonic":
        steps = rising_steps(ranking)
        if len(steps.counts) == 1:
            raise _turned_round()
        given, becomes = tuple(map(float, steps.scores)), tuple(map(float, steps.inside()))
        return Recalibration("isotonic", n, ranking.n_bad, given=given, becomes=becomes)
    line = ranking if is_probability else replace(ranking, scores=probability_of(ranking.scores))
    found = calibration_slope(line)
    if found is None:
        raise UnusableData(
            "On the validation rows the score tells goods and bads apart without a fault, or is the same for all, so that no "
            "slope can be estimated.",
            fix=_MORE_ROWS,
        )
    slope = found[0]
    if slope <= 0:
        raise _turned_round()
    # With the slope at its estimate, the intercept of the two together is that which makes as many bads expected as came.
    intercept = calibration_intercept(replace(line, scores=probability_of(slope * log_odds(line.scores))))
    given_slope = intercept[0] if intercept is not None else 0.0
    return Recalibration("logistic" if is_probability else "logistic_of_score", n, ranking.n_bad, given_slope, slope)


@dataclass(frozen=True)
class Steps:
    """An isotonic regression: strictly ascending scores where a step begins or ends, the share of bads there, and the steps."""

    scores: Floats
    shares: Floats
    counts: tuple[tuple[int, int], ...]  # rows and bads of each step

    def inside(self) -> Floats:
        """The shares without 0 and 1: a first step without a bad, of m rows, has 1 / (m + 2), a last one without a good the same
        distance from 1 (the mean of a Beta(1, 1) that has seen them), but neither passes the step beside it."""
        (first, bad), (last, last_bad) = self.counts[0], self.counts[-1]
        found = self.shares.copy()
        if bad == 0:
            found[found == 0] = min(1 / (first + 2), found[found > 0].min())
        if last_bad == last:
            found[found == 1] = max((last + 1) / (last + 2), found[found < 1].max())
        return found


def rising_steps(ranking: Ranking) -> Steps:
    """The isotonic regression of the outcome on the score, by pool-adjacent-violators (Ayer et al. 1955)."""
    steps: list[tuple[int, int, int]] = []  # rows, bads, position of the step's last score
    counts = zip((ranking.bad + ranking.good).tolist(), ranking.bad.tolist(), strict=True)
    for at, (n, bad) in enumerate(counts):
        while steps and bad * steps[-1][0] <= steps[-1][1] * n:  # no higher than the step before: one step together
            before = steps.pop()
            n, bad = n + before[0], bad + before[1]
        steps.append((n, bad, at))
    last = np.array([step[2] for step in steps])
    first = np.concatenate([[0], last[:-1] + 1])
    share = np.array([bad / n for n, bad, _ in steps])
    ends = np.column_stack([first, last]).ravel()
    kept = np.concatenate([[True], ends[1:] != ends[:-1]])
    return Steps(ranking.scores[ends[kept]], np.repeat(share, 2)[kept], tuple((n, bad) for n, bad, _ in steps))


def moved(found: Recalibration, score: Floats) -> Floats:
    """The recalibrated probabilities of scores; NaN stays NaN."""
    if found.method == "isotonic":
        return CalibrationMap(found.given, found.becomes)(score)
    intercept, slope = _line(found)
    return probability_of(intercept + slope * (log_odds(score) if found.method == "logistic" else score))


def moved_rows(found: Recalibration, scores: RowScores) -> RowScores:
    """The row scores of the recalibrated run. Scores out of the folds are left out: no map was learnt for the folds' models."""
    return RowScores(scores.part, scores.is_bad, moved(found, scores.score))


def on_its_side(at: float, refused: NDArray[np.bool_], score: Floats) -> float:
    """A cut-off that rounding has put beside a row, on the side of it where that row is decided as it was.

    `refused` are the rows that were refused, `score` what they have now, NaN for those without one.
    """
    least = float(np.min(score[refused], initial=np.inf, where=~np.isnan(score[refused])))
    most = float(np.max(score[~refused], initial=-np.inf, where=~np.isnan(score[~refused])))
    return at if most < at <= least or not most < least < np.inf else least


def moved_cutoff(found: Recalibration, cutoff: float, score: Floats) -> float:
    """The cut-off that refuses the rows that were refused.

    Isotonic steps tie rows that the cut-off told apart, which from now on are decided alike: the cut-off stands at their step or
    above it, whichever changes fewer decisions.

    Parameters
    ----------
    found : Recalibration
    cutoff : float
        Of the scores before.
    score : ndarray of float, shape (n,)
        Scores before of the rows that are counted: those that taught the map.
    """
    if cutoff <= 0:
        return 0.0  # whoever comes is refused, and not those alone who were counted
    at = float(moved(found, np.array([cutoff]))[0])
    if found.method != "isotonic":
        return at
    after, refused = moved(found, score), score >= cutoff
    tied = after == at
    if (tied & ~refused).sum() <= (tied & refused).sum():
        return at
    higher = after[after > at]
    return (at + float(higher.min() if len(higher) else 1.0)) / 2


def moved_model(found: Recalibration, model: FittedModel) -> FittedModel:
    """The model that gives the recalibrated probabilities.

    With intercept and slope it is a plain one: coefficients times the slope, and what was corrected is in the intercept. With
    isotonic steps it is the same model with the line behind it.
    """
    if found.method == "isotonic":
        return replace(model, format=FORMAT, calibration=CalibrationMap(found.given, found.becomes))
    intercept, slope = _line(found)
    ((first, *rest),), (shift,) = model.coefficients, model.prior_shift
    row = (intercept + slope * (first - shift), *(slope * weight for weight in rest))
    return replace(model, format=FORMAT, coefficients=(row,), prior_shift=(0.0,))


_NAMES = {"logistic": "intercept and slope", "isotonic": "isotonic regression"}


def _turned_round() -> UnusableData:
    return UnusableData(
        "On the validation rows a higher score does not go with more bads, and recalibration never turns a score round.",
        fix="Check what a high score means, or train another model.",
    )


def _line(found: Recalibration) -> tuple[float, float]:
    if found.intercept is None or found.slope is None:
        raise ValueError(f"A recalibration by {found.method} needs intercept and slope.")
    return found.intercept, found.slope
