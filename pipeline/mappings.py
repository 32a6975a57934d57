"""Options that map names to something: class weights, reference levels, orders of levels, and pairs of columns.

Each is held as tuples (sorted by name; pairs in the order given), written in JSON as an object (pairs as a list of lists), and
in a form as text with one entry on each line: `bad: 5`, `purpose: car`, `education: low < middle < high`, `age * income`. The
name ends at the first colon. A name or level with a separator, a quote or a line break in it stands in double quotes, and a
quote within is doubled: `"debt: total": 5`.
"""

import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from pipeline.levels import number_text
from pipeline.shown import LONGEST, short, shown, storable, why_no_text

Weights = tuple[tuple[str, float], ...]  # label, weight
Levels = tuple[tuple[str, str], ...]  # column, level
Orders = tuple[tuple[str, tuple[str, ...]], ...]  # column, levels from low to high
Pairs = tuple[tuple[str, str], ...]  # two columns

LONGEST_TEXT = 50_000  # characters of a form's text
MOST_ENTRIES = 1_000
LEAST_WEIGHT, MOST_WEIGHT = 1e-6, 1e6


@dataclass(frozen=True)
class Mapped:
    """How one kind of such an option is read (raises ValueError with a sentence), and written as JSON and as text."""

    read: Callable[[Any], Any]
    json: Callable[[Any], Any]
    text: Callable[[Any], str]
    example: str


def weights(raw: Any) -> Weights:
    """A weight above 0 for each label."""
    return tuple(sorted((label, _weight(label, weight)) for label, weight in _entries(raw, "bad: 5")))


def levels(raw: Any) -> Levels:
    """A level for each column."""
    example = "purpose: car"
    found = [(column, level_text(level, f"the level of '{short(column)}'")) for column, level in _entries(raw, example)]
    empty = next((column for column, level in found if not level), None)
    if empty is not None:
        raise ValueError(f"'{short(empty)}' has no level after it; write it as {example}.")
    return tuple(sorted(found))


def orders(raw: Any) -> Orders:
    """Levels from low to high for each column: two or more, each once."""
    found = []
    for column, listed in _entries(raw, "education: low < middle < high", "<"):
        named = f"'{short(column)}'"
        if isinstance(listed, str):
            listed = next((cells for cells, _ in _lines(listed, "<", "<")), [])
        if not isinstance(listed, list | tuple):
            raise ValueError(f"{named} needs its levels from low to high, such as low < middle < high.")
        names = tuple(level_text(level, f"a level of {named}") for level in listed)
        if len(names) < 2 or "" in names:
            raise ValueError(f"{named} needs two levels or more, from low to high, such as low < middle < high.")
        twice = _repeated(names)
        if twice is not None:
            raise ValueError(f"{named} names the level '{short(twice)}' twice.")
        found.append((column, names))
    return tuple(sorted(found))


def pairs(raw: Any) -> Pairs:
    """Pairs of two different columns; the order of the two does not matter, and none comes twice."""
    if raw is None or raw == "":
        return ()
    listed = [cells for cells, _ in _lines(raw, "*", "*")] if isinstance(raw, str) else raw
    if not isinstance(listed, list | tuple):
        raise ValueError("give pairs of columns, such as age * income.")
    _check_number(listed)
    found: list[tuple[str, str]] = []
    seen: set[frozenset[str]] = set()
    for pair in listed:
        if not isinstance(pair, list | tuple) or len(pair) != 2 or not all(isinstance(name, str) and name for name in pair):
            raise ValueError("each line needs two columns, such as age * income.")
        first, second = (level_text(name, "a column") for name in pair)
        if first == second:
            raise ValueError(f"'{short(first)}' is paired with itself; for its square choose a degree of 2.")
        if frozenset((first, second)) in seen:
            raise ValueError(f"'{short(first)}' and '{short(second)}' are paired twice.")
        seen.add(frozenset((first, second)))
        found.append((first, second))
    return tuple(found)


def checked_codes(raw: Any) -> Any:
    """Special codes as `pipeline.special_codes` takes them: a text, or an object of objects of texts.

    Raises ValueError with a sentence for anything else.
    """
    if raw is None or raw == "":
        return None
    if isinstance(raw, str):
        if len(raw) > LONGEST_TEXT:
            raise ValueError(f"the text has {len(raw):,} characters; at most {LONGEST_TEXT:,} are read.")
        if not storable(raw):
            raise ValueError("the text holds characters that cannot be stored.")
        return raw
    if not isinstance(raw, Mapping | list | tuple):
        raise ValueError("give columns with their codes, such as {'score': {'-9': 'level'}}.")
    found: dict[str, dict[str, str]] = {}
    for column, codes in _entries(raw, "score: -9=level, -8=missing"):
        if not isinstance(codes, Mapping | list | tuple):
            raise ValueError(f"'{short(column)}' needs codes with a meaning each, such as -9=level.")
        meanings = _entries(codes, "-9=level") if codes else []
        found[column] = {code: level_text(meaning, f"the meaning of '{short(code)}'") for code, meaning in meanings}
        odd = next((meaning for meaning in found[column].values() if len(meaning) > LONGEST), None)
        if odd is not None:
            raise ValueError(f"'{short(odd)}' is no meaning of a code; it can mean level or missing.")
    return found


def level_text(raw: Any, what: str) -> str:
    """A name, label or level as text; numbers as the table's levels are written. `what` stands in the sentence of refusal."""
    if isinstance(raw, int | float) and not isinstance(raw, bool) and abs(raw) < 1e15:
        return number_text(raw)
    if not isinstance(raw, str):
        raise ValueError(f"{what} is {shown(raw)}; give a text.")
    why = why_no_text(raw)
    if why is not None:
        raise ValueError(f"{what} cannot be used: {why}.")
    return raw


def _weight(label: str, weight: Any) -> float:
    try:
        value = float(weight) if isinstance(weight, int | float | str) and not isinstance(weight, bool) else math.nan
    except (ValueError, OverflowError):
        value = math.nan
    if not LEAST_WEIGHT <= value <= MOST_WEIGHT:
        raise ValueError(f"the weight of '{short(label)}' is {shown(weight)}; give a number from 0.000001 to 1,000,000.")
    return value


def _entries(raw: Any, example: str, then: str = "") -> list[tuple[str, Any]]:
    """Name and value of each entry of a mapping, of pairs, or of a text with one entry on each line.

    `then` parts the value of a line into cells; without it the value is one text.
    """
    if raw is None or raw == "":
        return []
    found: list[tuple[Any, Any]]
    if isinstance(raw, str):
        found = [(name, cells if then else cells[0]) for name, cells in _named_lines(raw, example, then)]
    elif isinstance(raw, Mapping):
        found = list(raw.items())
    elif isinstance(raw, list | tuple) and all(isinstance(entry, list | tuple) and len(entry) == 2 for entry in raw):
        found = [(name, value) for name, value in raw]
    else:
        raise ValueError(f"write one entry on each line, such as {example}.")
    _check_number(found)
    named = [(level_text(name, "a name"), value) for name, value in found]
    if any(not name for name, _ in named):
        raise ValueError(f"an entry has no name; write it as {example}.")
    twice = _repeated(name for name, _ in named)
    if twice is not None:
        raise ValueError(f"'{short(twice)}' is named twice.")
    return named


def _named_lines(text: str, example: str, then: str = "") -> Iterable[tuple[str, list[str]]]:
    """The name of each line, up to its first colon, and the cells after it."""
    for cells, line in _lines(text, ":", then):
        if len(cells) < 2 or not cells[0]:
            raise ValueError(f"'{short(line)}' has no name before a ':'; write it as {example}.")
        yield cells[0], cells[1:]


def _lines(text: str, first: str, then: str) -> Iterable[tuple[list[str], str]]:
    """The cells of each line that holds something, and the line; a line break in quotes ends no line.

    The first cell ends at `first`, the others at `then` ("": the rest of the line is one cell).
    """
    if len(text) > LONGEST_TEXT:
        raise ValueError(f"the text has {len(text):,} characters; at most {LONGEST_TEXT:,} are read.")
    at = 0
    while at <= len(text):
        start, separator = at, first
        cells: list[str] = []
        while True:
            cell, at = _next_cell(text, at, separator)
            cells.append(cell)
            at += 1
            if not separator or text[at - 1 : at] != separator:
                break
            separator = then
        line = text[start : at - 1].strip()
        if line:
            yield cells, line


def _next_cell(text: str, at: int, separator: str) -> tuple[str, int]:
    """The cell that begins at a place, and the place where it ends."""
    matched = _cell(separator).match(text, at)
    if matched is None:  # not reached: the pattern matches an empty cell too
        return "", at
    quoted, plain = matched.groups()
    return quoted.replace('""', '"') if quoted is not None else plain.strip(), matched.end()


@cache
def _cell(separator: str) -> "re.Pattern[str]":
    """One cell up to the separator or the line's end: in quotes, or plain. Possessive, so that no text makes it go back."""
    stop = re.escape(separator)  # "" stops at the line's end alone
    return re.compile(rf'[ \t\r]*+(?:"((?:[^"]++|"")*+)"[ \t\r]*+(?=[{stop}\n]|\Z)|([^{stop}\n]*+))')


def _check_number(entries: list[Any] | tuple[Any, ...]) -> None:
    if len(entries) > MOST_ENTRIES:
        raise ValueError(f"there are {len(entries):,} entries; at most {MOST_ENTRIES:,} are read.")


def _repeated(names: Iterable[str]) -> str | None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            return name
        seen.add(name)
    return None


def _quoted(name: str, separator: str) -> str:
    risky = not name or name != name.strip() or any(sign in name for sign in ('"', "\n", "\r", separator))
    return '"' + name.replace('"', '""') + '"' if risky else name


def _weights_text(held: Weights) -> str:
    return "\n".join(f"{_quoted(name, ':')}: {value:.17g}" for name, value in held)


def _levels_text(held: Levels) -> str:
    return "\n".join(f"{_quoted(name, ':')}: {_quoted(level, ':')}" for name, level in held)


def _orders_text(held: Orders) -> str:
    return "\n".join(f"{_quoted(column, ':')}: {' < '.join(_quoted(name, '<') for name in names)}" for column, names in held)


def _pairs_text(held: Pairs) -> str:
    return "\n".join(" * ".join(_quoted(name, "*") for name in pair) for pair in held)


MAPPED: dict[str, Mapped] = {
    "weights": Mapped(weights, dict, _weights_text, "bad: 5"),
    "levels": Mapped(levels, dict, _levels_text, "purpose: car"),
    "orders": Mapped(
        orders,
        lambda held: {column: list(names) for column, names in held},
        _orders_text,
        "education: low < middle < high",
    ),
    "pairs": Mapped(pairs, lambda held: [list(pair) for pair in held], _pairs_text, "age * income"),
}
