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

MOST_AT_ONCE = 200_000  # rows


@dataclass(frozen=True)
class Predictions:
    """The most probable class of some rows, by its place among the model's labels, and its probability."""

    places: "NDArray[np.intp]"
    chances: "NDArray[np.float64]"


def predictions(db: "Database", dataset: "Dataset", model: "FittedModel", rows: "NDArray[np.intp]") -> Predictions:
    """Of rows of a data set that the user has been let see, given by ascending numbers. Raises Refused for too many of them."""
    import numpy as np

    if len(rows) > MOST_AT_ONCE:
        raise Refused(
            f"The class of {len(rows):,} rows is not predicted while you wait; {MOST_AT_ONCE:,} are at most.",
            fix="Look among fewer rows: those held out, or those of a further condition.",
        )
    found = [model.probabilities(table) for table, _ in some(db, dataset, list(model.fields), rows)]
    chances = np.concatenate(found) if found else np.empty((0, len(model.labels)))
    places = chances.argmax(axis=1)
    return Predictions(places, chances[np.arange(len(places)), places])
