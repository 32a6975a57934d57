"""Intake: a file is received, looked at, corrected, and saved as a data set. An upload is its owner's alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from dashapp.usecases import examining, previews, saving
from dashapp.usecases.datasets import DatasetCard, clean_name, same_file
from dashapp.usecases.desk import Desk
from dashapp.usecases.errors import Conflict, NotFound, Refused
from dashapp.usecases.findings import Choices, Findings
from dashapp.usecases.job_views import JobView, job_view
from dashapp.usecases.previews import Preview
from dashapp.usecases.recipes import changed_recipe, checked_codes, switched_off
from dashapp.usecases.upload_files import beginning_of_upload, limits_of
from db import audit, datasets, jobs, uploads
from db.tables import Upload, now
from pipeline.errors import Stopped
from pipeline.reading.findings import Repair
from pipeline.reading.recipe import KINDS, Recipe
from pipeline.roles import ROLES

__all__ = ["Choices", "Findings", "Preview", "UploadCard", "UploadView"]

_SAVE_INLINE_CELLS = 1_000_000  # rows times columns that are stored while the user waits


@dataclass(frozen=True)
class UploadCard:
    """An upload that is not saved yet, as lists show it."""

    id: str
    filename: str
    n_bytes: int
    state: str
    created_at: datetime


@dataclass(frozen=True)
class UploadView:
    """An upload as its page shows it.

    `state` is received, examined, refused, saving or saved. `error` is why it cannot be read; what became of a look or a save
    that did not end well is told by `job`: the newest one, until something is changed after it has ended.
    """

    id: str
    filename: str
    n_bytes: int
    sha256: str
    state: str
    created_at: datetime
    recipe: Recipe
    detected: Recipe
    findings: Findings | None
    job: JobView | None
    error: tuple[str, str] | None
    choices: Choices
    dataset_id: str | None

    @property
    def repairs_off(self) -> tuple[Repair, ...]:
        return self.choices.repairs_off


def get(desk: Desk, upload_id: str) -> UploadView:
    """Raises NotFound for what is absent or not the user's."""
    with desk.db.read() as session:
        upload = uploads.get(session, desk.user.id, upload_id, with_findings=True)
        job = jobs.latest(session, kinds=("examine", "save"), upload_id=upload_id)
        ended_before = job is not None and job.finished_at is not None and job.finished_at < upload.changed_at
        stale = ended_before and upload.state == "examined"  # else, what the job should have done is still to be done
        return _view(upload, job_view(session, desk, job) if job is not None and not stale else None)


def chosen(desk: Desk, upload_id: str) -> Choices:
    """What was chosen so far, without what was found: that of a thousand columns takes a while to build."""
    with desk.db.read() as session:
        return Choices.from_json(uploads.get(session, desk.user.id, upload_id).choices)


def pending(desk: Desk) -> tuple[UploadCard, ...]:
    """The user's uploads that are not saved yet, newest first."""
    with desk.db.read() as session:
        return tuple(
            UploadCard(upload.id, upload.filename, upload.n_bytes, upload.state, upload.created_at)
            for upload in uploads.pending(session, desk.user.id)
        )


def preview(desk: Desk, upload_id: str, kinds: Mapping[str, str] | None = None) -> Preview:
    """The first rows as they will be read, from the file's beginning alone.

    Of all columns, or of those whose kinds are given: where all rows were looked at, the caller may know them already.
    """
    with desk.db.read() as session:
        upload = uploads.get(session, desk.user.id, upload_id, with_findings=kinds is None)
        known = {column["name"]: column["kind"] for column in _columns(upload)} if kinds is None else kinds
    return previews.preview(desk, upload, known, only=kinds)


def identical(desk: Desk, upload_id: str) -> DatasetCard | None:
    """A data set that the user may see and that was read from the very same file."""
    with desk.db.read() as session:
        upload = uploads.get(session, desk.user.id, upload_id)
    return same_file(desk, upload.sha256)


def replaced_name(desk: Desk, upload_id: str) -> str | None:
    """The name of the data set that the upload is a new version of; None where it is a new data set."""
    with desk.db.read() as session:
        replaces = Choices.from_json(uploads.get(session, desk.user.id, upload_id).choices).replaces
        if replaces is None or not datasets.is_visible(session, desk.user.id, replaces):
            return None
        return datasets.get(session, desk.user.id, replaces).name


def change(desk: Desk, upload_id: str, **fields: Any) -> None:
    """Changes the recipe and looks at the file again. Without a field it only looks again. Raises Refused or ReadingError."""
    with desk.db.write() as session:
        upload, choices = _to_change(session, desk, upload_id)
        before = Recipe.from_json(upload.recipe or {})
        recipe = changed_recipe(before, fields)
        repairs = Findings.from_json(upload.findings).repairs if upload.findings is not None else ()
        choices = replace(choices, repairs_off=switched_off((*repairs, *choices.repairs_off), recipe))
        upload.recipe, upload.choices = recipe.to_json(), choices.to_json()
        upload.findings = None
        _look_again(upload)
    examining.start(desk, upload_id)


def set_sheet(desk: Desk, upload_id: str, sheet: str) -> None:
    """Reads another sheet of a workbook.

    How it is read is detected anew, since what held for one table says nothing of another; but a new version is read as the
    version before.
    """
    from pipeline.reading.peek import peek

    with desk.db.read() as session:
        upload = uploads.get(session, desk.user.id, upload_id)
    sheets = Choices.from_json(upload.choices).sheets
    if sheet not in sheets:
        raise Refused(f"The workbook has no sheet '{sheet[:100]}'.", fix="Choose one of its sheets.")
    try:
        with beginning_of_upload(desk.db, upload) as (path, complete):
            found = peek(
                path, filename=upload.filename, sheet=sheet, limits=limits_of(desk.settings), rows=1, complete=complete
            ).recipe
    except Stopped:  # discarded or saved in the meantime
        raise NotFound("upload") from None
    with desk.db.write() as session:
        upload, choices = _to_change(session, desk, upload_id)
        before, stored = Recipe.from_json(upload.recipe or {}), Recipe.from_json(upload.detected or {})
        found = replace(found, container=stored.container, compression=stored.compression, sheet=sheet)
        anew = choices.replaces is None
        upload.recipe = (found if anew else replace(before, sheet=sheet)).to_json()
        upload.detected = found.to_json()
        upload.choices = replace(choices, provisional=anew, repairs_off=()).to_json()
        upload.findings = None
        _look_again(upload)
    examining.start(desk, upload_id)


def set_kind(desk: Desk, upload_id: str, column: str, kind: str) -> None:
    """Reads a column as number, category, text or date; "" as it is found."""
    if kind and kind not in KINDS:
        raise Refused("That is no type of a column.", fix=f"Choose one of {', '.join(KINDS)}.")
    _check_column(desk, upload_id, column)
    with desk.db.read() as session:
        kinds = dict(Recipe.from_json(uploads.get(session, desk.user.id, upload_id).recipe or {}).kinds)
    kinds.pop(column, None)
    change(desk, upload_id, kinds={**kinds, column: kind} if kind else kinds)


def set_role(desk: Desk, upload_id: str, column: str, role: str) -> None:
    """What a column is for; "target" makes it the outcome."""
    if role not in ROLES:
        raise Refused("That is no role of a column.", fix=f"Choose one of {', '.join(ROLES)}.")
    if role == "target":
        set_outcome(desk, upload_id, column, None)
        return
    _check_column(desk, upload_id, column)
    with desk.db.write() as session:
        upload, choices = _to_change(session, desk, upload_id)
        _keep_choices(upload, replace(choices, roles={**choices.roles, column: role}))


def set_all_roles(desk: Desk, upload_id: str, role: str) -> None:
    """One role for all columns but the outcome; "" gives them back what was suggested."""
    if role and (role not in ROLES or role == "target"):
        raise Refused("That is no role for all columns.", fix="Choose input or left out.")
    names = _names(desk, upload_id)
    with desk.db.write() as session:
        upload, choices = _to_change(session, desk, upload_id)
        roles = {name: role for name in names if name != choices.target} if role else {}
        _keep_choices(upload, replace(choices, roles=roles))


def set_codes(desk: Desk, upload_id: str, column: str, codes: Mapping[str, str]) -> None:
    """The special codes of a column: each its own level, or missing. Raises Refused."""
    checked = checked_codes(column, codes)
    _check_column(desk, upload_id, column)
    with desk.db.write() as session:
        upload, choices = _to_change(session, desk, upload_id)
        others = {name: given for name, given in choices.codes.items() if name != column}
        _keep_choices(upload, replace(choices, codes={**others, column: checked} if checked else others))


def set_outcome(desk: Desk, upload_id: str, target: str | None, bad_label: str | None) -> None:
    """What to predict, and which label is bad; the columns are profiled against it. Raises Refused."""
    if target is not None:
        _check_column(desk, upload_id, target)
    with desk.db.write() as session:
        upload, choices = _to_change(session, desk, upload_id)
        found = Findings.from_json(upload.findings) if upload.findings is not None else None
        column = found.column(target) if found is not None and target is not None else None
        if bad_label is not None and column is not None and bad_label not in dict(column.levels):
            raise Refused(f"'{bad_label}' does not occur in '{target}'.", fix="Choose one of its values.")
        roles = {name: role for name, role in choices.roles.items() if name != target}
        wanted = (target, bad_label)
        chosen = replace(choices, target=target, bad_label=bad_label, outcome_chosen=True, wanted=wanted, roles=roles)
        upload.choices = chosen.to_json()
        if found is not None:  # what was counted without an outcome still holds
            upload.findings = replace(found, profile=None).to_json()
        _look_again(upload)
    examining.start(desk, upload_id)


def set_name(desk: Desk, upload_id: str, name: str) -> None:
    """What the data set will be called. Raises Refused."""
    name = clean_name(name)
    with desk.db.write() as session:
        upload, choices = _to_change(session, desk, upload_id)
        _keep_choices(upload, replace(choices, name=name))


def save(desk: Desk, upload_id: str, *, name: str) -> str | None:
    """Stores the table as a data set and gives its id; None where a job does it. Raises Refused."""
    name = clean_name(name)
    with desk.db.write() as session:
        upload, choices = _to_change(session, desk, upload_id)
        _keep_choices(upload, replace(choices, name=name))
        n_cells = saving.check(session, upload)
        if n_cells > _SAVE_INLINE_CELLS or not examining.may_be_done_in_place(upload):
            jobs.enqueue(session, kind="save", owner_id=desk.user.id, title=upload.filename, upload_id=upload_id)
            return None
    return saving.save_in_place(desk, upload_id)


def discard(desk: Desk, upload_id: str) -> None:
    """Nothing of the upload remains, and the work on it ends. Raises NotFound, or Conflict once it is saved."""
    with desk.db.write() as session:
        upload = uploads.owned(session, desk.user.id, upload_id)
        uploads.discard(session, [upload.id])
        _audit(desk, session, "discarded", upload_id)


def _view(upload: Upload, job: JobView | None) -> UploadView:
    error = (upload.error["message"], upload.error["fix"]) if upload.error is not None else None
    saving_now = job is not None and job.active and job.kind == "save"
    return UploadView(
        id=upload.id,
        filename=upload.filename,
        n_bytes=upload.n_bytes,
        sha256=upload.sha256,
        state="saving" if saving_now else upload.state,
        created_at=upload.created_at,
        recipe=Recipe.from_json(upload.recipe or {}),
        detected=Recipe.from_json(upload.detected or {}),
        findings=Findings.from_json(upload.findings) if upload.findings is not None else None,
        job=job,
        error=error,
        choices=Choices.from_json(upload.choices),
        dataset_id=upload.dataset_id,
    )


def _to_change(session: Session, desk: Desk, upload_id: str) -> tuple[Upload, Choices]:
    """An upload that is not being saved."""
    upload = uploads.owned(session, desk.user.id, upload_id)
    job = jobs.latest(session, kinds=("save",), upload_id=upload_id)
    if job is not None and job.state not in jobs.ENDED:
        raise Refused("The data set is being saved.", fix="Wait for it, or cancel it first.")
    return upload, Choices.from_json(upload.choices)


def _keep_choices(upload: Upload, choices: Choices) -> None:
    upload.choices, upload.changed_at = choices.to_json(), now()


def _look_again(upload: Upload) -> None:
    """What an earlier look finds from now on is not stored any more."""
    upload.state, upload.error, upload.changed_at = "received", None, now()
    upload.version += 1


def _columns(upload: Upload) -> Sequence[Mapping[str, Any]]:
    """The columns as they are stored; a profile of a thousand of them takes a while to build."""
    return upload.findings["columns"] if upload.findings is not None else ()


def _names(desk: Desk, upload_id: str) -> tuple[str, ...]:
    with desk.db.read() as session:
        upload = uploads.get(session, desk.user.id, upload_id, with_findings=True)
    if upload.findings is not None:
        return tuple(column["name"] for column in _columns(upload))
    if upload.dataset_id is not None:
        raise Conflict(
            "It is saved already; a data set never changes.", fix="Change the data set itself, or upload the file again."
        )
    return preview(desk, upload_id).names


def _check_column(desk: Desk, upload_id: str, column: str) -> None:
    if column not in _names(desk, upload_id):
        raise Refused(f"The file has no column '{column[:100]}'.", fix="Choose one of its columns.")


def _audit(desk: Desk, session: Session, action: str, upload_id: str, **details: Any) -> None:
    audit.record(session, user_id=desk.user.id, action=action, object_kind="upload", object_id=upload_id, **details)
