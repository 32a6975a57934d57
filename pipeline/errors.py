"""What can be wrong with the user's input, each with a remedy.

PipelineError
├── ReadingError      the file cannot be read as a table
├── InvalidSpec       an option has no sensible value
├── UnusableData      the data cannot carry the model that was asked for
└── Stopped           the caller asked to stop
"""

from collections.abc import Iterable

from pipeline.shown import short


class PipelineError(Exception):
    """A fault that the user can mend: `message` says what is wrong, `fix` what to do."""

    def __init__(self, message: str, *, fix: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.fix = fix

    def __str__(self) -> str:
        return f"{self.message} {self.fix}".strip()


class ReadingError(PipelineError):
    """The file cannot be read as a table. `kind` is a short, stable name of the reason; `sheets` are those of a workbook."""

    def __init__(self, kind: str, message: str, *, fix: str = "", sheets: tuple[str, ...] = ()) -> None:
        super().__init__(message, fix=fix)
        self.kind = kind
        self.sheets = sheets


class InvalidSpec(PipelineError):
    """One or more options are wrong. `problems` maps the option's name to its sentence."""

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__(" ".join(problems.values()))
        self.problems = problems

    @classmethod
    def one(cls, name: str, sentence: str) -> "InvalidSpec":
        return cls({name: sentence})


class UnusableData(PipelineError):
    """The data cannot carry the model: one class only, no rows left, no usable feature."""


class Stopped(PipelineError):
    """The work was cancelled by its owner."""

    def __init__(self) -> None:
        super().__init__("The work was cancelled.")


def quoted(names: Iterable[str], most: int = 5) -> str:
    """`'a', 'b' and 3 more`: names as they stand in a sentence."""
    names = list(names)
    shown = ", ".join(f"'{short(name)}'" for name in names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most} more"
