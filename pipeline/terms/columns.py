"""The columns of a model in words: what each is called, which fields it comes from, and how it reads in the field's own units."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from pipeline.frame import Floats
from pipeline.terms.kinds import (
    MISSING_LEVEL,
    BinnedCategoryTerm,
    BinnedNumberTerm,
    CategoryTerm,
    NumberTerm,
    PowerTerm,
    ProductTerm,
    Term,
    width_of,
)

PRESENT = "(present)"


@dataclass(frozen=True)
class Column:
    """One column of a model, without the intercept.

    Attributes
    ----------
    name : str
        As it stands in a table: "age", "age²", "ln(1 + income)", "purpose: car", "age × purpose: car".
    field, level : str, str or None
        The term's field ("age", "age²", "age × purpose") and the level that the column is 1 for; together they are its key.
    reference : str or None
        The level that `level` is compared with; null for a number, and where every level has a column.
    sources : tuple of str
        The columns of the table that it is made of.
    scale, centre : float
        Value in own units = scale · value in the model + centre. 1 and 0 where there are no other units than the model's.
    unit : str
        "" for the source's own unit; else what a coefficient is per, in words.
    sd : float or None
        Standard deviation in own units among the training rows; null for a level.
    """

    name: str
    field: str
    level: str | None
    reference: str | None
    sources: tuple[str, ...]
    scale: float = 1.0
    centre: float = 0.0
    unit: str = ""
    sd: float | None = None


def columns_of(terms: tuple[Term, ...]) -> tuple[Column, ...]:
    """The columns of a model in the order of its coefficients, which start with the intercept."""
    return tuple(column for term in terms for column in _columns(term, terms))


def columns_by_source(terms: tuple[Term, ...]) -> dict[tuple[str, ...], list[int]]:
    """The positions among a model's coefficients that belong to each field, or to each pair of fields for their products.

    One-hot columns, flags, special codes and powers stand with their field.
    """
    found: dict[tuple[str, ...], list[int]] = {}
    for at, column in enumerate(columns_of(terms), start=1):
        found.setdefault(column.sources, []).append(at)
    return found


def in_own_units(terms: tuple[Term, ...]) -> Floats:
    """The matrix T with weights in own units = T · weights of the model's columns, (width, width)."""
    T = np.eye(width_of(terms))
    for at, column in enumerate(columns_of(terms), start=1):
        T[at, at] = 1 / column.scale
        T[0, at] = -column.centre / column.scale
    return T


def _columns(term: Term, terms: tuple[Term, ...]) -> Iterator[Column]:
    match term:
        case NumberTerm():
            name = f"ln(1 + {term.field})" if term.log else term.field
            unit = f"unit of {name}" if term.log else "step in the order" if term.order else ""
            yield Column(name, term.field, None, None, term.sources, term.scale, term.mean, unit, term.sd)
            yield from (_level(term, level, PRESENT) for level in term.column_levels if level is not None)
        case CategoryTerm():
            yield from (_level(term, level, term.reference) for level in term.levels)
        case PowerTerm():
            base = number_of(term.source, terms)
            unit = f"unit of {scaled_text(base)}{term.field.removeprefix(term.source)}"
            yield Column(_of_log(base, term), term.field, None, None, term.sources, unit=unit, sd=term.sd)
        case ProductTerm():
            unit = " × ".join(
                scaled_text(other) for other in _bases(term.sources, terms) if isinstance(other, NumberTerm | BinnedNumberTerm)
            )
            if not term.cells:
                yield Column(term.field, term.field, None, None, term.sources, unit=f"unit of {unit}", sd=term.sd)
            for level in term.column_levels if term.cells else ():
                name = f"{term.field}: {level}"
                yield Column(name, term.field, level, None, term.sources, unit=f"unit of {unit}" if unit else "")
        case BinnedNumberTerm() | BinnedCategoryTerm():
            name = f"WoE of {term.field}"
            yield Column(name, term.field, None, None, term.sources, unit="unit of weight of evidence", sd=term.sd)


def _level(term: NumberTerm | CategoryTerm, level: str, reference: str | None) -> Column:
    said = "missing" if level == MISSING_LEVEL and isinstance(term, NumberTerm) else level
    return Column(f"{term.field}: {said}", term.field, level, reference, term.sources)


def _of_log(base: NumberTerm, term: PowerTerm) -> str:
    return f"ln(1 + {base.field}){term.field.removeprefix(term.source)}" if base.log else term.field


def number_of(field: str, terms: tuple[Term, ...]) -> NumberTerm:
    """The term of a number that a power is taken of. Raises KeyError where there is none."""
    for term in terms:
        if isinstance(term, NumberTerm) and term.field == field:
            return term
    raise KeyError(field)


def _bases(fields: tuple[str, ...], terms: tuple[Term, ...]) -> Iterator[Term]:
    for field in fields:
        yield next(term for term in terms if not isinstance(term, PowerTerm | ProductTerm) and term.field == field)


def scaled_text(term: Term) -> str:
    """What a number is once it is scaled: `(age − 41.2) / 11.3`."""
    if not isinstance(term, NumberTerm):
        return f"WoE of {term.field}"
    name = f"ln(1 + {term.field})" if term.log else term.field
    shifted = name if not term.mean else f"({name} {'−' if term.mean > 0 else '+'} {abs(term.mean):.4g})"
    return shifted if term.scale == 1 else f"({shifted} / {term.scale:.4g})"
