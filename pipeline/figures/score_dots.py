"""The rows of a score table as dots above each other: the bins of an axis, and how many rows a dot stands for."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipeline.evaluation_results import ScoreTable
from pipeline.figures.curves import at_or_above, occupied

MOST_DOTS = 26  # one above another
_BINS = 51  # of the axis, at most; twice as many where that gives each row a dot of its own
_FEW_ROWS = 500
_WIDTHS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.025)  # a table counts at each multiple of 0.005, at others where it is fine
_PER_DOT = (1, 2, 5)  # and their tens


@dataclass(frozen=True)
class Dots:
    """Counts of goods and bads in bins of the score, and how many rows a dot stands for."""

    edges: tuple[float, ...]
    goods: tuple[int, ...]
    bads: tuple[int, ...]
    rows_per_dot: int

    @property
    def n_rows(self) -> int:
        return sum(self.goods) + sum(self.bads)

    @property
    def middles(self) -> list[float]:
        return [(left + right) / 2 for left, right in pairwise(self.edges)]

    @property
    def stacks(self) -> list[tuple[int, int]]:
        """Dots of bads, and of goods above them, rounded; a bin with rows has a dot at least."""
        found = []
        for bad, good in zip(self.bads, self.goods, strict=True):
            rows = bad + good
            n = max(round(rows / self.rows_per_dot), 1) if rows else 0
            lower = round(n * bad / rows) if rows else 0
            found.append((lower, n - lower))
        return found

    @property
    def highest(self) -> int:
        return max((sum(stack) for stack in self.stacks), default=0)

    def highest_near(self, place: float, reach: float) -> int:
        """The highest stack not further from a place than this."""
        near = zip(self.stacks, pairwise(self.edges), strict=True)
        return max((sum(stack) for stack, (left, right) in near if right >= place - reach and left <= place + reach), default=0)


def dots_of(table: ScoreTable, score: float, cutoff: float) -> Dots:
    """The counts on an axis that holds all scores, this one and the cut-off, with the finest bins that it has room for."""
    low, high = _ends(table, score, cutoff)
    found = _binned(table, low, high, _BINS)
    if found.rows_per_dot > 1 and found.n_rows <= _FEW_ROWS:
        finer = _binned(table, low, high, 2 * _BINS)
        return finer if finer.rows_per_dot == 1 else found
    return found


def _binned(table: ScoreTable, low: float, high: float, most: int) -> Dots:
    """The finest bins that are not more than this."""
    fitting = [width for width in _WIDTHS if (high - low) / width <= most and _counts_at(table, _edges(low, high, width))]
    edges = _edges(low, high, fitting[0] if fitting else _WIDTHS[-1])
    goods, bads = (_counts(counts, table, edges) for counts in (table.good_at_or_above, table.bad_at_or_above))
    highest = max((good + bad for good, bad in zip(goods, bads, strict=True)), default=0)
    return Dots(tuple(edges), tuple(goods), tuple(bads), _rows_per_dot(highest))


def _ends(table: ScoreTable, score: float, cutoff: float) -> tuple[float, float]:
    """It begins at 0 unless all of it lies far above."""
    occurring = occupied(table)
    low, high = min(*occurring, score, cutoff), max(*occurring, score, cutoff)
    if low < 0.3 * high:
        low = 0.0
    return low, min(max(high + 0.02 * (high - low), low + 0.005), 1.0)


def _edges(low: float, high: float, width: float) -> list[float]:
    first = int(low / width + 1e-9)
    last = max(-int(-(high / width - 1e-9) // 1), first + 1)
    return [round(i * width, 6) for i in range(first, last + 1)]


def _counts_at(table: ScoreTable, edges: Sequence[float]) -> bool:
    """Whether the table counts at each of the edges."""
    known = {round(cutoff, 6) for cutoff in table.cutoffs}
    return all(edge in known for edge in edges if edge < 1)


def _counts(counts: Sequence[int], table: ScoreTable, edges: Sequence[float]) -> list[int]:
    """Rows of a class in each bin; the last bin holds its right edge too."""
    above = [at_or_above(counts, table, edge - 1e-9) for edge in edges]
    above[-1] = 0
    return [left - right for left, right in pairwise(above)]


def _rows_per_dot(most: int) -> int:
    """The smallest round number of rows with which no stack is too high."""
    power = 1
    while True:
        for factor in _PER_DOT:
            if most <= MOST_DOTS * factor * power:
                return factor * power
        power *= 10
