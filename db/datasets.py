"""Data sets: written once in chunks (`dataset_rows` reads them); who may see one, who may change one."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, func, insert, or_, select
from sqlalchemy import delete as delete_from
from sqlalchemy.orm import Session, aliased

from db import blobs, dataset_rows, runs, users
from db.errors import Conflict, NotFound
from db.locking import one_to_change
from db.tables import ColumnChunk, Dataset, DatasetShare, Run, User, now

if TYPE_CHECKING:
    import pyarrow as pa


def begin(session: Session, *, owner_id: int, name: str, source: str, sha256: str, n_bytes: int) -> Dataset:
    """A pending data set: it takes chunks, and nobody sees it before `finish`."""
    dataset = Dataset(owner_id=owner_id, name=name, source=source, sha256=sha256, n_bytes=n_bytes)
    session.add(dataset)
    session.flush()
    return dataset


def add_chunk(session: Session, *, dataset_id: str, chunk_index: int, first_row: int, batch: "pa.RecordBatch") -> None:
    """Adds consecutive rows of all columns. Raises Conflict once the data set is ready."""
    _pending(session, dataset_id)
    rows = [
        {
            "dataset_id": dataset_id,
            "column_index": index,
            "chunk_index": chunk_index,
            "first_row": first_row,
            "n_rows": batch.num_rows,
            "data": blobs.encode(column),
        }
        for index, column in enumerate(batch.columns)
    ]
    session.execute(insert(ColumnChunk), rows)


def finish(
    session: Session,
    *,
    dataset_id: str,
    n_rows: int,
    columns: list[dict[str, Any]],
    recipe: dict[str, Any],
    target: str | None = None,
    bad_label: str | None = None,
    replaces: Dataset | None = None,
) -> None:
    """Makes the data set ready. `columns` has a summary with a `name` for each column, in order.

    Raises Conflict unless every column has its `n_rows` rows, so that a lost chunk can never pass for a short file. Who may see
    the data set that it `replaces` may see the new version.
    """
    dataset = _pending(session, dataset_id)
    of_columns = session.execute(
        select(ColumnChunk.column_index, func.sum(ColumnChunk.n_rows))
        .where(ColumnChunk.dataset_id == dataset_id)
        .group_by(ColumnChunk.column_index)
    )
    if dict(of_columns.all()) != dict.fromkeys(range(len(columns)), n_rows):
        raise Conflict("The data set is incomplete: rows or columns are missing.", fix="Upload the file again.")
    dataset.state, dataset.n_rows, dataset.columns, dataset.recipe = "ready", n_rows, columns, recipe
    dataset.target, dataset.bad_label = target, bad_label
    if replaces is not None:
        dataset.version, dataset.replaces_id, dataset.description = replaces.version + 1, replaces.id, replaces.description
        people = session.scalars(select(DatasetShare.user_id).where(DatasetShare.dataset_id == replaces.id)).all()
        session.add_all(DatasetShare(dataset_id=dataset.id, user_id=user_id) for user_id in people)


def discard(session: Session, dataset_id: str) -> None:
    """Removes every row of a data set that did not become ready. Absent: nothing to do. Raises Conflict for a ready one."""
    if session.get(Dataset, dataset_id) is None:
        return
    _pending(session, dataset_id)
    session.execute(delete_from(ColumnChunk).where(ColumnChunk.dataset_id == dataset_id))
    session.execute(delete_from(Dataset).where(Dataset.id == dataset_id, Dataset.state == "pending"))


def discard_stale(session: Session, older_than: datetime) -> int:
    """Removes what uploads left behind whose process died. Gives the number of data sets."""
    stale = session.scalars(select(Dataset.id).where(Dataset.state == "pending", Dataset.created_at < older_than)).all()
    for dataset_id in stale:
        discard(session, dataset_id)
    return len(stale)


def get(session: Session, user_id: int, dataset_id: str) -> Dataset:
    """A data set of one's own or shared with one. Raises NotFound."""
    dataset = session.scalar(select(Dataset).where(Dataset.id == dataset_id, may_see(user_id)))
    if dataset is None:
        raise NotFound("data set")
    return dataset


def is_visible(session: Session, user_id: int, dataset_id: str) -> bool:
    """Whether `get` would find it."""
    return session.scalar(select(Dataset.id).where(Dataset.id == dataset_id, may_see(user_id))) is not None


def owned(session: Session, user_id: int, dataset_id: str) -> Dataset:
    """A data set of one's own, held until the transaction ends. Raises NotFound, also for one that is only shared."""
    wanted = select(Dataset).where(Dataset.id == dataset_id, Dataset.owner_id == user_id, _usable())
    dataset = one_to_change(session, wanted, Dataset)
    if dataset is None:
        raise NotFound("data set")
    return dataset


def visible(session: Session, user_id: int) -> list[Dataset]:
    """Own and shared data sets, every version of them, newest first."""
    return list(session.scalars(select(Dataset).where(may_see(user_id)).order_by(Dataset.created_at.desc(), Dataset.id)))


def visible_with_counts(session: Session, user_id: int, *, every_version: bool = False) -> list[tuple[Dataset, int, int, bool]]:
    """Own and shared data sets, newest first, each with the number of its runs that the person may open, that of its shares, and
    whether there is a newer version; those are left out unless `every_version` is wanted.
    """
    n_runs = (
        select(func.count())
        .select_from(Run)
        .where(Run.dataset_id == Dataset.id, runs.may_see(user_id))
        .correlate(Dataset)
        .scalar_subquery()
    )
    n_shares = select(func.count()).where(DatasetShare.dataset_id == Dataset.id).scalar_subquery()
    wanted = select(Dataset, n_runs, n_shares, is_superseded(user_id)).where(may_see(user_id))
    if not every_version:
        wanted = wanted.where(~is_superseded(user_id))
    found = session.execute(wanted.order_by(Dataset.created_at.desc(), Dataset.id))
    return [(dataset, of_runs, of_shares, bool(superseded)) for dataset, of_runs, of_shares, superseded in found]


def newer_version(session: Session, user_id: int, dataset_id: str) -> str | None:
    """The version that replaces a data set, where the person may see it; of several the newest."""
    wanted = select(Dataset.id).where(Dataset.replaces_id == dataset_id, may_see(user_id))
    return session.scalar(wanted.order_by(Dataset.created_at.desc(), Dataset.id).limit(1))


def of_file(session: Session, user_id: int, sha256: str) -> list[Dataset]:
    """Own and shared data sets that were read from a file of this hash, newest first."""
    wanted = select(Dataset).where(may_see(user_id), Dataset.sha256 == sha256)
    return list(session.scalars(wanted.order_by(Dataset.created_at.desc(), Dataset.id)))


def names(session: Session, user_id: int) -> list[tuple[str, str, int, str]]:
    """Id, name, number of rows and all words of the newest versions of own and shared data sets, newest first, without the
    summaries of their columns.
    """
    wanted = select(Dataset.id, Dataset.name, Dataset.n_rows, Dataset.source, Dataset.description)
    wanted = wanted.where(may_see(user_id), ~is_superseded(user_id)).order_by(Dataset.created_at.desc(), Dataset.id)
    return [(row[0], row[1], row[2], f"{row[1]} {row[3]} {row[4]}") for row in session.execute(wanted)]


def count_visible(session: Session, user_id: int) -> int:
    """How many data sets there are to see, each counted once whatever the number of its versions."""
    wanted = select(func.count()).select_from(Dataset).where(may_see(user_id), ~is_superseded(user_id))
    return session.scalar(wanted) or 0


def rename(session: Session, *, owner_id: int, dataset_id: str, name: str) -> None:
    owned(session, owner_id, dataset_id).name = name


def describe(session: Session, *, owner_id: int, dataset_id: str, description: str) -> None:
    owned(session, owner_id, dataset_id).description = description


def set_columns(session: Session, *, owner_id: int, dataset_id: str, columns: list[dict[str, Any]]) -> None:
    """New roles and special codes; names, kinds and rows never change. Raises Conflict where they would."""
    dataset = owned(session, owner_id, dataset_id)
    fixed = [(column["name"], column.get("kind")) for column in dataset.columns]
    if [(column["name"], column.get("kind")) for column in columns] != fixed:
        raise Conflict("The columns of a data set never change.", fix="Upload a new version.")
    dataset.columns = columns


def dependents(session: Session, dataset_id: str) -> list[Run]:
    """The runs on a data set that the caller has been let see, newest first; not all of them are the caller's to open."""
    wanted = select(Run).where(Run.dataset_id == dataset_id, Run.deleted_at.is_(None))
    return list(session.scalars(wanted.order_by(Run.created_at.desc(), Run.id)))


def set_outcome(session: Session, *, owner_id: int, dataset_id: str, target: str | None, bad_label: str | None) -> None:
    """Remembers what to predict, as the proposal for the next run."""
    dataset = owned(session, owner_id, dataset_id)
    if target is not None:
        dataset_rows.column_indices(dataset, [target])
    dataset.target, dataset.bad_label = target, bad_label


def delete(session: Session, *, owner_id: int, dataset_id: str) -> None:
    """Hides the data set from everyone. Its rows stay, for the runs that were trained on them."""
    owned(session, owner_id, dataset_id).deleted_at = now()


def share(session: Session, *, owner_id: int, dataset_id: str, with_user_id: int) -> None:
    """Lets a colleague see the data set and train on it; sharing twice is sharing once."""
    dataset = owned(session, owner_id, dataset_id)
    colleague = users.get(session, with_user_id)
    if not colleague.active:
        raise NotFound("person")
    if with_user_id != owner_id:
        session.merge(DatasetShare(dataset_id=dataset.id, user_id=with_user_id))


def unshare(session: Session, *, owner_id: int, dataset_id: str, with_user_id: int) -> None:
    dataset = owned(session, owner_id, dataset_id)
    session.execute(delete_from(DatasetShare).where(DatasetShare.dataset_id == dataset.id, DatasetShare.user_id == with_user_id))


def shared_with(session: Session, dataset_id: str) -> list[User]:
    """The colleagues who may see a data set that the caller has been let see, by display name."""
    return list(
        session.scalars(
            select(User)
            .join(DatasetShare, DatasetShare.user_id == User.id)
            .where(DatasetShare.dataset_id == dataset_id)
            .order_by(User.display_name)
        )
    )


def may_see(user_id: int, of: type[Dataset] = Dataset) -> ColumnElement[bool]:
    """The condition on a data set that this person may see it."""
    is_shared = select(DatasetShare.dataset_id).where(DatasetShare.dataset_id == of.id, DatasetShare.user_id == user_id).exists()
    return _usable(of) & or_(of.owner_id == user_id, is_shared)


def is_superseded(user_id: int) -> ColumnElement[bool]:
    """The condition on a data set that there is a newer version which this person may see."""
    newer = aliased(Dataset)
    return select(newer.id).where(newer.replaces_id == Dataset.id, may_see(user_id, newer)).correlate(Dataset).exists()


def _usable(of: type[Dataset] = Dataset) -> ColumnElement[bool]:
    return (of.state == "ready") & of.deleted_at.is_(None)


def _pending(session: Session, dataset_id: str) -> Dataset:
    dataset = one_to_change(session, select(Dataset).where(Dataset.id == dataset_id), Dataset)
    if dataset is None:
        raise NotFound("data set")
    if dataset.state != "pending":
        raise Conflict("The data set is complete; it never changes.", fix="Upload a new one.")
    return dataset
