"""The solver of all folds of a path: its sums against plain numpy, its fits against one fit at a time."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.fitting import Problem, fit
from pipeline.fitting.path import FoldProblem, FoldSolver
from pipeline.fitting.path_rows import Gaps
from pipeline.terms import Design


def problem_of(
    n: int = 900, numbers: int = 4, levels: tuple[int, ...] = (3, 9, 12), folds: int = 4, seed: int = 0, l1: float = 0.0
) -> FoldProblem:
    """A design with gaps that each model fills in its own way, uneven folds, unlike penalties and class weights."""
    draw = np.random.default_rng(seed)
    dense = draw.normal(size=(n, numbers))
    columns, at = [], 1 + numbers
    signal = dense @ draw.normal(size=numbers) - 1
    for count in levels:
        codes = draw.integers(0, count, n)
        signal += draw.normal(size=count)[codes]
        columns.append(np.where(codes == 0, -1, at + codes - 1))
        at += count - 1
    codes = np.stack(columns, axis=1).astype(np.int32) if columns else np.empty((n, 0), np.int32)
    design = Design(dense, np.arange(1, 1 + numbers), codes, at, np.ones(at), np.zeros(at))
    missing = np.argwhere(draw.random(dense.shape) < 0.1)
    models = folds + 1
    penalty = draw.uniform(0.5, 2, (models, at))
    penalty[:, 0] = 0
    return FoldProblem(
        design,
        (draw.random(n) < 1 / (1 + np.exp(-signal))).astype(np.intp),
        np.minimum(draw.geometric(0.4, n) - 1, folds - 1),
        np.arange(-1, folds, dtype=np.int64),
        draw.uniform(0.5, 3, (models, 2)),
        l1 * penalty,
        (1 - l1) * penalty,
        Gaps(missing[:, 0], missing[:, 1]),
        draw.normal(size=(models, numbers)),
    )


def alone(problem: FoldProblem, m: int) -> tuple[NDArray[np.intp], Design]:
    """The rows of one model, and its design with its own fillings."""
    rows = np.flatnonzero(problem.fold != problem.left_out[m])
    dense = problem.design.dense.copy()
    dense[problem.gaps.rows, problem.gaps.columns] += problem.shift[m][problem.gaps.columns]
    return rows, replace(
        problem.design, dense=np.asfortranarray(dense[rows]), codes=np.asfortranarray(problem.design.codes[rows])
    )


@pytest.mark.parametrize(
    "shape",
    [
        {},
        {"n": 37, "folds": 2, "levels": (3,)},
        {"levels": ()},
        {"numbers": 0},
        {"numbers": 9, "levels": (70, 5)},
        {"n": 3_000, "folds": 11},
    ],
)
def test_gradients_and_hessians_are_those_of_the_matrices(shape: dict[str, object]) -> None:
    problem = problem_of(**shape)  # type: ignore[arg-type]
    solver = FoldSolver(problem)
    draw = np.random.default_rng(1)
    solver.weights = draw.normal(size=solver.weights.shape)
    solver._pass(solver.everyone)
    for m in solver.everyone.tolist():
        rows, design = alone(problem, m)
        X, bad = design.block(0, len(rows)), problem.classes[rows]
        p = 1 / (1 + np.exp(-X @ solver.weights[m]))
        w = problem.class_weight[m][bad]
        assert solver.gradients[m] == pytest.approx(X.T @ (w * (p - bad)), rel=1e-9, abs=1e-9)
        w *= p * (1 - p)
        assert solver._own_hessian(m) == pytest.approx(X.T @ (w[:, None] * X), rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("l1", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("seed", [0, 1])
def test_each_model_is_the_one_that_a_fit_by_itself_gives(l1: float, seed: int) -> None:
    problem = problem_of(seed=seed, l1=l1)
    Cs = (1e-3, 0.02, 0.1, 1.0, 30.0)
    path = FoldSolver(problem).path(Cs)
    assert path.converged.all()
    assert path.optimality.max() < 1e-6
    for k, C in enumerate(Cs):
        for m in range(len(problem.left_out)):
            rows, design = alone(problem, m)
            bad = problem.classes[rows]
            weight = problem.class_weight[m][bad]
            single = Problem(design, bad, 2, weight, problem.l1[m] / C, problem.l2[m] / C, "reference")
            found = fit(single, 1e-11, 500, lambda step, norm: None)
            assert found.converged
            apart = design.linear(path.weights[k, m][:, None] - found.point.weights)
            assert np.abs(apart).max() < 1e-6
            if l1 == 1.0:
                assert ((path.weights[k, m] == 0) == (found.point.weights[:, 0] == 0)).mean() > 0.99


def test_large_log_odds_are_fitted_too() -> None:
    """Classes that a number nearly separates: log-odds in the hundreds under a weak penalty."""
    problem = problem_of(n=400, numbers=2, levels=(), seed=4)
    separating = (problem.design.dense[:, 0] > 0.1).astype(np.intp)
    separating[:3] = 1 - separating[:3]
    models = len(problem.left_out)
    problem = replace(problem, classes=separating, class_weight=np.ones((models, 2)), shift=np.zeros((models, 2)))
    Cs = tuple(10.0**k for k in range(-3, 7))
    path = FoldSolver(problem).path(Cs)
    for k in np.flatnonzero(path.converged.all(axis=1)):
        for m in range(models):
            rows, design = alone(problem, m)
            single = Problem(design, separating[rows], 2, None, problem.l1[m] / Cs[k], problem.l2[m] / Cs[k], "reference")
            found = fit(single, 1e-12, 500, lambda step, norm: None)
            assert np.abs(design.linear(path.weights[k, m][:, None] - found.point.weights)).max() < 1e-6
    assert path.converged.mean() > 0.8


def test_the_test_of_a_fit_fails_where_the_fit_is_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.fitting.path._MOST_PASSES", 1)
    path = FoldSolver(problem_of()).path((1.0,))
    assert not path.converged.any()
    assert path.optimality.min() > 1e-6


def test_it_tells_the_share_that_is_done() -> None:
    told: list[float] = []
    FoldSolver(problem_of(n=100, folds=2)).path((0.1, 1.0), told.append)
    assert told == [0.0, 0.5, 1.0]


def test_a_step_of_rounding_alone_teaches_a_hessian_nothing() -> None:
    solver = FoldSolver(problem_of(l1=0.5))
    before = solver.hessians.copy()
    solver.steps[:, 1] = 1e-15
    solver._learn(solver.everyone, np.full_like(solver.steps, 1e-6))  # a curvature of 1e9, by rounding
    np.testing.assert_array_equal(solver.hessians, before)
    assert not solver.steps.any()
