"""What a way of fitting a path gives, whichever way it was."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.frame import Floats, Frame
from pipeline.model import probabilities
from pipeline.terms import Term, design_of

_BLOCK = 65_536  # rows whose design is built at a time
_MOST_CELLS = 10_000_000  # log-odds that are held at a time, 80 MB


@dataclass(frozen=True)
class PathModel:
    """The models at every C that were learnt on the same rows.

    `weights` are those of the model's columns, (C, width, classes with weights), with what weighting or resampling added to the
    log-odds taken off where the spec asks for it (`pipeline.priors`).
    """

    terms: tuple[Term, ...]
    weights: Floats
    link: str

    def log_odds(self, frame: Frame, rows: NDArray[np.intp]) -> Iterator[Floats]:
        """Log-odds of some rows, (classes with weights, rows), at one C after another."""
        n_C, width, free = self.weights.shape
        together = max(1, _MOST_CELLS // max(1, free * len(rows)))
        for first in range(0, n_C, together):
            own = self.weights[first : first + together]
            flat = np.ascontiguousarray(own.transpose(1, 0, 2)).reshape(width, len(own) * free)
            found = np.empty((len(own) * free, len(rows)))
            for start in range(0, len(rows), _BLOCK):
                design, _ = design_of(frame, self.terms, rows[start : start + _BLOCK])
                found[:, start : start + _BLOCK] = design.linear(flat).T
            yield from found.reshape(len(own), free, len(rows))

    def log_odds_of_bad(self, frame: Frame, rows: NDArray[np.intp]) -> Iterator[Floats]:
        """For two classes: log-odds of bad, (rows,), at one C after another."""
        return (log_odds[0] for log_odds in self.log_odds(frame, rows))

    def probabilities(self, log_odds: Floats) -> Floats:
        """Probabilities of each class, (rows, classes), from log-odds at one C, (classes with weights, rows)."""
        return probabilities(log_odds.T, self.link)


def off_the_intercepts(weights: Floats, shift: tuple[float, ...]) -> Floats:
    """Weights (C, width, classes with weights) with a shift taken off each class's log-odds."""
    if shift:
        weights[:, 0] -= np.array(shift)
    return weights


@dataclass(frozen=True)
class Fits:
    """The models of the training rows and of each fold of each repeat, and how the fits went."""

    Cs: tuple[float, ...]
    whole: PathModel
    folds: tuple[PathModel, ...]
    n_unconverged: int
    optimality: float
    solver: str
    notes: tuple[str, ...] = ()

    @property
    def n_fits(self) -> int:
        return len(self.Cs) * (1 + len(self.folds))
