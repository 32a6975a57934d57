"""Weight of evidence, and the monotone binning of a number that keeps most of its information.

Over at most 100 candidate cuts a dynamic programme finds the best binning exactly, so that no constraint solver is needed.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.frame import Floats

CANDIDATES = 100  # cuts are sought between at most this many quantile groups
_SMOOTHING = 0.5  # is added to goods and bads of a group that lacks one of the two (Haldane 1956, Anscombe 1956)
_NOTHING = 1e-12  # of information that a further bin must bring

Ints = NDArray[np.int64]


def weight_of_evidence(goods: Ints, bads: Ints, n_good: int, n_bad: int) -> Floats:
    """ln(share of all goods / share of all bads) of each group.

    Parameters
    ----------
    goods, bads : ndarray of int
        Rows of each group. A group that lacks one of the two has 0.5 added to both; a group without rows has evidence 0.
    n_good, n_bad : int
        Rows of the whole table, both above 0.

    Notes
    -----
    Good (1950), Probability and the Weighing of Evidence; in the sign of Siddiqi (2006), Credit Risk Scorecards: above 0 is
    better than average.
    """
    good, bad = _smoothed(goods, bads)
    evidence = np.log(good / n_good) - np.log(bad / n_bad)
    return np.asarray(np.where(goods + bads > 0, evidence, 0.0))


def information_values(goods: Ints, bads: Ints, n_good: int, n_bad: int) -> Floats:
    """What each group adds to the information value: (share of goods - share of bads) · weight of evidence (Siddiqi 2006)."""
    good, bad = _smoothed(goods, bads)
    return np.asarray((good / n_good - bad / n_bad) * weight_of_evidence(goods, bads, n_good, n_bad))


def _smoothed(goods: Ints, bads: Ints) -> tuple[Floats, Floats]:
    lacking = ((goods == 0) | (bads == 0)) * _SMOOTHING
    return goods + lacking, bads + lacking


@dataclass(frozen=True)
class Bins:
    """Bin k holds edges[k - 1] <= value < edges[k]; the rows of each."""

    edges: tuple[float, ...]
    goods: Ints
    bads: Ints


def monotone_bins(values: Floats, bad: NDArray[np.bool_], most: int, least: float, n_good: int, n_bad: int) -> Bins:
    """The binning of greatest information value among those with bad rates that only rise or only fall.

    Parameters
    ----------
    values : ndarray of float, shape (n,)
        Without missing ones and codes.
    bad : ndarray of bool, shape (n,)
    most : int
        Bins at most.
    least : float
        Rows of a bin at least; a single bin may have fewer.
    n_good, n_bad : int
        Rows of the table, those not among `values` included.

    Returns
    -------
    Bins
        Of binnings with the same information the one with the fewest bins. Cuts are sought among the distinct values, or, where
        there are more than 100, between quantile groups of about 1% of the rows.
    """
    starts = _candidates(values)
    at = np.searchsorted(starts, values, side="right") - 1
    rows = np.bincount(at, minlength=len(starts))
    bads = np.bincount(at[bad], minlength=len(starts))
    cuts = best_cuts(rows - bads, bads, most, least, n_good, n_bad)
    first = np.array([0, *cuts])
    return Bins(tuple(map(float, starts[cuts])), np.add.reduceat(rows - bads, first), np.add.reduceat(bads, first))


def _candidates(values: Floats) -> Floats:
    """The least value of each group between which a cut may be."""
    ordered = np.sort(values)
    fresh = np.flatnonzero(ordered[1:] != ordered[:-1]) + 1
    if len(fresh) < CANDIDATES:
        return np.asarray(ordered[np.array([0, *fresh])])
    return np.unique(ordered[np.arange(CANDIDATES) * len(ordered) // CANDIDATES])


def best_cuts(goods: Ints, bads: Ints, most: int, least: float, n_good: int, n_bad: int) -> list[int]:
    """Where bins begin, the first apart, when neighbouring groups are joined as `monotone_bins` says.

    A dynamic programme over (first group, last group) of the last bin and the number of bins so far: exact.
    """
    rising = _programme(goods, bads, most, least, n_good, n_bad, 1)
    falling = _programme(goods, bads, most, least, n_good, n_bad, -1)
    return min((rising, falling), key=lambda found: (-round(found[0], 12), len(found[1])))[1]


def _programme(goods: Ints, bads: Ints, most: int, least: float, n_good: int, n_bad: int, sign: int) -> tuple[float, list[int]]:
    m = len(goods)
    good, bad = (np.concatenate([[0], np.cumsum(counts)]) for counts in (goods, bads))
    in_good, in_bad = good[None, :] - good[:, None], bad[None, :] - bad[:, None]  # [i, j]: groups i to j - 1
    rows = in_good + in_bad
    allowed = np.triu(np.ones((m + 1, m + 1), bool), 1) & (rows >= max(least, 1))
    allowed[0, m] = True
    in_good, in_bad = np.where(allowed, in_good, 0), np.where(allowed, in_bad, 0)
    rate = np.where(allowed, sign * in_bad / np.maximum(rows, 1), np.inf)
    information = np.where(allowed, information_values(in_good, in_bad, n_good, n_bad), -np.inf)
    best = np.full((most, m + 1, m + 1), -np.inf)  # of k + 1 bins, the last of which holds groups i to j - 1
    best[0, 0] = information[0]
    for i in range(1, m):
        before = np.flatnonzero(allowed[:i, i])
        after = np.flatnonzero(allowed[i])
        if not (len(before) and len(after)):
            continue
        before = before[np.argsort(rate[before, i], kind="stable")]
        reach = np.searchsorted(rate[before, i], rate[i, after], side="right")
        after, reach = after[reach > 0], reach[reach > 0]
        so_far = np.maximum.accumulate(best[:-1, before, i], axis=1)
        best[1:, i, after] = information[i, after] + so_far[:, reach - 1]
    ends = best[:, :, m]
    total = float(ends.max())
    k = int(np.flatnonzero(ends.max(axis=1) >= total - _NOTHING)[0])
    i, cuts = int(ends[k].argmax()), []
    j = m
    while k:
        cuts.append(i)
        may = np.where(rate[:i, i] <= rate[i, j], best[k - 1, :i, i], -np.inf)
        i, j, k = int(may.argmax()), i, k - 1
    return total, cuts[::-1]
