"""Values as levels: how a number, a truth value or a text is written where it names a class or a category."""

import math

MISSING = "(missing)"  # the level of rows without a value
OTHER = "(other)"  # the level of values that are too rare to stand alone


def number_text(value: float) -> str:
    """The shortest text of a number: `3` for 3.0, `0.25` for 0.25."""
    if math.isfinite(value) and value == int(value) and abs(value) < 1e15:
        return str(int(value))
    return repr(float(value))


def level_order(level: str) -> tuple[int, float, str]:
    """Sort key: numbers by value and before all other texts, which go by code point."""
    try:
        value = float(level)
    except ValueError:
        return (1, 0.0, level)
    return (0, value, level) if math.isfinite(value) else (1, 0.0, level)
