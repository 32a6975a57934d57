"""A study's job as its parts find it, and its rows, read once by each process for all parts that it does."""

import threading
from typing import TYPE_CHECKING

from db import dataset_rows, datasets, studies
from db.errors import NotFound
from db.tables import Dataset, Job, Study
from pipeline.spec import TrainSpec

if TYPE_CHECKING:
    from collections.abc import Callable

    import pyarrow as pa
    from sqlalchemy.orm import Session

    from pipeline.search import Ready

_held: "dict[str, Ready]" = {}  # of the study that this process works on
_loading = threading.Lock()


def study_of(session: "Session", job_id: str) -> tuple[Study, Dataset]:
    """The study of a job and its data set, as far as the job's owner may see them. Raises NotFound."""
    job = session.get_one(Job, job_id)
    if job.study_id is None:
        raise NotFound("study")
    study = studies.get(session, job.owner_id, job.study_id)
    return study, datasets.get(session, job.owner_id, study.dataset_id)


def rows_of(session: "Session", study: Study, dataset: Dataset, make: "Callable[[pa.Table, TrainSpec], Ready]") -> "Ready":
    """The rows of a study, kept until this process works on another one."""
    with _loading:
        if study.id not in _held:
            spec = TrainSpec.parse(study.spec)
            _held.clear()
            _held[study.id] = make(dataset_rows.read_columns(session, dataset, columns_of(spec)), spec)
        return _held[study.id]


def columns_of(spec: TrainSpec) -> list[str] | None:
    """The columns that training reads; None for all."""
    if not spec.features:
        return None
    return list(dict.fromkeys([*spec.features, *spec.outcome_columns]))
