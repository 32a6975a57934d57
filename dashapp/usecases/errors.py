"""What a use case raises. Screens catch these; everything else is a fault of ours."""

from db.errors import Conflict, DatabaseError, NotFound
from pipeline.errors import InvalidSpec, PipelineError, ReadingError, UnusableData

__all__ = ["Conflict", "DatabaseError", "InvalidSpec", "NotFound", "PipelineError", "ReadingError", "Refused", "UnusableData"]


class Refused(Exception):
    """The use case does not do that: `message` says why, `fix` what to do instead."""

    def __init__(self, message: str, *, fix: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.fix = fix

    def __str__(self) -> str:
        return f"{self.message} {self.fix}".strip()
