"""Where a file differs from the one that its recipe was made for."""

from collections.abc import Iterator, Sequence

from pipeline.errors import quoted
from pipeline.reading.recipe import Recipe
from pipeline.results import ColumnSummary

_MORE_MISSING = 0.05  # of the rows
_FAR_OUT = 0.5  # of the range before, beyond one of its ends
_MARKS = {
    "encoding": "encoding",
    "delimiter": "separator",
    "quote": "quote",
    "decimal": "decimal mark",
    "thousands": "thousands mark",
    "skipped_lines": "number of lines above the table",
    "container": "format",
    "compression": "packing",
}
_NAMES = {" ": "a blank", "\t": "a tab", "": "none"}


def differences(
    before: Sequence[ColumnSummary], now: Sequence[ColumnSummary], recipe: Recipe | None, detected: Recipe
) -> tuple[str, ...]:
    """What is not as it was in the table before, in sentences, what matters most first.

    Parameters
    ----------
    before, now : sequence of ColumnSummary
        The columns of the two tables over all their rows.
    recipe : Recipe, optional
        How the file before was read. Without it nothing is said of marks.
    detected : Recipe
        What would have been detected in the file now.

    Returns
    -------
    tuple of str
        Columns that are missing or new, another order of columns, other marks, and for each column another kind, levels that
        came or went, a share of missing values that is more than 5 points higher, and numbers further beyond the range before
        than half of that range.
    """
    found = [*_columns(before, now), *(_marks(recipe, detected) if recipe is not None else ())]
    old = {column.name: column for column in before}
    for column in now:
        if column.name in old:
            found += _column(old[column.name], column)
    return tuple(found)


def _columns(before: Sequence[ColumnSummary], now: Sequence[ColumnSummary]) -> Iterator[str]:
    names_before, names = [column.name for column in before], [column.name for column in now]
    gone = [name for name in names_before if name not in set(names)]
    new = [name for name in names if name not in set(names_before)]
    if gone:
        yield f"{_how_many(len(gone), 'column is', 'columns are')} missing: {quoted(gone)}."
    if new:
        yield f"{_how_many(len(new), 'column is', 'columns are')} new: {quoted(new)}."
    if [name for name in names_before if name in set(names)] != [name for name in names if name in set(names_before)]:
        yield "The columns stand in another order."


def _marks(recipe: Recipe, detected: Recipe) -> Iterator[str]:
    for name, words in _MARKS.items():
        then, here = getattr(recipe, name), getattr(detected, name)
        if then != here:
            yield f"The {words} was {_shown(then)}; here {_shown(here)} was found."


def _column(before: ColumnSummary, now: ColumnSummary) -> Iterator[str]:
    name = now.name
    if before.kind != now.kind:
        yield f"'{name}' was a {before.kind} and is a {now.kind}."
    elif now.kind == "category":
        yield from _levels(before, now)
    elif now.kind == "number":
        yield from _range(before, now)
    share_before, share = _missing(before), _missing(now)
    if share > share_before + _MORE_MISSING:
        yield f"'{name}' is missing in {share:.1%} of the rows; it was in {share_before:.1%}."


def _levels(before: ColumnSummary, now: ColumnSummary) -> Iterator[str]:
    if len(before.levels) != before.n_distinct or len(now.levels) != now.n_distinct:
        return  # not all levels are known
    old, new = dict(before.levels), dict(now.levels)
    came = [level for level in new if level not in old]
    went = [level for level in old if level not in new]
    if came:
        rows = sum(new[level] for level in came)
        yield f"'{now.name}' has {_how_many(len(came), 'new level', 'new levels')} in {rows:,} rows: {quoted(came)}."
    if went:
        yield f"'{now.name}' has lost {_how_many(len(went), 'level', 'levels')}: {quoted(went)}."


def _range(before: ColumnSummary, now: ColumnSummary) -> Iterator[str]:
    ends = (before.minimum, before.maximum, now.minimum, now.maximum)
    if any(end is None or isinstance(end, str) for end in ends):
        return
    low, high, new_low, new_high = (float(end) for end in ends if end is not None)
    slack = _FAR_OUT * (high - low)
    if new_low < low - slack or new_high > high + slack:
        yield f"'{now.name}' runs from {_number(new_low)} to {_number(new_high)}; it ran from {_number(low)} to {_number(high)}."


def _missing(column: ColumnSummary) -> float:
    return column.n_missing / column.n_rows if column.n_rows else 0.0


def _number(value: float) -> str:
    return f"{value:,.0f}" if value == int(value) else f"{value:,.6g}"


def _shown(value: object) -> str:
    return _NAMES.get(str(value), str(value))


def _how_many(n: int, one: str, many: str) -> str:
    return f"{n:,} {one if n == 1 else many}"
