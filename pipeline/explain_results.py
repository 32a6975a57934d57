"""What explaining a model gives and keeps: frozen, JSON in and out, importable without numpy.

Contributions are on the log-odds scale, against a reference: what a field of the applicant adds to, or takes from, the log-odds
of the reference. The intercept is the reference's log-odds, so that intercept + Σ contributions = log-odds, exactly.
"""

import math
from dataclasses import dataclass

from pipeline.study_results import FORMAT, Stored

Value = float | str | None  # of a field: a number in its own unit, a level, or missing

AVERAGE, GOOD, PASSING, APPLICANT, SEGMENT = "average", "good", "passing", "applicant", "segment"
OF_CLASS = "class: "  # and the label, for three classes and more
LOGISTIC, ISOTONIC, CLASSES = "logistic", "isotonic", "classes"  # how a probability follows from log-odds


@dataclass(frozen=True)
class FieldInfo:
    """What the training rows hold in a column that the model reads: the base of forms, controls, ranges and wordings.

    `kind` is number or category. Of a number `quantiles` are those at 0, 5, ..., 100%, of its training rows without gaps and
    special codes (empty where there is none left); of a category `levels` are those of the training rows with their shares,
    ascending in an ordered one, else the most frequent first.
    """

    name: str
    kind: str
    missing_share: float
    quantiles: tuple[float, ...] = ()
    whole: bool = False  # only whole numbers
    codes: tuple[tuple[str, str], ...] = ()  # (special code, "level", "missing" or "unseen")
    levels: tuple[tuple[str, float], ...] = ()
    is_ordered: bool = False

    @property
    def low(self) -> float | None:
        return self.quantiles[0] if self.quantiles else None

    @property
    def high(self) -> float | None:
        return self.quantiles[-1] if self.quantiles else None

    @property
    def usual(self) -> Value:
        """The median, or the most frequent level; None where every row lacks one."""
        if self.kind == "number":
            return self.quantiles[len(self.quantiles) // 2] if self.quantiles else None
        return max(self.levels, key=lambda level: level[1])[0] if self.levels else None


@dataclass(frozen=True)
class Reference:
    """What contributions are counted from: the mean of every column of the model over some rows.

    `kind` is average, good, passing, applicant, segment, or "class: " and a label; `words` go on after "against": "the average
    applicant".
    """

    kind: str
    words: str
    n_rows: int
    columns: tuple[float, ...]  # (width of the model,), 1 first for the intercept


@dataclass(frozen=True)
class CountedReference(Stored):
    """A reference that was counted for itself, such as that of a segment."""

    reference: Reference
    format: int = FORMAT


@dataclass(frozen=True)
class LimeColumn:
    """A column of the training rows as LIME takes it.

    `kind` is number, level or state. A number stands in its own unit, with `fill` in place of gaps, special codes and, where
    the model takes a logarithm, of values that have none. Its bins end at `quartiles` (each once), and the tuples of the bins
    have one entry more. A level is one that the model tells apart, None a gap in an ordered category. The states of a number
    are those that the model tells apart: first that there is a number, then missing and each special code.
    """

    field: str
    kind: str
    counts: tuple[int, ...]  # training rows of each bin, level or state
    levels: tuple[str | None, ...] = ()  # also of the states
    mean: float = 0.0
    scale: float = 1.0  # standard deviation; 1 for a constant
    fill: float = 0.0
    quartiles: tuple[float, ...] = ()
    means: tuple[float, ...] = ()  # of each bin
    sds: tuple[float, ...] = ()
    low: float = 0.0  # the least of all
    high: float = 0.0


@dataclass(frozen=True)
class LimeBackground:
    """All that LIME needs of the training rows, so that whoever sees the run gets the explanation without its rows."""

    n_rows: int
    columns: tuple[LimeColumn, ...] = ()  # in the order in which LIME takes them


@dataclass(frozen=True)
class Background(Stored):
    """What explaining needs of a run's training rows, counted once for each cut-off.

    `references` are average; for two classes good, and passing where five training rows or more pass at the cut-off; for more
    one of each class.
    """

    n_rows: int  # training rows
    cutoff: float | None  # that passing is meant at; None for three classes and more
    fields: tuple[FieldInfo, ...]  # in the model's order
    references: tuple[Reference, ...]
    lime: LimeBackground
    format: int = FORMAT

    def field(self, name: str) -> FieldInfo:
        """Raises KeyError for a field that the model does not read."""
        for found in self.fields:
            if found.name == name:
                return found
        raise KeyError(name)

    def reference(self, kind: str) -> Reference | None:
        return next((found for found in self.references if found.kind == kind), None)


@dataclass(frozen=True)
class Contribution:
    """What one field, or the product of two, moves the log-odds by, against the reference.

    One-hot columns, flags, special codes and powers of a field are summed. `value` is None where it is missing, and for a
    product of two fields, whose values stand with the fields; `shares` are what each of the two has of it, as Shapley values over
    the rows of the reference. `typical` is the field's mean, or most frequent level, over the rows of the reference; None where
    the model keeps none of its own units (weight of evidence).
    """

    field: str  # "age", or "age × income"
    sources: tuple[str, ...]
    value: Value
    contribution: float
    typical: Value = None
    shares: tuple[float, ...] = ()


@dataclass(frozen=True)
class Explanation:
    """One applicant's score taken apart: intercept + Σ contributions = log_odds, to rounding.

    The log-odds are the model's own, not the sum, so that the two can be compared. `link` says how the probability follows from
    them: by the logistic function; by it and the run's isotonic recalibration after it; or, for three classes and more, out of
    the log-odds of all classes together. `n_reference` are the rows that the reference is the mean of; None for one applicant.
    """

    label: str  # the class whose log-odds these are
    log_odds: float  # as the model gives them, before an isotonic recalibration
    probability: float  # as the run gives it
    intercept: float  # log-odds of the reference
    contributions: tuple[Contribution, ...]  # in the model's order
    reference: str  # its words
    reference_kind: str
    unseen: tuple[str, ...] = ()  # fields that hold a value which training never saw
    link: str = LOGISTIC
    n_reference: int | None = None

    @property
    def total(self) -> float:
        """Intercept + Σ contributions."""
        return self.intercept + math.fsum(part.contribution for part in self.contributions)


@dataclass(frozen=True)
class PrincipalReason:
    """An adverse contribution, `rank` 1 the largest; the rest as in Contribution."""

    rank: int
    field: str
    sources: tuple[str, ...]
    value: Value
    contribution: float
    typical: Value = None


@dataclass(frozen=True)
class Changed:
    """One field of an applicant, and what it would have to become."""

    field: str
    before: Value
    after: Value


@dataclass(frozen=True)
class Change:
    """One or two fields changed together, all else as it is. `reaches`: the probability falls below the cut-off.

    `cost` is the size of the change: for a number the share of the training rows' middle 90% that it moves by, for an ordered
    level the steps' share of all steps, for another level 1; of two fields the root of the sum of squares, so that two half
    steps count for less than a whole one. Where a field alone does not reach the
    cut-off, its change is the best that it can do.
    """

    changed: tuple[Changed, ...]
    probability: float
    reaches: bool
    cost: float


@dataclass(frozen=True)
class Changes:
    """What would have to change for an applicant to pass: the smallest change of each field alone, and the smallest pairs.

    `stuck` are the fields that cannot move at all: at the end of their range, or nothing that they may become is any better;
    `unknown` are those of them that hold no number to go up or down from: missing, or a special code.
    """

    cutoff: float
    probability: float
    singles: tuple[Change, ...]  # those that reach first, by cost; then the others, by probability
    pairs: tuple[Change, ...]  # that reach, and of which no part alone does; by cost
    stuck: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
