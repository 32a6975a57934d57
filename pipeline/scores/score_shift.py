"""How far the scores of newer rows have moved from those of a reference: rows in each band of the reference, and their index."""

import numpy as np
from numpy.typing import NDArray

from pipeline.cutoffs.decisions import common_cutoffs
from pipeline.evaluation.metrics import Ranking
from pipeline.evaluation_results import ScoreTable
from pipeline.frame import Floats
from pipeline.pairing_results import ShiftBand
from pipeline.profiling.against import cut
from pipeline.profiling.comparing import population_stability_index

N_BANDS = 10

Shifted = tuple[float | None, tuple[ShiftBand, ...]]


def score_shift(reference: Ranking, newer: Ranking, n_bands: int = N_BANDS) -> Shifted:
    """The population stability index of scores, and the bands that it sums over.

    Parameters
    ----------
    reference, newer : Ranking
        Rows at each distinct score; the outcome plays no part.
    n_bands : int
        Bands at most, of about equal numbers of reference rows: tenths by default.

    Returns
    -------
    index : float or None
        As `pipeline.profiling.comparing.population_stability_index` defines it: a band that is empty in one of the two counts
        as half a row there. None where one of the two has no row.
    bands : tuple of ShiftBand
        Ascending. A band holds the scores from `low` to below `high`, which is where the next one begins; the first also holds
        every newer score below it, and the last ends with its `high`, the largest score of both. Rows of one score stay
        together, so bands may be fewer or of unequal size, as they are where the reference has fewer than 30 rows a band.
    """
    scores, place = np.unique(np.concatenate([reference.scores, newer.scores]), return_inverse=True)
    rows = [
        np.bincount(at, ranking.bad + ranking.good, len(scores)).astype(np.int64)
        for at, ranking in ((place[: len(reference.scores)], reference), (place[len(reference.scores) :], newer))
    ]
    return _shifted(scores, scores, rows, n_bands)


def table_shift(reference: ScoreTable, newer: ScoreTable, n_bands: int = N_BANDS) -> Shifted:
    """The same from score tables: bands begin and end at cut-offs that both have."""
    cutoffs = common_cutoffs(reference, newer)
    rows = [_between(table, set(cutoffs)) for table in (reference, newer)]
    return _shifted(np.array(cutoffs), np.array([*cutoffs[1:], cutoffs[-1]]), rows, n_bands)


def _between(table: ScoreTable, cutoffs: set[float]) -> NDArray[np.int64]:
    """Rows from each cut-off to below the next one, those from the last one on at the end."""
    pairs = zip(table.cutoffs, table.bad_at_or_above, table.good_at_or_above, strict=True)
    at_or_above = np.array([bad + good for cutoff, bad, good in pairs if cutoff in cutoffs], np.int64)
    at_or_above[:-1] -= at_or_above[1:]
    return at_or_above


def _shifted(lows: Floats, highs: Floats, rows: list[NDArray[np.int64]], n_bands: int) -> Shifted:
    """Of rows of both in cells from `lows` to `highs`, ascending."""
    reference, newer = rows
    if not reference.sum() or not newer.sum():
        return None, ()
    held = np.flatnonzero(reference)
    edges = lows[held][cut(reference[held], n_bands)]
    band = np.maximum(np.searchsorted(edges, lows, side="right") - 1, 0)
    before, after = (np.bincount(band, counted, len(edges)).astype(np.int64) for counted in rows)
    used = np.flatnonzero(reference + newer)
    ends = [lows[used[0]], *edges[1:], highs[used[-1]]]
    bands = tuple(
        ShiftBand(float(low), float(high), int(first), int(second))
        for low, high, first, second in zip(ends[:-1], ends[1:], before, after, strict=True)
    )
    return population_stability_index(before.tolist(), after.tolist()), bands
