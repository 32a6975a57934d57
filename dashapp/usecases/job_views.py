"""How far a piece of queued work is, whatever kind it is."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from dashapp.usecases.desk import Desk
from db import jobs
from db.tables import Job, Run, Study

_WORDS = {
    "examine": "Looking at all rows",
    "save": "Saving",
    "profile": "Profile",
    "compare": "Comparison",
    "path": "Regularisation path",
    "search": "Search",
    "imbalance": "Imbalance comparison",
    "segments": "Segments",
    "worst": "Search for the worst segments",
    "pairing": "Comparison of runs",
    "monitor": "Scoring newer data",
    "effects": "Effects of the fields",
    "boundary": "Rows over two fields",
    "two_fields": "Model of two fields",
    "background": "Training rows counted",
    "lime": "LIME of an applicant",
    "similar": "Applicants like one",
    "reference": "Average of a segment",
    "reasons": "Reasons of all rows",
}

# What a run's job does, beside the name of the data set, where it is not training.
_RUN_WORDS = {"judge_score": "Score evaluated", "recalibrate": "Recalibration"}

_STUDY_PAGES = {
    "path": "/runs/{run}/tune?study={study}",
    "segments": "/runs/{run}/segments?study={study}",
    "worst": "/runs/{run}/segments?search={study}",
    "pairing": "/compare?study={study}",
    "monitor": "/runs/{run}/monitor?study={study}",
    "effects": "/runs/{run}/effects",
    "boundary": "/runs/{run}/boundary?study={study}",
    "two_fields": "/runs/{run}/boundary?study={study}",
    "background": "/runs/{run}/explain",
    "lime": "/runs/{run}/explain",
    "similar": "/runs/{run}/explain",
    "reference": "/runs/{run}/explain",
    "reasons": "/runs/{run}/explain?study={study}",
}


@dataclass(frozen=True)
class JobView:
    """A job as its owner follows it: `title` says on what, `subtitle` what for, `href` leads there ("" where it is gone)."""

    id: str
    kind: str
    state: str
    title: str
    subtitle: str
    href: str
    run_id: str | None
    share_done: float
    doing: str
    rows_per_second: float | None
    seconds_left: float | None
    cancel_requested: bool
    error: str | None
    attempt: int
    mine: bool
    position: int | None  # in the queue, 1 starts next; None once it has started
    created_at: datetime
    finished_at: datetime | None

    @property
    def active(self) -> bool:
        return self.state in {"queued", "running"}


def job_view(session: Session, desk: Desk, job: Job, run: Run | None = None) -> JobView:
    """`run` is the run that the job trains, where it trains one."""
    return JobView(
        id=job.id,
        kind=job.kind,
        state=job.state,
        title=run.name if run is not None else job.title,
        subtitle=_subtitle(job, run),
        href=_href(session, job),
        run_id=job.run_id,
        share_done=job.share_done,
        doing=job.doing,
        rows_per_second=job.rows_per_second,
        seconds_left=job.seconds_left,
        cancel_requested=job.cancel_requested,
        error=job.error,
        attempt=job.attempt,
        mine=job.owner_id == desk.user.id,
        position=jobs.position_in_queue(session, job.owner_id, job.id) if job.state == "queued" else None,
        created_at=job.created_at,
        finished_at=job.finished_at,
    )


def _subtitle(job: Job, run: Run | None) -> str:
    if run is None:
        return _WORDS.get(job.kind, "")
    does = _RUN_WORDS.get(job.kind)
    return f"{does}, {run.dataset.name}" if does else run.dataset.name


def _href(session: Session, job: Job) -> str:
    if job.run_id is not None:
        return f"/runs/{job.run_id}"
    if job.comparison_id is not None:
        return f"/comparisons/{job.comparison_id}"
    if job.study_id is not None:
        study = session.get(Study, job.study_id)
        return study_page(job.kind, job.study_id, (study.run_id or study.options.get("run")) if study is not None else None)
    if job.upload_id is not None and not (job.kind == "save" and job.state == "succeeded"):
        return f"/data/new/{job.upload_id}"
    return f"/data/{job.dataset_id}" if job.dataset_id is not None else ""


def study_page(kind: str, study_id: str, run_id: str | None) -> str:
    """Where a study is shown: an analysis of a run on the run's own tab, others on a page of their own."""
    page = _STUDY_PAGES.get(kind, "")
    if not page or ("{run}" in page and not run_id):
        return f"/studies/{study_id}"
    return page.format(study=study_id, run=run_id)
