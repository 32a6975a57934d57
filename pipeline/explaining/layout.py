"""Where the columns of a model stand in a design, and which field each belongs to: worked out once for each model."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.frame import Floats
from pipeline.kept import Kept
from pipeline.model import FittedModel
from pipeline.terms import columns_by_source
from pipeline.terms.building import codes_width


@dataclass(frozen=True)
class Layout:
    """`groups` are the positions of each field's columns, and of each pair's products, among the coefficients.

    `dense` holds the position and the group of each dense column of a design, `codes` the group of each column of codes.
    """

    groups: dict[tuple[str, ...], list[int]]
    weights: Floats  # (rows of coefficients, width)
    group_of: NDArray[np.intp]  # of each column after the intercept, (width - 1,)
    dense: tuple[tuple[int, int], ...]
    codes: tuple[int, ...]


def layout_of(model: FittedModel) -> Layout:
    """The layout of a model, kept for those that were asked for last."""
    return _layouts.of(model.sha256, lambda: _made(model))


_layouts: Kept[str, Layout] = Kept(32)  # by the model's hash


def _made(model: FittedModel) -> Layout:
    groups = columns_by_source(model.terms)
    weights = np.array(model.coefficients)
    group_of = np.empty(weights.shape[1] - 1, np.intp)
    for g, positions in enumerate(groups.values()):
        group_of[np.array(positions) - 1] = g
    dense, codes, position = [], [], 1
    for term in model.terms:
        if codes_width(term, model.terms):
            codes.append(int(group_of[position - 1]) if term.width else 0)
        else:
            dense += [(at, int(group_of[at - 1])) for at in range(position, position + term.width)]
        position += term.width
    return Layout(groups, weights, group_of, tuple(dense), tuple(codes))
