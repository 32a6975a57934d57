"""What somebody has asked about applicants of a run, which nobody else can read: listed, and deleted."""

from dataclasses import dataclass
from datetime import datetime

from dashapp.usecases.desk import Desk
from dashapp.usecases.studies import drop
from db import jobs, runs, studies
from db.tables import Study

MOST_LISTED = 20
_DELETED_TOGETHER = 500


@dataclass(frozen=True)
class AskedCard:
    """LIME of an applicant, or those alike; `state` is that of its job, succeeded where it needed none."""

    id: str
    kind: str  # one of studies.OF_AN_APPLICANT
    name: str
    created_at: datetime
    state: str


def asked(desk: Desk, run_id: str) -> tuple[list[AskedCard], int]:
    """The newest of what the user has asked about applicants of a run, and how many there are. Raises NotFound."""
    with desk.db.read() as session:
        runs.get(session, desk.user.id, run_id)
        found = studies.of_owner(session, desk.user.id, kinds=studies.OF_AN_APPLICANT, run_id=run_id, limit=MOST_LISTED)
        n_all = studies.n_of_owner(session, desk.user.id, kinds=studies.OF_AN_APPLICANT, run_id=run_id)
        work = jobs.of_studies(session, [row.id for row in found])
        return [_card(row, work[row.id].state if row.id in work else "succeeded") for row in found], n_all


def _card(row: Study, state: str) -> AskedCard:
    return AskedCard(row.id, row.kind, row.name, row.created_at, state)


def delete_all(desk: Desk, run_id: str) -> int:
    """Ends the work on all that the user has asked about applicants of a run and deletes it; gives how many. Raises NotFound."""
    n_deleted = 0
    with desk.db.write() as session:
        runs.get(session, desk.user.id, run_id)
        while found := studies.of_owner(
            session, desk.user.id, kinds=studies.OF_AN_APPLICANT, run_id=run_id, limit=_DELETED_TOGETHER
        ):
            for row in found:
                drop(session, desk.user.id, row.id)
            n_deleted += len(found)
    return n_deleted
