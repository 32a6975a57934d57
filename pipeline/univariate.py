"""Each field by itself: the direction it has without the others."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from pipeline.fitting import Problem, fit
from pipeline.frame import Floats
from pipeline.terms import Design, Term
from pipeline.terms.columns import columns_by_source

MOST_FIELDS = 100


def alone(problem: Problem, terms: tuple[Term, ...]) -> Floats:
    """Weights of unpenalised, unweighted models with one field each, on the rows and the columns of a problem.

    Parameters
    ----------
    problem : Problem
        The rows that a fit saw; its penalties and row weights are left aside.
    terms : tuple of Term
        Tell which columns belong to one field: its powers, levels and flags stand together.

    Returns
    -------
    ndarray of float, shape (width, classes with weights)
        In the problem's own columns, against class 0; for one against rest, each class against the others. NaN where a field
        alone has no finite estimate (it separates the classes, or its columns determine each other), for products, and for the
        intercept.
    """
    if problem.link == "one_vs_rest":
        each = [alone(problem.one_against_rest(k), terms) for k in range(problem.n_classes)]
        return np.column_stack(each)
    design = problem.design
    found = np.full((design.width, problem.n_classes - 1), np.nan)
    holders = _holders(design)
    dense = set(design.dense_at.tolist())
    for sources, positions in columns_by_source(terms).items():
        if len(sources) > 1:
            continue
        columns = np.array(positions, np.intp)
        held = sorted({holders[at] for at in positions if at in holders})
        if len(held) == 1 and dense.isdisjoint(positions):
            found[columns] = _of_counts(problem, columns, held[0])
        else:
            found[columns] = _fitted(problem, columns, held)
    return found


def _holders(design: Design) -> dict[int, int]:
    """Which of the design's codes holds each column that is no dense one."""
    found: dict[int, int] = {}
    for k in range(design.codes.shape[1]):
        counts = np.bincount(design.codes[:, k] + 1, minlength=design.width + 1)[1:]
        found.update(dict.fromkeys(np.flatnonzero(counts).tolist(), k))
    return found


def _of_counts(problem: Problem, columns: NDArray[np.intp], k: int) -> Floats:
    """Of a category: the logarithm of its levels' odds over the reference level's, in closed form."""
    codes = problem.design.codes[:, k].astype(np.intp)
    where = np.where(codes < 0, 0, codes)
    counts = np.bincount(where * problem.n_classes + problem.classes, minlength=problem.design.width * problem.n_classes)
    table = counts.reshape(problem.design.width, problem.n_classes).astype(np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.log(table)
        odds = logs[:, 1:] - logs[:, :1]
        found = odds[columns] - odds[0]
    return np.where(np.isfinite(found), found, np.nan)


def _fitted(problem: Problem, columns: NDArray[np.intp], held: list[int]) -> Floats:
    design = _part(problem.design, columns, held)
    nothing = np.zeros(design.width)
    small = Problem(design, problem.classes, problem.n_classes, None, nothing, nothing, "reference")
    solved = fit(small, 1e-6, 50, lambda _step, _norm: None)
    found: Floats = solved.point.weights[1:].copy()
    if not solved.converged:
        found[:] = np.nan
    found[solved.aliased - 1] = np.nan
    return found


def _part(design: Design, columns: NDArray[np.intp], held: list[int]) -> Design:
    """The design of some columns and the intercept; `held` are the codes that hold some of them."""
    new = np.full(design.width + 1, -1, np.int64)
    new[0] = 0
    new[columns] = np.arange(1, len(columns) + 1)
    kept = [at for at, position in enumerate(design.dense_at) if position in set(columns.tolist())]
    at = np.concatenate([[0], columns])
    return replace(
        design,
        dense=np.ascontiguousarray(design.dense[:, kept]),
        dense_at=new[design.dense_at[kept]].astype(np.intp),
        codes=new[design.codes[:, held].astype(np.intp)].astype(design.codes.dtype),
        width=len(at),
        unit=design.unit[at],
        shift=design.shift[at],
    )
