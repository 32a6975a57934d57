"""Where a table begins and ends in its file: notes above it, its header, notes and totals below it."""

import re
from collections import Counter
from collections.abc import Sequence
from statistics import median

from pipeline.reading.dialect import separator_line
from pipeline.reading.recipe import MISSING
from pipeline.reading.records import Dialect, Record

_NUMBER = re.compile(r"[-+(]?[$€£]?\s?(\d[\d .,'\u00a0]*|[.,]\d+)([eE][-+]?\d+)?\s?[%$€£)]?")
_DATE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([T ]\d{1,2}:\d{2}.*)?")
_TOTAL = re.compile(
    r"""((grand\ |sub)?totals?|sum|total\ g[eé]n[eé]rale?|sommes?|totaux|suman?|eof
      | gesamt(summe)?|insgesamt|(zwischen)?summe)\s*([:(].*)?""",
    re.IGNORECASE | re.VERBOSE,
)
_NOTE = re.compile(
    r"(sources?|quellen?|fuentes?|notes?|notas?|hinweise?|anmerkung(en)?|remarques?)\b.*", re.IGNORECASE | re.DOTALL
)
_LONG_NOTE = 40  # characters that a lone first cell of text has when it is no value


def kind_of(cell: str) -> str:
    """number, date, text, or "" for what is missing."""
    cell = cell.strip()
    if cell in MISSING:
        return ""
    if _DATE.fullmatch(cell):
        return "date"
    return "number" if _NUMBER.fullmatch(cell) else "text"


def column_kinds(rows: Sequence[Record], width: int) -> tuple[str, ...]:
    """What nearly all cells of each column are; "" where none has a value."""
    kinds = []
    for k in range(width):
        counts = Counter(kind_of(row.cells[k]) for row in rows if len(row.cells) > k)
        counts.pop("", None)
        kind, n = counts.most_common(1)[0] if counts else ("", 0)
        kinds.append(kind if n >= 0.9 * counts.total() else "text")
    return tuple(kinds)


def modal_width(rows: Sequence[Record]) -> int:
    """The commonest number of cells, that of the first row in a tie; lines of one cell count only where there are no others."""
    counts = Counter(len(row.cells) for row in rows if len(row.cells) > 1 and not row.blank)
    return max(counts, key=lambda n: (counts[n], n == len(rows[0].cells), n)) if counts else 1


def find_table(records: Sequence[Record], dialect: Dialect) -> tuple[int, bool]:
    """How many lines to skip before the table, and whether its first row is a header."""
    rows = [Record(dialect.unwrapped(row.cells), row.line, row.n_lines, row.sound) for row in records if not row.empty]
    if rows and separator_line(dialect.delimiter.join(rows[0].cells)):
        rows = rows[1:]
    if not rows:
        return 0, True
    width = modal_width(rows)
    usual = median(row.filled for row in rows if len(row.cells) == width) if width > 1 else 1
    first = next((k for k, row in enumerate(rows) if len(row.cells) == width and row.filled >= usual / 2), 0)
    while first + 2 < len(rows) and rows[first].filled < rows[first + 1].filled and _names_over_values(rows, first + 1, width):
        first += 1
    if first and _is_odd_header(rows[first - 1], rows[first], width) and not _names_over_values(rows, first, width):
        return rows[first - 1].line - 1, True
    return rows[first].line - 1, _is_header(rows, first, width)


def _below(rows: Sequence[Record], first: int, width: int) -> list[Record]:
    return [row for row in rows[first + 1 : first + 200] if len(row.cells) == width and row.cells != rows[first].cells]


def _names_over_values(rows: Sequence[Record], first: int, width: int) -> bool:
    """Whether a row has texts where numbers or dates are below it, and nowhere one of those itself."""
    if len(rows[first].cells) != width:
        return False
    kinds = column_kinds(_below(rows, first, width), width)
    own = [kind_of(cell) for cell in rows[first].cells]
    pairs = [(mine, below) for mine, below in zip(own, kinds, strict=True) if below in {"number", "date"}]
    return any(mine == "text" for mine, _ in pairs) and not any(mine == below for mine, below in pairs)


def is_header_again(cells: Sequence[str], kinds: Sequence[str]) -> bool:
    """Whether a row among the rows has texts where the columns hold numbers or dates, as a row of units has."""
    own = [kind_of(cell) for cell in cells]
    pairs = [(mine, kind) for mine, kind in zip(own, kinds, strict=True) if kind in {"number", "date"}]
    return sum(mine == "text" for mine, _ in pairs) > 0.5 * len(pairs) and not any(mine == kind for mine, kind in pairs)


def _is_odd_header(before: Record, row: Record, width: int) -> bool:
    """Whether a line of another length right above the rows is their header: as R writes it, or one that is wrong."""
    cells = before.cells
    adjacent = before.line + before.n_lines == row.line
    names = all(kind_of(cell) == "text" for cell in cells)
    return adjacent and names and (len(cells) == width - 1 or len(cells) > width / 2) and len(cells) > 1


def _is_header(rows: Sequence[Record], first: int, width: int) -> bool:
    cells = rows[first].cells
    below = _below(rows, first, width)
    own = [kind_of(cell) for cell in cells]
    kinds = column_kinds(below, len(cells))
    typed = [(mine, other) for mine, other in zip(own, kinds, strict=True) if other in {"number", "date"} and mine]
    n_names = sum(mine == "text" for mine, _ in typed)
    n_values = sum(mine == other for mine, other in typed)
    if _counts_on(cells, below):
        return True
    if not any(own) or all(mine == "number" for mine in own if mine):
        return not any(own)
    if typed:
        return n_names >= n_values
    # Texts over texts: a first row of which every cell comes again below is one more row.
    again = [cell in {row.cells[k] for row in below} for k, cell in enumerate(cells) if cell.strip()]
    return not (len(below) >= 3 and all(again))


def _counts_on(cells: Sequence[str], below: Sequence[Record]) -> bool:
    """Whether the numbers among the cells are years, or 0, 1, 2, 3 and so on, as names of columns, and not so below."""
    numbers = [(k, int(cell)) for k, cell in enumerate(cells) if cell.strip().isdecimal()]
    values = [value for _, value in numbers]
    years = len(set(values)) == len(values) > 0 and all(1900 <= value <= 2100 for value in values)
    counted = len(values) > 3 and values == list(range(len(values))) and len(values) >= len(cells) - 1
    if not (years or counted) or not below:
        return False
    others = [row.cells[k].strip() for row in below for k, _ in numbers]
    if counted:
        return sum(other == str(value) for other, value in zip(others, values * len(below), strict=True)) < 0.5 * len(others)
    return sum(other.isdecimal() and 1900 <= int(other) <= 2100 for other in others) < 0.5 * len(others)


def count_footer_lines(rows: Sequence[Record], width: int, kinds: Sequence[str]) -> int:
    """How many lines at the end are no rows; `rows` are the last records, of which the last is not empty."""
    kept = len(rows)
    while kept and (rows[kept - 1].empty or _is_footer(rows[kept - 1], rows[: kept - 1], width, kinds)):
        kept -= 1
    return sum(row.n_lines for row in rows[kept:])


def _is_footer(row: Record, above: Sequence[Record], width: int, kinds: Sequence[str]) -> bool:
    if row.blank:
        return width > 1
    where, first = next((k, cell.strip()) for k, cell in enumerate(row.cells) if cell.strip())
    few = row.filled <= max(1, width // 3)
    if width > 1 and (_TOTAL.fullmatch(first) or (few and _NOTE.fullmatch(first))):
        return not any(len(other.cells) > where and other.cells[where].strip() == first for other in above)
    if where or not few or kind_of(first) != "text" or width == 1:
        return False
    value_below = kinds[0] in {"number", "date"}
    if len(row.cells) < width:
        return value_below or " " in first or ":" in first
    return width > 2 and row.filled == 1 and (value_below or len(first) > _LONG_NOTE)
