"""Log-odds and probabilities, one into the other, and odds ratios."""

import math

import numpy as np

from pipeline.cutoffs.points import SMALLEST
from pipeline.frame import Floats

_MOST = 700.0  # exp of more is no number


def log_odds(probability: Floats) -> Floats:
    """Of probabilities, which are kept 1e-15 away from 0 and 1."""
    kept = np.clip(probability, SMALLEST, 1 - SMALLEST)
    return np.asarray(np.log(kept) - np.log1p(-kept))


def probability_of(eta: Floats) -> Floats:
    """Of log-odds."""
    ease = np.exp(-np.abs(eta))
    return np.asarray(np.where(eta >= 0, 1.0, ease) / (1 + ease))


def log_odds_at(cutoff: float) -> float:
    """Of a cut-off, however near to 0 or 1; infinite from there on."""
    if cutoff <= 0:
        return -math.inf
    return math.inf if cutoff >= 1 else math.log(cutoff) - math.log1p(-cutoff)


def odds_ratio(estimate: float) -> float | None:
    """Of a difference of log-odds; None where no number holds it."""
    return math.exp(estimate) if abs(estimate) < _MOST else None
