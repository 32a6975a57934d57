"""By how much other values of one or two fields move the log-odds of an applicant: only the terms that read them are made."""

from collections.abc import Collection, Mapping
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pipeline.explain_results import Value
from pipeline.explaining.one_row import one_row
from pipeline.frame import Category, Floats, Frame, category_of
from pipeline.model import FittedModel
from pipeline.terms import CategoryTerm, PowerTerm, ProductTerm, Term, design_of


class Moves:
    """An applicant's log-odds, and what they move by when some of its values are others."""

    def __init__(self, model: FittedModel, values: Mapping[str, Value]) -> None:
        table = one_row(model, values)
        self._model, self._now = model, model.frame(table)
        self.log_odds = float(model.log_odds(table)[0, 0])
        self._links = {term.sources for term in model.terms if len(term.sources) > 1}

    def linked(self, one: str, other: str) -> bool:
        """Whether the model has a product of the two."""
        return (one, other) in self._links or (other, one) in self._links

    def of(self, others: Mapping[str, NDArray[Any]]) -> Floats:
        """What the log-odds move by for each row of other values: numbers, or levels, of the same length for each field."""
        terms, weights = self._reading(others)
        moved, _ = design_of(self._frame(others), terms)
        now, _ = design_of(self._now, terms)
        return np.asarray(moved.linear(weights)[:, 0] - now.linear(weights)[0, 0])

    def factors(self, one: str, values: NDArray[Any], other: str, others: NDArray[Any]) -> tuple[Floats, Floats] | None:
        """What two linked fields move the log-odds by beyond each alone is a product: its factor for each value of each.

        None where both are levels with a column each: then each two levels have a weight of their own.
        """
        by = self._number_moves(one, values)
        if by is None:
            turned = self.factors(other, others, one, values) if self._number_moves(other, others) is not None else None
            return None if turned is None else (turned[1], turned[0])
        at = int(np.abs(by).argmax())
        if by[at] == 0:
            return by, np.zeros(len(others))
        there = np.full(len(others), values[at], values.dtype)
        beyond = self.of({one: there, other: others}) - self.of({one: there}) - self.of({other: others})
        return by, np.asarray(beyond / by[at])

    def _number_moves(self, name: str, values: NDArray[Any]) -> Floats | None:
        """How far other values of a field are from its own in the number that products take; None for levels with columns."""
        base = next(term for term in self._model.terms if term.sources == (name,) and not isinstance(term, PowerTerm))
        if isinstance(base, CategoryTerm | ProductTerm):
            return None
        moved, now = (design_of(frame, (base,))[0].dense[:, 0] for frame in (self._frame({name: values}), self._now))
        return np.asarray(moved - now[0], np.float64)

    def _frame(self, others: Mapping[str, NDArray[Any]]) -> Frame:
        n = len(next(iter(others.values())))
        columns = {name: _repeated(column, n) for name, column in self._now.columns.items()}
        for name, values in others.items():
            columns[name] = values if values.dtype.kind == "f" else category_of(pa.chunked_array([pa.array(values, pa.string())]))
        return Frame(n, columns, {})

    def _reading(self, fields: Collection[str]) -> tuple[tuple[Term, ...], Floats]:
        """The terms that read some of the fields, with those that their products lean on, and their weights (width, 1)."""
        reading = [term for term in self._model.terms if set(term.sources) & set(fields)]
        needed = {name for term in reading for name in term.sources}
        at, terms, places = 1, [], [0]
        for term in self._model.terms:
            if term in reading or (len(term.sources) == 1 and term.sources[0] in needed):
                terms.append(term)
                places.extend(range(at, at + term.width))
            at += term.width
        return tuple(terms), np.array(self._model.coefficients[0])[places][:, None]


def _repeated(column: Floats | Category, n: int) -> Floats | Category:
    """A column of one row as one of n rows, without writing them."""
    if isinstance(column, Category):
        return Category(np.broadcast_to(column.codes, n), column.levels)
    return np.broadcast_to(column, n)
