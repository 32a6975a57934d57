"""The ends of a column of numbers: what lies far out, and what looks like a code for missing."""

import math

import numpy as np

from pipeline.levels import number_text
from pipeline.profiling.cells import Cells

_FENCE = 3.0  # interquartile ranges from a quartile to Tukey's outer fence
_FAR = 2.0  # distances of the 99% quantile from the median
_LOW_CODES = {
    -1,
    -2,
    -3,
    -6,
    -7,
    -8,
    -9,
    -66,
    -77,
    -88,
    -96,
    -97,
    -98,
    -99,
    -666,
    -777,
    -888,
    -998,
    -999,
    -9_998,
    -9_999,
    -99_999,
    -999_999,
}
_HIGH_CODES = {99, 998, 999, 9_998, 9_999, 99_999, 999_999, 9_999_999, 99_999_999, 999_999_999}
_LEAST_SHARE = 0.001  # of the rows that such codes must have
_MOST_CODES = 4

Ends = tuple[float, float, int, int] | tuple[None, None, None, None]


def fences(cells: Cells) -> Ends:
    """Tukey's outer fences, low and high, and the rows beyond each (Tukey 1977).

    They lie three interquartile ranges from the quartiles. Null where half of the rows have one value: all others were out then.
    """
    quartiles, _ = cells.quantiles((0.25, 0.75))
    if not quartiles or quartiles[0] >= quartiles[1]:
        return None, None, None, None
    reach = _FENCE * (quartiles[1] - quartiles[0])
    return _beyond(cells, quartiles[0] - reach, quartiles[1] + reach)


def far_out(cells: Cells) -> Ends:
    """Bounds so far out that a long tail alone does not reach them, and the rows beyond each.

    A bound lies beyond the outer fence and twice as far from the 1% or 99% quantile as that lies from the median, and is then
    rounded outwards to one digit of its distance from the median.
    """
    low_fence, high_fence, _, _ = fences(cells)
    if low_fence is None or high_fence is None:
        return None, None, None, None
    (low, median, high), _ = cells.quantiles((0.01, 0.5, 0.99))
    least = min(low_fence, low - _FAR * (median - low))
    most = max(high_fence, high + _FAR * (high - median))
    if not math.isfinite(least) or not math.isfinite(most):
        return None, None, None, None
    return _beyond(cells, -_outwards(-least, -median), _outwards(most, median))


def suspected_codes(cells: Cells) -> tuple[tuple[str, int], ...]:
    """Values like -9 or 9999 at an end of the column and apart from its other values, with their rows; 0.1% of all at least.

    Below: such negative numbers where nothing else is negative. Above: nines, further from the rest than half of it is wide.
    """
    whole = np.rint(cells.middle)
    found: list[tuple[str, int]] = []
    least = max(1.0, _LEAST_SHARE * cells.rows.sum())
    n_low = 0
    while n_low < len(whole) and _holds(cells, n_low, whole[n_low]) and whole[n_low] in _LOW_CODES:
        n_low += 1
    if 0 < n_low <= _MOST_CODES and n_low < len(whole) and cells.low[n_low] >= 0:
        found += [(number_text(whole[place]), int(cells.rows[place])) for place in range(n_low)]
    n_high = 0
    while n_high < len(whole) and _holds(cells, -1 - n_high, whole[-1 - n_high]) and whole[-1 - n_high] in _HIGH_CODES:
        n_high += 1
    if 0 < n_high <= _MOST_CODES and n_low + n_high < len(whole):
        rest = Cells(cells.low[n_low:-n_high], cells.high[n_low:-n_high], cells.counts[n_low:-n_high])
        quartiles, _ = rest.quantiles((0.25, 0.75))
        gap = whole[-n_high] - rest.high[-1]
        if gap > max(quartiles[1] - quartiles[0], rest.high[-1] - quartiles[1], 1.0):
            found += [(number_text(whole[place]), int(cells.rows[place])) for place in range(-n_high, 0)]
    return tuple((code, rows) for code, rows in found if rows >= least)


def _holds(cells: Cells, place: int, value: float) -> bool:
    return bool(cells.low[place] <= value <= cells.high[place])


def _beyond(cells: Cells, low: float, high: float) -> Ends:
    if not math.isfinite(low) or not math.isfinite(high):
        return None, None, None, None
    rows, middle = cells.rows, cells.middle
    return low, high, int(rows[middle < low].sum()), int(rows[middle > high].sum())


def _outwards(bound: float, median: float) -> float:
    if bound <= median:
        return bound
    exponent = math.floor(math.log10(bound - median))
    return (
        math.ceil(bound / 10.0**exponent) * 10.0**exponent
        if exponent >= 0
        else math.ceil(bound * 10.0**-exponent) / 10.0**-exponent
    )
