"""Workbooks (XLSX, XLSM, XLSB, XLS, ODS): one sheet becomes a text that is then read as any other.

The parts that matter are first checked and copied, so that the library that reads them meets none that is larger than it says,
names another file or holds a program. It reads in a process of its own (`sheet_reader`), which may die without taking us along.
"""

import json
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.errors import ReadingError, quoted
from pipeline.reading import archives
from pipeline.reading.findings import Repair
from pipeline.reading.recipe import Limits
from pipeline.reading.spool import FULL, Spool, no_space, spooled

OPENED_BYTES = 500_000_000  # what a workbook's parts may be, unpacked
_MEMORY = 1_500_000_000  # of the process that reads: some 80 bytes a cell, which are 1.2 GB for 500 MB of usual XML
_SECONDS = 300
_READER = Path(__file__).with_name("sheet_reader.py")
_PARTS = (".xml", ".rels", ".bin", "mimetype")
_NO_PARTS = ("/media/", "/embeddings/", "/externallinks/", "/printersettings/", "/pivotcache/", "vbaproject", "/activex/")
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")  # the name of a part of an XLSX with a password
_ERROR_CELLS = (b't="e"', b'value-type="error"')

# What holds for the text made of a sheet. Its numbers have a point, whatever marks the file's texts use.
FORCED: dict[str, Any] = {
    "container": "xlsx",
    "encoding": "utf-8",
    "delimiter": ",",
    "quote": '"',
    "escape": "",
    "skip_blanks": False,
    "wrapped": False,
    "decimal": ".",
}


@dataclass(frozen=True)
class SheetText:
    """A sheet as CSV in UTF-8: dates as ISO, whole numbers without a fraction, truth values as TRUE and FALSE."""

    copy: Spool
    sheet: str
    sheets: tuple[str, ...]
    repairs: tuple[Repair, ...]


def workbook_suffix(archive: zipfile.ZipFile) -> str:
    """The usual ending of the workbook that a zip archive is; "" where it is none."""
    names = {name.replace("\\", "/").lower() for name in archive.namelist()}
    if "xl/workbook.xml" in names:
        return ".xlsx"
    if "xl/workbook.bin" in names:
        return ".xlsb"
    if {"mimetype", "content.xml"} <= names:
        try:
            with archive.open("mimetype") as file:
                return ".ods" if b"opendocument.spreadsheet" in file.read(200) else ""
        except (*archives.DAMAGED, KeyError):
            return ""
    return ""


def read_sheet(path: Path, kind: str, filename: str, limits: Limits, sheet: str = "") -> SheetText:
    """Writes one sheet of a workbook as text.

    Parameters
    ----------
    path : Path
        The workbook, under any name.
    kind : str
        zip (XLSX, XLSM, XLSB, ODS) or ole (XLS), by its first bytes.
    filename : str
        Its name in messages.
    limits : Limits
        What is too much.
    sheet : str
        The sheet's name; "" is the first one that is not hidden.

    Raises
    ------
    ReadingError
        For a damaged, protected or too large workbook, an empty sheet, or a name that no sheet has.
    """
    book, error_cells = _copy_of_ole(path, filename) if kind == "ole" else _copy_of_parts(path, filename, limits)
    with spooled(filename, ".csv") as text:
        try:
            answer = _run_reader(book, sheet, text.path, archives.most_unpacked(path.stat().st_size, limits))
        finally:
            book.remove()
        names = tuple(answer.get("sheets", ()))
        if "refused" in answer:
            raise _refusal(answer, filename, sheet, names)
    repairs = []
    if len(names) > 1:
        first = "" if sheet else ", the first"
        repairs.append(Repair("sheet", f"Sheet '{answer['sheet']}' was read{first} of {len(names)}", f"({quoted(names)})"))
    if error_cells:
        told = f"The workbook holds {error_cells:,} cell(s) with an error such as #N/A"
        repairs.append(Repair("error_cells", told, "that count as missing"))
    return SheetText(text, answer["sheet"], names, tuple(repairs))


def _copy_of_ole(path: Path, filename: str) -> tuple[Spool, int]:
    if path.stat().st_size > OPENED_BYTES:
        raise _too_large(filename)
    end = b""
    with spooled(filename, ".xls") as copy, path.open("rb") as file:
        while block := file.read(1 << 20):
            if _ENCRYPTED in end + block:
                raise _protected(filename)
            end = block[-len(_ENCRYPTED) :]
            copy.file.write(block)
    return copy, 0


def _copy_of_parts(path: Path, filename: str, limits: Limits) -> tuple[Spool, int]:
    """The parts that are read, with the sizes that they say they have, and how many cells hold an error."""
    with path.open("rb") as file, archives.contents(file, filename) as archive:
        suffix = workbook_suffix(archive)
        if not suffix:
            raise archives.nested(filename)
        parts = {entry.filename: entry for entry in archive.infolist() if _matters(entry.filename)}
        for entry in parts.values():
            archives.refuse_unreadable(entry, filename)
        size = sum(entry.file_size for entry in parts.values())
        if size > OPENED_BYTES:
            raise _too_large(filename)
        archives.refuse_growth(size, path.stat().st_size, filename, limits)
        n_errors = 0
        with spooled(filename, suffix) as copy, zipfile.ZipFile(copy.file, "w") as out:
            for name, entry in parts.items():
                try:
                    with archive.open(entry) as part, out.open(name, "w") as target:
                        while block := part.read(1 << 20):
                            n_errors += sum(map(block.count, _ERROR_CELLS))
                            target.write(block)
                except archives.DAMAGED:
                    raise archives.damaged(filename, "workbook") from None
    return copy, n_errors


def _matters(name: str) -> bool:
    lower = "/" + name.replace("\\", "/").lower()
    return lower.endswith(_PARTS) and not any(part in lower for part in _NO_PARTS)


def _run_reader(book: Spool, sheet: str, out: Path, most_bytes: int) -> dict[str, Any]:
    limits = map(str, (most_bytes, _MEMORY, _SECONDS))
    command = [sys.executable, "-I", str(_READER), str(book.path), sheet, str(out), *limits]
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=3 * _SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return {"refused": "time"}
    if done.returncode == 0:
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer
    return {"refused": {-6: "memory", -9: "memory", -24: "time"}.get(done.returncode, "damaged")}


def _refusal(answer: dict[str, Any], filename: str, sheet: str, names: tuple[str, ...]) -> ReadingError:
    why = answer["refused"]
    if why == "disk" and answer["errno"] in FULL:
        return no_space(filename)
    if why == "sheet":
        fix = f"Choose one of {quoted(names, 20)}."
        return ReadingError("sheet", f"'{filename}' has no sheet '{sheet}'.", fix=fix, sheets=names)
    if why == "empty":
        others = [name for name in names if name != answer["sheet"]]
        fix = f"Choose another sheet: {quoted(others, 20)}." if others else "Export the table again and check that it holds rows."
        return ReadingError("empty", f"The sheet '{answer['sheet']}' of '{filename}' is empty.", fix=fix, sheets=names)
    if why == "encrypted":
        return _protected(filename)
    if why == "no_workbook":
        fix = "Save the table as CSV or XLSX, and take that file."
        return ReadingError("binary", f"'{filename}' is a file of an office program, but no workbook.", fix=fix)
    if why in {"memory", "time"}:
        told = f"The sheet of '{filename}' spans too many rows and columns to be read as a workbook."
        return ReadingError("too_large", told, fix="Delete what lies far outside of the table, or save the sheet as CSV.")
    if why == "too_long":
        told = f"The sheet of '{filename}' becomes a text that is far larger than the workbook, as no table does."
        return ReadingError("bomb", told, fix="Save the sheet as CSV, look into it, and take that file.")
    return archives.damaged(filename, "workbook")


def _protected(filename: str) -> ReadingError:
    fix = "Open it, save it without a password, and take that file."
    return ReadingError("encrypted", f"'{filename}' is protected by a password.", fix=fix)


def _too_large(filename: str) -> ReadingError:
    told = f"'{filename}' is a workbook of more than {OPENED_BYTES // 1_000_000:,} MB when it is unpacked."
    return ReadingError("too_large", told, fix="Save the sheet as CSV, which may have any size.")
