"""The profile of a data set: stored with it, made anew when the outcome or the special codes have changed."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from dashapp.settings import Settings
from dashapp.usecases.desk import Desk
from dashapp.usecases.findings import codes_of, summaries
from dashapp.usecases.job_views import JobView, job_view
from dashapp.usecases.rows import chunks
from dashapp.usecases.work import Attempt, carry_out
from db import datasets, jobs, profiles
from db.engine import Database
from db.errors import NotFound
from db.tables import Dataset, DatasetProfile
from pipeline.kept import Kept
from pipeline.profiling.results import FORMAT, Profile
from pipeline.results import Report, no_report

PROFILE_INLINE_CELLS = 300_000  # rows times columns that are profiled while the user waits


# By data set and the time at which the profile was stored, so that one made anew is never mistaken for the one before.
_KEPT: Kept[tuple[str, datetime], Profile] = Kept(6_000, lambda profile: max(1, len(profile.columns)))


@dataclass(frozen=True)
class ProfileView:
    """`stale`: the outcome or the special codes have changed since. `job` is the newest one that profiled, or will."""

    profile: Profile | None
    job: JobView | None
    stale: bool


def get(desk: Desk, dataset_id: str) -> ProfileView:
    """The profile; where there is none yet, it is made or the work on it queued. Raises NotFound."""
    view = _view(desk, dataset_id)
    if view.profile is not None or view.job is not None:
        return view
    _start(desk, dataset_id)
    return _view(desk, dataset_id)


def fitting(desk: Desk, dataset_id: str) -> Profile | None:
    """The profile that is stored, where it is one of the data set as it is now; none is made. Raises NotFound."""
    view = _view(desk, dataset_id)
    return None if view.stale else view.profile


def refresh(desk: Desk, dataset_id: str) -> None:
    """Profiles the data set anew: at once where it is small, else in a job. Raises NotFound unless it is the user's."""
    with desk.db.read() as session:
        datasets.owned(session, desk.user.id, dataset_id)
    _start(desk, dataset_id)


def execute(db: Database, job_id: str, attempt: int, settings: Settings) -> None:
    """Profiles the data set of a queued job. Called by a worker, one attempt at a time."""
    carry_out(db, job_id, attempt, _profile, most_minutes=settings.read_minutes)


def _view(desk: Desk, dataset_id: str) -> ProfileView:
    with desk.db.read() as session:
        dataset = datasets.get(session, desk.user.id, dataset_id)
        stored = profiles.get(session, dataset.id)
        profile = _parsed(stored) if stored is not None else None
        job = jobs.latest(session, kinds=("profile",), dataset_id=dataset.id)
        if job is not None and stored is not None and job.finished_at is not None and job.finished_at <= stored.created_at:
            job = None  # what it did or could not do is behind us
        return ProfileView(
            profile=profile,
            job=job_view(session, desk, job) if job is not None else None,
            stale=stored is not None and profile is not None and not _fits(stored, dataset),
        )


def _parsed(stored: DatasetProfile) -> Profile | None:
    """What was stored, if this version can read it. Who may see the data set has been asked before."""
    found = _KEPT.get((stored.dataset_id, stored.created_at))
    if found is None and stored.profile.get("format") == FORMAT:
        found = Profile.from_json(stored.profile)
        _KEPT.put((stored.dataset_id, stored.created_at), found)
    return found


def _fits(stored: DatasetProfile, dataset: Dataset) -> bool:
    made_with = (stored.target, stored.bad_label, stored.codes)
    return made_with == (dataset.target, dataset.bad_label, codes_of(summaries(dataset)))


def _start(desk: Desk, dataset_id: str) -> None:
    with desk.db.read() as session:
        dataset = datasets.get(session, desk.user.id, dataset_id)
    if dataset.n_rows * len(dataset.columns) <= PROFILE_INLINE_CELLS:
        profile = _made(desk.db, dataset)
        with desk.db.write() as session:
            store(session, dataset, profile)
        return
    with desk.db.write() as session:
        job = jobs.latest(session, kinds=("profile",), dataset_id=dataset_id)
        if job is not None and job.state == "queued":  # it will find the data set as it is now
            return
        jobs.enqueue(session, kind="profile", owner_id=desk.user.id, title=dataset.name, dataset_id=dataset_id)


def _profile(work: Attempt) -> None:
    if work.job.dataset_id is None:
        raise NotFound("data set")
    with work.db.read() as session:
        dataset = datasets.get(session, work.job.owner_id, work.job.dataset_id)
    work.n_rows = dataset.n_rows
    profile = _made(work.db, dataset, work.report)
    with work.success() as session:
        store(session, dataset, profile)


def _made(db: Database, dataset: Dataset, report: Report = no_report) -> Profile:
    from pipeline import profiling

    return profiling.profile(
        chunks(db, dataset), summaries(dataset), target=dataset.target, bad_label=dataset.bad_label, report=report
    )


def store(session: Session, dataset: Dataset, profile: Profile) -> None:
    """With the outcome and the codes that it was made with, as `dataset` had them."""
    profiles.store(
        session,
        dataset_id=dataset.id,
        target=dataset.target,
        bad_label=dataset.bad_label,
        codes=codes_of(summaries(dataset)),
        profile=profile.to_json(),
    )
