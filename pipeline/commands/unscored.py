"""Rows of a file that a model cannot score: their values, or powers and products of them, are too large to be counted with."""

from collections.abc import Sequence

import numpy as np

from pipeline.errors import UnusableData
from pipeline.frame import Floats

_MOST = 5  # rows that are named


def unscored(probability: Floats, before: int = 0) -> list[int]:
    """The numbers, from 1, of rows without a probability, (n_rows,) or (n_rows, n_classes); `before` rows came earlier."""
    absent = np.isnan(probability.reshape(len(probability), -1)).any(axis=1)
    return [before + int(row) + 1 for row in np.flatnonzero(absent)]


def rows_told(rows: Sequence[int]) -> str:
    """`Row 4 holds values`, `Rows 4, 5 hold values`; of more than a few how many more there are."""
    shown = ", ".join(f"{row:,}" for row in rows[:_MOST])
    more = f" and {len(rows) - _MOST:,} more" if len(rows) > _MOST else ""
    return f"Row {shown} holds values" if len(rows) == 1 else f"Rows {shown}{more} hold values"


def check_all_scored(probability: Floats) -> None:
    """Raises UnusableData, with the numbers of the rows, where some have no probability: no figure counts for all rows then."""
    rows = unscored(probability)
    if rows:
        raise UnusableData(
            f"{rows_told(rows)} too large to be scored.", fix="See that the values are right, or take the rows out of the file."
        )
