"""The ROC curve, thinned to what a screen can show."""

import numpy as np

from pipeline.evaluation.metrics import Ranking
from pipeline.evaluation.thinning import thinned
from pipeline.evaluation_results import RocCurve


def roc_curve(ranking: Ranking) -> RocCurve | None:
    """The ROC curve from (0, 0) to (1, 1) in at most 1,000 points.

    Parameters
    ----------
    ranking : Ranking
        Counts at each distinct probability of bad.

    Returns
    -------
    RocCurve or None
        None where one class is absent. What is left out lies within 5e-4 of what is drawn (`pipeline.evaluation.thinning`).
    """
    if not ranking.n_bad or not ranking.n_good:
        return None
    x = np.concatenate([[0.0], np.cumsum(ranking.good[::-1]) / ranking.n_good])
    y = np.concatenate([[0.0], np.cumsum(ranking.bad[::-1]) / ranking.n_bad])
    kept = thinned(x, y)
    cutoffs = ranking.scores[::-1][kept[1:] - 1]
    return RocCurve(
        tuple(float(value) for value in x[kept]),
        tuple(float(value) for value in y[kept]),
        (None, *(float(value) for value in cutoffs)),
    )
