"""A file of loans, a model of them and its scores, as the commands that judge scores want them."""

import csv
from pathlib import Path

import pyarrow as pa

from pipeline.__main__ import main
from tests.pipeline.tables import loans, written


def scored_folder(folder: Path, n_rows: int) -> Path:
    """A folder with loans.csv, model.json of its rows, and scored.csv with its probabilities and points that fall with them."""
    written(folder / "loans.csv", loans(n_rows, 2))
    main(["train", str(folder / "loans.csv"), "--target", "outcome", "--bad", "bad", "--out", str(folder), "--json"])
    main(["score", str(folder / "model.json"), str(folder / "loans.csv"), "--out", str(folder / "plain.csv")])
    rows = rows_of(folder / "plain.csv")
    points = [str(round(600 - 50 * float(row["probability_of_default"]), 9)) for row in rows]
    written(folder / "scored.csv", pa.Table.from_pylist(rows).append_column("points", pa.array(points)))
    return folder


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open() as file:
        return list(csv.DictReader(file))
