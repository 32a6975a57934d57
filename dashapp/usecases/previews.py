"""The first rows of an upload as they will be read."""

import csv
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from dashapp.usecases.desk import Desk
from dashapp.usecases.errors import NotFound
from dashapp.usecases.findings import Findings
from dashapp.usecases.upload_files import beginning_of_upload, limits_of
from db.tables import Upload
from pipeline.errors import ReadingError, Stopped
from pipeline.reading.recipe import Recipe

if TYPE_CHECKING:
    from pipeline.reading.peek import Peek

ROWS = 50


@dataclass(frozen=True)
class Preview:
    """At most 50 rows, as texts, None where missing. `problem` is what keeps them, or those after them, from being read."""

    names: tuple[str, ...]
    kinds: tuple[str, ...]
    rows: tuple[tuple[str | None, ...], ...]
    first_line: int  # of the file, on which the first row begins
    problem: tuple[str, str] | None


def preview(desk: Desk, upload: Upload) -> Preview:
    from pipeline.reading.peek import peek

    recipe = Recipe.from_json(upload.recipe or {})
    try:
        with beginning_of_upload(desk.db, upload) as (path, complete):
            found = peek(
                path, filename=upload.filename, recipe=recipe, limits=limits_of(desk.settings), rows=ROWS, complete=complete
            )
    except Stopped:  # discarded or saved in the meantime
        raise NotFound("upload") from None
    problem = (found.problem.message, found.problem.fix) if found.problem is not None else None
    first_line = found.line_numbers[0] if found.line_numbers else 1
    return Preview(found.names, _kinds(upload, recipe, found), found.rows, first_line, problem)


def _kinds(upload: Upload, recipe: Recipe, found: "Peek") -> tuple[str, ...]:
    """As all rows say, where they were looked at, else as these few do."""
    findings = Findings.from_json(upload.findings) if upload.findings is not None else None
    known = {column.name: column.kind for column in findings.columns} if findings is not None else {}
    if not set(found.names) <= known.keys() and found.rows:
        known = {**_guessed(recipe, found), **known}
    return tuple(known.get(name, "text") for name in found.names)


def _guessed(recipe: Recipe, found: "Peek") -> dict[str, str]:
    """The kinds that reading finds in the rows of the preview, written as a plain text."""
    from pipeline import reading

    gap = recipe.missing[0] if recipe.missing else ""
    plain = Recipe(
        missing=recipe.missing,
        decimal=recipe.decimal,
        thousands=recipe.thousands,
        dates=recipe.dates,
        blank_columns="keep",
        kinds={name: kind for name, kind in recipe.kinds.items() if name in found.names},
    )
    with TemporaryDirectory(prefix="scoredesk-") as folder:
        path = Path(folder) / "rows.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, quoting=csv.QUOTE_ALL)
            writer.writerow(found.names)
            writer.writerows([gap if cell is None else cell for cell in row] for row in found.rows)
        try:
            table = reading.check_and_open(path, filename=path.name, recipe=plain)
        except ReadingError:
            return {}
    return {name: column.kind for name, column in zip(found.names, table.columns, strict=False)}
