"""Figures of merit of probabilities against outcomes: each a function and one row of METRICS."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from pipeline.evaluation.delong import NO_VARIANCE
from pipeline.evaluation.intervals import Z95
from pipeline.evaluation_results import Confusion, Metrics
from pipeline.frame import Floats

_LEAST = float(np.finfo(float).eps)  # 2.2e-16


@dataclass(frozen=True)
class Ranking:
    """Rows counted at each distinct score, in ascending order of the scores."""

    scores: Floats
    bad: NDArray[np.int64]
    good: NDArray[np.int64]

    @classmethod
    def of(cls, is_bad: NDArray[np.bool_], scores: Floats) -> "Ranking":
        ordered, bad = _sorted(is_bad, scores)
        first = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]])) if len(ordered) else np.empty(0, np.intp)
        if len(first) == len(ordered):
            return cls(ordered, bad, 1 - bad)
        n = np.diff(np.append(first, len(ordered)))
        bad = np.add.reduceat(bad, first)
        return cls(ordered[first], bad, n - bad)

    @classmethod
    def pooled(cls, rankings: "Sequence[Ranking]") -> "Ranking":
        """The ranking of all rows together."""
        scores, place = np.unique(np.concatenate([ranking.scores for ranking in rankings]), return_inverse=True)
        bad, good = (
            np.bincount(place, np.concatenate([getattr(ranking, side) for ranking in rankings]), len(scores)).astype(np.int64)
            for side in ("bad", "good")
        )
        return cls(scores, bad, good)

    @property
    def n_bad(self) -> int:
        return int(self.bad.sum())

    @property
    def n_good(self) -> int:
        return int(self.good.sum())


def _sorted(is_bad: NDArray[np.bool_], scores: Floats) -> tuple[Floats, NDArray[np.int64]]:
    """The scores in ascending order, and 1 for each that is of a bad; the order within ties does not matter."""
    if len(scores) and scores.min() >= 0:
        # Floats that are not negative are ordered as their bits are, whose first is 0: it makes room for the outcome as the last,
        # and one sort of whole numbers moves both. Adding 0 turns -0 into 0.
        keys = (np.asarray(scores, np.float64) + 0.0).view(np.uint64) << np.uint64(1)
        keys |= is_bad
        keys.sort()
        return (keys >> np.uint64(1)).view(np.float64), (keys & np.uint64(1)).view(np.int64)
    order = np.argsort(scores)
    return scores[order], is_bad[order].astype(np.int64)


@dataclass(frozen=True)
class Judged:
    """Probabilities of bad, what came of the rows, and the cut-off at or above which a row is refused."""

    is_bad: NDArray[np.bool_]
    probability: Floats
    cutoff: float

    @cached_property
    def ranking(self) -> Ranking:
        return Ranking.of(self.is_bad, self.probability)

    @cached_property
    def confusion(self) -> Confusion:
        refused = self.probability >= self.cutoff
        tp = int((refused & self.is_bad).sum())
        fp = int(refused.sum()) - tp
        fn = int(self.is_bad.sum()) - tp
        return Confusion(tn=len(refused) - tp - fp - fn, fp=fp, fn=fn, tp=tp)


def roc_auc(judged: Judged) -> float | None:
    """Probability that a bad scores above a good, ties counted half (Mann-Whitney); null where one class is absent."""
    return auc_of(judged.ranking)


def auc_of(ranking: Ranking) -> float | None:
    if not ranking.n_bad or not ranking.n_good:
        return None
    below = np.cumsum(ranking.good) - 0.5 * ranking.good
    return float(ranking.bad @ below / ranking.n_bad / ranking.n_good)


def auc_interval(ranking: Ranking) -> tuple[float, float] | None:
    """DeLong's 95% interval of the AUC, by sorting once.

    Parameters
    ----------
    ranking : Ranking
        Counts at each distinct score.

    Returns
    -------
    (low, high), or None
        Within 0 and 1; None with fewer than 2 rows of a class, and where the variance is 0, as it is of a score without a fault:
        rows so few or so easy say nothing of how many faults are to come.

    Notes
    -----
    DeLong, DeLong and Clarke-Pearson (1988), Biometrics 44; with mid-ranks as in Sun and Xu (2014). Rows of one score share
    their structural component, so that the sums run over distinct scores.
    """
    auc = auc_of(ranking)
    if auc is None or ranking.n_bad < 2 or ranking.n_good < 2:
        return None
    variance = _spread(ranking.bad, ranking.good, auc) + _spread(ranking.good, ranking.bad, 1 - auc)
    if variance < NO_VARIANCE:
        return None
    reach = Z95 * math.sqrt(variance)
    return max(0.0, auc - reach), min(1.0, auc + reach)


def _spread(own: NDArray[np.int64], other: NDArray[np.int64], mean: float) -> float:
    """Variance of the mean of one class' structural components: the share of the other class below each row, ties counted half.

    In place: of ten million scores each array more would be 80 MB.
    """
    below = np.cumsum(other, dtype=np.float64)
    below -= 0.5 * other
    below /= other.sum()
    below -= mean
    below *= below
    n = int(own.sum())
    return float(own @ below) / (n - 1) / n


def gini(judged: Judged) -> float | None:
    """2 AUC - 1."""
    auc = roc_auc(judged)
    return None if auc is None else 2 * auc - 1


def ks_statistic(judged: Judged) -> float | None:
    """Largest distance between the score distributions of bads and goods, taken between distinct scores only."""
    ranking = judged.ranking
    if not ranking.n_bad or not ranking.n_good:
        return None
    gap = np.cumsum(ranking.bad) / ranking.n_bad - np.cumsum(ranking.good) / ranking.n_good
    return float(np.abs(gap).max())


def accuracy(judged: Judged) -> float | None:
    """Share of rows decided rightly at the cut-off."""
    table = judged.confusion
    return _ratio(table.tp + table.tn, len(judged.is_bad))


def precision(judged: Judged) -> float | None:
    """Share of bads among the refused; null where none is refused."""
    return _ratio(judged.confusion.tp, judged.confusion.tp + judged.confusion.fp)


def recall(judged: Judged) -> float | None:
    """Share of the bads that are refused; null where there is no bad."""
    return _ratio(judged.confusion.tp, judged.confusion.tp + judged.confusion.fn)


def f1(judged: Judged) -> float | None:
    """Harmonic mean of precision and recall: 2 tp / (2 tp + fp + fn)."""
    table = judged.confusion
    return _ratio(2 * table.tp, 2 * table.tp + table.fp + table.fn)


def brier_score(judged: Judged) -> float | None:
    """Mean square of probability minus outcome (Brier 1950, in the form for two classes)."""
    return float(np.mean((judged.probability - judged.is_bad) ** 2)) if len(judged.is_bad) else None


def log_loss(judged: Judged) -> float | None:
    """Mean of minus the log of the probability given to what came; probabilities are kept 2.2e-16 away from 0."""
    if not len(judged.is_bad):
        return None
    return float(losses(np.where(judged.is_bad, judged.probability, 1 - judged.probability)).mean())


def losses(given: Floats) -> Floats:
    """Minus the log of the probability that was given to what came; it is kept 2.2e-16 away from 0."""
    return np.asarray(-np.log(np.maximum(given, _LEAST)))


def _ratio(part: int, whole: int) -> float | None:
    return part / whole if whole else None


@dataclass(frozen=True)
class Metric:
    """A figure of merit: `on` says whether it judges the scores or the decisions at the cut-off, `best` which end is better."""

    name: str
    label: str
    function: Callable[[Judged], float | None]
    on: Literal["score", "decision"]
    best: Literal["high", "low"]
    help: str


METRICS = (
    Metric("auc", "ROC AUC", roc_auc, "score", "high", "Probability that a bad scores above a good; ties count half."),
    Metric("gini", "Gini", gini, "score", "high", "2 · AUC − 1: 0 for a coin, 1 for a perfect ranking."),
    Metric(
        "ks_statistic", "KS", ks_statistic, "score", "high", "Largest distance between the score distributions of bads and goods."
    ),
    Metric("accuracy", "Accuracy", accuracy, "decision", "high", "Share of rows decided rightly at the cut-off."),
    Metric("precision", "Precision", precision, "decision", "high", "Share of bads among those refused at the cut-off."),
    Metric("recall", "Recall", recall, "decision", "high", "Share of the bads that are refused at the cut-off."),
    Metric("f1", "F1", f1, "decision", "high", "Harmonic mean of precision and recall at the cut-off."),
    Metric("brier_score", "Brier score", brier_score, "score", "low", "Mean square of probability minus outcome."),
    Metric("log_loss", "Log-loss", log_loss, "score", "low", "Mean of −ln of the probability that was given to what came."),
)


def figures(judged: Judged) -> Metrics:
    """All figures of METRICS for one part of the data, with DeLong's interval of the AUC."""
    interval = auc_interval(judged.ranking)
    return Metrics(
        n_rows=len(judged.is_bad),
        n_bad=int(judged.is_bad.sum()),
        **{metric.name: metric.function(judged) for metric in METRICS},
        auc_low=interval[0] if interval else None,
        auc_high=interval[1] if interval else None,
    )
