"""A model with all fields but two held: its log-odds are a sum of what each of the two adds, and of their products."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa

from pipeline.explain_results import Value
from pipeline.explaining.exact import one_row
from pipeline.frame import Category, Floats, Frame, category_of
from pipeline.model import FittedModel
from pipeline.terms import BinnedNumberTerm, CategoryTerm, NumberTerm, ProductTerm, Term, design_of, reads_levels

Places = dict[tuple[str, str | None], int]


class Side:
    """One of the two fields: the model's columns that read it alone, made of values of it, and their weights.

    The weights include the products with held fields, so that what the field adds is columns @ weights.
    """

    def __init__(self, model: FittedModel, field: str, held: Floats) -> None:
        self.field = field
        self.terms = tuple(_without_codes(term) for term in model.terms if set(term.sources) == {field})
        self.reads_levels = any(reads_levels(term) for term in self.terms)
        at = [
            position
            for term, position in _positions(model)
            if set(term.sources) == {field}
            for position in _range(term, position)
        ]
        self.at = np.array(at, np.intp)
        self.held = held[self.at]
        self.weights = np.array(model.coefficients)[:, self.at]  # (classes with log-odds, columns)
        self.of: Places = {}  # each base column by its level; None for a number
        place = 0
        for term in self.terms:
            if term.sources == (field,) and not self.of:
                levels = term.levels if isinstance(term, CategoryTerm) else (None,)
                self.of = {(field, level): place + k for k, level in enumerate(levels)}
            place += term.width

    def columns(self, values: Floats | Sequence[Value]) -> Floats:
        """The columns of some values, (n, columns)."""
        n = len(values)
        column: Floats | Category
        if self.reads_levels:
            column = category_of(pa.chunked_array([pa.array([None if v is None else str(v) for v in values], pa.string())]))
        else:
            column = np.array([np.nan if v is None else v for v in values], np.float64)
        design, _ = design_of(Frame(n, {self.field: column}, {}), self.terms)
        return design.block(0, n)[:, 1:]


class Slice:
    """The log-odds over two fields of a model, with the others held.

    Attributes
    ----------
    x, y : Side
    constant : ndarray of float, shape (rows of coefficients,)
        What everything that reads neither field comes to, the intercept and the taken off prior shift included.
    products : list of (weights, column of x, column of y)
        Of the two fields.
    """

    def __init__(self, model: FittedModel, x: str, y: str, values: Mapping[str, Value]) -> None:
        design, _ = design_of(model.frame(one_row(model, values)), model.terms)
        held = design.block(0, 1)[0]
        weights = np.array(model.coefficients)
        self.model, self.x, self.y = model, Side(model, x, held), Side(model, y, held)
        self.products: list[tuple[Floats, int, int]] = []
        bases = _base_positions(model)
        spent = np.zeros(len(held), bool)  # columns that read one of the two
        for term, position in _positions(model):
            if not {x, y} & set(term.sources):
                continue
            spent[_range(term, position)] = True
            if isinstance(term, ProductTerm) and len(set(term.sources)) == 2:
                cells = term.cells or ((None, None),)
                for column, cell in zip(_range(term, position), cells, strict=True):
                    keys = dict(zip(term.sources, zip(term.sources, cell, strict=True), strict=True))
                    self._multiply(weights[:, column], keys, bases, held)
        self.constant = weights[:, ~spent] @ held[~spent] - np.array(model.prior_shift)

    def _multiply(self, weight: Floats, keys: Mapping[str, tuple[str, str | None]], bases: Places, held: Floats) -> None:
        """A product: of the two fields, or of one of them and what is held of another."""
        if set(keys) == {self.x.field, self.y.field}:
            self.products.append((weight, self.x.of[keys[self.x.field]], self.y.of[keys[self.y.field]]))
            return
        side = self.x if self.x.field in keys else self.y
        other = next(name for name in keys if name != side.field)
        side.weights[:, side.of[keys[side.field]]] += weight * held[bases[keys[other]]]

    def at(self, x: Floats | Sequence[Value], y: Floats | Sequence[Value]) -> Floats:
        """The log-odds of as many x as y, (n, rows of coefficients)."""
        of_x, of_y = self.x.columns(x), self.y.columns(y)
        eta = self.constant + of_x @ self.x.weights.T + of_y @ self.y.weights.T
        for weight, i, j in self.products:
            eta = eta + (of_x[:, i] * of_y[:, j])[:, None] * weight
        return np.asarray(eta)

    def grid(self, x: Floats | Sequence[Value], y: Floats | Sequence[Value]) -> Floats:
        """The log-odds of every x with every y, (n of y, n of x, rows of coefficients)."""
        of_x, of_y = self.x.columns(x), self.y.columns(y)
        eta = self.constant + (of_x @ self.x.weights.T)[None] + (of_y @ self.y.weights.T)[:, None]
        for weight, i, j in self.products:
            eta = eta + (of_y[:, j, None] * of_x[:, i])[:, :, None] * weight
        return np.asarray(eta)


def _positions(model: FittedModel) -> list[tuple[Term, int]]:
    """Each term with the place of its first column."""
    found, position = [], 1
    for term in model.terms:
        found.append((term, position))
        position += term.width
    return found


def _range(term: Term, position: int) -> range:
    return range(position, position + term.width)


def _base_positions(model: FittedModel) -> Places:
    """Where the column of each number, and of each level, stands."""
    found: Places = {}
    for term, position in _positions(model):
        if len(term.sources) != 1 or (term.sources[0], None) in found:
            continue
        levels = term.levels if isinstance(term, CategoryTerm) else (None,)
        for k, level in enumerate(levels):
            found.setdefault((term.sources[0], level), position + k)
    return found


def _without_codes(term: Term) -> Term:
    """The term with its codes where no number is: an axis shows numbers, also where one of them is written as a code is.

    The columns of codes stay, so that the places of the others do.
    """
    if reads_levels(term) or not isinstance(term, NumberTerm | BinnedNumberTerm):
        return term
    return replace(term, codes=tuple(("nan" + " " * k, meaning) for k, (_, meaning) in enumerate(term.codes)))
