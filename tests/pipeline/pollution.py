"""A clean table, and the same table with one thing wrong in it.

The pollutions are those of the benchmark "Pollock" (Vitagliano, Hameed, Jiang, Reisener, Wu and Naumann 2023, "Pollock: a data
loading benchmark", PVLDB 16), made anew for a table of 84 rows and 9 columns.
"""

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

NAMES = ["id", "name", "city", "income", "rate", "opened", "purpose", "note", "default"]
_PEOPLE = ["Ada", "Grace", "Karl", "Sofia", "Émile", "Björn", "Olga"]
_CITIES = ["Lyon", "Graz", "Porto", "San José", "York"]
_PURPOSES = ["car", "house", "education", "repairs"]
_NOTES = [
    "none",
    "paid late, twice",
    'known as "the 2nd"',
    "ask branch; then post",
    "call 5 pm",
    "it's new",
    "renewed | extended",
]
ROWS = [
    [
        str(1000 + 7 * k),
        _PEOPLE[k % 7],
        _CITIES[k % 5],
        f"{1800 + 37 * k}.{k % 90 + 10}",
        f"{0.01 * (k % 13) + 0.02:.3f}",
        f"20{18 + k % 6}-{k % 12 + 1:02d}-{k % 28 + 1:02d}",
        _PURPOSES[k % 4],
        _NOTES[k % 7],
        str(int(k % 6 == 0)),
    ]
    for k in range(84)
]


@dataclass(frozen=True)
class Polluted:
    """A file, and what a careful analyst takes from it."""

    name: str
    text: str
    names: list[str] = field(default_factory=lambda: list(NAMES))
    rows: list[list[str | None]] = field(default_factory=lambda: [list(row) for row in ROWS])
    repairs: frozenset[str] = frozenset()  # kinds that must be told
    refused: str = ""
    encoding: str = "utf-8"


def written(rows: list[list[str]], *, delimiter: str = ",", quote: str = '"', escape: str = "", end: str = "\n", **more) -> str:
    file = io.StringIO(newline="")
    escapes = {"escapechar": escape, "doublequote": False} if escape else {}
    writer = csv.writer(file, delimiter=delimiter, quotechar=quote, lineterminator=end, **escapes, **more)
    writer.writerows(rows)
    return file.getvalue()


CLEAN = written([NAMES, *ROWS])
_LINES = CLEAN.splitlines(keepends=True)


def _with_line(number: int, change: Callable[[str], str]) -> str:
    """The clean text with one of its lines changed; the header is line 0."""
    return "".join(change(line) if k == number else line for k, line in enumerate(_LINES))


def _row(number: int, cells: list[str | None], width: int = 9) -> list[list[str | None]]:
    """The rows of which one is another, all with so many cells."""
    return [(cells if k == number else list(row)) + [None] * (width - 9) * (k != number) for k, row in enumerate(ROWS)]


def polluted() -> Iterator[Polluted]:
    yield Polluted("clean", CLEAN)
    yield from _dialects()
    yield from _around()
    yield from _headers()
    yield from _lines()


def _dialects() -> Iterator[Polluted]:
    table = [NAMES, *ROWS]
    for delimiter in ";\t|^ ":
        yield Polluted(f"delimiter {delimiter!r}", written(table, delimiter=delimiter))
    blank = "\n".join(
        ", ".join(f'"{c.replace(chr(34), chr(34) * 2)}"' if set(c) & set('," ') else c for c in row) for row in table
    )
    yield Polluted("delimiter ', '", blank + "\n")
    runs = "\n".join(
        "   ".join(f'"{c.replace(chr(34), chr(34) * 2)}"' if set(c) & set('" ') else c for c in row) for row in table
    )
    yield Polluted("delimiter of several blanks", runs + "\n")
    yield Polluted("quote '", written(table, quote="'"))
    yield Polluted("all quoted", written(table, quoting=csv.QUOTE_ALL))
    yield Polluted("backslash escapes", written(table, escape="\\", quoting=csv.QUOTE_ALL))
    yield Polluted("backslash escapes where needed", written(table, escape="\\"))
    for name, end in (("CR", "\r"), ("CRLF", "\r\n")):
        yield Polluted(f"lines end with {name}", written(table, end=end))
    mixed = "".join(line[:-1] + ("\n", "\r\n", "\r")[k % 3] for k, line in enumerate(_LINES))
    yield Polluted("lines end with LF, CRLF and CR", mixed)
    yield Polluted("no last line end", CLEAN[:-1])
    yield Polluted("two last line ends", CLEAN + "\n")
    yield Polluted("byte order mark", CLEAN, encoding="utf-8-sig")
    yield Polluted("UTF-16", CLEAN, encoding="utf-16")
    wrapped = "".join('"' + line[:-1].replace('"', '""') + '"\n' for line in _LINES)
    yield Polluted("lines in quotes", wrapped, repairs=frozenset({"wrapped"}))


def _around() -> Iterator[Polluted]:
    above, below = frozenset({"preamble"}), frozenset({"footer"})
    yield Polluted("one line above", "CRM export of 2025-11-18\n" + CLEAN, repairs=above)
    yield Polluted("two lines above", "CRM export,2025-11-18\nbranch: all\n" + CLEAN, repairs=above)
    yield Polluted("a line and a blank one above", "CRM export\n\n" + CLEAN, repairs=above)
    yield Polluted("a line with delimiters above", "CRM export,,,,,,,,\n,,,,,,,,\n" + CLEAN, repairs=above)
    yield Polluted("blank lines above", "\n\n" + CLEAN, repairs=above)
    yield Polluted("Excel's separator line", "sep=;\n" + written([NAMES, *ROWS], delimiter=";"), repairs=above)
    yield Polluted("a note below", CLEAN + "Source: CRM of 2025-11-18\n", repairs=below)
    yield Polluted("a blank line and notes below", CLEAN + "\nAll amounts in euro\nas of 2025\n", repairs=below)
    yield Polluted("a note with delimiters below", CLEAN + "All amounts in euro,,,,,,,,\n", repairs=below)
    yield Polluted("a total below", CLEAN + "Total,,,283119.54,,,,,14\n", repairs=below)
    yield Polluted("a German total below", CLEAN + ",,Summe:,283119.54,,,,,14\n", repairs=below)
    yield Polluted("blank rows below", CLEAN + ",,,,,,,,\n" * 3, repairs=below)
    note = '"Note: amounts in euro,\nas of 2025-11-18,\nwithout closed accounts",,,,,,,,\n'
    yield Polluted("a note of several lines below", CLEAN + note, repairs=below)
    both = "Report\n\n" + CLEAN + "\nTotal,,,283119.54\nSource: CRM\n"
    yield Polluted("lines above and below", both, repairs=above | below)


def _headers() -> Iterator[Polluted]:
    numbered = [f"column_{k}" for k in range(1, 10)]
    body = "".join(_LINES[1:])
    yield Polluted("no header", body, names=numbered, repairs=frozenset({"header"}))
    again = frozenset({"repeated_header"})
    yield Polluted("header twice", _LINES[0] + CLEAN, rows=[NAMES, *ROWS], repairs=again)
    middle = "".join(_LINES[:40]) + "".join([_LINES[0], *_LINES[40:]])
    yield Polluted("header again in the middle", middle, rows=[*ROWS[:39], NAMES, *ROWS[39:]], repairs=again)
    units = ["", "", "", "EUR", "per year", "yyyy-mm-dd", "", "", "0 or 1"]
    second = written([NAMES, units, *ROWS])
    yield Polluted("a row of units", second, rows=[units, *ROWS], repairs=frozenset({"second_header"}))
    cell = '"' + ",".join(NAMES) + '"\n' + body
    yield Polluted("a header that is one cell", cell, repairs=frozenset({"header_cell"}))
    short = written([NAMES[1:], *ROWS])
    yield Polluted("a header without row names", short, names=["row_name", *NAMES[1:]], repairs=frozenset({"row_names"}))
    double = written([["id", "id", "", *NAMES[3:]], *ROWS])
    named = frozenset({"header_names"})
    yield Polluted("names that are blank or the same", double, names=["id", "id_2", "column_3", *NAMES[3:]], repairs=named)
    dropped = frozenset({"blank_columns"})
    yield Polluted("blank columns at the end", CLEAN.replace("\n", ",,\n"), repairs=dropped)
    yield Polluted("a delimiter at the end of each row", _LINES[0] + body.replace("\n", ",\n"), repairs=dropped)


def _lines() -> Iterator[Polluted]:
    ragged, quote = frozenset({"ragged"}), frozenset({"quote"})
    yield Polluted("one row only", "".join(_LINES[:2]), rows=[ROWS[0]])
    cut = _with_line(31, lambda line: line.rsplit(",", 1)[0] + "\n")
    yield Polluted("a row without its last cell", cut, rows=_row(30, [*ROWS[30][:8], None]), repairs=ragged)
    glued = _with_line(31, lambda line: line.replace(",", "", 1))
    first = ROWS[30][0] + ROWS[30][1]
    yield Polluted("a row with a missing separator", glued, rows=_row(30, [first, *ROWS[30][2:], None]), repairs=ragged)
    more = _with_line(31, lambda line: line.replace("\n", ",more\n"))
    wider = [*NAMES, "column_10"]
    yield Polluted("a row with an extra cell", more, names=wider, rows=_row(30, [*ROWS[30], "more"], 10), repairs=ragged)
    split = _with_line(31, lambda line: line.replace(",", ",,", 1))
    moved = [ROWS[30][0], "", *ROWS[30][1:]]
    yield Polluted("a row with an extra separator", split, names=wider, rows=_row(30, moved, 10), repairs=ragged)
    blank = _with_line(31, lambda line: line.replace("\n", ",\n"))
    yield Polluted("a row with a blank extra cell", blank, repairs=ragged)
    opened = [ROWS[28][0], '"' + ROWS[28][1], *ROWS[28][2:]]
    yield Polluted(
        "a quote that is never closed",
        _with_line(29, lambda line: line.replace(",", ',"', 1)),
        rows=_row(28, opened),
        repairs=quote,
    )
    first = ['"' + ROWS[28][0], *ROWS[28][1:]]
    yield Polluted(
        "an open quote in the first cell", _with_line(29, lambda line: '"' + line), rows=_row(28, first), repairs=quote
    )
    last = [*ROWS[28][:8], '"' + ROWS[28][8]]
    text = _with_line(29, lambda line: line[:-2] + '"' + line[-2:])
    yield Polluted("an open quote in the last cell", text, rows=_row(28, last), repairs=quote)
    inner = [*ROWS[29][:7], 'paid "late, twice', ROWS[29][8]]
    text = _with_line(30, lambda line: line.replace("paid late", 'paid "late'))
    yield Polluted("an unescaped quote in a quoted cell", text, rows=_row(29, inner), repairs=quote)
    pair = _with_line(29, lambda line: line[:-2] + '"' + line[-2:]).splitlines(keepends=True)
    pair[60] = pair[60][:-2] + '"' + pair[60][-2:]
    rows = _row(28, last)
    rows[59] = [*ROWS[59][:8], '"' + ROWS[59][8]]
    yield Polluted("two open quotes", "".join(pair), rows=rows, repairs=quote)
    other = _with_line(31, lambda line: line.replace(",", ";"))
    whole = _LINES[31].rstrip().replace(",", ";")
    yield Polluted("a row with another delimiter", other, rows=_row(30, [whole, *[None] * 8]), repairs=ragged)
    gaps = "".join(line + "\n" * (k in {20, 50}) for k, line in enumerate(_LINES))
    yield Polluted("empty lines in the middle", gaps, repairs=frozenset({"blank_lines"}))
    holes = "".join(line + ",,,,,,,,\n" * (k == 20) for k, line in enumerate(_LINES))
    rows = [*ROWS[:20], [""] * 9, *ROWS[20:]]
    yield Polluted("a row of blank cells in the middle", holes, rows=rows, repairs=frozenset({"blank_rows"}))
    second = CLEAN + "\nregion,loans,rate\n" + "".join(f"r{k},{k},0.{k}\n" for k in range(12))
    yield Polluted("a second table below", second, refused="several_tables")
    names = ",".join(f"other_{k}" for k in range(9)) + "\n"
    below = CLEAN + "\n" + names + "".join(_LINES[1:20])
    rows = [*ROWS, names.strip().split(","), *ROWS[:19]]
    yield Polluted("a second table of the same width", below, rows=rows, repairs=frozenset({"second_header", "blank_lines"}))
