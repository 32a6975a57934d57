"""Rates, ratios and differences with their 95% intervals, out of counts."""

import math

from pipeline.evaluation.intervals import Z95, wilson_interval
from pipeline.segment_results import Estimate

LEAST_EXPECTED = 5.0  # bads expected below which observed / expected tells nothing (Cochran 1954, the usual rule)


def share(cases: int, of: int) -> Estimate:
    """A share with Wilson's interval; `of` is above 0."""
    low, high = wilson_interval(cases, of)
    return Estimate(cases / of, low, high, n=of)


def difference(cases: int, of: int, cases_other: int, of_other: int) -> Estimate:
    """A share less another of independent rows, with the hybrid score interval of Newcombe (1998, method 10)."""
    p, q = cases / of, cases_other / of_other
    low, high = _wilson(cases, of)
    low_other, high_other = _wilson(cases_other, of_other)
    gap = p - q
    return Estimate(gap, gap - math.hypot(p - low, high_other - q), gap + math.hypot(high - p, q - low_other), n=of)


def ratio(cases: int, of: int, cases_other: int, of_other: int) -> Estimate:
    """A share over another of independent rows, the second above 0, with the log interval of Katz et al. (1978).

    Where the first is 0, or both are 1, the interval is taken with a half added to each of the four counts (as Haldane 1956 for
    odds), since the log interval would have no end, or no width.
    """
    value = (cases / of) / (cases_other / of_other)
    a, n, b, m = float(cases), float(of), float(cases_other), float(of_other)
    if not cases or (cases == of and cases_other == of_other):
        a, n, b, m = a + 0.5, n + 1, b + 0.5, m + 1
    middle = math.log((a / n) / (b / m))
    reach = Z95 * math.sqrt(max(0.0, 1 / a - 1 / n + 1 / b - 1 / m))
    low = math.exp(middle - reach) if cases else 0.0
    return Estimate(value, low, math.exp(middle + reach), n=of)


def observed_expected(observed: int, expected: float) -> Estimate:
    """Bads observed over bads expected, with Byar's approximation of the Poisson interval (Breslow and Day 1987, page 69)."""
    d = float(observed)
    low = 0.0 if not observed else d * (1 - 1 / (9 * d) - Z95 / (3 * math.sqrt(d))) ** 3
    high = (d + 1) * (1 - 1 / (9 * (d + 1)) + Z95 / (3 * math.sqrt(d + 1))) ** 3
    return Estimate(observed / expected, low / expected, high / expected)


def mean(value: float, sd: float, n: int) -> Estimate:
    """A mean with the interval of its normal approximation; `n` is above 0."""
    reach = Z95 * sd / math.sqrt(n)
    return Estimate(value, value - reach, value + reach, n=n)


def standardised_difference(
    mean_value: float, sd: float, n: int, mean_other: float, sd_other: float, n_other: int
) -> Estimate | None:
    """A mean less another over the root of the mean of both variances; null where neither varies.

    Cohen (1988) for unequal sizes as in Austin (2009), Communications in Statistics 38; the interval by the large-sample
    variance of Hedges and Olkin (1985).
    """
    spread = math.sqrt((sd**2 + sd_other**2) / 2)
    if not spread:
        return None
    d = (mean_value - mean_other) / spread
    reach = Z95 * math.sqrt((n + n_other) / (n * n_other) + d**2 / (2 * (n + n_other)))
    return Estimate(d, d - reach, d + reach, n=n)


def _wilson(cases: int, of: int) -> tuple[float, float]:
    low, high = wilson_interval(cases, of)
    return (0.0 if low is None else low), (1.0 if high is None else high)
