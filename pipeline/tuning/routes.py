"""What a way of fitting a path gives, whichever way it was."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.frame import Floats, Frame
from pipeline.terms import Term, design_of


@dataclass(frozen=True)
class PathModel:
    """The models at every C that were learnt on the same rows: weights of the model's columns, (C, width, classes with weights)."""

    terms: tuple[Term, ...]
    weights: Floats
    link: str

    def log_odds(self, frame: Frame, rows: NDArray[np.intp]) -> Floats:
        """Log-odds of some rows, (C, rows, classes with weights)."""
        n_C, width, free = self.weights.shape
        design, _ = design_of(frame, self.terms, rows)
        together = design.linear(np.ascontiguousarray(self.weights.transpose(1, 0, 2)).reshape(width, n_C * free))
        return np.ascontiguousarray(together.T).reshape(n_C, free, len(rows)).transpose(0, 2, 1)


@dataclass(frozen=True)
class Fits:
    """The models of the training rows and of each fold, and how the fits went."""

    whole: PathModel
    folds: tuple[PathModel, ...]
    n_fits: int
    n_unconverged: int
    optimality: float
    solver: str
    notes: tuple[str, ...] = ()
