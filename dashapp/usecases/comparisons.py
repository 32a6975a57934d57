"""Comparisons: how another data set, or a later period of the same one, differs from a reference."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

from dashapp.settings import Settings
from dashapp.usecases.desk import Desk
from dashapp.usecases.errors import Refused
from dashapp.usecases.findings import summaries
from dashapp.usecases.job_views import JobView, job_view
from dashapp.usecases.rows import chunks
from dashapp.usecases.work import Attempt, carry_out
from db import audit, comparisons, datasets, jobs
from db.engine import Database
from db.errors import NotFound, UnknownColumn
from db.tables import Comparison as Row
from db.tables import Dataset, Job
from pipeline.profiling.results import Comparison
from pipeline.results import ColumnSummary, Progress, Report, no_report

if TYPE_CHECKING:
    import pyarrow as pa

COMPARE_INLINE_CELLS = 300_000  # of both tables together
_MOST_LISTED = 50
DIVIDES = "It divides the two periods."
_COUNTING = 3  # the third of the work of comparing two periods in which their rows are counted


@dataclass(frozen=True)
class ComparisonView:
    """A comparison; `result` is there once the work has ended well, `reference_id` leads to the data set while it is visible."""

    id: str
    name: str
    reference_id: str
    reference_name: str
    other_id: str | None
    other_name: str
    result: Comparison | None
    job: JobView | None
    created_at: datetime


def start(
    desk: Desk, reference_id: str, other_id: str | None, *, date_column: str | None = None, split: str | None = None
) -> str:
    """Compares a data set with another, or its rows from a day or a value of a column on with those before.

    Small tables are compared at once, larger ones in a job. Gives the comparison's id. Raises Refused, or NotFound.
    """
    with desk.db.read() as session:
        reference = datasets.get(session, desk.user.id, reference_id)
        other = datasets.get(session, desk.user.id, other_id) if other_id else None
    spec = _spec(reference, other, date_column, split)
    n_cells = sum(dataset.n_rows * len(dataset.columns) for dataset in (reference, other or reference))
    with desk.db.write() as session:
        made = comparisons.add(
            session, owner_id=desk.user.id, reference_id=reference.id, other_id=other.id if other else None, spec=spec
        )
        audit.record(session, user_id=desk.user.id, action="compared", object_kind="comparison", object_id=made.id)
        if n_cells > COMPARE_INLINE_CELLS:
            jobs.enqueue(
                session, kind="compare", owner_id=desk.user.id, title=_title(reference.name, spec), comparison_id=made.id
            )
            return made.id
    result = _compare(desk.db, made, reference, other)
    with desk.db.write() as session:
        comparisons.owned(session, desk.user.id, made.id).result = result.to_json()
    return made.id


def get(desk: Desk, comparison_id: str) -> ComparisonView:
    """Raises NotFound for what is absent or not the user's."""
    with desk.db.read() as session:
        row = comparisons.get(session, desk.user.id, comparison_id)
        return _view(session, desk, row, jobs.of_comparisons(session, [row.id]).get(row.id))


def of_dataset(desk: Desk, dataset_id: str) -> tuple[ComparisonView, ...]:
    """The user's comparisons with a data set, newest first, at most 50. Raises NotFound."""
    with desk.db.read() as session:
        datasets.get(session, desk.user.id, dataset_id)
        found = comparisons.of_dataset(session, desk.user.id, dataset_id, _MOST_LISTED)
        work = jobs.of_comparisons(session, [row.id for row in found])
        return tuple(_view(session, desk, row, work.get(row.id)) for row in found)


def execute(db: Database, job_id: str, attempt: int, settings: Settings) -> None:
    """Compares for a queued job. Called by a worker, one attempt at a time."""
    carry_out(db, job_id, attempt, _work, most_minutes=settings.read_minutes)


def _work(work: Attempt) -> None:
    if work.job.comparison_id is None:
        raise NotFound("comparison")
    with work.db.read() as session:
        row = comparisons.get(session, work.job.owner_id, work.job.comparison_id)
        reference = datasets.get(session, work.job.owner_id, row.reference_id)
        other = datasets.get(session, work.job.owner_id, row.other_id) if row.other_id is not None else None
    work.n_rows = reference.n_rows + (other or reference).n_rows
    result = _compare(work.db, row, reference, other, work.report)
    with work.success() as session:
        comparisons.owned(session, work.job.owner_id, row.id).result = result.to_json()


def _spec(reference: Dataset, other: Dataset | None, column: str | None, split: str | None) -> dict[str, Any]:
    """What is compared, as it is stored. Raises Refused."""
    if other is not None:
        if other.id == reference.id:
            raise Refused("A data set does not differ from itself.", fix="Choose another one.")
        if not {column.name for column in summaries(reference)} & {column.name for column in summaries(other)}:
            raise Refused(
                f"'{reference.name}' and '{other.name}' have no column of the same name.", fix="Choose a data set like this one."
            )
        return {"names": [reference.name, other.name]}
    if not column:
        raise Refused("Nothing was chosen to compare with.", fix="Choose another data set, or a date that divides this one.")
    found = next((summary for summary in summaries(reference) if summary.name == column), None)
    if found is None:
        raise UnknownColumn(column)
    point = _point(found, (split or "").strip())
    return {"names": [f"{column} before {point}", f"{column} from {point}"], "date_column": column, "split": point}


def _point(column: ColumnSummary, given: str) -> str:
    """Where the column is divided, if both parts may hold rows. Raises Refused."""
    if not given:
        raise Refused("It is not said where the second period starts.", fix="Write a day as 2024-07-01, or a number.")
    if column.kind not in {"date", "number"}:
        raise Refused(f"'{column.name}' is a {column.kind}.", fix="Choose a column of dates or numbers.")
    try:
        point: Any = float(given) if column.kind == "number" else datetime.fromisoformat(given).replace(tzinfo=None)
    except ValueError:
        fix = "Write it as 2024-07-01." if column.kind == "date" else "Give a number."
        raise Refused(f"'{given[:50]}' is no {'day' if column.kind == 'date' else 'number'}.", fix=fix) from None
    ends = [_end(column, end) for end in (column.minimum, column.maximum)]
    if None in ends or not ends[0] < point <= ends[1]:
        raise Refused(
            f"One of the two parts would hold no row: '{column.name}' runs from {column.minimum} to {column.maximum}.",
            fix="Choose a point between.",
        )
    return given


def _end(column: ColumnSummary, end: float | str | None) -> Any:
    if end is None or column.kind == "number":
        return end
    return datetime.fromisoformat(str(end)).replace(tzinfo=None)


def _compare(db: Database, row: Row, reference: Dataset, other: Dataset | None, report: Report = no_report) -> Comparison:
    from pipeline import profiling

    first, second = row.spec["names"]
    if other is not None:
        return profiling.compare(
            chunks(db, reference),
            chunks(db, other),
            summaries(reference),
            summaries(other),
            names=(first, second),
            target=reference.target,
            bad_label=reference.bad_label,
            report=report,
        )
    column, split = row.spec["date_column"], row.spec["split"]
    parts = []
    for late in (False, True):
        found = _summaries(reference, _part(db, reference, column, split, late=late))
        parts.append((found, _part(db, reference, column, split, late=late)))
        report(Progress(len(parts), _COUNTING * 2, "Counting the two periods"))
    result = profiling.compare(
        parts[0][1],
        parts[1][1],
        parts[0][0],
        parts[1][0],
        names=(first, second),
        target=reference.target,
        bad_label=reference.bad_label,
        report=lambda progress: report(Progress(1 / _COUNTING + (1 - 1 / _COUNTING) * progress.share, 1, progress.what)),
    )
    shifts = (replace(shift, psi=None, bands=(), note=DIVIDES) if shift.name == column else shift for shift in result.shifts)
    return replace(result, shifts=tuple(shifts))


def _part(db: Database, dataset: Dataset, column: str, split: str, *, late: bool) -> "Iterator[pa.RecordBatch]":
    """The rows before a point of a column of dates or numbers, or those from it on; rows without a value are in neither."""
    import pyarrow as pa
    import pyarrow.compute as pc

    for batch in chunks(db, dataset):
        values = batch.column(column)
        if pa.types.is_temporal(values.type):
            point = pa.scalar(datetime.fromisoformat(split).replace(tzinfo=None)).cast(values.type)
        else:
            point = pa.scalar(float(split))
        yield batch.filter(pc.greater_equal(values, point) if late else pc.less(values, point))


def _summaries(dataset: Dataset, part: "Iterable[pa.RecordBatch]") -> tuple[ColumnSummary, ...]:
    from pipeline.tallies import summarise

    whole = summaries(dataset)
    return tuple(replace(found, codes=column.codes) for found, column in zip(summarise(part), whole, strict=True))


def _view(session: Session, desk: Desk, row: Row, job: Job | None) -> ComparisonView:
    reference_name = _name(session, row.reference_id)
    return ComparisonView(
        id=row.id,
        name=_title(reference_name, row.spec),
        reference_id=row.reference_id,
        reference_name=reference_name,
        other_id=row.other_id,
        other_name=row.spec["names"][1],
        result=Comparison.from_json(row.result) if row.result is not None else None,
        job=job_view(session, desk, job) if job is not None else None,
        created_at=row.created_at,
    )


def _title(reference_name: str, spec: dict[str, Any]) -> str:
    first, second = spec["names"]
    return f"{reference_name}: {second} against before" if "split" in spec else f"{second} against {first}"


def _name(session: Session, dataset_id: str) -> str:
    return session.get_one(Dataset, dataset_id).name
