"""The axes of a picture of two fields: which two are usual, and how far each reaches."""

from itertools import pairwise

import numpy as np

from pipeline.boundary_results import Axis
from pipeline.explain_results import Background, FieldInfo
from pipeline.frame import Floats
from pipeline.model import FittedModel
from pipeline.terms import BinnedNumberTerm, CategoryTerm, NumberTerm

PLACES = 41  # of a number on its axis
MOST_LEVELS = 30  # of a category that are drawn
_FAR = 0.5  # of the middle 90%: so far may an end lie beyond it and still be drawn


def axis_of(info: FieldInfo, model: FittedModel, *, whole: bool = False, label: str = "", unit: str = "") -> Axis:
    """The axis of a field: over the middle 90% of the training rows, and as far as their ends are not far out, or are wanted.

    `label` and `unit` are what the run calls the field and counts it in.
    """
    if info.kind == "category":
        levels: list[str | None] = [name for name, _ in info.levels]
        if len(levels) > MOST_LEVELS:
            often = {name for name, _ in sorted(info.levels, key=lambda level: -level[1])[:MOST_LEVELS]}
            levels = [name for name in levels if name in often]
        gap: list[str | None] = [None] if info.missing_share else []
        return Axis(info.name, levels=(*levels, *gap), n_levels=len(info.levels) + len(gap), label=label)
    low, high = _range(info.quantiles, whole)
    places = np.linspace(low, high, PLACES)
    step = max(1.0, np.ceil((high - low) / (PLACES - 1)))
    edges = next((term.edges for term in model.terms if isinstance(term, BinnedNumberTerm) and term.field == info.name), None)
    if info.whole and (edges is None or step == 1):
        places = np.arange(np.floor(low), high + step, step)
    elif edges is not None:
        places = _beside_edges(low, high, [edge for edge in edges if low < edge < high])
    is_cut = bool(info.quantiles) and (info.quantiles[0] < places[0] or info.quantiles[-1] > places[-1])
    values = tuple(map(float, places))
    return Axis(info.name, values, whole=info.whole, stepped=edges is not None, is_cut=is_cut, label=label, unit=unit)


def _beside_edges(low: float, high: float, edges: list[float]) -> Floats:
    """Places that lie as near to each edge on its one side as on its other, so that the cells around them end there."""
    ends = [low, *edges, high]
    near = min(0.25 * min(b - a for a, b in pairwise(ends)), 0.005 * (high - low))
    found = [low, high]
    for a, b in pairwise(ends):
        first, last = (a if a == low else a + near), (b if b == high else b - near)
        found += np.linspace(first, last, max(2, round((PLACES - 1) * (b - a) / (high - low)))).tolist()
    return np.unique(found)


def importance(model: FittedModel, background: Background) -> dict[str, float]:
    """How far each field alone moves the log-odds among the training rows: the standard deviation of its part, about.

    For a category that of its levels; for a number |β| · sd, powers added; products are left out. The class with the largest.
    """
    reference = background.references[0].columns
    weights = np.array(model.coefficients)
    found: dict[str, float] = {}
    position = 1
    for term in model.terms:
        at = slice(position, position + term.width)
        position += term.width
        if len(set(term.sources)) != 1:
            continue
        if isinstance(term, CategoryTerm):
            share = np.array(reference[at])
            spread = np.sqrt(np.maximum(weights[:, at] ** 2 @ share - (weights[:, at] @ share) ** 2, 0))
        else:
            spread = np.abs(weights[:, at.start]) * (term.sd / term.scale if isinstance(term, NumberTerm) else term.sd)
        name = term.sources[0]
        found[name] = found.get(name, 0.0) + float(spread.max())
    return found


def usual_fields(model: FittedModel, background: Background) -> tuple[str, str] | None:
    """The two numbers that matter most; categories where there are too few. None for a model of one field."""
    matters = importance(model, background)
    ranked = sorted(matters, key=lambda name: (background.field(name).kind != "number", -matters[name]))
    return (ranked[0], ranked[1]) if len(ranked) > 1 else None


def _range(quantiles: tuple[float, ...], whole: bool) -> tuple[float, float]:
    if not quantiles:
        return -0.5, 0.5
    low, first, last, high = quantiles[0], quantiles[1], quantiles[-2], quantiles[-1]
    far = _FAR * (last - first)
    if not whole and far > 0:
        low = low if first - low <= far else first
        high = high if high - last <= far else last
    return (low, high) if high > low else (low - 0.5, high + 0.5)
