"""python -m pipeline inspect FILE: what was detected in a file, what its columns hold and what they are likely to be for."""

import argparse
from pathlib import Path
from typing import Any

from pipeline.commands.opening import open_table
from pipeline.commands.parsing import print_json
from pipeline.commands.recipe_options import add_recipe_options
from pipeline.commands.texts import aligned, counted
from pipeline.errors import ReadingError
from pipeline.reading import TableFile
from pipeline.results import ColumnSummary
from pipeline.roles import likely_target, suggest_roles
from pipeline.suggestions import default_bad_label, suggest_codes

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
    roles = _roles(table, arguments.target, arguments.bad)
    if arguments.json:
        print_json(_as_json(table, roles))
    else:
        print(_as_text(table, roles))
    return 0


def _roles(table: TableFile, target: str | None, bad_label: str | None) -> dict[str, tuple[str, str]]:
    """Suggested as the intake page does: from the summaries, and from the profile against the outcome where there can be one."""
    from pipeline.profiling import profile

    column = next((column for column in table.columns if column.name == (target or likely_target(table.columns))), None)
    if column is None or column.n_distinct != 2:
        bad_label = bad_label if target is not None else None
    else:
        bad_label = bad_label or default_bad_label(dict(column.levels))
    outcome = target or (column.name if column is not None else None)
    seen = profile(table.chunks(), table.columns, target=outcome, bad_label=bad_label)
    return suggest_roles(table.columns, seen, target)


def _as_json(table: TableFile, roles: dict[str, tuple[str, str]]) -> dict[str, Any]:
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
        "columns": [_column_json(column, *roles[column.name], table) for column in table.columns],
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


def _column_json(column: ColumnSummary, role: str, reason: str, table: TableFile) -> dict[str, Any]:
    return {
        "name": column.name,
        "type": column.kind,
        "role": role,
        "reason": reason,
        "missing": column.n_missing,
        "distinct": column.n_distinct,
        "minimum": column.minimum,
        "maximum": column.maximum,
        "nearly": column.nearly,
        "n_unread": column.n_unread,
        "issues": _issues(column, role, reason, table),
    }


def _issues(column: ColumnSummary, role: str, reason: str, table: TableFile) -> list[str]:
    """What should be looked at, in sentences."""
    found = [reason] if role in {"excluded", "identifier"} else []
    if column.n_unread:
        shown = ", ".join(f"'{cell}'" for cell in column.unread[:3])
        found.append(f"{column.n_unread:,} values are no {column.kind} and count as missing ({shown}).")
    if column.nearly is not None and column.kind != "text":
        shown = ", ".join(f"'{cell}'" for cell in column.against[:3])
        found.append(f"It would be a {column.nearly} but for {column.n_against:,} values ({shown}).")
    codes = suggest_codes(column)
    if codes:
        found.append(f"{', '.join(codes)} may be special codes and no amounts.")
    return found + [repair.sentence for repair in table.repairs if repair.column == column.name]


def _as_text(table: TableFile, roles: dict[str, tuple[str, str]]) -> str:
    rows = [("", "type", "role", "missing", "distinct")]
    rows += [
        (column.name, column.kind, roles[column.name][0], f"{column.n_missing:,}", counted(column.n_distinct))
        for column in table.columns
    ]
    first, *lines = aligned(rows).splitlines()
    width = max(map(len, [first, *lines]))
    told = [
        f"{line:{width}}  {' '.join(_told(column, *roles[column.name], table))}".rstrip()
        for line, column in zip(lines, table.columns, strict=True)
    ]
    notes = [f"Note: {notice}" for notice in table.notices]
    return "\n".join([f"{table.n_rows:,} rows, {len(table.columns):,} columns; {_how(table)}", *notes, first, *told])


def _told(column: ColumnSummary, role: str, reason: str, table: TableFile) -> list[str]:
    """The reason of the role first, and issues that are not in the notes above already."""
    noted = {repair.sentence for repair in table.repairs}
    issues = [issue for issue in _issues(column, role, reason, table) if issue not in {reason, *noted}]
    return [*([reason] if reason else []), *issues]


def _how(table: TableFile) -> str:
    recipe = table.recipe
    wrapped = f" in {recipe.compression}" if recipe.compression else ""
    if recipe.container != "text":
        return f"{_FORMATS[recipe.container]}{wrapped}"
    header = f"header in line {recipe.skipped_lines + 1}" if recipe.header else "no header"
    decimal = "" if recipe.decimal == "." else f", decimal mark {recipe.decimal!r}"
    return f"{recipe.encoding}{wrapped}, separated by {recipe.delimiter!r}, {header}{decimal}"
