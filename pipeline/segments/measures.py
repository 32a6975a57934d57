"""The rates that a search compares: of which rows each is a share, which way is worse, and how a gap is tested."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.evaluation.intervals import Z95, wilson_intervals
from pipeline.frame import Floats
from pipeline.segments.chance import fisher, normal
from pipeline.segments.estimates import LEAST_EXPECTED
from pipeline.segments.tallying import Tallied

Counts = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Measure:
    """Cells of a tally that are cases, and those that the rate is of; `worse` is 1 where high rates are, -1 where low."""

    cases: tuple[int, ...]
    of: tuple[int, ...]
    worse: int
    of_a_class: bool  # whether the rate is of goods or of bads alone


SHARES = {
    "approval_rate": Measure((0, 2), (0, 1, 2, 3), -1, False),
    "false_positive_rate": Measure((1,), (0, 1), 1, True),
    "false_negative_rate": Measure((2,), (2, 3), 1, True),
    "bad_rate_of_approved": Measure((2,), (0, 2), 1, False),
}
MEASURES = (*SHARES, "calibration")


@dataclass(frozen=True)
class Gaps:
    """Segments that have enough rows (`at`, among those tallied) against all other rows. `rates` is of every segment tallied."""

    at: NDArray[np.intp]
    rate: Floats
    rate_of_rest: Floats
    low: Floats  # 95% interval of the gap
    high: Floats
    p_value: Floats
    is_worse: Flags
    rates: Floats
    test: str

    @property
    def gap(self) -> Floats:
        return self.rate - self.rate_of_rest


def gaps(tallied: Tallied, measure: str, least_rows: int, least_of_class: int) -> Gaps:
    """Compares every segment with enough rows, and enough other rows, with those others."""
    if not tallied.n_segments:
        none = np.empty(0)
        return Gaps(np.empty(0, np.intp), none, none, none, none, none, none > 0, none, "no test")
    if measure == "calibration":
        return _calibration(tallied, least_rows)
    return _shares(tallied, SHARES[measure], least_rows, least_of_class)


def _whole(tallied: Tallied) -> Counts:
    """The cells of all rows: those of the levels of the first column."""
    whole: Counts = tallied.cells[(tallied.first == tallied.first[0]) & ~tallied.is_pair].sum(axis=0)
    return whole


def _shares(tallied: Tallied, measure: Measure, least_rows: int, least_of_class: int) -> Gaps:
    whole = _whole(tallied)
    cases, of = tallied.cells[:, measure.cases].sum(axis=1), tallied.cells[:, measure.of].sum(axis=1)
    all_cases, n = int(whole[list(measure.cases)].sum()), int(whole[list(measure.of)].sum())
    least = max(least_of_class if measure.of_a_class else least_rows, 1)
    at = np.flatnonzero((tallied.n_rows >= least_rows) & (of >= least) & (n - of >= least))
    k, m = cases[at], of[at]
    rate, rest = k / m, (all_cases - k) / (n - m)
    low, high = wilson_intervals(k, m)
    low_rest, high_rest = wilson_intervals(all_cases - k, n - m)
    return Gaps(
        at=at,
        rate=rate,
        rate_of_rest=rest,
        low=rate - rest - np.hypot(rate - low, high_rest - rest),
        high=rate - rest + np.hypot(high - rate, rest - low_rest),
        p_value=fisher(k, m, all_cases, n),
        is_worse=measure.worse * (rate - rest) > 0,
        rates=cases / np.maximum(of, 1),
        test="Fisher's exact test",
    )


def _calibration(tallied: Tallied, least_rows: int) -> Gaps:
    """Bads observed less expected, of all rows; what comes of a row varies as its probability says."""
    n_rows, n = tallied.n_rows, int(_whole(tallied).sum())
    of_first = (tallied.first == tallied.first[0]) & ~tallied.is_pair
    whole = tallied.moments[of_first].sum(axis=0)
    away = tallied.n_bad - tallied.moments[:, 0]
    all_away = float(away[of_first].sum())
    expected, expected_rest = tallied.moments[:, 0], whole[0] - tallied.moments[:, 0]
    enough = (n_rows >= max(least_rows, 1)) & (n - n_rows >= max(least_rows, 1))
    for bads, rows in ((expected, n_rows), (expected_rest, n - n_rows)):
        enough &= (bads >= LEAST_EXPECTED) & (rows - bads >= LEAST_EXPECTED)
    at = np.flatnonzero(enough)
    m, rest_m, moments = n_rows[at], n - n_rows[at], tallied.moments[at]
    rest_moments = whole - moments
    rate, rest = away[at] / m, (all_away - away[at]) / rest_m
    variance = moments[:, 1] / m**2 + rest_moments[:, 1] / rest_m**2
    third = moments[:, 2] / m.astype(np.float64) ** 3 - rest_moments[:, 2] / rest_m.astype(np.float64) ** 3
    reach = Z95 * np.sqrt(variance)
    return Gaps(
        at=at,
        rate=rate,
        rate_of_rest=rest,
        low=rate - rest - reach,
        high=rate - rest + reach,
        p_value=normal(rate - rest, variance, third),
        is_worse=np.ones(len(at), bool),
        rates=away / np.maximum(n_rows, 1),
        test="a normal test corrected for skewness",
    )
