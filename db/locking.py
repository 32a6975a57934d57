"""Rows that are about to be changed."""

from typing import TypeVar

from sqlalchemy import Select
from sqlalchemy.orm import Session

from db.sqlite import WRITES
from db.tables import Base

Row = TypeVar("Row", bound=Base)


def one_to_change(session: Session, wanted: Select[Row], table: type[Row]) -> Row | None:
    """The row, held until the transaction ends. PostgreSQL locks it; SQLite's one writer needs no lock, nor does a reader."""
    if session.get_bind().get_execution_options().get(WRITES, False):
        # What the session has read before may have changed until the lock was granted.
        wanted = wanted.with_for_update(of=table).execution_options(populate_existing=True)
    return session.scalar(wanted)
