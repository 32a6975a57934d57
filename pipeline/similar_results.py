"""The applicants most like one: frozen, JSON in and out, importable without numpy."""

from dataclasses import dataclass

from pipeline.evaluation.intervals import wilson_interval
from pipeline.explain_results import Value
from pipeline.study_results import FORMAT, Stored


@dataclass(frozen=True)
class SimilarRow:
    """A row of the run's data set; `row` counts from 0, `values` are in the order of the model's fields."""

    row: int
    distance: float  # log-odds
    probability: float  # of `Similar.label`
    outcome: str  # its label
    part: str  # training, validation or held_out
    values: tuple[Value, ...]


@dataclass(frozen=True)
class Similar(Stored):
    """The rows whose contributions to the score are nearest to an applicant's, nearest first, of all rows that the run used.

    The distance is the Euclidean one between the contributions of all fields, on the log-odds scale: two applicants are alike
    where the run judges them alike and for the same reasons.
    """

    label: str  # the class whose log-odds are compared: bad, of two
    fields: tuple[str, ...]
    n_rows: int  # that were looked at
    parts: tuple[tuple[str, int], ...]  # of those, by what they were for
    rows: tuple[SimilarRow, ...]
    tied: tuple[int, int, int] = (0, 0, 0)  # further rows as near as the last one: all, those of the label, those of training
    format: int = FORMAT

    @property
    def n_nearest(self) -> int:
        """How many rows are as near as the last one, or nearer."""
        return len(self.rows) + self.tied[0]

    @property
    def n_of_label(self) -> int:
        """How many of the nearest had this outcome: bad, of two classes."""
        return sum(one.outcome == self.label for one in self.rows) + self.tied[1]

    @property
    def interval(self) -> tuple[float, float] | tuple[None, None]:
        """The 95% Wilson interval of their share."""
        return wilson_interval(self.n_of_label, self.n_nearest)

    @property
    def n_training(self) -> int:
        """How many of the nearest trained the model, which has seen their outcome."""
        return sum(one.part == "training" for one in self.rows) + self.tied[2]
