"""Decisions at a cut-off, looked up in score tables: which rows a cut-off is chosen on, which it is judged on, what it does.

A row is refused when its score is at or above the cut-off. Counts are exact at the cut-offs of a table; between two of them the
counts are those of the next higher one.
"""

from bisect import bisect_left

from pipeline.evaluation_results import Confusion, ScoreTable
from pipeline.results import RunResult

CHOOSING = ("validation", "cross_validated", "held_out", "training")  # the first that a run has is the one to choose on
JUDGING = ("held_out", "validation", "training")


def score_tables(result: RunResult) -> dict[str, ScoreTable]:
    """The score tables that a run has, by part: training, cross_validated, validation, held_out. Empty for three classes."""
    found = {
        "training": result.scores_train,
        "cross_validated": result.scores_cross_validated,
        "validation": result.scores_validation,
        "held_out": result.scores_test,
    }
    return {part: table for part, table in found.items() if table is not None}


def chosen_on(result: RunResult) -> str | None:
    """The part on which a cut-off is to be chosen: validation, else cross-validated rows; else held-out rows, which flatters."""
    tables = score_tables(result)
    return next((part for part in CHOOSING if part in tables), None)


def judged_on(result: RunResult) -> str | None:
    """The part that a chosen cut-off is reported on."""
    tables = score_tables(result)
    return next((part for part in JUDGING if part in tables), None)


def flatters(result: RunResult) -> bool:
    """Whether a cut-off is chosen on the very rows that it is reported on."""
    return chosen_on(result) == judged_on(result)


def common_cutoffs(*tables: ScoreTable) -> tuple[float, ...]:
    """Ascending cut-offs at which the counts of all tables are exact. At least all multiples of 0.005."""
    shared = set(tables[0].cutoffs)
    for table in tables[1:]:
        shared &= set(table.cutoffs)
    return tuple(sorted(shared))


def nearest_cutoff(cutoffs: tuple[float, ...], wanted: float) -> float:
    """The cut-off nearest to the one wanted; the lower of two."""
    at = bisect_left(cutoffs, wanted)
    around = cutoffs[max(at - 1, 0) : at + 1] or cutoffs[-1:]
    return min(around, key=lambda cutoff: (abs(cutoff - wanted), cutoff))


def confusion_at(table: ScoreTable, cutoff: float) -> Confusion:
    """Counts of right and wrong decisions at a cut-off; refusing is the positive decision."""
    n_bad, n_good = table.bad_at_or_above[0], table.good_at_or_above[0]
    at = bisect_left(table.cutoffs, cutoff)
    tp = table.bad_at_or_above[at] if at < len(table.cutoffs) else 0
    fp = table.good_at_or_above[at] if at < len(table.cutoffs) else 0
    return Confusion(tn=n_good - fp, fp=fp, fn=n_bad - tp, tp=tp)
