"""The cast: an owner, a colleague who shares, a stranger, an officer and an admin, with a data set and a run to see or not."""

from dataclasses import dataclass

import pyarrow as pa
import pytest
from sqlalchemy.orm import Session

from db import datasets, runs, users
from db.engine import Database
from db.tables import Dataset, Job, Run
from tests.databases import db, migrated_file, postgres_url, url

__all__ = ["db", "migrated_file", "postgres_url", "url"]

ROLES = {"owner": "analyst", "colleague": "analyst", "stranger": "analyst", "officer": "officer", "admin": "admin"}
TABLE = pa.table({"age": [31, 44, None, 58], "grade": pa.array(["b", "a", None, "a"]).dictionary_encode()})


@dataclass(frozen=True)
class Cast:
    owner: int
    colleague: int
    stranger: int
    officer: int
    admin: int


@pytest.fixture
def cast(db: Database) -> Cast:
    with db.write() as session:
        return Cast(**{name: users.add(session, name=name, display_name=name.title(), role=ROLES[name]).id for name in ROLES})


def store(session: Session, owner_id: int, table: pa.Table, name: str = "Loans", rows_per_chunk: int = 3) -> Dataset:
    dataset = datasets.begin(session, owner_id=owner_id, name=name, source="loans.csv", sha256="0" * 64, n_bytes=3_000_000_000)
    first_row = 0
    for index, batch in enumerate(table.to_batches(max_chunksize=rows_per_chunk)):
        datasets.add_chunk(session, dataset_id=dataset.id, chunk_index=index, first_row=first_row, batch=batch)
        first_row += batch.num_rows
    columns = [{"name": column} for column in table.column_names]
    datasets.finish(session, dataset_id=dataset.id, n_rows=table.num_rows, columns=columns, recipe={"delimiter": ","})
    return dataset


@pytest.fixture
def dataset(db: Database, cast: Cast) -> Dataset:
    """Four rows in two chunks, of the owner."""
    with db.write() as session:
        return store(session, cast.owner, TABLE)


@pytest.fixture
def run(db: Database, cast: Cast, dataset: Dataset) -> Run:
    with db.write() as session:
        return runs.add(session, owner_id=cast.owner, dataset_id=dataset.id, name="First", spec={"target": "grade"}, cutoff=0.5)


@pytest.fixture
def job(db: Database, run: Run) -> Job:
    from db import jobs

    with db.write() as session:
        return jobs.enqueue(session, kind="train", owner_id=run.owner_id, run_id=run.id)
