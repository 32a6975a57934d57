"""One column of numbers or dates, counted over the bands of another table's rows."""

import math

import numpy as np

from pipeline.levels import MISSING, OTHER, number_text
from pipeline.profiling.against import number_bands
from pipeline.profiling.arrays import Floats, Mask
from pipeline.profiling.columns import date_range, date_text
from pipeline.profiling.numbers import NumberSummary

ShiftBand = tuple[str, int, int]  # label, rows in the reference, rows here


class NumberShift:
    """Rows in each tenth of a reference's rows, or at each of its values where they are ten at most; exact.

    Numbers beyond the reference's belong to the first and the last tenth, dates to bands of their own before and after.
    Special codes are those of the reference.
    """

    def __init__(self, reference: NumberSummary, *, dates: bool) -> None:
        self._reference = reference
        self._dates = dates
        self._tenths = [(low, high, int(rows.sum())) for _, low, high, rows in number_bands(reference.cells()) if low is not None]
        self._lows = np.array([low for low, _, _ in self._tenths])
        self._single = all(low == high for low, high, _ in self._tenths)
        self._rows = np.zeros(len(self._tenths), np.int64)
        self._n = self._n_before = self._n_after = self._n_missing = 0
        self._coded = np.zeros(len(reference.plan.codes), np.int64)

    def add(self, x: Floats, missing: Mask | None) -> None:
        """Takes numbers, NaN where missing."""
        n_missing = 0 if missing is None else int(np.count_nonzero(missing))
        for place, code in enumerate(self._reference.plan.codes):
            here = x == code
            self._coded[place] += np.count_nonzero(here)
            if here.any():
                x = np.where(here, np.nan, x)
        self._n_missing += n_missing
        self._n += int(np.count_nonzero(x == x))
        self._n_before += int(np.count_nonzero(x < self._reference.low))
        self._n_after += int(np.count_nonzero(x > self._reference.high))
        if self._single:
            self._rows += [np.count_nonzero(x == low) for low in self._lows]
        else:
            reached = [np.count_nonzero(x >= low) for low in self._lows[1:]]
            self._rows += -np.diff([np.count_nonzero(x == x), *reached, 0])

    def bands(self) -> list[ShiftBand]:
        """Tenths or values in order, what is beyond them, special codes, and missing."""
        rows = self._rows.copy()
        outside = self._n_before + self._n_after
        if self._dates and not self._single:
            rows[0] -= self._n_before
            rows[-1] -= self._n_after
        found = [
            (self._label(place), n, int(here)) for place, ((_, _, n), here) in enumerate(zip(self._tenths, rows, strict=True))
        ]
        if self._dates and self._tenths:
            found.insert(0, (f"before {date_text(self._reference.low)}", 0, self._n_before))
            found.append((f"after {date_text(self._reference.high)}", 0, self._n_after))
        if self._single:
            found.append((OTHER, 0, self._n - int(rows.sum()) - (outside if self._dates and self._tenths else 0)))
        before = self._reference.coded.sum(axis=1)
        codes = zip(self._reference.plan.codes, before, self._coded, strict=True)
        found += [(number_text(code), int(there), int(here)) for code, there, here in codes]
        return [*found, (MISSING, int(self._reference.missing.sum()), self._n_missing)]

    def _label(self, place: int) -> str:
        low, high, _ = self._tenths[place]
        last = place == len(self._tenths) - 1
        if low is None or high is None:
            return OTHER
        if self._dates:
            return date_range(low, high, last=last or low == high)
        if low == high:
            return number_text(low)
        if place == 0:
            return f"under {_short(high)}"
        return f"{_short(low)} and more" if last else f"{_short(low)} to {_short(high)}"


def _short(value: float) -> str:
    """A number as the end of a band: six digits say which."""
    digits = 5 - math.floor(math.log10(abs(value))) if value else 0
    rounded = round(value, max(digits, 0))
    text = f"{rounded:,.0f}" if 1000 <= abs(rounded) < 1e15 and rounded == int(rounded) else number_text(rounded)
    return text.replace("-", "−")
