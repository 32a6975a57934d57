"""Where a score stands among those of the rows that a run is judged on. Pure Python, for the pages too."""

from bisect import bisect_left
from dataclasses import dataclass

from pipeline.evaluation_results import ScoreTable

_HALF_WIDTHS = (0.01, 0.02, 0.05, 0.1)  # at their steps the counts of a table are exact
ENOUGH_NEAR = 100


@dataclass(frozen=True)
class Position:
    """Of `n_rows` rows, `n_safer` have a lower probability of bad, to the nearest cut-off of the table.

    `n_near` rows, `n_near_bad` of them bad, lie between `near_low` and `near_high`, a band around the score.
    """

    n_rows: int
    n_safer: int
    near_low: float
    near_high: float
    n_near: int
    n_near_bad: int

    @property
    def share_safer(self) -> float | None:
        return self.n_safer / self.n_rows if self.n_rows else None


def position(table: ScoreTable, score: float) -> Position:
    """The place of a score, with the narrowest band around it that holds enough rows, or the widest.

    A band reaches its half width to each side, from and to a whole step of it; it holds its lower end and not its upper one, but
    for the last band, which holds 1 too.
    """
    n_bad, n_good = table.bad_at_or_above[0], table.good_at_or_above[0]
    bad, good = _at_or_above(table, score)
    bands = [_band(table, score, half_width) for half_width in _HALF_WIDTHS]
    low, high, n_near, n_near_bad = next(band for band in bands if band[2] >= ENOUGH_NEAR or band is bands[-1])
    return Position(
        n_rows=n_bad + n_good,
        n_safer=n_bad + n_good - bad - good,
        near_low=low,
        near_high=high,
        n_near=n_near,
        n_near_bad=n_near_bad,
    )


def _band(table: ScoreTable, score: float, half_width: float) -> tuple[float, float, int, int]:
    """The ends of a band, its rows and its bads."""
    last, step = round(1 / half_width), round(score / half_width)
    low, high = max(step - 1, 0), min(step + 1, last)
    bad_low, good_low = _at_or_above(table, low / last)
    bad_high, good_high = _at_or_above(table, high / last) if high < last else (0, 0)
    return low / last, high / last, bad_low + good_low - bad_high - good_high, bad_low - bad_high


def _at_or_above(table: ScoreTable, cutoff: float) -> tuple[int, int]:
    """Bads and goods with a score at or above the first cut-off of the table that is at or above this one."""
    at = bisect_left(table.cutoffs, cutoff - 1e-12)
    return (table.bad_at_or_above[at], table.good_at_or_above[at]) if at < len(table.cutoffs) else (0, 0)
