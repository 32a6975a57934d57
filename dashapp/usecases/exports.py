"""A data set as a file to take away: CSV that no spreadsheet runs as a program, and Parquet with the exact types."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from dashapp.usecases.csv_files import STARTS_A_FORMULA
from dashapp.usecases.desk import Desk
from dashapp.usecases.rows import chunks
from db import audit, datasets
from db.engine import Database
from db.tables import Dataset

if TYPE_CHECKING:
    import pyarrow as pa

# A spreadsheet runs a cell that begins with one of these, unless it is a plain number.
_PLAIN_NUMBER = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$"
_NEEDS_QUOTES = re.compile(r'[",\r\n]')


@dataclass(frozen=True)
class CsvExport:
    """A data set as CSV in UTF-8. A single quote stands before each of the `n_defused` names and cells that are no formula."""

    name: str
    n_defused: int
    pieces: Iterator[bytes]


def csv(desk: Desk, dataset_id: str) -> CsvExport:
    """Quoted as RFC 4180 says; missing is an empty cell. Raises NotFound."""
    dataset = _taken(desk, dataset_id, "csv")
    header, n_defused = header_of([column["name"] for column in dataset.columns])
    n_defused += defused_cells(desk.db, dataset)
    return CsvExport(dataset.name, n_defused, pieces(header, chunks(desk.db, dataset)))


def defused_cells(db: Database, dataset: Dataset) -> int:
    """How many texts of a data set a spreadsheet would run."""
    texts = [column["name"] for column in dataset.columns if column.get("kind") not in {"number", "date"}]
    return sum(n_formulas(batch) for batch in chunks(db, dataset, texts)) if texts else 0


def parquet(desk: Desk, dataset_id: str, path: Path) -> str:
    """Writes the file and gives the data set's name. Raises NotFound."""
    import pyarrow.parquet as pq

    dataset = _taken(desk, dataset_id, "parquet")
    writer = None
    try:
        for batch in chunks(desk.db, dataset):
            writer = writer or pq.ParquetWriter(path, batch.schema, compression="zstd")
            writer.write_batch(batch)
    finally:
        if writer is not None:
            writer.close()
    return dataset.name


def _taken(desk: Desk, dataset_id: str, form: str) -> Dataset:
    with desk.db.write() as session:
        dataset = datasets.get(session, desk.user.id, dataset_id)
        audit.record(session, user_id=desk.user.id, action="downloaded", object_kind="dataset", object_id=dataset.id, form=form)
    return dataset


def header_of(names: Sequence[str]) -> tuple[bytes, int]:
    """The first line of a CSV file, and before how many of the names a quote stands."""
    formulas = [bool(re.match(STARTS_A_FORMULA, name) and not re.match(_PLAIN_NUMBER, name)) for name in names]
    cells = [f"'{name}" if formula else name for name, formula in zip(names, formulas, strict=True)]
    quoted = ['"' + cell.replace('"', '""') + '"' if _NEEDS_QUOTES.search(cell) else cell for cell in cells]
    return (",".join(quoted) + "\r\n").encode(), sum(formulas)


def pieces(header: bytes, batches: "Iterable[pa.RecordBatch]") -> Iterator[bytes]:
    """The lines of a CSV file, some thousand at a time; texts that a spreadsheet would run are defused."""
    import pyarrow as pa
    import pyarrow.csv as pacsv

    yield header
    options = pacsv.WriteOptions(include_header=False, quoting_style="needed")
    for batch in batches:
        columns = [_defused(values) for values in batch.columns]
        sink = pa.BufferOutputStream()
        pacsv.write_csv(pa.RecordBatch.from_arrays(columns, names=batch.schema.names), sink, options)
        yield sink.getvalue().to_pybytes()


def _defused(values: "pa.Array") -> "pa.Array":
    """Texts with a quote before what a spreadsheet would run; other values as they are."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_dictionary(values.type):
        return _defused(values.dictionary).take(values.indices)
    if not pa.types.is_string(values.type):
        return values
    return pc.if_else(_is_formula(values), pc.binary_join_element_wise("'", values, ""), values)


def _is_formula(values: "pa.Array") -> "pa.Array":
    import pyarrow.compute as pc

    return pc.and_not(pc.match_substring_regex(values, STARTS_A_FORMULA), pc.match_substring_regex(values, _PLAIN_NUMBER))


def n_formulas(batch: "pa.RecordBatch") -> int:
    """How many texts of some rows a spreadsheet would run."""
    import pyarrow as pa
    import pyarrow.compute as pc

    found = 0
    for values in batch.columns:
        if pa.types.is_dictionary(values.type):
            found += pc.sum(_is_formula(values.dictionary).take(values.indices)).as_py() or 0
        elif pa.types.is_string(values.type):
            found += pc.sum(_is_formula(values)).as_py() or 0
    return found
