"""Find runs and data sets by their names."""

from dataclasses import dataclass
from typing import Literal

from dashapp.usecases import datasets, runs
from dashapp.usecases.desk import Desk

MOST = 8


@dataclass(frozen=True)
class Hit:
    kind: Literal["run", "dataset"]
    id: str
    name: str
    about: str


def find(desk: Desk, words: str) -> list[Hit]:
    """What the user may see whose name holds every word, runs first, newest first, at most eight."""
    wanted = words.casefold().split()

    def fits(name: str) -> bool:
        return all(word in name.casefold() for word in wanted)

    hits = [Hit("run", run.id, run.name, run.dataset_name) for run in runs.visible(desk) if fits(run.name)]
    hits += [Hit("dataset", card.id, card.name, f"{card.n_rows:,} rows") for card in datasets.visible(desk) if fits(card.name)]
    return hits[:MOST]
