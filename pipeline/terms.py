"""Terms: what a fitted model does to each column. They hold every value that was learnt on the training rows."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import UnusableData
from pipeline.frame import Category, Codes, Floats, Frame

MISSING_LEVEL = "(missing)"


@dataclass(frozen=True)
class NumberTerm:
    """(value - mean) / scale, with `fill` where the value is missing; and 1 or 0 for missing where `flag` is set."""

    field: str
    fill: float
    mean: float
    scale: float
    flag: bool = False
    sd: float = 1.0  # of the training rows, after filling; for reporting

    @property
    def width(self) -> int:
        return 2 if self.flag else 1

    @property
    def column_levels(self) -> tuple[str | None, ...]:
        return (None, MISSING_LEVEL) if self.flag else (None,)

    def to_json(self) -> dict[str, Any]:
        return {"kind": "number", **asdict(self)}


@dataclass(frozen=True)
class CategoryTerm:
    """One column for each of `levels`; the reference level, and levels that training never saw, are 0 in all of them.

    `missing` is the level that a missing value counts as, or null where that is the reference.
    """

    field: str
    levels: tuple[str, ...]
    reference: str
    missing: str | None

    @property
    def width(self) -> int:
        return len(self.levels)

    @property
    def column_levels(self) -> tuple[str | None, ...]:
        return self.levels

    def to_json(self) -> dict[str, Any]:
        return {"kind": "category", **asdict(self), "levels": list(self.levels)}


Term = NumberTerm | CategoryTerm


def term_of(stored: dict[str, Any]) -> Term:
    values = {name: value for name, value in stored.items() if name != "kind"}
    if stored["kind"] == "number":
        return NumberTerm(**values)
    return CategoryTerm(**{**values, "levels": tuple(values["levels"])})


@dataclass(frozen=True)
class Design:
    """Rows as the fit takes them: an intercept, `dense` columns, and for each category the column that is 1, or -1 for none.

    Column 0 is the intercept. `dense_at` are the positions of the dense columns; `codes[:, k]` are positions.
    """

    dense: Floats
    dense_at: NDArray[np.intp]
    codes: Codes
    width: int

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


def width_of(terms: tuple[Term, ...]) -> int:
    return 1 + sum(term.width for term in terms)


def design_of(frame: Frame, terms: tuple[Term, ...], rows: NDArray[np.intp] | None = None) -> tuple[Design, dict[str, int]]:
    """The design of some rows (all, where none are given), and how many values of each category training never saw."""
    dense: list[Floats] = []
    dense_at: list[int] = []
    codes: list[Codes] = []
    unseen: dict[str, int] = {}
    at = 1
    for term in terms:
        column = frame.columns[term.field]
        if isinstance(term, NumberTerm):
            numbers = _numbers(column, term.field)
            values = numbers if rows is None else numbers[rows]
            missing = np.isnan(values)
            dense.append((np.where(missing, term.fill, values) - term.mean) / term.scale)
            dense_at.append(at)
            if term.flag:
                dense.append(missing.astype(np.float64))
                dense_at.append(at + 1)
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
    return Design(matrix, np.array(dense_at, np.intp), positions, at), unseen


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
    recode = np.array([where.get(level, -1) for level in column.levels] + [where.get(term.missing or "", -1)], np.int32)
    strange = [level not in where and level != term.reference for level in column.levels] + [term.missing is None]
    return recode, np.array(strange)
