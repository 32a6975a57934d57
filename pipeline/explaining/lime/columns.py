"""The fields of a model as LIME takes them, and back.

LIME knows numbers and levels, no gaps. A number stands in its own unit, with the model's fill in place of what the model fills;
where the model tells gaps or special codes from numbers (a flag, a column of a code, a bin of their own, a fill outside of what
winsorising leaves), the field has a second column: its state. A category stands as the levels that the model tells apart, so
that rare ones are one level.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.explain_results import LimeColumn
from pipeline.frame import Category, Codes, Floats, Frame
from pipeline.terms import (
    MISSING_LEVEL,
    BinnedCategoryTerm,
    BinnedNumberTerm,
    CategoryTerm,
    NumberTerm,
    PowerTerm,
    ProductTerm,
    Term,
    coded,
    reads_levels,
)
from pipeline.terms.reading import Mask, Rows, as_category, positions

NUMBER, LEVEL, STATE = "number", "level", "state"
GIVEN = "given"  # the state of a number that is one

BaseTerm = NumberTerm | CategoryTerm | BinnedNumberTerm | BinnedCategoryTerm


@dataclass(frozen=True)
class Levels:
    """A field of some rows as LIME's levels: positions in `names`."""

    codes: Codes
    names: tuple[str | None, ...]


@dataclass(frozen=True)
class Numbers:
    """A field of some rows as a number, NaN where the model fills, and its states."""

    values: Floats
    states: Levels


def base_terms(terms: Sequence[Term]) -> list[BaseTerm]:
    """The terms that read a column each, in their order; powers and products are made of them."""
    return [term for term in terms if not isinstance(term, PowerTerm | ProductTerm)]


def read(frame: Frame, rows: Rows | None, term: BaseTerm) -> Numbers | Levels:
    """Some rows of a term's field (all, where none are given)."""
    column = frame.columns[term.field]
    if not reads_levels(term):
        return _numbers(_plain(column), rows, term)
    category = as_category(column)
    taken = category.codes if rows is None else category.codes[rows]
    names, recode = _ordered(term, category) if getattr(term, "order", ()) else _grouped(term, category)
    return Levels(np.take(recode, taken, mode="wrap"), names)


def fill_of(term: BaseTerm, values: Floats) -> float:
    """What stands in for gaps in a number, in its own unit: the model's fill, or the median where it has none."""
    if isinstance(term, NumberTerm):
        return float(np.expm1(term.fill)) if term.log else term.fill
    present = values[~np.isnan(values)]
    return float(np.median(present)) if len(present) else 0.0


def _plain(column: Floats | Category) -> Floats:
    return np.full(len(column.codes), np.nan) if isinstance(column, Category) else column


def _numbers(column: Floats, rows: Rows | None, term: BaseTerm) -> Numbers:
    found = coded(column if rows is None else column[rows], getattr(term, "codes", ()))
    values, missing = found.numbers, found.missing
    if isinstance(term, NumberTerm) and term.log:
        with np.errstate(invalid="ignore"):
            none = values <= -1
        values, missing = np.where(none, np.nan, values), missing | none
    names = (GIVEN, *_told_apart(term))
    states = np.zeros(len(values), np.int32)
    for k, name in enumerate(names[1:], start=1):
        holds: Mask = missing if name == MISSING_LEVEL else found.of_code[name]
        states[holds] = k
    return Numbers(values, Levels(states, names))


def _told_apart(term: BaseTerm) -> tuple[str, ...]:
    """The states of a number, beside that it is one, which change what the model says."""
    if isinstance(term, NumberTerm):
        # what fills a gap is not winsorised, so that a number of the same size may count as another
        pulled_in = (term.low is not None and term.fill < term.low) or (term.high is not None and term.fill > term.high)
        gaps = term.flag or pulled_in
    else:
        gaps = isinstance(term, BinnedNumberTerm)
    return ((MISSING_LEVEL,) if gaps else ()) + tuple(getattr(term, "code_levels", ()))


def _ordered(term: BaseTerm, category: Category) -> tuple[tuple[str | None, ...], Codes]:
    """The levels of an order and its special codes, then None for whatever counts as missing."""
    known = tuple(dict.fromkeys([*getattr(term, "order", ()), *getattr(term, "code_levels", ())]))
    apart = {code for code, meaning in getattr(term, "codes", ()) if meaning != "level"}
    at = {level: k for k, level in enumerate(known) if level not in apart}
    return (*known, None), np.array([*(at.get(level, len(known)) for level in category.levels), len(known)], np.int32)


def _grouped(term: BaseTerm, category: Category) -> tuple[tuple[str | None, ...], Codes]:
    """The levels that the model tells apart; last, where the model takes no level for it, one that training never saw."""
    if not isinstance(term, CategoryTerm | BinnedCategoryTerm):
        raise AssertionError("a number in order is no group of levels")
    reference = getattr(term, "reference", None)
    names = (*term.levels, *([reference] if reference is not None else []))
    found, _ = positions(term, category.levels)
    strange = np.where(found < 0, len(term.levels), found)
    return (*names, *(["(unseen)"] if reference is None else [])), np.asarray(strange, np.int32)


def frame_of_samples(columns: Sequence[LimeColumn], samples: Floats) -> Frame:
    """Samples as LIME draws them, (n, columns), as the frame that the model's terms read."""
    made: dict[str, Floats | Category] = {}
    for j, column in enumerate(columns):
        if column.kind == NUMBER:
            made[column.field] = samples[:, j].copy()
        elif column.kind == STATE:
            _put_states(np.asarray(made[column.field]), samples[:, j], column.levels)
        else:
            made[column.field] = _category(samples[:, j].astype(np.int32), column.levels)
    return Frame(len(samples), made, {})


def _put_states(values: Floats, states: Floats, names: tuple[str | None, ...]) -> None:
    for k, name in enumerate(names):
        if name == MISSING_LEVEL:
            values[states == k] = np.nan
        elif name is not None and name != GIVEN:
            values[states == k] = float(name)


def _category(codes: Codes, names: tuple[str | None, ...]) -> Category:
    levels = tuple(name for name in names if name is not None)
    if len(levels) == len(names):
        return Category(codes, levels)
    gap = names.index(None)
    return Category(np.where(codes == gap, -1, codes - (codes > gap)).astype(np.int32), levels)
