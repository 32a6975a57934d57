"""Who asks, and what they work with: the first argument of every use case."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dashapp.settings import Settings

if TYPE_CHECKING:
    from db.engine import Database


@dataclass(frozen=True)
class Person:
    """A person who may sign in. `role` is analyst, officer or admin."""

    id: int
    name: str
    display_name: str
    role: str


@dataclass(frozen=True)
class Desk:
    """One request's database, settings and user. `session_hash` names the browser session that asks, where there is one."""

    db: "Database"
    settings: Settings
    user: Person
    session_hash: str = ""
