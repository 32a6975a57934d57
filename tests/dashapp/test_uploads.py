"""Uploads are streamed to a file that never stays, and end at the limit whatever the client says about their size."""

import io
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from dashapp.routes import uploads
from dashapp.usecases import intake, receiving
from dashapp.usecases.desk import Desk
from dashapp.usecases.errors import ReadingError

MB = 1_000_000


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: Any) -> Path:
    """Where temporary files go, so that a test sees what stays behind."""
    folder = tmp_path / "uploads"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture
def received(monkeypatch: Any) -> list[dict[str, Any]]:
    """Stands in for reading: what was handed over, with the file's bytes."""
    calls: list[dict[str, Any]] = []

    def receive(desk: Desk, path: Path, *, filename: str, replaces: str | None) -> str:
        calls.append({"user": desk.user.name, "bytes": path.read_bytes(), "filename": filename, "replaces": replaces})
        return "abc"

    monkeypatch.setattr(receiving, "receive", receive)
    return calls


def put(someone: Any, body: Any, query: str = "filename=loans.csv", **more: Any) -> Any:
    headers = {"Content-Type": "application/octet-stream", **more.pop("headers", {})}
    return someone.put(f"/api/datasets?{query}", data=body, headers=headers, **more)


def test_a_file_is_handed_over_whole_and_removed(
    browser: Callable[..., Any], folder: Path, received: list[dict[str, Any]]
) -> None:
    content = bytes(range(256)) * 3000
    answer = put(browser("analyst"), content, "replaces=xyz&filename=C:%5Cdata%5Cloans.csv")
    assert (answer.status_code, answer.json) == (201, {"id": "abc", "href": "/data/new/abc"})
    assert received == [{"user": "analyst", "bytes": content, "filename": "loans.csv", "replaces": "xyz"}]
    assert list(folder.iterdir()) == []


def test_a_file_over_the_limit_is_refused_before_it_is_read(
    browser: Callable[..., Any], folder: Path, received: list[Any]
) -> None:
    answer = put(browser("analyst"), b"x" * (MB + 1))
    assert answer.status_code == 413
    assert answer.json["message"] == "The file is larger than 1 MB."
    assert answer.json["fix"]
    assert received == []
    assert list(folder.iterdir()) == []


class Endless(io.RawIOBase):
    """A body without an end, which counts what was taken from it."""

    taken = 0

    def readable(self) -> bool:
        return True

    def tell(self) -> int:
        return 0

    def seek(self, offset: int, whence: int = 0) -> int:
        return 0

    def readinto(self, buffer: Any) -> int:
        self.taken += len(buffer)
        buffer[:] = b"x" * len(buffer)
        return len(buffer)


def test_a_body_without_an_end_is_cut_at_the_limit(browser: Callable[..., Any], folder: Path, received: list[Any]) -> None:
    body = Endless()
    # What gunicorn hands over for a chunked body: no length, and the promise that the stream ends.
    answer = put(browser("analyst"), None, input_stream=body, environ_overrides={"wsgi.input_terminated": True})
    assert answer.status_code == 413
    assert answer.json["message"] == "The file is larger than 1 MB."
    assert body.taken <= MB + uploads.PIECE
    assert received == []
    assert list(folder.iterdir()) == []


def test_a_client_that_breaks_off_leaves_nothing(browser: Callable[..., Any], folder: Path, received: list[Any]) -> None:
    answer = put(browser("analyst"), None, input_stream=io.BytesIO(b"a,b\n1,2\n"), environ_overrides={"CONTENT_LENGTH": "500000"})
    assert answer.status_code == 400
    assert received == []
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("kind", ["multipart/form-data; boundary=x", "application/x-www-form-urlencoded"])
def test_forms_are_refused_unread(browser: Callable[..., Any], received: list[Any], kind: str) -> None:
    body = Endless()
    answer = put(browser("analyst"), None, headers={"Content-Type": kind}, input_stream=body)
    assert answer.status_code == 415
    assert answer.json["fix"] == "Send the file itself, as application/octet-stream."
    assert body.taken == 0
    assert received == []


@pytest.fixture
def refusing(monkeypatch: Any) -> Iterator[None]:
    def receive(*_: Any, **__: Any) -> str:
        raise ReadingError("empty", "The file is empty.", fix="Choose one with rows.")

    monkeypatch.setattr(receiving, "receive", receive)
    return


@pytest.mark.usefixtures("refusing")
def test_what_cannot_be_read_is_said_with_its_reason(browser: Callable[..., Any], folder: Path) -> None:
    answer = put(browser("analyst"), b"")
    assert answer.status_code == 422
    assert answer.json == {"message": "The file is empty.", "fix": "Choose one with rows.", "kind": "empty"}
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"", "empty"),
        (b"a,b\n", "header_only"),
        (b"<!doctype html><html><body>Sign in</body></html>", "markup"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "binary"),
        (b"\x80\x04\x95" + bytes(50), "binary"),
        (b"\x1f\x8b\x08\x00" + bytes(20), "damaged"),
        (b"PK\x03\x04" + bytes(60), "damaged"),
        (b"PAR1" + bytes(40), "damaged"),
    ],
)
def test_what_no_recipe_can_read_leaves_nothing(
    browser: Callable[..., Any], desk_of: Callable[[str], Desk], folder: Path, content: bytes, kind: str
) -> None:
    answer = put(browser("analyst"), content)
    assert (answer.status_code, answer.json["kind"]) == (422, kind)
    assert answer.json["message"]
    assert answer.json["fix"]
    assert intake.pending(desk_of("analyst")) == ()
    assert list(folder.iterdir()) == []


def test_a_file_becomes_an_upload_of_its_owner(browser: Callable[..., Any], desk_of: Callable[[str], Desk], folder: Path) -> None:
    answer = put(browser("analyst"), b"age,bad\n31,0\n44,1\n58,0\n")
    assert answer.status_code == 201
    view = intake.get(desk_of("analyst"), answer.json["id"])
    assert (view.filename, view.state, view.n_bytes, answer.json["href"]) == ("loans.csv", "examined", 23, f"/data/new/{view.id}")
    assert list(folder.iterdir()) == []
