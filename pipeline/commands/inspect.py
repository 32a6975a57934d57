"""python -m pipeline inspect FILE: what was detected in a file, and what its columns hold."""

import argparse
from pathlib import Path
from typing import Any

from pipeline.commands.parsing import open_table, print_json
from pipeline.reading import TableFile
from pipeline.suggestions import why_left_out

NAME = "inspect"
HELP = "show how a file is read and what its columns hold"


def add(parser: argparse.ArgumentParser) -> None:
    parser.description = "Shows the delimiter, encoding and columns of a delimited text file."
    parser.add_argument("file", type=Path, metavar="FILE", help="delimited text")
    parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else")


def run(arguments: argparse.Namespace) -> None:
    table = open_table(arguments.file)
    if arguments.json:
        print_json(_as_json(table))
    else:
        print(_as_text(table))


def _as_json(table: TableFile) -> dict[str, Any]:
    recipe = table.recipe
    return {
        "format": "delimited text",
        "encoding": recipe.encoding,
        "delimiter": recipe.delimiter,
        "quote": recipe.quote,
        "header_row": recipe.header,
        "skipped_lines": recipe.skipped_lines,
        "n_rows": table.n_rows,
        "n_bytes": table.n_bytes,
        "sha256": table.sha256,
        "columns": [
            {
                "name": column.name,
                "type": column.kind,
                "missing": column.n_missing,
                "distinct": column.n_distinct,
                "minimum": column.minimum,
                "maximum": column.maximum,
                "issues": list(filter(None, [why_left_out(column)])),
            }
            for column in table.columns
        ],
        "repairs": list(table.notices),
    }


def _as_text(table: TableFile) -> str:
    recipe = table.recipe
    width = max(len(column.name) for column in table.columns)
    lines = [
        f"{table.n_rows:,} rows, {len(table.columns):,} columns; {recipe.encoding}, separated by {recipe.delimiter!r}",
        *(f"Note: {notice}" for notice in table.notices),
        f"{'':{width}}  {'type':8}  {'missing':>9}  {'distinct':>9}",
    ]
    for column in table.columns:
        distinct = "many" if column.n_distinct is None else f"{column.n_distinct:,}"
        issue = why_left_out(column)
        row = f"{column.name:{width}}  {column.kind:8}  {column.n_missing:9,}  {distinct:>9}"
        lines.append(f"{row}  {issue}" if issue else row)
    return "\n".join(lines)
