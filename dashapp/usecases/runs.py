"""Runs: start one, read what it stored, name it, note something, delete it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from dashapp.usecases.datasets import clean_name, keep_outcome
from dashapp.usecases.desk import Desk
from dashapp.usecases.errors import InvalidSpec, NotFound
from dashapp.usecases.findings import summaries
from dashapp.usecases.job_views import JobView, job_view
from dashapp.usecases.origins import Origin
from dashapp.usecases.plans import with_roles
from dashapp.usecases.rights import check_maker
from db import audit, datasets, jobs, runs
from db.tables import Job, Run
from pipeline.results import ColumnSummary, RunResult
from pipeline.spec import TrainSpec
from pipeline.spec_checks import problems_with

NOTE_LENGTH = 10_000
NOTHING_FITTED = "Nothing was fitted: the run evaluates a score that the data held already."


@dataclass(frozen=True)
class RunCard:
    """A run as lists show it."""

    id: str
    name: str
    state: str
    stage: str
    dataset_id: str
    dataset_name: str
    owner: str
    mine: bool
    origin: Origin
    cutoff: float
    auc: float | None
    auc_low: float | None
    auc_high: float | None
    changed_at: datetime
    job: JobView | None


@dataclass(frozen=True)
class RunView:
    """A run as its own pages show it; `result` is there once it has succeeded."""

    id: str
    name: str
    note: str
    state: str
    stage: str
    dataset_id: str
    dataset_name: str
    sees_dataset: bool  # a run may be shared without the rows that it was trained on
    owner: str
    mine: bool
    spec: TrainSpec  # of a score from elsewhere: how its rows are divided, with the score as the only feature
    origin: Origin
    cutoff: float
    cutoff_choice: dict[str, Any] | None  # how it was found, as `dashapp.usecases.cutoffs` stores it
    cutoff_by: str | None  # who saved it; None while it is the one of the spec
    cutoff_at: datetime | None
    result: RunResult | None
    model_sha256: str | None
    error: str | None
    job: JobView | None
    shared_with: tuple[str, ...]
    created_at: datetime
    finished_at: datetime | None
    wording: dict[str, Any] = field(default_factory=dict)  # how its reasons are told, as pipeline.explaining.wording has it
    stage_by: str | None = None  # who put it in its stage, and when; None while it is a draft that was never proposed
    stage_at: datetime | None = None
    stage_note: str = ""
    proposed_by: str | None = None
    reviewer: str | None = None
    is_reviewer: bool = False  # the user was asked to approve it
    segments: tuple[str, ...] = ()  # columns of its data set that are kept to look at groups
    dataset_is_deleted: bool = False

    @property
    def why_no_rows(self) -> str:
        """Where the user does not see the data set: what to do about it, or what may have become of it."""
        return why_no_rows(self.owner, mine=self.mine, is_deleted=self.dataset_is_deleted)


def why_no_rows(owner: str, *, mine: bool, is_deleted: bool) -> str:
    """What is said to somebody who sees a run of this owner without its data set; nobody shares what was deleted."""
    if is_deleted:
        return "It was deleted."
    return "It is no longer shared with you." if mine else f"Ask {owner} to share the data set."


def check(desk: Desk, dataset_id: str, given: Mapping[str, Any]) -> TrainSpec:
    """The spec of a form's values, checked against the data set's columns too.

    Raises InvalidSpec with a sentence for each option that is wrong, NotFound for a data set that is not the user's to see.
    """
    with desk.db.read() as session:
        columns = summaries(datasets.get(session, desk.user.id, dataset_id))
    return checked(given, columns)


def checked(given: Mapping[str, Any], columns: Sequence[ColumnSummary]) -> TrainSpec:
    """The same for columns that are at hand."""
    spec = TrainSpec.parse(with_roles(given, columns) if isinstance(given, dict) else given)
    problems = problems_with(spec, columns)
    if problems:
        raise InvalidSpec(problems)
    return spec


def start(desk: Desk, dataset_id: str, name: str, given: Mapping[str, Any]) -> str:
    """Writes the run and its job in one transaction and gives the run's id. Raises as `check`, and Refused for an officer."""
    spec = check(desk, dataset_id, given)
    check_maker(desk)
    name = clean_name(name)
    with desk.db.write() as session:
        dataset = datasets.get(session, desk.user.id, dataset_id)
        run = runs.add(session, owner_id=desk.user.id, dataset_id=dataset_id, name=name, spec=spec.to_json(), cutoff=spec.cutoff)
        jobs.enqueue(session, kind="train", owner_id=desk.user.id, run_id=run.id)
        if dataset.target is None and dataset.owner_id == desk.user.id:
            keep_outcome(session, desk, dataset, spec.target, spec.bad_label)
        _audit(desk, session, "started", run.id, dataset=dataset_id)
        return run.id


def visible(desk: Desk, *, limit: int | None = None, dataset_id: str | None = None) -> list[RunCard]:
    """The user's own runs and those shared with them, newest first."""
    with desk.db.read() as session:
        found = runs.visible(session, desk.user.id, limit=limit, dataset_id=dataset_id)
        by_run = jobs.of_runs(session, [run.id for run in found if run.state in {"queued", "running"}])
        return [card_of(session, desk, run, by_run.get(run.id)) for run in found]


def get(desk: Desk, run_id: str) -> RunView:
    """Raises NotFound for what is absent or not the user's to see."""
    with desk.db.read() as session:
        run = runs.get(session, desk.user.id, run_id, with_result=True)
        job = jobs.of_runs(session, [run.id]).get(run.id)
        return RunView(
            id=run.id,
            name=run.name,
            note=run.note,
            state=run.state,
            stage=run.stage,
            dataset_id=run.dataset_id,
            dataset_name=run.dataset.name,
            sees_dataset=datasets.is_visible(session, desk.user.id, run.dataset_id),
            owner=run.owner.display_name,
            mine=run.owner_id == desk.user.id,
            spec=TrainSpec.parse(run.spec),
            origin=Origin.from_json(run.origin),
            cutoff=run.cutoff,
            cutoff_choice=run.cutoff_choice,
            cutoff_by=run.cutoff_by.display_name if run.cutoff_by is not None else None,
            cutoff_at=run.cutoff_at,
            result=RunResult.from_json(run.result) if run.result is not None else None,
            model_sha256=run.model_sha256,
            error=run.error,
            job=job_view(session, desk, job, run) if job is not None else None,
            shared_with=tuple(person.display_name for person in runs.shared_with(session, run.id)),
            created_at=run.created_at,
            finished_at=run.finished_at,
            wording=run.wording,
            stage_by=run.stage_by.display_name if run.stage_by is not None else None,
            stage_at=run.stage_at,
            stage_note=run.stage_note,
            proposed_by=run.proposed_by.display_name if run.proposed_by is not None else None,
            reviewer=run.reviewer.display_name if run.reviewer is not None else None,
            is_reviewer=run.reviewer_id == desk.user.id,
            segments=tuple(one["name"] for one in run.dataset.columns if one.get("role") == "segment"),
            dataset_is_deleted=run.dataset.deleted_at is not None,
        )


def model_json(desk: Desk, run_id: str) -> str | None:
    """The stored model, byte for byte; None while there is none. Raises NotFound, also for a run that nothing was fitted for."""
    with desk.db.read() as session:
        run = runs.get(session, desk.user.id, run_id)  # its result may be large, and stays where it is
        if run.model is None and not Origin.from_json(run.origin).has_model:
            raise NotFound("model", fix=NOTHING_FITTED)
        return run.model


def describe(desk: Desk, run_id: str, *, name: str, note: str) -> None:
    """Names the run and notes something about it. Raises Refused for an empty name."""
    name = clean_name(name)
    with desk.db.write() as session:
        runs.rename(session, owner_id=desk.user.id, run_id=run_id, name=name)
        runs.set_note(session, owner_id=desk.user.id, run_id=run_id, note=note[:NOTE_LENGTH])
        _audit(desk, session, "described", run_id, name=name)


def delete(desk: Desk, run_id: str) -> None:
    """The run is gone from every list and its link; `restore` brings it back."""
    with desk.db.write() as session:
        runs.delete(session, owner_id=desk.user.id, run_id=run_id)
        _audit(desk, session, "deleted", run_id)


def restore(desk: Desk, run_id: str) -> None:
    with desk.db.write() as session:
        runs.restore(session, owner_id=desk.user.id, run_id=run_id)
        _audit(desk, session, "restored", run_id)


def card_of(session: Session, desk: Desk, run: Run, job: Job | None = None) -> RunCard:
    """A run that the user has been let see, as lists show it."""
    return RunCard(
        id=run.id,
        name=run.name,
        state=run.state,
        stage=run.stage,
        dataset_id=run.dataset_id,
        dataset_name=run.dataset.name,
        owner=run.owner.display_name,
        mine=run.owner_id == desk.user.id,
        origin=Origin.from_json(run.origin),
        cutoff=run.cutoff,
        auc=run.auc,
        auc_low=run.auc_low,
        auc_high=run.auc_high,
        changed_at=run.changed_at,
        job=job_view(session, desk, job, run) if job is not None else None,
    )


def _audit(desk: Desk, session: Any, action: str, run_id: str, **details: Any) -> None:
    audit.record(session, user_id=desk.user.id, action=action, object_kind="run", object_id=run_id, **details)
