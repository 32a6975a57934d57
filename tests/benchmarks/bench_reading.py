"""Reading a file and storing it, against pandas on the same file: CPU seconds, children included, and peak memory.

Each measurement is a process of its own. CPU is of the work alone, without the imports; the peak is VmHWM of the whole
process. Goals for 1,000,000 rows × 25 columns: reading (the types decided on all rows) and storing in at most 2 times the CPU of
pandas.read_csv, in less than 400 MB; `--rows 5000000` in at most 450 MB.
"""

import argparse
import json
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv

ROWS = 1_000_000
SQL_ROWS = 100_000  # to_sql costs one of each row; its figures are scaled
REPEATS = 3
SEED = 20_261
PIECE = 250_000


def write_file(path: Path, n_rows: int) -> None:
    """13 columns of amounts to the cent, 5 of whole numbers, 7 of categories; one value in 20 is missing."""
    random = np.random.default_rng(SEED)
    levels = pa.array([f"lvl {number}" for number in range(12)])

    def column(values: np.ndarray) -> pa.Array:
        return pa.array(values, mask=random.random(len(values)) < 0.05)

    with path.open("wb") as file:
        for first in range(0, n_rows, PIECE):
            n = min(PIECE, n_rows - first)
            columns: dict[str, pa.Array] = {}
            for number in range(13):
                columns[f"amount_{number}"] = column(np.round(random.lognormal(6, 1, n), 2))
            for number in range(5):
                columns[f"count_{number}"] = column(random.integers(0, 600, n))
            for number in range(7):
                columns[f"group_{number}"] = levels.take(column(random.integers(0, 12, n)))
            options = pa.csv.WriteOptions(include_header=first == 0, quoting_style="none")
            pa.csv.write_csv(pa.table(columns), file, options)


def read(path: Path) -> Callable[[], object]:
    import pandas as pd  # noqa: F401 - pyarrow loads it with the first array; imports are not counted

    from pipeline.reading import check_and_open

    return lambda: sum(len(batch) for batch in check_and_open(path, filename=path.name).chunks())


def read_and_store(path: Path) -> Callable[[], object]:
    import pandas as pd  # noqa: F401

    from db import datasets, users
    from db.engine import Database
    from pipeline.reading import check_and_open

    folder = tempfile.TemporaryDirectory()
    db = Database(f"sqlite:///{folder.name}/bench.sqlite")
    db.migrate()
    with db.write() as session:
        owner_id = users.add(session, name="analyst", display_name="Analyst", role="analyst").id

    def work() -> object:
        table = check_and_open(path, filename=path.name)
        with db.write() as session:
            dataset_id = datasets.begin(
                session, owner_id=owner_id, name="Bench", source=path.name, sha256=table.sha256, n_bytes=table.n_bytes
            ).id
        first_row = 0
        for index, batch in enumerate(table.chunks()):
            with db.write() as session:
                datasets.add_chunk(session, dataset_id=dataset_id, chunk_index=index, first_row=first_row, batch=batch)
            first_row += batch.num_rows
        with db.write() as session:
            columns = [vars(column) for column in table.columns]
            recipe = table.recipe.to_json()
            datasets.finish(session, dataset_id=dataset_id, n_rows=table.n_rows, columns=columns, recipe=recipe)
        db.dispose()
        return folder  # kept until here

    return work


def pandas_read(path: Path) -> Callable[[], object]:
    import pandas as pd

    return lambda: pd.read_csv(path)


def pandas_to_sql(path: Path) -> Callable[[], object]:
    import sqlite3

    import pandas as pd

    frame = pd.read_csv(path, nrows=SQL_ROWS)
    connection = sqlite3.connect(path.with_suffix(".sqlite"))
    return lambda: frame.to_sql("loans", connection, index=False, if_exists="replace")


def sort_or_count(path: Path) -> Callable[[], object]:
    """What a profile must do at least: sort each column of numbers, count the levels of each category."""
    import pandas as pd

    frame = pd.read_csv(path)

    def one(column: "pd.Series[Any]") -> object:
        return np.sort(column.to_numpy()) if column.dtype.kind in "if" else column.value_counts()

    return lambda: [one(frame[name]) for name in frame.columns]


WORKS: dict[str, Callable[[Path], Callable[[], object]]] = {
    "ours, read and store": read_and_store,
    "ours, read": read,
    "pandas.read_csv": pandas_read,
    "DataFrame.to_sql": pandas_to_sql,
    "sort or count": sort_or_count,
}


def used() -> float:
    """CPU seconds of this process and its children."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def work_here(name: str, path: Path) -> None:
    """Does one piece of work and prints its figures."""
    work = WORKS[name](path)
    before = used()
    work()
    cpu = used() - before
    peak = re.search(r"VmHWM:\s*(\d+) kB", Path("/proc/self/status").read_text())
    print(json.dumps({"cpu": cpu, "peak": int(peak[1]) / 1024 if peak else 0.0}))


def measured(name: str, path: Path) -> dict[str, float]:
    command = [sys.executable, __file__, "--work", name, "--file", str(path)]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    figures: dict[str, float] = json.loads(said.splitlines()[-1])
    return figures


def compare(path: Path, n_rows: int, repeats: int) -> None:
    figures: dict[str, list[dict[str, float]]] = {name: [] for name in WORKS}
    for _ in range(repeats):  # taken in turn, so that what else the machine does weighs on all
        for name in WORKS:
            figures[name].append(measured(name, path))
    scale = {"DataFrame.to_sql": n_rows / min(SQL_ROWS, n_rows)}
    cpu = {name: [entry["cpu"] * scale.get(name, 1.0) for entry in entries] for name, entries in figures.items()}
    peer = median(cpu["pandas.read_csv"])
    print(f"CPU seconds, median of {repeats} (least to most); to_sql measured on {SQL_ROWS:,} rows and scaled.")
    for name, seconds in cpu.items():
        peak = median(entry["peak"] for entry in figures[name])
        memory = f"{peak:6,.0f} MB" if name not in scale else ""
        print(
            f"{name:22} {median(seconds):7.2f} s ({min(seconds):.2f} to {max(seconds):.2f})   "
            f"{median(seconds) / peer:6.2f} × read_csv   {memory}"
        )
    print(f"Goal: read and store at most 2.00 × read_csv, below 400 MB; got {median(cpu['ours, read and store']) / peer:.2f} ×.")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--repeats", type=int, default=REPEATS)
    parser.add_argument("--work", choices=WORKS, help=argparse.SUPPRESS)
    parser.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.work:
        work_here(chosen.work, chosen.file)
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "loans.csv"
        write_file(path, chosen.rows)
        print(f"{chosen.rows:,} rows × 25 columns, {path.stat().st_size / 1e6:,.0f} MB.")
        if chosen.rows > ROWS:  # pandas would need gigabytes
            figures = measured("ours, read and store", path)
            print(f"ours, read and store   {figures['cpu']:7.2f} s   {figures['peak']:6,.0f} MB   goal: at most 450 MB")
        else:
            compare(path, chosen.rows, chosen.repeats)


if __name__ == "__main__":
    main()
