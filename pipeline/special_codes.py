"""Special codes: values with a meaning of their own, such as -9 for "no record"; each its own level, or a gap like any other.

As JSON `{"score": {"-9": "level", "-8": "missing"}}`; as text one column for each line, `score: -9=level, -8=missing`, where a
code with a comma stands in quotes.
"""

import csv
import io
from collections.abc import Mapping
from typing import Any

from pipeline.levels import level_order

MEANINGS = ("level", "missing")

# Columns in sorted order, each with its codes in sorted order and what they mean.
SpecialCodes = tuple[tuple[str, tuple[tuple[str, str], ...]], ...]


def special_codes(raw: Any) -> SpecialCodes:
    """The codes of a mapping or of a text. Raises ValueError with a sentence where they are neither."""
    given = _of_text(raw) if isinstance(raw, str) else raw
    if given is None:
        return ()
    if isinstance(given, tuple | list):  # as they are held
        given = dict(given)
    if not isinstance(given, Mapping):
        raise ValueError("give columns with their codes, such as {'score': {'-9': 'level'}}.")
    found = [(str(column), _of_column(str(column), codes)) for column, codes in given.items()]
    return tuple(sorted(entry for entry in found if entry[1]))


def codes_json(codes: SpecialCodes) -> dict[str, dict[str, str]]:
    return {column: dict(meanings) for column, meanings in codes}


def codes_text(codes: SpecialCodes) -> str:
    """One line for each column; `special_codes` reads it back."""
    return "\n".join(f"{column}: {codes_line(meanings)}" for column, meanings in codes)


def codes_line(meanings: tuple[tuple[str, str], ...]) -> str:
    """The codes of one column: `-9=level, -8=missing`."""
    written = io.StringIO()
    cells = csv.writer(written, lineterminator="")
    for k, (code, meaning) in enumerate(meanings):
        written.write(", " if k else "")
        cells.writerow([f"{code}={meaning}"])
    return written.getvalue()


def _of_column(column: str, codes: Any) -> tuple[tuple[str, str], ...]:
    pairs = dict(codes) if isinstance(codes, Mapping | tuple | list) else None
    if pairs is None:
        raise ValueError(f"'{column}' needs codes with a meaning each, such as {{'-9': 'level'}}.")
    for code, meaning in pairs.items():
        if meaning not in MEANINGS:
            raise ValueError(f"the code '{code}' of '{column}' means '{meaning}'; it can mean {' or '.join(MEANINGS)}.")
    return tuple(sorted(((str(code).strip(), str(meaning)) for code, meaning in pairs.items()), key=lambda e: level_order(e[0])))


def _of_text(text: str) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for line in filter(str.strip, text.splitlines()):
        column, colon, codes = line.rpartition(":")
        if not colon or not column.strip():
            raise ValueError(f"'{line.strip()}' names no column; write it as score: -9=level, -8=missing.")
        for entry in next(csv.reader([codes], skipinitialspace=True), []):
            code, equals, meaning = entry.rpartition("=")
            if not equals or not code.strip():
                raise ValueError(f"'{entry.strip()}' of '{column.strip()}' is no code with a meaning, such as -9=level.")
            found.setdefault(column.strip(), {})[code.strip()] = meaning.strip().lower()
    return found
