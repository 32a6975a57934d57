"""What a query can answer instead of a row.

DatabaseError
├── NotFound        absent, deleted, or not yours: a stranger cannot tell which
├── UnknownColumn   the data set has no column of that name
├── Conflict        the row is not in the state that the change needs
└── NotReady        the database cannot be reached, is busy for too long, or its schema is not this version's
"""


class DatabaseError(Exception):
    """`message` says what is wrong, `fix` what to do."""

    def __init__(self, message: str, *, fix: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.fix = fix

    def __str__(self) -> str:
        return f"{self.message} {self.fix}".strip()


class NotFound(DatabaseError):
    """The object is absent, deleted, or not the asker's to see."""

    def __init__(self, what: str, *, fix: str = "It may have been deleted, or it is not shared with you.") -> None:
        super().__init__(f"There is no such {what}.", fix=fix)


class UnknownColumn(DatabaseError):
    """The data set has no column of that name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"The data set has no column '{name}'.", fix="Choose one of its columns.")


class Conflict(DatabaseError):
    """The row is not in the state that the change needs."""


class NotReady(DatabaseError):
    """The database cannot be reached, is busy for too long, or its schema is not this version's."""
