"""python -m pipeline score MODEL.json FILE: the probabilities that a stored model gives to the rows of a file."""

import argparse
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa

from pipeline.commands.opening import open_table, read_model
from pipeline.commands.parsing import WrongUse
from pipeline.commands.recipe_options import add_recipe_options
from pipeline.csv_text import csv_header, csv_rows
from pipeline.model import FittedModel
from pipeline.shown import short
from pipeline.terms import BinnedCategoryTerm, CategoryTerm

NAME = "score"
HELP = "score a file with a model that was trained before"


def add(parser: argparse.ArgumentParser) -> None:
    parser.description = "Writes the file's columns and the probability of bad (of each class, for three and more) as CSV."
    parser.add_argument("model", type=Path, metavar="MODEL.json", help="what train --out wrote")
    parser.add_argument("file", type=Path, metavar="FILE", help="delimited text, Parquet or XLSX with the model's columns")
    parser.add_argument("--out", type=Path, metavar="FILE.csv", help="where to write; standard output if not given")
    parser.add_argument(
        "--uncorrected",
        action="store_true",
        help="the probabilities as they were fitted, without the correction for class weights or resampling",
    )
    add_recipe_options(parser)


def run(arguments: argparse.Namespace) -> None:
    model = read_model(arguments.model)
    file = open_table(arguments.file, arguments)
    unseen: Counter[str] = Counter()
    corrected = not arguments.uncorrected
    scored = (_scored(model, pa.Table.from_batches([batch]), unseen, corrected) for batch in file.chunks())
    first = next(scored)  # a column that is absent is told before a file is begun
    with _sink(arguments.out) as sink:
        sink.write(csv_header(first.schema.names))
        for table in chain([first], scored):
            sink.writelines(csv_rows(batch) for batch in table.to_batches())
    for name, n in unseen.items():
        print(
            f"{n:,} value(s) of '{short(name)}' were not seen in training and count as {_counted(model, name)}.", file=sys.stderr
        )


def _counted(model: FittedModel, name: str) -> str:
    """What a value that training never saw counts as."""
    term = next((term for term in model.terms if getattr(term, "field", None) == name), None)
    if isinstance(term, CategoryTerm | BinnedCategoryTerm) and term.other is not None:
        return term.other
    if isinstance(term, CategoryTerm):
        return "the reference level" if term.reference is not None else "none of its levels"
    return "a level without evidence" if isinstance(term, BinnedCategoryTerm) else "a gap"


def _scored(model: FittedModel, table: pa.Table, unseen: "Counter[str]", corrected: bool) -> pa.Table:
    probabilities = model.probabilities(table, corrected)
    unseen.update(model.unseen(table))
    names = list(table.schema.names)
    scores = (
        {"probability_of_default": probabilities[:, 1]}
        if len(model.labels) == 2
        else {f"probability_{label}": probabilities[:, k] for k, label in enumerate(model.labels)}
    )
    return pa.table([*table.columns, *map(pa.array, scores.values())], names=[*names, *(_free(name, names) for name in scores)])


def _free(name: str, taken: list[str]) -> str:
    return _free(f"{name}_model", taken) if name in taken else name


@contextmanager
def _sink(path: Path | None) -> Iterator[BinaryIO]:
    if path is None:
        yield sys.stdout.buffer
        return
    try:
        file = path.open("wb")
    except OSError as error:
        raise WrongUse(f"'{path}' cannot be written: {(error.strerror or 'no access').lower()}.") from None
    with file:
        yield file
