"""A column against a two-class outcome: bands, weight of evidence, information value and the AUC of the column alone."""

import math
from collections.abc import Sequence

import numpy as np

from pipeline.evaluation.intervals import wilson_interval as wilson_interval  # handed on to this package
from pipeline.profiling.arrays import Ints
from pipeline.profiling.cells import Cells
from pipeline.profiling.outcome import BAD, GOOD
from pipeline.profiling.results import Band

_MOST_BANDS = 10
_ROWS_FOR_A_BAND = 30  # small tables have fewer bands than ten

Counted = tuple[str | None, float | None, float | None, Ints]  # level, low, high, rows of each class


def bands_of(counted: Sequence[Counted]) -> tuple[tuple[Band, ...], float | None]:
    """Bands with their figures, and the information value over all of them.

    The information value is the sum over bands of (share of goods - share of bads) * ln(share of goods / share of bads)
    (Siddiqi 2006). A band that lacks a class counts with half a row more of each, so that it is never infinite. It is null
    where the rows hold one class only or there is no outcome.
    """
    with_rows = [entry for entry in counted if entry[3][: 2 if len(entry[3]) > 1 else 1].sum()]
    if not with_rows:
        return (), None
    if len(with_rows[0][3]) == 1:
        plain = (Band(level, low, high, int(rows[0]), None, None, None, None, None) for level, low, high, rows in with_rows)
        return tuple(plain), None
    n_good = sum(int(rows[GOOD]) for *_, rows in with_rows)
    n_bad = sum(int(rows[BAD]) for *_, rows in with_rows)
    bands, value = [], 0.0
    for level, low, high, rows in with_rows:
        good, bad = int(rows[GOOD]), int(rows[BAD])
        evidence = None
        if n_good and n_bad:
            more = 0.0 if good and bad else 0.5
            goods, bads = (good + more) / n_good, (bad + more) / n_bad
            evidence = math.log(goods / bads)
            value += (goods - bads) * evidence
        ends = wilson_interval(bad, good + bad)
        bands.append(Band(level, low, high, good + bad, bad, bad / (good + bad), ends[0], ends[1], evidence))
    return tuple(bands), value if n_good and n_bad else None


def cut(rows: Ints, most: int = _MOST_BANDS) -> Ints:
    """Where bands of about equal numbers of rows begin among ordered cells, the first at 0.

    Each cell is a band where there are no more than `most`; else each tenth ends at the cell nearest to it.
    """
    if len(rows) <= most:
        return np.arange(len(rows))
    cumulated = np.cumsum(rows)
    bands = int(min(most, max(2, cumulated[-1] // _ROWS_FOR_A_BAND)))
    wanted = cumulated[-1] * np.arange(1, bands) / bands
    after = np.searchsorted(cumulated, wanted)
    before = np.maximum(after - 1, 0)
    ends = np.where(wanted - cumulated[before] < cumulated[after] - wanted, before, after)
    starts: Ints = np.unique(np.concatenate([[0], ends + 1]))
    return starts[starts < len(rows)]


def number_bands(cells: Cells) -> list[Counted]:
    """At most ten bands of about as many rows each; each value a band where there are no more values."""
    starts = cut(cells.rows)
    counts = np.add.reduceat(cells.counts, starts, axis=0) if len(starts) else cells.counts
    if len(starts) == len(cells.low) and cells.exact:
        return [(None, float(value), float(value), rows) for value, rows in zip(cells.low, counts, strict=True)]
    highs = [*cells.low[starts[1:]], cells.high[-1]]
    return [(None, float(cells.low[at]), float(high), rows) for at, high, rows in zip(starts, highs, counts, strict=True)]


def number_auc(cells: Cells) -> tuple[float | None, str | None, float]:
    """The AUC of a number alone (Mann-Whitney, ties half): value in its better direction, that direction, largest error.

    Rows of one cell count as ties. Where a cell is wider than one value their order is unknown, which moves the AUC by no more
    than half the share of pairs of a good and a bad in such cells.
    """
    if cells.counts.shape[1] == 1 or not len(cells.low):
        return None, None, 0.0
    good, bad = cells.counts[:, GOOD].astype(float), cells.counts[:, BAD].astype(float)
    pairs = good.sum() * bad.sum()
    if not pairs:
        return None, None, 0.0
    auc = float(bad @ (np.cumsum(good) - good / 2) / pairs)
    wide = cells.low < cells.high
    error = float(good[wide] @ bad[wide] / 2 / pairs)
    return (auc, "higher", error) if auc >= 0.5 else (1 - auc, "lower", error)


def level_auc(counts: Ints) -> float | None:
    """The AUC of levels alone, at least 0.5: each half of the rows is ranked by its levels' bad rates in the other half.

    Ranked by their own bad rates, levels look better the more of them there are, down to one row each with an AUC of 1.
    A level that the other half lacks ranks at that half's overall rate.

    Parameters
    ----------
    counts : ndarray of int, shape (levels, 2, classes)
        Missing is a level.
    """
    if counts.shape[2] == 1:
        return None
    found = []
    for half in (0, 1):
        judged, known = counts[:, half, :2].astype(float), counts[:, 1 - half, :2].astype(float)
        pairs = judged[:, GOOD].sum() * judged[:, BAD].sum()
        if not pairs or not known.sum():
            return None
        overall = known[:, BAD].sum() / known.sum()
        rows = known.sum(axis=1)
        rate = np.divide(known[:, BAD], rows, out=np.full(len(rows), overall), where=rows > 0)
        ranks, place = np.unique(rate, return_inverse=True)
        ranked = np.zeros((len(ranks), 2))
        np.add.at(ranked, place, judged)
        good, bad = ranked[:, GOOD], ranked[:, BAD]
        found.append(float(bad @ (np.cumsum(good) - good / 2) / pairs))
    return max(0.5, sum(found) / 2)
