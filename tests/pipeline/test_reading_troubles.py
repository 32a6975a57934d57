"""What goes wrong on the way: NUL bytes, full disks, files that change."""

import errno
import gzip
import hashlib
import io
import os

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.errors import ReadingError
from pipeline.reading import check_and_open
from tests.pipeline.wrapped import TEXT, refusal

pytestmark = pytest.mark.usefixtures("no_files_are_left")


def test_nul_bytes_are_told_with_their_line(opened):
    with pytest.raises(ReadingError, match="a NUL byte, which no text holds, on line 3"):
        opened(b"a,b\n1,2\n3,\0\n")
    with pytest.raises(ReadingError, match="on line 300,002"):
        opened(b"a,b\r\n" + b"1,2\r\n" * 300_000 + b"3,\0\r\n")


@pytest.mark.parametrize("content", [gzip.compress(TEXT), TEXT.decode().encode("utf-16")], ids=["gzip", "utf-16"])
def test_a_full_disk_is_told(opened, monkeypatch, tmp_path, content):
    class Full(io.FileIO):
        def write(self, block):
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fdopen", lambda handle, mode: Full(handle, mode))
    with pytest.raises(ReadingError) as caught:
        opened(content)
    assert caught.value.kind == "space"


def test_a_missing_temporary_folder_is_told(opened, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", "/nowhere")
    with pytest.raises(ReadingError) as caught:
        opened(gzip.compress(TEXT))
    assert caught.value.kind == "space"


def test_a_file_that_shrinks_while_it_is_read(tmp_path, monkeypatch):
    path = tmp_path / "a.csv"
    path.write_bytes(b"a,b\n" + b"1,2\n" * 200_000)

    class Cutting:
        """Cuts the file when its first block is hashed."""

        def __init__(self):
            self._digest = hashlib.sha1(usedforsecurity=False)

        def update(self, block):
            os.truncate(path, 300_000)

        def hexdigest(self):
            return self._digest.hexdigest()

    monkeypatch.setattr("pipeline.reading.source.hashlib.sha256", Cutting)
    assert refusal(path).kind == "changed"


@pytest.mark.parametrize("size", [0, 40_000])
def test_a_file_that_changes_after_it_was_opened(tmp_path, size):
    """Of a text all that was looked at is still given; a Parquet file is read again, and refused."""
    path = tmp_path / "a.csv"
    path.write_bytes(b"a,b\n" + b"1,2\n" * 20_000)
    table = check_and_open(path, filename="a.csv")
    os.truncate(path, size)
    assert table.table()["b"].to_pylist() == [2] * 20_000
    pq.write_table(pa.table({"a": range(20_000)}), path, compression="none")
    table = check_and_open(path, filename="a.csv")
    os.truncate(path, size)
    with pytest.raises(ReadingError):
        list(table.chunks())
