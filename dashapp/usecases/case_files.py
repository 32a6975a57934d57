"""Cases as a file to take away: one line each, with what was known of the applicant, what was told and what was decided."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from dashapp.usecases.case_lists import SHOW, wanted
from dashapp.usecases.desk import Desk
from dashapp.usecases.exports import CsvExport, header_of, n_formulas, pieces
from db import audit, cases
from pipeline.explaining.reasons import MOST_REASONS
from pipeline.levels import number_text

if TYPE_CHECKING:
    import pyarrow as pa

Cell = Callable[[cases.Line], Any]

_AT_ONCE = 1_000  # cases that are held at one time
_INPUT = "input_"  # before the name of each field, so that none is taken for another column


def _moment(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _reason(rank: int) -> Cell:
    """A principal reason in words, as reasons tables have it."""

    def cell(one: cases.Line) -> str | None:
        if rank > len(one.reasons):
            return None
        title, detail = one.reasons[rank - 1]
        return f"{title} ({detail})" if detail else title

    return cell


_COLUMNS: tuple[tuple[str, Cell], ...] = (
    ("case", lambda one: one.id),
    ("applicant", lambda one: one.name),
    ("saved_at", lambda one: _moment(one.created_at)),
    ("saved_by", lambda one: one.owner),
    ("run", lambda one: one.run_name),
    ("model_sha256", lambda one: one.model_sha256),
    ("data_set", lambda one: one.dataset),
    ("row", lambda one: None if one.row is None else one.row + 1),
    ("probability_of_default", lambda one: one.probability),
    ("cutoff", lambda one: one.cutoff),
    ("points", lambda one: one.points),
    ("advice", lambda one: one.advice),
    ("decision", lambda one: one.decision),
    ("decided_at", lambda one: _moment(one.decided_at)),
    ("decided_by", lambda one: one.decided_by),
    ("decision_reason", lambda one: one.reason or None),
    ("note", lambda one: one.note or None),
    *((f"principal_reason_{rank}", _reason(rank)) for rank in range(1, MOST_REASONS + 1)),
    ("lime_seed", lambda one: one.seed),
)


def csv(desk: Desk, *, name: str = "", show: str = "all") -> CsvExport:
    """Every case that `case_lists.recent` would list without a limit, newest first, as text in UTF-8.

    Rows count from 1, and moments are those of UTC. Each field that one of the runs reads is a column, which is empty for the
    cases of runs that do not. Whoever takes cases away is kept, with what the list was narrowed to.
    """
    narrowed, user_id = wanted(name, show), desk.user.id
    with desk.db.write() as session:
        fields_of = cases.fields_of_runs(session, user_id, narrowed)
        audit.record(
            session, user_id=user_id, action="downloaded", object_kind="cases", object_id=str(user_id), form="csv",
            rows=cases.count_visible(session, user_id, narrowed), named=narrowed.name,
            show=show if show in SHOW else "all",
        )  # fmt: skip
    fields = list(dict.fromkeys(field for one in fields_of.values() for field in one))
    header, n_defused = header_of([*(name for name, _ in _COLUMNS), *(f"{_INPUT}{field}" for field in fields)])
    n_defused += sum(map(n_formulas, _batches(desk, narrowed, list(fields_of), fields)))
    return CsvExport("Cases", n_defused, pieces(header, _batches(desk, narrowed, list(fields_of), fields)))


def _batches(desk: Desk, narrowed: cases.Wanted, run_ids: Sequence[str], fields: Sequence[str]) -> "Iterator[pa.RecordBatch]":
    import pyarrow as pa

    last = None
    while True:
        with desk.db.read() as session:
            found = cases.lines(session, desk.user.id, narrowed, run_ids=run_ids, after=last, limit=_AT_ONCE)
        if not found:
            return
        columns = [_column([cell(one) for one in found]) for _, cell in _COLUMNS]
        columns += [_column([one.values.get(field) for one in found]) for field in fields]
        yield pa.RecordBatch.from_arrays(columns, names=list(map(str, range(len(columns)))))
        last = found[-1]


def _column(values: list[Any]) -> "pa.Array":
    """Numbers as such; a field that is a number in one run and a text in another as texts."""
    import pyarrow as pa

    if not any(isinstance(value, str) for value in values):
        return pa.array(values, pa.int64() if all(value is None or type(value) is int for value in values) else pa.float64())
    return pa.array([number_text(value) if isinstance(value, int | float) else value for value in values], pa.string())
