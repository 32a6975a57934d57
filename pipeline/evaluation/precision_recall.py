"""The precision-recall curve, and the mean precision over its recall."""

import math

import numpy as np

from pipeline.evaluation.intervals import Z95
from pipeline.evaluation.metrics import Ranking
from pipeline.evaluation.thinning import thinned
from pipeline.evaluation_results import PrecisionRecallCurve
from pipeline.frame import Floats

_DECIMALS = 5  # of what is stored of recall and precision, far below what thinning moves the curve by
_DIGITS = 7  # of cut-offs


def precision_recall_curve(ranking: Ranking) -> PrecisionRecallCurve | None:
    """The curve from the highest cut-off down, in at most 1,000 points.

    Parameters
    ----------
    ranking : Ranking

    Returns
    -------
    PrecisionRecallCurve or None
        None where there is no bad or no good. Thinned as the ROC curve is: what is left out lies within 5e-4
        of what is drawn (`pipeline.evaluation.thinning`). The average precision is of all points.
    """
    if not ranking.n_bad or not ranking.n_good:
        return None
    recall, precision = _points(ranking)
    average = float(np.diff(recall, prepend=0.0) @ precision)
    low, high = average_precision_interval(average, ranking.n_bad) or (None, None)
    kept = thinned(recall, precision)
    cutoffs = ranking.scores[::-1]
    return PrecisionRecallCurve(
        tuple(float(value) for value in np.round(recall[kept], _DECIMALS)),
        tuple(float(value) for value in np.round(precision[kept], _DECIMALS)),
        tuple(float(f"{value:.{_DIGITS}g}") for value in cutoffs[kept]),
        average,
        low,
        high,
    )


def _points(ranking: Ranking) -> tuple[Floats, Floats]:
    """Recall and precision at each distinct score, from the highest down."""
    caught = np.cumsum(ranking.bad[::-1])
    refused = caught + np.cumsum(ranking.good[::-1])
    return caught / ranking.n_bad, caught / refused


def average_precision_interval(average: float, n_bad: int) -> tuple[float, float] | None:
    """The 95% interval of an average precision, symmetric in its log-odds.

    Parameters
    ----------
    average : float
    n_bad : int

    Returns
    -------
    (low, high), or None
        None at 0 and 1, where the log-odds are infinite.

    Notes
    -----
    The logit interval of Boyd, Eng and Page (2013), "Area under the precision-recall curve: point estimates and confidence
    intervals", ECML PKDD: a standard error of (n_bad · AP · (1 - AP))^-½ on the log-odds. It is a little wide where it errs; the
    percentiles of a bootstrap hold the true value too seldom, as that study shows too.
    """
    if not 0 < average < 1:
        return None
    middle = math.log(average / (1 - average))
    reach = Z95 / math.sqrt(n_bad * average * (1 - average))
    return 1 / (1 + math.exp(reach - middle)), 1 / (1 + math.exp(-reach - middle))
