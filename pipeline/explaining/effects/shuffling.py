"""Permutation importance: how much worse a model tells the classes apart when the values of one field are shuffled.

Breiman (2001), "Random forests", and Fisher, Rudin and Dominici (2019). A logistic regression is a sum, so a shuffled field costs
a subtraction and an addition, and no row is scored anew: log-odds − contribution + shuffled contribution.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from pipeline.evaluation.metrics import losses
from pipeline.explaining.parts import parts_of_rows
from pipeline.frame import Category, Floats, Frame
from pipeline.model import FittedModel, probabilities
from pipeline.results import Progress, Report, no_report
from pipeline.terms import ProductTerm, Term, design_of

Shuffle = NDArray[np.intp]
Measure = Callable[[Floats], float]  # of log-odds (n_rows, rows of coefficients)


def shuffles(n_rows: int, repeats: int, seed: int) -> list[Shuffle]:
    """The orders that the rows' values are put into, the same for every field."""
    draw = np.random.default_rng(seed)
    return [draw.permutation(n_rows) for _ in range(repeats)]


def shuffled(
    model: FittedModel, frame: Frame, classes: NDArray[np.intp], orders: Sequence[Shuffle], report: Report = no_report
) -> tuple[float | None, dict[str, tuple[float, ...]]]:
    """What the measure comes to on some rows, and what it loses with each field shuffled.

    Parameters
    ----------
    frame : Frame
        The rows to be judged on.
    classes : ndarray of int, shape (frame.n_rows,)
        Places in the model's labels.
    orders : sequence of ndarray of int
        One for each repeat: the row that each row's value is taken from.

    Returns
    -------
    measured : float or None
        AUC; log-loss for three classes and more; None where the rows hold one class alone.
    losses : dict
        For each field the fall of the AUC, or the rise of the log-loss, at each repeat.
    """
    if len(np.unique(classes)) < 2:
        return None, {}
    measure, sign = _measure(model, classes)
    design, _ = design_of(frame, model.terms)
    parts = parts_of_rows(model, design)
    log_odds = parts.log_odds
    before = measure(log_odds)
    found: dict[str, tuple[float, ...]] = {}
    for i, name in enumerate(model.fields):
        report(Progress(i, len(model.fields), "Shuffling the fields"))
        if _multiplied(model.terms, name):
            again = _with_products(model, frame, name)
            found[name] = tuple(sign * (before - measure(log_odds + again(order))) for order in orders)
            continue
        own = parts.of[(name,)]
        if not np.ptp(own, axis=0).any():
            found[name] = (0.0,) * len(orders)
            continue
        rest = log_odds - own
        found[name] = tuple(sign * (before - measure(rest + own[order])) for order in orders)
    return before, found


def _measure(model: FittedModel, classes: NDArray[np.intp]) -> tuple[Measure, float]:
    """What is measured, and 1 where more of it is better, −1 where less is."""
    if len(model.labels) > 2:
        each = np.arange(len(classes))
        return lambda eta: float(losses(probabilities(eta, model.link)[each, classes]).mean()), -1.0
    bad, good = np.flatnonzero(classes == 1), np.flatnonzero(classes == 0)
    mapped = model.calibration

    def auc(eta: Floats) -> float:
        score = eta[:, 0] if mapped is None else mapped(probabilities(eta, model.link)[:, 1])
        return rank_auc(score[bad], score[good])

    return auc, 1.0


def rank_auc(bad: Floats, good: Floats) -> float:
    """The share of pairs of a bad and a good row in which the bad one scores higher, ties half: Mann and Whitney's statistic."""
    below = np.sort(good)
    at = np.sort(bad)
    pairs = np.searchsorted(below, at, "left").sum() + np.searchsorted(below, at, "right").sum()
    return float(pairs) / (2 * len(good) * len(bad))


def _multiplied(terms: tuple[Term, ...], name: str) -> bool:
    return any(isinstance(term, ProductTerm) and name in term.sources for term in terms)


def _with_products(model: FittedModel, frame: Frame, name: str) -> Callable[[Shuffle], Floats]:
    """How far the log-odds move as a field is shuffled in all its terms: those alone that it is in are made again."""
    wanted = {source for term in model.terms if name in term.sources for source in term.sources}
    # Products and powers lean on their fields' own terms, whose weights stay out of the sum but for the field's.
    taken = [term for term in model.terms if name in term.sources or (len(term.sources) == 1 and term.sources[0] in wanted)]
    weights: list[Floats] = [np.zeros((1, len(model.coefficients)))]
    every, at = np.array(model.coefficients).T, 1
    for term in model.terms:
        own = every[at : at + term.width]
        at += term.width
        if term in taken:
            weights.append(own if name in term.sources else np.zeros_like(own))
    stacked, terms = np.vstack(weights), tuple(taken)
    before = design_of(frame, terms)[0].linear(stacked)

    def moved(order: Shuffle) -> Floats:
        column = frame.columns[name]
        other = Category(column.codes[order], column.levels) if isinstance(column, Category) else column[order]
        again = replace(frame, columns={**frame.columns, name: other})
        return np.asarray(design_of(again, terms)[0].linear(stacked) - before)

    return moved
