"""python -m pipeline inspect FILE: what was detected in a file, what its columns hold and what they are likely to be for."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.commands.opening import open_table
from pipeline.commands.parsing import print_json
from pipeline.commands.recipe_options import add_recipe_options
from pipeline.commands.texts import aligned, counted
from pipeline.errors import ReadingError
from pipeline.profiling import profile
from pipeline.profiling.results import Profile
from pipeline.reading import TableFile
from pipeline.results import ColumnSummary
from pipeline.roles import likely_target, suggest_roles

NAME = "inspect"
HELP = "show how a file is read and what its columns hold"

_FORMATS = {"text": "delimited text", "parquet": "parquet", "xlsx": "xlsx"}
_OF_TEXT = ("encoding", "delimiter", "quote", "escape")
_OF_CELLS = ("decimal", "thousands")


def add(parser: argparse.ArgumentParser) -> None:
    parser.description = "Shows how a file was read, what was repaired, and the type and likely role of each column."
    parser.add_argument("file", type=Path, metavar="FILE", help="delimited text (also in gzip or zip), Parquet or XLSX")
    parser.add_argument("--target", metavar="COLUMN", help="the outcome; the likely one if not given")
    parser.add_argument("--bad", metavar="LABEL", help="the label of the outcome that counts as bad")
    parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
    add_recipe_options(parser)


def run(arguments: argparse.Namespace) -> int:
    try:
        table = open_table(arguments.file, arguments)
    except ReadingError as error:
        if not arguments.json:
            raise
        print_json(refused_json(error))
        return 2
    seen = _profile(table, arguments.target, arguments.bad)
    roles = suggest_roles(table.columns, seen, arguments.target)
    found = [Found(column, *roles[column.name], _issues(column, roles[column.name], seen, table)) for column in table.columns]
    if arguments.json:
        print_json(_as_json(table, found))
    else:
        print(_as_text(table, found))
    return 0


@dataclass(frozen=True)
class Found:
    """A column, what it is likely to be for and why, and what should be looked at: a statement and the rest of it."""

    column: ColumnSummary
    role: str
    reason: str
    issues: tuple[tuple[str, str], ...]


def _profile(table: TableFile, target: str | None, bad_label: str | None) -> Profile:
    """Of all rows, against the outcome that was named or is likely: duplicates and leaks show in no summary."""
    target = target or likely_target(table.columns)
    return profile(table.chunks(), table.columns, target=target, bad_label=bad_label)


def _as_json(table: TableFile, found: Sequence[Found]) -> dict[str, Any]:
    recipe = table.recipe
    is_text, has_cells = recipe.container == "text", recipe.container != "parquet"
    return {
        "format": _FORMATS[recipe.container],
        "compression": recipe.compression or None,
        **{name: getattr(recipe, name) if is_text else None for name in _OF_TEXT},
        **{name: getattr(recipe, name) if has_cells else None for name in _OF_CELLS},
        "header_row": recipe.skipped_lines + 1 if has_cells and recipe.header else None,
        "skipped_lines": recipe.skipped_lines,
        "footer_lines": recipe.footer_lines,
        "n_rows": table.n_rows,
        "n_bytes": table.n_bytes,
        "sha256": table.sha256,
        "columns": [_column_json(entry) for entry in found],
        "repairs": [
            {
                "kind": repair.kind,
                "title": repair.title,
                "detail": repair.detail,
                "column": repair.column,
                "lines": list(repair.lines),
                "n_lines": repair.n_lines,
            }
            for repair in table.repairs
        ],
        "recipe": recipe.to_json(),
        "refused": None,
    }


def refused_json(error: ReadingError) -> dict[str, Any]:
    """The same object for a file that cannot be read."""
    nothing = ("format", "compression", *_OF_TEXT, *_OF_CELLS, "header_row", "skipped_lines", "footer_lines")
    return {
        **dict.fromkeys((*nothing, "n_rows", "n_bytes", "sha256")),
        "columns": [],
        "repairs": [],
        "recipe": None,
        "refused": {"kind": error.kind, "message": error.message, "fix": error.fix},
    }


def _column_json(found: Found) -> dict[str, Any]:
    column = found.column
    return {
        "name": column.name,
        "type": column.kind,
        "role": found.role,
        "reason": found.reason,
        "missing": column.n_missing,
        "distinct": column.n_distinct,
        "minimum": column.minimum,
        "maximum": column.maximum,
        "nearly": column.nearly,
        "n_unread": column.n_unread,
        "issues": [f"{title}. {detail}" if detail else f"{title}." for title, detail in found.issues],
    }


def _issues(column: ColumnSummary, role: tuple[str, str], seen: Profile, table: TableFile) -> tuple[tuple[str, str], ...]:
    found = [(role[1].rstrip("."), "")] if role[0] in {"excluded", "identifier"} else []
    if column.n_unread:
        found.append((f"{column.n_unread:,} values are no {column.kind} and count as missing ({_some(column.unread)})", ""))
    if column.nearly is not None and column.kind != "text":
        found.append((f"It would be a {column.nearly} but for {column.n_against:,} values ({_some(column.against)})", ""))
    alerts = (alert for alert in seen.alerts if alert.column == column.name and alert.detail != role[1])
    found += [(alert.title.rstrip("."), alert.detail) for alert in alerts]
    return (*found, *((repair.sentence.rstrip("."), "") for repair in table.repairs if repair.column == column.name))


def _some(cells: Sequence[str]) -> str:
    return ", ".join(f"'{cell}'" for cell in cells[:3])


def _as_text(table: TableFile, found: Sequence[Found]) -> str:
    rows = [("", "type", "role", "missing", "distinct")]
    for entry in found:
        column = entry.column
        rows.append((column.name, column.kind, entry.role, f"{column.n_missing:,}", counted(column.n_distinct)))
    first, *lines = aligned(rows).splitlines()
    width = max(map(len, [first, *lines]))
    told = [f"{line:{width}}  {_told(entry, table)}".rstrip() for line, entry in zip(lines, found, strict=True)]
    notes = [f"Note: {notice}" for notice in table.notices]
    return "\n".join([f"{table.n_rows:,} rows, {len(table.columns):,} columns; {_how(table)}", *notes, first, *told])


def _told(found: Found, table: TableFile) -> str:
    """The reason of the role first, and issues that are not in the notes above already."""
    noted = {sentence.rstrip(".") for sentence in (found.reason, *table.notices)}
    return " ".join(filter(None, [found.reason, *(f"{title}." for title, _ in found.issues if title not in noted)]))


def _how(table: TableFile) -> str:
    recipe = table.recipe
    wrapped = f" in {recipe.compression}" if recipe.compression else ""
    if recipe.container != "text":
        return f"{_FORMATS[recipe.container]}{wrapped}"
    header = f"header in line {recipe.skipped_lines + 1}" if recipe.header else "no header"
    decimal = "" if recipe.decimal == "." else f", decimal mark {recipe.decimal!r}"
    return f"{recipe.encoding}{wrapped}, separated by {recipe.delimiter!r}, {header}{decimal}"
