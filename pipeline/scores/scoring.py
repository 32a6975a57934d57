"""Scores of newer rows: by a model, or by the column that holds them already."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import pyarrow as pa

from pipeline.errors import UnusableData
from pipeline.frame import Floats, numbers_of
from pipeline.model import FittedModel
from pipeline.results import Recalibration, ScoreScale
from pipeline.scores.monitoring import outcomes
from pipeline.scores.recalibration import moved
from pipeline.scores.row_scores import Flags
from pipeline.tallies import is_number


class Scorer(Protocol):
    """What gives scores to the rows of a table that has its `fields`."""

    @property
    def fields(self) -> tuple[str, ...]: ...

    def scores(self, table: pa.Table) -> tuple[Floats, dict[str, int], tuple[str, ...]]:
        """Scores (n_rows,), NaN where there is none; how many rows of each column hold an unseen level; what is to be told.

        Raises UnusableData where a column is absent or of another kind.
        """


@dataclass(frozen=True)
class ModelScorer:
    """The probability of bad that a model gives, corrected where the model corrects."""

    model: FittedModel

    @property
    def fields(self) -> tuple[str, ...]:
        return self.model.fields

    def scores(self, table: pa.Table) -> tuple[Floats, dict[str, int], tuple[str, ...]]:
        score = self.model.probability_of_default(table)
        notes = ("Some rows hold values too large to be scored; they have no score.",) if np.isnan(score).any() else ()
        return score, self.model.unseen(table), notes


@dataclass(frozen=True)
class ColumnScorer:
    """The place of a score on its scale, or the chance that a recalibration makes of it; what lies beyond the ends of the scale
    counts as its end."""

    scale: ScoreScale
    recalibration: Recalibration | None = None
    codes: tuple[float, ...] = ()  # special codes in place of a score: the row has none

    @property
    def fields(self) -> tuple[str, ...]:
        return (self.scale.column,)

    def scores(self, table: pa.Table) -> tuple[Floats, dict[str, int], tuple[str, ...]]:
        values = table.column(self.scale.column)
        if not is_number(values.type):
            raise UnusableData(f"'{self.scale.column}' holds no numbers here.", fix="Give its column the kind number.")
        numbers = numbers_of(values)
        known = np.isfinite(numbers) & ~np.isin(numbers, self.codes)
        beyond = known & ((numbers < self.scale.low) | (numbers > self.scale.high))
        place = np.full(len(numbers), np.nan)
        ends = np.clip(numbers[known], self.scale.low, self.scale.high)
        at_ends = self.scale.place(self.scale.low), self.scale.place(self.scale.high)
        place[known] = np.interp(ends, (self.scale.low, self.scale.high), at_ends)
        note = (
            f"Some values of '{self.scale.column}' lie beyond those that the run has seen; they count as its lowest or highest."
        )
        score = place if self.recalibration is None else moved(self.recalibration, place)
        return score, {}, (note,) if beyond.any() else ()


@dataclass(frozen=True)
class Scored:
    """Some rows: score (n_rows,), what came of each (None where the outcome is not in the data), and what is to be told."""

    score: Floats
    is_bad: Flags | None
    unseen: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def scored_table(scorer: Scorer, table: pa.Table, target: str | None, labels: tuple[str, str]) -> Scored:
    """Scores rows, and reads what came of them where `target` names a column; labels are (good, bad)."""
    score, unseen, notes = scorer.scores(table)
    is_bad = None if target is None else outcomes(table.column(target), labels)
    if is_bad is not None:
        absent = table.column(target).null_count
        if int((is_bad < 0).sum()) > absent:
            notes = (*notes, f"Some rows have a '{target}' that is neither '{labels[0]}' nor '{labels[1]}'; they are not judged.")
    return Scored(score, is_bad, unseen, notes)
