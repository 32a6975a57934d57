"""python -m pipeline score MODEL.json FILE: the probabilities that a stored model gives to the rows of a file."""

import argparse
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa

from pipeline.commands.opening import add_model_and_file, open_table, read_model
from pipeline.commands.recipe_options import add_recipe_options
from pipeline.commands.unscored import rows_told, unscored
from pipeline.commands.writing import apart, in_place_of
from pipeline.csv_text import csv_header, csv_rows
from pipeline.explaining.unseen import counts_as
from pipeline.model import FittedModel
from pipeline.shown import short

NAME = "score"
HELP = "score a file with a model that was trained before"


def add(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Writes the file's columns in their order, and behind them probability_of_default, the probability of bad from 0 to 1 "
        "(that of each class for three and more, as probability_CLASS), as CSV. An --out that is there is replaced once all rows "
        "are written."
    )
    add_model_and_file(parser)
    parser.add_argument("--out", type=Path, metavar="FILE.csv", help="where to write; standard output if not given")
    parser.add_argument(
        "--uncorrected",
        action="store_true",
        help="the probabilities as they were fitted, without the correction for class weights or resampling",
    )
    add_recipe_options(parser)


def run(arguments: argparse.Namespace) -> None:
    if arguments.out is not None:
        apart(arguments.out, arguments.model, arguments.file)
    model = read_model(arguments.model)
    file = open_table(arguments.file, arguments)
    told = _Told()
    corrected = not arguments.uncorrected
    scored = (_scored(model, pa.Table.from_batches([batch]), told, corrected) for batch in file.chunks())
    first = next(scored)  # a column that is absent is told before a file is begun
    with _sink(arguments.out) as sink:
        sink.write(csv_header(first.schema.names))
        for table in chain([first], scored):
            sink.writelines(csv_rows(batch) for batch in table.to_batches())
    for notice in file.notices:
        print(f"Note: {notice}", file=sys.stderr)
    for name, n in told.unseen.items():
        sentence = f"{n:,} value(s) of '{short(name)}' were not seen in training and count as {counts_as(model, name)}."
        print(sentence, file=sys.stderr)
    if told.unscored:
        print(f"{rows_told(told.unscored)} too large to be scored; there the score is empty.", file=sys.stderr)
    if arguments.out is not None:
        print(f"Wrote the scores of {file.n_rows:,} {'row' if file.n_rows == 1 else 'rows'} to {arguments.out}.", file=sys.stderr)


@dataclass
class _Told:
    """What is told of the rows at the end: how many hold an unseen level, by column; and the numbers of those without a score."""

    n_rows: int = 0  # so far
    unseen: Counter[str] = field(default_factory=Counter)
    unscored: list[int] = field(default_factory=list)


def _scored(model: FittedModel, table: pa.Table, told: _Told, corrected: bool) -> pa.Table:
    probabilities = model.probabilities(table, corrected)
    told.unseen.update(model.unseen(table))
    told.unscored += unscored(probabilities, told.n_rows)
    told.n_rows += len(table)
    names = list(table.schema.names)
    scores = (
        {"probability_of_default": probabilities[:, 1]}
        if len(model.labels) == 2
        else {f"probability_{label}": probabilities[:, k] for k, label in enumerate(model.labels)}
    )
    return pa.table(
        [*table.columns, *(pa.array(one, from_pandas=True) for one in scores.values())],
        names=[*names, *(_free(name, names) for name in scores)],
    )


def _free(name: str, taken: list[str]) -> str:
    return _free(f"{name}_model", taken) if name in taken else name


@contextmanager
def _sink(path: Path | None) -> Iterator[BinaryIO]:
    if path is None:
        yield sys.stdout.buffer
        return
    with in_place_of(path) as part, part.open("wb") as file:
        yield file
