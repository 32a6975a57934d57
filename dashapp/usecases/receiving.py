"""A file arrives: it is kept in pieces and looked at for the first time, or refused with nothing kept."""

import hashlib
from dataclasses import replace
from pathlib import Path

from dashapp.usecases import examining
from dashapp.usecases.datasets import clean_name
from dashapp.usecases.desk import Desk
from dashapp.usecases.findings import Choices
from dashapp.usecases.rights import check_maker
from dashapp.usecases.upload_files import beginning_of, limits_of
from db import audit, datasets, uploads
from pipeline.reading.recipe import Recipe

# What no recipe mends: such a file is refused at once, and nothing of it is kept.
_HOPELESS = {
    "empty", "header_only", "binary", "markup", "archive", "damaged", "encrypted", "bomb", "too_large", "no_column", "encoding",
    "space",
}  # fmt: skip


def receive(desk: Desk, path: Path, *, filename: str, replaces: str | None = None) -> str:
    """Keeps the file in pieces, looks at it, and gives the upload's id. `replaces`: a data set of the user's.

    Raises ReadingError, and keeps nothing, for a file that no recipe can make a table of.
    """
    from pipeline.reading.peek import peek

    filename = "".join(letter for letter in filename if letter.isprintable())[-300:] or "data"
    recipe, choices = _first_choices(desk, filename, replaces)
    check_maker(desk)
    with beginning_of(path) as (beginning, complete):
        first = peek(beginning, filename=filename, limits=limits_of(desk.settings), rows=1, complete=complete)
        packed = "" if beginning == path else _packed(path)
    if first.problem is not None and first.problem.kind in _HOPELESS and len(first.sheets) < 2:
        raise first.problem
    detected = replace(first.recipe, compression=packed or first.recipe.compression)
    if first.sheets:
        detected, choices = replace(detected, container="xlsx"), replace(choices, sheets=first.sheets)
    upload_id = _keep(desk, path, filename, choices, recipe or detected, detected)
    examining.start(desk, upload_id)
    return upload_id


def _first_choices(desk: Desk, filename: str, replaces: str | None) -> tuple[Recipe | None, Choices]:
    """The recipe and the choices of the data set that is replaced, or none and the file's name."""
    if replaces is None:
        return None, Choices(name=clean_name(Path(filename).stem or "Data set")[:200], provisional=True)
    with desk.db.read() as session:
        before = datasets.owned(session, desk.user.id, replaces)
    codes = {column["name"]: dict(map(tuple, column["codes"])) for column in before.columns if column.get("codes")}
    roles = {column["name"]: column["role"] for column in before.columns if column.get("role", "target") != "target"}
    recipe = Recipe.from_json(before.recipe) if "format" in before.recipe else None
    return recipe, Choices(
        name=before.name,
        target=before.target,
        bad_label=before.bad_label,
        roles=roles,
        codes=codes,
        replaces=before.id,
        outcome_chosen=before.target is not None,
        provisional=recipe is None,
    )


def _packed(path: Path) -> str:
    with path.open("rb") as file:
        return {b"\x1f\x8b": "gzip", b"PK": "zip"}.get(file.read(2), "")


def _keep(desk: Desk, path: Path, filename: str, choices: Choices, recipe: Recipe, detected: Recipe) -> str:
    """Stores the file in pieces; all of them, or none."""
    with desk.db.write() as session:
        upload_id = uploads.begin(session, owner_id=desk.user.id, filename=filename, choices=choices.to_json()).id
    digest, n_bytes = hashlib.sha256(), 0
    try:
        with path.open("rb") as file:
            for index, data in enumerate(iter(lambda: file.read(uploads.PIECE), b"")):
                digest.update(data)
                n_bytes += len(data)
                with desk.db.write() as session:
                    uploads.add_piece(session, upload_id=upload_id, index=index, data=data)
        with desk.db.write() as session:
            uploads.finish(
                session,
                upload_id=upload_id,
                n_bytes=n_bytes,
                sha256=digest.hexdigest(),
                recipe=recipe.to_json(),
                detected=detected.to_json(),
            )
            audit.record(
                session,
                user_id=desk.user.id,
                action="received",
                object_kind="upload",
                object_id=upload_id,
                file=filename,
                sha256=digest.hexdigest(),
            )
    except BaseException:
        with desk.db.write() as session:
            uploads.discard(session, [upload_id])
        raise
    return upload_id
