"""An upload becomes a data set: its rows are stored chunk by chunk, and all of it is there at once or not at all."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

from dashapp.settings import Settings
from dashapp.usecases.desk import Desk
from dashapp.usecases.errors import NotFound, Refused
from dashapp.usecases.findings import BY_HAND, Choices, Findings, codes_of
from dashapp.usecases.upload_files import limits_of, together
from dashapp.usecases.work import Attempt, carry_out
from db import audit, datasets, jobs, profiles, uploads
from db.engine import Database
from db.errors import Conflict
from db.tables import Dataset, Job, Upload, now
from pipeline.errors import ReadingError, Stopped
from pipeline.profiling.results import Profile
from pipeline.reading.recipe import Limits
from pipeline.results import ColumnSummary, Progress, Report, no_report

if TYPE_CHECKING:
    import pyarrow as pa

    from pipeline.reading import TableFile

CHUNK_ROWS = 65_536
_READING_SHARE = 0.4  # of the time; the rest goes to storing and profiling

Writing = Callable[[], AbstractContextManager[Session]]


@dataclass(frozen=True)
class Order:
    """An upload as it is to be saved."""

    upload: Upload
    choices: Choices
    findings: Findings
    columns: tuple[ColumnSummary, ...]

    @classmethod
    def load(cls, session: Session, user_id: int, upload_id: str) -> "Order":
        upload = uploads.get(session, user_id, upload_id, with_findings=True)
        if upload.findings is None:
            raise Conflict("The file has changed hands since it was looked at.", fix="Look at all rows again.")
        choices, findings = Choices.from_json(upload.choices), Findings.from_json(upload.findings)
        return cls(upload, choices, findings, tuple(as_saved(column, choices) for column in findings.columns))

    @property
    def profile(self) -> Profile | None:
        """The profile that was made while looking, if it was made with the outcome and the codes that are saved."""
        made = self.findings.profile
        if made is None or (made.target, made.bad_label) != (self.choices.target, self.choices.bad_label):
            return None
        return made if codes_of(self.findings.columns) == codes_of(self.columns) else None


def check(session: Session, upload: Upload) -> int:
    """The number of cells that are to be stored. Raises Refused where the upload cannot be saved as it stands."""
    job = jobs.latest(session, kinds=("examine",), upload_id=upload.id)
    if job is not None and job.state not in jobs.ENDED:
        raise Refused("Not all rows have been looked at yet.", fix="Wait until they have been.")
    if upload.error is not None:
        raise Refused("The file cannot be read this way.", fix="Correct how it is read.")
    if upload.findings is None:
        raise Refused("Not all rows have been looked at.", fix="Look at all rows, then save.")
    findings, choices = Findings.from_json(upload.findings), Choices.from_json(upload.choices)
    if len(findings.columns) < 2:
        raise Refused("The table has one column only.", fix="Check which character separates the columns.")
    if choices.target is not None and findings.column(choices.target) is None:
        raise Refused(f"The file has no column '{choices.target}' any more.", fix="Choose another outcome, or none.")
    return findings.n_rows * len(findings.columns)


def as_saved(column: ColumnSummary, choices: Choices) -> ColumnSummary:
    """The column with the role, the reason and the special codes that hold when it is saved."""
    codes = tuple(choices.codes.get(column.name, {}).items())
    if column.name == choices.target:
        return replace(column, role="target", codes=codes, reason=column.reason if column.role == "target" else BY_HAND)
    role = choices.roles.get(column.name, column.role)
    role = "feature" if role == "target" else role
    reason = column.reason if role == column.role else "" if role == "feature" else BY_HAND
    return replace(column, role=role, codes=codes, reason=reason)


def save_in_place(desk: Desk, upload_id: str) -> str:
    """Stores a small upload while its owner waits, and gives the data set's id."""
    with desk.db.read() as session:
        order = Order.load(session, desk.user.id, upload_id)
    try:
        with together(desk.db, order.upload) as path:
            return _store(desk.db, order, path, limits_of(desk.settings), desk.db.write, desk.db.write)
    except Stopped:
        raise NotFound("upload") from None


def execute(db: Database, job_id: str, attempt: int, settings: Settings) -> None:
    """Saves the upload of a queued job. Called by a worker, one attempt at a time."""
    carry_out(db, job_id, attempt, lambda work: _save(work, limits_of(settings)), most_minutes=settings.read_minutes)


def _save(work: Attempt, limits: Limits) -> None:
    if work.job.upload_id is None:
        raise Stopped
    work.report(Progress(0, 1, "Fetching the file"))
    if work.job.dataset_id is not None:  # what an attempt before this one left behind
        with work.holding() as session:
            datasets.discard(session, work.job.dataset_id)
    with work.db.read() as session:
        order = Order.load(session, work.job.owner_id, work.job.upload_id)
    work.n_rows = order.findings.n_rows
    with together(work.db, order.upload) as path:
        _store(work.db, order, path, limits, work.holding, work.success, work.report, work.job.id)


def _store(
    db: Database,
    order: Order,
    path: Path,
    limits: Limits,
    writing: Writing,
    ending: Writing,
    report: Report = no_report,
    job_id: str | None = None,
) -> str:
    """`writing` opens the transactions for the rows, `ending` the one that makes the data set visible."""
    from pipeline import reading

    upload = order.upload
    report(Progress(0, 1, "Reading all rows"))
    table = reading.check_and_open(
        path,
        filename=upload.filename,
        recipe=order.findings.recipe,
        limits=limits,
        report=lambda progress: report(Progress(_READING_SHARE * progress.share, 1, progress.what)),
    )
    if [(column.name, column.kind) for column in table.columns] != [(column.name, column.kind) for column in order.columns]:
        raise ReadingError("changed", "The file is read another way than when it was looked at.", fix="Look at all rows again.")
    with writing() as session:
        dataset_id = _begin(session, order, job_id)
    try:
        profile = _rows_and_profile(order, table, _stored(table, dataset_id, writing), report)
        with ending() as session:
            _finish(session, order, table, dataset_id, profile)
    except BaseException:
        with db.write() as session:
            datasets.discard(session, dataset_id)
        raise
    return dataset_id


def _begin(session: Session, order: Order, job_id: str | None) -> str:
    upload = order.upload
    dataset = datasets.begin(
        session,
        owner_id=upload.owner_id,
        name=order.choices.name,
        source=upload.filename,
        sha256=upload.sha256,
        n_bytes=upload.n_bytes,
    )
    if job_id is not None:
        session.get_one(Job, job_id).dataset_id = dataset.id
    return dataset.id


def _stored(table: "TableFile", dataset_id: str, writing: Writing) -> "Iterator[pa.RecordBatch]":
    """The chunks of the table, each stored before it is given out."""
    first_row = 0
    for index, batch in enumerate(table.chunks(CHUNK_ROWS)):
        with writing() as session:
            datasets.add_chunk(session, dataset_id=dataset_id, chunk_index=index, first_row=first_row, batch=batch)
        first_row += batch.num_rows
        yield batch


def _rows_and_profile(order: Order, table: "TableFile", chunks: "Iterator[pa.RecordBatch]", report: Report) -> Profile:
    """Stores all rows, profiling them on the way where the profile at hand does not fit."""
    if order.profile is not None:
        done = 0
        for batch in chunks:
            done += batch.num_rows
            report(_scaled(Progress(done, table.n_rows, "Storing the rows")))
        return order.profile
    from pipeline import profiling

    return profiling.profile(
        chunks,
        order.columns,
        target=order.choices.target,
        bad_label=order.choices.bad_label,
        report=lambda progress: report(_scaled(progress)),
    )


def _scaled(progress: Progress) -> Progress:
    return Progress(_READING_SHARE + (1 - _READING_SHARE) * progress.share, 1, progress.what)


def _finish(session: Session, order: Order, table: "TableFile", dataset_id: str, profile: Profile) -> None:
    """Data set, profile and upload in one transaction. Raises Stopped where the upload was discarded, Conflict where changed."""
    upload = uploads.to_store(session, order.upload.id)
    if upload is None:
        raise Stopped
    if upload.version != order.upload.version or upload.state == "saved":
        raise Conflict("The upload was changed while it was being saved.", fix="Save it again.")
    choices = order.choices
    datasets.finish(
        session,
        dataset_id=dataset_id,
        n_rows=table.n_rows,
        columns=[asdict(column) for column in order.columns],
        recipe={**table.recipe.to_json(), "repairs": [repair.to_json() for repair in table.repairs]},
        target=choices.target,
        bad_label=choices.bad_label,
        replaces=_replaced(session, upload.owner_id, choices.replaces),
    )
    profiles.store(
        session,
        dataset_id=dataset_id,
        target=choices.target,
        bad_label=choices.bad_label,
        codes=codes_of(order.columns),
        profile=profile.to_json(),
    )
    upload.state, upload.dataset_id, upload.findings, upload.changed_at = "saved", dataset_id, None, now()
    uploads.drop_pieces(session, upload.id)
    _audit(session, upload, dataset_id, choices.replaces)


def _replaced(session: Session, user_id: int, dataset_id: str | None) -> Dataset | None:
    """The data set that is replaced, if it is still there."""
    if dataset_id is None or not datasets.is_visible(session, user_id, dataset_id):
        return None
    return datasets.owned(session, user_id, dataset_id)


def _audit(session: Session, upload: Upload, dataset_id: str, replaces: str | None) -> None:
    details: dict[str, Any] = {"file": upload.filename, "upload": upload.id}
    if replaces is not None:
        details["replaces"] = replaces
    audit.record(session, user_id=upload.owner_id, action="uploaded", object_kind="dataset", object_id=dataset_id, **details)
