"""What a file is wrapped in: gzip, zip, a workbook. It is told by the content, and unpacked to temporary files within limits."""

import hashlib
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pipeline.errors import ReadingError
from pipeline.reading import archives
from pipeline.reading.findings import Repair
from pipeline.reading.recipe import Limits, Recipe
from pipeline.reading.signatures import recognise, refuse_what_is_no_text
from pipeline.reading.spool import Spool
from pipeline.reading.workbook import FORCED, read_sheet, workbook_suffix

_HEAD = 1 << 16


@dataclass(frozen=True)
class Unpacked:
    """A text or a Parquet file, and what had to be unwrapped to get at it.

    `path` is the file itself, or a temporary copy that goes when this object goes. `sha256` is of the file as it was received;
    it is "" for a plain text, which is hashed while it is looked through. `forced` are the fields of the recipe that hold for
    what is in `path`, whatever was detected or asked for.
    """

    container: str  # text or parquet
    path: Path
    n_bytes: int  # of the file as it was received
    sha256: str = ""
    repairs: tuple[Repair, ...] = ()
    compression: str = ""  # "", gzip or zip
    member: str = ""  # the name of what a zip holds
    sheet: str = ""
    sheets: tuple[str, ...] = ()
    forced: Mapping[str, Any] = field(default_factory=dict)
    held: Spool | None = None  # keeps `path` alive where it is a temporary copy


def unpack(path: Path, filename: str, limits: Limits, recipe: Recipe | None = None) -> Unpacked:
    """Unwraps a file as far as a text or a Parquet file; of the recipe only `sheet` counts.

    Raises ReadingError for what is no file, is damaged, encrypted or too large, or holds another number of tables than one.
    """
    found = path.stat()
    if not stat.S_ISREG(found.st_mode):
        what = "a folder" if stat.S_ISDIR(found.st_mode) else "a pipe or a device"
        raise ReadingError("not_a_file", f"'{filename}' is {what}, not a file.", fix="Name the file that holds the table.")
    kind = _kind(path, filename)
    plain = Unpacked("text", path, found.st_size, forced={"container": "text", "compression": "", "sheet": ""})
    if kind == "text":
        return plain
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    inner = _out_of_archive(replace(plain, sha256=digest), kind, filename, limits)
    try:
        return _out_of_workbook(inner, filename, limits, recipe.sheet if recipe else "")
    except BaseException:
        if inner.held is not None:
            inner.held.remove()
        raise


def _kind(path: Path, filename: str) -> str:
    with path.open("rb") as file:
        head = file.read(_HEAD)
    kind = recognise(head)
    if kind in {"", "text"}:
        refuse_what_is_no_text(head, filename)
    return kind


def _out_of_archive(packed: Unpacked, kind: str, filename: str, limits: Limits) -> Unpacked:
    """What a gzip or zip file holds; anything else as it is."""
    with packed.path.open("rb") as file:
        if kind == "gzip":
            copy = archives.ungzip(file, packed.n_bytes, filename, limits)
            member, said = "", f"'{filename}' was unpacked from gzip"
        elif kind == "zip" and not workbook_suffix(archives.contents(file, filename)):
            copy, member = archives.unzip(file, filename, limits)
            said = f"'{member}' was unpacked from a zip archive"
        else:
            return packed
    return replace(
        packed,
        path=copy.path,
        held=copy,
        compression=kind,
        member=member,
        repairs=(Repair("unpacked", said),),
        forced={**packed.forced, "compression": kind},
    )


def _out_of_workbook(packed: Unpacked, filename: str, limits: Limits, sheet: str) -> Unpacked:
    """A sheet of a workbook as a text; a text or a Parquet file as it is."""
    kind = _kind(packed.path, filename)
    if kind == "parquet":
        return replace(packed, container="parquet", forced={**packed.forced, "container": "parquet"})
    if kind == "text":
        return packed
    found = read_sheet(packed.path, kind, filename, limits, sheet)
    return replace(
        packed,
        path=found.copy.path,
        held=found.copy,
        repairs=(*packed.repairs, *found.repairs),
        sheet=found.sheet,
        sheets=found.sheets,
        forced={**packed.forced, **FORCED, "sheet": found.sheet},
    )
