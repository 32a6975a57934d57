import gc
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pipeline.__main__ import main
from pipeline.reading import Recipe, TableFile, check_and_open


@pytest.fixture
def public(public_data: Path) -> Callable[[str], Path]:
    """The path of a public data file; skips where the folder is absent."""
    return public_data.joinpath


@pytest.fixture
def opened(tmp_path: Path) -> Callable[..., TableFile]:
    """Opens bytes or text as a file would be."""

    def open_bytes(content: bytes | str, recipe: Recipe | None = None) -> TableFile:
        path = tmp_path / "upload.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return check_and_open(path, filename="upload.csv", recipe=recipe)

    return open_bytes


@pytest.fixture
def run_json(capsys: pytest.CaptureFixture[str]) -> Callable[..., dict[str, Any]]:
    """What `python -m pipeline ...` prints, as JSON; the command must succeed and print nothing else."""

    def run(*arguments: object) -> dict[str, Any]:
        assert main([*map(str, arguments), "--json"]) == 0
        said = capsys.readouterr()
        assert said.err == ""
        found: dict[str, Any] = json.loads(said.out, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
        return found

    return run


@pytest.fixture
def refused(capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """The one sentence with which a command refuses its input."""

    def run(*arguments: object) -> str:
        assert main(list(map(str, arguments))) == 2
        said = capsys.readouterr()
        assert said.out == ""
        assert said.err.count("\n") == 1
        assert "Traceback" not in said.err
        assert "usage:" not in said.err
        return said.err.strip()

    return run


@pytest.fixture
def no_files_are_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Temporary copies go with what was opened."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    yield
    gc.collect()  # errors that a test still holds keep their frames
    assert list(folder.iterdir()) == []
