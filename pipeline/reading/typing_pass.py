"""One column's way through a file: values where its cells are plain, texts to be judged at the end where they are not."""

import pyarrow as pa

from pipeline.levels import number_text
from pipeline.reading.cells import cleaned
from pipeline.reading.column import Column
from pipeline.reading.deciding import ChosenMarks
from pipeline.reading.pieces import Pieces
from pipeline.reading.recipe import Recipe
from pipeline.reading.telling import of_infinite, of_marks
from pipeline.reading.text_column import TextColumn
from pipeline.reading.typed_column import TypedColumn
from pipeline.reading.values import Adornments, Marks
from pipeline.tallies import CATEGORY_LEVELS


class ColumnReader:
    """Takes a column's cells part by part.

    A column that begins with plain numbers or dates is converted as it comes. Where a later cell refuses it is `incomplete`:
    the cells before are gone, and it must be read once more, as text.
    """

    def __init__(self, name: str, recipe: Recipe, limit: int, file: Pieces, *, as_text: bool = False) -> None:
        self.name = name
        self.chosen = recipe.kinds.get(name, "")  # the kind that the user wants, or ""
        self.incomplete = False
        self._typed: TypedColumn | None = None
        self._begins_typed = self.chosen in {"", "number"} and not as_text
        self._recipe = recipe
        self._missing = pa.array(recipe.missing, pa.string())
        self._limit = limit
        self._file = file
        self._text: TextColumn | None = None
        self._blank: list[int] = []  # rows of the first parts, which hold nothing

    def add(self, cells: pa.Array) -> None:
        if self.incomplete:
            return
        if self._typed is not None:
            self.incomplete = not self._typed.add(cells)
        elif self._text is not None:
            self._text.add(cells)
        else:
            self._begin(cells)

    def _begin(self, cells: pa.Array) -> None:
        cells = cleaned(cells, self._missing)
        if cells.null_count == len(cells):
            self._blank.append(len(cells))
            return
        typed = TypedColumn(self._missing, self._limit, self._file, dates=not self.chosen)
        if self._begins_typed and typed.begin(cells, self._blank):
            self._typed = typed
        else:
            self.text.add(cells)

    @property
    def text(self) -> TextColumn:
        """The cells as texts, where they are not typed."""
        if self._text is None:
            most = self._limit if self.chosen == "category" else CATEGORY_LEVELS
            self._text = TextColumn(self._missing, most, self._limit, self._file)
            for n in self._blank:
                self._text.add(pa.nulls(n, pa.string()))
        return self._text

    def once_more(self) -> "ColumnReader":
        """A fresh reader of the same column, as text."""
        return ColumnReader(self.name, self._recipe, self._limit, self._file, as_text=True)

    def finished(self) -> Column | None:
        """The column, where it did not have to be taken as text."""
        if self._typed is None:
            return None
        typed = self._typed
        told = [of_infinite(self.name, typed.tally.n_infinite)] if typed.tally.n_infinite else []
        if typed.marks == Marks(","):
            cell, value = typed.example
            told += of_marks(self.name, ChosenMarks(typed.marks), Adornments(), (cell, number_text(value)), self._recipe)
        summary = typed.tally.summary(self.name)
        return Column(typed.type, summary, tuple(typed.pieces), self._file, tuple(told), marks=typed.marks)
