"""What the cells of a text column could be: under which marks they are numbers, in which style they are dates."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from pipeline.reading.dates import DateCells, DateStyle
from pipeline.reading.values import STYLES, Adornments, Marks, adornments, fits, likely, merged, normal

NEARLY = 0.9  # a column is nearly of a kind when at least this share of its present cells is
_FEW = 1_000  # so many cells are looked at one by one
_CODE = r"^[-+]?(?:0[0-9xX]|\d{18})"
_NOT_A_CODE = r"[-/.:]"  # dates and times begin with 0 too

Ints = NDArray[np.int64]


@dataclass
class DateFound:
    """What the cells of one style of dates have."""

    n: int = 0
    has_time: bool = False
    has_fraction: bool = False
    half_days: bool = False


@dataclass
class Evidence:
    """How many present cells fit each reading. Readings that more than a tenth refuse are not counted to the end."""

    n_present: int
    numbers: dict[Marks, int] = field(default_factory=dict)
    dates: dict[DateStyle, DateFound] = field(default_factory=dict)
    adornments: Adornments = field(default_factory=Adornments)
    codes: bool = False  # a cell is written as a code is: 007

    def marks(self) -> list[Marks]:
        """Under which every cell is a number."""
        whole = self.adornments.uniform and self.n_present
        return [marks for marks, n in self.numbers.items() if whole and n == self.n_present]

    def styles(self) -> list[DateStyle]:
        """In which every cell is a date."""
        return [style for style, found in self.dates.items() if found.n == self.n_present]


def weigh(texts: Iterable[tuple[pa.Array, Ints]], n_present: int, kind: str) -> Evidence:
    """Looks at cells, each with how often it occurs. A kind that the user has chosen is looked at to the end.

    Parameters
    ----------
    texts : iterable of (pyarrow.StringArray, ndarray)
        Present cells in parts, and their rows.
    n_present : int
        How many rows they are.
    kind : str
        number or date where the user has chosen so, "" where it is to be found.
    """
    found = Evidence(n_present)
    spare = n_present if kind else int((1 - NEARLY) * n_present + 1e-9)
    numbers = _Numbers(spare, loose=kind == "number") if kind in {"", "number"} else None
    dates = _Dates(spare, digits=kind == "date") if kind in {"", "date"} else None
    for cells, rows in texts:
        cells = normal(cells)
        if numbers is not None and not numbers.add(cells, rows):
            numbers = None
        if dates is not None and not dates.add(cells, rows):
            dates = None
        if numbers is None and dates is None:
            break
    if numbers is not None:
        found.numbers, found.codes = numbers.counts, numbers.codes
        found.adornments = merged(numbers.adornments)
    if dates is not None:
        found.dates = dates.found
    return found


class _Numbers:
    def __init__(self, spare: int, *, loose: bool) -> None:
        self.counts = dict.fromkeys(STYLES, 0)
        self.adornments: list[Adornments] = []
        self.codes = False
        self._spare = spare
        self._loose = loose
        self._n = 0

    def add(self, cells: pa.Array, rows: Ints) -> bool:
        """False where no marks are left under which nearly all cells are numbers."""
        self._n += int(rows.sum())
        if len(cells) <= _FEW and self._n == rows.sum() and self._n - int(rows[likely(cells)].sum()) > self._spare:
            return False
        best: NDArray[np.bool_] | None = None
        for marks in list(self.counts):
            fitting = np.asarray(fits(cells, marks, codes=self._loose))
            self.counts[marks] += int(rows[fitting].sum())
            if self._n - self.counts[marks] > self._spare:
                del self.counts[marks]
            elif best is None or fitting.sum() > best.sum():
                best = fitting
        if best is None:
            return False
        if not best.all() and not self._loose:
            others = cells.filter(pa.array(~best))
            code = pc.and_not(pc.match_substring_regex(others, _CODE), pc.match_substring_regex(others, _NOT_A_CODE))
            self.codes = self.codes or bool(pc.any(code).as_py())
        if best.any():
            self.adornments.append(adornments(cells if best.all() else cells.filter(pa.array(best))))
        return True


class _Dates:
    def __init__(self, spare: int, *, digits: bool) -> None:
        self.found: dict[DateStyle, DateFound] = {}
        self._spare = spare
        self._digits = digits
        self._n = 0

    def add(self, cells: pa.Array, rows: Ints) -> bool:
        """False where there is no style of which nearly all cells are."""
        self._n += int(rows.sum())
        taken = DateCells(cells, digits=self._digits)
        for style in taken.styles():
            dates = taken.read(style)
            sums = self.found.setdefault(style, DateFound())
            sums.n += int(rows[dates.valid].sum())
            sums.has_time |= dates.has_time
            sums.has_fraction |= dates.has_fraction
            sums.half_days |= dates.half_days
        return any(self._n - sums.n <= self._spare for sums in self.found.values())


def misfits(parts: Iterable[pa.Array], refused: Callable[[pa.Array], NDArray[np.bool_]], most: int = 5) -> tuple[str, ...]:
    """The first cells, as they stand in the file, that a reading refuses; each only once."""
    found: dict[str, None] = {}
    for cells in parts:
        cells = cells.drop_null()
        if len(cells):
            found |= dict.fromkeys(cells.filter(pa.array(refused(normal(cells)))).unique()[:most].to_pylist())
        if len(found) >= most:
            break
    return tuple(found)[:most]
