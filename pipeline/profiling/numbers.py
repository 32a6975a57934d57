"""One column of numbers or dates: how it is counted, and what is known of it so far."""

import math
from dataclasses import dataclass
from datetime import date, datetime
from typing import Self

import numpy as np

from pipeline.profiling.arrays import Floats, Ints, Mask
from pipeline.profiling.cells import Cells, runs
from pipeline.profiling.counts import Grid, GridCounts, Sketch, ValueCounts
from pipeline.results import ColumnSummary

FEW_DISTINCT = 50_000  # values that are counted one by one where they lie on no grid
_CELLS = 1 << 17  # of a column; fewer where columns are many
_CELLS_OF_ALL = 1 << 22
_DECIMALS = (1, 10, 100, 1_000, 10_000)
_CLOSE = 2e-4  # chance that two rows share a cell, from which on another centre is tried
_SAMPLE = 20_000  # of the first chunk's rows
_BELOW_CELLS = 40  # bits of a number that a cell leaves out
_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True)
class NumberPlan:
    """How a column is counted: settled before the first row, so that summaries of any chunks can be merged."""

    centre: float  # sums are of (value - centre) * scale, which stays between -1 and 1
    scale: float
    grid: Grid | None
    exact: bool  # what to do where there is no grid, or a value is not on it: count each value, or sketch
    sketch_centre: float
    cells: int
    codes: tuple[float, ...]

    @classmethod
    def of(cls, summary: ColumnSummary, x: Floats, n_columns: int) -> "NumberPlan":
        """A plan from the summary and the numbers `x` of the first chunk."""
        codes = tuple(code for code in map(_code, summary.codes) if code is not None)
        first = x[np.isfinite(x) & ~np.isin(x, codes)]
        low, high = _ends(summary, first)
        cells = max(min(_CELLS, _CELLS_OF_ALL // max(n_columns, 1)), 1 << 11)
        middle = float(np.median(first)) if len(first) else low / 2 + high / 2
        reach = max(abs(high - middle), abs(low - middle)) if math.isfinite(high - low) else 0.0
        few = summary.n_distinct is not None and summary.n_distinct <= min(FEW_DISTINCT, cells // 2)
        return cls(
            centre=middle if reach else 0.0,
            scale=1 / reach if reach > 1e-300 else 1 / max(abs(low), abs(high), 1.0),
            grid=_grid(first, low, high, cells),
            exact=few,
            sketch_centre=0.0 if few or not reach else _sketch_centre(first, middle),
            cells=cells,
            codes=codes,
        )


def days_of(text: str) -> float | None:
    """An ISO date or time as days since 1970-01-01; None for any other text."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    seconds = moment.hour * 3_600 + moment.minute * 60 + moment.second + moment.microsecond / 1e6
    return (moment.date() - _EPOCH).days + seconds / 86_400


def _code(entry: tuple[str, str]) -> float | None:
    try:
        return float(entry[0])
    except ValueError:
        return None


def _ends(summary: ColumnSummary, first: Floats) -> tuple[float, float]:
    ends = [days_of(end) if isinstance(end, str) else end for end in (summary.minimum, summary.maximum)]
    low, high = (None if end is None else float(end) for end in ends)
    if len(first) and (low is None or high is None or summary.codes):
        return float(first.min()), float(first.max())
    return (0.0, 0.0) if low is None or high is None else (low, high)


def _grid(first: Floats, low: float, high: float, cells: int) -> Grid | None:
    for per_unit in _DECIMALS:
        if not len(first) or (high - low) * per_unit >= cells:
            return None
        lowest = round(low * per_unit)
        grid = Grid(lowest, round(high * per_unit) - lowest + 1, per_unit)
        if grid.cells_of(first, None) is not None:
            return grid
    return None


def _sketch_centre(first: Floats, middle: float) -> float:
    """Zero, or the first chunk's median where cells about it keep the rows better apart, as with large numbers close together."""
    together = _together(first, 0.0)
    return 0.0 if together < _CLOSE or _together(first, middle) > together / 2 else middle


def _together(first: Floats, centre: float) -> float:
    """The chance that two rows have the same sign, exponent and first bits of the mantissa, as those of one cell do."""
    keys = np.sort((first[:_SAMPLE] - centre).view(np.int64) >> _BELOW_CELLS)
    rows = np.diff(np.append(runs(keys), len(keys)))
    return float(rows @ (rows - 1)) / max(len(keys) * (len(keys) - 1), 1)


class NumberSummary:
    """What is known of a column so far; `merge` takes what is known of other rows.

    Sums are taken about a value of the column and in units of its range. The squares then add up to 1/2 at least, so that
    rounding touches the variance by no more than n times the precision of a float, whatever the numbers are.
    """

    def __init__(self, plan: NumberPlan, n_classes: int) -> None:
        self.plan = plan
        self.n = 0
        self.sums = np.zeros(3)  # of the scaled values, their squares and their cubes
        self.low, self.high = math.inf, -math.inf
        self.n_zeros = self.n_negative = self.n_infinite = 0
        self.missing = np.zeros(n_classes, np.int64)
        self.coded = np.zeros((len(plan.codes), n_classes), np.int64)
        self._n_classes = n_classes
        self._grid = None if plan.grid is None else GridCounts(plan.grid, n_classes)
        self._rest: ValueCounts | Sketch | None = None

    def take_codes(self, x: Floats, missing: Mask | None, classes: Ints | None) -> tuple[Floats, Mask | None]:
        """The numbers without special codes, which are counted and then are missing."""
        for place, code in enumerate(self.plan.codes):
            here = x == code
            if here.any():
                self.coded[place] += self._by_class(here, classes)
                missing = here if missing is None else missing | here
                x = np.where(here, np.nan, x)
        return x, missing

    def add(self, x: Floats, missing: Mask | None, classes: Ints | None, scaled: Floats) -> None:
        """Takes numbers (NaN where missing), and writes into `scaled` what they are for sums: 0 where missing."""
        np.subtract(x, self.plan.centre, out=scaled)
        scaled *= self.plan.scale
        if missing is not None:
            np.copyto(scaled, 0.0, where=missing)
        n = len(x) - (0 if missing is None else int(np.count_nonzero(missing)))
        if not n:
            return
        self.n += n
        squares = scaled * scaled
        self.sums += (scaled.sum(), squares.sum(), squares @ scaled)
        low, high = float(np.fmin.reduce(x)), float(np.fmax.reduce(x))
        self.low, self.high = min(self.low, low), max(self.high, high)
        if low <= 0:
            self.n_zeros += int(np.count_nonzero(x == 0))
            self.n_negative += int(np.count_nonzero(x < 0))
        self._count(x, missing, classes)

    def count_missing(self, missing: Mask, classes: Ints | None) -> None:
        self.missing += self._by_class(missing, classes)

    def _by_class(self, where: Mask, classes: Ints | None) -> Ints:
        if classes is None:
            return np.array([np.count_nonzero(where)], np.int64)
        return np.bincount(classes[where], minlength=self._n_classes)

    def _count(self, x: Floats, missing: Mask | None, classes: Ints | None) -> None:
        if self._grid is not None:
            cells = self._grid.grid.cells_of(x, missing)
            if cells is not None:
                self._grid.add(cells, classes)
                return
            self._leave_grid()
        if self._rest is None:
            self._rest = self._any_value()
        self._rest.add(x, classes)

    def _any_value(self) -> ValueCounts | Sketch:
        if self.plan.exact:
            return ValueCounts(self._n_classes, self.plan.cells)
        return Sketch(self.plan.sketch_centre, self._n_classes, self.plan.cells)

    def _leave_grid(self) -> None:
        """Goes on without a grid, as a value is not on it."""
        self._rest = self._any_value()
        if self._grid is not None:
            self._rest.add_cells(self._grid.cells())
            self._grid = None

    def merge(self, other: Self) -> None:
        self.n += other.n
        self.sums += other.sums
        self.low, self.high = min(self.low, other.low), max(self.high, other.high)
        self.n_zeros += other.n_zeros
        self.n_negative += other.n_negative
        self.n_infinite += other.n_infinite
        self.missing += other.missing
        self.coded += other.coded
        if self._grid is not None and other._grid is not None:
            self._grid.merge(other._grid)
            return
        if self._rest is None:
            self._leave_grid()
        self._take(other)

    def _take(self, other: Self) -> None:
        mine, theirs = self._rest, other._rest
        if other._grid is not None and mine is not None:
            mine.add_cells(other._grid.cells())
        elif isinstance(mine, ValueCounts):
            if isinstance(theirs, ValueCounts):
                mine.merge(theirs)
        elif isinstance(mine, Sketch) and isinstance(theirs, Sketch):
            mine.merge(theirs)

    def cells(self) -> Cells:
        """Values in ascending order, with their rows."""
        counted = self._grid or self._rest or self._any_value()
        found = counted.cells()
        return found.within(self.low, self.high) if self.n else found

    def moments(self) -> tuple[float | None, float | None, float | None]:
        """Mean, standard deviation (n - 1) and adjusted skewness (as pandas and scipy with bias=False define it)."""
        if not self.n:
            return None, None, None
        n, scale = self.n, self.plan.scale
        mean = self.sums[0] / n
        second = self.sums[1] / n - mean**2
        third = self.sums[2] / n - 3 * mean * self.sums[1] / n + 2 * mean**3
        average = float(min(max(self.plan.centre + mean / scale, self.low), self.high))
        if self.low == self.high or second <= 0:
            return average, (0.0 if n > 1 else None), None
        sd = float(math.sqrt(second * n / (n - 1)) / scale)
        skew = math.nan if n < 3 else float(math.sqrt(n * (n - 1)) / (n - 2) * third / second**1.5)
        return average, (sd if math.isfinite(sd) else None), (skew if math.isfinite(skew) else None)
