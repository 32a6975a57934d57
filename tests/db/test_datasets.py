"""Data sets: nothing to see before the last chunk, nothing changed afterwards, and only the chunks read that are needed."""

from datetime import timedelta

import pyarrow as pa
import pytest
from sqlalchemy import event, func, select

from db import blobs, dataset_rows, datasets, runs
from db.engine import Database
from db.errors import Conflict, NotFound, UnknownColumn
from db.tables import ColumnChunk, Dataset, Run, now
from tests.db.conftest import TABLE, Cast, store


def read(db: Database, dataset: Dataset, names=None, start: int | None = None, stop: int = 0) -> pa.Table:
    with db.read() as session:
        if start is None:
            return dataset_rows.read_columns(session, dataset, names)
        return dataset_rows.read_rows(session, dataset, names, start, stop)


def rows_left(db: Database) -> tuple[int, int]:
    with db.read() as session:
        return tuple(session.scalar(select(func.count()).select_from(table)) for table in (Dataset, ColumnChunk))


def begin(session, cast: Cast) -> Dataset:
    return datasets.begin(session, owner_id=cast.owner, name="New", source="f.csv", sha256="1" * 64, n_bytes=5)


def test_what_was_stored_comes_back(db: Database, cast: Cast, dataset: Dataset) -> None:
    with db.read() as session:
        found = datasets.get(session, cast.owner, dataset.id)
    assert (found.n_rows, found.n_bytes, found.state) == (4, 3_000_000_000, "ready")
    assert read(db, found).to_pydict() == TABLE.to_pydict()
    assert read(db, found, ["grade"]).column_names == ["grade"]
    assert read(db, found, ["grade", "age"]).column_names == ["grade", "age"]
    assert pa.types.is_dictionary(read(db, found, ["grade"]).schema.field(0).type)


def test_an_unknown_column_is_named(db: Database, dataset: Dataset) -> None:
    with pytest.raises(UnknownColumn, match="no column 'Age'"):
        read(db, dataset, ["age", "Age"])


@pytest.mark.parametrize(
    ("start", "stop"), [(0, 4), (0, 0), (0, 3), (2, 4), (3, 4), (3, 3), (4, 4), (1, 99), (99, 120), (-5, 2), (3, 1)]
)
def test_rows_are_a_slice(db: Database, dataset: Dataset, start: int, stop: int) -> None:
    part = read(db, dataset, None, start, stop)
    wanted = TABLE.slice(max(start, 0), max(stop - max(start, 0), 0))
    assert part.to_pydict() == wanted.to_pydict()
    assert part.schema.types == TABLE.schema.types


def test_only_the_chunks_that_hold_the_rows_are_read(db: Database, cast: Cast, monkeypatch) -> None:
    with db.write() as session:
        long = store(session, cast.owner, pa.table({"x": list(range(100)), "y": list(range(100))}), rows_per_chunk=10)
    decoded = []
    real = blobs.decode
    monkeypatch.setattr(blobs, "decode", lambda data: decoded.append(data) or real(data))
    assert read(db, long, ["y"], 25, 41).column("y").to_pylist() == list(range(25, 41))
    assert len(decoded) == 3


def test_a_table_without_rows_keeps_its_types(db: Database, cast: Cast) -> None:
    empty = pa.table({"x": pa.array([], pa.float64()), "g": pa.array([], pa.string()).dictionary_encode()})
    with db.write() as session:
        stored = datasets.begin(session, owner_id=cast.owner, name="New", source="f.csv", sha256="1" * 64, n_bytes=5)
        batch = pa.RecordBatch.from_arrays([column.combine_chunks() for column in empty.columns], names=["x", "g"])
        datasets.add_chunk(session, dataset_id=stored.id, chunk_index=0, first_row=0, batch=batch)
        datasets.finish(session, dataset_id=stored.id, n_rows=0, columns=[{"name": "x"}, {"name": "g"}], recipe={})
    assert read(db, stored).schema.types == empty.schema.types
    assert read(db, stored).num_rows == 0


def test_two_chunks_with_different_dictionaries_are_one_column(db: Database, cast: Cast) -> None:
    chunks = [pa.array(["b", None]).dictionary_encode(), pa.array(["a", "b"]).dictionary_encode()]
    with db.write() as session:
        stored = begin(session, cast)
        for index, chunk in enumerate(chunks):
            batch = pa.record_batch([chunk], names=["g"])
            datasets.add_chunk(session, dataset_id=stored.id, chunk_index=index, first_row=2 * index, batch=batch)
        datasets.finish(session, dataset_id=stored.id, n_rows=4, columns=[{"name": "g"}], recipe={})
    column = read(db, stored).column("g")
    assert column.to_pylist() == ["b", None, "a", "b"]
    assert column.chunk(0).dictionary.equals(column.chunk(1).dictionary)


def test_nobody_sees_a_pending_data_set(db: Database, cast: Cast) -> None:
    with db.write() as session:
        pending = begin(session, cast)
    with db.read() as session:
        assert datasets.visible(session, cast.owner) == []
        with pytest.raises(NotFound):
            datasets.get(session, cast.owner, pending.id)
        with pytest.raises(NotFound):
            datasets.owned(session, cast.owner, pending.id)


@pytest.mark.parametrize(("n_rows", "columns"), [(5, ["age", "grade"]), (4, ["age"]), (4, ["age", "grade", "more"])])
def test_a_data_set_with_a_hole_never_becomes_ready(db: Database, cast: Cast, n_rows: int, columns: list[str]) -> None:
    with db.write() as session:
        pending = begin(session, cast)
        batch = TABLE.combine_chunks().to_batches()[0]
        datasets.add_chunk(session, dataset_id=pending.id, chunk_index=0, first_row=0, batch=batch)
        with pytest.raises(Conflict, match="incomplete"):
            datasets.finish(
                session, dataset_id=pending.id, n_rows=n_rows, columns=[{"name": name} for name in columns], recipe={}
            )
    with db.read() as session:
        assert session.get(Dataset, pending.id).state == "pending"


def test_a_ready_data_set_takes_nothing_more(db: Database, dataset: Dataset) -> None:
    batch = TABLE.combine_chunks().to_batches()[0]
    with db.write() as session:
        for change in (
            lambda: datasets.add_chunk(session, dataset_id=dataset.id, chunk_index=9, first_row=4, batch=batch),
            lambda: datasets.finish(session, dataset_id=dataset.id, n_rows=4, columns=[], recipe={}),
            lambda: datasets.discard(session, dataset.id),
        ):
            with pytest.raises(Conflict, match="never changes"):
                change()
    assert read(db, dataset).num_rows == 4


def test_discarding_leaves_no_row_of_any_table(db: Database, cast: Cast) -> None:
    with db.write() as session:
        pending = begin(session, cast)
        batch = TABLE.combine_chunks().to_batches()[0]
        datasets.add_chunk(session, dataset_id=pending.id, chunk_index=0, first_row=0, batch=batch)
    assert rows_left(db) == (1, 2)
    with db.write() as session:
        datasets.discard(session, pending.id)
        datasets.discard(session, pending.id)
    assert rows_left(db) == (0, 0)


def test_only_old_leftovers_of_uploads_are_removed(db: Database, cast: Cast, dataset: Dataset) -> None:
    with db.write() as session:
        old, new = begin(session, cast), begin(session, cast)
        old.created_at = dataset.created_at = now() - timedelta(days=1)
        session.add(old)
        assert datasets.discard_stale(session, now() - timedelta(hours=6)) == 1
        assert session.get(Dataset, new.id) is not None
        assert session.get(Dataset, old.id) is None
    assert read(db, dataset).num_rows == 4


def test_the_list_has_its_counts_without_a_query_for_each(db: Database, cast: Cast, run: Run) -> None:
    with db.write() as session:
        newer = store(session, cast.owner, TABLE, "Newer")
        for _ in range(2):
            runs.add(session, owner_id=cast.owner, dataset_id=run.dataset_id, name="More", spec={}, cutoff=0.5)
        datasets.share(session, owner_id=cast.owner, dataset_id=run.dataset_id, with_user_id=cast.colleague)
        datasets.share(session, owner_id=cast.owner, dataset_id=run.dataset_id, with_user_id=cast.officer)
        runs.share(session, owner_id=cast.owner, run_id=run.id, with_user_id=cast.colleague)
    statements = []
    event.listen(db._engine, "before_cursor_execute", lambda *about: statements.append(about[2]))
    with db.read() as session:
        of_owner = datasets.visible_with_counts(session, cast.owner)
        assert [(row.id, *more) for row, *more in of_owner] == [(newer.id, 0, 0, False), (run.dataset_id, 3, 2, False)]
        of_colleague = datasets.visible_with_counts(session, cast.colleague)
        assert [(row.owner.name, n_runs) for row, n_runs, *_ in of_colleague] == [("owner", 1)]
        assert datasets.count_visible(session, cast.owner) == 2
    assert len([statement for statement in statements if statement.startswith("SELECT")]) == 3


def test_the_outcome_is_remembered(db: Database, cast: Cast, dataset: Dataset) -> None:
    with db.write() as session:
        datasets.set_outcome(session, owner_id=cast.owner, dataset_id=dataset.id, target="grade", bad_label="b")
        with pytest.raises(UnknownColumn):
            datasets.set_outcome(session, owner_id=cast.owner, dataset_id=dataset.id, target="absent", bad_label=None)
    with db.read() as session:
        found = datasets.get(session, cast.owner, dataset.id)
    assert (found.target, found.bad_label) == ("grade", "b")


def test_runs_outlive_their_deleted_data_set(db: Database, cast: Cast, run: Run) -> None:
    with db.write() as session:
        datasets.delete(session, owner_id=cast.owner, dataset_id=run.dataset_id)
    with db.read() as session:
        assert datasets.visible(session, cast.owner) == []
        assert runs.get(session, cast.owner, run.id).dataset.name == "Loans"


def new_version(session, owner_id: int, before: Dataset) -> Dataset:
    made = datasets.begin(session, owner_id=owner_id, name="Newer", source="g.csv", sha256="2" * 64, n_bytes=5)
    datasets.add_chunk(session, dataset_id=made.id, chunk_index=0, first_row=0, batch=TABLE.to_batches()[0])
    columns = [{"name": name} for name in TABLE.column_names]
    datasets.finish(session, dataset_id=made.id, n_rows=4, columns=columns, recipe={}, replaces=before)
    return made


def test_a_new_version_takes_the_place_in_lists_and_is_shared_alike(db: Database, cast: Cast, dataset: Dataset) -> None:
    with db.write() as session:
        datasets.describe(session, owner_id=cast.owner, dataset_id=dataset.id, description="Loans of May")
        datasets.share(session, owner_id=cast.owner, dataset_id=dataset.id, with_user_id=cast.colleague)
        newer = new_version(session, cast.owner, datasets.owned(session, cast.owner, dataset.id))
        assert (newer.version, newer.replaces_id, newer.description) == (2, dataset.id, "Loans of May")
    with db.read() as session:
        for user in (cast.owner, cast.colleague):
            assert [row[0].id for row in datasets.visible_with_counts(session, user)] == [newer.id]
            every = datasets.visible_with_counts(session, user, every_version=True)
            assert [(row[0].id, row[3]) for row in every] == [(newer.id, False), (dataset.id, True)]
            assert datasets.count_visible(session, user) == len(datasets.names(session, user)) == 1
            assert datasets.newer_version(session, user, dataset.id) == newer.id
            assert datasets.get(session, user, dataset.id).name == "Loans"  # its link still leads there
    with db.write() as session:
        datasets.unshare(session, owner_id=cast.owner, dataset_id=newer.id, with_user_id=cast.colleague)
    with db.read() as session:  # who may not see the newer version keeps the older one
        assert [row[0].id for row in datasets.visible_with_counts(session, cast.colleague)] == [dataset.id]
        assert datasets.newer_version(session, cast.colleague, dataset.id) is None


def test_names_and_kinds_of_columns_never_change(db: Database, cast: Cast, dataset: Dataset) -> None:
    with db.write() as session:
        roles = [{"name": "age", "role": "weight"}, {"name": "grade"}]
        datasets.set_columns(session, owner_id=cast.owner, dataset_id=dataset.id, columns=roles)
        for columns in (
            [{"name": "age"}],
            [{"name": "grade"}, {"name": "age"}],
            [{"name": "age", "kind": "x"}, {"name": "grade"}],
        ):
            with pytest.raises(Conflict):
                datasets.set_columns(session, owner_id=cast.owner, dataset_id=dataset.id, columns=columns)


def test_chunks_come_one_by_one(db: Database, dataset: Dataset) -> None:
    with db.read() as session:
        n_chunks = dataset_rows.n_chunks(session, dataset.id)
        parts = [dataset_rows.read_chunk(session, dataset, index) for index in range(n_chunks)]
        assert dataset_rows.read_chunk(session, dataset, 1, ["grade"]).schema.names == ["grade"]
    assert [part.num_rows for part in parts] == [3, 1]
    assert pa.Table.from_batches(parts).to_pydict() == TABLE.to_pydict()
