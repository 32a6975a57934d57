"""A file as a table, read as the arguments say and otherwise as it looks."""

import argparse
from pathlib import Path

from pipeline.commands.parsing import WrongUse, why
from pipeline.commands.recipe_options import Wanted, wanted
from pipeline.errors import ReadingError
from pipeline.reading import Recipe, TableFile, check_and_open


def open_table(path: Path, arguments: argparse.Namespace) -> TableFile:
    """The table of a file. Raises WrongUse where there is no such file, ReadingError where it is no table."""
    asked = wanted(arguments)
    try:
        return check_and_open(path, filename=path.name or str(path), recipe=_recipe(path, asked))
    except OSError as error:
        raise WrongUse(f"The file '{path}' cannot be read: {why(error)}.") from None


def _recipe(path: Path, asked: Wanted) -> Recipe | None:
    """The recipe that was asked for; null where everything is to be found."""
    if not asked.changes:
        return asked.recipe
    if asked.recipe is not None:
        return asked.applied_to(asked.recipe)
    try:
        found = check_and_open(path, filename=path.name or str(path)).recipe
    except ReadingError:  # what was asked for may be what makes it readable
        found = Recipe()
    return asked.applied_to(found)
