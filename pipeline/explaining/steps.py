"""By how much a number of an applicant is changed at least. Pure Python, for the forms too."""

import math

from pipeline.explain_results import FieldInfo
from pipeline.explaining.wording import FieldWording

_PARTS = 50  # of the training rows' middle 90%: the least that a step of our own takes


def step_of(info: FieldInfo, words: FieldWording) -> float:
    """The step of a number: the one that its wording names, else a round one; of whole numbers a whole one.

    The round one is the smallest of 1, 2 and 5 times a power of ten that is at least a fiftieth of the training rows' middle 90%.
    """
    step = words.step or _round_up((spread_of(info) or 1.0) / _PARTS)
    return float(max(1, round(step))) if info.whole else step


def on_step(info: FieldInfo, words: FieldWording, value: float) -> float:
    """The multiple of a number's step that is nearest to a value."""
    step = step_of(info, words)
    return float(f"{round(value / step) * step:.12g}")


def spread_of(info: FieldInfo) -> float:
    """The length of the training rows' middle 90%, or of their whole range where that is none; 0 for a constant."""
    if not info.quantiles:
        return 0.0
    last = len(info.quantiles) - 1
    middle = info.quantiles[last - last // 20] - info.quantiles[last // 20]
    return middle or info.quantiles[-1] - info.quantiles[0]


def _round_up(size: float) -> float:
    power = 10.0 ** math.floor(math.log10(size))
    return float(f"{next((k * power for k in (1, 2, 5) if k * power >= size * (1 - 1e-9)), 10 * power):.1g}")
