"""What a model makes of a value that no training row had."""

import math

from pipeline.levels import number_text
from pipeline.model import FittedModel
from pipeline.shown import short
from pipeline.terms import BinnedCategoryTerm, CategoryTerm, NumberTerm


def counts_as(model: FittedModel, name: str) -> str:
    """What a level or a special code of a field counts as that training never saw: "the reference level 'car'"."""
    term = next((term for term in model.terms if getattr(term, "field", None) == name), None)
    if isinstance(term, CategoryTerm | BinnedCategoryTerm) and term.other is not None:
        return term.other
    if isinstance(term, CategoryTerm):
        return f"the reference level '{short(term.reference)}'" if term.reference is not None else "none of its levels"
    return "a level without evidence" if isinstance(term, BinnedCategoryTerm) else "a gap"


def gap_counts_as(model: FittedModel, name: str) -> str:
    """What a gap in a field counts as that no training row lacks."""
    term = next((term for term in model.terms if getattr(term, "field", None) == name), None)
    if not isinstance(term, NumberTerm):
        return "a level without evidence" if term is not None and hasattr(term, "woe_missing") else counts_as(model, name)
    if term.order:
        return f"about '{short(term.order[min(max(round(term.fill), 0), len(term.order) - 1)])}'"
    return number_text(float(f"{math.expm1(term.fill) if term.log else term.fill:.6g}"))
