"""Columns as terms read them: numbers with codes, logarithm and order seen to; categories as the positions of a term's levels."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pipeline.errors import UnusableData
from pipeline.frame import Category, Codes, Floats, category_of
from pipeline.terms.kinds import BinnedCategoryTerm, BinnedNumberTerm, CategoryTerm, NumberTerm

Mask = NDArray[np.bool_]
Rows = NDArray[np.intp]
Chosen = Rows | slice | None  # some rows of a column, or all of it


@dataclass(frozen=True)
class Coded:
    """Numbers with NaN in place of gaps and codes; which rows are missing; which hold each code; and how many are unseen.

    Unseen are codes that no training row had, levels outside an order, and values of -1 or less where a logarithm is taken: all
    of them count as missing.
    """

    numbers: Floats
    missing: Mask
    of_code: dict[str, Mask] = field(default_factory=dict)
    n_unseen: int = 0


def read_number(
    column: Floats | Category, rows: Chosen, name: str, codes: tuple[tuple[str, str], ...], log: bool, order: tuple[str, ...]
) -> Coded:
    """Some rows of a column (all, where none are given) as numbers, before winsorising and filling."""
    found = _ordered(as_category(column), rows, codes, order) if order else coded(_taken(_numbers(column, name), rows), codes)
    if not log:
        return found
    with np.errstate(invalid="ignore"):
        low = found.numbers <= -1
    if not low.any():
        return Coded(np.log1p(found.numbers), found.missing, found.of_code, found.n_unseen)
    numbers = np.log1p(np.where(low, np.nan, found.numbers))
    return Coded(numbers, found.missing | low, found.of_code, found.n_unseen + int(low.sum()))


def coded(values: Floats, codes: tuple[tuple[str, str], ...]) -> Coded:
    """Takes the special codes (texts of numbers, each "level", "missing" or "unseen") out of some numbers."""
    missing = np.isnan(values)
    if not codes:
        return Coded(values, missing)
    of_code = {code: values == float(code) for code, _ in codes}
    numbers = np.where(np.logical_or.reduce(list(of_code.values())), np.nan, values)
    return _with_meanings(Coded(numbers, missing, of_code), codes)


def _ordered(column: Category, rows: Chosen, codes: tuple[tuple[str, str], ...], order: tuple[str, ...]) -> Coded:
    """Places in an order from 0 on; codes are levels that stand apart from it."""
    apart = {code for code, _ in codes}
    place = {level: float(k) for k, level in enumerate(order) if level not in apart}
    values = np.array([*(place.get(level, np.nan) for level in column.levels), np.nan])
    strange = np.array([*(level not in place and level not in apart for level in column.levels), False])
    taken = _taken(column.codes, rows)
    at = {level: k for k, level in enumerate(column.levels)}
    of_code = {code: taken == at.get(code, -2) for code in apart}
    is_code = np.array([*(level in apart for level in column.levels), False])
    numbers = values[taken]
    missing = np.isnan(numbers) & ~is_code[taken]
    return _with_meanings(Coded(numbers, missing, of_code, int(strange[taken].sum())), codes)


def _with_meanings(found: Coded, codes: tuple[tuple[str, str], ...]) -> Coded:
    missing, n_unseen = found.missing, found.n_unseen
    for code, meaning in codes:
        if meaning != "level":
            missing = missing | found.of_code[code]
        if meaning == "unseen":
            n_unseen += int(found.of_code[code].sum())
    return Coded(found.numbers, missing, found.of_code, n_unseen)


def filled(term: NumberTerm, found: Coded) -> Floats:
    """The numbers of a term, winsorised, with gaps and codes filled, not scaled yet. May be the column itself."""
    numbers = found.numbers
    if term.low is not None or term.high is not None:
        numbers = np.clip(numbers, term.low, term.high)
    gaps = found.missing if not found.of_code else np.isnan(numbers)
    return np.where(gaps, term.fill, numbers) if gaps.any() else numbers


def woe_of_number(term: BinnedNumberTerm, found: Coded) -> Floats:
    """The weight of evidence of each row's bin or code, or of missing."""
    woe = np.array([*term.woe, term.woe_missing])
    values = woe[np.searchsorted(np.array(term.edges), found.numbers, side="right")]  # NaN sorts last: set below
    values[np.isnan(found.numbers)] = term.woe_missing
    for code, evidence in zip(term.code_levels, term.woe_codes, strict=True):
        values[found.of_code[code]] = evidence
    return np.asarray(values, np.float64)


def read_levels(
    term: CategoryTerm | BinnedCategoryTerm, column: Floats | Category, rows: Chosen, first: int = 0
) -> tuple[Codes, int]:
    """For each row `first` plus the position among the term's levels, -1 for none; and how many hold what training never saw."""
    category = _category(column, term.field)
    recode, strange = positions(term, category.levels)
    recode[recode >= 0] += first
    taken = _taken(category.codes, rows)
    n_strange = int(np.count_nonzero(taken < 0)) if strange[-1] else 0
    if strange[:-1].any():
        strange[-1] = False
        n_strange += int(np.count_nonzero(strange[taken]))
    return np.take(recode, taken, mode="wrap"), n_strange


def positions(term: CategoryTerm | BinnedCategoryTerm, levels: tuple[str, ...]) -> tuple[Codes, Mask]:
    """For each of some levels, and last for a gap: its position among the term's levels, and whether training never saw it."""
    where = {level: k for k, level in enumerate(term.levels)}
    reference = getattr(term, "reference", None)
    grouped, gaps = set(term.grouped), set(term.gaps)
    elsewhere = where.get(term.other, -1) if term.other is not None else -1

    def position(level: str | None) -> tuple[int, bool]:
        if level is None:
            return elsewhere, True
        if level in grouped:
            return elsewhere, False
        return where.get(level, -1 if level == reference else elsewhere), level not in where and level != reference

    gap = position(term.missing)
    found = [*(gap if level in gaps else position(level) for level in levels), gap]
    return np.array([at for at, _ in found], np.int32), np.array([strange for _, strange in found])


def as_category(column: Floats | Category) -> Category:
    """Numbers as levels, by their shortest text."""
    return column if isinstance(column, Category) else category_of(pa.chunked_array([pa.array(column, from_pandas=True)]))


def _taken(values: NDArray[Any], rows: Chosen) -> NDArray[Any]:
    return values if rows is None else values[rows]


def _numbers(column: Floats | Category, name: str) -> Floats:
    if isinstance(column, Category) and not column.levels:  # all missing, which has no type of its own
        return np.full(len(column.codes), np.nan)
    if isinstance(column, Category):
        raise UnusableData(f"'{name}' holds texts, and the model takes numbers.", fix="Check how the column was read.")
    return column


def _category(column: Floats | Category, name: str) -> Category:
    if not isinstance(column, Category):
        raise UnusableData(f"'{name}' holds numbers, and the model takes levels.", fix="Check how the column was read.")
    return column
