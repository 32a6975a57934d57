"""Who may open what. Only the owner shares; a colleague who may see an object cannot hand it on."""

from dataclasses import dataclass
from typing import Literal

from dashapp.usecases.desk import Desk
from dashapp.usecases.errors import Refused
from db import audit, datasets, runs, users

Kind = Literal["run", "dataset"]


@dataclass(frozen=True)
class Access:
    """The people an object is shared with, and those it could be shared with: (name, display name)."""

    mine: bool
    owner: str
    with_people: tuple[tuple[str, str], ...]
    others: tuple[tuple[str, str], ...]


def access(desk: Desk, kind: Kind, object_id: str) -> Access:
    with desk.db.read() as session:
        if kind == "run":
            run = runs.get(session, desk.user.id, object_id)
            owner, people = run.owner, runs.shared_with(session, object_id)
        else:
            dataset = datasets.get(session, desk.user.id, object_id)
            owner, people = dataset.owner, datasets.shared_with(session, object_id)
        taken = {person.id for person in people} | {owner.id}
        others = [person for person in users.everyone(session) if person.id not in taken]
        return Access(
            mine=owner.id == desk.user.id,
            owner=owner.display_name,
            with_people=tuple((person.name, person.display_name) for person in people),
            others=tuple((person.name, person.display_name) for person in others),
        )


def share(desk: Desk, kind: Kind, object_id: str, name: str) -> None:
    """Lets the person of that sign-in name open the object. Raises NotFound unless the object is the user's own."""
    with desk.db.write() as session:
        (runs if kind == "run" else datasets).owned(session, desk.user.id, object_id)
        person = users.by_name(session, name)
        if person is None or not person.active:
            raise Refused(f"Nobody here signs in as '{name}'.", fix="Choose a person from the list.")
        if person.id == desk.user.id:
            raise Refused("It is yours already.", fix="Choose a colleague.")
        if kind == "run":
            runs.share(session, owner_id=desk.user.id, run_id=object_id, with_user_id=person.id)
        else:
            datasets.share(session, owner_id=desk.user.id, dataset_id=object_id, with_user_id=person.id)
        audit.record(session, user_id=desk.user.id, action="shared", object_kind=kind, object_id=object_id, with_name=person.name)


def unshare(desk: Desk, kind: Kind, object_id: str, name: str) -> None:
    """The person can no longer open the object. Raises NotFound unless the object is the user's own."""
    with desk.db.write() as session:
        person = users.by_name(session, name)
        if person is None:
            raise Refused(f"Nobody here signs in as '{name}'.", fix="Load the page again.")
        if kind == "run":
            runs.unshare(session, owner_id=desk.user.id, run_id=object_id, with_user_id=person.id)
        else:
            datasets.unshare(session, owner_id=desk.user.id, dataset_id=object_id, with_user_id=person.id)
        audit.record(
            session, user_id=desk.user.id, action="unshared", object_kind=kind, object_id=object_id, with_name=person.name
        )
