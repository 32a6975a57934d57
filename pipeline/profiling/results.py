"""What profiling a table gives: frozen, bounded in size whatever the number of rows, JSON in and out.

Bad is 1. Every share and rate is of the rows named beside it; nothing here comes from a sample unless `n_used` says so.
"""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

FORMAT = 1


@dataclass(frozen=True)
class Band:
    """Some rows of one column and how many of them were bad.

    A band of numbers holds `low` <= value < `high` (the last one its upper end too); `level` is set for a category's level,
    for "(missing)", for "(other)", and for a special code. A band of dates has both: its ends in days since 1970-01-01 and
    their text as `level`. Rows without a known outcome count in `n` of the profile only.
    """

    level: str | None
    low: float | None
    high: float | None
    n: int  # rows with a known outcome; all rows where there is no outcome
    n_bad: int | None
    bad_rate: float | None
    bad_rate_low: float | None  # 95% Wilson interval
    bad_rate_high: float | None
    weight_of_evidence: float | None  # ln(share of goods / share of bads), half a row added to both where the band lacks a class


@dataclass(frozen=True)
class Histogram:
    """Equal-width counts between two quantiles that hold nearly all values; what lies outside is counted, not drawn.

    A bin holds edge <= value < next edge. Edges of dates are days since 1970-01-01. Where quantiles are not exact, a value may
    be counted in the bin beside its own, by no more than `quantile_error`.
    """

    edges: tuple[float, ...]
    counts: tuple[int, ...]
    n_bad: tuple[int, ...] | None
    n_below: int
    n_above: int


@dataclass(frozen=True)
class ColumnProfile:
    """One column. What does not apply to its kind is null or empty.

    Quantiles, medians and fences of dates are days since 1970-01-01. Rows with a special code (`n_coded`) are bands of their own
    and in no other figure of a number.
    """

    name: str
    kind: str
    n_rows: int
    n_missing: int
    n_distinct: int | None  # null: more than are counted
    # Numbers
    minimum: float | str | None = None  # also the first and last date, as ISO texts
    maximum: float | str | None = None
    mean: float | None = None
    sd: float | None = None  # n - 1
    skew: float | None = None  # adjusted Fisher-Pearson: sqrt(n (n - 1)) / (n - 2) * m3 / m2^1.5
    n_zeros: int | None = None
    n_negative: int | None = None
    n_infinite: int = 0
    quantiles: tuple[tuple[float, float], ...] = ()  # (share, value) for 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99
    quantile_error: float = 0.0  # the largest relative error of a quantile's value; 0: exact
    outliers_low: int | None = None  # below the first quartile - 3 interquartile ranges (Tukey's outer fence)
    outliers_high: int | None = None
    fence_low: float | None = None
    fence_high: float | None = None
    median_good: float | None = None
    median_bad: float | None = None
    histogram: Histogram | None = None
    # Levels: most frequent first, at most 50; of numbers while they are few
    top: tuple[tuple[str, int], ...] = ()
    # Against the outcome
    bands: tuple[Band, ...] = ()
    information_value: float | None = None
    auc: float | None = None  # of the column alone, the better direction: 0.5 to 1; rows where it is missing are left out
    auc_direction: str | None = None  # "higher" or "lower" values are worse; null for levels
    same_as: str | None = None  # an earlier column that holds the same values in every row
    n_coded: int = 0  # rows of a number that hold a special code
    auc_error: float = 0.0  # the AUC is at most this far off; 0: exact
    # Far out: beyond a fence, and beyond the 1% or 99% quantile by twice its distance from the median; rounded outwards
    far_low: float | None = None
    far_high: float | None = None
    n_far_low: int | None = None
    n_far_high: int | None = None
    suspected_codes: tuple[tuple[str, int], ...] = ()  # values like -9 or 9999 apart from all others, with their rows


@dataclass(frozen=True)
class Association:
    """A symmetric matrix over `names`, null where it is not defined; pairwise complete rows.

    `measure` is "pearson" for numbers and "cramers_v" (bias-corrected, Bergsma 2013) for categories. `order` puts like next
    to like (hierarchical clustering of 1 - |value|). `n_used` of `n_rows` rows: fewer only where that is said on the screen.
    """

    measure: str
    names: tuple[str, ...]
    order: tuple[int, ...]
    matrix: tuple[tuple[float | None, ...], ...]
    n_used: int
    n_rows: int
    left_out: tuple[tuple[str, str], ...] = ()  # (column, why it is not in the matrix)


@dataclass(frozen=True)
class MissingPattern:
    """Columns that are missing together in exactly these rows."""

    columns: tuple[str, ...]
    n_rows: int


@dataclass(frozen=True)
class Alert:
    """Something to look at, with the remedy that the screen offers.

    `remedy` is "" or one of: exclude (leave the column out), missing (count values as missing), identifier, none.
    """

    kind: str  # leak, key, row_number, constant, all_missing, duplicate, outliers, many_levels, rare_outcome, high_missing, ...
    tone: str  # caution or info
    column: str | None
    title: str
    detail: str
    remedy: str = ""


@dataclass(frozen=True)
class Profile:
    """A whole table, against its outcome where it has a two-class one."""

    n_rows: int
    target: str | None
    bad_label: str | None
    class_counts: tuple[tuple[str, int], ...]  # of the outcome, most frequent first
    n_unknown: int  # rows without an outcome; they count in everything but what is against the outcome
    n_bad: int | None
    bad_rate: float | None
    bad_rate_low: float | None
    bad_rate_high: float | None
    n_missing: int  # cells
    n_duplicate_rows: int | None  # rows that are exact copies of an earlier one
    columns: tuple[ColumnProfile, ...]
    correlations: Association | None
    cramers_v: Association | None
    missing_patterns: tuple[MissingPattern, ...]  # most frequent first, at most 30; the first may be "nothing missing"
    n_missing_patterns: int | None  # null: more than are counted
    alerts: tuple[Alert, ...] = ()
    format: int = FORMAT

    def column(self, name: str) -> ColumnProfile | None:
        return self._by_name.get(name)

    @cached_property
    def _by_name(self) -> dict[str, ColumnProfile]:
        return {column.name: column for column in self.columns}

    def to_json(self) -> dict[str, Any]:
        return dataclasses.asdict(self)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """The profile as it was stored. Raises ValueError for a format that this version does not know."""
        if stored.get("format") != FORMAT:
            raise ValueError(f"This profile has format {stored.get('format')}; this version reads format {FORMAT}.")
        values = dict(stored)
        values["columns"] = tuple(map(_column, stored["columns"]))
        for name in ("correlations", "cramers_v"):
            values[name] = None if stored[name] is None else Association(**_tuples(stored[name]))
        values["missing_patterns"] = tuple(MissingPattern(**_tuples(entry)) for entry in stored["missing_patterns"])
        values["alerts"] = tuple(Alert(**entry) for entry in stored["alerts"])
        values["class_counts"] = _tuple(stored["class_counts"])
        return cls(**values)


@dataclass(frozen=True)
class Shift:
    """How one column differs between a reference table and another: the population stability index over the reference's bands.

    PSI = sum over bands of (share_other - share_reference) * ln(share_other / share_reference); below 0.10 is called stable,
    to 0.25 a shift, above it a large shift. An empty band counts as half a row.
    """

    name: str
    kind: str
    psi: float | None
    bands: tuple[tuple[str, int, int], ...]  # (label, rows in the reference, rows in the other)
    note: str = ""  # why there is no PSI


@dataclass(frozen=True)
class Comparison:
    """Two tables, column by column; columns that only one of them has are named."""

    reference_name: str
    other_name: str
    n_reference: int
    n_other: int
    shifts: tuple[Shift, ...]
    only_reference: tuple[str, ...]
    only_other: tuple[str, ...]
    bad_rate_reference: float | None
    bad_rate_other: float | None
    format: int = FORMAT

    def to_json(self) -> dict[str, Any]:
        return dataclasses.asdict(self)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        if stored.get("format") != FORMAT:
            raise ValueError(f"This comparison has format {stored.get('format')}; this version reads format {FORMAT}.")
        shifts = tuple(Shift(**_tuples(entry)) for entry in stored["shifts"])
        return cls(**{**_tuples(stored), "shifts": shifts})


def _column(stored: Mapping[str, Any]) -> ColumnProfile:
    values = _tuples(stored)
    values["bands"] = tuple(Band(**entry) for entry in stored["bands"])
    values["histogram"] = None if stored["histogram"] is None else Histogram(**_tuples(stored["histogram"]))
    return ColumnProfile(**values)


def _tuples(stored: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _tuple(value) for name, value in stored.items()}


def _tuple(value: Any) -> Any:
    return tuple(map(_tuple, value)) if isinstance(value, list | tuple) else value
