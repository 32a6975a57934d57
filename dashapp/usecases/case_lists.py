"""Lists of cases: which of them somebody sees, newest first."""

from dataclasses import dataclass
from datetime import datetime

from dashapp.usecases.applicants import is_nameless, named
from dashapp.usecases.desk import Desk
from dashapp.usecases.explaining import Applicant
from db import cases

SHOW = {"all": "All", "open": "Open", "decided": "Decided", "mine": "Mine"}
MOST_LISTED = 50


@dataclass(frozen=True)
class CaseCard:
    """A case as lists show it."""

    id: str
    name: str
    advice: str
    decision: str
    probability: float
    run_id: str
    run_name: str
    owner: str
    mine: bool
    created_at: datetime
    decided_at: datetime | None
    has_note: bool
    labels: tuple[str, str] = ("good", "bad")  # of the classes, which say what advice and decision are called


def recent(desk: Desk, *, name: str = "", show: str = "all", limit: int = MOST_LISTED) -> list[CaseCard]:
    """The user's own cases and those of the runs that they may see, newest first.

    With a name that holds these words; `show` is one of SHOW.
    """
    with desk.db.read() as session:
        found = cases.visible(session, desk.user.id, wanted(name, show), limit=limit)
        return [card_of(desk, one) for one in found]


def count(desk: Desk, *, name: str = "", show: str = "all") -> int:
    """How many `recent` would list without a limit."""
    with desk.db.read() as session:
        return cases.count_visible(session, desk.user.id, wanted(name, show))


def of_applicant(desk: Desk, applicant: Applicant, *, without: str = "") -> tuple[CaseCard, ...]:
    """Cases that the user may see of the same row or with the same name, newest first; `without` the one that is looked at."""
    name = "" if is_nameless(applicant.name) else applicant.name
    with desk.db.read() as session:
        found = cases.of_applicant(session, desk.user.id, dataset_id=applicant.dataset_id, row=applicant.row, name=name)
        return tuple(card_of(desk, one) for one in found if one.case.id != without)


def wanted(name: str, show: str) -> cases.Wanted:
    """Which cases a list is narrowed to; what is none of SHOW narrows nothing."""
    is_open = {"open": True, "decided": False}.get(show)
    return cases.Wanted(name=named(name), is_open=is_open, mine=show == "mine")


def card_of(desk: Desk, listed: cases.Listed) -> CaseCard:
    """A case as this user's lists show it. Needs its session."""
    case = listed.case
    return CaseCard(
        id=case.id,
        name=case.name,
        advice=case.advice,
        decision=case.decision,
        probability=listed.probability,
        run_id=case.run_id,
        run_name=listed.run_name,
        owner=case.owner.display_name,
        mine=case.owner_id == desk.user.id,
        created_at=case.created_at,
        decided_at=case.decided_at,
        has_note=bool(case.note),
        labels=listed.labels,
    )
