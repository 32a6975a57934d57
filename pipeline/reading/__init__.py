"""Reading files into typed columns: what is detected is told and can be changed, every row is checked, memory stays flat."""

from pipeline.reading.findings import Repair
from pipeline.reading.peek import Peek, peek
from pipeline.reading.recipe import Limits, Recipe
from pipeline.reading.table_file import TableFile, check_and_open

__all__ = ["Limits", "Peek", "Recipe", "Repair", "TableFile", "check_and_open", "peek"]
