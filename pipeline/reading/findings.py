"""What reading found worth telling: repairs, each with what switches it off."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self


@dataclass(frozen=True)
class Repair:
    """One thing that was not read as it stands in the file.

    `title` is a short statement, `detail` the rest of the sentence. `lines` are line numbers of the file, the first 20 of
    `n_lines`. `undo` are the recipe's fields that read the file without this repair; empty where it cannot be switched off.
    """

    kind: str  # preamble, footer, ragged, quote, blank_rows, blank_lines, blank_columns, header, header_names, encoding, ...
    title: str
    detail: str = ""
    column: str | None = None
    lines: tuple[int, ...] = ()
    n_lines: int = 0
    undo: Mapping[str, Any] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        """Title and detail: one sentence, or two where the detail begins as one."""
        between = ". " if self.detail[:1].isupper() and self.title[-1:] not in ".;:" else " "
        return f"{self.title}{between}{self.detail}".strip().rstrip(".") + "."

    def to_json(self) -> dict[str, Any]:
        return {**vars(self), "lines": list(self.lines), "undo": dict(self.undo)}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        return cls(**{**stored, "lines": tuple(stored["lines"])})
