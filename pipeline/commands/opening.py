"""A file as a table, read as the arguments say and otherwise as it looks; and a stored model."""

import argparse
from dataclasses import replace
from pathlib import Path

from pipeline.commands.parsing import WrongUse, why
from pipeline.commands.recipe_options import Wanted, wanted
from pipeline.errors import ReadingError
from pipeline.model import FittedModel
from pipeline.reading import Limits, Recipe, TableFile, check_and_open
from pipeline.reading.containers import unpack
from pipeline.reading.detection import detected
from pipeline.reading.source import open_source

_DIALECT = ("delimiter", "quote", "escape")


def add_model_and_file(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model", type=Path, metavar="MODEL.json", help="what train --out wrote")
    parser.add_argument(
        "file", type=Path, metavar="FILE", help="delimited text (also in gzip or zip), Parquet or XLSX with the model's columns"
    )


def open_table(path: Path, arguments: argparse.Namespace) -> TableFile:
    """The table of a file. Raises WrongUse where there is no such file, ReadingError where it is no table."""
    asked = wanted(arguments)
    filename = path.name or str(path)
    try:
        return check_and_open(path, filename=filename, recipe=_recipe(path, filename, asked))
    except OSError as error:
        raise WrongUse(f"The file '{path}' cannot be read: {why(error)}.") from None


def read_model(path: Path) -> FittedModel:
    """Raises WrongUse where the file cannot be read, UnusableData where it holds no model."""
    try:
        return FittedModel.from_json(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        raise WrongUse(f"The model file '{path}' cannot be read; give the model.json that training wrote.") from None


def _recipe(path: Path, filename: str, asked: Wanted) -> Recipe | None:
    """The recipe that was asked for; null where everything is to be found."""
    if not asked.changes:
        return asked.recipe
    return asked.applied_to(asked.recipe or _found(path, filename, asked))


def _found(path: Path, filename: str, asked: Wanted) -> Recipe:
    """What is found where the sheet, the encoding and the dialect are as they were asked for."""
    limits = Limits()
    unpacked = unpack(path, filename, limits, Recipe(sheet=asked.changes.get("sheet", "")))
    if unpacked.container == "parquet":
        return Recipe(**unpacked.forced)
    source = open_source(unpacked, filename, limits, asked.changes.get("encoding"))
    marks = {name: asked.changes[name] for name in _DIALECT if name in asked.changes}
    try:
        found = detected(source, limits, filename, forced=unpacked.forced)
        if not marks:
            return found
    except ReadingError:  # what was asked for may be what makes the file readable
        found = Recipe(**{"encoding": source.encoding, **unpacked.forced})
    known = replace(found, **{**marks, **unpacked.forced})
    try:
        forced = {**{name: getattr(known, name) for name in _DIALECT}, **unpacked.forced}
        return detected(source, limits, filename, forced=forced)
    except ReadingError:
        return known
