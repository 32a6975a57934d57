"""What a role may not do, beside what its owner has not shared: loan officers decide with runs, others make them."""

from dashapp.usecases.desk import Desk, Person
from dashapp.usecases.errors import Refused


def may_make(user: Person) -> bool:
    """Whether this person uploads data and makes runs."""
    return user.role != "officer"


def check_maker(desk: Desk) -> None:
    """Raises Refused for who only decides with what others made. Called behind the door, so that a stranger learns nothing."""
    if not may_make(desk.user):
        raise Refused(
            "Loan officers decide with approved runs; they upload no data and train nothing.",
            fix="Ask an analyst to do it, or an administrator for an analyst's account.",
        )
