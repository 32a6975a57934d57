"""Files that commands write: whole, or not at all."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from pipeline.commands.parsing import WrongUse, why


def apart(out: Path, *read: Path) -> None:
    """Raises WrongUse where the file to write is one of those that are read, by whatever name."""
    for path in read:
        if out.exists() and path.exists() and out.samefile(path):
            raise WrongUse(f"'{out}' is to be read; write to another.")


@contextmanager
def in_place_of(out: Path) -> Iterator[Path]:
    """A new file beside `out` that takes its name once it is whole, and is gone where it never is; `out` itself where that is
    no file but a device or a pipe.

    Raises WrongUse where nothing can be written there.
    """
    try:
        if out.exists() and not out.is_file():
            yield out
            return
        there = out.resolve()  # a link stays one
        part = there.with_name(f".{there.name}.{uuid4().hex[:8]}")
        try:
            yield part
            if there.exists():
                shutil.copymode(there, part)
            part.replace(there)
        finally:
            part.unlink(missing_ok=True)
    except BrokenPipeError:  # the reader of a pipe has seen enough
        raise
    except OSError as error:
        raise WrongUse(f"'{out}' cannot be written: {why(error)}.") from None


def writable(directory: Path) -> Path:
    """The directory, made where it is missing. Raises WrongUse where nothing can be written to it."""
    probe = directory / ".scoredesk-probe"
    try:
        directory.mkdir(parents=True, exist_ok=True)
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise WrongUse(f"Nothing can be written to '{directory}': {why(error)}.") from None
    return directory


def write_text(path: Path, text: str) -> None:
    with in_place_of(path) as part:
        part.write_text(text, encoding="utf-8")
