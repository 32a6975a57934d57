"""The work on a queued study: which one the job is for, and how its result is stored as the job succeeds."""

from collections.abc import Callable

from dashapp.usecases.work import Attempt, carry_out
from db import studies
from db.engine import Database
from db.errors import NotFound
from db.tables import Study
from pipeline.study_results import Stored


def carry_out_study(db: Database, job_id: str, attempt: int, make: Callable[[Attempt, Study], Stored]) -> None:
    """Makes the result of a queued study while this attempt holds its job, and stores it. Ends the job as `carry_out` does."""

    def task(work: Attempt) -> None:
        study = study_of(work)
        finish(work, study, make(work, study))

    carry_out(db, job_id, attempt, task)


def study_of(work: Attempt) -> Study:
    """The study that the job is for, as far as the job's owner may see it. Raises NotFound."""
    if work.job.study_id is None:
        raise NotFound("study")
    with work.db.read() as session:
        return studies.get(session, work.job.owner_id, work.job.study_id)


def run_of(study: Study) -> str:
    """The id of the run that a study is of. Raises NotFound where there is none."""
    if study.run_id is None:
        raise NotFound("run")
    return study.run_id


def finish(work: Attempt, study: Study, result: Stored) -> None:
    """Ends the job with the study's result, in one transaction."""
    plain = result.to_json()  # others wait for the transaction
    with work.success() as session:
        studies.owned(session, work.job.owner_id, study.id).result = plain
