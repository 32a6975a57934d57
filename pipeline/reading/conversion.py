"""A column of texts becomes the numbers or dates that it was found or chosen to be."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from pipeline.levels import number_text
from pipeline.reading import telling
from pipeline.reading.column import Column
from pipeline.reading.dates import DateCells, DateStyle
from pipeline.reading.deciding import ChosenMarks, ChosenStyle, Preferences, choose_marks, choose_style
from pipeline.reading.evidence import DateFound, Evidence, misfits
from pipeline.reading.recipe import Recipe
from pipeline.reading.text_column import TextColumn
from pipeline.reading.values import fits, normal, numbers
from pipeline.tallies import RangeTally

Read = Callable[[pa.Array], pa.Array]  # cells to values, null where one is none
Refused = Callable[[pa.Array], NDArray[np.bool_]]  # which normal cells have no value

_DAY = 86_400_000_000  # microseconds


@dataclass(frozen=True)
class Texts:
    """A column of texts with what is known of it."""

    name: str
    chosen: str  # the kind that the user wants, or ""
    text: TextColumn
    evidence: Evidence
    recipe: Recipe
    limit: int  # of distinct values


def as_numbers(texts: Texts, wanted: Preferences) -> Column:
    """Numbers under the marks that most cells fit, which are all of them unless the user has chosen the kind."""
    counts = texts.evidence.numbers
    most = max(counts.values())
    chosen = choose_marks([marks for marks, n in counts.items() if n == most], wanted)
    codes = texts.chosen == "number"

    def read(cells: pa.Array) -> pa.Array:
        cells = normal(cells)
        return numbers(pc.if_else(fits(cells, chosen.marks, codes=codes), cells, pa.scalar(None, pa.string())), chosen.marks)

    def refused(cells: pa.Array) -> NDArray[np.bool_]:
        return ~np.asarray(fits(cells, chosen.marks, codes=codes))

    tally = RangeTally("number", texts.limit)
    column = _converted(texts, read, tally)
    example = _example_of_marks(texts.text, chosen, read)
    told = telling.of_marks(texts.name, chosen, texts.evidence.adornments, example, texts.recipe)
    told += [telling.of_infinite(texts.name, tally.n_infinite)] if tally.n_infinite else []
    parts = [column.values] if column.values is not None else [piece for piece in column.pieces if piece.size]
    whole = all(pa.types.is_integer(part.type) for part in parts)
    column = replace(column, type=pa.int64() if whole else pa.float64(), repairs=tuple(told), marks=chosen.marks)
    return _with_unread(texts, column, "number", most, refused)


def as_dates(texts: Texts, wanted: Preferences) -> Column:
    """Dates in the style that most cells have, which are all of them unless the user has chosen the kind."""
    if texts.evidence.dates:
        chosen = choose_style(texts.evidence, wanted)
        found = texts.evidence.dates[chosen.style]
    else:  # chosen by the user, and no cell is one
        chosen, found = ChosenStyle(DateStyle("numbers", "-", "ymd")), DateFound()
    digits = texts.chosen == "date"
    day = not found.has_time
    unit = pa.date32() if day else pa.timestamp("us" if found.has_fraction else "s")

    def read(cells: pa.Array) -> pa.Array:
        different = cells.dictionary_encode()
        dates = DateCells(normal(different.dictionary), digits=digits).read(chosen.style)
        units = dates.micros // (_DAY if day else 1 if found.has_fraction else 1_000_000)
        values = pa.array(units.astype(np.int32) if day else units, mask=~dates.valid)
        return values.view(unit).take(different.indices)

    def refused(cells: pa.Array) -> NDArray[np.bool_]:
        valid: NDArray[np.bool_] = DateCells(cells, digits=digits).read(chosen.style).valid
        return ~valid

    column = _converted(texts, read, RangeTally("date", texts.limit))
    told = telling.of_dates(texts.name, chosen, _example_of_date(texts.text, chosen, read, digits), texts.recipe)
    column = replace(column, type=unit, repairs=tuple(told), order=chosen.style.order)
    return _with_unread(texts, column, "date", found.n, refused)


def _converted(texts: Texts, read: Read, tally: RangeTally) -> Column:
    """The column read: once for each level where there are codes, else part by part into the file."""
    text = texts.text
    if text.coded:
        values = read(text.levels)
        for piece in text.pieces:
            tally.add(values.take(text.file.read(piece)))
        return Column(values.type, tally.summary(texts.name), tuple(text.pieces), text.file, values=_finite(values))
    pieces = []
    for k in range(len(text.pieces)):
        values = read(text.part(k))
        tally.add(values)
        pieces.append(text.file.write(_finite(values)))
    return Column(pieces[0].type, tally.summary(texts.name), tuple(pieces), text.file)


def _finite(values: pa.Array) -> pa.Array:
    """Infinite numbers and NaN as missing."""
    if not pa.types.is_floating(values.type):
        return values
    return pc.if_else(pc.is_finite(values), values, pa.scalar(None, values.type))


def _with_unread(texts: Texts, column: Column, kind: str, n_fitting: int, refused: Refused) -> Column:
    """With what is told of cells that are none of the kind which the user has chosen."""
    n = texts.text.n_present - n_fitting
    if not n:
        return column
    examples = misfits(texts.text.in_order(), refused)
    told = telling.of_unread(texts.name, kind, n, texts.text.n_present, examples, texts.recipe)
    return replace(column, summary=replace(column.summary, n_unread=n, unread=examples), repairs=(*column.repairs, told))


def _example_of_marks(text: TextColumn, chosen: ChosenMarks, read: Read) -> tuple[str, str] | None:
    """The first cell with a mark, one between thousands or in doubt before others, and its number."""
    doubtful = chosen.marks.thousands or (chosen.marks.decimal if chosen.other is not None else "")
    for cells in text.in_order():
        values = read(cells)
        found = pc.and_(
            pc.is_valid(values), pc.match_substring_regex(normal(cells), r"\D" if not doubtful else rf"\d[{doubtful}]\d")
        )
        place = pc.index(found, True).as_py()
        if place >= 0:
            return cells[place].as_py(), number_text(values[place].as_py())
    return None


def _example_of_date(text: TextColumn, chosen: ChosenStyle, read: Read, digits: bool) -> tuple[str, np.datetime64] | None:
    """The first date that another order would read otherwise, or the first."""
    first: tuple[str, np.datetime64] | None = None
    for cells in text.in_order():
        taken = DateCells(normal(cells), digits=digits)
        dates = taken.read(chosen.style)
        differs = dates.valid
        if chosen.other:
            differs = dates.valid & (dates.micros != taken.read(replace(chosen.style, order=chosen.other)).micros)
        for places in (differs, dates.valid):
            if first is None and places.any():
                place = int(np.argmax(places))
                first = (cells[place].as_py(), np.datetime64(int(dates.micros[place]), "us"))
        if differs.any():
            break
    return first
