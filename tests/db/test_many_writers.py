"""Eight processes change the same rows while others read: nothing is lost and nothing fails."""

import multiprocessing
import time

from sqlalchemy import func, select

from db import audit, runs
from db.engine import Database
from db.tables import AuditEvent, Run

WRITERS, ROUNDS, READERS = 8, 25, 2


def count_up(url: str, owner_id: int, run_id: str, rounds: int) -> None:
    """Reads the note as a number, adds one in Python, and writes it back."""
    database = Database(url)
    for _ in range(rounds):
        with database.write() as session:
            run = runs.owned(session, owner_id, run_id)
            runs.set_note(session, owner_id=owner_id, run_id=run_id, note=str(int(run.note or "0") + 1))
            audit.record(session, user_id=owner_id, action="counted", object_kind="run", object_id=run_id)


def look(url: str, owner_id: int, run_id: str, rounds: int) -> None:
    """The number never falls, and never runs ahead of the events that were written with it."""
    database = Database(url)
    seen = 0
    while seen < rounds:
        with database.read() as session:
            count = int(runs.get(session, owner_id, run_id).note or "0")
            events = session.scalar(select(func.count()).select_from(AuditEvent))
        assert seen <= count <= events
        seen = count
        time.sleep(0.01)


def test_nothing_is_lost(url: str, db: Database, run: Run) -> None:
    context = multiprocessing.get_context("spawn")
    with context.Pool(WRITERS + READERS) as pool:
        readers = pool.starmap_async(look, [(url, run.owner_id, run.id, WRITERS * ROUNDS)] * READERS, chunksize=1)
        pool.starmap(count_up, [(url, run.owner_id, run.id, ROUNDS)] * WRITERS, chunksize=1)
        readers.get(timeout=60)
    with db.read() as session:
        assert runs.get(session, run.owner_id, run.id).note == str(WRITERS * ROUNDS)
        assert session.scalar(select(func.count()).select_from(AuditEvent)) == WRITERS * ROUNDS
