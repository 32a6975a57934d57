"""Rows as a fit takes them."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.frame import Codes, Floats, Frame
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
from pipeline.terms.reading import Coded, Rows, filled, read_levels, read_number, woe_of_number

_CONSTANT = 1e-13  # of the mean: what rounding alone gives a constant as its standard deviation


@dataclass(frozen=True)
class Design:
    """Rows as a fit takes them: an intercept, `dense` columns, and for each category the column that is 1, or -1 for none.

    Column 0 is the intercept. `dense_at` are the positions of the dense columns; `codes[:, k]` are positions. Both are stored
    column by column. The columns of the model, on which the spec's scaling and penalty are defined, are unit · column + shift: a
    fit may run on columns with mean 0 and standard deviation 1, whatever the scale of the model's.
    """

    dense: NDArray[np.floating[Any]]
    dense_at: NDArray[np.intp]
    codes: Codes
    width: int
    unit: Floats
    shift: Floats

    @property
    def n_rows(self) -> int:
        return len(self.dense)

    def block(self, start: int, stop: int) -> Floats:
        """The rows from `start` to `stop` as a matrix (rows, width)."""
        rows = min(stop, self.n_rows) - start
        matrix = np.zeros((rows, self.width + 1))  # the last column takes what belongs nowhere
        matrix[:, 0] = 1.0
        matrix[:, self.dense_at] = self.dense[start:stop]
        each = np.arange(rows)
        for k in range(self.codes.shape[1]):
            matrix[each, self.codes[start:stop, k]] = 1.0
        return matrix[:, :-1]

    def linear(self, weights: Floats) -> Floats:
        """Design times weights (width, k): (n_rows, k), without building the matrix."""
        result: Floats = self.dense @ weights[self.dense_at] + weights[0]
        padded = np.vstack([weights, np.zeros((1, weights.shape[1]))])
        for k in range(self.codes.shape[1]):
            result += padded[self.codes[:, k]]
        return result

    def conditioned(self) -> "Design":
        """The same rows with dense columns of mean 0 and standard deviation 1; a constant column keeps its scale."""
        dense = np.empty_like(self.dense, order="F")
        unit, shift = self.unit.copy(), self.shift.copy()
        for j, at in enumerate(self.dense_at):
            dense[:, j], mean, sd = _conditioned(self.dense[:, j].astype(np.float64, copy=False))
            unit[at], shift[at] = unit[at] * sd, shift[at] + unit[at] * mean
        return replace(self, dense=dense, unit=unit, shift=shift)

    def to_model(self) -> Floats:
        """The matrix T with weights of the model's columns = T · weights of the design's, (width, width)."""
        T = np.diag(1 / self.unit)
        T[0] -= self.shift / self.unit
        return T


def _conditioned(values: Floats) -> tuple[Floats, float, float]:
    """The values less their mean by their standard deviation, and both."""
    mean = float(values.mean())
    centred = values - mean
    sd = float(np.sqrt(centred @ centred / max(len(centred), 1)))
    if not sd > _CONSTANT * abs(mean):
        return np.zeros_like(centred), mean, 1.0
    centred /= sd
    return centred, mean, sd


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


class _Building:
    """A design while its columns are made; keeps what products need of the terms before them."""

    def __init__(
        self, frame: Frame, terms: tuple[Term, ...], rows: Rows | None, dtype: type[np.floating[Any]], conditioned: bool
    ) -> None:
        self._frame, self._terms, self._rows, self._conditioned = frame, terms, rows, conditioned
        self._n = frame.n_rows if rows is None else len(rows)
        dense, codes = (sum(count(term, terms) for term in terms) for count in (dense_width, codes_width))
        self._dense = np.empty((self._n, dense), dtype, order="F")
        self._codes = np.empty((self._n, codes), np.int32, order="F")
        self._dense_at: list[int] = []
        self._n_codes = 0
        self._at = 1
        width = width_of(terms)
        self._unit, self._shift = np.ones(width), np.zeros(width)
        self._products = {name for term in terms if isinstance(term, ProductTerm) for name in term.sources}
        self._powers = {term.source for term in terms if isinstance(term, PowerTerm)}
        self._kept: dict[str, Floats | Codes] = {}
        self.unseen: dict[str, int] = {}

    def design(self) -> Design:
        at = np.array(self._dense_at, np.intp)
        return Design(self._dense, at, self._codes, self._at, self._unit, self._shift)

    def add(self, term: Term) -> None:
        match term:
            case NumberTerm():
                found = read_number(self._column(term), self._rows, term.field, term.codes, term.log, term.order)
                self._saw(term.field, found.n_unseen)
                self._number(term, found)
            case BinnedNumberTerm():
                found = read_number(self._column(term), self._rows, term.field, term.codes, False, term.order)
                self._saw(term.field, found.n_unseen)
                self._keep(term.field, self._add_dense(woe_of_number(term, found)))
            case CategoryTerm():
                taken, n_unseen = read_levels(term, self._column(term), self._rows)
                self._saw(term.field, n_unseen)
                self._keep(term.field, taken)
                self._add_codes(taken, term.width)
            case BinnedCategoryTerm():
                taken, n_unseen = read_levels(term, self._column(term), self._rows)
                self._saw(term.field, n_unseen)
                self._keep(term.field, self._add_dense(np.array([*term.woe, 0.0])[taken]))
            case PowerTerm():
                self._add_dense(self._scaled(term.source) ** term.degree)
            case ProductTerm():
                self._product(term)

    def _column(self, term: BaseTerm) -> Any:
        return self._frame.columns[term.field]

    def _saw(self, name: str, n_unseen: int) -> None:
        if n_unseen:
            self.unseen[name] = n_unseen

    def _keep(self, name: str, values: Floats | Codes) -> None:
        if name in self._products or name in self._powers:
            self._kept[name] = values

    def _number(self, term: NumberTerm, found: Coded) -> None:
        numbers = filled(term, found)
        wanted = term.field in self._products or term.field in self._powers
        if wanted or not self._conditioned:
            scaled = (numbers - term.mean) / term.scale
            self._keep(term.field, scaled)
            self._add_dense(scaled)
        else:  # straight from its own units, with one copy less
            self._add_dense(numbers, term.mean, term.scale)
        if term.flag:
            self._add_dense(found.missing.astype(np.float64))
        for code in term.code_levels:
            self._add_dense(found.of_code[code].astype(np.float64))

    def _scaled(self, name: str) -> Floats:
        return np.asarray(self._kept[name], np.float64)

    def _product(self, term: ProductTerm) -> None:
        first, second = (_base(name, self._terms) for name in term.sources)
        kept = [self._kept[name] for name in term.sources]
        if not term.cells:
            self._add_dense(kept[0] * kept[1])
        elif isinstance(first, CategoryTerm) and isinstance(second, CategoryTerm):
            where = np.full((first.width + 1, second.width + 1), -1, np.int32)  # the last row and column are for none: -1
            for k, (one, other) in enumerate(term.cells):
                where[first.levels.index(str(one)), second.levels.index(str(other))] = k
            self._add_codes(where[kept[0], kept[1]], term.width)
        else:
            category, number, taken, side = (
                (first, kept[1], kept[0], 0) if isinstance(first, CategoryTerm) else (second, kept[0], kept[1], 1)
            )
            levels = category.levels if isinstance(category, CategoryTerm) else ()
            for cell in term.cells:
                self._add_dense(np.where(taken == levels.index(str(cell[side])), number, 0.0))

    def _add_dense(self, values: Floats, centre: float = 0.0, scale: float = 1.0) -> Floats:
        """Takes a column up; its values in the model are (value - centre) / scale."""
        j, at = len(self._dense_at), self._at
        if self._conditioned:
            column, mean, sd = _conditioned(values)
            self._dense[:, j] = column
            self._unit[at], self._shift[at] = sd / scale, (mean - centre) / scale
        else:
            self._dense[:, j] = values
        self._dense_at.append(at)
        self._at += 1
        return values

    def _add_codes(self, taken: Codes, width: int) -> None:
        column = self._codes[:, self._n_codes]
        np.add(taken, self._at, out=column, where=taken >= 0)
        column[taken < 0] = -1
        self._n_codes += 1
        self._at += width


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
