"""Small tables as CSV files to take away: numbers with all their digits, and no text that a spreadsheet would run."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

BYTE_ORDER_MARK = "\ufeff"  # begins what the browser takes away: without it Excel shows ä as Ã¤
STARTS_A_FORMULA = r"^[=+\-@\t\r]"  # what a spreadsheet would run


@dataclass(frozen=True)
class CsvFile:
    name: str
    text: str


def csv_text(lines: Iterable[Sequence[Any]]) -> str:
    """Lines of cells: nothing where a value is missing, a quote before a text that a spreadsheet would run."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows([_cell(value) for value in line] for line in lines)
    return out.getvalue()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return repr(value)
    text = str(value)
    return f"'{text}" if isinstance(value, str) and re.match(STARTS_A_FORMULA, text) else text
