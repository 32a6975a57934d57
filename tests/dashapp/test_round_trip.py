"""A data set taken away as a file and read again is the same table."""

import csv
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from dashapp.usecases import datasets, exports
from dashapp.usecases.desk import Desk
from tests.dashapp.uploading import upload

NOTES = ("=1+1", "@SUM(A1)", "-minus", "+plus", "plain", 'says "yes", twice', "two\nlines", "'quoted'", "-5%", "it's late")
N = 600


@pytest.fixture
def saved(desk: Desk, tmp_path: Path) -> str:
    """Codes with leading zeros, decimals, days, gaps, and texts that a spreadsheet would run."""
    path = tmp_path / "loans.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(["branch", "amount", "opened", "note", "=danger", "bad"])
        for k in range(N):
            amount = "" if k % 9 == 0 else f"{(k - 300) * 1.25}"
            day = date(2024, 1, 1) + timedelta(days=k % 400)
            out.writerow([f"{k % 40:04d}", amount, day, NOTES[k % len(NOTES)], k % 7, int(k % 5 == 0)])
    return upload(desk, path, name="Loans")


def _table(desk: Desk, dataset_id: str) -> tuple[list[str], list[str], list[list[Any]]]:
    view = datasets.get(desk, dataset_id)
    rows, n_rows = datasets.rows(desk, dataset_id, start=0, stop=1_000)
    assert n_rows == N
    return [column.name for column in view.columns], [column.kind for column in view.columns], rows


def _bare(value: Any) -> Any:
    """Without the quote that stands before a formula."""
    return value[1:] if isinstance(value, str) and value[:1] == "'" and value[1:2] in set("=+-@") else value


def test_csv_is_read_again_apart_from_its_guards(desk: Desk, saved: str, tmp_path: Path) -> None:
    export = exports.csv(desk, saved)
    path = tmp_path / "again.csv"
    path.write_bytes(b"".join(export.pieces))
    again = upload(desk, path, name="Again")
    names, kinds, rows = _table(desk, saved)
    names_again, kinds_again, rows_again = _table(desk, again)
    assert names_again == ["'=danger" if name == "=danger" else name for name in names]
    assert kinds_again == kinds
    assert [[_bare(value) for value in row] for row in rows_again] == rows
    guarded = sum(a != b for row, other in zip(rows, rows_again, strict=True) for a, b in zip(row, other, strict=True))
    assert export.n_defused == guarded + 1 == 5 * N // len(NOTES) + 1


def test_parquet_is_read_again_exactly(desk: Desk, saved: str, tmp_path: Path) -> None:
    path = tmp_path / "again.parquet"
    assert exports.parquet(desk, saved, path) == "Loans"
    again = upload(desk, path, name="Again")
    assert _table(desk, again) == _table(desk, saved)
    second = tmp_path / "second.parquet"
    exports.parquet(desk, again, second)
    assert pq.read_schema(second).remove_metadata() == pq.read_schema(path).remove_metadata()
