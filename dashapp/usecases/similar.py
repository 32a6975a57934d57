"""The applicants of a run's data that are most like one, with what became of them."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from dashapp.settings import Settings
from dashapp.usecases import runs as run_cases
from dashapp.usecases import studies as study_cases
from dashapp.usecases.backgrounds import model_of
from dashapp.usecases.desk import Desk
from dashapp.usecases.errors import NotFound, Refused
from dashapp.usecases.explaining import Applicant
from dashapp.usecases.run_scores import classes_of
from dashapp.usecases.runs import RunView
from dashapp.usecases.studies import StudyView
from dashapp.usecases.study_work import carry_out_study, run_of
from db import dataset_rows, datasets, runs
from db.engine import Database
from pipeline.results import Progress, Report, no_report
from pipeline.similar_results import Similar

if TYPE_CHECKING:
    import pyarrow as pa

    from db.tables import Dataset

MOST_AT_ONCE = 100_000  # rows of the data set; more are a job


def start(desk: Desk, run_id: str, applicant: Applicant, *, label: str | None = None) -> str:
    """Looks for the applicants most like one, and gives the study's id: of the same that is there, or of a new one.

    Few rows are looked through here, more in a job. `label` is the class whose contributions are compared, for three and more.
    Raises NotFound, and Refused where the run has no model of ours or its data set is not the user's to see.
    """
    view = _seen(desk, run_id)
    model = model_of(desk, view)
    from pipeline.explaining.exact import class_row

    class_row(model, label)  # a class that is there
    own = applicant.row if applicant.dataset_id == view.dataset_id else None
    options = {"values": dict(applicant.values), "own": own, "label": label}
    with desk.db.read() as session:
        n_rows = datasets.get(session, desk.user.id, view.dataset_id).n_rows
    name = f"Applicants like {applicant.name}, {view.name}"
    look = (lambda: _similar(desk.db, desk.user.id, run_id, options)) if n_rows <= MOST_AT_ONCE else None
    return study_cases.start_of(desk, view, "similar", options, name, look)


def get(desk: Desk, run_id: str, study_id: str) -> StudyView:
    """Raises NotFound for what is absent, not asked by the user or of another run, and Refused where the rows are not theirs."""
    found = study_cases.get(desk, study_id)
    if found.card.kind != "similar" or found.card.run_id != run_id:
        raise NotFound("study")
    _seen(desk, run_id)  # the result holds rows, and a run may be shared without them
    return found


def _seen(desk: Desk, run_id: str) -> RunView:
    view = run_cases.get(desk, run_id)
    if not view.sees_dataset:
        raise Refused(
            "You see this run without its data set, and similar applicants are rows of it.",
            fix=view.why_no_rows,
        )
    return view


def execute(db: Database, job_id: str, attempt: int, settings: Settings) -> None:
    """Looks for a queued job. Called by a worker, one attempt at a time."""
    carry_out_study(
        db, job_id, attempt, lambda work, study: _similar(work.db, study.owner_id, run_of(study), study.options, work.report)
    )


def _similar(db: Database, user_id: int, run_id: str, options: Mapping[str, Any], report: Report = no_report) -> Similar:
    from pipeline.explaining.similar import similar
    from pipeline.model import FittedModel

    with db.read() as session:
        run = runs.get(session, user_id, run_id, with_result=True)
        model = FittedModel.from_json(run.model or "")
        dataset = datasets.get(session, user_id, run.dataset_id)
        known = classes_of(session, user_id, run)
        n_chunks = dataset_rows.n_chunks(session, dataset.id)
    chunks = _chunks(db, dataset, model.fields, n_chunks, report)
    return similar(model, options["values"], chunks, known.part, known.classes, label=options["label"], own=options["own"])


def _chunks(db: Database, dataset: "Dataset", names: tuple[str, ...], n_chunks: int, report: Report) -> "Iterator[pa.Table]":
    """The rows chunk by chunk, each read in a session of its own so that the progress can be written."""
    import pyarrow as pa

    for at in range(n_chunks):
        report(Progress(at, n_chunks, f"Part {at + 1} of {n_chunks} of the rows"))
        with db.read() as session:
            batch = dataset_rows.read_chunk(session, dataset, at, names)
        yield pa.Table.from_batches([batch])
