"""How to read a file, as arguments: one for each field of Recipe that is for the user to say, made from the field itself."""

import argparse
import codecs
import csv
import json
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from pipeline.commands.parsing import WrongUse
from pipeline.reading.recipe import BLANK_COLUMNS, DATE_ORDERS, KINDS, RAGGED, Recipe

FOUND = ("container", "compression", "skip_blanks", "wrapped", "format")  # what the file itself decides

_FLAGS = {"skipped_lines": "--skip-lines", "kinds": "--kind"}
_CHOICES: dict[str, tuple[str, ...]] = {
    "ragged": RAGGED,
    "blank_columns": BLANK_COLUMNS,
    "dates": tuple(filter(None, DATE_ORDERS)),
}
_NAMED_MARKS = {"tab": "\t", "\\t": "\t", "space": " ", "blank": " ", "none": "", "comma": ",", "semicolon": ";", "pipe": "|"}
_MARKS = ("delimiter", "quote", "escape", "decimal", "thousands")
_METAVARS = {"sheet": "NAME", "encoding": "NAME", "missing": "A,B,..."}
_HELP = {
    "sheet": "the sheet of a workbook; the first if not given",
    "encoding": "such as utf-8, cp1252 or utf-16",
    "delimiter": "what separates cells; also tab, space",
    "quote": "what cells are quoted with; none for nothing",
    "escape": "what stands before a quote within quotes; none where it is doubled",
    "skipped_lines": "lines before the header, or before the first row where there is none",
    "header": "whether the first line names the columns",
    "footer_lines": "lines after the last row that are none",
    "ragged": "pad rows that are too short or too long, or refuse the file",
    "blank_columns": "drop columns without a name and without a value, or keep them",
    "decimal": "the decimal mark",
    "thousands": "what groups digits; none for nothing",
    "dates": "the order in dates that could be read in two ways",
    "missing": "texts that count as missing beside blank cells, such as --missing=-9,NA",
    "kinds": f"what a column is: {', '.join(KINDS)}; may be repeated",
}


@dataclass(frozen=True)
class Wanted:
    """What the user said of how to read a file: a whole recipe, and fields that differ from it or from what is found."""

    recipe: Recipe | None
    changes: dict[str, Any]

    def applied_to(self, found: Recipe) -> Recipe:
        """Raises ReadingError where the fields together are no recipe."""
        kinds = {**found.kinds, **self.changes.get("kinds", {})}
        return replace(found, **{**self.changes, "kinds": kinds})


def add_recipe_options(parser: argparse.ArgumentParser) -> None:
    """Adds --recipe and an argument for each field; what is not given is found out."""
    group = parser.add_argument_group("how the file is read (found out where it is not said)")
    group.add_argument(
        "--recipe", type=Path, metavar="FILE.json", help="read as a recipe says: one, or what inspect --json wrote"
    )
    for field in fields(Recipe):
        if field.name in FOUND:
            continue
        flag = _FLAGS.get(field.name, f"--{field.name.replace('_', '-')}")
        settings: dict[str, Any] = {"dest": f"recipe_{field.name}", "default": None, "help": _HELP[field.name]}
        if field.type is bool:
            settings |= {"action": argparse.BooleanOptionalAction}
        elif field.name == "kinds":
            settings |= {"action": "append", "metavar": "COLUMN=KIND"}
        elif field.name in _CHOICES:
            settings |= {"choices": _CHOICES[field.name]}
        else:
            settings |= {"metavar": "N" if field.type is int else _METAVARS.get(field.name, "MARK")}
        group.add_argument(flag, **settings)


def wanted(arguments: argparse.Namespace) -> Wanted:
    """What the arguments say. Raises WrongUse for a value that is none, and for a recipe file that holds no recipe."""
    changes: dict[str, Any] = {}
    for field in fields(Recipe):
        raw = getattr(arguments, f"recipe_{field.name}", None)
        if raw is not None:
            changes[field.name] = _value(field.name, raw, field.type)
    return Wanted(_recipe_of(arguments.recipe) if arguments.recipe is not None else None, changes)


def _value(name: str, raw: Any, kind: Any) -> Any:
    if name == "kinds":
        return dict(map(_kind, raw))
    if name == "missing":
        return ("", *filter(None, map(str.strip, next(csv.reader([raw]), []))))
    if name in _MARKS:
        return _NAMED_MARKS.get(raw.lower(), raw)
    if name == "encoding":
        return _encoding(raw)
    if kind is int:
        if not raw.isascii() or not raw.isdigit() or len(raw) > 9:
            raise WrongUse(f"'{raw}' is no number of lines; count them from 0.")
        return int(raw)
    return raw


def _encoding(raw: str) -> str:
    try:
        codecs.lookup(raw)
    except (LookupError, ValueError):
        raise WrongUse(f"There is no encoding '{raw}'; try utf-8, cp1252, latin-1 or utf-16.") from None
    return raw


def _kind(text: str) -> tuple[str, str]:
    column, equals, kind = text.rpartition("=")
    if not equals or kind not in KINDS:
        raise WrongUse(f"--kind takes COLUMN=KIND with the kind {', '.join(KINDS)}, and was given '{text}'.")
    return column, kind


def _recipe_of(path: Path) -> Recipe:
    wrong = WrongUse(f"'{path}' holds no recipe; give what inspect --json wrote, or its 'recipe' alone.")
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        raise wrong from None
    if isinstance(stored, dict) and isinstance(stored.get("recipe"), dict):
        stored = stored["recipe"]
    if not isinstance(stored, dict) or "format" not in stored or not all(_fits(name, value) for name, value in stored.items()):
        raise wrong
    return Recipe.from_json(stored)


def _fits(name: str, value: Any) -> bool:
    """Whether a stored value has the type of its field; what is no field is ignored."""
    kinds = {field.name: field.type for field in fields(Recipe)}
    if name not in kinds:
        return True
    if name == "kinds":
        return isinstance(value, dict) and set(value.values()) <= set(KINDS)
    if name == "missing":
        return isinstance(value, list) and all(isinstance(entry, str) for entry in value)
    return type(value) is kinds[name]
