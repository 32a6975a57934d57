"""Differences between two models judged on the same rows, with intervals that take the pairing into account."""

import math

import numpy as np
from numpy.typing import NDArray

from pipeline.frame import Floats

Z95 = 1.959963984540054
BOOTSTRAP_METRICS = ("ks_statistic", "accuracy", "precision", "recall", "f1", "brier_score", "log_loss")
_BATCH = 2_000_000  # cells of a batch of draws: 16 MB
_EPS = float(np.finfo(float).eps)

Interval = tuple[float, float, float]


def auc_difference(bad: NDArray[np.bool_], first: Floats, second: Floats) -> Interval | None:
    """AUC of the first scores less that of the second on the same rows, with DeLong's 95% interval.

    Parameters
    ----------
    bad : ndarray of bool, shape (n,)
    first, second : ndarray of float, shape (n,)
        Two scores of the same rows; higher is worse.

    Returns
    -------
    (difference, low, high), or None
        None with fewer than two rows of a class.

    Notes
    -----
    DeLong, DeLong and Clarke-Pearson (1988), Biometrics 44: the variance of the difference of two correlated areas is that of the
    difference of their structural components, over bads and over goods.
    """
    n_bad, n_good = int(bad.sum()), int((~bad).sum())
    if n_bad < 2 or n_good < 2:
        return None
    of_bad, of_good = (a - b for a, b in zip(_components(bad, first), _components(bad, second), strict=True))
    difference = float(of_bad.mean())
    variance = float(of_bad.var(ddof=1)) / n_bad + float(of_good.var(ddof=1)) / n_good
    reach = Z95 * math.sqrt(variance)
    return difference, difference - reach, difference + reach


def _components(bad: NDArray[np.bool_], scores: Floats) -> tuple[Floats, Floats]:
    """For each bad the share of goods below it, for each good the share of bads above it; ties count half."""
    goods, bads = np.sort(scores[~bad]), np.sort(scores[bad])
    below = (np.searchsorted(goods, scores[bad], "left") + np.searchsorted(goods, scores[bad], "right")) / 2
    above = len(bads) - (np.searchsorted(bads, scores[~bad], "left") + np.searchsorted(bads, scores[~bad], "right")) / 2
    return below / len(goods), above / len(bads)


def bootstrap_differences(
    bad: NDArray[np.bool_], first: Floats, second: Floats, cutoff: float, n_draws: int, seed: int
) -> dict[str, Interval]:
    """Each metric of the first model less that of the second, with the 95% interval of a paired bootstrap.

    Parameters
    ----------
    bad : ndarray of bool, shape (n,)
    first, second : ndarray of float, shape (n,)
        Probabilities of bad of the same rows.
    cutoff : float
        A row is refused at or above it.
    n_draws : int
    seed : int

    Returns
    -------
    dict of metric to (difference, low, high)
        A metric that does not exist for one of the models, such as the precision where nothing is refused, is left out, as are
        single draws where it does not exist.

    Notes
    -----
    Rows are drawn with replacement within each class, the same rows for both models; the interval is from the 2.5th to the 97.5th
    percentile of the differences (Efron and Tibshirani 1993, chapter 13). A row counts in a draw as often as it was drawn, so
    that every metric is a weighted sum over the rows in order of their scores.
    """
    models = (_Sums(bad, first, cutoff), _Sums(bad, second, cutoff))
    whole = [model.metrics(np.ones((1, len(bad)))) for model in models]
    draw = np.random.Generator(np.random.PCG64([seed, 7]))
    found: dict[str, list[Floats]] = {name: [] for name in BOOTSTRAP_METRICS}
    each = max(1, _BATCH // max(len(bad), 1))
    for start in range(0, n_draws, each):
        times = _times(bad, min(each, n_draws - start), draw)
        one, other = (model.metrics(times) for model in models)
        for name in BOOTSTRAP_METRICS:
            found[name].append(one[name] - other[name])
    intervals = {}
    for name, parts in found.items():
        difference = float(whole[0][name][0] - whole[1][name][0])
        drawn = np.concatenate(parts)
        drawn = drawn[np.isfinite(drawn)]
        if math.isfinite(difference) and len(drawn) >= n_draws / 2:
            low, high = np.quantile(drawn, [0.025, 0.975])
            intervals[name] = (difference, float(low), float(high))
    return intervals


def _times(bad: NDArray[np.bool_], n_draws: int, draw: np.random.Generator) -> Floats:
    """How often each row was drawn, (n_draws, n)."""
    times = np.zeros((n_draws, len(bad)))
    for rows in (np.flatnonzero(bad), np.flatnonzero(~bad)):
        if len(rows):
            drawn = rows[draw.integers(0, len(rows), (n_draws, len(rows)))]
            for at in range(n_draws):
                times[at] += np.bincount(drawn[at], minlength=len(bad))
    return times


class _Sums:
    """A model's metrics for many draws at once: what is summed is worked out once for the rows, and weighted in each draw."""

    def __init__(self, bad: NDArray[np.bool_], probability: Floats, cutoff: float) -> None:
        self._order = np.argsort(probability, kind="stable")
        ordered = probability[self._order]
        self._last = np.flatnonzero(np.append(ordered[1:] != ordered[:-1], True))  # of each distinct score
        self._bad = bad.astype(np.float64)
        self._refused = (probability >= cutoff).astype(np.float64)
        self._square = (probability - self._bad) ** 2
        self._loss = -np.log(np.maximum(np.where(bad, probability, 1 - probability), _EPS))

    def metrics(self, times: Floats) -> dict[str, Floats]:
        n, bads = times.sum(axis=1), times @ self._bad
        refused, caught = times @ self._refused, times @ (self._refused * self._bad)
        with np.errstate(invalid="ignore", divide="ignore"):
            return {
                "ks_statistic": self._ks(times, bads, n - bads),
                "accuracy": (n - bads - refused + 2 * caught) / n,
                "precision": caught / refused,
                "recall": caught / bads,
                "f1": 2 * caught / (refused + bads),
                "brier_score": times @ self._square / n,
                "log_loss": times @ self._loss / n,
            }

    def _ks(self, times: Floats, bads: Floats, goods: Floats) -> Floats:
        ordered = times[:, self._order]
        steps = np.where(self._bad[self._order] == 1, 1 / bads[:, None], -1 / goods[:, None])
        return np.asarray(np.abs(np.cumsum(ordered * steps, axis=1)[:, self._last]).max(axis=1))
