"""What each of two fields has of their product: the Shapley values of the two over the rows of a reference.

Of w · a · b, with m the means over those rows, Shapley's share of a is half of what a adds before b is known, w · (a · m(b) −
m(ab)), and half of what it adds after, w · (a − m(a)) · b. The two shares are the product's contribution, w · (a · b − m(ab)).
"""

import numpy as np

from pipeline.explain_results import Reference
from pipeline.frame import Floats
from pipeline.model import FittedModel
from pipeline.terms import CategoryTerm, Design, ProductTerm, Term

Shares = dict[tuple[str, ...], tuple[float, float]]


def shares_of_products(model: FittedModel, design: Design, reference: Reference, k: int = 0) -> Shares:
    """For each pair of fields that a model multiplies, what each has of their contribution, for the first row of a design."""
    if not any(isinstance(term, ProductTerm) for term in model.terms):
        return {}
    row, means, weights = design.block(0, 1)[0], np.array(reference.columns), np.array(model.coefficients[k])
    placed: dict[str, tuple[Term, int]] = {}
    found: Shares = {}
    at = 1
    for term in model.terms:
        if isinstance(term, ProductTerm):
            cells = term.cells or ((None, None),)
            own = slice(at, at + term.width)
            one, other = (
                np.array([_position(*placed[name], cell[side]) for cell in cells]) for side, name in enumerate(term.sources)
            )
            found[term.sources] = (
                _share(weights[own], row[one], row[other], means[one], means[other], means[own]),
                _share(weights[own], row[other], row[one], means[other], means[one], means[own]),
            )
        placed[term.field] = term, at
        at += term.width
    return found


def _position(term: Term, start: int, level: str | None) -> int:
    """Where a factor of a product stands itself: the number's column, or that of a level."""
    return start + (term.levels.index(str(level)) if isinstance(term, CategoryTerm) else 0)


def _share(weights: Floats, a: Floats, b: Floats, mean_a: Floats, mean_b: Floats, mean_ab: Floats) -> float:
    return float(weights @ (a * mean_b - mean_ab + (a - mean_a) * b)) / 2
