"""Interactions: the products of two columns that have terms of their own."""

from itertools import product as pairs_of

import numpy as np

from pipeline.errors import InvalidSpec, UnusableData
from pipeline.frame import Codes, Floats, Frame
from pipeline.preparation.numbers import scaled_numbers
from pipeline.spec import TrainSpec
from pipeline.terms import BinnedNumberTerm, CategoryTerm, NumberTerm, PowerTerm, ProductTerm, Term
from pipeline.terms.kinds import BaseTerm
from pipeline.terms.reading import Rows, read_levels, read_number, woe_of_number

_ROUNDING = 1e-12
MOST_VALUES = 100_000_000  # of the columns of a product: 0.8 GB


def learn_products(
    frame: Frame, rows: Rows | None, terms: tuple[Term, ...], spec: TrainSpec
) -> tuple[tuple[ProductTerm, ...], tuple[tuple[str, str], ...]]:
    """A term for each pair of columns whose product varies; and the others, with the reason."""
    bases = {term.field: term for term in terms if not isinstance(term, PowerTerm | ProductTerm)}
    found: list[ProductTerm] = []
    left_out: list[tuple[str, str]] = []
    for pair in spec.interactions:
        absent = [name for name in pair if name not in bases]
        if absent:
            left_out.append((" × ".join(pair), f"'{absent[0]}' is not used"))
            continue
        term = _product(pair, bases[pair[0]], bases[pair[1]], frame, rows)
        if term is None:
            left_out.append((" × ".join(pair), "one value only among the training rows"))
        else:
            found.append(term)
    return tuple(found), tuple(left_out)


def _product(pair: tuple[str, str], first: BaseTerm, second: BaseTerm, frame: Frame, rows: Rows | None) -> ProductTerm | None:
    if not isinstance(first, CategoryTerm) and not isinstance(second, CategoryTerm):
        with np.errstate(over="ignore", invalid="ignore"):
            product = base_values(first, frame, rows) * base_values(second, frame, rows)
            sd, largest = float(product.std()), float(np.abs(product).max())
        if not np.isfinite(sd):
            raise UnusableData(f"{' × '.join(pair)} is too large to be computed.", fix="Scale the numbers.")
        return ProductTerm(pair, (), sd) if sd > _ROUNDING * largest else None
    if isinstance(first, CategoryTerm) and isinstance(second, CategoryTerm):
        one, other = (read_levels(base, frame.columns[base.field], rows)[0] for base in (first, second))
        inside = (one >= 0) & (other >= 0)
        met = np.bincount(one[inside].astype(np.intp) * second.width + other[inside], minlength=first.width * second.width)
        cells = [cell for cell, n in zip(pairs_of(first.levels, second.levels), met, strict=True) if n]
        return ProductTerm(pair, tuple(cells)) if cells else None
    for term in (first, second):
        n_values = (frame.n_rows if rows is None else len(rows)) * term.width
        if isinstance(term, CategoryTerm) and n_values > MOST_VALUES:
            said = f"{' × '.join(pair)} would have a column for each of {term.width:,} levels, too much for so many rows"
            raise InvalidSpec.one("interactions", f"{said}; group the rare levels of '{term.field}', or take it out.")
    if isinstance(first, CategoryTerm):
        return ProductTerm(pair, tuple((level, None) for level in first.levels))
    assert isinstance(second, CategoryTerm)  # noqa: S101 - for the type checker: the cases above are all others
    return ProductTerm(pair, tuple((None, level) for level in second.levels))


def base_values(term: BaseTerm, frame: Frame, rows: Rows | None) -> Floats:
    """A number as the model has it: scaled, or as weight of evidence."""
    column = frame.columns[term.field]
    if isinstance(term, NumberTerm):
        return scaled_numbers(term, frame, rows)
    if isinstance(term, BinnedNumberTerm):
        return woe_of_number(term, read_number(column, rows, term.field, term.codes, False, term.order))
    if isinstance(term, CategoryTerm):
        raise TypeError("A category is no number.")
    return _woe_of_levels(read_levels(term, column, rows)[0], term.woe)


def _woe_of_levels(taken: Codes, woe: tuple[float, ...]) -> Floats:
    return np.asarray(np.array([*woe, 0.0])[taken])
