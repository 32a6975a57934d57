"""The applicant desk: the runs to decide with."""

from dataclasses import dataclass
from datetime import datetime

from dashapp.usecases.desk import Desk
from dashapp.usecases.origins import Origin
from db import runs


@dataclass(frozen=True)
class DeskRun:
    """An approved run as the desk offers it."""

    id: str
    name: str
    owner: str
    dataset_name: str
    cutoff: float
    auc: float | None
    approved_by: str | None
    approved_at: datetime | None


def offered(desk: Desk) -> tuple[tuple[DeskRun, ...], tuple[str, ...]]:
    """Approved runs that the user sees, the newest approval first; and the names of those that decide nothing."""
    with desk.db.read() as session:
        found = [run for run in runs.visible(session, desk.user.id, states=("succeeded",)) if run.stage == "approved"]
        found.sort(key=lambda run: run.stage_at or run.created_at, reverse=True)
        decides = {run.id: run.spec.get("bad_label") is not None and Origin.from_json(run.origin).has_model for run in found}
        deciding = tuple(
            DeskRun(
                id=run.id,
                name=run.name,
                owner=run.owner.display_name,
                dataset_name=run.dataset.name,
                cutoff=run.cutoff,
                auc=run.auc,
                approved_by=run.stage_by.display_name if run.stage_by is not None else None,
                approved_at=run.stage_at,
            )
            for run in found
            if decides[run.id]
        )
        return deciding, tuple(run.name for run in found if not decides[run.id])
