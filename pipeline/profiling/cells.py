"""Values in ascending order with the rows of each class, exact or in narrow intervals: a number's figures come from them."""

import math
from dataclasses import dataclass

import numpy as np

from pipeline.profiling.arrays import Floats, Ints

QUANTILES = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)


@dataclass(frozen=True)
class Cells:
    """Disjoint ascending intervals that hold rows.

    `low` and `high` have shape (k,): a cell holds low <= value < high, or the one value low where both are equal. `counts` has
    shape (k, classes): rows in all; or goods, bads and, where there are any, rows of unknown outcome.
    """

    low: Floats
    high: Floats
    counts: Ints

    @property
    def rows(self) -> Ints:
        found: Ints = self.counts.sum(axis=1)
        return found

    @property
    def exact(self) -> bool:
        return bool((self.low == self.high).all())

    @property
    def middle(self) -> Floats:
        return self.low + (self.high - self.low) / 2

    def within(self, low: float, high: float) -> "Cells":
        """The same rows in cells cut off at the least and the greatest value."""
        return Cells(np.clip(self.low, low, high), np.clip(self.high, low, np.nextafter(high, math.inf)), self.counts)

    def quantiles(self, shares: tuple[float, ...], rows: Ints | None = None) -> tuple[list[float], float]:
        """Values below which such shares of the rows lie, interpolated between neighbours as in numpy's default.

        Returns
        -------
        values : list of float
            In the order of the shares; empty where there is no row.
        error : float
            How far off they are at most, relative to each value; relative to the greatest of them where one is next to 0.
        """
        rows = self.rows if rows is None else rows
        cumulated = np.cumsum(rows)
        total = int(cumulated[-1]) if len(cumulated) else 0
        if not total:
            return [], 0.0
        values, widths = [], []
        for share in shares:
            rank = share * (total - 1)
            below, above = (int(np.searchsorted(cumulated, place, side="right")) for place in (math.floor(rank), math.ceil(rank)))
            part = rank - math.floor(rank)
            first, second = self._plain(below), self._plain(above)
            values.append(first if below == above else first + part * (second - first))
            widths.append(float(max(self.high[below] - self.low[below], self.high[above] - self.low[above])))
        greatest = max(map(abs, values)) or 1.0
        errors = [
            width / (abs(value) if abs(value) > width else greatest) for value, width in zip(values, widths, strict=True) if width
        ]
        return values, max(errors, default=0.0)

    def _plain(self, index: int) -> float:
        return plain_number(float(self.low[index]), float(self.high[index]))


def plain_number(low: float, high: float) -> float:
    """The number with the fewest digits in low <= number < high; low itself where there is no room between them."""
    if low >= high:
        return low
    if low <= 0 < high:
        return 0.0
    exponent = math.floor(math.log10(max(abs(low), abs(high)))) + 1
    for digits in range(-exponent, 18 - exponent):
        # Powers of ten up to 22 are exact, so that dividing by them gives the decimal number itself.
        candidate = (
            math.ceil(low * 10.0**digits) / 10.0**digits if digits >= 0 else math.ceil(low / 10.0**-digits) * 10.0**-digits
        )
        if low <= candidate < high:
            return candidate
    return low


def summed(keys: Floats | Ints | np.ndarray, counts: Ints) -> tuple[np.ndarray, Ints]:
    """Equal keys once, in ascending order, with the sums of their counts (k,) or (k, classes)."""
    order = np.argsort(keys, kind="stable")
    keys, counts = keys[order], counts[order]
    first = runs(keys)
    return keys[first], np.add.reduceat(counts, first, axis=0) if len(first) else counts


def runs(ordered: np.ndarray) -> np.ndarray:
    """Where each run of equal values begins."""
    if not len(ordered):
        return np.empty(0, np.intp)
    return np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
