"""Principal reasons of many rows: the same as of one, worked out for a chunk at a time."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pipeline.cutoffs.points import SMALLEST, Scaling
from pipeline.explain_results import PASSING, FieldInfo, PrincipalReason, Reference, Value
from pipeline.explaining.exact import contributions, groups_of
from pipeline.explaining.reasons import LEAST, MOST_REASONS
from pipeline.explaining.typical import typical_values
from pipeline.explaining.wording import Wording, reason_words
from pipeline.frame import Category, Floats, Frame
from pipeline.levels import number_text
from pipeline.model import FittedModel
from pipeline.terms import design_of

APPROVE, REFUSE = "approve", "refuse"
ROW, PROBABILITY, POINTS, DECISION = "row", "probability_of_default", "points", "decision"
_OF_REASON = ("field", "value", "contribution", "words")

Ranks = NDArray[np.intp]


@dataclass(frozen=True)
class ReasonsOf:
    """How reasons are told: the model, what they are counted against, and the words.

    `never` are fields that are no reason, nor is a product that they are part of. Rows with a probability of bad at or above
    `cutoff` are refused.
    """

    model: FittedModel
    reference: Reference
    cutoff: float
    fields: Mapping[str, FieldInfo]
    wording: Wording
    never: frozenset[str] = frozenset()

    @property
    def groups(self) -> tuple[tuple[str, ...], ...]:
        return tuple(groups_of(self.model))


@dataclass(frozen=True)
class ReasonRows:
    """`table` has a row for each row; `n_first` and `n_any` count the refused ones' reasons by group; the other refused rows,
    of which no reason may be told, are `n_untold`."""

    table: pa.Table
    n_refused: int
    n_untold: int
    n_first: NDArray[np.intp]
    n_any: NDArray[np.intp]


def names() -> list[str]:
    """The columns of the table."""
    return [
        ROW,
        PROBABILITY,
        POINTS,
        DECISION,
        *(f"reason_{k}_{what}" for k in range(1, MOST_REASONS + 1) for what in _OF_REASON),
    ]


def reason_rows(of: ReasonsOf, table: pa.Table, numbers: NDArray[np.intp]) -> ReasonRows:
    """The table of some rows.

    Parameters
    ----------
    table : pyarrow.Table
        The rows, with the model's fields.
    numbers : ndarray of int, shape (n_rows,)
        Their numbers, from 1, as the table gives them. Of a row whose values are too large to be scored nothing else is told.
    """
    frame = of.model.frame(table)
    with np.errstate(over="ignore", invalid="ignore"):
        design, _ = design_of(frame, of.model.terms)
        _, parts = contributions(of.model, design, of.reference)
    chance = of.model.probabilities_of(of.model.log_odds_of(design))[:, 1]
    unscored = np.isnan(chance)
    parts[unscored] = 0.0
    chosen, sizes = _largest(of, parts)
    refused = chance >= of.cutoff
    columns = [
        pa.array(numbers),
        pa.array(chance, mask=unscored),
        pa.array(_points(np.where(unscored, 0.5, chance)), mask=unscored),
        pa.DictionaryArray.from_arrays(pa.array(refused.astype(np.int8), mask=unscored), [APPROVE, REFUSE]),
        *_reasons(of, frame, chosen, sizes),
    ]
    counted = chosen[refused]
    width = len(of.groups)
    return ReasonRows(
        pa.table(columns, names=names()),
        n_refused=int(refused.sum()),
        n_untold=int((counted[:, 0] < 0).sum()),
        n_first=np.bincount(counted[:, 0][counted[:, 0] >= 0], minlength=width),
        n_any=np.bincount(counted[counted >= 0], minlength=width),
    )


def _largest(of: ReasonsOf, parts: Floats) -> tuple[Ranks, Floats]:
    """The groups of the largest adverse contributions of each row, (n, MOST_REASONS), -1 for none, and their sizes.

    Of equal ones the first in the model's order goes before.
    """
    left = np.ascontiguousarray(parts)
    left[:, [bool(set(sources) & of.never) for sources in of.groups]] = 0.0
    each = np.arange(len(left))
    chosen = np.full((len(left), MOST_REASONS), -1, np.intp)
    sizes = np.zeros((len(left), MOST_REASONS))
    for rank in range(MOST_REASONS if left.shape[1] else 0):
        at = left.argmax(axis=1)
        size = left[each, at]
        chosen[:, rank] = np.where(size > LEAST, at, -1)
        sizes[:, rank] = size
        left[each, at] = 0.0
    return chosen, sizes


def _points(chance: Floats) -> NDArray[np.int64]:
    scaling = Scaling()
    kept = np.clip(chance, SMALLEST, 1 - SMALLEST)
    return np.floor(scaling.offset + scaling.factor * (np.log1p(-kept) - np.log(kept)) + 0.5).astype(np.int64)


def _reasons(of: ReasonsOf, frame: Frame, chosen: Ranks, sizes: Floats) -> list[pa.Array]:
    """Four columns for each rank: field, value, contribution, words."""
    texts: list[str | None] = []
    words: list[str] = []
    said = np.zeros(chosen.shape, np.int32)  # the place of each reason's value and words
    typical = typical_values(of.model, of.reference) if of.reference.kind == PASSING else {}
    for g, sources in enumerate(of.groups):
        rows, ranks = np.nonzero(chosen == g)
        if not len(rows):
            continue
        values, place = _values(frame, sources, rows)
        said[rows, ranks] = len(words) + place
        named = " × ".join(sources)
        for value in values:
            reason = PrincipalReason(1, named, sources, value, 1.0, typical.get(named))
            told = reason_words(reason, of.fields, of.wording)
            texts.append(None if value is None else value if isinstance(value, str) else number_text(value))
            words.append(f"{told.title} ({told.detail})" if told.detail else told.title)
    fields = pa.array([" × ".join(sources) for sources in of.groups], pa.string())
    found: list[pa.Array] = []
    for rank in range(MOST_REASONS):
        absent = chosen[:, rank] < 0
        at = pa.array(said[:, rank], mask=absent)
        found += [
            pa.DictionaryArray.from_arrays(pa.array(chosen[:, rank].astype(np.int32), mask=absent), fields),
            pa.DictionaryArray.from_arrays(at, pa.array(texts, pa.string())),
            pa.array(sizes[:, rank], mask=absent),
            pa.DictionaryArray.from_arrays(at, pa.array(words, pa.string())),
        ]
    return found


def _values(frame: Frame, sources: tuple[str, ...], rows: Ranks) -> tuple[list[Value], Ranks]:
    """The values of a field that occur in some rows, and the place of each row's among them; None for a product of two."""
    if len(sources) > 1:
        return [None], np.zeros(len(rows), np.intp)
    column = frame.columns[sources[0]]
    if isinstance(column, Category):
        codes, place = np.unique(column.codes[rows], return_inverse=True)
        return [column.levels[code] if code >= 0 else None for code in codes], place
    values, place = np.unique(column[rows], return_inverse=True)
    return [None if value != value else value for value in values.tolist()], place
