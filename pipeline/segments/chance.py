"""How likely chance alone is to make so large a gap: exact tests of many segments at once, and the correction for the many."""

import numpy as np
from numpy.typing import NDArray

from pipeline.frame import Floats

Counts = NDArray[np.int64]

_SMALL = 1e-14  # of the sum of a tail: further terms do not show


def fisher(cases: Counts, of: Counts, all_cases: int, n: int) -> Floats:
    """P-values of Fisher's exact test of each segment against all other rows.

    Parameters
    ----------
    cases, of : ndarray of int64, shape (k,)
        Cases and rows of each segment, which are among `all_cases` cases and `n` rows.

    Returns
    -------
    ndarray of float, shape (k,)
        Two-sided: twice the smaller tail of the hypergeometric distribution, at most 1.
    """
    low, high = np.maximum(0, of - (n - all_cases)), np.minimum(of, all_cases)
    above = cases * n > of * all_cases  # the tail that begins at the cases, away from what is expected
    tail = np.exp(_log_probability(cases, of, all_cases, n)) * _tail(cases, of, all_cases, n, np.where(above, 1, -1), low, high)
    return np.minimum(1.0, 2 * tail)


def _log_probability(k: Counts, of: Counts, all_cases: int, n: int) -> Floats:
    from scipy.special import gammaln

    def choose(a: Counts | int, b: Counts) -> Floats:
        return np.asarray(gammaln(np.add(a, 1.0)) - gammaln(b + 1.0) - gammaln(a - b + 1.0))

    return choose(all_cases, k) + choose(n - all_cases, of - k) - choose(n, of)


def _tail(k: Counts, of: Counts, all_cases: int, n: int, step: Counts, low: Counts, high: Counts) -> Floats:
    """The sum of the probabilities from k on to the end of its side, over that of k; term by term, all segments at once."""
    total = np.ones(len(k))
    at = np.flatnonzero((k + step >= low) & (k + step <= high))
    term, here, way = np.ones(len(at)), k[at].astype(np.float64), step[at]
    drawn = of[at].astype(np.float64)
    while len(at):
        up = (all_cases - here) * (drawn - here) / ((here + 1) * (n - all_cases - drawn + here + 1))
        down = here * (n - all_cases - drawn + here) / ((all_cases - here + 1) * (drawn - here + 1))
        term = term * np.where(way > 0, up, down)
        total[at] += term
        here = here + way
        goes_on = (term > _SMALL * total[at]) & (here + way >= low[at]) & (here + way <= high[at])
        if not goes_on.all():
            at, term, here, way, drawn = at[goes_on], term[goes_on], here[goes_on], way[goes_on], drawn[goes_on]
    return total


def normal(gap: Floats, variance: Floats, third: Floats) -> Floats:
    """Two-sided p-values of gaps that are 0 but for chance, by the normal distribution corrected for their skewness.

    Parameters
    ----------
    gap, variance, third : ndarray of float, shape (k,)
        Each gap, and its second and third cumulants without a difference.

    Notes
    -----
    The first term of the Cornish-Fisher expansion (1938) turns z into z - g (z² - 1) / 6 with the skewness g; where the expansion
    would turn back (beyond 3 / g) its largest value stands, which errs on the side of chance.
    """
    from scipy.special import ndtr

    with np.errstate(divide="ignore", invalid="ignore"):
        z = np.where(variance > 0, gap / np.sqrt(variance), 0.0)
        g = np.where(variance > 0, third / variance**1.5, 0.0)
        turn = np.where(g != 0, 3 / g, np.inf)
    z = np.where(g > 0, np.minimum(z, turn), np.where(g < 0, np.maximum(z, turn), z))
    return np.asarray(2 * ndtr(-np.abs(z - g * (z**2 - 1) / 6)))


def holm(p_values: Floats) -> Floats:
    """P-values adjusted for their number, so that those at or below 0.05 are all real with 95% confidence (Holm 1979).

    Holds however the tests depend on each other, as those of overlapping segments do.
    """
    m = len(p_values)
    order = np.argsort(p_values, kind="stable")
    adjusted = np.empty(m)
    adjusted[order] = np.minimum(1.0, np.maximum.accumulate((m - np.arange(m)) * p_values[order])) if m else p_values
    return adjusted
