"""What the columns of a table are called, and how wide it is."""

import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from pipeline.errors import ReadingError, quoted
from pipeline.reading.findings import Repair
from pipeline.reading.layout import column_kinds, is_header_again, modal_width
from pipeline.reading.recipe import Limits, Recipe
from pipeline.reading.records import Dialect, Feed, Record, cut, lines_of, next_record

_ROWS_LOOKED_AT = 1_000


@dataclass(frozen=True)
class Header:
    """The names of the columns, the bytes of UTF-8 and the lines before the first row, and what had to be repaired.

    `width` is how many cells a row has; fewer names where the last columns are blank. `rows` are the first ones.
    """

    names: tuple[str, ...]
    n_bytes: int
    n_lines: int
    width: int = 0
    cells: tuple[str, ...] = ()  # of the header as it stands; none without a header
    rows: tuple[Record, ...] = ()
    repairs: tuple[Repair, ...] = ()

    @property
    def plain(self) -> bool:
        """Whether the first rows need no repair."""
        fits = all(row.sound and len(row.cells) == self.width and not row.blank for row in self.rows if not row.empty)
        if not fits or self.width != len(self.names):
            return False
        return not self.rows or self.rows[0].empty or not is_header_again(self.rows[0].cells, self.kinds())

    def kinds(self) -> tuple[str, ...]:
        """What nearly all cells of each column are, but for the first row, which may hold units."""
        return column_kinds(self.rows[1:200] or self.rows, self.width)


def read_header(sample: str, recipe: Recipe, limits: Limits, filename: str) -> Header:
    """The header of a file whose first lines are `sample`. Raises ReadingError where it has too many columns."""
    dialect = recipe.dialect
    lines = lines_of(sample)
    feed = Feed([lines[recipe.skipped_lines :]], recipe.skipped_lines + 1)
    while (first := next_record(feed, dialect, 0)) is not None and first.empty:
        pass
    if first is None:
        raise ReadingError("empty", f"'{filename}' holds no rows.", fix="Skip fewer lines, or export the table again.")
    n_lines = first.line + first.n_lines - 1 if recipe.header else first.line - 1
    rows = tuple(islice(cut(lines[n_lines:], dialect, number=n_lines + 1), _ROWS_LOOKED_AT))
    names, width, repairs = _fitted(first.cells, [row for row in rows if not row.blank], dialect, recipe)
    if width > limits.columns:
        raise ReadingError(
            "too_many_columns",
            f"'{filename}' has {width:,} columns; at most {limits.columns:,} can be read.",
            fix="Export fewer columns.",
        )
    if recipe.header:
        final, notices = named(names, limits)
        repairs += [Repair("header_names", notice) for notice in notices]
    else:
        final = tuple(f"column_{number}" for number in range(1, len(names) + 1))
        told = "The first line was read as data, since it looks like the rows below it;"
        repairs.append(Repair("header", told, "the columns were numbered", undo={"header": True}))
    n_bytes = sum(len(line.encode()) for line in lines[:n_lines])
    above = [*_skipped(lines, recipe), *_as_a_whole(final, recipe)]
    cells = tuple(first.cells) if recipe.header else ()
    return Header(final, n_bytes, n_lines, width, cells, rows, (*above, *repairs))


def _fitted(cells: list[str], rows: list[Record], dialect: Dialect, recipe: Recipe) -> tuple[list[str], int, list[Repair]]:
    """One name for each column, how many cells a row has, and what was repaired for that."""
    repairs: list[Repair] = []
    usual = modal_width(rows) if rows else len(cells)
    if not recipe.header:
        names, width = [""] * usual, usual
    else:
        names = dialect.unwrapped(cells) if usual > 1 else cells
        if names is not cells and not recipe.wrapped:
            repairs.append(Repair("header_cell", "The header is one quoted cell", f"and was cut into {len(names)} names"))
        width = len(names)
    lasts = [next((k for k in range(len(row.cells), 0, -1) if row.cells[k - 1].strip()), 0) for row in rows]
    fits = sum(len(row.cells) == usual for row in rows)
    if width < usual and all(last <= width for last in lasts):
        names, width = names + [""] * (usual - width), usual
    elif width == usual - 1 and width > 0 and fits >= 0.9 * len(rows):
        names, width = ["row_name", *names], usual
        repairs.append(
            Repair(
                "row_names", "The header has one name fewer than the rows have cells", "so the first column was named row_name"
            )
        )
    if recipe.blank_columns == "drop" and rows:
        filled = max((last for last in lasts if last <= width), default=width)
        name = max((k for k, cell in enumerate(names, start=1) if cell.strip()), default=0)
        names = names[: max(filled, name, 1)]
    return names, width, repairs


def _skipped(lines: Sequence[str], recipe: Recipe) -> list[Repair]:
    skipped = lines[: recipe.skipped_lines]
    n = len(skipped)
    told = beginning(skipped)
    if not n:
        return []
    if not told:
        title = "1 blank line skipped" if n == 1 else f"{n} blank lines skipped"
        return [Repair("preamble", title, "above the table", lines=tuple(range(1, min(n, 20) + 1)), n_lines=n)]
    return [
        Repair(
            "preamble",
            f"{n} preamble line{'s' if n > 1 else ''} skipped",
            f'above the {"header" if recipe.header else "rows"}, starting "{told}"',
            lines=tuple(range(1, min(n, 20) + 1)),
            n_lines=n,
            undo={"skipped_lines": 0},
        )
    ]


def _as_a_whole(names: Sequence[str], recipe: Recipe) -> Iterator[Repair]:
    if recipe.wrapped:
        yield Repair("wrapped", "Each line stands in quotes as a whole,", "and was cut into its cells", undo={"wrapped": False})
    if len(names) == 1:
        told = "A model needs an outcome and at least one feature; check which character separates the columns"
        yield Repair("one_column", "The table has one column only.", told)


def beginning(lines: Sequence[str]) -> str:
    """What the first of some lines that holds something begins with."""
    text = next(filter(None, (" ".join(line.split()).strip(" ,;|^\"'") for line in lines)), "")
    return text if len(text) <= 60 else text[:59] + "…"


def named(cells: Sequence[str], limits: Limits) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Names that are visible, not too long and distinct, and what was done for that."""
    notices: list[str] = []
    # Joiners within emoji and Indic words are of the same category; nobody sees them in a table's header.
    shown = ["".join(letter for letter in cell if letter.isspace() or not _is_hidden(letter)) for cell in cells]
    hidden = sum(a.replace("\ufeff", "") != b for a, b in zip(cells, shown, strict=True))
    if hidden:
        notices.append(f"Invisible characters were removed from {hidden} column name(s).")
    names = [" ".join(cell.split()) for cell in shown]
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


def _is_hidden(letter: str) -> bool:
    return unicodedata.category(letter) in {"Cf", "Cc"}


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
