"""What a run said of every row of a table, and what the row was for: the base of segments, comparisons and monitoring."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pipeline.frame import Floats
from pipeline.split import Parts

PARTS = ("training", "validation", "held_out")
UNUSED = -1  # rows without an outcome, or without a side: no part, and maybe no score

Flags = NDArray[np.int8]
Rows = NDArray[np.intp]


@dataclass(frozen=True)
class RowScores:
    """One entry for each row of a table, in its order.

    Attributes
    ----------
    part : ndarray of int8, shape (n,)
        The place in PARTS of what the row was for, UNUSED where it was not used.
    is_bad : ndarray of int8, shape (n,)
        1 for bad, 0 for good, -1 where the outcome is not known.
    score : ndarray of float64, shape (n,)
        Probability of bad, corrected where the run corrects; for a score from elsewhere its place on the scale from 0 to 1
        (`pipeline.results.ScoreScale`). Higher is worse; NaN where the row has none.
    out_of_fold : ndarray of float64, shape (n,), or None
        For training rows the score by the model of the folds that the row was not in (first repeat), NaN for others; None
        for a run without folds.
    """

    part: Flags
    is_bad: Flags
    score: Floats
    out_of_fold: Floats | None = None

    def rows(self, part: str) -> Rows:
        """Ascending row numbers of a part (one of PARTS, or "cross_validated": training rows with a score out of the folds).

        Rows without an outcome or a score are left out.
        """
        if part == "cross_validated":
            if self.out_of_fold is None:
                return np.empty(0, np.intp)
            return np.flatnonzero((self.part == 0) & (self.is_bad >= 0) & ~np.isnan(self.out_of_fold))
        return np.flatnonzero((self.part == PARTS.index(part)) & (self.is_bad >= 0) & ~np.isnan(self.score))

    def of(self, part: str) -> tuple[NDArray[np.bool_], Floats]:
        """Whether each row of a part is bad, and its score; in the order of `rows`."""
        rows = self.rows(part)
        scores = self.out_of_fold if part == "cross_validated" and self.out_of_fold is not None else self.score
        return self.is_bad[rows] == 1, scores[rows]

    def to_arrow(self) -> pa.Table:
        """The columns part, is_bad, score and, where there is one, out_of_fold."""
        columns = {"part": self.part, "is_bad": self.is_bad, "score": self.score}
        if self.out_of_fold is not None:
            columns["out_of_fold"] = self.out_of_fold
        return pa.table({name: pa.array(values) for name, values in columns.items()})

    @classmethod
    def from_arrow(cls, table: pa.Table) -> Self:
        """What `to_arrow` gave; NaN stays NaN."""
        found = {name: table.column(name).combine_chunks().to_numpy(zero_copy_only=False) for name in table.schema.names}
        return cls(found["part"], found["is_bad"], found["score"], found.get("out_of_fold"))


@dataclass(frozen=True)
class RowClasses:
    """What became of every row of a table and what the row was for, with two classes or more; in the order of the table.

    Attributes
    ----------
    part : ndarray of int8, shape (n,)
        As in RowScores.
    classes : ndarray of intp, shape (n,)
        The place of the row's outcome among the labels (1 is bad with two), -1 where it is not known.
    score : ndarray of float64, shape (n,), or None
        As in RowScores; None with three classes and more.
    """

    part: Flags
    classes: Rows
    score: Floats | None = None

    @classmethod
    def of_scores(cls, scores: RowScores) -> Self:
        return cls(scores.part, scores.is_bad.astype(np.intp), scores.score)

    @classmethod
    def of_parts(cls, parts: Parts, classes: Rows) -> Self:
        """Of rows that were divided anew."""
        part = np.full(len(classes), UNUSED, np.int8)
        for place, rows in enumerate((parts.train, parts.validation, parts.test)):
            part[rows] = place
        return cls(part, classes)

    def rows(self, part: str) -> Rows:
        """Ascending row numbers of a part (one of PARTS), those with an outcome and, where there are scores, one of them."""
        used = (self.part == PARTS.index(part)) & (self.classes >= 0)
        return np.flatnonzero(used if self.score is None else used & ~np.isnan(self.score))

    @property
    def judged(self) -> tuple[str, Rows]:
        """The part whose rows a run is judged on, and these: held out, else validation, else training."""
        for part in ("held_out", "validation"):
            rows = self.rows(part)
            if len(rows):
                return part, rows
        return "training", self.rows("training")


def row_scores(
    n_rows: int,
    parts: Sequence[tuple[str, Rows, Floats]],
    is_bad: Flags,
    out_of_fold: tuple[Rows, Floats] | None = None,
) -> RowScores:
    """Row scores of a table of `n_rows` rows out of (part, its rows, their scores)."""
    part, score = np.full(n_rows, UNUSED, np.int8), np.full(n_rows, np.nan)
    for name, rows, scores in parts:
        part[rows], score[rows] = PARTS.index(name), scores
    folded = None
    if out_of_fold is not None:
        folded = np.full(n_rows, np.nan)
        folded[out_of_fold[0]] = out_of_fold[1]
    return RowScores(part, is_bad, score, folded)
