"""python -m pipeline score MODEL.json FILE: the probabilities that a stored model gives to the rows of a file."""

import argparse
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa
import pyarrow.csv as pacsv

from pipeline.commands.parsing import WrongUse, open_table
from pipeline.model import FittedModel
from pipeline.terms import NumberTerm

NAME = "score"
HELP = "score a file with a model that was trained before"


def add(parser: argparse.ArgumentParser) -> None:
    parser.description = "Writes the file's columns and the probability of bad (of each class, for three and more) as CSV."
    parser.add_argument("model", type=Path, metavar="MODEL.json", help="what train --out wrote")
    parser.add_argument("file", type=Path, metavar="FILE", help="delimited text with the model's columns")
    parser.add_argument("--out", type=Path, metavar="FILE.csv", help="where to write; standard output if not given")


def run(arguments: argparse.Namespace) -> None:
    try:
        model = FittedModel.from_json(arguments.model.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        raise WrongUse(f"The model file '{arguments.model}' cannot be read; give the model.json that training wrote.") from None
    file = open_table(arguments.file)
    unseen: Counter[str] = Counter()
    scored = (_scored(model, pa.Table.from_batches([batch]), unseen) for batch in file.chunks())
    first = next(scored)  # a column that is absent is told before a file is begun
    with _sink(arguments.out) as sink, pacsv.CSVWriter(sink, first.schema) as writer:
        writer.write_table(first)
        for table in scored:
            writer.write_table(table)
    numbers = {term.field for term in model.terms if isinstance(term, NumberTerm)}
    for name, n in unseen.items():
        counted = "a gap" if name in numbers else "the reference level"
        print(f"{n:,} value(s) of '{name}' were not seen in training and count as {counted}.", file=sys.stderr)


def _scored(model: FittedModel, table: pa.Table, unseen: "Counter[str]") -> pa.Table:
    probabilities = model.probabilities(table)
    unseen.update(model.unseen(table))
    plain = [column.cast(pa.string()) if pa.types.is_dictionary(column.type) else column for column in table.columns]
    names = list(table.schema.names)
    scores = (
        {"probability_of_default": probabilities[:, 1]}
        if len(model.labels) == 2
        else {f"probability_{label}": probabilities[:, k] for k, label in enumerate(model.labels)}
    )
    return pa.table([*plain, *map(pa.array, scores.values())], names=[*names, *(_free(name, names) for name in scores)])


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
