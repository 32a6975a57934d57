"""What each field of a model does to its probabilities: frozen, JSON in and out, importable without numpy.

A model of two classes has one row of log-odds and shows one class, the bad one; one of three and more shows every class.
Curves go by the model's rows of coefficients or by `Effects.shown`, importances by `Effects.moved`.
"""

import math
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.explain_results import Value
from pipeline.study_results import FORMAT, Stored

NUMBER, CATEGORY, PRODUCT = "number", "category", "product"
MEASURES = ("sd", "permutation", "share")


@dataclass(frozen=True)
class EffectCurve:
    """What the model says as one field takes each of its values, all others held at their mean or most frequent level.

    Attributes
    ----------
    values : tuple
        Numbers ascending over the training range (its middle 99% where `is_cut`), or levels.
    apart : tuple
        What stands beside the numbers: special codes, and None for a missing value.
    held : number, str or None
        The field's own mean or most frequent level, where the others' curves hold it.
    log_odds : tuple of tuple of float
        For each row of log-odds, of each of `values`, then of `apart`.
    line : tuple of tuple of float
        For each class the value of a linear regression of the 0/1 outcome on the same columns of the training rows.
    each : tuple of tuple of tuple of float
        For each row of log-odds, of each sampled training row: what it lies above `log_odds`, one number where that is the same
        at every value of the field, as it is without products; else one for each value.
    """

    values: tuple[Value, ...]
    apart: tuple[Value, ...]
    held: Value
    log_odds: tuple[tuple[float, ...], ...]
    line: tuple[tuple[float, ...], ...]
    each: tuple[tuple[tuple[float, ...], ...], ...]
    middle: tuple[float, float] | None = None  # between which the middle 90% of the training rows' numbers lie
    n_levels: int = 0  # in the training rows; `values` are the most frequent
    is_cut: bool = False
    is_straight: bool = False  # the log-odds are linear in the number itself


@dataclass(frozen=True)
class FieldEffect:
    """One field, or the product of two: how much it matters, and its curve. A product has none: it shows in its fields' curves.

    Attributes
    ----------
    columns : tuple of int
        Places among a class's coefficients, from 0.
    sd : tuple of float
        For each class of `moved` the standard deviation of the contribution over the training rows: |coefficient| · sd of the
        column where there is but one.
    share : tuple of float or None
        Cov(contribution, log-odds) / Var(log-odds) over the training rows; all fields' sum to 1, and one may be negative.
    drops : tuple of float
        What the measure of `Effects` loses as the field's values are shuffled among the rows, one for each repeat.
    """

    sources: tuple[str, ...]
    kind: str  # number, category or product
    columns: tuple[int, ...]
    sd: tuple[float, ...]
    share: tuple[float | None, ...]
    drops: tuple[float, ...] = ()
    curve: EffectCurve | None = None

    @property
    def name(self) -> str:
        return " × ".join(self.sources)

    @property
    def drop(self) -> float | None:
        """The mean over the repeats; None for a product, whose fields are shuffled, and where nothing could be measured."""
        return sum(self.drops) / len(self.drops) if self.drops else None

    @property
    def drop_sd(self) -> float | None:
        """The standard deviation over the repeats."""
        mean = self.drop
        if mean is None or len(self.drops) < 2:
            return None
        return math.sqrt(sum((drop - mean) ** 2 for drop in self.drops) / (len(self.drops) - 1))


@dataclass(frozen=True)
class Effects(Stored):
    """The effects of every field of a run's model, counted once for everybody who sees the run."""

    labels: tuple[str, ...]
    link: str
    calibration: tuple[tuple[float, ...], tuple[float, ...]] | None  # given and becomes, of an isotonic recalibration
    n_train: int
    fields: tuple[FieldEffect, ...]  # in the model's order
    log_odds_sd: tuple[float, ...]  # for each class of `moved`
    measure: str  # auc, or log_loss for three classes and more
    part: str  # of the rows that were shuffled: held_out or training
    n_part: int
    n_shuffled: int  # of them
    baseline: float | None  # of the measure on those rows; None where they are of one class
    repeats: int
    n_each: int  # sampled training rows
    seed: int
    format: int = FORMAT

    @property
    def shown(self) -> tuple[str, ...]:
        """The classes that have curves."""
        return self.labels[1:] if len(self.labels) == 2 else self.labels

    @property
    def moved(self) -> tuple[str, ...]:
        """The classes whose importances are told: against the first one, where each is not against all others."""
        return self.labels if self.link == "one_vs_rest" else self.labels[1:]

    @property
    def single(self) -> tuple[FieldEffect, ...]:
        """The fields without the products."""
        return tuple(found for found in self.fields if found.kind != PRODUCT)

    def field(self, name: str) -> FieldEffect:
        """Raises KeyError for a field that the model does not read."""
        for found in self.fields:
            if found.name == name:
                return found
        raise KeyError(name)

    def curve_of(self, curve: EffectCurve, at: int = 0) -> tuple[float, ...]:
        """The probability of a class (its place in `shown`) at every value of a field."""
        return tuple(self._chances(curve.log_odds, at))

    def each_of(self, curve: EffectCurve, at: int = 0) -> Iterator[tuple[float, ...]]:
        """The same for each sampled training row, with its own values of the other fields."""
        for row in range(self.n_each):
            above = [rows[row] for rows in curve.each]
            moved = [
                [base + (off[0] if len(off) == 1 else off[i]) for i, base in enumerate(line)]
                for line, off in zip(curve.log_odds, above, strict=True)
            ]
            yield tuple(self._chances(moved, at))

    def _chances(self, log_odds: Sequence[Sequence[float]], at: int) -> Iterator[float]:
        for etas in zip(*log_odds, strict=True):
            chance = chances(etas, self.link)[at if len(self.labels) > 2 else 1]
            yield mapped(chance, self.calibration) if self.calibration is not None else chance


def chances(log_odds: Sequence[float], link: str) -> tuple[float, ...]:
    """The probability of every class, as `pipeline.model.probabilities` gives it, of one row's log-odds."""
    if link == "one_vs_rest":
        parts = [-math.log1p(math.exp(-eta)) if eta > -30 else eta for eta in log_odds]
    else:
        parts = [*([0.0] if link == "reference" else []), *log_odds]
    most = max(parts)
    powers = [math.exp(part - most) for part in parts]
    whole = sum(powers)
    return tuple(power / whole for power in powers)


def mapped(chance: float, calibration: tuple[tuple[float, ...], tuple[float, ...]]) -> float:
    """A probability of bad as an isotonic recalibration moves it: straight between its points, level outside of them."""
    given, becomes = calibration
    at = bisect_right(given, chance)
    if at == 0:
        return becomes[0]
    if at == len(given):
        return becomes[-1]
    share = (chance - given[at - 1]) / (given[at] - given[at - 1])
    return becomes[at - 1] + share * (becomes[at] - becomes[at - 1])


def times_the_odds(chance: float, times: float) -> float:
    """The probability whose odds are so many times those of another."""
    return times * chance / (1 - chance + times * chance)


def to_double(estimate: float, times: float = 2.0) -> float | None:
    """How far a number must move to multiply the odds, in its own unit: ln(times) / coefficient; None for a coefficient of 0."""
    return math.log(times) / estimate if estimate else None
