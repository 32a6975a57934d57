"""What is typical of the rows of a reference, in the fields' own units."""

import math
from itertools import pairwise

from pipeline.explain_results import Reference, Value
from pipeline.model import FittedModel
from pipeline.terms import CategoryTerm, NumberTerm


def typical_values(model: FittedModel, reference: Reference) -> dict[str, Value]:
    """For each field that enters by its value or its levels: what stands for it in a reference.

    A number's mean after filling and winsorising (of a logarithm back in its own unit, so that it is a geometric mean of
    1 + value), the level at the mean place of an ordered category, and the most frequent level of another. Fields that enter as
    weight of evidence keep no such value.
    """
    starts = [1]
    for term in model.terms:
        starts.append(starts[-1] + term.width)
    found: dict[str, Value] = {}
    for term, (start, stop) in zip(model.terms, pairwise(starts), strict=True):
        means = reference.columns[start:stop]
        if isinstance(term, NumberTerm):
            mean = means[0] * term.scale + term.mean
            if term.order:
                found[term.field] = term.order[min(max(round(mean), 0), len(term.order) - 1)]
            else:
                found[term.field] = math.expm1(mean) if term.log else mean
        elif isinstance(term, CategoryTerm):
            shares = dict(zip(term.levels, means, strict=True))
            if term.reference is not None:
                shares[term.reference] = 1 - sum(means)
            found[term.field] = max(shares, key=lambda level: shares[level], default=None)
    return found
