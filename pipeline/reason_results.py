"""What a table of the reasons of many rows comes to: frozen, JSON in and out, importable without numpy."""

from dataclasses import dataclass

from pipeline.study_results import FORMAT, Stored


@dataclass(frozen=True)
class ReasonCount:
    """A field, or the product of two: how many refused rows have it as their first reason, and among their reasons."""

    field: str
    n_first: int
    n_any: int


@dataclass(frozen=True)
class ReasonTable(Stored):
    """A table that was made, whose rows are kept apart in pieces.

    `counts` are of the refused rows, the most frequent first reason first; `n_untold` of them have no reason that may be told.
    """

    n_rows: int
    n_refused: int
    n_untold: int
    counts: tuple[ReasonCount, ...]
    cutoff: float
    against: str  # the words of the reference
    never: tuple[str, ...]  # fields that are never told as a reason
    is_recalibrated: bool = False  # what reasons add is counted before that, the probability after it
    n_defused: int = 0  # texts before which a quote stands in the file, so that no spreadsheet runs them
    format: int = FORMAT
