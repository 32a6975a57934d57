"""Learning the terms from training rows: what fills a gap, how a number is scaled, which levels there are."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import InvalidSpec, UnusableData
from pipeline.frame import Category, Floats, Frame
from pipeline.levels import number_text
from pipeline.spec import TrainSpec
from pipeline.tallies import CATEGORY_LEVELS
from pipeline.terms import MISSING_LEVEL, CategoryTerm, NumberTerm, Term, coded

_FILLS: dict[str, Callable[[Floats], float]] = {
    "median": lambda present: float(np.median(present)),
    "mean": lambda present: float(present.mean()),
    "zero": lambda present: 0.0,
}


def learn_terms(frame: Frame, rows: NDArray[np.intp], spec: TrainSpec) -> tuple[tuple[Term, ...], tuple[tuple[str, str], ...]]:
    """The terms of a model, learnt on some rows only.

    Parameters
    ----------
    frame : Frame
        The features.
    rows : ndarray of int, shape (n_train,)
        The training rows.
    spec : TrainSpec
        Imputation, reference level and special codes are taken from it.

    Returns
    -------
    terms : tuple of Term
        One for each feature that takes at least two values among the rows, on the scale that the spec asks for.
    left_out : tuple of (str, str)
        The features that take one value only, with the reason.

    Raises
    ------
    UnusableData
        Where a category has more than 1,000 levels or a number is too large to be scaled.
    InvalidSpec
        Where the special code of a number is no number.
    """
    terms: list[Term] = []
    left_out: list[tuple[str, str]] = []
    for name, column in frame.columns.items():
        if isinstance(column, Category):
            term: Term | None = _category_term(name, column, rows, spec)
        else:
            term = _number_term(name, column[rows], spec)
        if term is None:
            beside = " beside its special codes; read it as a category" if spec.codes_of(name) else ""
            left_out.append((name, f"one value only among the training rows{beside}"))
        else:
            terms.append(term)
    return tuple(terms), tuple(left_out)


def _number_term(name: str, values: Floats, spec: TrainSpec) -> NumberTerm | None:
    codes = _number_codes(name, values, spec)
    found = coded(values, codes)
    gaps = np.isnan(found.numbers)
    present = found.numbers[~gaps]
    if not len(present):
        return None
    with np.errstate(over="ignore", invalid="ignore"):
        fill = _FILLS[spec.missing_numbers](present)
        filled = np.where(gaps, fill, found.numbers)
        mean, sd = float(filled.mean()), float(filled.std())
    if not (np.isfinite(mean) and np.isfinite(sd)):
        raise UnusableData(f"'{name}' holds numbers too large to be scaled.", fix="Check the column, or leave it out.")
    flag = spec.missing_indicator and bool(found.missing.any())
    if sd <= 1e-12 * max(abs(mean), float(np.abs(filled).max())):  # rounding alone gives a constant some spread
        return None
    centre, scale = (mean, sd) if spec.scaling == "standard" else (0.0, 1.0)
    return NumberTerm(name, fill, centre, scale, flag, sd, codes)


def _number_codes(name: str, values: Floats, spec: TrainSpec) -> tuple[tuple[str, str], ...]:
    """The codes of a column of numbers, written as numbers are; a level that no training row has is "unseen"."""
    found: dict[str, str] = {}
    for code, meaning in spec.codes_of(name):
        try:
            value = float(code)
        except ValueError:
            value = np.nan
        if not np.isfinite(value):
            raise InvalidSpec.one("special_codes", f"'{name}' holds numbers, and its code '{code}' is none; take it out.")
        occurs = meaning == "missing" or bool((values == value).any())
        found[number_text(value)] = meaning if occurs else "unseen"
    return tuple(found.items())


def _category_term(name: str, column: Category, rows: NDArray[np.intp], spec: TrainSpec) -> CategoryTerm | None:
    counts = np.bincount(column.codes[rows] + 1, minlength=len(column.levels) + 1)
    gaps = tuple(code for code, meaning in spec.codes_of(name) if meaning == "missing")
    of_gap = np.array([level in gaps for level in column.levels], bool)
    n_missing, of_level = int(counts[0] + counts[1:][of_gap].sum()), np.where(of_gap, 0, counts[1:])
    seen = [k for k in range(len(column.levels)) if of_level[k]]
    if len(seen) > CATEGORY_LEVELS:
        raise UnusableData(
            f"'{name}' has {len(seen):,} levels; a category may have at most {CATEGORY_LEVELS:,}.",
            fix="Leave it out of the features, or group its levels.",
        )
    if not seen:
        return None
    commonest = max(seen, key=lambda k: (of_level[k], -k))
    reference = seen[0] if spec.reference_level == "first" else commonest
    levels = [column.levels[k] for k in seen if k != reference]
    missing: str | None = None
    if n_missing and spec.missing_categories == "own_level":
        missing = MISSING_LEVEL
        while missing in column.levels:
            missing = f"({missing})"
        levels.append(missing)
    elif spec.missing_categories == "most_frequent":
        missing = column.levels[commonest]
    if not levels:
        return None
    return CategoryTerm(name, tuple(levels), column.levels[reference], missing, gaps)
