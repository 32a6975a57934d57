"""gzip and zip: what is in them is read as it is, and told; what is more than one table is refused."""

import gzip
import hashlib
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.errors import ReadingError
from pipeline.reading import Limits, Recipe, check_and_open
from tests.pipeline import wrapped
from tests.pipeline.wrapped import ROWS, TEXT, broken, lines, refusal

pytestmark = pytest.mark.usefixtures("no_files_are_left")


@pytest.mark.parametrize("name", ["table.csv.gz", "table.csv", "table.parquet", "table"])
def test_gzip_is_known_by_its_content(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(gzip.compress(TEXT))
    table = check_and_open(path, filename=name)
    assert table.table().to_pylist() == ROWS
    assert table.recipe.compression == "gzip"
    assert table.notices == (f"'{name}' was unpacked from gzip.",)
    assert (table.n_bytes, table.sha256) == (path.stat().st_size, hashlib.sha256(path.read_bytes()).hexdigest())


def test_public_gzip_files(public):
    table = check_and_open(public("messy/frictionless/implicit-gz.csv"), filename="implicit-gz.csv")
    assert table.table().to_pylist() == ROWS
    table = check_and_open(public("messy/csvkit/dummy.csv.gz"), filename="dummy.csv.gz")
    assert table.table().to_pylist() == [{"a": 1, "b": 2, "c": 3}]


def test_gzip_members_one_after_another_are_one_text(tmp_path):
    path = tmp_path / "two.gz"
    path.write_bytes(gzip.compress(b"a,b\n1,2\n") + gzip.compress(b"3,4\n"))
    assert check_and_open(path, filename="two.gz").table()["a"].to_pylist() == [1, 3]


def test_a_zip_with_one_table_is_read_whatever_lies_around_it(tmp_path):
    members = {"in/": b"", "in/loans.csv": TEXT, "__MACOSX/in/._loans.csv": b"\0", "in/.DS_Store": b"\0"}
    path = wrapped.zipped(tmp_path / "loans.csv", members)
    table = check_and_open(path, filename="loans.csv")
    assert table.table().to_pylist() == ROWS
    assert table.recipe.compression == "zip"
    assert table.notices == ("'in/loans.csv' was unpacked from a zip archive.",)
    assert table.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_recipe_is_followed_within_an_archive(tmp_path, method):
    path = wrapped.zipped(tmp_path / "a.zip", {"a.txt": "größe;x\n1;2\n".encode("utf-16")}, method)
    table = check_and_open(path, filename="a.zip", recipe=Recipe(encoding="utf-16-le", delimiter=";"))
    assert table.table().to_pylist() == [{"größe": 1, "x": 2}]


def encrypted(path: Path) -> Path:
    """A zip whose member is marked as encrypted, in both of its headers."""
    data = bytearray(wrapped.zipped(path, {"a.csv": TEXT}, zipfile.ZIP_STORED).read_bytes())
    for signature, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + at] |= 1
    path.write_bytes(data)
    return path


ARCHIVES = [
    ("several tables", lambda p: wrapped.zipped(p, {"a.csv": TEXT, "b.csv": TEXT}), "archive", "2 files: 'a.csv', 'b.csv'"),
    ("no file", lambda p: wrapped.zipped(p, {}), "archive", "holds no file"),
    ("a name that climbs", lambda p: wrapped.zipped(p, {"../../etc/cron.d/x": TEXT}), "archive", "outside of its folder"),
    ("a name that climbs on Windows", lambda p: wrapped.zipped(p, {"..\\x.csv": TEXT}), "archive", "outside of its folder"),
    ("an absolute name", lambda p: wrapped.zipped(p, {"/etc/passwd": TEXT}), "archive", "outside of its folder"),
    ("a name with a drive", lambda p: wrapped.zipped(p, {"C:/x.csv": TEXT}), "archive", "outside of its folder"),
    ("a password", encrypted, "encrypted", "protected by a password"),
    ("a rare method", lambda p: wrapped.zipped(p, {"a.csv": TEXT}, zipfile.ZIP_BZIP2), "archive", "rarely used"),
    ("gzip in gzip", lambda p: p.write_bytes(gzip.compress(gzip.compress(TEXT))), "archive", "within an archive"),
    (
        "zip in zip",
        lambda p: wrapped.zipped(p, {"a.zip": wrapped.zipped(p, {"a.csv": TEXT}).read_bytes()}),
        "archive",
        "within an archive",
    ),
    ("7z in zip", lambda p: wrapped.zipped(p, {"a.7z": b"7z\xbc\xaf\x27\x1c"}), "archive", "within an archive"),
    ("an empty file", lambda p: wrapped.zipped(p, {"a.csv": b""}), "empty", "holds an empty file"),
    ("a web page", lambda p: wrapped.zipped(p, {"a.csv": b"<html><table>"}), "markup", "web page"),
    ("gzip cut off", lambda p: p.write_bytes(gzip.compress(lines(9_000))[:-2_000]), "damaged", "cut off"),
    ("gzip with a wrong byte", lambda p: broken(p, gzip.compress(lines(9_000))), "damaged", "damaged"),
    ("gzip with something behind", lambda p: p.write_bytes(gzip.compress(TEXT) + b"more"), "damaged", "damaged"),
    (
        "zip cut off",
        lambda p: p.write_bytes(wrapped.zipped(p, {"a.csv": lines(9_000)}).read_bytes()[:-500]),
        "damaged",
        "cut off",
    ),
    (
        "zip with a wrong byte",
        lambda p: broken(p, wrapped.zipped(p, {"a.csv": lines(9_000)}, zipfile.ZIP_STORED).read_bytes()),
        "damaged",
        "damaged",
    ),
    (
        "zip with too long a list",
        lambda p: wrapped.zipped(p, {"f" * 9_000 + str(k): b"" for k in range(500)}),
        "archive",
        "too many",
    ),
]


@pytest.mark.parametrize(("make", "kind", "said"), [case[1:] for case in ARCHIVES], ids=[case[0] for case in ARCHIVES])
def test_archives_that_are_not_one_table_are_refused(tmp_path, make, kind, said):
    path = tmp_path / "packed.zip"
    make(path)
    error = refusal(path)
    assert error.kind == kind
    assert said in error.message


def test_limits_hold_for_what_comes_out(tmp_path):
    path = tmp_path / "a.gz"
    path.write_bytes(gzip.compress(lines(9_000)))
    assert refusal(path, limits=Limits(unpacked_bytes=50_000)).kind == "too_large"
    path = wrapped.zipped(tmp_path / "a.zip", {"a.csv": lines(9_000)})
    assert refusal(path, limits=Limits(unpacked_bytes=50_000)).kind == "too_large"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(["gzip", "zip", "parquet"]), st.integers(0, 400), st.integers(0, 255), st.integers(0, 300))
def test_damaged_files_are_read_or_refused(tmp_path, container, at, byte, cut):
    """One byte changed, and some cut off at the end."""
    path = tmp_path / "any"
    if container == "gzip":
        path.write_bytes(gzip.compress(b"id,name\n" + b"1,x\n2,yy\n" * 20))
    elif container == "zip":
        wrapped.zipped(path, {"a.csv": b"id,name\n1,x\n2,yy\n"})
    else:
        pq.write_table(pa.table({"id": [1, 2], "name": ["x", "yy"]}), path, store_schema=False, compression="none")
    data = bytearray(path.read_bytes())
    data[at % len(data)] = byte
    path.write_bytes(data[: len(data) - (cut if cut < 30 else 0)])
    try:
        table = check_and_open(path, filename="any")
        assert sum(map(len, table.chunks())) == table.n_rows
    except ReadingError:
        pass
