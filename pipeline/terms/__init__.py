"""Terms: what a fitted model does to each column, how they are stored, and the design that they make of rows."""

from pipeline.terms.building import design_of
from pipeline.terms.columns import Column, columns_by_source, columns_of, in_own_units
from pipeline.terms.design import Design
from pipeline.terms.kinds import (
    MISSING_LEVEL,
    OTHER_LEVEL,
    BinnedCategoryTerm,
    BinnedNumberTerm,
    CategoryTerm,
    NumberTerm,
    PowerTerm,
    ProductTerm,
    Term,
    reads_levels,
    width_of,
)
from pipeline.terms.loading import term_of, terms_of
from pipeline.terms.reading import Coded, coded

__all__ = [
    "MISSING_LEVEL",
    "OTHER_LEVEL",
    "BinnedCategoryTerm",
    "BinnedNumberTerm",
    "CategoryTerm",
    "Coded",
    "Column",
    "Design",
    "NumberTerm",
    "PowerTerm",
    "ProductTerm",
    "Term",
    "coded",
    "columns_by_source",
    "columns_of",
    "design_of",
    "in_own_units",
    "reads_levels",
    "term_of",
    "terms_of",
    "width_of",
]
