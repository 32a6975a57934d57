"""Rows by points: how many goods and bads each band of the score holds."""

import math

import numpy as np
from numpy.typing import NDArray

from pipeline.cutoffs.points import LEAST_ROWS, Scaling, ScoreBand, ScoreBands
from pipeline.errors import InvalidSpec
from pipeline.evaluation.intervals import wilson_interval
from pipeline.frame import Floats
from pipeline.odds import log_odds

MOST_BANDS = 30
_USUAL_BANDS = 12
_WIDTHS = (1, 2, 5, 10)  # and these times a power of ten


def points_of(probability: Floats, scaling: Scaling) -> Floats:
    """Unrounded points of probabilities of bad, which are kept 1e-15 away from 0 and 1."""
    return np.asarray(scaling.offset - scaling.factor * log_odds(probability))


def score_bands(
    is_bad: NDArray[np.bool_], probability: Floats, scaling: Scaling, *, part: str, width: int | None = None
) -> ScoreBands:
    """Counts of goods and bads in bands of whole points.

    Parameters
    ----------
    is_bad : ndarray of bool, shape (n,)
    probability : ndarray of float, shape (n,)
        Of bad, without gaps.
    scaling : Scaling
    part : str
        What the rows are, kept with the result.
    width : int, optional
        Points of a band, 1 and more; without it the PDO, or a round number that gives at most twelve bands.

    Returns
    -------
    ScoreBands
        Points are rounded to whole ones first, halves up. Bands begin at multiples of the width; those below the first and
        above the 99th percentile of the rows are taken together into an open one at each end.

    Raises
    ------
    InvalidSpec
        Where the width is no whole number of 1 and more, or gives more than 30 bands.
    """
    exact = points_of(probability, scaling)
    whole = np.floor(exact + 0.5)
    if not len(whole):
        return ScoreBands(part, scaling, width or max(round(scaling.pdo), 1), 0, 0, ())
    low, high = (math.floor(end) for end in np.quantile(whole, [0.01, 0.99]))
    width = _usual_width(low, high, scaling) if width is None else _checked(width, low, high)
    edges = np.arange(low // width + 1, high // width + 1, dtype=np.float64) * width
    if not len(edges):  # all within one band
        edges = np.array([low // width * width, low // width * width + width], dtype=np.float64)
    band = np.searchsorted(edges, whole, side="right")
    n = np.bincount(band, minlength=len(edges) + 1)
    n_bad = np.bincount(band[is_bad], minlength=len(edges) + 1)
    mean_probability = np.bincount(band, probability, len(edges) + 1)
    mean_points = np.bincount(band, exact, len(edges) + 1)
    found: list[ScoreBand] = []
    rows = bad = 0
    for k in range(len(edges), -1, -1):
        if not n[k] and k in {0, len(edges)}:
            continue  # an open end without rows
        rows, bad = rows + int(n[k]), bad + int(n_bad[k])
        enough = n[k] >= LEAST_ROWS
        ends = wilson_interval(int(n_bad[k]), int(n[k])) if enough else (None, None)
        found.append(
            ScoreBand(
                low=int(edges[k - 1]) if k else None,
                high=int(edges[k]) if k < len(edges) else None,
                n_rows=int(n[k]),
                n_bad=int(n_bad[k]),
                share=float(n[k] / len(whole)),
                bad_rate=float(n_bad[k] / n[k]) if enough else None,
                ci_low=ends[0],
                ci_high=ends[1],
                mean_probability=float(mean_probability[k] / n[k]) if enough else None,
                mean_points=float(mean_points[k] / n[k]) if n[k] else None,
                cumulative_rows=rows,
                cumulative_bad=bad,
            )
        )
    return ScoreBands(part, scaling, width, len(whole), int(is_bad.sum()), tuple(found))


def _usual_width(low: int, high: int, scaling: Scaling) -> int:
    """The PDO where that gives some three to twelve bands, else the smallest round width that gives at most twelve."""
    pdo = round(scaling.pdo)
    if pdo >= 1 and 3 * pdo <= high - low <= (_USUAL_BANDS - 2) * pdo:
        return pdo
    least = max((high - low) / (_USUAL_BANDS - 2), 1)
    power = int(10 ** math.floor(math.log10(least)))
    return next(power * width for width in _WIDTHS if power * width >= least)


def _checked(width: int, low: int, high: int) -> int:
    if isinstance(width, bool) or not isinstance(width, int) or width < 1:
        raise InvalidSpec.one("width", "A band needs 1 point or more; give a whole number, such as 20.")
    n = high // width - low // width + 1
    if n > MOST_BANDS:
        least = math.ceil((high - low) / (MOST_BANDS - 3))
        raise InvalidSpec.one("width", f"Bands of {width:,} points would be {n:,} of them; give {least:,} points or more.")
    return width
