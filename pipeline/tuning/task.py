"""What is tuned: the rows, parts and folds of a run, taken by the functions that training takes them by."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from pipeline.errors import InvalidSpec
from pipeline.frame import Frame, frame_of
from pipeline.outcome import Outcome, outcome_of
from pipeline.settling import settled
from pipeline.spec import TrainSpec
from pipeline.spec_checks import check
from pipeline.split import folds_of, parts_of
from pipeline.tallies import summarise

Rows = NDArray[np.intp]

USUAL_FOLDS = 5  # where the spec leaves cross-validation out


@dataclass(frozen=True)
class Task:
    """A run's rows. `classes` has an entry for every row of the frame; `parts` the rows of each part, training first;
    `numbers[r]` the fold of each training row in repeat r."""

    spec: TrainSpec
    outcome: Outcome
    frame: Frame
    classes: Rows
    parts: dict[str, Rows]
    numbers: tuple[Rows, ...]
    notes: tuple[str, ...]

    @property
    def training(self) -> Rows:
        return self.parts["training"]

    @property
    def n_classes(self) -> int:
        return len(self.outcome.labels)

    @property
    def n_fits(self) -> int:
        """Fits at each C: of the training rows, and of each fold of each repeat."""
        return 1 + len(self.numbers) * self.spec.folds

    @property
    def folds(self) -> Iterator[tuple[Rows, Rows]]:
        """Of each fold of each repeat: the rows that it is fitted on, and those that it is judged on; made each time."""
        each = range(self.spec.folds)
        return ((self.training[number != k], self.training[number == k]) for number in self.numbers for k in each)


def task_of(table: pa.Table, spec: TrainSpec) -> Task:
    """The rows, parts and folds that training the spec would use; 5 folds where the spec has none.

    Raises InvalidSpec or UnusableData in training's own words, and InvalidSpec on `penalty` where there is none to tune.
    """
    if spec.penalty == "none":
        said = "Without a penalty there is no C to tune; choose L2, L1 or elastic net."
        raise InvalidSpec.one("penalty", said)
    spec = replace(spec, folds=spec.folds or USUAL_FOLDS)
    columns = summarise(table)
    check(spec, columns)
    outcome = outcome_of(table, spec)
    spec, _, notes = settled(table, spec, outcome, columns)
    frame = frame_of(table, spec.features, spec.categorical)
    classes = np.full(table.num_rows, -1, np.intp)
    classes[outcome.rows] = outcome.classes
    drawn = parts_of(table, outcome, spec)
    parts = {"training": drawn.train, "validation": drawn.validation, "held_out": drawn.test}
    groups = None if drawn.groups is None else drawn.groups[drawn.train]
    numbers = folds_of(classes[drawn.train], spec, groups)
    notes += drawn.warnings
    return Task(spec, outcome, frame, classes, {name: rows for name, rows in parts.items() if len(rows)}, numbers, tuple(notes))
