"""Reading delimited text into typed columns: encoding and delimiter are found, every row is checked, memory stays flat."""

from pipeline.reading.recipe import Limits, Recipe
from pipeline.reading.table_file import TableFile, check_and_open

__all__ = ["Limits", "Recipe", "TableFile", "check_and_open"]
