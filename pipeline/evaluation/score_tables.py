"""Scores reduced to counts at cut-offs, from which everything that a cut-off decides is looked up."""

import numpy as np
from numpy.typing import NDArray

from pipeline.evaluation.metrics import Ranking
from pipeline.evaluation_results import ScoreTable
from pipeline.frame import Floats

_ROUND_CUTOFFS = 200  # multiples of 0.005, which people ask for
_QUANTILE_CUTOFFS = 799


def cutoffs_of(ranking: Ranking, also: float) -> Floats:
    """Ascending cut-offs to count at, at most 1,001.

    Every multiple of 0.005, the distinct scores or 799 quantiles of them, and the one that is asked for.
    """
    n = ranking.bad + ranking.good
    scores = ranking.scores
    if len(scores) > _QUANTILE_CUTOFFS:
        ranks = (np.arange(_QUANTILE_CUTOFFS) + 0.5) / _QUANTILE_CUTOFFS * n.sum()
        scores = scores[np.minimum(np.searchsorted(np.cumsum(n), ranks), len(scores) - 1)]
    return np.unique(np.concatenate([np.arange(_ROUND_CUTOFFS + 1) / _ROUND_CUTOFFS, scores, [also]]))


def score_table(ranking: Ranking, cutoffs: Floats) -> ScoreTable:
    """Cumulative counts at ascending cut-offs, the first of them 0."""
    return ScoreTable(tuple(map(float, cutoffs)), *counts_at(ranking, cutoffs))


def counts_at(ranking: Ranking, cutoffs: Floats) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Bads and goods with a score at or above each cut-off."""
    starts, place = np.unique(np.searchsorted(ranking.scores, cutoffs, side="left"), return_inverse=True)
    inside = starts < len(ranking.scores)

    def above(counts: NDArray[np.int64]) -> tuple[int, ...]:
        between = np.zeros(len(starts), np.int64)
        between[inside] = np.add.reduceat(counts, starts[inside]) if inside.any() else 0
        return tuple(map(int, np.cumsum(between[::-1])[::-1][place]))

    return above(ranking.bad), above(ranking.good)
