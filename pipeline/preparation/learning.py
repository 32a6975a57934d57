"""The terms of a model, column by column and then their powers and products."""

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import InvalidSpec
from pipeline.frame import Category, Floats, Frame
from pipeline.preparation.categories import learn_category
from pipeline.preparation.checks import check_columns
from pipeline.preparation.evidence import learn_binned_category, learn_binned_number
from pipeline.preparation.numbers import learn_number, learn_powers
from pipeline.preparation.products import learn_products
from pipeline.spec import TrainSpec
from pipeline.terms import Term
from pipeline.terms.reading import Rows

LeftOut = tuple[tuple[str, str], ...]


def learn_terms(
    frame: Frame, rows: Rows, spec: TrainSpec, classes: NDArray[np.intp] | None = None, n_classes: int = 2
) -> tuple[tuple[Term, ...], LeftOut]:
    """The terms of a model, learnt on some rows only.

    Parameters
    ----------
    frame : Frame
        The features.
    rows : ndarray of int, shape (n_train,)
        The training rows.
    spec : TrainSpec
        What it says of gaps, numbers, categories, binning and special codes.
    classes : ndarray of int, shape (n_rows,), optional
        The class of every row of the frame; needed for weight of evidence alone, where 1 is bad.
    n_classes : int
        How many classes there are; weight of evidence takes two.

    Returns
    -------
    terms : tuple of Term
        One for each feature that takes at least two values among the rows, its powers after it, and then the products.
    left_out : tuple of (str, str)
        The features, powers and products that say nothing of their own, with the reason.

    Raises
    ------
    UnusableData
        Where a category has more than 1,000 levels or a number is too large to be scaled.
    InvalidSpec
        Where an option does not fit the data: the special code of a number is no number, an order lacks a level of the training
        rows, a logarithm is asked of numbers of -1 or less, a chosen reference level does not exist.
    """
    check_columns(frame, spec, n_classes)
    every = len(rows) == frame.n_rows and np.array_equal(rows, np.arange(frame.n_rows))
    taken = None if every else rows  # all of them as they are: nothing has to be copied
    bad = _bad(spec, classes, taken)
    terms: list[Term] = []
    left_out: list[tuple[str, str]] = []
    for name in frame.columns:
        term = _learn(name, frame.columns[name], taken, spec, bad)
        if isinstance(term, str):
            left_out.append((name, term))
        else:
            terms.append(term)
    powers, too_large = learn_powers(frame, taken, tuple(terms), spec)
    terms = [each for term in terms for each in (term, *powers.get(term.field, ()))]
    products, empty = learn_products(frame, taken, tuple(terms), spec)
    return (*terms, *products), (*left_out, *too_large, *empty)


def _bad(spec: TrainSpec, classes: NDArray[np.intp] | None, rows: Rows | None) -> NDArray[np.bool_] | None:
    if spec.weight_of_evidence == "none":
        return None
    if classes is None:
        raise TypeError("Weight of evidence needs the classes of the rows.")
    bad = (classes if rows is None else classes[rows]) == 1
    if bad.all() or not bad.any():
        raise InvalidSpec.one("weight_of_evidence", "Weight of evidence needs training rows of both classes.")
    return np.asarray(bad)


def _learn(name: str, column: Floats | Category, rows: Rows | None, spec: TrainSpec, bad: NDArray[np.bool_] | None) -> Term | str:
    """The term of a column, or why it has none."""
    ordered = name in dict(spec.orders)
    if bad is not None and spec.binned(name):
        if isinstance(column, Category) and not ordered:
            return learn_binned_category(name, column, rows, spec, bad)
        return learn_binned_number(name, column, rows, spec, bad)
    if isinstance(column, Category) and not ordered:
        return learn_category(name, column, rows, spec)
    return learn_number(name, column, rows, spec)
