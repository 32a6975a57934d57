"""The design of some rows of a frame, made column by column and block by block."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from pipeline.frame import Category, Codes, Floats, Frame
from pipeline.terms.design import Design, condition
from pipeline.terms.kinds import (
    BaseTerm,
    BinnedCategoryTerm,
    BinnedNumberTerm,
    CategoryTerm,
    NumberTerm,
    PowerTerm,
    ProductTerm,
    Term,
    width_of,
)
from pipeline.terms.reading import Chosen, Rows, as_category, filled, read_levels, read_number, woe_of_number

_BLOCK = 32_768  # rows that are worked on at a time, so that what comes between stays in the processor's cache


def design_of(
    frame: Frame,
    terms: tuple[Term, ...],
    rows: Rows | None = None,
    *,
    dtype: type[np.floating[Any]] = np.float64,
    conditioned: bool = False,
) -> tuple[Design, dict[str, int]]:
    """The design of some rows, and how many values of each column training never saw.

    Parameters
    ----------
    frame : Frame
        Holds the terms' columns.
    terms : tuple of Term
    rows : ndarray of int, optional
        The rows of the frame, in the order and as often as they are named; all, where none are given.
    dtype : type
        Of the dense columns. Each is made in float64, conditioned, and only then rounded.
    conditioned : bool
        Gives the dense columns mean 0 and standard deviation 1 over these rows, as `Design.conditioned` does.

    Returns
    -------
    design : Design
        Built column by column, so that little more than itself is held at any time.
    unseen : dict
        For each column that has any: levels, codes and numbers that count as the reference level, (other) or missing.
    """
    if rows is not None and len(rows) == frame.n_rows and np.array_equal(rows, np.arange(frame.n_rows)):
        rows = None
    building = _Building(frame, terms, rows, dtype, conditioned)
    for term in terms:
        building.add(term)
    return building.design(), building.unseen


@dataclass(frozen=True)
class _Shape:
    """How many dense columns, columns of codes and columns of the model; `wanted` are the columns that others lean on."""

    dense: int
    codes: int
    width: int
    wanted: frozenset[str]


@lru_cache(maxsize=64)
def _shape_of(terms: tuple[Term, ...]) -> _Shape:
    return _Shape(
        sum(dense_width(term, terms) for term in terms),
        sum(codes_width(term, terms) for term in terms),
        width_of(terms),
        frozenset(name for term in terms if isinstance(term, PowerTerm | ProductTerm) for name in term.sources),
    )


class _Building:
    """A design while its columns are made, block by block of rows; keeps what products and powers need of other terms."""

    def __init__(
        self, frame: Frame, terms: tuple[Term, ...], rows: Rows | None, dtype: type[np.floating[Any]], conditioned: bool
    ) -> None:
        self._frame, self._terms, self._rows, self._conditioned = frame, terms, rows, conditioned
        self._n = frame.n_rows if rows is None else len(rows)
        shape = _shape_of(terms)
        self._dense = np.empty((self._n, shape.dense), dtype, order="F")
        self._codes = np.empty((self._n, shape.codes), np.int32, order="F")
        self._dense_at: list[int] = []
        self._n_codes = 0
        self._at = 1
        self._unit, self._shift = np.ones(shape.width), np.zeros(shape.width)
        self._wanted = shape.wanted
        self._kept: dict[str, Floats | Codes] = {}
        self._work: Floats | None = None
        self.unseen: dict[str, int] = {}

    def design(self) -> Design:
        at = np.array(self._dense_at, np.intp)
        return Design(self._dense, at, self._codes, self._at, self._unit, self._shift)

    def add(self, term: Term) -> None:
        match term:
            case NumberTerm():
                self._number(term)
            case CategoryTerm():
                self._category(term)
            case BinnedNumberTerm() | BinnedCategoryTerm():
                self._binned(term)
            case PowerTerm():
                self._add_dense(np.asarray(self._kept[term.source], np.float64) ** term.degree)
            case ProductTerm():
                self._product(term)

    def _column(self, term: BaseTerm) -> Floats | Category:
        column = self._frame.columns[term.field]
        return as_category(column) if getattr(term, "order", None) else column

    def _blocks(self) -> Iterator[tuple[slice, Chosen]]:
        """Rows of the design, and the rows of the frame that they are."""
        for start in range(0, self._n, _BLOCK):
            block = slice(start, min(start + _BLOCK, self._n))
            yield block, block if self._rows is None else self._rows[block]

    def _saw(self, name: str, n_unseen: int) -> None:
        if n_unseen:
            self.unseen[name] = n_unseen

    def _space(self, name: str) -> Floats:
        """Where the values of a column are made: kept, where others lean on it; else where they end, or in passing."""
        if name in self._wanted:
            self._kept[name] = kept = np.empty(self._n)
            return kept
        if self._dense.dtype == np.float64:
            return self._dense[:, len(self._dense_at)]
        if self._work is None:
            self._work = np.empty(self._n)
        return self._work

    def _number(self, term: NumberTerm) -> None:
        column, values = self._column(term), self._space(term.field)
        missing = np.empty(self._n if term.flag else 0, bool)
        of_code = {code: np.empty(self._n, bool) for code in term.code_levels}
        n_unseen = 0
        for block, chosen in self._blocks():
            found = read_number(column, chosen, term.field, term.codes, term.log, term.order)
            n_unseen += found.n_unseen
            np.subtract(filled(term, found), term.mean, out=values[block])
            if term.scale != 1:
                values[block] /= term.scale
            if term.flag:
                missing[block] = found.missing
            for code, holds in of_code.items():
                holds[block] = found.of_code[code]
        self._saw(term.field, n_unseen)
        self._add_dense(values, term.field)
        for holds in ([missing] if term.flag else []) + list(of_code.values()):
            self._add_dense(holds.astype(np.float64))

    def _binned(self, term: BinnedNumberTerm | BinnedCategoryTerm) -> None:
        column, values = self._column(term), self._space(term.field)
        n_unseen = 0
        for block, chosen in self._blocks():
            if isinstance(term, BinnedNumberTerm):
                found = read_number(column, chosen, term.field, term.codes, False, term.order)
                n_unseen += found.n_unseen
                values[block] = woe_of_number(term, found)
            else:
                taken, n_strange = read_levels(term, column, chosen)
                n_unseen += n_strange
                values[block] = np.array([*term.woe, 0.0])[taken]
        self._saw(term.field, n_unseen)
        self._add_dense(values, term.field)

    def _category(self, term: CategoryTerm) -> None:
        column, codes, n_unseen = self._column(term), self._next_codes(), 0
        for block, chosen in self._blocks():
            codes[block], n_strange = read_levels(term, column, chosen, self._at)
            n_unseen += n_strange
        self._saw(term.field, n_unseen)
        if term.field in self._wanted:
            self._kept[term.field] = np.where(codes >= 0, codes - self._at, -1)
        self._at += term.width

    def _product(self, term: ProductTerm) -> None:
        first, second = (_base(name, self._terms) for name in term.sources)
        kept = [self._kept[name] for name in term.sources]
        if not term.cells:
            self._add_dense(np.asarray(kept[0] * kept[1], np.float64))
        elif isinstance(first, CategoryTerm) and isinstance(second, CategoryTerm):
            where = np.full((first.width + 1, second.width + 1), -1, np.int32)  # the last row and column are for none: -1
            one_at, other_at = ({level: k for k, level in enumerate(base.levels)} for base in (first, second))
            for k, (one, other) in enumerate(term.cells):
                where[one_at[str(one)], other_at[str(other)]] = k
            where[where >= 0] += self._at
            self._next_codes()[:] = where[kept[0], kept[1]]
            self._at += term.width
        else:
            category, number, taken, side = (
                (first, kept[1], kept[0], 0) if isinstance(first, CategoryTerm) else (second, kept[0], kept[1], 1)
            )
            levels = category.levels if isinstance(category, CategoryTerm) else ()
            for cell in term.cells:
                self._add_dense(np.where(taken == levels.index(str(cell[side])), number, 0.0))

    def _add_dense(self, values: Floats, name: str = "") -> None:
        """Takes a column up. Conditions the values in place, unless they are kept under their name."""
        j = len(self._dense_at)
        if self._conditioned:
            values = values.copy() if name in self._wanted else values
            self._shift[self._at], self._unit[self._at] = condition(values)
        if not np.shares_memory(values, self._dense[:, j]):
            self._dense[:, j] = values
        self._dense_at.append(self._at)
        self._at += 1

    def _next_codes(self) -> Codes:
        self._n_codes += 1
        return self._codes[:, self._n_codes - 1]


def _base(name: str, terms: tuple[Term, ...]) -> BaseTerm:
    return next(term for term in terms if not isinstance(term, PowerTerm | ProductTerm) and term.field == name)


def codes_width(term: Term, terms: tuple[Term, ...]) -> int:
    """How many columns of codes a term takes in a design."""
    if isinstance(term, ProductTerm):
        return int(bool(term.cells) and all(isinstance(_base(name, terms), CategoryTerm) for name in term.sources))
    return int(isinstance(term, CategoryTerm))


def dense_width(term: Term, terms: tuple[Term, ...]) -> int:
    """How many dense columns a term takes in a design."""
    return 0 if codes_width(term, terms) else term.width
