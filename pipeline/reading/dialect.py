"""Which character separates and which one quotes: the pair under which the first lines look most like a table.

The measure is CleverCSV's idea (van den Burg, Nazábal and Sutton 2019, "Wrangling messy CSV files by detecting row and type
patterns"): rows of one length, and cells that look like something known.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

DELIMITERS = (",", ";", "\t", "|", "^", " ")
_KNOWN_CELL = re.compile(
    r"""\s*(
      [-+]?[$€£]?\d[\d.,\s]*%?([eE][-+]?\d+)?     # a number, in any country's manner
    | [-+]?\.\d+
    | \d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([T\s]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?)?   # a date, perhaps with a time
    | [^\W\d_][^,;\t|^"']*                        # words
    | \?|-|
    )\s*""",
    re.VERBOSE,
)
_ROWS_LOOKED_AT = 200
_CELLS_LOOKED_AT = 4_000


@dataclass(frozen=True)
class Dialect:
    delimiter: str
    quote: str


class Records:
    """The records of some lines. Iterating raises csv.Error where a line cannot be cut."""

    def __init__(self, lines: Iterable[str], dialect: Dialect) -> None:
        self._reader = csv.reader(
            lines,
            delimiter=dialect.delimiter,
            quotechar=dialect.quote or None,
            quoting=csv.QUOTE_MINIMAL if dialect.quote else csv.QUOTE_NONE,
        )

    def __iter__(self) -> Iterator[list[str]]:
        return iter(self._reader)

    @property
    def lines_read(self) -> int:
        return self._reader.line_num


def lines_of(text: str) -> list[str]:
    """The lines with their ends: line feed, carriage return or both, and nothing else, as Arrow cuts them."""
    return list(io.StringIO(text, newline=""))


def detect(sample: str) -> Dialect:
    """The likeliest dialect of the first lines of a file, which end with a whole line. Comma and `"` where nothing tells."""
    best, best_score = Dialect(",", '"'), 0.0
    for delimiter in DELIMITERS:
        if delimiter not in sample:
            continue
        for quote in ('"', "'"):
            if quote == "'" and not _encloses(quote, delimiter, sample):
                continue
            score = _score(sample, Dialect(delimiter, quote))
            if score > best_score * 1.001:  # the commoner dialect wins a tie
                best, best_score = Dialect(delimiter, quote), score
    return best


def _encloses(quote: str, delimiter: str, sample: str) -> bool:
    """Whether cells begin and end with the quote about as often, which an apostrophe does not do."""
    q, d = re.escape(quote), re.escape(delimiter)
    opening = len(re.findall(rf"(?:^|{d}){q}(?!{q})", sample, re.MULTILINE))
    closing = len(re.findall(rf"(?<!{q}){q}(?={d}|\r|\n|\Z)", sample))
    return opening >= 2 and closing >= 2 and abs(opening - closing) <= 0.1 * opening


def _score(sample: str, dialect: Dialect) -> float:
    rows: list[list[str]] = []
    try:
        rows += islice((record for record in Records(lines_of(sample), dialect) if record), _ROWS_LOOKED_AT)
    except csv.Error:
        return 0.0
    if not rows:
        return 0.0
    lengths = Counter(map(len, rows))
    width, n_modal = max(lengths.items(), key=lambda item: (item[1], item[0]))
    if width < 2:
        return 0.0
    cells = [cell for row in rows for cell in row][:_CELLS_LOOKED_AT]
    known = sum(_KNOWN_CELL.fullmatch(cell) is not None for cell in cells) / len(cells)
    # The header settles how wide a table is: rows that agree among themselves but not with it are cut wrongly.
    agreement = n_modal / len(rows) * (1.0 if len(rows[0]) == width else 0.5)
    return agreement**2 * (known + 0.01) * (1 - 0.5 / width)
