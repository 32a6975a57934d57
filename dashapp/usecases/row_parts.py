"""What every row of a run's own data was for (training, validation, held out), what came of it, and its score."""

from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from dashapp.usecases.backgrounds import OpenedRun
from dashapp.usecases.desk import Desk
from dashapp.usecases.errors import Refused
from dashapp.usecases.run_scores import classes_of
from db import datasets, runs, scores
from db.tables import Run
from pipeline.kept import Kept
from pipeline.spec import TrainSpec

if TYPE_CHECKING:
    from pipeline.scores.row_scores import RowClasses

MOST_AT_ONCE = 200_000  # rows that are scored here and now, where their scores are not stored

_kept: "Kept[str, RowClasses]" = Kept(2_000_000, lambda rows: len(rows.part), least=1)  # by run; 17 bytes for each of its rows


def rows_said(session: Session, user_id: int, run: Run) -> "RowClasses":
    """Of a run that the user has been let see with its data set, kept by this process.

    Raises Refused where the scores of many rows are not stored.
    """
    found = _kept.get(run.id)
    if found is None:
        two = TrainSpec.parse(run.spec).bad_label is not None
        if two and run.dataset.n_rows > MOST_AT_ONCE and not scores.exist(session, run_id=run.id, dataset_id=run.dataset_id):
            raise Refused(
                "The scores of this run's rows are not stored.",
                fix="Open its Segments tab once, or train it again; then look again.",
            )
        found = classes_of(session, user_id, run)
        _kept.put(run.id, found)
    return found


def part_of(desk: Desk, run: OpenedRun, row: int) -> str | None:
    """What a row was for; None for one that was not used, and where it would have to be worked out for many rows."""
    from pipeline.scores.row_scores import PARTS

    with desk.db.read() as session:
        stored = runs.get(session, desk.user.id, run.view.id)
        datasets.get(session, desk.user.id, stored.dataset_id)
        scored = scores.read_row(session, run_id=stored.id, dataset_id=stored.dataset_id, row=row)
        try:
            part = scored["part"][0].as_py() if scored is not None else rows_said(session, desk.user.id, stored).part[row]
        except Refused:
            return None
    return PARTS[part] if part >= 0 else None
