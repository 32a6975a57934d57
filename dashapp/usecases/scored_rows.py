"""A data set with what a run says of each row, as CSV to take away."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from dashapp.usecases.desk import Desk
from dashapp.usecases.errors import Refused
from dashapp.usecases.exports import CsvExport, defused_cells, header_of, pieces
from dashapp.usecases.rows import chunks
from dashapp.usecases.run_scores import scores_of
from db import audit, datasets, runs, scores
from db.engine import Database
from db.tables import Dataset
from pipeline.results import RunResult, ScoreScale

if TYPE_CHECKING:
    import pyarrow as pa

    from pipeline.scores.row_scores import RowScores

PROBABILITY, DECISION, PART = "probability_of_default", "decision", "part_of_run"


def csv(desk: Desk, run_id: str, dataset_id: str) -> CsvExport:
    """The columns of a data set and, of each row, the probability of bad, the decision at the run's cut-off, and for the run's
    own data what the row was for; empty where the row has no score.

    A score from elsewhere that is no probability stands in its own column already, so only the decision is added. Raises
    NotFound for a run or data set that is not the user's to see, Refused for one that was not scored with the run yet.
    """
    from pipeline.scores.row_scores import RowScores

    with desk.db.read() as session:
        run = runs.get(session, desk.user.id, run_id, with_result=True)
        dataset = datasets.get(session, desk.user.id, dataset_id)
        stored = scores.read(session, run_id=run_id, dataset_id=dataset_id)
        if stored is None and dataset_id != run.dataset_id:
            raise Refused(f"'{dataset.name}' was not scored with this run yet.", fix="Score it on the Monitor tab first.")
        found = RowScores.from_arrow(stored) if stored is not None else scores_of(session, desk.user.id, run)
    scale = RunResult.from_json(run.result).scale if run.result is not None else None
    own = dataset_id == run.dataset_id
    taken = {column["name"] for column in dataset.columns}
    added = [_free(name, taken) for name in _added(scale, own=own)]
    header, n_defused = header_of([*(column["name"] for column in dataset.columns), *added])
    with desk.db.write() as session:
        audit.record(
            session,
            user_id=desk.user.id,
            action="downloaded",
            object_kind="run",
            object_id=run_id,
            form="scored",
            dataset=dataset_id,
        )
    n_defused += defused_cells(desk.db, dataset)
    batches = _with_scores(desk.db, dataset, found, added, scale, run.cutoff, own=own)
    return CsvExport(f"{dataset.name} scored with {run.name}", n_defused, pieces(header, batches))


def _added(scale: ScoreScale | None, *, own: bool) -> list[str]:
    probability = scale is None or scale.is_probability
    return [*([PROBABILITY] if probability else []), DECISION, *([PART] if own else [])]


def _with_scores(
    db: Database, dataset: Dataset, found: "RowScores", added: list[str], scale: ScoreScale | None, cutoff: float, *, own: bool
) -> "Iterator[pa.RecordBatch]":
    import numpy as np
    import pyarrow as pa

    from pipeline.scores.row_scores import PARTS

    words = pa.array([*PARTS])
    start = 0
    for batch in chunks(db, dataset):
        stop = start + batch.num_rows
        score, part = found.score[start:stop], found.part[start:stop]
        absent = np.isnan(score)
        decisions = pa.array(np.where(score >= cutoff, "refuse", "approve"), mask=absent)
        columns = [pa.array(score, mask=absent), decisions] if scale is None or scale.is_probability else [decisions]
        if own:
            columns.append(words.take(pa.array(part, mask=part < 0)))
        yield pa.RecordBatch.from_arrays([*batch.columns, *columns], names=[*batch.schema.names, *added])
        start = stop


def _free(name: str, taken: set[str]) -> str:
    return _free(f"{name}_model", taken) if name in taken else name
