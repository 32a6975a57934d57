"""A column of texts stays what it is: a category or texts, with what it nearly was."""

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.levels import number_text
from pipeline.reading.column import Column
from pipeline.reading.conversion import Texts
from pipeline.reading.dates import DateCells
from pipeline.reading.deciding import Preferences, choose_marks, choose_style
from pipeline.reading.evidence import NEARLY, misfits
from pipeline.reading.findings import Repair
from pipeline.reading.values import Adornments, Marks, adornments, fits, numbers
from pipeline.results import ColumnSummary
from pipeline.tallies import TextTally


def as_category(texts: Texts, wanted: Preferences) -> Column:
    """Its levels. Plain numbers are one level however they are written: 1 and 1.0."""
    text = texts.text
    if not text.coded:
        column = as_texts(texts, wanted)
        told = f"{texts.name}: more than {texts.limit:,} different values are no category; they are read as text"
        return replace(column, repairs=(Repair("levels", told, column=texts.name),))
    levels = text.levels
    if texts.chosen and pc.all(fits(levels, Marks())).as_py() and adornments(levels) == Adornments():
        levels = pa.array([number_text(value) for value in numbers(levels, Marks()).to_pylist()], pa.string())
    tally = TextTally("category", texts.limit)
    rows = text.tally.rows_of(text.levels.to_pylist())
    tally.count(text.tally.n_rows, text.tally.n_present, zip(levels.to_pylist(), rows, strict=True))
    return Column(
        pa.dictionary(pa.int32(), pa.string()),
        _nearly(texts, tally.summary(texts.name), wanted),
        tuple(text.pieces),
        text.file,
        values=levels,
        levels=tally.levels,
    )


def as_texts(texts: Texts, wanted: Preferences) -> Column:
    text = texts.text
    summary = replace(text.tally.summary(texts.name), kind="text")
    return Column(pa.string(), _nearly(texts, summary, wanted), tuple(text.pieces), text.file, values=text.levels)


def _nearly(texts: Texts, summary: ColumnSummary, wanted: Preferences) -> ColumnSummary:
    """With the kind that all but a few cells have, where the user has not chosen one."""
    found, n_present = texts.evidence, texts.text.n_present
    if texts.chosen or not n_present:
        return summary
    n_numbers = max(found.numbers.values(), default=0)
    n_dates = max((entry.n for entry in found.dates.values()), default=0)
    if n_numbers >= n_dates and NEARLY * n_present <= n_numbers < n_present and not found.codes:
        marks = choose_marks([marks for marks, n in found.numbers.items() if n == n_numbers], wanted).marks
        against = misfits(texts.text.in_order(), lambda cells: ~np.asarray(fits(cells, marks)))
        return replace(summary, nearly="number", n_against=n_present - n_numbers, against=against)
    if n_dates > n_numbers and NEARLY * n_present <= n_dates < n_present:
        style = choose_style(found, wanted).style
        against = misfits(texts.text.in_order(), lambda cells: ~DateCells(cells).read(style).valid)
        return replace(summary, nearly="date", n_against=n_present - n_dates, against=against)
    return summary
