"""A model in the scale of another: the same function of the columns, written as a sum over the other's columns."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from math import comb

import numpy as np

from pipeline.frame import Floats
from pipeline.terms import CategoryTerm, NumberTerm, ProductTerm, Term
from pipeline.terms.kinds import PowerTerm

Powers = tuple[tuple[str, int], ...]  # (field of a number, degree), sorted
Levels = tuple[tuple[str, str], ...]  # (field, level), sorted


@dataclass(frozen=True)
class Monomial:
    """What a column is: a product of powers of scaled numbers, where some fields have certain levels."""

    powers: Powers
    levels: Levels


CONSTANT = Monomial((), ())


def monomials_of(terms: tuple[Term, ...]) -> tuple[Monomial, ...]:
    """What each column of a model is, the intercept first."""
    found = [CONSTANT]
    for term in terms:
        if isinstance(term, PowerTerm):
            found.append(Monomial(((term.source, term.degree),), ()))
        elif isinstance(term, ProductTerm) and not term.cells:
            found.append(Monomial(_joined(term.sources), ()))
        elif isinstance(term, ProductTerm):
            for cell in term.cells:
                of = tuple(zip(term.sources, cell, strict=True))
                numbers = _joined(tuple(field for field, level in of if level is None))
                found.append(Monomial(numbers, tuple(sorted((field, level) for field, level in of if level is not None))))
        else:
            found += [
                Monomial(((term.field, 1),), ()) if level is None else Monomial((), ((term.field, level),))
                for level in term.column_levels
            ]
    return tuple(found)


def _joined(fields: tuple[str, ...]) -> Powers:
    return tuple(sorted((field, fields.count(field)) for field in set(fields)))


def rewritten(weights: Floats, terms: tuple[Term, ...], onto: tuple[Term, ...]) -> Floats:
    """The weights of one model in the columns of another.

    Parameters
    ----------
    weights : ndarray of float, shape (width of `terms`, k)
        NaN for a column whose weight is not known.
    terms : tuple of Term
        Learnt on other rows than `onto`: means, scales, levels and reference levels may differ.
    onto : tuple of Term
        Whose columns are wanted.

    Returns
    -------
    ndarray of float, shape (width of `onto`, k)
        NaN where the model has no such column, or its category lacks the reference level that the weight is against. Where all
        columns are there, both give each row that has no gap the same log-odds.
    """
    values: dict[Monomial, Floats] = dict(zip(monomials_of(terms), weights, strict=True))
    shifts = _shifts(terms, onto)
    spread: dict[Monomial, Floats] = {key: np.zeros(weights.shape[1]) for key in values}
    for key, value in values.items():
        for part, factor in _expanded(key, shifts):
            if part in spread:
                spread[part] = spread[part] + factor * value
    values = _against(spread, terms, onto)
    nothing = np.full(weights.shape[1], np.nan)
    return np.array([values.get(key, nothing) for key in monomials_of(onto)])


def _shifts(terms: tuple[Term, ...], onto: tuple[Term, ...]) -> dict[str, tuple[float, float]]:
    """For each number (a, b) with its value scaled as in `terms` = a + b · its value scaled as in `onto`."""
    old = {term.field: term for term in terms if isinstance(term, NumberTerm)}
    new = {term.field: term for term in onto if isinstance(term, NumberTerm)}
    return {
        name: ((new[name].mean - term.mean) / term.scale, new[name].scale / term.scale)
        for name, term in old.items()
        if name in new
    }


def _expanded(key: Monomial, shifts: Mapping[str, tuple[float, float]]) -> list[tuple[Monomial, float]]:
    """(a + b z)^n · ... multiplied out."""
    choices = []
    for name, degree in key.powers:
        a, b = shifts.get(name, (0.0, 1.0))
        choices.append([(name, k, comb(degree, k) * a ** (degree - k) * b**k) for k in range(degree + 1)])
    found = []
    for picked in product(*choices):
        factor = float(np.prod([each for _, _, each in picked])) if picked else 1.0
        powers = tuple((name, k) for name, k, _ in picked if k)
        if factor:
            found.append((Monomial(powers, key.levels), factor))
    return found


def _against(values: dict[Monomial, Floats], terms: tuple[Term, ...], onto: tuple[Term, ...]) -> dict[Monomial, Floats]:
    """The same with the reference levels of `onto`."""
    old = {term.field: term.reference for term in terms if isinstance(term, CategoryTerm) and term.reference is not None}
    new = {term.field: term.reference for term in onto if isinstance(term, CategoryTerm) and term.reference is not None}
    for field, wanted in new.items():
        had = old.get(field)
        if had is None or had == wanted:
            continue
        changed = dict(values)
        bases = {Monomial(key.powers, _without(key.levels, field)) for key in values if field in dict(key.levels)}
        for base in bases:
            level = Monomial(base.powers, tuple(sorted((*base.levels, (field, wanted)))))
            pivot = values.get(level, np.full_like(next(iter(values.values())), np.nan))
            if base in values:
                changed[base] = values[base] + pivot
            for key, value in values.items():
                if key.powers == base.powers and field in dict(key.levels) and _without(key.levels, field) == base.levels:
                    changed[key] = value - pivot
            changed.pop(level, None)
            changed[Monomial(base.powers, tuple(sorted((*base.levels, (field, had)))))] = -pivot
        values = changed
    return values


def _without(levels: Levels, field: str) -> Levels:
    return tuple(entry for entry in levels if entry[0] != field)
