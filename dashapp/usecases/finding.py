"""Finding applicants: a page of the rows that a filter wants, the neighbours of one, and one at random."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dashapp.usecases.desk import Desk
from dashapp.usecases.filters import EVERY, Filter
from dashapp.usecases.findings import summaries
from dashapp.usecases.predictions import predictions
from dashapp.usecases.row_parts import rows_said
from dashapp.usecases.rows import some
from dashapp.usecases.runs import RunView
from dashapp.usecases.wanted_rows import dataset_of, model_of, part_of, rows_of
from db import runs
from db.engine import Database
from pipeline.explain_results import Value

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from db.tables import Dataset
    from pipeline.model import FittedModel
    from pipeline.scores.row_scores import RowClasses

    Rows = NDArray[np.intp]

ON_A_PAGE = 20


@dataclass(frozen=True)
class Row:
    """A row of the list; what is not known, or not there for so many classes, is None.

    `score` is the probability of bad; with three classes and more that of `predicted`, the most probable one.
    """

    number: int  # from 0
    part: str | None
    score: float | None
    values: tuple[Value, ...]
    is_bad: bool | None = None  # of two classes
    came: str | None = None  # of three and more
    predicted: str | None = None


@dataclass(frozen=True)
class Found:
    """A page of the rows that a filter wants; `columns` are those of the rows' values."""

    n_rows: int  # that the filter wants
    n_all: int  # of the part that it looks at
    part: str  # held_out, validation, training or all
    page: int  # from 1
    n_pages: int
    columns: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Place:
    """Where a row stands among those that a filter wants, from 1, and its neighbours; None where there are none."""

    at: int | None
    n_rows: int
    before: int | None
    after: int | None


def matching(desk: Desk, view: RunView, wanted: Filter) -> "Rows":
    """Numbers (from 0) of the rows that a filter wants, in its order.

    Raises NotFound for a run that is not the user's to see, Refused where they see it without its rows, and InvalidSpec for a
    condition that does not fit its column or a filter that does not fit the run.
    """
    return rows_of(desk.db, desk.user.id, view.id, wanted)


def page_of(desk: Desk, view: RunView, wanted: Filter, page: int, columns: tuple[str, ...] = ()) -> Found:
    """A page of the rows that a filter wants, with these columns of the data set; one past the end is the last. As `matching`."""
    import numpy as np

    from pipeline.scores.row_scores import PARTS

    found = matching(desk, view, wanted)
    n_pages = max(-(-len(found) // ON_A_PAGE), 1)
    page = min(max(page, 1), n_pages)
    numbers = found[(page - 1) * ON_A_PAGE : page * ON_A_PAGE]
    with desk.db.read() as session:
        run = runs.get(session, desk.user.id, view.id)
        dataset = dataset_of(session, desk.user.id, run)
        said = rows_said(session, desk.user.id, run)
        model = model_of(run) if view.spec.bad_label is None else None
        known = {column["name"] for column in dataset.columns}
    columns = tuple(name for name in columns if name in known)
    part = part_of(wanted, said)
    ascending = np.sort(numbers)
    told = _told(desk.db, dataset, said, model, ascending)
    rows = {
        number: Row(number, values=values, **more)
        for number, values, more in zip(ascending.tolist(), _values(desk.db, dataset, ascending, columns), told, strict=True)
    }
    return Found(
        n_rows=len(found),
        n_all=dataset.n_rows if part == EVERY else int((said.part == PARTS.index(part)).sum()),
        part=part,
        page=page,
        n_pages=n_pages,
        columns=columns,
        rows=tuple(rows[number] for number in numbers.tolist()),
    )


def place_of(desk: Desk, view: RunView, wanted: Filter, row: int) -> Place:
    """Where a row stands among those that a filter wants. As `matching`."""
    import numpy as np

    found = matching(desk, view, wanted)
    at = np.flatnonzero(found == row)
    if not len(at):
        return Place(None, len(found), None, None)
    i = int(at[0])
    before = int(found[i - 1]) if i else None
    return Place(i + 1, len(found), before, int(found[i + 1]) if i + 1 < len(found) else None)


def one_at_random(desk: Desk, view: RunView, wanted: Filter) -> int | None:
    """A row that a filter wants; None where it wants none. As `matching`."""
    import secrets

    found = matching(desk, view, wanted)
    return int(found[secrets.randbelow(len(found))]) if len(found) else None


def parts_there(view: RunView) -> tuple[str, ...]:
    """Parts that the run has rows in, the one that the list begins with first."""
    if view.result is None:
        return (EVERY,)
    data = view.result.data
    there = tuple(name for name, n_rows in (("validation", data.n_validation), ("training", data.n_train)) if n_rows)
    return ("held_out", *there, EVERY) if data.n_test else (EVERY, *there)


def columns_there(desk: Desk, view: RunView) -> tuple[str, ...]:
    """Columns to find by, in the order of the file. As `matching`."""
    with desk.db.read() as session:
        dataset = dataset_of(session, desk.user.id, runs.get(session, desk.user.id, view.id))
        return tuple(column["name"] for column in dataset.columns)


def levels_there(desk: Desk, view: RunView, column: str) -> tuple[str, ...]:
    """The most frequent values of a column, at most 50; of a number those of one with few values. As `matching`."""
    with desk.db.read() as session:
        found = summaries(dataset_of(session, desk.user.id, runs.get(session, desk.user.id, view.id)))
    return next((tuple(level for level, _ in one.levels) for one in found if one.name == column), ())


def _told(
    db: Database, dataset: "Dataset", said: "RowClasses", model: "FittedModel | None", rows: "Rows"
) -> list[dict[str, Any]]:
    """What the run says of some rows, given by ascending numbers, as arguments of `Row`."""
    from pipeline.scores.row_scores import PARTS

    parts = [PARTS[part] if part >= 0 else None for part in said.part[rows].tolist()]
    classes = said.classes[rows].tolist()
    if model is None:
        scores = [None] * len(rows) if said.score is None else said.score[rows].tolist()
        return [
            {"part": part, "is_bad": place == 1 if place >= 0 else None, "score": score if score == score else None}
            for part, place, score in zip(parts, classes, scores, strict=True)
        ]
    found, labels = predictions(db, dataset, model, rows), model.labels
    return [
        {"part": part, "came": labels[came] if came >= 0 else None, "predicted": labels[place], "score": chance}
        for part, came, place, chance in zip(parts, classes, found.places.tolist(), found.chances.tolist(), strict=True)
    ]


def _values(db: Database, dataset: "Dataset", rows: "Rows", columns: tuple[str, ...]) -> list[tuple[Value, ...]]:
    """These columns of some rows, given by ascending numbers."""
    if not columns:
        return [() for _ in rows]
    return [
        cells
        for table, _ in some(db, dataset, columns, rows)
        for cells in zip(*(_plain(one) for one in table.columns), strict=True)
    ]


def _plain(values: Any) -> list[Value]:
    return [one if one is None or isinstance(one, int | float | str) else str(one) for one in values.to_pylist()]
