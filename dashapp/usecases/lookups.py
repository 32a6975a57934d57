"""Finding one applicant again: by the number of the row, or by what stands in an identifier column."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dashapp.usecases import backgrounds, runs
from dashapp.usecases.desk import Desk
from dashapp.usecases.errors import Refused
from dashapp.usecases.explaining import Applicant
from dashapp.usecases.rows import chunks
from db import datasets
from pipeline.given import number
from pipeline.levels import number_text

if TYPE_CHECKING:
    import pyarrow as pa

MOST_ROWS = 3_000_000  # of a data set that is looked through for an identifier while one waits
_MOST_NAMED = 5


@dataclass(frozen=True)
class Place:
    """A data set that holds applicants of a run: one that the user may see, with all columns that the model reads."""

    dataset_id: str
    name: str
    n_rows: int
    identifiers: tuple[str, ...]


def places(desk: Desk, run_id: str) -> tuple[Place, ...]:
    """The run's own data set first, then the newest. Raises NotFound for a run that is not the user's to see."""
    view = runs.get(desk, run_id)
    wanted = set(backgrounds.model_of(desk, view).fields)
    with desk.db.read() as session:
        found = [
            Place(one.id, one.name, one.n_rows, tuple(c["name"] for c in one.columns if c.get("role") == "identifier"))
            for one in datasets.visible(session, desk.user.id)
            if wanted <= {column["name"] for column in one.columns}
        ]
    return tuple(sorted(found, key=lambda one: one.dataset_id != view.dataset_id))


def row_of(desk: Desk, dataset_id: str, column: str, text: str) -> int:
    """The row, from 0: the one of this number where no column is named, else the one whose identifier this is.

    Raises NotFound for a data set that is not the user's to see, and Refused for what is no row or no identifier.
    """
    with desk.db.read() as session:
        dataset = datasets.get(session, desk.user.id, dataset_id)
    text = str(text or "").strip()
    if not column:
        wanted = number(text.replace(",", "").replace(" ", ""))
        if wanted is None or wanted != int(wanted) or not 1 <= wanted <= dataset.n_rows:
            raise Refused("That is the number of no row.", fix=f"Give one from 1 to {dataset.n_rows:,}.")
        return int(wanted) - 1
    if column not in [one["name"] for one in dataset.columns if one.get("role") == "identifier"]:
        raise Refused("That column finds nobody.", fix="Choose an identifier column, or give the number of a row.")
    if not text:
        raise Refused(f"Nobody was asked for by '{column}'.", fix="Type what stands there for the applicant.")
    if dataset.n_rows > MOST_ROWS:
        raise Refused(f"The data set has {dataset.n_rows:,} rows, too many to look through.", fix="Give the number of the row.")
    found, first = [], 0
    for batch in chunks(desk.db, dataset, [column]):
        found += [first + at for at in _places_of(batch.column(0), text)]
        first += batch.num_rows
    if not found:
        raise Refused(f"No row has that in '{column}'.", fix="Check how it is written, or type the applicant in.")
    if len(found) > 1:
        named = ", ".join(f"{row + 1:,}" for row in found[:_MOST_NAMED]) + (" …" if len(found) > _MOST_NAMED else "")
        raise Refused(f"{len(found):,} rows have that in '{column}': {named}.", fix="Look up one by the number of its row.")
    return found[0]


def name_of(desk: Desk, applicant: Applicant) -> str:
    """What stands in the first identifier column of an applicant's row; "" where there is none. Raises NotFound."""
    if applicant.dataset_id is None:
        return ""
    with desk.db.read() as session:
        columns = datasets.get(session, desk.user.id, applicant.dataset_id).columns
    keys = [one["name"] for one in columns if one.get("role") == "identifier"]
    value = next((found for key in keys if (found := applicant.others.get(key)) is not None), "")
    return number_text(value) if isinstance(value, int | float) else value


def dataset_name(desk: Desk, dataset_id: str) -> str:
    """Raises NotFound for a data set that is not the user's to see."""
    with desk.db.read() as session:
        return datasets.get(session, desk.user.id, dataset_id).name


def _places_of(column: "pa.Array", text: str) -> list[int]:
    """Where a column holds this text, or the number that it says."""
    import pyarrow as pa
    import pyarrow.compute as pc

    wanted: Any = text
    if pa.types.is_integer(column.type) or pa.types.is_floating(column.type):
        wanted = number(text)
        if wanted is None:
            return []
        column = column.cast(pa.float64(), safe=False)
    elif pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if not pa.types.is_string(column.type) and isinstance(wanted, str):
        column = column.cast(pa.string())
    return [int(at) for at in pc.indices_nonzero(pc.fill_null(pc.equal(column, wanted), False)).to_pylist()]
