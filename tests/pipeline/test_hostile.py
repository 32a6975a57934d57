"""Files that mean harm or are an accident: read right, or refused with a sentence, early and in little memory."""

import json
import os
import pickle
import subprocess
import sys
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.errors import ReadingError
from pipeline.reading import check_and_open
from tests.pipeline import wrapped

# Each file in turn, in one process of its own, which says what came of it, the seconds, and the growth of its peak in KB.
READ = r"""
import json, re, sys, time
from pathlib import Path
from pipeline.errors import ReadingError
from pipeline.reading import check_and_open

def peak():
    return int(re.search(r"VmHWM:\s*(\d+) kB", Path("/proc/self/status").read_text())[1])

small = Path(sys.argv[1]) / "small.csv"
small.write_text("a,b\n" + "1,x\n" * 1000)
check_and_open(small, filename="small.csv").table()
before = peak()
for name in sys.argv[2:]:
    begin = time.monotonic()
    try:
        rows = sum(map(len, check_and_open(Path(name), filename="hostile").chunks()))
        said = {"kind": "", "rows": rows}
    except ReadingError as error:
        said = {"kind": error.kind, "message": error.message, "fix": error.fix}
    print(json.dumps({**said, "seconds": time.monotonic() - begin, "grown": peak() - before}), flush=True)
"""


def sparse(path: Path, start: bytes, size: int) -> None:
    """Begins with `start`; the rest is nothing that a disk would keep."""
    path.write_bytes(start)
    os.truncate(path, size)


def commas(path: Path) -> None:
    with path.open("wb") as file:
        for _ in range(200):
            file.write(b"1," * 500_000)


def wide(path: Path) -> None:
    path.write_bytes(b",".join(b"c%d" % k for k in range(1_000_000)) + b"\n" + b"1," * 999_999 + b"1\n")


def declared(path: Path) -> None:
    """A workbook with a part that says it has 4 GB."""
    wrapped.workbook(path, "<worksheet/>")
    data = bytearray(path.read_bytes())
    entry = data.index(b"PK\x01\x02", data.rindex(b"PK\x01\x02"))
    data[entry + 24 : entry + 28] = (4_000_000_000).to_bytes(4, "little")
    path.write_bytes(data)


def understated(path: Path) -> None:
    """A workbook with a sheet of 50 MB that says it has 1,000 bytes."""
    wrapped.workbook(path, "<worksheet>" + " " * 50_000_000 + "</worksheet>")
    data = bytearray(path.read_bytes())
    entry = data.rindex(b"PK\x01\x02")
    data[entry + 24 : entry + 28] = (1_000).to_bytes(4, "little")
    path.write_bytes(data)


def far_cell(path: Path) -> None:
    """Two cells, which the library that reads them holds as a rectangle of 17 thousand million."""
    cells = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row>'
    wrapped.workbook(path, f"<worksheet><sheetData>{cells}</sheetData></worksheet>")


def one_string(path: Path) -> None:
    """200,000 cells that refer to one text of 30,000 letters."""
    row = '<row r="{}">' + '<c t="s"><v>0</v></c>' * 100 + "</row>"
    sheet = "".join(row.format(k) for k in range(1, 2_001))
    shared = f"<sst><si><t>{'x' * 30_000}</t></si></sst>"
    wrapped.workbook(path, f"<worksheet><sheetData>{sheet}</sheetData></worksheet>", sharedStrings=shared)


def spaces(path: Path) -> None:
    wrapped.workbook(path, "<worksheet>" + " " * 110_000_000 + "</worksheet>")


def no_values(path: Path) -> None:
    """More rows than are allowed, in some hundred KB."""
    pq.write_table(pa.table({"a": pa.nulls(100_000_001), "b": pa.nulls(100_000_001)}), path)


def long_texts(path: Path) -> None:
    """100,000 rows that refer to one text of 900 KB: 90 GB when they are written out."""
    texts = pa.DictionaryArray.from_arrays(pa.array([0] * 100_000, pa.int32()), ["x" * 900_000])
    pq.write_table(pa.table({"a": texts, "b": range(100_000)}), path)


def one_long_text(path: Path) -> None:
    pq.write_table(pa.table({"a": ["x" * 40_000_000] * 2, "b": [1, 2]}), path, compression="zstd")


def many_columns(path: Path) -> None:
    pq.write_table(pa.table({f"c{k}": [1] for k in range(2_001)}), path)


def zip_bomb(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive, archive.open("a.csv", "w") as member:
        for _ in range(120):
            member.write(b"1,2\n" * 250_000)


BOMBS = {  # what makes it, the kinds of refusal that are right ("": it is read), and how much the peak may grow in MB
    "200 MB of commas": (commas, {"line_too_long"}),
    "a million columns": (wide, {"line_too_long", "too_many_columns"}),
    "1 GB without a line end": (lambda path: sparse(path, b"a,b\n1," + b"x" * 2_000_000, 1 << 30), {"line_too_long"}),
    "1 GB of nothing": (lambda path: sparse(path, b"", 1 << 30), {"binary"}),
    "1 GB of nothing behind a header": (lambda path: sparse(path, b"a,b\n1,2\n", 1 << 30), {"binary"}),
    "gzip: 10 GB of zeros": (lambda path: path.write_bytes(wrapped.gzipped(bytes(50_000_000), 200)), {"line_too_long", "bomb"}),
    "gzip: 10 GB of rows": (lambda path: path.write_bytes(wrapped.gzipped(b"1,2\n" * 5_000_000, 500)), {"bomb"}),
    "gzip: an endless first line": (lambda path: path.write_bytes(wrapped.gzipped(b"a," * 10_000_000, 50)), {"line_too_long"}),
    "zip: 120 MB of rows in 500 KB": (zip_bomb, {"bomb"}),
    "zip: a name that climbs": (lambda path: wrapped.zipped(path, {"../../a.csv": b"a,b\n1,2\n"}), {"archive"}),
    "workbook: a part says 4 GB": (declared, {"too_large"}),
    "workbook: a part says 1,000 bytes and is 50 MB": (understated, {"damaged"}),
    "workbook: 110 MB of blanks": (spaces, {"bomb"}),
    "workbook: a cell far out": (far_cell, {"too_large"}),
    "workbook: 6 GB of one text": (one_string, {"bomb", "too_large"}),
    "Parquet: too many rows": (no_values, {"too_large"}),
    "Parquet: too many columns": (many_columns, {"too_many_columns"}),
    "Parquet: 90 GB of one text": (long_texts, {""}),
    "Parquet: one text of 40 MB": (one_long_text, {"too_large"}),
    "Parquet: groups within groups": (lambda path: path.write_bytes(wrapped.nested_parquet(300_000)), {"damaged"}),
}


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory) -> dict[str, dict]:
    """What came of each bomb; temporary files go to a folder of their own, which is empty at the end."""
    folder = tmp_path_factory.mktemp("bombs")
    temporary = folder / "temporary"
    temporary.mkdir()
    paths = [folder / f"bomb{k}.csv" for k in range(len(BOMBS))]
    for path, (make, *_) in zip(paths, BOMBS.values(), strict=True):
        make(path)
    done = subprocess.run(
        [sys.executable, "-c", READ, str(folder), *map(str, paths)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "TMPDIR": str(temporary)},
        timeout=120,
    )
    left = list(temporary.iterdir())
    for path in paths:
        path.unlink()
    assert (done.returncode, done.stderr, left) == (0, "", [])
    return dict(zip(BOMBS, map(json.loads, done.stdout.splitlines()), strict=True))


@pytest.mark.parametrize("name", BOMBS)
def test_bombs_go_off_in_vain(outcomes, name):
    found = outcomes[name]
    assert found["kind"] in BOMBS[name][1]
    assert found["seconds"] < 20  # far less on a machine that does nothing else
    assert found["grown"] < 150_000
    if found["kind"]:
        assert found["message"].endswith(".")
        assert found["fix"].endswith(".")
    else:
        assert found["rows"] == 100_000


# --- texts that are no bombs


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"a,b,c\n", "header_only"),
        (b"a,b\n1,\0\n", "binary"),
        (b"a,b\n" + b"1,2\n" * 100_000 + b"\0" * 100, "binary"),
        (b"<!DOCTYPE html>\n<table><tr><td>a,b</td></tr></table>", "markup"),
        (b"\n  <html lang='en'><body>a,b\n1,2</body></html>", "markup"),
        (b"<table border=1><tr><td>1,2</td></tr></table>", "markup"),
        ("<html><body>a,b\n1,2</body></html>".encode("utf-16"), "markup"),
        (b"%PDF-1.7\n1,2\n", "binary"),
        (b"SQLite format 3\0" + bytes(100), "binary"),
        (b"a,b\n" + bytes(range(1, 9)) * 40, "binary"),
    ],
)
def test_what_is_no_table(opened, content, kind):
    with pytest.raises(ReadingError) as caught:
        opened(content)
    assert caught.value.kind == kind
    assert caught.value.fix.endswith(".")


class Applicant:
    """Something to pickle."""

    def __init__(self) -> None:
        self.name, self.income = "Jo", 1_000


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize(
    "value",
    [
        [{"id": k, "name": f"n,{k}"} for k in range(50)],
        {"id": list(range(50)), "name": ["x"] * 50},
        [(k, "a") for k in range(50)],
        ((1, 2), (3, 4)),
        Applicant(),
    ],
    ids=["rows", "columns", "pairs", "tuples", "object"],
)
def test_pickles_are_never_loaded_nor_read(opened, protocol, value):
    """Also those of protocols 0 and 1, which are texts of a kind."""
    with pytest.raises(ReadingError) as caught:
        opened(pickle.dumps(value, protocol))
    assert caught.value.kind == "binary"


@pytest.mark.parametrize(
    "text",
    [
        "customer,age\n1,2\n",
        "(a),(b)\n1,2\n",
        "cos,sin\nsystem,x\n(1,2\n",
        "I1,I2\n1,2\n",
        "€,b\n1,2\n",
        "}a,]b\n1,2\n",
        "change,bad\n0.5,1\n0.25,0\n0.125,1\n",
        "code,bad\n1,0\n0011220011220011220011,1\n",
        "cost\nabc\n0.5\n0.25\n",
    ],
)
def test_tables_that_begin_as_pickles_do(opened, text):
    assert opened(text).n_rows == text.count("\n") - 1


def test_integers_of_400_digits_are_texts(opened):
    """No number keeps them."""
    table = opened("a,b\n" + "".join(f"{'7' * 399}{k},{k}\n" for k in range(10)))
    assert table.columns[0].kind == "text"
    assert table.table()["a"][3].as_py() == "7" * 399 + "3"


def test_infinite_and_missing_numbers(opened):
    table = opened("a,b\n1,1\ninf,2\n-inf,3\n1e400,4\n-1e400,5\nNaN,6\n2.5,7\n")
    assert (table.columns[0].kind, table.columns[0].n_missing) == ("number", 5)
    assert table.table()["a"].to_pylist() == [1, None, None, None, None, None, 2.5]
    assert any("4 value(s) of 'a' are infinite" in notice for notice in table.notices)


def test_names_that_mean_something_to_a_program(opened):
    names = ["__proto__", "constructor", ".", "a.b", "{", "{0}", "%s", "a b", "=1+1", "<b>", "'; drop table x --", "a\\"]
    table = opened(",".join(names) + "\n" + ",".join("1" * len(names)) + "\n" + ",".join("2" * len(names)) + "\n")
    assert [column.name for column in table.columns] == names
    assert table.table().column_names == names


def test_letters_that_cannot_be_seen_in_names(opened):
    """Marks of direction and of no width are removed, so that no two names look the same; Hebrew stays."""
    table = opened("\u202eemocni,in\u200bcome,income,\u05e9\u05dd,\ufeff\u200f\n1,2,3,4,5\n6,7,8,9,10\n")
    names = [column.name for column in table.columns]
    assert names[0] == "emocni"
    assert "\u05e9\u05dd" in names
    assert len(set(names)) == 5
    assert not any(letter in "\u202e\u200b\u200f\ufeff" for name in names for letter in name)
    assert table.notices


@pytest.mark.parametrize("target", [["1"] * 50, ["good"] * 50], ids=["number", "class"])
def test_a_column_with_one_value_is_read(opened, target):
    table = opened("x,target\n" + "".join(f"{k},{value}\n" for k, value in enumerate(target)))
    assert (table.columns[1].n_distinct, table.n_rows) == (1, 50)


# --- what is no file


def test_a_folder_a_pipe_and_a_device_are_no_files(tmp_path, refused):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    assert refused("inspect", tmp_path).endswith("is a folder, not a file. Name the file that holds the table.")
    assert "is a pipe or a device" in refused("inspect", tmp_path / "pipe")
    assert "is a pipe or a device" in refused("inspect", "/dev/zero")
    for name in ("loop", "absent"):
        assert "cannot be read" in refused("inspect", tmp_path / name)


def test_a_link_to_a_file_is_that_file(tmp_path, run_json):
    (tmp_path / "real.csv").write_text("a,b\n1,2\n3,4\n")
    (tmp_path / "link.csv").symlink_to(tmp_path / "real.csv")
    assert run_json("inspect", tmp_path / "link.csv")["n_rows"] == 2


@pytest.mark.parametrize("container", ["gzip", "zip", "workbook", "utf-16"])
def test_a_disk_that_is_full(tmp_path, container):
    """The system refuses to let a file grow beyond 50 KB, as it refuses on a full disk."""
    path = tmp_path / "a.csv"
    text = b"id,x\n" + b"".join(b"%d,%d\n" % (k, k * k) for k in range(20_000))
    if container == "gzip":
        path.write_bytes(wrapped.gzipped(text))
    elif container == "zip":
        wrapped.zipped(path, {"a.csv": text})
    elif container == "utf-16":
        path.write_bytes(text.decode().encode("utf-16"))
    else:
        row = '<row r="{}">' + "<c><v>{}</v></c>" * 3 + "</row>"
        cells = "".join(row.format(k, k, k, k) for k in range(1, 3_000))
        wrapped.workbook(path, f"<worksheet><sheetData>{cells}</sheetData></worksheet>")
    code = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))" + READ.replace("before = ", "b = ")
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    done = subprocess.run(
        [sys.executable, "-c", code.replace("- before", "- b"), str(tmp_path), str(path)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "TMPDIR": str(temporary)},
    )
    assert (done.returncode, done.stderr, list(temporary.iterdir())) == (0, "", [])
    assert json.loads(done.stdout)["kind"] == "space"


def test_a_file_read_as_it_is_needs_no_folder_for_temporary_files(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("a,b\n1,2\n")
    assert check_and_open(path, filename="a.csv").n_rows == 1
