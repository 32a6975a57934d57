"""A look at all rows of an upload under its recipe: types, repairs, the profile, suggested roles."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy.orm import Session

from dashapp.settings import Settings
from dashapp.usecases.desk import Desk
from dashapp.usecases.findings import Choices, Findings, column_from_json
from dashapp.usecases.upload_files import limits_of, together
from dashapp.usecases.work import Attempt, carry_out, sentence
from db import datasets, jobs, uploads
from db.engine import Database
from db.errors import NotFound
from db.tables import Upload, now
from pipeline.errors import PipelineError, ReadingError, Stopped
from pipeline.reading.recipe import Limits, Recipe
from pipeline.results import ColumnSummary, Progress, Report, no_report
from pipeline.suggestions import default_bad_label

EXAMINE_INLINE_BYTES = 4 << 20
_INLINE_PACKED_BYTES = 1 << 18  # of what is packed, or no text
_TOO_MUCH = {"too_large", "bomb"}  # what may be said of a file under the limits of a look in place
_READING_SHARE = 0.5  # of the time; the rest goes to the profile


@dataclass(frozen=True)
class Task:
    """What an examination starts from, as it stood when it began."""

    upload: Upload
    recipe: Recipe
    detected: Recipe
    choices: Choices
    replaced_recipe: Recipe | None = None
    replaced_columns: tuple[ColumnSummary, ...] = ()

    @classmethod
    def load(cls, session: Session, user_id: int, upload_id: str) -> "Task":
        upload = uploads.get(session, user_id, upload_id)
        choices = Choices.from_json(upload.choices)
        recipe, detected = Recipe.from_json(upload.recipe or {}), Recipe.from_json(upload.detected or {})
        if choices.replaces is None or not datasets.is_visible(session, user_id, choices.replaces):
            return cls(upload, recipe, detected, choices)
        before = datasets.get(session, user_id, choices.replaces)
        old = Recipe.from_json(before.recipe) if "format" in before.recipe else None
        return cls(upload, recipe, detected, choices, old, tuple(map(column_from_json, before.columns)))


@dataclass(frozen=True)
class Seen:
    """What an examination found, and the outcome that it was made with."""

    findings: Findings
    detected: Recipe
    target: str | None
    bad_label: str | None


def start(desk: Desk, upload_id: str) -> None:
    """Looks at a small file at once, and queues the look at a larger one; an older look that still works is cancelled."""
    with desk.db.read() as session:
        task = Task.load(session, desk.user.id, upload_id)
    if may_be_done_in_place(task.upload) and _in_place(desk, task):
        return
    with desk.db.write() as session:
        upload = uploads.owned(session, desk.user.id, upload_id)
        jobs.cancel_all(session, upload_id=upload_id)
        jobs.enqueue(session, kind="examine", owner_id=desk.user.id, title=upload.filename, upload_id=upload_id)


def may_be_done_in_place(upload: Upload) -> bool:
    """Whether a file is so small that it is read while its owner waits."""
    stored = {**(upload.detected or {}), **(upload.recipe or {})}
    packed = bool(stored.get("compression")) or stored.get("container", "text") != "text"
    return upload.n_bytes <= (_INLINE_PACKED_BYTES if packed else EXAMINE_INLINE_BYTES)


def limits_in_place(settings: Settings) -> Limits:
    return replace(limits_of(settings), unpacked_bytes=EXAMINE_INLINE_BYTES)


def execute(db: Database, job_id: str, attempt: int, settings: Settings) -> None:
    """Examines the upload of a queued job. Called by a worker, one attempt at a time."""
    carry_out(db, job_id, attempt, lambda work: _examine(work, limits_of(settings)), most_minutes=settings.read_minutes)


def _in_place(desk: Desk, task: Task) -> bool:
    """False where the file turns out to be more than it seemed."""
    try:
        with together(desk.db, task.upload) as path:
            seen = look(path, task, limits_in_place(desk.settings))
    except Stopped:
        raise NotFound("upload") from None
    except ReadingError as fault:
        if fault.kind in _TOO_MUCH:
            return False
        outcome: Seen | PipelineError = fault
    except PipelineError as fault:
        outcome = fault
    else:
        outcome = seen
    with desk.db.write() as session:
        jobs.cancel_all(session, upload_id=task.upload.id)
        _store(session, task, outcome)
    return True


def _examine(work: Attempt, limits: Limits) -> None:
    if work.job.upload_id is None:
        raise Stopped
    work.report(Progress(0, 1, "Fetching the file"))
    with work.db.read() as session:
        task = Task.load(session, work.job.owner_id, work.job.upload_id)
    try:
        with together(work.db, task.upload) as path:
            seen = look(path, task, limits, work.report)
    except Stopped:
        raise
    except PipelineError as fault:
        with work.ending("failed", sentence(fault)) as session:
            _store(session, task, fault)
        return
    with work.success() as session:
        _store(session, task, seen)


def look(path: Path, task: Task, limits: Limits, report: Report = no_report) -> Seen:
    """Reads all rows and profiles them against the likely outcome. Raises ReadingError."""
    from pipeline import profiling, reading
    from pipeline.reading.differences import differences
    from pipeline.roles import likely_target, suggest_roles

    filename, choices = task.upload.filename, task.choices
    report(Progress(0, 1, "Finding out how the file is written"))

    def report_reading(progress: Progress) -> None:
        report(Progress(_READING_SHARE * progress.share, 1, progress.what))

    recipe, detected = _recipe_for(path, task, limits, report_reading)
    table = reading.check_and_open(
        path, filename=filename, recipe=recipe, sheet=task.recipe.sheet, limits=limits, report=report_reading
    )
    detected = detected or table.recipe
    columns = [replace(column, codes=tuple(choices.codes.get(column.name, {}).items())) for column in table.columns]
    target, bad_label = _outcome(choices, columns, likely_target(columns))

    def report_profile(progress: Progress) -> None:
        report(Progress(_READING_SHARE + (1 - _READING_SHARE) * progress.share, 1, progress.what))

    profile = profiling.profile(table.chunks(), columns, target=target, bad_label=bad_label, report=report_profile)
    roles = suggest_roles(columns, profile, target if choices.outcome_chosen else None)
    found = tuple(replace(column, role=roles[column.name][0], reason=roles[column.name][1]) for column in columns)
    told: tuple[str, ...] = ()
    if task.replaced_columns:
        told = differences(task.replaced_columns, found, task.replaced_recipe, task.detected)
    findings = Findings(table.n_rows, found, table.repairs, table.recipe, profile, told)
    return Seen(findings, detected, target, bad_label)


def _recipe_for(path: Path, task: Task, limits: Limits, report: Report) -> tuple[Recipe | None, Recipe | None]:
    """The recipe to read by, and the detected one where it is known; None and None: what reading itself detects.

    While only the file's beginning was looked at, nothing is known of its end: then all of it is detected first.
    """
    if not task.choices.provisional:
        return task.recipe, task.detected
    if task.recipe == task.detected:
        return None, None
    from pipeline import reading

    try:
        filename, sheet = task.upload.filename, task.recipe.sheet
        detected = reading.check_and_open(path, filename=filename, sheet=sheet, limits=limits, report=report).recipe
    except ReadingError:
        return task.recipe, task.detected
    changed = {name: value for name, value in vars(task.recipe).items() if value != getattr(task.detected, name)}
    return replace(detected, **changed), detected


def _outcome(choices: Choices, columns: Sequence[ColumnSummary], likely: str | None) -> tuple[str | None, str | None]:
    """The outcome that was chosen, while the file has it, else the likely one; and the label that is bad."""
    named = {column.name: column for column in columns}
    wanted, label = choices.wanted or (choices.target, choices.bad_label)
    chosen = choices.outcome_chosen and (wanted is None or wanted in named)
    target = wanted if chosen else likely
    if target is None:
        return None, None
    levels = dict(named[target].levels)
    if wanted == target and label in levels:
        return target, label
    return target, default_bad_label(levels) if named[target].n_distinct == 2 else None


def _store(session: Session, task: Task, found: Seen | PipelineError) -> None:
    """Stores the result if the upload is still as it was when the work began. Raises Stopped where it was discarded."""
    upload = uploads.to_store(session, task.upload.id)
    if upload is None:
        raise Stopped
    if upload.version != task.upload.version or upload.state == "saved":
        return
    upload.changed_at = now()
    if isinstance(found, PipelineError):
        upload.state, upload.findings = "refused", None
        upload.error = {"message": found.message, "fix": found.fix}
        return
    # Names, roles and codes may have been chosen in the meantime.
    before = Choices.from_json(upload.choices)
    wanted = before.wanted or ((before.target, before.bad_label) if before.outcome_chosen else None)
    choices = replace(before, target=found.target, bad_label=found.bad_label, wanted=wanted, provisional=False)
    upload.state, upload.error, upload.findings = "examined", None, found.findings.to_json()
    upload.recipe, upload.detected, upload.choices = found.findings.recipe.to_json(), found.detected.to_json(), choices.to_json()
