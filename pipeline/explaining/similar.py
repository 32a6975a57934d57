"""The rows that a model judges most like an applicant, and for the same reasons."""

from collections.abc import Iterable, Mapping

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pipeline.explain_results import AVERAGE, Reference, Value
from pipeline.explaining.exact import account, class_row, classes_of
from pipeline.explaining.one_row import one_row
from pipeline.explaining.row_values import row_values
from pipeline.frame import Floats
from pipeline.model import FittedModel
from pipeline.scores.row_scores import PARTS, Flags, Rows
from pipeline.similar_results import Similar, SimilarRow

MOST_SIMILAR = 50


def similar(
    model: FittedModel,
    values: Mapping[str, Value],
    chunks: Iterable[pa.Table],
    part: Flags,
    classes: NDArray[np.integer],
    *,
    label: str | None = None,
    own: int | None = None,
    most: int = MOST_SIMILAR,
) -> Similar:
    """The rows nearest to an applicant by their profile of contributions.

    Parameters
    ----------
    values : mapping
        The applicant's value of each of `model.fields`.
    chunks : iterable of pyarrow.Table
        All rows in their order, some at a time; each has the model's fields. Only one is held.
    part : ndarray of int8, shape (n_rows,)
        The place in PARTS of what each row was for; rows below 0 are left out.
    classes : ndarray of int, shape (n_rows,)
        The place of each row's outcome in `model.labels`; rows below 0 are left out.
    label : str, optional
        The class whose log-odds are compared, for three and more.
    own : int, optional
        The row that is the applicant, which is left out.
    most : int
        How many rows are wanted; fewer where there are fewer.

    Returns
    -------
    Similar
        Nearest first; of rows at the same distance, to 1e-12, the first in the data. Those that are as near as the last one and
        find no place are counted too: a file that is sorted by the outcome would tell that of its first rows alone.
    """
    chosen = classes_of(model)[class_row(model, label)]
    column = model.labels.index(chosen)
    applicant, _ = _profiles(model, one_row(model, values), chosen)
    used = (part >= 0) & (classes >= 0)
    if own is not None and 0 <= own < len(used):
        used[own] = False
    best, start = _Best(most), 0
    for chunk in chunks:
        rows = np.flatnonzero(used[start : start + chunk.num_rows])
        if len(rows):
            table = chunk.take(pa.array(rows)) if len(rows) < chunk.num_rows else chunk
            profiles, chances = _profiles(model, table, chosen)
            near = ~np.isnan(chances[:, column])
            if not near.all():  # rows that are too large to be scored are near nobody
                used[rows[~near] + start] = False
                rows, profiles, chances, table = rows[near], profiles[near], chances[near], table.filter(pa.array(near))
            distance = np.round(np.sqrt(((profiles - applicant) ** 2).sum(axis=1)), 12)
            chosen_rows = rows + start
            marks = np.column_stack([np.ones(len(rows), np.intp), classes[chosen_rows] == column, part[chosen_rows] == 0])
            best.offer(distance, chosen_rows, chances[:, column], marks, table)
        start += chunk.num_rows
    counts = np.bincount(part[used], minlength=len(PARTS))
    return Similar(
        label=chosen,
        fields=model.fields,
        n_rows=int(used.sum()),
        parts=tuple((name, int(n)) for name, n in zip(PARTS, counts, strict=True) if n),
        rows=best.told(model, part, classes),
        tied=(int(best.tied[0]), int(best.tied[1]), int(best.tied[2])),
    )


def _profiles(model: FittedModel, table: pa.Table, label: str) -> tuple[Floats, Floats]:
    """Contributions of each field and product, from 0, and the probabilities of the classes."""
    width = len(model.coefficients[0])
    _, found, chances = account(model, table, Reference(AVERAGE, "", 0, (0.0,) * width), label)
    return found, chances


class _Best:
    """The nearest rows so far, and how many more are as near as the last of them: all, of the label, and of training."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._edge = np.inf
        self.tied: NDArray[np.intp] = np.zeros(3, np.intp)
        self._marks: NDArray[np.intp] = np.empty((0, 3), np.intp)
        self._distance, self._chance = np.empty(0), np.empty(0)
        self._rows: Rows = np.empty(0, np.intp)
        self._table: pa.Table | None = None

    def offer(self, distance: Floats, rows: Rows, chances: Floats, marks: NDArray[np.intp], table: pa.Table) -> None:
        """Keeps those of some rows, which come after all earlier ones, that are near enough; `marks` is what they count for."""
        nearest = np.argsort(distance, kind="stable")[: self._most]
        offered = np.concatenate([self._distance, distance]), np.concatenate([self._marks, marks])
        self._marks = np.concatenate([self._marks, marks[nearest]])
        self._distance = np.concatenate([self._distance, distance[nearest]])
        self._rows = np.concatenate([self._rows, rows[nearest]])
        self._chance = np.concatenate([self._chance, chances[nearest]])
        taken = table.take(pa.array(nearest))
        self._table = taken if self._table is None else pa.concat_tables([self._table, taken])
        kept = np.argsort(self._distance, kind="stable")[: self._most]
        self._distance, self._rows, self._chance = self._distance[kept], self._rows[kept], self._chance[kept]
        self._marks = self._marks[kept]
        before, self._edge = self._edge, self._distance[-1] if len(kept) == self._most else np.inf
        left_out = offered[1][offered[0] == self._edge].sum(axis=0) - self._marks[self._distance == self._edge].sum(axis=0)
        self.tied = left_out + (self.tied if self._edge == before else 0)
        self._table = self._table.take(pa.array(kept))

    def told(self, model: FittedModel, part: Flags, classes: NDArray[np.integer]) -> tuple[SimilarRow, ...]:
        if self._table is None:
            return ()
        frame = model.frame(self._table)
        return tuple(
            SimilarRow(
                row=int(row),
                distance=float(self._distance[at]),
                probability=float(self._chance[at]),
                outcome=model.labels[int(classes[row])],
                part=PARTS[int(part[row])],
                values=tuple(row_values(frame, at).values()),
            )
            for at, row in enumerate(self._rows)
        )
