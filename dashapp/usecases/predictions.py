"""What a run of three classes and more predicts for rows of its own data: worked out for the rows that are asked about.

Scores of all rows are stored for two classes alone.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dashapp.usecases.errors import Refused
from dashapp.usecases.rows import some

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from db.engine import Database
    from db.tables import Dataset
    from pipeline.model import FittedModel

MOST_AT_ONCE = 20_000_000  # rows times fields, which take about a second with their reading


@dataclass(frozen=True)
class Predictions:
    """The most probable class of some rows, by its place among the model's labels, and its probability."""

    places: "NDArray[np.int16]"
    chances: "NDArray[np.float64]"


def predictions(db: "Database", dataset: "Dataset", model: "FittedModel", rows: "NDArray[np.intp]") -> Predictions:
    """Of rows of a data set that the user has been let see, given by ascending numbers; ten bytes are held of each of them.

    Raises Refused for too many of them.
    """
    import numpy as np

    most = MOST_AT_ONCE // max(len(model.fields), 1)
    if len(rows) > most:
        raise Refused(
            f"The class of {len(rows):,} rows is not predicted while you wait; of this run's {len(model.fields)} fields "
            f"{most:,} rows are at most.",
            fix="Look among fewer rows: those held out, or those of a further condition.",
        )
    places, chances = np.empty(len(rows), np.int16), np.empty(len(rows))
    done = 0
    for table, _ in some(db, dataset, list(model.fields), rows):
        found = model.probabilities(table)
        here = slice(done, done + len(found))
        places[here] = found.argmax(axis=1)
        chances[here] = found.max(axis=1)
        done = here.stop
    return Predictions(places, chances)
