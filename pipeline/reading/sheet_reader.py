"""Run as a program of its own: writes one sheet of a workbook as CSV, under limits of memory and time.

A sheet is held in memory as a full rectangle by the library that reads it, and a cell far out ends the process that asked for
it; so that process is this one. The answer is one JSON object on standard output.
"""

import csv
import datetime
import errno
import json
import resource
import sys
from typing import Any, TextIO

from python_calamine import (
    CalamineError,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)


def main(path: str, wanted: str, out: str) -> dict[str, Any]:
    try:
        with CalamineWorkbook.from_path(path) as book, open(out, "w", encoding="utf-8", newline="") as file:
            return _read(book, wanted, file)
    except PasswordError:
        return {"refused": "encrypted"}
    except CalamineError as error:
        told = str(error).lower()
        return {"refused": "encrypted" if "password" in told else "no_workbook" if "find workbook" in told else "damaged"}
    except MemoryError:
        return {"refused": "memory"}
    except OSError as error:
        return {"refused": "too_long" if error.errno == errno.EFBIG else "disk", "errno": error.errno}


def _read(book: CalamineWorkbook, wanted: str, file: TextIO) -> dict[str, Any]:
    tables = [sheet for sheet in book.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]
    names = [sheet.name for sheet in tables]
    if wanted and wanted not in names:
        return {"refused": "sheet", "sheets": names}
    visible = [sheet.name for sheet in tables if sheet.visible == SheetVisibleEnum.Visible]
    chosen = wanted or next(iter(visible or names), "")
    writer = csv.writer(file, lineterminator="\n")
    empty = True
    for row in book.get_sheet_by_name(chosen).iter_rows() if chosen else ():
        cells = [_cell(value) for value in row]
        filled = any(cells)
        empty = empty and not filled
        writer.writerow(cells if filled else [])
    found = {"sheets": names, "sheet": chosen}
    return {**found, "refused": "empty"} if empty else found


def _cell(value: Any) -> str:
    """A value as text that is read back as what it is; errors such as #N/A come as ""."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime.datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, datetime.timedelta):
        minutes, seconds = divmod(round(value.total_seconds()), 60)
        return f"{minutes // 60}:{minutes % 60:02d}:{seconds:02d}"
    return str(value)  # whole numbers, dates and times of the day


if __name__ == "__main__":
    path, wanted, out, most_bytes, memory, seconds = sys.argv[1:]
    for limit, value in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, most_bytes),
        (resource.RLIMIT_CORE, "0"),
    ):
        hard = resource.getrlimit(limit)[1]
        most = int(value) if hard == resource.RLIM_INFINITY else min(int(value), hard)
        resource.setrlimit(limit, (most, most))
    print(json.dumps(main(path, wanted, out)))
