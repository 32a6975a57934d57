"""All rows of a delimited text looked at once, so that each column has its type, and kept to be given out with those types."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import pyarrow as pa

from pipeline.errors import ReadingError
from pipeline.reading.column import Column
from pipeline.reading.conversion import Texts, as_dates, as_numbers
from pipeline.reading.deciding import Preferences, preferences
from pipeline.reading.evidence import weigh
from pipeline.reading.findings import Repair
from pipeline.reading.header import Header
from pipeline.reading.levels import as_category, as_texts
from pipeline.reading.parsing import parsed, unclosed_quote
from pipeline.reading.pieces import Pieces
from pipeline.reading.recipe import Recipe
from pipeline.reading.source import Source
from pipeline.reading.typing_pass import ColumnReader
from pipeline.results import ColumnSummary, Progress, Report, no_report
from pipeline.tallies import distinct_limit

PART_ROWS = 65_536
_PART_BYTES = 16 << 20  # of cells as texts


@dataclass(frozen=True)
class TextRows:
    """The rows of a text whose columns' types are known."""

    columns: tuple[ColumnSummary, ...]
    repairs: tuple[Repair, ...]
    _names: tuple[str, ...]
    _parts: tuple[Column, ...]
    _sizes: tuple[int, ...]

    @property
    def schema(self) -> pa.Schema:
        return pa.schema([(name, column.type) for name, column in zip(self._names, self._parts, strict=True)])

    def batches(self) -> Iterator[pa.RecordBatch]:
        schema = self.schema
        for k in range(len(self._sizes)):
            yield pa.RecordBatch.from_arrays([column.part(k) for column in self._parts], schema=schema)

    def resolved(self, recipe: Recipe) -> Recipe:
        """The recipe with the marks and the order of dates that most columns have."""
        marks = [column.marks for column in self._parts if column.marks is not None]
        return replace(
            recipe,
            decimal=_commonest([entry.decimal for entry in marks], recipe.decimal),
            thousands=_commonest([entry.thousands for entry in marks if entry.thousands], recipe.thousands),
            dates=_commonest([column.order for column in self._parts if column.order in {"dmy", "mdy"}], recipe.dates),
        )


def _commonest(found: list[str], otherwise: str) -> str:
    return Counter(found).most_common(1)[0][0] if found else otherwise


def look_at_all(
    source: Source, header: Header, recipe: Recipe, filename: str, delimiter: str, report: Report = no_report
) -> TextRows:
    """Type and summary of each column, decided on all rows.

    Columns that begin with plain numbers or dates, and then have other cells, are read once more. `delimiter` is that of the
    file as it was received, where this is a tidy copy of it.
    """
    limit = distinct_limit(len(header.names))
    file = Pieces(filename)
    readers = {name: ColumnReader(name, recipe, limit, file) for name in header.names}
    sizes, last_row = _fill(list(readers.values()), source, header, recipe, filename, report=report)
    odd_quotes = bool(recipe.quote) and source.count(recipe.quote) % 2 == 1
    if odd_quotes and any("\n" in str(cells[0]) or "\r" in str(cells[0]) for cells in last_row.columns):
        raise unclosed_quote(filename)
    again = [reader.once_more() for reader in readers.values() if reader.incomplete]
    if again:
        _fill(again, source, header, recipe, filename, sizes, report=report)
        readers |= {reader.name: reader for reader in again}
    columns = _decided(list(readers.values()), recipe, limit, delimiter)
    repairs = [repair for column in columns for repair in column.repairs]
    if odd_quotes:
        told = f"The file holds an odd number of {recipe.quote}: one is not closed"
        repairs.append(Repair("quote", told, "Check the texts around it."))
    summaries = tuple(column.summary for column in columns)
    return TextRows(summaries, tuple(repairs), header.names, tuple(columns), tuple(sizes))


def _decided(readers: Sequence[ColumnReader], recipe: Recipe, limit: int, delimiter: str) -> list[Column]:
    """The columns; those of texts in the light of all the others."""
    typed = {reader.name: reader.finished() for reader in readers}
    texts: dict[str, Texts] = {}
    for reader in readers:
        if typed[reader.name] is None:
            text, kind = reader.text, reader.chosen
            evidence = weigh(text.texts(), text.n_present, kind)
            texts[reader.name] = Texts(reader.name, kind, text, evidence, recipe, limit)
    proven = [column.marks for column in typed.values() if column is not None]
    wanted = preferences(recipe, proven, [entry.evidence for entry in texts.values()], delimiter)
    return [typed[reader.name] or _converted(texts[reader.name], wanted) for reader in readers]


def _converted(texts: Texts, wanted: Preferences) -> Column:
    """As the kind that was chosen; else as the first that all its cells are."""
    kind = texts.chosen
    if kind == "number" or (not kind and texts.evidence.marks()):
        return as_numbers(texts, wanted)
    if kind == "date" or (not kind and texts.evidence.styles()):
        return as_dates(texts, wanted)
    if kind == "category" or (not kind and texts.text.tally.kind == "category"):
        return as_category(texts, wanted)
    return as_texts(texts, wanted)


def _fill(
    readers: list[ColumnReader],
    source: Source,
    header: Header,
    recipe: Recipe,
    filename: str,
    sizes: Sequence[int] = (),
    report: Report = no_report,
) -> tuple[list[int], pa.RecordBatch]:
    """Gives each reader its cells; the sizes of the parts, and the last row. Raises ReadingError where there is no row."""
    last: pa.RecordBatch | None = None
    taken: list[int] = []
    read, in_all = 0, max(source.utf8.stat().st_size, 1)
    batches = parsed(source, header, recipe, {reader.name: pa.string() for reader in readers}, filename)
    for part in _parts(batches, sizes):
        last = part[-1:]
        taken.append(len(part))
        read += part.nbytes  # about what the cells take in the file
        report(Progress(min(read, in_all), in_all, f"Reading rows: {sum(taken):,} so far"))
        for reader, cells in zip(readers, part.columns, strict=True):
            reader.add(cells)
    if last is None:
        raise ReadingError("header_only", f"'{filename}' holds a header and no rows.", fix="Export the table with its rows.")
    return taken, last


def _parts(batches: Iterator[pa.RecordBatch], sizes: Sequence[int]) -> Iterator[pa.RecordBatch]:
    """The rows in parts of the sizes given; else of 65,536 rows, or fewer where these would take much memory."""
    held: list[pa.RecordBatch] = []
    n_held = n_bytes = n_given = 0
    for batch in batches:
        held.append(batch)
        n_held += len(batch)
        n_bytes += batch.nbytes
        while True:
            wanted = sizes[n_given] if n_given < len(sizes) else n_held if n_bytes > _PART_BYTES and not sizes else PART_ROWS
            wanted = min(wanted, PART_ROWS)
            if not 0 < wanted <= n_held:
                break
            part, held = _split(held, wanted)
            n_held -= wanted
            n_bytes = sum(entry.nbytes for entry in held)
            n_given += 1
            yield part
    if n_held:
        yield _split(held, n_held)[0]


def _split(held: list[pa.RecordBatch], n: int) -> tuple[pa.RecordBatch, list[pa.RecordBatch]]:
    """The first n rows, which end in the last batch, as one batch, and the rest."""
    before = sum(map(len, held[:-1]))
    last = held[-1]
    first = pa.Table.from_batches([*held[:-1], last[: n - before]]).combine_chunks().to_batches()[0]
    return first, [last[n - before :]] if before + len(last) > n else []
