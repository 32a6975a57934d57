"""Temporary files: they go with the object that holds them, or at once where something fails."""

import errno
import os
import tempfile
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from pipeline.errors import ReadingError

FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS}


class Spool:
    """A temporary file that is removed when nobody holds this object any more."""

    def __init__(self, suffix: str) -> None:
        handle, name = tempfile.mkstemp(prefix="scoredesk-", suffix=suffix)
        self.path = Path(name)
        self.file: BinaryIO = os.fdopen(handle, "wb")
        self.remove = weakref.finalize(self, self.path.unlink, missing_ok=True)


@contextmanager
def spooled(filename: str, suffix: str) -> Iterator[Spool]:
    """A temporary file to write to, which is closed at the end and gone at once where an error leaves the block.

    Raises ReadingError where the disk is full.
    """
    try:
        spool = Spool(suffix)
    except OSError:
        raise no_space(filename) from None
    try:
        with spool.file:
            yield spool
    except BaseException as error:
        spool.remove()
        if isinstance(error, OSError) and error.errno in FULL:
            raise no_space(filename) from None
        raise


def no_space(filename: str) -> ReadingError:
    return ReadingError(
        "space",
        f"There is no room on the disk to unpack or convert '{filename}'.",
        fix="Take an unpacked CSV in UTF-8, or ask for more room in the temporary folder.",
    )
