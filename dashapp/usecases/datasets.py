"""Data sets: find one, look at it, name and describe it, delete it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from dashapp.usecases import profiles
from dashapp.usecases.desk import Desk
from dashapp.usecases.errors import Refused
from dashapp.usecases.findings import BY_HAND, summaries
from dashapp.usecases.recipes import checked_codes
from db import audit, dataset_rows, datasets, runs
from db.errors import UnknownColumn
from db.tables import Dataset
from pipeline.results import ColumnSummary
from pipeline.roles import ROLES
from pipeline.suggestions import default_bad_label

PAGE_ROWS = 1_000
DESCRIPTION_LENGTH = 2_000


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
    version: int
    superseded: bool  # there is a newer version
    description: str
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
    sha256: str
    description: str
    version: int
    replaces_id: str | None  # the version before, where the user may see it
    newer_id: str | None  # the version after
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


@dataclass(frozen=True)
class Dependents:
    """The runs on a data set: (id, name) of those that the user may open, and how many others there are."""

    runs: tuple[tuple[str, str], ...]
    n_others: int


def visible(desk: Desk, *, words: str = "", every_version: bool = False) -> list[DatasetCard]:
    """The user's own data sets and those shared with them, newest first; of each only the newest version, unless all are wanted.

    `words`: only those whose name, file or description holds every one of them.
    """
    with desk.db.read() as session:
        found = datasets.visible_with_counts(session, desk.user.id, every_version=every_version)
        return [_card(desk, *row) for row in found if holds(words, f"{row[0].name} {row[0].source} {row[0].description}")]


def holds(words: str, text: str) -> bool:
    """Whether the text holds every word, in whatever case."""
    return all(word in text.casefold() for word in words.casefold().split())


def same_file(desk: Desk, sha256: str) -> DatasetCard | None:
    """The newest data set that the user may see and that was read from a file of this hash."""
    with desk.db.read() as session:
        ids = {dataset.id for dataset in datasets.of_file(session, desk.user.id, sha256)}
    return next((card for card in visible(desk, every_version=True) if card.id in ids), None) if ids else None


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
            sha256=dataset.sha256,
            description=dataset.description,
            version=dataset.version,
            replaces_id=_if_visible(session, desk, dataset.replaces_id),
            newer_id=datasets.newer_version(session, desk.user.id, dataset.id),
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
        table = dataset_rows.read_rows(session, dataset, None, start, min(stop, dataset.n_rows))
    columns = [column.to_pylist() for column in table.columns]
    return [list(values) for values in zip(*columns, strict=True)], dataset.n_rows


def rename(desk: Desk, dataset_id: str, name: str) -> str:
    """Gives the name as it was stored."""
    name = clean_name(name)
    with desk.db.write() as session:
        datasets.rename(session, owner_id=desk.user.id, dataset_id=dataset_id, name=name)
        _audit(desk, session, "renamed", dataset_id, name=name)
    return name


def describe(desk: Desk, dataset_id: str, description: str) -> None:
    """Says in words what the data set holds. Raises Refused for more than 2,000 characters."""
    description = "".join(letter for letter in description if letter.isprintable() or letter == "\n").strip()
    if len(description) > DESCRIPTION_LENGTH:
        raise Refused(f"The description has {len(description):,} characters.", fix=f"Keep it to {DESCRIPTION_LENGTH:,}.")
    with desk.db.write() as session:
        datasets.describe(session, owner_id=desk.user.id, dataset_id=dataset_id, description=description)
        _audit(desk, session, "described", dataset_id)


def dependents(desk: Desk, dataset_id: str) -> Dependents:
    """What was made of the data set and outlives it. Raises NotFound unless it is the user's."""
    with desk.db.read() as session:
        datasets.owned(session, desk.user.id, dataset_id)
        found = datasets.dependents(session, dataset_id)
        seen = tuple((run.id, run.name) for run in found if runs.is_visible(session, desk.user.id, run.id))
    return Dependents(seen, len(found) - len(seen))


def set_role(desk: Desk, dataset_id: str, column: str, role: str) -> None:
    """What a run may use a column for; "target" makes it the outcome. The rows stay as they are. Raises Refused."""
    if role not in ROLES:
        raise Refused("That is no role of a column.", fix=f"Choose one of {', '.join(ROLES)}.")
    with desk.db.write() as session:
        dataset = datasets.owned(session, desk.user.id, dataset_id)
        columns = {summary.name: summary for summary in summaries(dataset)}
        if column not in columns:
            raise UnknownColumn(column)
        if role != "target" and column != dataset.target:
            _change_columns(session, desk, dataset, {column: {"role": role, "reason": "" if role == "feature" else BY_HAND}})
            _audit(desk, session, "set_role", dataset_id, column=column, role=role)
            return
    if role == "target":
        set_outcome(desk, dataset_id, column, None)
    else:
        set_outcome(desk, dataset_id, None, None)
        set_role(desk, dataset_id, column, role)


def set_codes(desk: Desk, dataset_id: str, column: str, codes: Mapping[str, str]) -> None:
    """The special codes of a column: each its own level, or missing. The columns are profiled anew. Raises Refused."""
    checked = checked_codes(column, codes)
    with desk.db.write() as session:
        dataset = datasets.owned(session, desk.user.id, dataset_id)
        dataset_rows.column_indices(dataset, [column])
        _change_columns(session, desk, dataset, {column: {"codes": [list(code) for code in checked.items()]}})
        _audit(desk, session, "set_codes", dataset_id, column=column, codes=checked)
    profiles.refresh(desk, dataset_id)


def set_outcome(desk: Desk, dataset_id: str, target: str | None, bad_label: str | None) -> None:
    """What to predict, and which label is bad (None: the likely one of two). The columns are profiled anew. Raises Refused."""
    with desk.db.write() as session:
        dataset = datasets.owned(session, desk.user.id, dataset_id)
        column = next((summary for summary in summaries(dataset) if summary.name == target), None)
        if target is not None and column is None:
            raise UnknownColumn(target)
        if column is not None:
            if bad_label is None and column.n_distinct == 2:
                bad_label = default_bad_label(dict(column.levels))
            if bad_label is not None and bad_label not in dict(column.levels):
                raise Refused(f"'{bad_label}' does not occur in '{target}'.", fix="Choose one of its values.")
        keep_outcome(session, desk, dataset, target, bad_label if target is not None else None)
        _audit(desk, session, "set_outcome", dataset_id, target=target, bad_label=bad_label)
    profiles.refresh(desk, dataset_id)


def keep_outcome(session: Session, desk: Desk, dataset: Dataset, target: str | None, bad_label: str | None) -> None:
    """Stores the outcome with the roles that follow from it."""
    changes = {column.name: {"role": "feature", "reason": ""} for column in summaries(dataset) if column.role == "target"}
    if target is not None:
        changes[target] = {"role": "target", "reason": BY_HAND}
    _change_columns(session, desk, dataset, changes)
    datasets.set_outcome(session, owner_id=desk.user.id, dataset_id=dataset.id, target=target, bad_label=bad_label)


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


def bad_rate(columns: Sequence[ColumnSummary], target: str | None, bad_label: str | None) -> float | None:
    """Share of bad among the rows with a known outcome; None without an outcome or where its levels were not counted."""
    column = next((column for column in columns if column.name == target), None)
    if column is None or bad_label is None:
        return None
    known = column.n_rows - column.n_missing
    bad = dict(column.levels).get(bad_label)
    return bad / known if bad is not None and known else None


def _if_visible(session: Session, desk: Desk, dataset_id: str | None) -> str | None:
    return dataset_id if dataset_id is not None and datasets.is_visible(session, desk.user.id, dataset_id) else None


def _change_columns(session: Session, desk: Desk, dataset: Dataset, changes: Mapping[str, dict[str, Any]]) -> None:
    columns = [{**stored, **changes.get(stored["name"], {})} for stored in dataset.columns]
    datasets.set_columns(session, owner_id=desk.user.id, dataset_id=dataset.id, columns=columns)


def _card(desk: Desk, dataset: Dataset, n_runs: int, n_shares: int, superseded: bool) -> DatasetCard:
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
        version=dataset.version,
        superseded=superseded,
        description=dataset.description,
        created_at=dataset.created_at,
    )


def _audit(desk: Desk, session: Any, action: str, dataset_id: str, **details: Any) -> None:
    audit.record(session, user_id=desk.user.id, action=action, object_kind="dataset", object_id=dataset_id, **details)
