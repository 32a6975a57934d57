"""Terms: what a fitted model does to each column. They hold every value that was learnt on the training rows."""

from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import UnusableData
from pipeline.frame import Category, Codes, Floats, Frame
from pipeline.levels import number_text

MISSING_LEVEL = "(missing)"


@dataclass(frozen=True)
class NumberTerm:
    """(value - mean) / scale, with `fill` where the value is missing; and 1 or 0 for missing where `flag` is set.

    A special code is no number: it is filled too. One that means "level" has a column of its own, 1 where the value is the code.
    One that means "missing" is missing for the flag as well. One that is "unseen" was named but not met in training: no column.
    """

    field: str
    fill: float
    mean: float
    scale: float
    flag: bool = False
    sd: float = 1.0  # of the training rows, after filling; for reporting
    codes: tuple[tuple[str, str], ...] = ()  # (code, "level", "missing" or "unseen")

    @property
    def code_levels(self) -> tuple[str, ...]:
        return tuple(code for code, meaning in self.codes if meaning == "level")

    @property
    def width(self) -> int:
        return len(self.column_levels)

    @property
    def column_levels(self) -> tuple[str | None, ...]:
        return (None, *((MISSING_LEVEL,) if self.flag else ()), *self.code_levels)

    def to_json(self) -> dict[str, Any]:
        stored = {"kind": "number", **asdict(self), "codes": [list(entry) for entry in self.codes]}
        return _without_empty(stored, "codes")


@dataclass(frozen=True)
class CategoryTerm:
    """One column for each of `levels`; the reference level, and levels that training never saw, are 0 in all of them.

    `missing` is the level that a missing value counts as, or null where that is the reference; `gaps` are the special codes that
    count as missing.
    """

    field: str
    levels: tuple[str, ...]
    reference: str
    missing: str | None
    gaps: tuple[str, ...] = ()

    @property
    def width(self) -> int:
        return len(self.levels)

    @property
    def column_levels(self) -> tuple[str | None, ...]:
        return self.levels

    def to_json(self) -> dict[str, Any]:
        stored = {"kind": "category", **asdict(self), "levels": list(self.levels), "gaps": list(self.gaps)}
        return _without_empty(stored, "gaps")


Term = NumberTerm | CategoryTerm


def _without_empty(stored: dict[str, Any], name: str) -> dict[str, Any]:
    """A term without special codes is written as it was before there were any."""
    return {key: value for key, value in stored.items() if key != name or value}


def term_of(stored: dict[str, Any]) -> Term:
    values = {name: value for name, value in stored.items() if name != "kind"}
    if stored["kind"] == "number":
        codes = tuple((number_text(float(code)), str(meaning)) for code, meaning in values.pop("codes", ()))
        return NumberTerm(**values, codes=codes)
    gaps = tuple(map(str, values.pop("gaps", ())))
    return CategoryTerm(**{**values, "levels": tuple(values["levels"])}, gaps=gaps)


@dataclass(frozen=True)
class Design:
    """Rows as a fit takes them: an intercept, `dense` columns, and for each category the column that is 1, or -1 for none.

    Column 0 is the intercept. `dense_at` are the positions of the dense columns; `codes[:, k]` are positions. The columns of
    the model, on which the spec's scaling and penalty are defined, are unit · column + shift: a fit may run on columns with
    mean 0 and standard deviation 1, whatever the scale of the model's.
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
        mean, sd = self.dense.mean(axis=0), self.dense.std(axis=0)
        sd = np.where(sd > 0, sd, 1.0)
        unit, shift = self.unit.copy(), self.shift.copy()
        unit[self.dense_at], shift[self.dense_at] = unit[self.dense_at] * sd, shift[self.dense_at] + unit[self.dense_at] * mean
        return replace(self, dense=(self.dense - mean) / sd, unit=unit, shift=shift)

    def to_model(self) -> Floats:
        """The matrix T with weights of the model's columns = T · weights of the design's, (width, width)."""
        T = np.diag(1 / self.unit)
        T[0] -= self.shift / self.unit
        return T


@dataclass(frozen=True)
class Coded:
    """Numbers with NaN in place of gaps and codes; which rows are missing; and which hold each code."""

    numbers: Floats
    missing: NDArray[np.bool_]
    of_code: dict[str, NDArray[np.bool_]]


def coded(values: Floats, codes: tuple[tuple[str, str], ...]) -> Coded:
    """Takes the special codes (texts of numbers, each "level", "missing" or "unseen") out of some numbers."""
    missing = np.isnan(values)
    of_code = {code: values == float(code) for code, _ in codes}
    if not codes:
        return Coded(values, missing, of_code)
    numbers = np.where(np.logical_or.reduce(list(of_code.values())), np.nan, values)
    for code, meaning in codes:
        if meaning == "missing":
            missing = missing | of_code[code]
    return Coded(numbers, missing, of_code)


def width_of(terms: tuple[Term, ...]) -> int:
    return 1 + sum(term.width for term in terms)


def design_of(frame: Frame, terms: tuple[Term, ...], rows: NDArray[np.intp] | None = None) -> tuple[Design, dict[str, int]]:
    """The design of some rows (all, where none are given), and how many levels and codes of each column training never saw."""
    dense: list[Floats] = []
    dense_at: list[int] = []
    codes: list[Codes] = []
    unseen: dict[str, int] = {}
    at = 1
    for term in terms:
        column = frame.columns[term.field]
        if isinstance(term, NumberTerm):
            numbers = _numbers(column, term.field)
            found = coded(numbers if rows is None else numbers[rows], term.codes)
            dense.append((np.where(np.isnan(found.numbers), term.fill, found.numbers) - term.mean) / term.scale)
            if term.flag:
                dense.append(found.missing.astype(np.float64))
            dense += [found.of_code[code].astype(np.float64) for code in term.code_levels]
            dense_at += range(at, at + term.width)
            n_unseen = sum(int(found.of_code[code].sum()) for code, meaning in term.codes if meaning == "unseen")
            if n_unseen:
                unseen[term.field] = n_unseen
        else:
            recode, strange = _positions(_category(column, term.field), term, at)
            taken = _category(column, term.field).codes
            taken = taken if rows is None else taken[rows]
            codes.append(recode[taken])
            n_strange = int(strange[taken].sum())
            if n_strange:
                unseen[term.field] = n_strange
        at += term.width
    n = frame.n_rows if rows is None else len(rows)
    matrix = np.stack(dense, axis=1) if dense else np.empty((n, 0))
    positions = np.stack(codes, axis=1) if codes else np.empty((n, 0), np.int32)
    return Design(matrix, np.array(dense_at, np.intp), positions, at, np.ones(at), np.zeros(at)), unseen


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


def _positions(column: Category, term: CategoryTerm, first: int) -> tuple[Codes, NDArray[np.bool_]]:
    """For each code of the column (the last entry is for missing): its position in the design, and whether it is unseen."""
    where = {level: first + k for k, level in enumerate(term.levels)}
    gap, gap_is_strange = where.get(term.missing or "", -1), term.missing is None
    recode = [gap if level in term.gaps else where.get(level, -1) for level in column.levels]
    strange = [
        gap_is_strange if level in term.gaps else level not in where and level != term.reference for level in column.levels
    ]
    return np.array([*recode, gap], np.int32), np.array([*strange, gap_is_strange])
