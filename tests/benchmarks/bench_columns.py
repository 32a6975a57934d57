"""Column blobs against plain SQL rows: CPU seconds to store a table and to read 3 of its 25 columns, on SQLite.

Both sides start from the same Arrow table and end with an Arrow table; the rows go in by executemany of the same driver, with the
same journal. Goals for 1,000,000 rows: store in about 0.7 s, read 3 columns in about 0.02 s.
"""

import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import numpy as np
import pyarrow as pa

from db import dataset_rows, datasets, sqlite, users
from db.engine import Database
from db.tables import Dataset

OURS_ROWS = 1_000_000
SQL_ROWS = 100_000  # the peer's figures are scaled to OURS_ROWS: its cost is one of each row
REPEATS = 5
CHUNK_ROWS = 65_536
WANTED = ("n3", "c2", "i1")


def table(n_rows: int) -> pa.Table:
    """13 columns of amounts to the cent, 5 of whole numbers, 7 of categories; one value in 20 is missing."""
    random = np.random.default_rng(7)

    def column(values: np.ndarray) -> pa.Array:
        return pa.array(values, mask=random.random(n_rows) < 0.05)

    levels = pa.array([f"level {number}" for number in range(12)])
    columns: dict[str, pa.Array] = {}
    for number in range(13):
        columns[f"n{number}"] = column(np.round(random.lognormal(8, 1, n_rows), 2))
    for number in range(5):
        columns[f"i{number}"] = column(random.integers(0, 600, n_rows))
    for number in range(7):
        codes = column(random.integers(0, 12, n_rows).astype(np.int32))
        columns[f"c{number}"] = pa.DictionaryArray.from_arrays(codes, levels)
    return pa.table(columns)


def cpu_seconds(work: Callable[[], object]) -> float:
    before = time.process_time()
    work()
    return time.process_time() - before


def store_blobs(db: Database, owner_id: int, rows: pa.Table) -> Dataset:
    with db.write() as session:
        dataset = datasets.begin(session, owner_id=owner_id, name="Bench", source="bench", sha256="0" * 64, n_bytes=rows.nbytes)
    first_row = 0
    for index, batch in enumerate(rows.to_batches(max_chunksize=CHUNK_ROWS)):
        with db.write() as session:
            datasets.add_chunk(session, dataset_id=dataset.id, chunk_index=index, first_row=first_row, batch=batch)
        first_row += batch.num_rows
    with db.write() as session:
        columns = [{"name": name} for name in rows.column_names]
        datasets.finish(session, dataset_id=dataset.id, n_rows=rows.num_rows, columns=columns, recipe={})
    with db.read() as session:
        return datasets.get(session, owner_id, dataset.id)


def read_blobs(db: Database, dataset: Dataset) -> pa.Table:
    with db.read() as session:
        return dataset_rows.read_columns(session, dataset, WANTED)


def open_rows(path: Path):  # type: ignore[no-untyped-def]
    driver = sqlite.driver()
    connection = driver.connect(str(path), isolation_level=None)
    connection.execute(f"PRAGMA journal_mode = {sqlite.journal_mode(driver.sqlite_version_info)}")
    connection.execute("PRAGMA synchronous = FULL")
    return connection


def store_rows(connection, rows: pa.Table) -> None:  # type: ignore[no-untyped-def]
    connection.execute("DROP TABLE IF EXISTS loans")
    connection.execute(f"CREATE TABLE loans ({', '.join(rows.column_names)})")
    insert = f"INSERT INTO loans VALUES ({', '.join('?' * rows.num_columns)})"  # noqa: S608 - no value is in the text
    connection.execute("BEGIN IMMEDIATE")
    connection.executemany(insert, zip(*(column.to_pylist() for column in rows.columns), strict=True))
    connection.execute("COMMIT")


def read_rows(connection) -> pa.Table:  # type: ignore[no-untyped-def]
    fetched = connection.execute(f"SELECT {', '.join(WANTED)} FROM loans").fetchall()  # noqa: S608 - names of our own
    return pa.table(dict(zip(WANTED, map(pa.array, zip(*fetched, strict=True)), strict=True)))


def show(what: str, ours: list[float], peer: list[float]) -> None:
    scaled = median(peer) * OURS_ROWS / SQL_ROWS
    print(
        f"{what:16} blobs {median(ours):8.3f} s ({min(ours):.3f} to {max(ours):.3f})   "
        f"SQL rows {scaled:8.3f} s   {scaled / median(ours):6.1f} times"
    )


def main() -> None:
    full, part = table(OURS_ROWS), table(SQL_ROWS)
    ours_store, ours_read, peer_store, peer_read = [], [], [], []
    with tempfile.TemporaryDirectory() as folder:
        db = Database(f"sqlite:///{folder}/bench.sqlite")
        db.migrate()
        with db.write() as session:
            owner_id = users.add(session, name="analyst", display_name="Analyst", role="analyst").id
        connection = open_rows(Path(folder) / "rows.sqlite")
        stored: list[Dataset] = []
        for _ in range(REPEATS):
            ours_store.append(cpu_seconds(lambda: stored.append(store_blobs(db, owner_id, full))))
            ours_read.append(cpu_seconds(lambda: read_blobs(db, stored[-1])))
            peer_store.append(cpu_seconds(lambda: store_rows(connection, part)))
            peer_read.append(cpu_seconds(lambda: read_rows(connection)))
        size = os.path.getsize(f"{folder}/bench.sqlite") / REPEATS / 1e6
        size_of_rows = os.path.getsize(f"{folder}/rows.sqlite") * OURS_ROWS / SQL_ROWS / 1e6
        db.dispose()
        connection.close()
    print(f"{OURS_ROWS:,} rows × {full.num_columns} columns; CPU seconds, median of {REPEATS} (least to most).")
    print(f"SQL rows measured on {SQL_ROWS:,} rows and scaled.")
    show("store", ours_store, peer_store)
    show("read 3 columns", ours_read, peer_read)
    print(f"{'on disk':16} blobs {size:8.1f} MB   SQL rows {size_of_rows:8.1f} MB")


if __name__ == "__main__":
    main()
