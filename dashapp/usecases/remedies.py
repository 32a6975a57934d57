"""What a click on an alert of the profile does, where that needs the rows."""

from dashapp.usecases import datasets as use
from dashapp.usecases import profiles
from dashapp.usecases.desk import Desk
from dashapp.usecases.errors import Refused
from db import datasets
from pipeline.levels import number_text

MOST_FAR = 50  # different values that become special codes


def far_as_missing(desk: Desk, dataset_id: str, column: str) -> int:
    """The values far out of a column of numbers count as missing from now on; gives how many different ones there are.

    They become special codes of the column, each to be seen and taken back there. Raises Refused where there are none, or
    more than 50 different ones.
    """
    import pyarrow.compute as pc

    profile = profiles.get(desk, dataset_id).profile
    found = profile.column(column) if profile is not None else None
    if found is None or not (found.n_far_low or found.n_far_high):
        raise Refused(f"No value of '{column}' lies far out.", fix="Profile the data set again.")
    with desk.db.read() as session:
        dataset = datasets.owned(session, desk.user.id, dataset_id)
        values = datasets.read_columns(session, dataset, [column]).column(0)
        codes = dict(next(summary.codes for summary in use.get(desk, dataset_id).columns if summary.name == column))
    far: set[str] = set()
    for bound, compare in ((found.far_low, pc.less), (found.far_high, pc.greater)):
        if bound is not None:
            far |= {number_text(value) for value in pc.unique(values.filter(compare(values, bound))).to_pylist()}
    far -= codes.keys()
    if len(far) > MOST_FAR:
        raise Refused(f"{len(far):,} different values of '{column}' lie far out.", fix="Correct them in the file.")
    use.set_codes(desk, dataset_id, column, {**codes, **dict.fromkeys(far, "missing")})
    return len(far)
