"""Studies of many fits on one data set, and analyses of what runs decide: start one, follow it, read its result, delete it.

What a kind does is in its module.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from dashapp.usecases.desk import Desk
from dashapp.usecases.job_views import JobView, job_view
from dashapp.usecases.runs import RunView
from dashapp.usecases.study_kinds import RESULTS, Kind
from db import audit, datasets, jobs, runs, studies
from db.errors import NotFound
from db.tables import Dataset, Job, Study
from pipeline.kept import Kept
from pipeline.spec import TrainSpec
from pipeline.stored import from_plain
from pipeline.study_results import Stored, Trial

# Results that were read last, each with its length as it is stored: taking a path apart costs half a second. Some twenty paths;
# in memory each takes two or three times its length.
_KEPT: Kept[str, tuple[int, Stored]] = Kept(16_000_000, lambda kept: kept[0])


@dataclass(frozen=True)
class StudyCard:
    """A study as lists show it."""

    id: str
    kind: str
    name: str
    dataset_id: str
    dataset_name: str
    run_id: str | None
    run_name: str | None
    mine: bool
    created_at: datetime
    job: JobView | None
    sees_dataset: bool = True  # a run may be shared, and with it its studies, without the rows


@dataclass(frozen=True)
class StudyView:
    """A study as its page shows it: `trials` are those so far, `result` is there once it has ended well."""

    card: StudyCard
    spec: TrainSpec
    options: dict[str, Any]
    trials: tuple[Trial, ...]
    result: Stored | None


def start(
    desk: Desk,
    kind: Kind,
    dataset_id: str,
    spec: TrainSpec,
    options: Mapping[str, Any],
    *,
    name: str,
    run_id: str | None = None,
    of_runs: Sequence[str] = (),
    at_once: Callable[[], Stored] | None = None,
    anew: bool = True,
) -> str:
    """Queues a study and gives its id, or that of the same one that is done or at work already.

    The caller has checked spec and options. `at_once` works the result out here instead of in a job: for what takes less than
    about half a second. What is told `of_runs` alone needs those to be seen, and not their data set. Without `anew` one of the
    user's own that failed or was cancelled is given as it is, so that looking at a page starts it no second time; `retry` does.
    Raises NotFound for a data set or run that is not the user's to see.
    """
    plain, chosen = spec.to_json(), dict(options)
    fingerprint = fingerprint_of(kind, plain, chosen)

    def same(session: Session) -> str | None:
        if not of_runs:
            datasets.get(session, desk.user.id, dataset_id)
        for needed in (*of_runs, *([run_id] if run_id is not None else [])):
            runs.get(session, desk.user.id, needed)
        before = studies.same(session, desk.user.id, kind=kind, dataset_id=dataset_id, run_id=run_id, fingerprint=fingerprint)
        if before is None:
            return None
        job = jobs.of_studies(session, [before.id]).get(before.id)
        stands = job is None or job.state in {"queued", "running", "succeeded"}
        return before.id if stands or (not anew and before.owner_id == desk.user.id) else None

    with desk.db.read() as session:  # looking again waits for nobody who writes
        found = same(session)
    if found is not None:
        return found
    result = at_once().to_json() if at_once is not None else None  # outside of the transaction, which others would wait for
    with desk.db.write() as session:
        found = same(session)
        if found is not None:
            return found
        made = studies.add(
            session,
            kind=kind,
            owner_id=desk.user.id,
            dataset_id=dataset_id,
            run_id=run_id,
            name=name,
            spec=plain,
            options=chosen,
            fingerprint=fingerprint,
        )
        if result is not None:
            made.result = result
        else:
            jobs.enqueue(session, kind=kind, owner_id=desk.user.id, title=name, study_id=made.id)
        audit.record(session, user_id=desk.user.id, action="started", object_kind="study", object_id=made.id)
        return made.id


def start_of(
    desk: Desk,
    view: RunView,
    kind: Kind,
    options: Mapping[str, Any],
    name: str,
    at_once: Callable[[], Stored] | None,
    *,
    spec: TrainSpec | None = None,
    needs_rows: bool = True,
) -> str:
    """As `start`, of what a page about a run shows: looking at the page again starts nothing a second time.

    `spec` is that of the run where none is given; without `needs_rows` the run alone has to be seen, and not its data set.
    """
    return start(
        desk,
        kind,
        view.dataset_id,
        view.spec if spec is None else spec,
        options,
        name=name,
        run_id=view.id,
        of_runs=() if needs_rows else (view.id,),
        at_once=at_once,
        anew=False,
    )


def finished(desk: Desk, kind: Kind, dataset_id: str, spec: TrainSpec, options: Mapping[str, Any], run_id: str) -> str | None:
    """The study of a run that would be started with these, where it has ended well and the user may see it."""
    with desk.db.read() as session:
        found, job = _as_asked(session, desk, kind, dataset_id, spec, options, run_id)
        return found.id if found is not None and (job is None or job.state == "succeeded") else None


def finished_result(
    desk: Desk, kind: Kind, dataset_id: str, spec: TrainSpec, options: Mapping[str, Any], run_id: str
) -> Stored | None:
    """The same one's result."""
    with desk.db.read() as session:
        found, job = _as_asked(session, desk, kind, dataset_id, spec, options, run_id)
        return _result(session, found, job) if found is not None and (job is None or job.state == "succeeded") else None


def _as_asked(
    session: Session, desk: Desk, kind: Kind, dataset_id: str, spec: TrainSpec, options: Mapping[str, Any], run_id: str
) -> tuple[Study | None, Job | None]:
    """The newest study of a run with these that the user may see, whatever became of it, and its job."""
    fingerprint = fingerprint_of(kind, spec.to_json(), dict(options))
    found = studies.same(session, desk.user.id, kind=kind, dataset_id=dataset_id, run_id=run_id, fingerprint=fingerprint)
    return found, jobs.of_studies(session, [found.id]).get(found.id) if found is not None else None


def fingerprint_of(kind: str, spec: Mapping[str, Any], options: Mapping[str, Any]) -> str:
    """The same for the same work: the kind, the base spec and what varies."""
    text = json.dumps([kind, spec, options], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def get(desk: Desk, study_id: str) -> StudyView:
    """Raises NotFound for what is absent or not the user's to see."""
    with desk.db.read() as session:
        row = studies.get(session, desk.user.id, study_id)
        job = jobs.of_studies(session, [row.id]).get(row.id)
        card = _card(session, desk, row, job)
        found = studies.trials(session, row.id)
        return StudyView(
            card=card,
            spec=TrainSpec.parse(row.spec),
            options=row.options,
            trials=tuple(_trial(stored) for stored in found) if row.kind == "search" else (),
            result=_result(session, row, job),
        )


def visible(
    desk: Desk, *kinds: Kind, dataset_id: str | None = None, run_id: str | None = None, scored_by: str | None = None
) -> list[StudyCard]:
    """Studies of these kinds, of a data set or a run where one is named, or scored by a run, newest first, at most 50."""
    with desk.db.read() as session:
        found = studies.visible(session, desk.user.id, kinds=kinds, dataset_id=dataset_id, run_id=run_id, scored_by=scored_by)
        work = jobs.of_studies(session, [row.id for row in found])
        return [_card(session, desk, row, work.get(row.id)) for row in found]


def retry(desk: Desk, study_id: str) -> None:
    """Queues a study that failed or was cancelled again; trials that are stored stay. One that is at work again goes on.

    Raises NotFound, or Conflict for one that has ended well.
    """
    with desk.db.write() as session:
        row = studies.owned(session, desk.user.id, study_id)
        job = jobs.of_studies(session, [row.id]).get(row.id)
        if job is None:
            raise NotFound("job")
        if job.state not in jobs.ENDED:
            return
        jobs.retry(session, owner_id=desk.user.id, job_id=job.id)
        audit.record(session, user_id=desk.user.id, action="repeated", object_kind="study", object_id=study_id)


def delete(desk: Desk, study_id: str) -> None:
    """Ends the study's work and deletes it. Raises NotFound, also for one that is only shared."""
    with desk.db.write() as session:
        drop(session, desk.user.id, study_id)


def drop(session: Session, owner_id: int, study_id: str) -> None:
    """The same in the transaction of the caller."""
    row = studies.owned(session, owner_id, study_id)
    job = jobs.of_studies(session, [row.id]).get(row.id)
    if job is not None and job.state not in jobs.ENDED:
        jobs.request_cancel(session, owner_id=owner_id, job_id=job.id)
    studies.delete(session, owner_id=owner_id, study_id=study_id)
    audit.record(session, user_id=owner_id, action="deleted", object_kind="study", object_id=study_id)


def _result(session: Session, row: Study, job: Job | None) -> Stored | None:
    """The result of a study that the user has been let see, kept by this process once its job has ended well."""
    ended = job is None or job.state == "succeeded"
    kept = _KEPT.get(row.id) if ended else None
    if kept is not None:
        return kept[1]
    stored, n_characters = studies.result_of(session, row.id)
    if stored is None:
        return None
    result = RESULTS[row.kind].from_json(stored)
    if ended:
        _KEPT.put(row.id, (n_characters, result))
    return result


def _trial(stored: dict[str, Any]) -> Trial:
    return from_plain(Trial, stored)


def _card(session: Session, desk: Desk, row: Study, job: Job | None) -> StudyCard:
    run = (
        runs.get(session, desk.user.id, row.run_id) if row.run_id and runs.is_visible(session, desk.user.id, row.run_id) else None
    )
    return StudyCard(
        id=row.id,
        kind=row.kind,
        name=row.name,
        dataset_id=row.dataset_id,
        dataset_name=session.get_one(Dataset, row.dataset_id).name,
        run_id=row.run_id,
        run_name=run.name if run is not None else None,
        mine=row.owner_id == desk.user.id,
        created_at=row.created_at,
        job=job_view(session, desk, job) if job is not None else None,
        sees_dataset=datasets.is_visible(session, desk.user.id, row.dataset_id),
    )
