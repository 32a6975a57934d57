"""The log-odds of some rows by what makes them up, for every row of coefficients at once."""

from dataclasses import dataclass

import numpy as np

from pipeline.explain_results import AVERAGE, Reference
from pipeline.explaining.exact import contributions, groups_of
from pipeline.frame import Floats
from pipeline.model import FittedModel
from pipeline.terms import Design


@dataclass(frozen=True)
class Parts:
    """`of` each field, or pair of fields, what it adds to the log-odds, (n_rows, rows of coefficients); counted from 0."""

    intercept: Floats  # (rows of coefficients,)
    of: dict[tuple[str, ...], Floats]

    @property
    def log_odds(self) -> Floats:
        """Corrected, (n_rows, rows of coefficients)."""
        return np.asarray(self.intercept + sum(self.of.values()))


def parts_of_rows(model: FittedModel, design: Design) -> Parts:
    """The parts of the rows of a design of the model's terms."""
    nothing = Reference(AVERAGE, "", design.n_rows, (1.0, *(0.0,) * (design.width - 1)))
    told = [contributions(model, design, nothing, k) for k in range(len(model.coefficients))]
    groups = enumerate(groups_of(model))
    of = {sources: np.column_stack([found[:, g] for _, found in told]) for g, sources in groups}
    return Parts(np.array([intercept for intercept, _ in told]), of)
