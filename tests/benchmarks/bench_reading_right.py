"""How many ugly files are read right, with nothing said beforehand: ours beside DuckDB, CleverCSV, pandas and Arrow.

The files are those of tests/pipeline/test_messy.py, with outcomes written by hand, and of tests/pipeline/pollution.py. A file is
read right when all its cells are (where the outcome names some of them, those), with the number of rows and columns and the names
of the header; names that a reader makes up are not compared, and a short row may end in blanks or in missing cells. A file that
should be refused is right when the reader refuses it. Two readers are ours with the dialect that a peer detects.
"""

import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

import clevercsv  # noqa: E402
import duckdb  # noqa: E402
import pandas as pd  # noqa: E402
import pyarrow.csv as pacsv  # noqa: E402

from pipeline.reading import check_and_open  # noqa: E402
from pipeline.reading.records import Dialect  # noqa: E402
from tests.pipeline.pollution import polluted  # noqa: E402
from tests.pipeline.test_messy import OUTCOMES, Refused  # noqa: E402

MESSY = ROOT.parent / "shared" / "data" / "messy"
Table = tuple[list[str], list[list[str]]]
MADE_UP = {"header", "header_names", "row_names", "ragged"}  # repairs by which a reader has to make up names


@dataclass(frozen=True)
class File:
    path: Path
    right: Callable[[Table | None], bool]


def ours(path: Path) -> Table:
    table = check_and_open(path, filename=path.name)
    rows = [list(row) for batch in table.text_batches() for row in zip(*(c.to_pylist() for c in batch.columns), strict=True)]
    return [column.name for column in table.columns], rows


def with_dialect(detect: Callable[[Path], Dialect]) -> Callable[[Path], Table]:
    def detected(lines: list[str]) -> Dialect:
        with tempfile.NamedTemporaryFile("w", suffix=".csv", newline="", encoding="utf-8") as file:
            file.writelines(lines)
            file.flush()
            return detect(Path(file.name))

    def read(path: Path) -> Table:
        with patch("pipeline.reading.detection.detect", detected):
            return ours(path)

    return read


def duckdb_dialect(path: Path) -> Dialect:
    with duckdb.connect() as connection:  # one of its own, since a failure can leave it unusable
        found = connection.execute("select Delimiter, Quote, Escape from sniff_csv(?)", [str(path)]).fetchone()
    delimiter, quote, escape = ("" if mark in {"(empty)", "\0"} else mark for mark in found)
    return Dialect(delimiter or ";", quote, "" if escape == quote else escape)


def clevercsv_dialect(path: Path) -> Dialect:
    clevercsv.field_size_limit(1 << 24)  # it keeps the length of the last file that it has looked at
    found = clevercsv.Detector().detect(path.read_text(encoding="utf-8"))
    return Dialect(found.delimiter or ";", found.quotechar, found.escapechar)


def clevercsv_table(path: Path) -> Table:
    clevercsv.field_size_limit(1 << 24)
    names, *rows = clevercsv.read_table(str(path))
    return names, rows


def duckdb_table(path: Path) -> Table:
    with duckdb.connect() as connection:
        found = connection.read_csv(str(path), all_varchar=True)
        return found.columns, [["" if cell is None else cell for cell in row] for row in found.fetchall()]


def pandas_table(path: Path) -> Table:
    frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    return [str(name) for name in frame.columns], frame.to_numpy(dtype=object).tolist()


def arrow_table(path: Path) -> Table:
    names = pacsv.open_csv(path).schema.names
    kept = pacsv.ConvertOptions(column_types=dict.fromkeys(names, "string"), strings_can_be_null=False)
    table = pacsv.read_csv(path, convert_options=kept)
    return names, [list(row) for row in zip(*(column.to_pylist() for column in table.columns), strict=True)]


READERS = {
    "ours": ours,
    "ours, dialect by DuckDB": with_dialect(duckdb_dialect),
    "ours, dialect by CleverCSV": with_dialect(clevercsv_dialect),
    f"DuckDB {duckdb.__version__}": duckdb_table,
    f"CleverCSV {clevercsv.__version__}": clevercsv_table,
    f"pandas {pd.__version__}": pandas_table,
    "pyarrow": arrow_table,
}


def _plain(rows: list[list[str | None]]) -> list[list[str]]:
    return [["" if cell is None or cell != cell else str(cell) for cell in row] for row in rows]


def messy_files() -> Iterator[File]:
    for name, outcome in OUTCOMES.items() if MESSY.is_dir() else ():

        def right(found: Table | None, outcome=outcome) -> bool:
            if found is None or isinstance(outcome, Refused):
                return found is None and isinstance(outcome, Refused)
            names, rows = found
            wanted = outcome.names.split("|")
            if len(rows) != outcome.n_rows or len(names) != len(wanted):
                return False
            cells = {(k, wanted.index(column)): text or "" for (k, column), text in outcome.cells.items()}
            named = MADE_UP & set(outcome.repairs) or [name.strip() for name in names] == wanted or "\n" in "".join(names)
            return bool(named) and all((rows[k][column] or "") == text for (k, column), text in cells.items())

        yield File(MESSY / name, right)


def polluted_files(folder: Path) -> Iterator[File]:
    for k, case in enumerate(polluted()):
        path = folder / f"{k}.csv"
        path.write_bytes(case.text.encode(case.encoding))

        def right(found: Table | None, case=case) -> bool:
            if found is None or case.refused:
                return found is None and bool(case.refused)
            names, rows = found
            return bool(MADE_UP & case.repairs or list(names) == case.names) and _plain(rows) == _plain(case.rows)

        yield File(path, right)


def _found(read: Callable[[Path], Table], path: Path) -> Table | None:
    try:
        return read(path)
    except Exception:  # noqa: BLE001 - whatever a reader raises is its refusal
        return None


def main() -> None:
    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as folder:
        collections = {"messy": list(messy_files()), "polluted": list(polluted_files(Path(folder)))}
        total = sum(map(len, collections.values()))
        print(f"{'reader':28}", *(f"{name:>12}" for name in collections), f"{'all':>12}")
        for reader, read in READERS.items():
            n = [sum(file.right(_found(read, file.path)) for file in files) for files in collections.values()]
            shares = [f"{found} of {len(files)}" for found, files in zip(n, collections.values(), strict=True)]
            print(f"{reader:28}", *(f"{share:>12}" for share in shares), f"{sum(n)} of {total}".rjust(12), flush=True)


if __name__ == "__main__":
    main()
