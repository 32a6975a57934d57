"""What LIME gives and keeps: frozen, JSON in and out, importable without numpy."""

from dataclasses import dataclass

from pipeline.explain_results import LOGISTIC, Value
from pipeline.study_results import FORMAT, Stored


@dataclass(frozen=True)
class LimeWeight:
    """What one rule moves LIME's local prediction of the probability by.

    `rule` goes on after the field's name: "over 30 and up to 41", "is car", "is given", "counted as 35" (what fills a gap), "per
    12.3 more" (a standard deviation, where numbers are not cut into quarters). `low` and `high` hold the middle 95% of the
    weight over the repeats with other seeds. `at` is what the weight is multiplied with for this applicant: 1 for a rule, else
    standard deviations from the mean.
    """

    field: str
    rule: str
    weight: float
    low: float
    high: float
    at: float = 1.0
    above: float | None = None  # of a quarter: its ends, in the field's own unit
    up_to: float | None = None
    level: str | None = None

    @property
    def effect(self) -> float:
        return self.weight * self.at

    @property
    def is_stable(self) -> bool:
        """Whether the repeats agree on the sign."""
        return self.low > 0 or self.high < 0


@dataclass(frozen=True)
class LimeField:
    """A field in both accounts: the sum of LIME's effects, and the exact contribution with the field's share of each product.

    `low` and `high` hold the middle 95% of the effect over the repeats. It `matters` where its exact contribution is 5% or more
    of all that the fields move. `share` is that of the training rows with the applicant's level. `filled` is what the model
    takes for a gap. `flat` is the value of all training rows in the lowest quarter where they are the same: there the package
    draws `drawn` instead of it (the value's distance from its mean in standard deviations), which bends the weight.
    """

    field: str
    value: Value
    effect: float
    low: float
    high: float
    exact: float
    matters: bool
    mean: float | None = None  # of the training rows, for a number
    share: float | None = None
    filled: float | None = None
    flat: float | None = None
    drawn: float | None = None

    @property
    def differs(self) -> bool:
        """Whether it matters, and LIME gives it the other sign, with other seeds too."""
        return self.matters and (self.low > 0 > self.exact or self.high < 0 < self.exact)

    @property
    def is_undecided(self) -> bool:
        """Whether it matters, and LIME's sign hangs on the seed."""
        return self.matters and not self.is_stable

    @property
    def is_stable(self) -> bool:
        """Whether the repeats agree on the sign."""
        return self.low > 0 or self.high < 0


@dataclass(frozen=True)
class LimeResult(Stored):
    """LIME's account of one applicant: a line fitted to the run's probability of `label` near the applicant."""

    label: str
    probability: float  # as the run gives it
    local_prediction: float  # as LIME's line gives it
    local_r2: float
    r2_low: float  # middle 95% over the repeats
    r2_high: float
    intercept: float
    weights: tuple[LimeWeight, ...]  # the largest effect first
    fields: tuple[LimeField, ...]  # in the model's order; none for a class without an exact account
    rank_agreement: float | None  # Spearman's, of effects and contributions by field; None for fewer than 3 fields
    seed: int
    n_samples: int
    n_effective: float  # samples of the same weight that would tell as much: (Σw)² / Σw²
    kernel_width: float
    n_seeds: int  # repeats, the first with `seed`
    discretised: bool  # numbers are cut into quarters of the training rows
    version: str  # of the lime package
    link: str = LOGISTIC  # that of the exact account, as in Explanation
    has_products: bool = False
    format: int = FORMAT

    @property
    def n_matter(self) -> int:
        return sum(one.matters for one in self.fields)

    @property
    def n_same_sign(self) -> int:
        """Of the fields that matter, those to which the first repeat gives the sign of the exact account."""
        return sum(one.matters and one.effect * one.exact > 0 for one in self.fields)

    @property
    def differing(self) -> tuple[str, ...]:
        """Fields that matter, and to which LIME gives the other sign, with other seeds too."""
        return tuple(one.field for one in self.fields if one.differs)
