"""A run's coefficients as a file to take away."""

from dataclasses import fields

from dashapp.usecases import runs
from dashapp.usecases.csv_files import CsvFile, csv_text
from dashapp.usecases.desk import Desk
from dashapp.usecases.errors import NotFound
from pipeline.results import Coefficient


def csv(desk: Desk, run_id: str) -> CsvFile | None:
    """Intercepts first, one row each, numbers with all their digits; None while there is no result.

    Raises NotFound, also for a run that nothing was fitted for.
    """
    view = runs.get(desk, run_id)
    if not view.origin.has_model:
        raise NotFound("coefficients", fix=runs.NOTHING_FITTED)
    if view.result is None:
        return None
    names = [field.name for field in fields(Coefficient)]
    rows = ([getattr(row, name) for name in names] for row in (*view.result.intercepts, *view.result.coefficients))
    return CsvFile(view.name, csv_text([["class", *names[1:]], *rows]))
