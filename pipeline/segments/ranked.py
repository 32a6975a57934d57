"""Rows in the order of their scores, sorted once for all segments: cells to count in, moments and AUCs of each segment."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import InvalidSpec
from pipeline.frame import Floats
from pipeline.intervals import Z95

Places = NDArray[np.intp]


@dataclass(frozen=True)
class Ranked:
    """Rows by ascending score. `cells[i]` is the place of a row among the cut-offs, with their number added for a bad."""

    order: Places  # the rows' places before they were sorted
    scores: Floats
    is_bad: NDArray[np.bool_]
    cells: Places
    cutoffs: Floats

    @classmethod
    def of(cls, is_bad: NDArray[np.bool_], scores: Floats, cutoffs: Floats) -> "Ranked":
        """Raises InvalidSpec where the cut-offs do not ascend, or a score lies below the first."""
        if not len(cutoffs) or (np.diff(cutoffs) <= 0).any():
            raise InvalidSpec.one("cutoffs", "The cut-offs should ascend.")
        order = np.argsort(scores)  # the order within ties does not matter
        ordered, bad = scores[order], is_bad[order]
        if len(ordered) and ordered[0] < cutoffs[0]:
            raise InvalidSpec.one("cutoffs", f"The first cut-off, {cutoffs[0]:g}, is above the lowest score; begin with 0.")
        ends = np.append(np.searchsorted(ordered, cutoffs), len(ordered))
        cells = np.repeat(np.arange(len(cutoffs)), np.diff(ends))
        cells += bad * len(cutoffs)
        return cls(order, ordered, bad, cells, cutoffs)

    def only(self, kept: NDArray[np.bool_]) -> "Ranked":
        """Some of the rows."""
        return replace(self, order=self.order[kept], scores=self.scores[kept], is_bad=self.is_bad[kept], cells=self.cells[kept])


def moments(codes: Places, n_rows: NDArray[np.int64], scores: Floats) -> tuple[Floats, Floats]:
    """The sum of the scores of each segment, and their standard deviation with n - 1; 0 for one row."""
    total = sums(codes, scores, len(n_rows))
    away = scores - (total / np.maximum(n_rows, 1))[codes]
    away *= away
    return total, np.sqrt(sums(codes, away, len(n_rows)) / np.maximum(n_rows - 1, 1))


def sums(codes: Places, values: NDArray[np.float64] | NDArray[np.int64], n: int) -> Floats:
    """The sum of the values of each code from 0 to n - 1."""
    return np.bincount(codes, values, n).astype(np.float64, copy=False)


@dataclass(frozen=True)
class Aucs:
    """The AUC of each segment with DeLong's 95% interval; NaN where a class is absent, or has one row for the interval."""

    auc: Floats
    low: Floats
    high: Floats


def aucs(codes: Places, n_segments: int, ranked: Ranked) -> Aucs:
    """The AUC of every segment, exact from the scores: ties count half.

    Parameters
    ----------
    codes : ndarray of intp, shape (n,)
        The segment of each row of `ranked`, from 0.

    Notes
    -----
    DeLong, DeLong and Clarke-Pearson (1988), as `pipeline.metrics.auc_interval`. Rows that are sorted by score stay so when they
    are sorted by segment with a stable sort (of small whole numbers: one of their digits), so that all segments share the sort.
    """
    small = codes.astype(np.uint8 if n_segments <= 256 else np.uint16)
    order = np.argsort(small, kind="stable")
    segment, score = codes[order], ranked.scores[order]
    bad = ranked.is_bad[order]
    starts = np.flatnonzero(np.concatenate([[True], (segment[1:] != segment[:-1]) | (score[1:] != score[:-1])]))
    bads = np.add.reduceat(bad.astype(np.int64), starts)  # of each distinct score of each segment
    goods = np.diff(np.append(starts, len(segment))) - bads
    own = segment[starts]
    n_bad = sums(own, bads, n_segments)
    n_good = sums(own, goods, n_segments)
    with np.errstate(divide="ignore", invalid="ignore"):
        of_bad = (_below(goods, n_good, own) + 0.5 * goods) / n_good[own]
        of_good = 1 - (_below(bads, n_bad, own) + 0.5 * bads) / n_bad[own]
        auc = sums(own, np.where(bads > 0, bads * of_bad, 0), n_segments) / n_bad
        auc[(n_bad == 0) | (n_good == 0)] = np.nan
        spread_bad = sums(own, np.where(bads > 0, bads * (of_bad - auc[own]) ** 2, 0), n_segments)
        spread_good = sums(own, np.where(goods > 0, goods * (of_good - auc[own]) ** 2, 0), n_segments)
        reach = Z95 * np.sqrt(spread_bad / (n_bad - 1) / n_bad + spread_good / (n_good - 1) / n_good)
    reach[(n_bad < 2) | (n_good < 2)] = np.nan
    return Aucs(auc, np.maximum(auc - reach, 0), np.minimum(auc + reach, 1))


def _below(counts: NDArray[np.int64], totals: Floats, own: Places) -> Floats:
    """How many rows of a segment score lower, for each of its distinct scores; segments lie one after the other."""
    before = np.cumsum(totals) - totals
    return np.cumsum(counts) - counts - before[own]
