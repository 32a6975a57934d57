"""Any column as levels: categories as they are, numbers in intervals, dates by year, quarter or month, gaps as "(missing)"."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from pipeline.errors import InvalidSpec, UnusableData
from pipeline.frame import Category, Floats, category_of, numbers_of
from pipeline.levels import MISSING, OTHER, level_order, number_text
from pipeline.segments.edges import MOST_BINS, checked_edges, interval_texts, nice_edges
from pipeline.spec_sentences import no_column
from pipeline.special_codes import SpecialCodes
from pipeline.tallies import CATEGORY_LEVELS, is_number

MOST_LEVELS = 20  # of a category; the rest are one level
_MOST_PERIODS = 12

Codes = NDArray[np.int16]


@dataclass(frozen=True)
class Levels:
    """A column of segments: `codes[i]` is the place in `texts`, which all occur in the table. `how` tells how, if not as is."""

    codes: Codes
    texts: tuple[str, ...]
    how: str = ""
    grouped: str = ""  # what was put together, in a sentence


def levels_of(
    table: pa.Table,
    name: str,
    bins: Mapping[str, Sequence[float]] | None = None,
    categorical: Collection[str] = (),
    special_codes: SpecialCodes = (),
) -> Levels:
    """A column of a table as levels, decided on all of its rows.

    Parameters
    ----------
    table : pyarrow.Table
    name : str
    bins : mapping of column to inner edges, optional
        For numbers; without it edges are found (`nice_edges`), and numbers of at most 6 values are levels as they are.
    categorical : collection of str
        Columns of numbers that are codes.
    special_codes : SpecialCodes
        Values with a meaning of their own: each a level, or missing. They move no edge of a number's intervals.

    Returns
    -------
    Levels
        At most 20 levels of a category; rarer ones are "(other)". "(missing)" comes last.

    Raises
    ------
    InvalidSpec
        Where there is no such column, or edges are given that are none.
    UnusableData
        Where a text has too many values to be a category.
    """
    if name not in table.schema.names:
        raise InvalidSpec.one("by", no_column([name], table.schema.names))
    values, edges = table.column(name), (bins or {}).get(name)
    if pa.types.is_null(values.type):
        values = values.cast(pa.string())
    if is_number(values.type) and name not in categorical:
        return _of_numbers(name, numbers_of(values), edges, dict(special_codes).get(name, ()))
    if edges is not None:
        raise InvalidSpec.one("bins", f"'{name}' holds no numbers; edges are for numbers.")
    if pa.types.is_temporal(values.type) and not pa.types.is_time(values.type) and not pa.types.is_duration(values.type):
        return _of_dates(values)
    n_distinct = pc.count_distinct(values).as_py() if not pa.types.is_dictionary(values.type) else len(category_of(values).levels)
    if n_distinct > CATEGORY_LEVELS:
        raise UnusableData(f"'{name}' has {n_distinct:,} values, too many to be segments.", fix="Choose a column with fewer.")
    found = category_of(values)
    gaps = [code for code, meaning in dict(special_codes).get(name, ()) if meaning == "missing"]
    missing = np.array([level in gaps for level in found.levels] + [True])
    return _of_category(Category(np.where(missing[found.codes], -1, found.codes), found.levels))


def _of_category(found: Category) -> Levels:
    """The levels in their order, the rarest together; a level that is named like one of ours is that one."""
    n = np.bincount(found.codes[found.codes >= 0], minlength=len(found.levels))
    frequent = np.argsort(-n, kind="stable")[:MOST_LEVELS]
    kept = set(frequent[n[frequent] > 0].tolist())
    rare = int((n > 0).sum()) - len(kept)
    texts = [level for at, level in enumerate(found.levels) if at in kept]
    texts += [OTHER] if rare and OTHER not in texts else []
    texts += [MISSING] if (found.codes < 0).any() and MISSING not in texts else []
    place = {text: code for code, text in enumerate(texts)}
    recode = [place[level] if at in kept else place.get(OTHER, -1) for at, level in enumerate(found.levels)]
    codes = np.array([*recode, place.get(MISSING, -1)], np.int16)[found.codes]
    together = f"{len(kept) + rare} levels; the {MOST_LEVELS} with the most rows stand alone, the other {rare} are {OTHER}"
    return Levels(codes, tuple(texts), grouped=together if rare else "")


def _of_numbers(name: str, values: Floats, given: Sequence[float] | None, special: Sequence[tuple[str, str]]) -> Levels:
    known = np.isfinite(values)
    meanings = {level_order(code)[1]: meaning for code, meaning in special if level_order(code)[0] == 0}
    for code in meanings:
        known &= values != code
    finite = values if known.all() else values[known]
    few = None if given is not None else _few_values(finite)
    if few is not None:
        texts, how = tuple(map(number_text, few)), ""
        codes = np.searchsorted(few, np.where(known, values, few[0] if len(few) else 0.0))
    else:
        edges = nice_edges(finite, MOST_BINS) if given is None else checked_edges(name, given)
        how = "intervals with round edges near sixths of all rows of the table" if given is None else "intervals as asked for"
        whole, low = bool(np.all(finite == np.floor(finite))), -np.inf if given is not None else float(finite.min(initial=np.inf))
        texts = interval_texts(edges, whole, low)
        codes = np.searchsorted(np.array(edges), np.where(known, values, 0.0), side="right")
    for code in (code for code, meaning in meanings.items() if meaning == "level"):
        own = values == code
        codes[own], known[own] = len(texts), True
        texts = (*texts, number_text(code))
    return _levels(codes, known, texts, how)


def _few_values(values: Floats) -> Floats | None:
    """The distinct values where there are no more than intervals would be."""
    if len(values) > 1_000 and len(np.unique(values[:1_000])) > MOST_BINS:
        return None
    distinct = np.unique(values)
    return distinct if len(distinct) <= MOST_BINS else None


def _of_dates(values: pa.ChunkedArray) -> Levels:
    """By month where the rows span at most 12 of them, else by quarter, else by year; many years in intervals."""
    months = pc.add(pc.multiply(pc.year(values), 12), pc.subtract(pc.month(values), 1))
    found = numbers_of(months)
    known = ~np.isnan(found)
    month = np.where(known, found, 0).astype(np.int64)
    if not known.any():
        return _levels(month, known, (), "")
    first, last = int(month[known].min()), int(month[known].max())
    for width, how in ((1, "by month"), (3, "by quarter")):
        if last // width - first // width < _MOST_PERIODS:
            texts = tuple(_period(at, width) for at in range(first // width, last // width + 1))
            return _levels(np.where(known, month // width - first // width, 0), known, texts, how)
    year = month // 12
    if last // 12 - first // 12 < MOST_LEVELS:
        texts = tuple(str(at) for at in range(first // 12, last // 12 + 1))
        return _levels(np.where(known, year - first // 12, 0), known, texts, "by year")
    edges = nice_edges(year[known].astype(np.float64), MOST_BINS)
    texts = tuple(text.replace(",", "") for text in interval_texts(edges, True, first // 12))
    return _levels(np.searchsorted(np.array(edges), year, side="right"), known, texts, "by year, in intervals")


def _period(at: int, width: int) -> str:
    year, month = divmod(at * width, 12)
    return f"{year}-{month + 1:02}" if width == 1 else f"{year} Q{month // 3 + 1}"


def _levels(codes: NDArray[np.intp], known: NDArray[np.bool_], texts: tuple[str, ...], how: str) -> Levels:
    """Levels that occur, with a last one for gaps."""
    n = np.bincount(codes[known], minlength=len(texts))
    place = np.cumsum(n > 0) - 1
    kept = tuple(text for text, rows in zip(texts, n, strict=True) if rows)
    moved = np.full(len(codes), len(kept), np.int16)
    moved[known] = place[codes[known]]
    return Levels(moved, kept if known.all() else (*kept, MISSING), how)
