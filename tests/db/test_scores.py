"""What a run said of every row: read as it was written, also where two write the same at once."""

import time
from concurrent.futures import ThreadPoolExecutor

import pyarrow as pa
import pytest

from db import scores
from db.engine import Database
from db.tables import Run


def write(db: Database, run: Run, values: list[float]) -> None:
    with db.write() as session:
        scores.write(session, run_id=run.id, dataset_id=run.dataset_id, scores=pa.table({"score": values}))


def stored(db: Database, run: Run) -> list[float]:
    with db.read() as session:
        found = scores.read(session, run_id=run.id, dataset_id=run.dataset_id)
    return found["score"].to_pylist() if found is not None else []


def test_what_is_written_again_takes_the_place_of_all_that_was_there(
    db: Database, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scores, "_ROWS", 2)
    assert stored(db, run) == []
    write(db, run, [0.1, 0.2, 0.3, 0.4, 0.5])
    assert stored(db, run) == [0.1, 0.2, 0.3, 0.4, 0.5]
    write(db, run, [0.6, 0.7, 0.8])
    assert stored(db, run) == [0.6, 0.7, 0.8]
    with db.read() as session:
        about = {"run_id": run.id, "dataset_id": run.dataset_id}
        assert [scores.read_row(session, row=row, **about)["score"].to_pylist() for row in range(3)] == [[0.6], [0.7], [0.8]]
        assert scores.read_row(session, row=4, **about) is None


@pytest.mark.parametrize("before", [[], [0.9, 0.9, 0.9]])
def test_two_who_score_the_same_at_once_both_end_well(
    db: Database, run: Run, before: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second begins before the first has ended, with and without rows that both replace."""
    monkeypatch.setattr(scores, "_ROWS", 2)
    if before:
        write(db, run, before)
    with ThreadPoolExecutor(1) as pool:
        with db.write() as session:
            scores.write(session, run_id=run.id, dataset_id=run.dataset_id, scores=pa.table({"score": [0.1, 0.2, 0.3]}))
            second = pool.submit(write, db, run, [0.4, 0.5, 0.6])
            time.sleep(0.3)
            assert not second.done()
        second.result(timeout=20)
    assert stored(db, run) == [0.4, 0.5, 0.6]
