"""Options that map names to something: class weights, reference levels, orders of levels, and pairs of columns.

Each is held as sorted tuples, written in JSON as an object (pairs as a list of lists), and in a form as text with one entry on
each line: `bad: 5`, `purpose: car`, `education: low < middle < high`, `age * income`. A name with a separator in it stands in
double quotes.
"""

import csv
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Weights = tuple[tuple[str, float], ...]  # label, weight
Levels = tuple[tuple[str, str], ...]  # column, level
Orders = tuple[tuple[str, tuple[str, ...]], ...]  # column, levels from low to high
Pairs = tuple[tuple[str, str], ...]  # two columns


@dataclass(frozen=True)
class Mapped:
    """How one kind of such an option is read (raises ValueError with a sentence), and written as JSON and as text."""

    read: Callable[[Any], Any]
    json: Callable[[Any], Any]
    text: Callable[[Any], str]
    example: str


def weights(raw: Any) -> Weights:
    """A weight above 0 for each label."""
    found = []
    for label, weight in _entries(raw, ":", "bad: 5"):
        try:
            value = float(weight) if not isinstance(weight, bool) else math.nan
        except (TypeError, ValueError, OverflowError):
            value = math.nan
        if not (math.isfinite(value) and 0 < value <= 1e6):
            raise ValueError(f"the weight of '{label}' is {_short(weight)}; give a number above 0 and at most 1,000,000.")
        found.append((label, value))
    return tuple(sorted(found))


def levels(raw: Any) -> Levels:
    """A level for each column."""
    found = [(column, str(level).strip()) for column, level in _entries(raw, ":", "purpose: car")]
    empty = [column for column, level in found if not level]
    if empty:
        raise ValueError(f"'{empty[0]}' has no level after it; write it as purpose: car.")
    return tuple(sorted(found))


def orders(raw: Any) -> Orders:
    """Levels from low to high for each column: two or more, each once."""
    found = []
    for column, given in _entries(raw, ":", "education: low < middle < high"):
        listed = _split(given, "<") if isinstance(given, str) else given
        if not isinstance(listed, list | tuple):
            raise ValueError(f"'{column}' needs its levels from low to high, such as low < middle < high.")
        names = tuple(str(level).strip() for level in listed)
        if len(names) < 2 or "" in names:
            raise ValueError(f"'{column}' needs two levels or more, from low to high, such as low < middle < high.")
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise ValueError(f"'{column}' names the level '{twice}' twice.")
        found.append((column, names))
    return tuple(sorted(found))


def pairs(raw: Any) -> Pairs:
    """Pairs of two different columns; the order of the two does not matter, and none comes twice."""
    if raw is None or raw == "":
        return ()
    if isinstance(raw, str):
        listed: Any = [_split(line, "*") for line in raw.splitlines() if line.strip()]
    else:
        listed = raw
    if not isinstance(listed, list | tuple):
        raise ValueError("give pairs of columns, such as age * income.")
    found = []
    for pair in listed:
        if not isinstance(pair, list | tuple) or len(pair) != 2 or not all(isinstance(name, str) and name for name in pair):
            raise ValueError("each line needs two columns, such as age * income.")
        first, second = pair
        if first == second:
            raise ValueError(f"'{first}' is paired with itself; for its square choose a degree of 2.")
        if (first, second) in found or (second, first) in found:
            raise ValueError(f"'{first}' and '{second}' are paired twice.")
        found.append((first, second))
    return tuple(found)


def _entries(raw: Any, separator: str, example: str) -> list[tuple[str, Any]]:
    """Name and value of each entry of a mapping, of pairs, or of a text with one entry on each line."""
    if raw is None or raw == "":
        return []
    if isinstance(raw, str):
        found: list[tuple[str, Any]] = []
        for line in filter(str.strip, raw.splitlines()):
            name, colon, value = line.rpartition(separator)
            if not colon or not name.strip():
                raise ValueError(f"'{_short(line.strip())}' has no name before a '{separator}'; write it as {example}.")
            found.append((_unquoted(name), value.strip()))
    elif isinstance(raw, Mapping):
        found = [(str(name), value) for name, value in raw.items()]
    elif isinstance(raw, list | tuple) and all(isinstance(entry, list | tuple) and len(entry) == 2 for entry in raw):
        found = [(str(name), value) for name, value in raw]
    else:
        raise ValueError(f"write one entry on each line, such as {example}.")
    names = [name for name, _ in found]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise ValueError(f"'{twice}' is named twice.")
    return found


def _split(text: str, separator: str) -> list[str]:
    cells = next(csv.reader([text], delimiter=separator, skipinitialspace=True), [])
    return [cell.strip() for cell in cells]


def _unquoted(name: str) -> str:
    name = name.strip()
    return name[1:-1].replace('""', '"') if len(name) > 1 and name[0] == name[-1] == '"' else name


def _quoted(name: str, *separators: str) -> str:
    risky = '"' in name or name != name.strip() or any(separator in name for separator in separators)
    return '"' + name.replace('"', '""') + '"' if risky else name


def _short(value: Any) -> str:
    text = str(value) if not isinstance(value, int) or abs(value) < 10**30 else "a very long number"
    return text if len(text) <= 40 else text[:37] + "..."


MAPPED: dict[str, Mapped] = {
    "weights": Mapped(
        weights, dict, lambda held: "\n".join(f"{_quoted(name, ':')}: {value:.17g}" for name, value in held), "bad: 5"
    ),
    "levels": Mapped(levels, dict, lambda held: "\n".join(f"{_quoted(name)}: {level}" for name, level in held), "purpose: car"),
    "orders": Mapped(
        orders,
        lambda held: {column: list(names) for column, names in held},
        lambda held: "\n".join(
            f"{_quoted(column)}: {' < '.join(_quoted(name, '<') for name in names)}" for column, names in held
        ),
        "education: low < middle < high",
    ),
    "pairs": Mapped(
        pairs,
        lambda held: [list(pair) for pair in held],
        lambda held: "\n".join(" * ".join(_quoted(name, "*") for name in pair) for pair in held),
        "age * income",
    ),
}
