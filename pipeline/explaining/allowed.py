"""What a field of an applicant may become, and what each such change costs."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.explain_results import FieldInfo, Value
from pipeline.explaining.steps import spread_of, step_of
from pipeline.explaining.wording import DOWN, UP, FieldWording
from pipeline.frame import Floats
from pipeline.scores.row_scores import Rows

_NEAR = 5_000  # steps to either side of the present value that are all tried
_FAR = 5_000  # values at most of a longer range beyond them


@dataclass(frozen=True)
class Allowed:
    """Values of a field other than the present one: numbers (float64) or levels (object).

    `costs` as in `pipeline.explain_results.Change`.
    """

    values: NDArray[Any]
    costs: Floats

    def taken(self, order: Rows) -> "Allowed":
        return Allowed(self.values[order], self.costs[order])


def allowed(info: FieldInfo, words: FieldWording, value: Value) -> Allowed:
    """What a field that holds `value` may become.

    Of a number the multiples of its step from the lowest to the highest training row, on the side that its direction allows,
    and no special code; none where the value is missing or a special code itself, which is no place to go up or down from. Of a
    range of very many steps those further than _NEAR steps away are tried in longer ones.

    Of a category the levels that training rows have, of those that its wording names where it names some; in an ordered one
    those on the allowed side.
    """
    return _numbers(info, words, value) if info.kind == "number" else _levels(info, words, value)


def start_of(info: FieldInfo, value: Value) -> float | None:
    """The number that a field goes up or down from; None where it holds none: missing, infinite or a special code."""
    if value is None or isinstance(value, str) or not math.isfinite(value):
        return None
    return None if value in [float(code) for code, _ in info.codes] else value


def _numbers(info: FieldInfo, words: FieldWording, value: Value) -> Allowed:
    here = start_of(info, value)
    if here is None or info.low is None or info.high is None:
        return Allowed(np.empty(0), np.empty(0))
    step = step_of(info, words)
    multiples = _multiples(info.low / step, info.high / step, here / step)
    numbers = np.round(multiples * step, max(0, 6 - int(np.floor(np.log10(step))))) + 0.0  # no −0
    may = (numbers != here) & ~np.isin(numbers, [float(code) for code, _ in info.codes])
    if words.direction in {UP, DOWN}:
        may &= numbers > here if words.direction == UP else numbers < here
    return Allowed(numbers[may], np.abs(numbers[may] - here) / (spread_of(info) or 1.0))


def _multiples(low: float, high: float, here: float) -> Floats:
    """The whole numbers from `low` to `high`: all those near `here`, and of the others at most _FAR in even steps."""
    first, last = math.ceil(low - 1e-9), math.floor(high + 1e-9)
    here = min(max(here, low), high)
    near = np.arange(max(first, math.ceil(here) - _NEAR), min(last, math.floor(here) + _NEAR) + 1, dtype=np.float64)
    if len(near) == last - first + 1:
        return near
    each = _round_up((last - first) / _FAR)
    far = np.arange(math.ceil(first / each), last // each + 1, dtype=np.float64) * each
    return np.union1d(near, far)


def _levels(info: FieldInfo, words: FieldWording, value: Value) -> Allowed:
    apart = {code for code, _ in info.codes}
    levels = [level for level, _ in info.levels if level not in apart]
    place = {level: k for k, level in enumerate(levels)}
    others = [level for level in levels if level != value and (not words.reachable or level in words.reachable)]
    if not info.is_ordered or value not in place:
        return Allowed(np.array(others, object), np.ones(len(others)))
    here = place[str(value)]
    if words.direction in {UP, DOWN}:
        others = [level for level in others if (place[level] > here) == (words.direction == UP)]
    steps = np.array([abs(place[level] - here) for level in others], np.float64)
    return Allowed(np.array(others, object), steps / max(len(levels) - 1, 1))


def _round_up(times: float) -> int:
    """The smallest of 1, 2, 5, 10, 20, ... that is no less."""
    power = 1
    while True:
        for k in (1, 2, 5):
            if k * power >= times:
                return k * power
        power *= 10
