"""python -m pipeline read FILE --out TABLE: writes a table as it was read."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.commands.opening import open_table
from pipeline.commands.parsing import WrongUse
from pipeline.commands.recipe_options import add_recipe_options
from pipeline.commands.writing import apart, in_place_of
from pipeline.csv_text import csv_header, csv_rows
from pipeline.reading import TableFile

NAME = "read"
HELP = "write a file's table as it was read, as CSV or Parquet"


def add(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Writes the table of a file: numbers in their shortest form with a decimal point, dates as 2025-11-30, missing values as "
        "empty cells; what was repaired is told. Nothing is written where the file cannot be read."
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="delimited text (also in gzip or zip), Parquet or XLSX")
    parser.add_argument("--out", type=Path, required=True, metavar="TABLE", help="a name that ends in .csv or .parquet")
    parser.add_argument("--as-text", action="store_true", help="cells as the file has them, none of them read as a value")
    add_recipe_options(parser)


def run(arguments: argparse.Namespace) -> None:
    out: Path = arguments.out
    if out.suffix not in _WRITERS:
        raise WrongUse(f"'{out.name}' ends neither in .csv nor in .parquet; name the file to write accordingly.")
    apart(out, arguments.file)
    table = open_table(arguments.file, arguments)
    batches = table.text_batches() if arguments.as_text else table.chunks()
    with in_place_of(out) as path, _WRITERS[out.suffix](path, _schema(table, arguments.as_text)) as writer:
        for batch in batches:
            writer.write(batch)
    for notice in table.notices:
        print(f"Note: {notice}", file=sys.stderr)
    print(f"Wrote {table.n_rows:,} rows and {len(table.columns):,} columns to {out}.", file=sys.stderr)


def _schema(table: TableFile, as_text: bool) -> pa.Schema:
    return pa.schema([(name, pa.string()) for name in table.schema.names]) if as_text else table.schema


class _Writer(Protocol):
    def __enter__(self) -> "_Writer": ...

    def __exit__(self, *end: object) -> None: ...

    def write(self, batch: pa.RecordBatch) -> None: ...


class _Csv:
    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self._file = path.open("wb")
        self._file.write(csv_header(schema.names))

    def __enter__(self) -> "_Csv":
        return self

    def __exit__(self, *end: object) -> None:
        self._file.close()

    def write(self, batch: pa.RecordBatch) -> None:
        self._file.write(csv_rows(batch))


class _Parquet:
    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self._writer = pq.ParquetWriter(path, schema, compression="zstd")

    def __enter__(self) -> "_Parquet":
        return self

    def __exit__(self, *end: object) -> None:
        self._writer.close()

    def write(self, batch: pa.RecordBatch) -> None:
        self._writer.write_batch(batch)


_WRITERS: dict[str, Callable[[Path, pa.Schema], _Writer]] = {".csv": _Csv, ".parquet": _Parquet}
