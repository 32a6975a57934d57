"""Where the table begins, and what its columns are called."""

import csv
from collections import Counter
from dataclasses import dataclass

from pipeline.errors import ReadingError, quoted
from pipeline.reading.dialect import Records, lines_of
from pipeline.reading.recipe import Limits, Recipe


@dataclass(frozen=True)
class Header:
    """The names of the columns, the bytes of UTF-8 and the lines before the first row, and what had to be repaired."""

    names: tuple[str, ...]
    n_bytes: int
    n_lines: int
    notices: tuple[str, ...]


def blank_lines(sample: str) -> int:
    """How many lines at the start hold nothing."""
    for number, line in enumerate(lines_of(sample)):
        if line.strip():
            return number
    return 0


def read_header(sample: str, recipe: Recipe, limits: Limits, filename: str) -> Header:
    """The header of a file whose first lines are `sample`.

    Raises ReadingError where it has one column only, too many, or cannot be cut into cells.
    """
    lines = lines_of(sample)
    before, rest = lines[: recipe.skipped_lines], lines[recipe.skipped_lines :]
    records = Records(rest, recipe.dialect)
    try:
        cells = next(iter(records), [])
    except csv.Error:
        raise ReadingError(
            "header",
            f"The header of '{filename}' cannot be cut into columns.",
            fix="Check the first line for a quote that is not closed.",
        ) from None
    if len(cells) > limits.columns:
        raise ReadingError(
            "too_many_columns",
            f"'{filename}' has {len(cells):,} columns; at most {limits.columns:,} can be read.",
            fix="Export fewer columns.",
        )
    if len(cells) < 2:
        raise ReadingError(
            "one_column",
            f"'{filename}' has one column only.",
            fix="A model needs an outcome and at least one feature; check which character separates the columns.",
        )
    used = before + (rest[: records.lines_read] if recipe.header else [])
    names, notices = _names(cells, limits) if recipe.header else (_numbered(len(cells)), ())
    return Header(names, sum(len(line.encode()) for line in used), len(used), notices)


def looks_like_data(cells: list[str]) -> bool:
    """Whether a first row holds numbers only, so that it is no header."""
    try:
        return bool(cells) and all(float(cell) is not None for cell in cells)
    except ValueError:
        return False


def _numbered(n: int) -> tuple[str, ...]:
    return tuple(f"column_{number}" for number in range(1, n + 1))


def _names(cells: list[str], limits: Limits) -> tuple[tuple[str, ...], tuple[str, ...]]:
    notices: list[str] = []
    names = [" ".join(cell.replace("\ufeff", "").split()) for cell in cells]
    long = [name for name in names if len(name) > limits.name_length]
    if long:
        notices.append(f"{len(long)} column name(s) were cut to {limits.name_length} characters.")
        names = [name[: limits.name_length] for name in names]
    blank = [number for number, name in enumerate(names, start=1) if not name]
    if blank:
        notices.append(f"{len(blank)} column(s) had no name and were numbered: {quoted(f'column_{n}' for n in blank)}.")
        names = [name or f"column_{number}" for number, name in enumerate(names, start=1)]
    counts = Counter(names)
    twice = [name for name, count in counts.items() if count > 1]
    if twice:
        notices.append(f"Columns of one name were numbered: {quoted(twice)}.")
        names = _distinct(names)
    return tuple(names), tuple(notices)


def _distinct(names: list[str]) -> list[str]:
    taken = set(names)
    seen: set[str] = set()
    given: list[str] = []
    next_number: dict[str, int] = {}
    for name in names:
        fresh = name
        while fresh in seen:
            number = next_number.get(name, 2)
            next_number[name] = number + 1
            candidate = f"{name}_{number}"
            fresh = candidate if candidate not in taken else fresh
        seen.add(fresh)
        taken.add(fresh)
        given.append(fresh)
    return given
