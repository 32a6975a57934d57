"""What is learnt of a category: which level a gap counts as, which levels are rare, and which one is the reference."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import InvalidSpec, UnusableData, quoted
from pipeline.frame import Category
from pipeline.levels import level_order
from pipeline.preparation.numbers import one_value
from pipeline.spec import TrainSpec
from pipeline.tallies import CATEGORY_LEVELS
from pipeline.terms import MISSING_LEVEL, OTHER_LEVEL, CategoryTerm
from pipeline.terms.reading import Rows

MOST_GROUPED = 20_000  # rare levels; the model names them all, so that only what is new counts as never seen


@dataclass(frozen=True)
class Levels:
    """The levels of a category after filling and grouping, in sorted order, then `other`, then the level of missing values.

    `of_code` holds for each code of the column, and last for a gap, the position among `names`; -1 where no training row has it.
    """

    names: tuple[str, ...]
    counts: NDArray[np.intp]
    missing: str | None
    own: str | None  # the level of missing values, where it is one of its own
    gaps: tuple[str, ...]
    other: str | None
    grouped: tuple[str, ...]
    of_code: NDArray[np.intp]


def learn_category(name: str, column: Category, rows: Rows | None, spec: TrainSpec) -> CategoryTerm | str:
    """The term of a category, or the reason why it has none."""
    found = learn_levels(name, column, rows, spec, spec.rare_share)
    if len(found.names) < 2:
        return one_value(name, spec) if not found.grouped else "one level only, once rare levels are grouped"
    reference = _reference(name, column, found, spec) if spec.one_hot == "reference" else None
    levels = tuple(level for level in found.names if level != reference)
    return CategoryTerm(name, levels, reference, found.missing, found.gaps, found.other, found.grouped)


def learn_levels(name: str, column: Category, rows: Rows | None, spec: TrainSpec, rare_share: float) -> Levels:
    """Fills gaps, then groups the levels that fewer than `rare_share` of the rows have.

    Missing as a level of its own, and special codes, are never grouped. Raises UnusableData where there are too many levels.
    """
    taken = column.codes if rows is None else column.codes[rows]
    counts = np.bincount(taken + 1, minlength=len(column.levels) + 1)
    codes = dict(spec.codes_of(name))
    gaps = tuple(code for code, meaning in codes.items() if meaning == "missing")
    of_gap = np.array([level in gaps for level in column.levels], bool)
    n_missing, of_level = int(counts[0] + counts[1:][of_gap].sum()), np.where(of_gap, 0, counts[1:])
    seen = [k for k in range(len(column.levels)) if of_level[k]]
    of_name = {column.levels[k]: int(of_level[k]) for k in seen}
    missing = _missing(of_name, column, n_missing, spec) if seen else None
    own = missing if spec.missing_categories == "own_level" else None
    if missing is not None and own is None and n_missing:
        of_name[missing] = of_name.get(missing, 0) + n_missing
    rare = {level for level, count in of_name.items() if count < rare_share * len(taken) and level not in codes}
    other = _free(OTHER_LEVEL, column.levels) if rare else None
    kept = [level for level in _sorted(of_name) if level not in rare]
    if len(kept) > CATEGORY_LEVELS or len(rare) > MOST_GROUPED:
        of_them = f" after its {len(rare):,} rare ones are grouped" if rare else ""
        raise UnusableData(
            f"'{name}' has {len(kept):,} levels{of_them}; a category may have at most {CATEGORY_LEVELS:,} beside "
            f"{MOST_GROUPED:,} rare ones.",
            fix="Leave it out of the features, or group its levels.",
        )
    names = (*kept, *([other] if other else []), *([own] if own else []))
    where = {level: k for k, level in enumerate(names)}
    where |= {level: where[other] for level in rare if other}
    gap = where.get(missing, -1) if missing is not None else -1
    of_code = np.array([*(gap if level in gaps else where.get(level, -1) for level in column.levels), gap], np.intp)
    total = np.zeros(len(names) + 1, np.intp)  # the last is for codes that no row has
    np.add.at(total, of_code, [*counts[1:], counts[0]])
    return Levels(names, total[:-1], missing, own, gaps, other, tuple(_sorted(rare)), of_code)


def _sorted(levels: "dict[str, int] | set[str]") -> list[str]:
    return sorted(levels, key=level_order)


def _missing(counts: dict[str, int], column: Category, n_missing: int, spec: TrainSpec) -> str | None:
    """The level that a gap counts as; null where that would be a level that no training row has."""
    if spec.missing_categories == "own_level":
        return _free(MISSING_LEVEL, column.levels) if n_missing else None
    if spec.missing_categories == "most_frequent":
        return max(counts, key=lambda level: counts[level])  # of several the first in sorted order
    return spec.missing_level if n_missing or spec.missing_level in counts else None


def _free(name: str, taken: tuple[str, ...]) -> str:
    return _free(f"({name})", taken) if name in taken else name


def _reference(name: str, column: Category, found: Levels, spec: TrainSpec) -> str:
    chosen = dict(spec.reference_levels).get(name)
    if chosen is not None:
        if chosen in found.grouped and found.other is not None:
            return found.other
        if chosen in found.names:
            return chosen
        if chosen not in column.levels:
            said = f"'{name}' has no level '{chosen}'; its levels are {quoted(column.levels, 10)}."
            raise InvalidSpec.one("reference_levels", said)
    if spec.reference_level == "first":
        return next((level for level in found.names if level not in (found.own, found.other)), found.names[0])
    candidates = [k for k, level in enumerate(found.names) if level != found.own]
    return found.names[max(candidates, key=lambda k: (found.counts[k], -k))]
