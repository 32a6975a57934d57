"""python -m pipeline profile FILE: what the columns hold, alone and against an outcome; or how they differ from another table."""

import argparse
from dataclasses import replace
from pathlib import Path

from pipeline.commands.opening import open_table
from pipeline.commands.parsing import WrongUse, add_special_codes, codes_of, print_json
from pipeline.commands.profile_text import comparison_text, profile_text
from pipeline.commands.recipe_options import add_recipe_options
from pipeline.errors import quoted
from pipeline.profiling import compare, profile
from pipeline.reading import TableFile
from pipeline.results import ColumnSummary
from pipeline.special_codes import SpecialCodes

NAME = "profile"
HELP = "show what the columns of a file hold, alone and against an outcome"


def add(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Counts every row: missing, distinct and quantiles of each column, and against an outcome its bad rates, information "
        "value and AUC."
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="delimited text (also in gzip or zip), Parquet or XLSX")
    parser.add_argument("--target", metavar="COLUMN", help="the outcome")
    parser.add_argument("--bad", metavar="LABEL", help="the label of the outcome that counts as bad")
    parser.add_argument("--against", type=Path, metavar="REFERENCE", help="how FILE differs from this file, column by column")
    parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
    add_special_codes(parser)
    add_recipe_options(parser)


def _columns(table: TableFile, codes: SpecialCodes) -> tuple[ColumnSummary, ...]:
    """The columns with their special codes. Raises WrongUse for a column that there is not."""
    by_name = dict(codes)
    absent = by_name.keys() - {column.name for column in table.columns}
    if absent:
        raise WrongUse(f"There is no column {quoted(sorted(absent))} in the data; check the names of --special-code.")
    return tuple(replace(column, codes=by_name.get(column.name, column.codes)) for column in table.columns)


def run(arguments: argparse.Namespace) -> None:
    codes = codes_of(arguments)
    table = open_table(arguments.file, arguments)
    columns = _columns(table, codes)
    if arguments.against is None:
        found = profile(table.chunks(), columns, target=arguments.target, bad_label=arguments.bad)
        if arguments.json:
            print_json(found.to_json())
        else:
            print(profile_text(found))
        return
    reference = open_table(arguments.against, arguments)
    shifts = compare(
        reference.chunks(),
        table.chunks(),
        _columns(reference, codes),
        columns,
        names=(arguments.against.name, arguments.file.name),
        target=arguments.target,
        bad_label=arguments.bad,
    )
    if arguments.json:
        print_json(shifts.to_json())
    else:
        print(comparison_text(shifts))
