"""One number as a person types it: with thousands marks, a decimal comma, a currency, a percent sign or its unit."""

import math
import re

import pyarrow as pa

from pipeline.reading.values import STYLES, fits, normal, numbers

_PLAIN = re.compile(r"[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?", re.ASCII)
_IN_DOUBT = re.compile(r"[-+]?[1-9]\d{0,2}\.\d{3}", re.ASCII)
_LONGEST = 60


def readings(text: str, unit: str = "") -> tuple[float, ...]:
    """The numbers that a text may stand for, each once: 1,234 is 1234, or 1.234 where a comma stands before the fraction.

    A point before the fraction comes first. A unit behind the number is taken away; of 12% the number is 12. Empty where the
    text is no number.
    """
    cell = text.strip()
    if unit and cell.lower().endswith(unit.lower()):
        cell = cell[: len(cell) - len(unit)].strip()
    if len(cell) > _LONGEST:
        return ()
    if _PLAIN.fullmatch(cell) and not _IN_DOUBT.fullmatch(cell):
        return _finite([float(cell)])
    cells = normal(pa.array([cell]))
    return _finite([float(numbers(cells, marks)[0].as_py()) for marks in STYLES if fits(cells, marks)[0].as_py()])


def _finite(found: list[float]) -> tuple[float, ...]:
    return tuple(value for value in dict.fromkeys(found) if math.isfinite(value))
