"""Find runs and data sets by their names."""

from dataclasses import dataclass
from typing import Literal

from dashapp.usecases.datasets import holds
from dashapp.usecases.desk import Desk
from db import datasets, runs

MOST = 8


@dataclass(frozen=True)
class Hit:
    kind: Literal["run", "dataset"]
    id: str
    name: str
    about: str


def find(desk: Desk, words: str) -> list[Hit]:
    """What the user may see whose name holds every word, runs first, newest first, at most eight.

    Of a data set its file's name and its description count too.
    """
    with desk.db.read() as session:
        hits = [Hit("run", run, name, dataset) for run, name, dataset in runs.names(session, desk.user.id) if holds(words, name)]
        found = datasets.names(session, desk.user.id)
    hits += [Hit("dataset", dataset, name, f"{n_rows:,} rows") for dataset, name, n_rows, text in found if holds(words, text)]
    return hits[:MOST]
