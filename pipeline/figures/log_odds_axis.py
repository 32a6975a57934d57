"""Ticks of an axis of log-odds: the probabilities that stand there, or the log-odds themselves."""

import math
from dataclasses import dataclass
from itertools import pairwise

from pipeline.figures.bands import ticks

_ROUND = (0.5, 0.3, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001, 1e-4, 1e-5, 1e-6)
_FIRST = (0.5, 0.1, 0.01, 0.001, 1e-4, 1e-5, 1e-6)  # those that stay where there is no room for all
_FAR = 9.0  # log-odds from which percentages are hard to tell apart
_APART = 1 / 9  # of the axis, between two ticks


@dataclass(frozen=True)
class Tick:
    log_odds: float
    words: str


def log_odds_of(probability: float) -> float:
    """Raises ValueError for 0 and 1, which have none."""
    return math.log(probability) - math.log1p(-probability)


def probability_ticks(low: float, high: float) -> list[Tick]:
    """Round percentages between two log-odds, none nearer to another than a ninth of the axis.

    Where log-odds are so large that a percentage would be a row of noughts or nines, ticks are log-odds, and say so.
    """
    wanted = [p for p in (*_FIRST, *_ROUND) for p in (p, 1 - p)]
    found: list[Tick] = []
    for probability in wanted:
        at = log_odds_of(probability)
        if low <= at <= high and all(abs(at - other.log_odds) >= _APART * (high - low) for other in found):
            found.append(Tick(at, percent(probability)))
    if len(found) < 2:
        found = _between(low, high, found)
    return sorted(found, key=lambda tick: tick.log_odds)


def number_ticks(low: float, high: float) -> list[Tick]:
    """Round log-odds."""
    return [Tick(at, f"{at:+g}".replace("-", "−") if at else "0") for at in ticks(low, high)]


def percent(probability: float) -> str:
    """50%, 0.1%, 99.99%: with as many digits as it has."""
    text = f"{100 * probability:.6f}".rstrip("0").rstrip(".")
    return f"{text}%"


def _between(low: float, high: float, found: list[Tick]) -> list[Tick]:
    """Of a short or a far away axis: the places that divide it, as probabilities with the digits that tell them apart."""
    if max(abs(low), abs(high)) > _FAR:
        return [Tick(tick.log_odds, f"log-odds {tick.words}") for tick in number_ticks(low, high)[::2]]
    places = [low + share * (high - low) for share in (0.1, 0.5, 0.9)]
    probabilities = [1 / (1 + math.exp(-place)) for place in places]
    step = min(b - a for a, b in pairwise(probabilities))
    digits = max(0, math.ceil(-math.log10(step * 100)))
    inside: list[Tick] = []
    for more in range(3):  # what rounding carries beyond the axis is told with a digit more
        rounded = [round(probability, digits + more + 2) for probability in probabilities]
        inside = [
            Tick(log_odds_of(share), percent(share)) for share in rounded if 0 < share < 1 and low <= log_odds_of(share) <= high
        ]
        if len(inside) >= 2:
            break
    return inside or found
