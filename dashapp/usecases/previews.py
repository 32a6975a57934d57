"""The first rows of an upload as they will be read."""

import csv
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from dashapp.usecases.desk import Desk
from dashapp.usecases.errors import NotFound
from dashapp.usecases.upload_files import beginning_of_upload, limits_of
from db.tables import Upload
from pipeline.errors import ReadingError, Stopped
from pipeline.levels import number_text
from pipeline.reading.recipe import Limits, Recipe

if TYPE_CHECKING:
    import pyarrow as pa

    from pipeline.reading.peek import Peek
    from pipeline.reading.table_file import TableFile

ROWS = 50
_CONVERTED = {"number", "date"}


@dataclass(frozen=True)
class Preview:
    """At most 50 rows. `problem` is what keeps them, or those after them, from being read."""

    names: tuple[str, ...]
    kinds: tuple[str, ...]
    rows: tuple[tuple[str | None, ...], ...]  # values: numbers with a point, dates as ISO, None where missing
    first_line: int  # of the file, on which the first row begins
    problem: tuple[str, str] | None
    cells: tuple[tuple[str | None, ...], ...] = ()  # the same as the file has them, None where a mark says missing


def preview(desk: Desk, upload: Upload, known: Mapping[str, str], *, only: Collection[str] | None) -> Preview:
    """`known`: the kinds that all rows have, where they were looked at. `only`: the columns that are wanted, None for all."""
    from pipeline.reading.peek import peek

    recipe = Recipe.from_json(upload.recipe or {})
    try:
        with beginning_of_upload(desk.db, upload) as (path, complete):
            found = peek(
                path, filename=upload.filename, recipe=recipe, limits=limits_of(desk.settings), rows=ROWS, complete=complete
            )
    except Stopped:  # discarded or saved in the meantime
        raise NotFound("upload") from None
    found = found if only is None else _part(found, only)
    problem = (found.problem.message, found.problem.fix) if found.problem is not None else None
    first_line = found.line_numbers[0] if found.line_numbers else 1
    kinds, rows = _as_read(found, recipe, known)
    return Preview(found.names, kinds, rows, first_line, problem, found.rows)


def _part(found: "Peek", only: Collection[str]) -> "Peek":
    wanted = set(only)
    at = [place for place, name in enumerate(found.names) if name in wanted]
    rows = tuple(tuple(row[place] for place in at) for row in found.rows)
    return replace(found, names=tuple(found.names[place] for place in at), rows=rows)


def _as_read(
    found: "Peek", recipe: Recipe, known: Mapping[str, str]
) -> tuple[tuple[str, ...], tuple[tuple[str | None, ...], ...]]:
    """The kinds of the columns, and their values: as all rows say where they were looked at, else as these few do."""
    if set(found.names) <= known.keys():
        wanted = {name: known[name] if known[name] in _CONVERTED else "text" for name in found.names} | recipe.kinds
    else:
        wanted, known = recipe.kinds, {}
    table = _table_of(found, recipe, wanted) if found.rows else None
    if table is None:
        return tuple(known.get(name, "text") for name in found.names), found.rows
    read = [list(_texts(values)) for values in table.table().columns[1:]]
    rows = tuple(
        tuple(None if cell is None else read[at][number] for at, cell in enumerate(row)) for number, row in enumerate(found.rows)
    )
    kinds = [column.kind for column in table.columns[1:]]
    return tuple(known.get(name, kind) for name, kind in zip(found.names, kinds, strict=True)), rows


def _table_of(found: "Peek", recipe: Recipe, kinds: Mapping[str, str]) -> "TableFile | None":
    """The cells read as a plain text that has them; None where that goes wrong.

    The columns go by their places, as names may be anything; a column of row numbers before them keeps blank rows.
    """
    from pipeline import reading

    places = [f"column {at}" for at in range(len(found.names))]
    plain = Recipe(
        missing=recipe.missing,
        decimal=recipe.decimal,
        thousands=recipe.thousands,
        dates=recipe.dates,
        blank_columns="keep",
        kinds={place: kinds[name] for place, name in zip(places, found.names, strict=True) if name in kinds},
    )
    gap = recipe.missing[0] if recipe.missing else ""
    with TemporaryDirectory(prefix="scoredesk-") as folder:
        path = Path(folder) / "rows.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, quoting=csv.QUOTE_ALL)
            writer.writerow(["row", *places])
            writer.writerows(_with_numbers(found.rows, gap))
        try:
            table = reading.check_and_open(path, filename=path.name, recipe=plain, limits=Limits(columns=len(places) + 1))
        except ReadingError:
            return None
    return table if table.n_rows == len(found.rows) and len(table.columns) == len(places) + 1 else None


def _with_numbers(rows: Sequence[Sequence[str | None]], gap: str) -> Iterable[list[str]]:
    for number, row in enumerate(rows, start=1):
        yield [str(number), *(gap if cell is None else cell for cell in row)]


def _texts(values: "pa.ChunkedArray") -> Iterable[str | None]:
    """Values as they are written on a screen."""
    return (None if value is None else _text(value) for value in values.to_pylist())


def _text(value: Any) -> str:
    if isinstance(value, int | float):
        return number_text(value)
    return value if isinstance(value, str) else str(value)
