"""Opening the profile of a data set, as its page does: 1,000 rows against 5,000,000, same 25 columns, on SQLite.

Measured is all that the server does for the page: authorise, load the stored profile, build the page, write it as JSON. The goal
is that it costs the same whatever the number of rows.
"""

import argparse
import time
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from statistics import median

import numpy as np
import pyarrow as pa
from installation import installed
from plotly.io.json import to_json_plotly

from dashapp.tabs.profile.overview import overview
from dashapp.tabs.profile.table import TableState
from dashapp.usecases import datasets as use
from dashapp.usecases import profiles
from dashapp.usecases.desk import Desk
from db import datasets
from pipeline import profiling
from pipeline.tallies import summarise

REPEATS = 15
CHUNK_ROWS = 65_536
SMALL, LARGE = 1_000, 5_000_000


def chunks(n_rows: int) -> Iterator[pa.RecordBatch]:
    """13 columns of amounts, 5 of whole numbers, 6 of categories and an outcome; one value in 20 is missing."""
    levels = pa.array([f"level {number}" for number in range(12)])
    for start in range(0, n_rows, CHUNK_ROWS):
        n = min(CHUNK_ROWS, n_rows - start)
        random = np.random.default_rng((7, start))
        columns = {f"n{k}": pa.array(np.round(random.lognormal(8, 1, n), 2), mask=random.random(n) < 0.05) for k in range(13)}
        columns |= {f"i{k}": pa.array(random.integers(0, 600, n)) for k in range(5)}
        codes = (pa.array(random.integers(0, 12, n).astype(np.int32), mask=random.random(n) < 0.05) for _ in range(6))
        columns |= {f"c{k}": pa.DictionaryArray.from_arrays(code, levels) for k, code in enumerate(codes)}
        bad = pa.array((random.random(n) < 0.2).astype(np.int32))
        columns["bad"] = pa.DictionaryArray.from_arrays(bad, pa.array(["no", "yes"]))
        yield pa.record_batch(columns)


def kept(folder: Path, n_rows: int) -> list[pa.RecordBatch]:
    """The rows in a file that is mapped into memory."""
    path = str(folder / f"{n_rows}.arrow")
    made = chunks(n_rows)
    first = next(made)
    with pa.OSFile(path, "wb") as file, pa.ipc.new_file(file, first.schema) as writer:
        for batch in chain([first], made):
            writer.write_batch(batch)
    reader = pa.ipc.open_file(pa.memory_map(path))
    return [reader.get_batch(k) for k in range(reader.num_record_batches)]


def stored(desk: Desk, batches: list[pa.RecordBatch]) -> str:
    """A data set of these rows, with its profile."""
    n_rows = sum(map(len, batches))
    with desk.db.write() as session:
        name = f"{n_rows:,} rows"
        dataset = datasets.begin(session, owner_id=desk.user.id, name=name, source="bench", sha256="0" * 64, n_bytes=0)
    columns = summarise(batches)
    first_row = 0
    for index, batch in enumerate(batches):
        with desk.db.write() as session:
            datasets.add_chunk(session, dataset_id=dataset.id, chunk_index=index, first_row=first_row, batch=batch)
        first_row += batch.num_rows
    with desk.db.write() as session:
        stored_columns = [vars(column) for column in columns]
        datasets.finish(
            session,
            dataset_id=dataset.id,
            n_rows=n_rows,
            columns=stored_columns,
            recipe={},
            target="bad",
            bad_label="yes",
        )
    profile = profiling.profile(batches, columns, target="bad", bad_label="yes")
    with desk.db.write() as session:
        profiles.store(session, datasets.get(session, desk.user.id, dataset.id), profile)
    return dataset.id


def opened(desk: Desk, dataset_id: str) -> int:
    """Bytes of the page."""
    view = use.get(desk, dataset_id)
    profile = profiles.get(desk, dataset_id).profile
    if profile is None:
        raise SystemExit("The profile is not stored; the page would have to make it.")
    parts = overview(view, profile, TableState(), None, "light")
    return len(to_json_plotly(parts, engine="orjson"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=LARGE, help="rows of the large data set")
    n_large = parser.parse_args().rows
    with installed() as (desk, folder):
        ids = {n: stored(desk, kept(folder, n)) for n in (SMALL, n_large)}
        for dataset_id in ids.values():
            opened(desk, dataset_id)
        taken: dict[int, list[float]] = {n: [] for n in ids}
        sizes: dict[int, int] = {}
        for _ in range(REPEATS):
            for n, dataset_id in ids.items():
                before = time.process_time()
                sizes[n] = opened(desk, dataset_id)
                taken[n].append(time.process_time() - before)
    print(f"The profile page of 25 columns; CPU milliseconds, median of {REPEATS} (least to most).")
    for n, seconds in taken.items():
        each = [1_000 * value for value in seconds]
        print(f"{n:>10,} rows {median(each):8.1f} ms ({min(each):.1f} to {max(each):.1f})   {sizes[n] / 1e3:6.1f} kB")
    print(f"Ratio {median(taken[n_large]) / median(taken[SMALL]):.2f}; the goal is 1.")


if __name__ == "__main__":
    main()
