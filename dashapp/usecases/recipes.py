"""A recipe as the user changes it, field by field, and special codes; what comes in is not trusted."""

from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from typing import Any

from dashapp.usecases.errors import Refused
from pipeline.reading.findings import Repair
from pipeline.reading.recipe import KINDS, Recipe
from pipeline.special_codes import special_codes

_FIXED = {"format", "container", "compression", "sheet"}  # what the file is; another sheet is another table
_LONGEST = 200
_MOST_MARKS = 100
_MOST_CODES = 100


def changed_recipe(recipe: Recipe, given: Mapping[str, Any]) -> Recipe:
    """The recipe with some of its fields changed. Raises Refused or ReadingError."""
    known = {field.name for field in fields(Recipe)} - _FIXED
    values: dict[str, Any] = {}
    for name, raw in given.items():
        if name not in known:
            raise Refused("The recipe has no such mark.", fix="Load the page again.")
        values[name] = _checked(getattr(recipe, name), raw)
    return replace(recipe, **values)


def switched_off(repairs: Iterable[Repair], recipe: Recipe) -> tuple[Repair, ...]:
    """Those of the repairs that this recipe reads the file without, each once."""
    off = [repair for repair in repairs if repair.undo and all(_holds(recipe, *field) for field in repair.undo.items())]
    return tuple({(repair.kind, repair.title): repair for repair in off}.values())


def checked_codes(column: str, codes: Mapping[str, str]) -> dict[str, str]:
    """Codes with what each means, in order. Raises Refused."""
    if len(codes) > _MOST_CODES or any(not code.strip() or len(code) > 100 for code in codes):
        raise Refused("Special codes are single values of a column.", fix=f"Give at most {_MOST_CODES} short ones.")
    try:
        found = dict(special_codes({column: dict(codes)}))
    except ValueError as wrong:
        raise Refused(str(wrong).capitalize(), fix='A code means "level" or "missing".') from None
    return dict(found.get(column, ()))


def _holds(recipe: Recipe, name: str, value: Any) -> bool:
    return bool(getattr(recipe, name, None) == (tuple(value) if isinstance(value, list) else value))


def _checked(before: Any, raw: Any) -> Any:
    if isinstance(before, tuple):
        ok = isinstance(raw, list | tuple) and len(raw) <= _MOST_MARKS and all(_is_text(value) for value in raw)
        value: Any = tuple(raw) if ok else None
    elif isinstance(before, dict):
        ok = isinstance(raw, Mapping) and all(_is_text(name) and kind in KINDS for name, kind in raw.items())
        value = dict(raw) if ok else None
    elif isinstance(before, str):
        value = raw if _is_text(raw) else None
    else:
        value = raw if type(raw) is type(before) else None
    if value is None:
        raise Refused("That is no value for this mark.", fix="Choose one that is offered.")
    return value


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= _LONGEST
