"""From what was counted to the result: each column's profile, the associations, the patterns of gaps, the alerts."""

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from pipeline.profiling.against import wilson_interval
from pipeline.profiling.alerts import alerts_of
from pipeline.profiling.clustering import cluster_order
from pipeline.profiling.columns import level_profile, number_profile
from pipeline.profiling.outcome import BAD, UNKNOWN, class_counts
from pipeline.profiling.pairs import rows_of
from pipeline.profiling.results import Association, ColumnProfile, MissingPattern, Profile

if TYPE_CHECKING:
    from pipeline.profiling.table import TableSummary

_MOST_PATTERNS = 30


def describe(whole: "TableSummary", target: str | None) -> Profile:
    """The profile of a table from the summary of all its rows."""
    plan = whole.plan
    n_bad = n_known = None
    if plan.outcome is not None:
        n_bad = int(whole.classes[BAD])
        n_known = int(whole.classes[:UNKNOWN].sum())
    of_target = next((column for column in plan.columns if column.name == target), None)
    low, high = wilson_interval(n_bad, n_known) if n_bad is not None and n_known else (None, None)
    profile = Profile(
        n_rows=whole.n_rows,
        target=target,
        bad_label=None if plan.outcome is None else plan.outcome.bad_label,
        class_counts=class_counts(plan.columns, target),
        n_unknown=0 if of_target is None else of_target.n_missing,
        n_bad=n_bad,
        bad_rate=n_bad / n_known if n_bad is not None and n_known else None,
        bad_rate_low=low,
        bad_rate_high=high,
        n_missing=sum(column.n_missing for column in plan.columns),
        n_duplicate_rows=None if whole.row_hashes is None else whole.row_hashes.n_copies(),
        columns=_columns(whole),
        correlations=_association(whole, "pearson"),
        cramers_v=_association(whole, "cramers_v"),
        missing_patterns=tuple(
            MissingPattern(tuple(plan.columns[plan.gaps[bit]].name for bit in bits), rows)
            for bits, rows in whole.gaps.most_frequent(_MOST_PATTERNS)
        ),
        n_missing_patterns=whole.gaps.n_patterns,
    )
    return replace(profile, alerts=alerts_of(profile, plan.columns))


def _columns(whole: "TableSummary") -> tuple[ColumnProfile, ...]:
    first_with: dict[tuple[object, ...], str] = {}
    found = []
    for place, summary in enumerate(whole.plan.columns):
        against = whole.plan.outcome is not None and place != whole.plan.outcome.position
        if place in whole.numbers:
            column = number_profile(summary, whole.numbers[place], against=against)
            held: tuple[object, ...] = (summary.kind,)
        else:
            column = level_profile(summary, whole.levels[place], against=against)
            held = ("levels",)
        held = (*held, whole.column_hashes.of_columns[place], summary.n_missing)
        same_as = first_with.setdefault(held, summary.name) if summary.n_missing < summary.n_rows else summary.name
        found.append(column if same_as == summary.name else replace(column, same_as=same_as))
    return tuple(found)


def _association(whole: "TableSummary", measure: str) -> Association | None:
    plan = whole.plan
    places, left_out = (plan.pearson, plan.pearson_left_out) if measure == "pearson" else (plan.cramers, plan.cramers_left_out)
    if len(places) < 2:
        return None
    matrix: NDArray[np.float64] = (whole.pearson if measure == "pearson" else whole.cramers).matrix()
    return Association(
        measure=measure,
        names=tuple(plan.columns[place].name for place in places),
        order=cluster_order(matrix),
        matrix=rows_of(matrix),
        n_used=whole.n_rows,
        n_rows=whole.n_rows,
        left_out=left_out,
    )
