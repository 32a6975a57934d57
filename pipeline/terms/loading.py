"""Terms from their JSON. A file may come from anywhere: each value is checked before it is believed."""

import math
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from pipeline.levels import number_text
from pipeline.terms.kinds import (
    BinnedCategoryTerm,
    BinnedNumberTerm,
    CategoryTerm,
    NumberTerm,
    PowerTerm,
    ProductTerm,
    Term,
)

_MEANINGS = {"level", "missing", "unseen"}


def terms_of(stored: Any) -> tuple[Term, ...]:
    """The terms of a model. Raises ValueError, KeyError or TypeError where they are damaged, or lean on terms that are absent."""
    terms = tuple(term_of(one) for one in as_list(stored))
    bases: dict[str, Term] = {}
    for term in terms:
        if isinstance(term, PowerTerm):
            _need(isinstance(bases.get(term.source), NumberTerm))
        elif isinstance(term, ProductTerm):
            _check_product(term, *(bases[name] for name in term.sources))
        else:
            _need(term.field not in bases)
            bases[term.field] = term
    return terms


def term_of(stored: Any) -> Term:
    """The term that its `to_json` wrote. Raises ValueError, KeyError or TypeError where it is none."""
    _need(isinstance(stored, Mapping))
    values = _Values(stored)
    match stored["kind"]:
        case "number":
            term: Term = _number(values)
        case "category":
            term = _category(values)
        case "power":
            term = PowerTerm(values.text("source"), values.whole("degree"), values.number("sd", 1.0))
            _need(2 <= term.degree <= 4)
        case "product":
            cells = tuple(_cell(cell) for cell in as_list(values.get("cells", ())))
            term = ProductTerm(values.texts("sources"), cells, values.number("sd", 1.0))
            _need(len(term.sources) == 2 and len(set(cells)) == len(cells))
        case "binned_number":
            term = _binned_number(values)
        case "binned_category":
            term = _binned_category(values)
        case _:
            raise ValueError
    values.done()
    return term


def _number(values: "_Values") -> NumberTerm:
    order = values.texts("order", ())
    low, high = (None if values.get(end, None) is None else values.number(end) for end in ("low", "high"))
    term = NumberTerm(
        values.text("field"),
        values.number("fill"),
        values.number("mean"),
        values.number("scale"),
        values.flag("flag", False),
        values.number("sd", 1.0),
        _codes(values, bool(order)),
        values.flag("log", False),
        low,
        high,
        order,
    )
    _need(term.scale > 0 and term.sd >= 0 and (low is None) == (high is None) and _rising([low or 0, high or 0]))
    return term


def _category(values: "_Values") -> CategoryTerm:
    term = CategoryTerm(
        values.text("field"),
        values.texts("levels"),
        values.text_or_none("reference"),
        values.text_or_none("missing"),
        values.texts("gaps", ()),
        values.text_or_none("other", True),
        values.texts("grouped", ()),
    )
    _need(bool(term.levels) and term.reference not in term.levels)
    return term


def _binned_number(values: "_Values") -> BinnedNumberTerm:
    order = values.texts("order", ())
    term = BinnedNumberTerm(
        values.text("field"),
        values.numbers("edges"),
        values.numbers("woe"),
        values.numbers("woe_codes"),
        values.number("woe_missing"),
        values.counts("goods"),
        values.counts("bads"),
        _codes(values, bool(order)),
        order,
        values.number("sd", 1.0),
    )
    n_bins, n_codes = len(term.woe), len(term.code_levels)
    _need(len(term.edges) == n_bins - 1 and len(term.woe_codes) == n_codes)
    _need(len(term.goods) == len(term.bads) == n_bins + n_codes + 1)
    _need(all(one < other for one, other in pairwise(term.edges)))
    return term


def _binned_category(values: "_Values") -> BinnedCategoryTerm:
    term = BinnedCategoryTerm(
        values.text("field"),
        values.texts("levels"),
        values.numbers("woe"),
        values.text_or_none("missing"),
        values.counts("goods"),
        values.counts("bads"),
        values.texts("gaps", ()),
        values.text_or_none("other", True),
        values.texts("grouped", ()),
        values.number("sd", 1.0),
    )
    _need(len(term.levels) == len(term.woe) == len(term.goods) == len(term.bads) > 0)
    return term


def _check_product(term: ProductTerm, first: Term, second: Term) -> None:
    """The cells name levels of the categories, and nothing of the numbers."""
    _need(first is not second)
    categories = [base if isinstance(base, CategoryTerm) else None for base in (first, second)]
    _need(bool(term.cells) == any(categories))
    for base, side in zip(categories, (0, 1), strict=True):
        levels = set(base.levels) if base else {None}
        _need(all(cell[side] in levels for cell in term.cells))


def _codes(values: "_Values", ordered: bool) -> tuple[tuple[str, str], ...]:
    found = []
    for entry in as_list(values.get("codes", ())):
        code, meaning = as_list(entry)
        _need(isinstance(code, str) and meaning in _MEANINGS)
        _need(ordered or math.isfinite(float(code)))
        found.append((code if ordered else number_text(float(code)), str(meaning)))
    _need(len(dict(found)) == len(found))
    return tuple(found)


def _cell(stored: Any) -> tuple[str | None, str | None]:
    first, second = as_list(stored)
    _need(all(level is None or isinstance(level, str) for level in (first, second)))
    return first, second


class _Values:
    """Typed access to a JSON object; a name that nobody asked for is an error."""

    def __init__(self, stored: Mapping[str, Any]) -> None:
        self._stored = stored
        self._asked = {"kind"}

    def get(self, name: str, default: Any) -> Any:
        self._asked.add(name)
        return self._stored.get(name, default)

    def _need(self, name: str) -> Any:
        self._asked.add(name)
        return self._stored[name]

    def done(self) -> None:
        _need(set(self._stored) <= self._asked)

    def text(self, name: str) -> str:
        return _text(self._need(name))

    def text_or_none(self, name: str, may_lack: bool = False) -> str | None:
        value = self.get(name, None) if may_lack else self._need(name)
        return None if value is None else _text(value)

    def texts(self, name: str, default: Any = None) -> tuple[str, ...]:
        found = tuple(map(_text, as_list(self._need(name) if default is None else self.get(name, default))))
        _need(len(set(found)) == len(found))
        return found

    def number(self, name: str, default: float | None = None) -> float:
        return finite(self._need(name) if default is None else self.get(name, default))

    def numbers(self, name: str) -> tuple[float, ...]:
        return tuple(map(finite, as_list(self._need(name))))

    def whole(self, name: str) -> int:
        value = self._need(name)
        _need(isinstance(value, int) and not isinstance(value, bool))
        return int(value)

    def counts(self, name: str) -> tuple[int, ...]:
        found = as_list(self._need(name))
        _need(all(isinstance(value, int) and not isinstance(value, bool) and value >= 0 for value in found))
        return tuple(found)

    def flag(self, name: str, default: bool) -> bool:
        value = self.get(name, default)
        _need(isinstance(value, bool))
        return bool(value)


def finite(value: Any) -> float:
    """A finite number. Raises ValueError where the value is none."""
    _need(isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value))
    return float(value)


def _text(value: Any) -> str:
    _need(isinstance(value, str))
    return str(value)


def as_list(value: Any) -> list[Any] | tuple[Any, ...]:
    """A list. Raises ValueError where the value is none."""
    _need(isinstance(value, list | tuple))
    return value  # type: ignore[no-any-return]


def _rising(values: list[float]) -> bool:
    return all(one <= other for one, other in pairwise(values))


def _need(holds: bool) -> None:
    if not holds:
        raise ValueError
