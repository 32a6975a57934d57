"""Frozen dataclasses back from their JSON: nested ones, tuples of them and optional ones, by their type hints."""

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from functools import cache, partial
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")
Reader = Callable[[Any], Any]  # of what is stored and not null

_PLAIN = (bool, int, float, str)


def from_plain(kind: type[T], stored: Mapping[str, Any]) -> T:
    """The dataclass whose `asdict` was stored.

    A field that is not stored takes its default (it is younger than what was stored); what is stored and no field is ignored.
    Raises ValueError where a field without a default is absent.
    """
    of: Any = kind
    known = {name: None if stored[name] is None else read(stored[name]) for name, read in _readers(of) if name in stored}
    try:
        return kind(**known)
    except TypeError as error:
        raise ValueError(f"What is stored is no {kind.__name__}: {error}.") from None


@cache
def _readers(kind: Any) -> tuple[tuple[str, Reader], ...]:
    """The fields of a class and what reads each: worked out once, for a result has thousands of values."""
    hints = get_type_hints(kind)
    return tuple((field.name, _reader(hints[field.name])) for field in fields(kind))


def _reader(hint: Any) -> Reader:
    origin, parts = get_origin(hint), get_args(hint)
    if origin in {Union, UnionType}:
        some = [part for part in parts if part is not type(None)]
        return _reader(some[0]) if len(some) == 1 else _tuples
    if origin is tuple:
        if len(parts) == 2 and parts[1] is Ellipsis:
            return tuple if parts[0] in _PLAIN else partial(_each, _reader(parts[0]))
        return partial(_one_by_one, tuple(map(_reader, parts)))
    if origin is dict and parts[1] is not Any:
        return partial(_values, _reader(parts[1]))
    if isinstance(hint, type) and is_dataclass(hint):
        return partial(from_plain, hint)
    return _tuples


def _each(read: Reader, stored: Any) -> Any:
    return tuple(None if item is None else read(item) for item in stored)


def _one_by_one(readers: tuple[Reader, ...], stored: Any) -> Any:
    return tuple(None if item is None else read(item) for read, item in zip(readers, stored, strict=True))


def _values(read: Reader, stored: Any) -> Any:
    return {key: None if item is None else read(item) for key, item in stored.items()}


def _tuples(value: Any) -> Any:
    return tuple(_tuples(item) for item in value) if isinstance(value, list | tuple) else value
