"""Reading files into typed columns: what is detected is told and can be changed, every row is checked, memory stays flat.

What brings Arrow along is imported when it is first asked for: a process that shows stored data sets never reads a file.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from pipeline.reading.findings import Repair
from pipeline.reading.recipe import Limits, Recipe

if TYPE_CHECKING:
    from pipeline.reading.table_file import TableFile, check_and_open

__all__ = ["Limits", "Recipe", "Repair", "TableFile", "check_and_open"]


def __getattr__(name: str) -> Any:
    if name not in {"TableFile", "check_and_open"}:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module("pipeline.reading.table_file"), name)
