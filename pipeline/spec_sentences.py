"""What is wrong with a spec, in sentences that more than one check tells: by columns' summaries first, by the rows later."""

from collections.abc import Collection, Iterable

from pipeline.errors import quoted
from pipeline.levels import level_order
from pipeline.shown import short

MOST_CLASSES = 20
LEAST_LEFT = 0.05  # share of the rows that must be left to train on
SHOWN = 10  # names in a sentence


def no_column(absent: Iterable[str], columns: Iterable[str]) -> str:
    return f"There is no column {quoted(absent, SHOWN)}; the columns are {quoted(columns, SHOWN)}."


def no_level(column: str, levels: Iterable[str], known: Iterable[str], what: str = "level") -> str:
    """Of a level, or of a `what` that is one: a label or a class of the outcome."""
    many = "classes" if what == "class" else f"{what}s"
    return f"'{short(column)}' has no {what} {quoted(levels)}; its {many} are {in_order(known)}."


def one_value(target: str, held: Collection[str], *, any_value: bool) -> str:
    """Of an outcome without a second value; `held` is empty where it is not known which one it has."""
    value = f"only {quoted(held)}" if held else "one value only" if any_value else "no value at all"
    return f"'{short(target)}' holds {value}; choose a column with both outcomes."


def many_values(target: str, n_distinct: int | None) -> str:
    many = "very many" if n_distinct is None else f"{n_distinct:,}"
    return (
        f"'{short(target)}' has {many} different values, and an outcome has at most {MOST_CLASSES} classes; choose another, or "
        "name the label that is bad."
    )


def one_row(target: str, labels: Iterable[str]) -> str:
    return f"'{short(target)}' holds {quoted(labels)} in one row only; a class needs two rows or more."


def no_logarithm(column: str, value: float) -> str:
    return (
        f"'{short(column)}' has values down to {value:g}, and ln(1 + value) needs values above −1; take it out here, or name "
        "such values under special codes."
    )


def too_little_left(test_share: float, validation_share: float) -> str | None:
    """What to say of shares that leave too few rows to train on; None where they leave enough."""
    taken = test_share + validation_share
    if taken <= 1 - LEAST_LEFT + 1e-9:  # 0.9 + 0.05 is more than 0.95 in floating point
        return None
    return f"Held out and validation take {taken:.0%} of the rows together; leave at least {LEAST_LEFT:.0%} to train on."


def in_order(levels: Iterable[str]) -> str:
    return quoted(sorted(levels, key=level_order), SHOWN)
