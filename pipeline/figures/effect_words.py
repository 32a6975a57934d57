"""What the curve of a field says, in words built from its numbers."""

from collections.abc import Sequence
from itertools import pairwise

from pipeline.effect_results import CATEGORY, EffectCurve, Effects
from pipeline.explain_results import Value
from pipeline.explaining.wording import with_unit
from pipeline.figures.bands import number
from pipeline.shown import capital

_FLAT = 0.005  # of probability: what moves it by less hardly moves it


def has_levels(curve: EffectCurve) -> bool:
    return not curve.values or isinstance(curve.values[0], str)


def apart_words(value: Value) -> str:
    """What stands beside the numbers: missing, or code 98."""
    return "missing" if value is None else f"code {number(value)}" if isinstance(value, int | float) else value


def effect_finding(effects: Effects, curve: EffectCurve, name: str, at: int = 0, unit: str = "") -> str:
    """`As age goes from 19 to 75 years, the probability of bad falls from 34% to 12%`: built from the curve's ends."""
    what = "the probability of bad" if len(effects.labels) == 2 else f"the probability of {effects.shown[at]}"
    model = effects.curve_of(curve, at)[: len(curve.values)]
    if not model:
        return f"{capital(name)} has no value in the training rows"
    if max(model) - min(model) < _FLAT:
        return f"{capital(name)} hardly moves {what}: {_share(model[0])} whatever it is"
    if has_levels(curve):
        low, high = (model.index(end(model)) for end in (min, max))
        return (
            f"{capital(name)}: {what} goes from {_share(model[low])} with {curve.values[low]} to {_share(model[high])} with "
            + (f"{curve.values[high]}")
        )
    ends = [
        with_unit(_end(value, curve), unit) for value in (curve.values[0], curve.values[-1]) if isinstance(value, int | float)
    ]
    steps = [later - before for before, later in pairwise(model)]
    if all(step >= 0 for step in steps) or all(step <= 0 for step in steps):
        way = "rises" if model[-1] > model[0] else "falls"
        return f"As {name} goes from {ends[0]} to {ends[1]}, {what} {way} from {_share(model[0])} to {_share(model[-1])}"
    top = model.index(max(model))
    at_top = with_unit(number(float(curve.values[top] or 0)), unit)
    return f"Over {name}, {what} lies between {_share(min(model))} and {_share(max(model))}, highest at {at_top}"


def _end(value: float, curve: EffectCurve) -> str:
    """An end of the range as it is; of a range that is cut, three digits."""
    return number(float(f"{value:.3g}") if curve.is_cut else float(value))


def line_words(curve: EffectCurve, at: int = 0, unit: str = "") -> str:
    """Where the straight line is no probability, if anywhere."""
    line = curve.line[at][: len(curve.values)]
    if not line:
        return ""
    parts = [
        f"{words} {_where(curve, [sign * (value - bound) for value in line], unit)}"
        for words, bound, sign in (("below 0%", 0.0, -1), ("above 100%", 1.0, 1))
        if any(sign * (value - bound) > 0 for value in line)
    ]
    if parts:
        return f"The straight line says what no probability can be: {' and '.join(parts)}."
    told = "The straight line stays between 0% and 100% over these values."
    if not has_levels(curve) and _bends(line):
        told += " It bends with the columns that the run makes of the field."
    return told


def _bends(line: Sequence[float]) -> bool:
    slopes = [later - before for before, later in pairwise(line)]
    return bool(slopes) and max(slopes) - min(slopes) > 1e-6


def _where(curve: EffectCurve, beyond: Sequence[float], unit: str) -> str:
    """`from 61 on`, `up to 12`, `from 3 to 9`, or the levels: where a line is beyond its bound."""
    out = [value > 0 for value in beyond]
    if has_levels(curve):
        named = [str(value) for value, is_out in zip(curve.values, out, strict=False) if is_out]
        return "for " + ", ".join(named[:3]) + (f" and {len(named) - 3} more" if len(named) > 3 else "")
    if all(out):
        return "everywhere"
    first, last = out.index(True), len(out) - 1 - out[::-1].index(True)

    def crossing(i: int) -> str:
        return with_unit(_crossing(curve, beyond, i), unit)

    if first == 0 and last == len(out) - 1:
        return "at both ends"
    if last == len(out) - 1:
        return f"from {crossing(first - 1)} on"
    if first == 0:
        return f"up to {crossing(last)}"
    return f"from {crossing(first - 1)} to {crossing(last)}"


def _crossing(curve: EffectCurve, beyond: Sequence[float], i: int) -> str:
    """The value between two points of the grid at which a line reaches its bound, to three digits."""
    low, high = (float(value) for value in curve.values[i : i + 2] if isinstance(value, int | float))
    return number(float(f"{low + (high - low) * beyond[i] / (beyond[i] - beyond[i + 1]):.3g}"))


def _share(value: float) -> str:
    if 0 < value < 0.0005:
        return "under 0.1%"
    return f"{value:.1%}" if value < 0.095 or value > 0.995 else f"{value:.0%}"


def kind_words(kind: str, curve: EffectCurve) -> str:
    """What of the field's values is drawn: `over the training range`, `30 of 212 levels`."""
    if kind == CATEGORY:
        n = len(curve.values)
        return f"{n} of {curve.n_levels} levels, the most frequent" if curve.n_levels > n else f"all {n} levels"
    return "over the middle 99% of the training rows" if curve.is_cut else "over the range of the training rows"
