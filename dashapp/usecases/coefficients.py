"""A run's coefficients as a file to take away."""

import csv as writing
import io
import re
from dataclasses import dataclass, fields
from typing import Any

from dashapp.usecases import runs
from dashapp.usecases.desk import Desk
from dashapp.usecases.errors import NotFound
from pipeline.results import Coefficient

_STARTS_A_FORMULA = re.compile(r"^[=+\-@\t\r]")  # what a spreadsheet would run


@dataclass(frozen=True)
class CoefficientsCsv:
    name: str
    text: str


def csv(desk: Desk, run_id: str) -> CoefficientsCsv | None:
    """Intercepts first, one row each, numbers with all their digits; None while there is no result.

    Raises NotFound, also for a run that nothing was fitted for.
    """
    view = runs.get(desk, run_id)
    if not view.origin.has_model:
        raise NotFound("coefficients", fix=runs.NOTHING_FITTED)
    if view.result is None:
        return None
    names = [field.name for field in fields(Coefficient)]
    out = io.StringIO()
    file = writing.writer(out, lineterminator="\r\n")
    file.writerow(["class", *names[1:]])
    for row in (*view.result.intercepts, *view.result.coefficients):
        file.writerow([_cell(getattr(row, name)) for name in names])
    return CoefficientsCsv(view.name, out.getvalue())


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return repr(value)
    text = str(value)
    return f"'{text}" if _STARTS_A_FORMULA.match(text) else text
