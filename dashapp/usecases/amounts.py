"""The amount of each applicant, from a column of a run's data set, summed up at the run's cut-offs."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from dashapp.usecases.desk import Desk
from dashapp.usecases.errors import Refused
from dashapp.usecases.findings import summaries
from dashapp.usecases.run_scores import scores_of
from dashapp.usecases.runs import RunView
from db import dataset_rows, datasets, runs
from pipeline.cutoffs.amounts import AmountSums
from pipeline.evaluation_results import ScoreTable
from pipeline.kept import Kept
from pipeline.results import ColumnSummary

if TYPE_CHECKING:
    from pipeline.frame import Floats

MOST_ROWS = 3_000_000  # are summed while one waits: 0.15 s and 40 MB a million
_kept: Kept[tuple[str, str], tuple[AmountSums, AmountSums]] = Kept(32)  # neither runs nor rows ever change


def amount_columns(desk: Desk, view: RunView) -> tuple[str, ...]:
    """Columns of numbers, in the order of the data set; none where the user sees the run without its data set."""
    if not view.sees_dataset:
        return ()
    with desk.db.read() as session:
        found = summaries(datasets.get(session, desk.user.id, view.dataset_id))
    return tuple(column.name for column in found if column.kind == "number" and column.name != view.spec.target)


def amounts_of(desk: Desk, view: RunView, column: str, parts: Sequence[tuple[str, ScoreTable]]) -> tuple[AmountSums, AmountSums]:
    """The sums of a column over two parts of a run's rows, at the cut-offs of their tables.

    Raises Refused where the user does not see the data set, or it has no such column of numbers or more than MOST_ROWS, and
    UnusableData where its values are no amounts.
    """
    if not view.sees_dataset:
        raise Refused("You see this run without its data set, so amounts are not counted.", fix=view.why_no_rows)
    if column not in amount_columns(desk, view):
        raise Refused(f"The data set has no column of numbers '{column}'.", fix="Choose another column, or none.")
    key = (view.id, column)
    return _kept.of(key, lambda: _summed(desk, view, column, parts))


def _summed(desk: Desk, view: RunView, column: str, parts: Sequence[tuple[str, ScoreTable]]) -> tuple[AmountSums, AmountSums]:
    with desk.db.read() as session:
        dataset = datasets.get(session, desk.user.id, view.dataset_id)
        if dataset.n_rows > MOST_ROWS:
            raise Refused(
                f"Amounts are summed up to {MOST_ROWS:,} rows, and the data set has {dataset.n_rows:,}, so they are not counted.",
                fix="Say one gain and one loss for everybody.",
            )
        scores = scores_of(session, desk.user.id, runs.get(session, desk.user.id, view.id, with_result=True))
        summary = next(found for found in summaries(dataset) if found.name == column)
        table = dataset_rows.read_columns(session, dataset, [column])
    amount = _numbers(table.column(column), summary)
    found: dict[str, AmountSums] = {}
    for part, counted in parts:
        rows = scores.rows(part)
        if len(rows) != counted.bad_at_or_above[0] + counted.good_at_or_above[0]:
            raise Refused(
                f"This run was trained before scores were kept row by row, so amounts of its {part.replace('_', '-')} rows are "
                "not known.",
                fix="Train it again as it is.",
            )
        if part not in found:
            is_bad, score = scores.of(part)
            found[part] = AmountSums.of(is_bad, score, amount[rows], counted.cutoffs)
    first, second = (found[part] for part, _ in parts)
    return first, second


def _numbers(values: object, summary: ColumnSummary) -> "Floats":
    """The column as float64, NaN where missing or where a special code stands for something else than an amount."""
    import numpy as np

    from pipeline.frame import numbers_of

    amount = numbers_of(values)
    codes = [number for code, _ in summary.codes if (number := _number(code)) is not None]
    return np.where(np.isin(amount, codes), np.nan, amount) if codes else amount


def _number(code: str) -> float | None:
    try:
        return float(code)
    except ValueError:
        return None
