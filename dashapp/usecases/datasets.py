"""Data sets: receive a file, look at it, name it, delete it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from dashapp.usecases.desk import Desk
from dashapp.usecases.errors import Refused
from db import audit, datasets
from db.tables import Dataset
from pipeline.results import ColumnSummary

CHUNK_ROWS = 65_536
PAGE_ROWS = 1_000


@dataclass(frozen=True)
class DatasetCard:
    """A data set as lists show it."""

    id: str
    name: str
    source: str
    owner: str
    mine: bool
    n_rows: int
    n_columns: int
    target: str | None
    bad_rate: float | None
    n_runs: int
    n_shares: int
    created_at: datetime


@dataclass(frozen=True)
class DatasetView:
    """A data set as its own pages show it."""

    id: str
    name: str
    source: str
    owner: str
    mine: bool
    n_rows: int
    n_bytes: int
    columns: tuple[ColumnSummary, ...]
    target: str | None
    bad_label: str | None
    recipe: dict[str, Any]
    shared_with: tuple[str, ...]
    created_at: datetime

    @property
    def n_missing(self) -> int:
        return sum(column.n_missing for column in self.columns)

    def column(self, name: str) -> ColumnSummary | None:
        return next((column for column in self.columns if column.name == name), None)


def receive(desk: Desk, path: Path, *, filename: str, name: str) -> str:
    """Reads the file into a new data set of the user and gives its id; nothing stays behind if it cannot be read.

    Raises ReadingError with what to do.
    """
    from pipeline import reading

    table = reading.check_and_open(path, filename=filename)
    with desk.db.write() as session:
        dataset = datasets.begin(
            session,
            owner_id=desk.user.id,
            name=clean_name(name or Path(filename).stem),
            source=filename[:300],
            sha256=table.sha256,
            n_bytes=table.n_bytes,
        )
        dataset_id = dataset.id
    try:
        first_row = 0
        for index, batch in enumerate(table.chunks(CHUNK_ROWS)):
            with desk.db.write() as session:
                datasets.add_chunk(session, dataset_id=dataset_id, chunk_index=index, first_row=first_row, batch=batch)
            first_row += batch.num_rows
        with desk.db.write() as session:
            datasets.finish(
                session,
                dataset_id=dataset_id,
                n_rows=table.n_rows,
                columns=[vars(column) for column in table.columns],
                recipe={**table.recipe.to_json(), "notices": list(table.notices)},
            )
            audit.record(
                session, user_id=desk.user.id, action="uploaded", object_kind="dataset", object_id=dataset_id, file=filename[:300]
            )
    except BaseException:
        with desk.db.write() as session:
            datasets.discard(session, dataset_id)
        raise
    return dataset_id


def visible(desk: Desk) -> list[DatasetCard]:
    """The user's own data sets and those shared with them, newest first."""
    with desk.db.read() as session:
        return [_card(desk, row) for row in datasets.visible_with_counts(session, desk.user.id)]


def get(desk: Desk, dataset_id: str) -> DatasetView:
    """Raises NotFound for what is absent or not the user's to see."""
    with desk.db.read() as session:
        dataset = datasets.get(session, desk.user.id, dataset_id)
        return DatasetView(
            id=dataset.id,
            name=dataset.name,
            source=dataset.source,
            owner=dataset.owner.display_name,
            mine=dataset.owner_id == desk.user.id,
            n_rows=dataset.n_rows,
            n_bytes=dataset.n_bytes,
            columns=summaries(dataset),
            target=dataset.target,
            bad_label=dataset.bad_label,
            recipe=dataset.recipe,
            shared_with=tuple(person.display_name for person in datasets.shared_with(session, dataset.id)),
            created_at=dataset.created_at,
        )


def rows(desk: Desk, dataset_id: str, *, start: int, stop: int) -> tuple[list[list[Any]], int]:
    """The values of rows start to stop (at most 1,000), None where missing, and how many rows there are in all."""
    start = max(0, start)
    stop = min(stop, start + PAGE_ROWS)
    with desk.db.read() as session:
        dataset = datasets.get(session, desk.user.id, dataset_id)
        table = datasets.read_rows(session, dataset, None, start, min(stop, dataset.n_rows))
    columns = [column.to_pylist() for column in table.columns]
    return [list(values) for values in zip(*columns, strict=True)], dataset.n_rows


def rename(desk: Desk, dataset_id: str, name: str) -> str:
    """Gives the name as it was stored."""
    name = clean_name(name)
    with desk.db.write() as session:
        datasets.rename(session, owner_id=desk.user.id, dataset_id=dataset_id, name=name)
        _audit(desk, session, "renamed", dataset_id, name=name)
    return name


def delete(desk: Desk, dataset_id: str) -> None:
    """The data set is gone from every list; runs that were trained on it stay."""
    with desk.db.write() as session:
        datasets.delete(session, owner_id=desk.user.id, dataset_id=dataset_id)
        _audit(desk, session, "deleted", dataset_id)


def clean_name(raw: str) -> str:
    """A name of 1 to 200 visible characters. Raises Refused."""
    name = " ".join("".join(letter for letter in raw if letter.isprintable()).split())
    if not name:
        raise Refused("A name needs at least one character.", fix="Type a name.")
    if len(name) > 200:
        raise Refused(f"The name has {len(name)} characters.", fix="Keep it to 200.")
    return name


def summaries(dataset: Dataset) -> tuple[ColumnSummary, ...]:
    return tuple(
        ColumnSummary(**{**stored, "levels": tuple((value, rows) for value, rows in stored["levels"])})
        for stored in dataset.columns
    )


def bad_rate(columns: Sequence[ColumnSummary], target: str | None, bad_label: str | None) -> float | None:
    """Share of bad among the rows with a known outcome; None without an outcome or where its levels were not counted."""
    column = next((column for column in columns if column.name == target), None)
    if column is None or bad_label is None:
        return None
    known = column.n_rows - column.n_missing
    bad = dict(column.levels).get(bad_label)
    return bad / known if bad is not None and known else None


def _card(desk: Desk, row: tuple[Dataset, int, int]) -> DatasetCard:
    dataset, n_runs, n_shares = row
    return DatasetCard(
        id=dataset.id,
        name=dataset.name,
        source=dataset.source,
        owner=dataset.owner.display_name,
        mine=dataset.owner_id == desk.user.id,
        n_rows=dataset.n_rows,
        n_columns=len(dataset.columns),
        target=dataset.target,
        bad_rate=bad_rate(summaries(dataset), dataset.target, dataset.bad_label),
        n_runs=n_runs,
        n_shares=n_shares,
        created_at=dataset.created_at,
    )


def _audit(desk: Desk, session: Any, action: str, dataset_id: str, **details: Any) -> None:
    audit.record(session, user_id=desk.user.id, action=action, object_kind="dataset", object_id=dataset_id, **details)
