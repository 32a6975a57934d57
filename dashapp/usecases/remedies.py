"""What a click on an alert of the profile does, where values become missing."""

from dataclasses import dataclass

from dashapp.usecases import datasets as use
from dashapp.usecases import profiles
from dashapp.usecases.desk import Desk
from dashapp.usecases.errors import Refused
from db import dataset_rows, datasets
from db.errors import UnknownColumn
from pipeline.levels import number_text
from pipeline.profiling.results import ColumnProfile

MOST_FAR = 50  # different values that become special codes


@dataclass(frozen=True)
class Remedied:
    """Values of a column that count as missing now: in how many rows, and the special codes before, which take it back."""

    column: str
    n_rows: int
    codes_before: dict[str, str]


def far_as_missing(desk: Desk, dataset_id: str, column: str) -> Remedied:
    """The values far out of a column of numbers count as missing from now on.

    They become special codes of the column, each to be seen and taken back there. Raises Refused where there are none, or
    more than 50 different ones.
    """
    import pyarrow.compute as pc

    found = _profiled(desk, dataset_id, column)
    if found is None or not (found.n_far_low or found.n_far_high):
        raise Refused(f"No value of '{column}' lies far out.", fix="Profile the data set again.")
    with desk.db.read() as session:
        dataset = datasets.owned(session, desk.user.id, dataset_id)
        values = dataset_rows.read_columns(session, dataset, [column]).column(0)
    far: set[str] = set()
    for bound, compare in ((found.far_low, pc.less), (found.far_high, pc.greater)):
        if bound is not None:
            far |= {number_text(value) for value in pc.unique(values.filter(compare(values, bound))).to_pylist()}
    codes = _codes(desk, dataset_id, column)
    far -= codes.keys()
    if len(far) > MOST_FAR:
        raise Refused(f"{len(far):,} different values of '{column}' lie far out.", fix="Correct them in the file.")
    use.set_codes(desk, dataset_id, column, {**codes, **dict.fromkeys(far, "missing")})
    return Remedied(column, (found.n_far_low or 0) + (found.n_far_high or 0), codes)


def suspected_as_missing(desk: Desk, dataset_id: str, column: str) -> Remedied:
    """The values of a column that look like codes for missing, such as -9, count as missing from now on. Raises Refused."""
    found = _profiled(desk, dataset_id, column)
    if found is None or not found.suspected_codes:
        raise Refused(f"No value of '{column}' looks like a code for missing.", fix="Profile the data set again.")
    codes, doubted = _codes(desk, dataset_id, column), dict(found.suspected_codes)
    use.set_codes(desk, dataset_id, column, {**codes, **dict.fromkeys(doubted, "missing")})
    return Remedied(column, sum(doubted.values()), codes)


def _profiled(desk: Desk, dataset_id: str, column: str) -> ColumnProfile | None:
    with desk.db.read() as session:
        datasets.owned(session, desk.user.id, dataset_id)
    profile = profiles.get(desk, dataset_id).profile
    return profile.column(column) if profile is not None else None


def _codes(desk: Desk, dataset_id: str, column: str) -> dict[str, str]:
    summary = use.get(desk, dataset_id).column(column)
    if summary is None:
        raise UnknownColumn(column)
    return dict(summary.codes)
