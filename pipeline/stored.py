"""Frozen dataclasses back from their JSON: nested ones, tuples of them and optional ones, by their type hints."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")


def from_plain(kind: type[T], stored: Mapping[str, Any]) -> T:
    """The dataclass whose `asdict` was stored.

    A field that is not stored takes its default (it is younger than what was stored); what is stored and no field is ignored.
    Raises ValueError where a field without a default is absent.
    """
    hints = get_type_hints(kind)
    known = {field.name: _value(hints[field.name], stored[field.name]) for field in fields(kind) if field.name in stored}  # type: ignore[arg-type]
    try:
        return kind(**known)
    except TypeError as error:
        raise ValueError(f"What is stored is no {kind.__name__}: {error}.") from None


def _value(hint: Any, stored: Any) -> Any:
    if stored is None:
        return None
    origin, parts = get_origin(hint), get_args(hint)
    if origin in {Union, UnionType}:
        some = [part for part in parts if part is not type(None)]
        return _value(some[0], stored) if len(some) == 1 else _tuples(stored)
    if origin is tuple:
        if len(parts) == 2 and parts[1] is Ellipsis:
            return tuple(_value(parts[0], item) for item in stored)
        return tuple(_value(part, item) for part, item in zip(parts, stored, strict=True))
    if origin is dict and parts[1] is not Any:
        return {key: _value(parts[1], item) for key, item in stored.items()}
    if isinstance(hint, type) and is_dataclass(hint):
        return from_plain(hint, stored)
    return _tuples(stored)


def _tuples(value: Any) -> Any:
    return tuple(_tuples(item) for item in value) if isinstance(value, list | tuple) else value
