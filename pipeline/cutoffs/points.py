"""Points: probabilities on the scale that loan officers read. Pure Python, for the pages too.

score = offset + factor · ln(good : bad odds), with factor = PDO / ln 2 (points that double the odds) and the offset that puts the
base odds at the base score (Siddiqi 2006, "Credit Risk Scorecards", chapter 6).
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from pipeline.errors import InvalidSpec
from pipeline.given import number
from pipeline.shown import shown

SMALLEST = 1e-15  # probabilities are kept this far from 0 and 1, where log-odds are infinite
_RANGES = {"base_score": (-1e6, 1e6), "base_odds": (1e-6, 1e6), "pdo": (0.01, 1e5)}
_WORDS = {
    "base_score": "a score from −1,000,000 to 1,000,000, such as 600",
    "base_odds": "goods for each bad, from 0.000001 to 1,000,000, such as 50",
    "pdo": "points from 0.01 to 100,000, such as 20",
}


@dataclass(frozen=True)
class Scaling:
    """`base_score` points stand for `base_odds` goods to one bad; every `pdo` points more double the odds."""

    base_score: float = 600.0
    base_odds: float = 50.0
    pdo: float = 20.0

    @classmethod
    def parse(cls, given: Mapping[str, Any]) -> Self:
        """The scaling of a form's or a link's values; what is not given is as usual.

        Raises InvalidSpec with a sentence for each value that cannot be used.
        """
        values, problems = {}, {}
        for name, (low, high) in _RANGES.items():
            if given.get(name) is None:
                continue
            raw = given[name]
            value = number(raw)
            if value is not None and low <= value <= high:
                values[name] = value
            else:
                problems[name] = f"{shown(raw)} cannot be used here; give {_WORDS[name]}."
        if problems:
            raise InvalidSpec(problems)
        return cls(**values)

    @property
    def factor(self) -> float:
        """Points for each unit of log-odds."""
        return self.pdo / math.log(2)

    @property
    def offset(self) -> float:
        """Points at odds of 1 : 1."""
        return self.base_score - self.factor * math.log(self.base_odds)

    def points(self, probability: float) -> float:
        """Unrounded points of a probability of bad; it is kept 1e-15 away from 0 and 1."""
        kept = min(max(probability, SMALLEST), 1 - SMALLEST)
        return self.offset + self.factor * (math.log1p(-kept) - math.log(kept))

    def odds(self, points: float) -> float:
        """Goods for each bad that points stand for; infinite where no number holds them."""
        exponent = (points - self.offset) / self.factor
        return math.exp(exponent) if exponent < 700 else math.inf

    def probability(self, points: float) -> float:
        """The probability of bad that points stand for."""
        return 1 / (1 + self.odds(points))


def rounded(points: float) -> int:
    """Whole points: the nearest, and the higher of two."""
    return math.floor(points + 0.5)


@dataclass(frozen=True)
class ScoreBand:
    """Rows whose whole points are at least `low` and below `high`; null ends are open.

    Shares are of all rows of the part; the cumulative ones count this band and all with more points, which are those approved
    where the line is drawn under the band. Rates and odds are null with fewer than LEAST_ROWS rows.
    """

    low: int | None
    high: int | None
    n_rows: int
    n_bad: int
    share: float
    bad_rate: float | None
    ci_low: float | None  # Wilson 95%
    ci_high: float | None
    mean_probability: float | None
    mean_points: float | None  # unrounded
    cumulative_rows: int
    cumulative_bad: int

    @property
    def n_good(self) -> int:
        return self.n_rows - self.n_bad

    @property
    def odds(self) -> float | None:
        """Goods for each bad; null without a bad, and where the rate is."""
        return None if self.bad_rate is None or not self.n_bad else self.n_good / self.n_bad

    @property
    def few(self) -> bool:
        """Whether there are rows, but too few for a rate."""
        return self.bad_rate is None and self.n_rows > 0

    @property
    def name(self) -> str:
        """600 to 619, under 480, 700 and more."""
        if self.low is None:
            return "all points" if self.high is None else f"under {_signed(self.high)}"
        if self.high is None:
            return f"{_signed(self.low)} and more"
        last = self.high - 1
        return _signed(self.low) if last == self.low else f"{_signed(self.low)} to {_signed(last)}"


LEAST_ROWS = 20


@dataclass(frozen=True)
class ScoreBands:
    """The bands of one part of a run's rows, from the most points to the fewest."""

    part: str
    scaling: Scaling
    width: int
    n_rows: int
    n_bad: int
    bands: tuple[ScoreBand, ...]


def _signed(points: int) -> str:
    return str(points).replace("-", "−")
