"""scikit-learn's solvers behind our own problems, and what each of them refuses."""

import math
import warnings

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from pipeline.errors import UnusableData
from pipeline.fitting import fit, reference
from pipeline.solvers import SOLVERS, solver_problem
from tests.pipeline.fitted import design, objective, outcome, problem, silent, violation

PENALTIES = {"none": (math.inf, 0.0), "l2": (1.0, 0.0), "l1": (1.0, 1.0), "elasticnet": (1.0, 0.5)}
VALID = [
    (solver, penalty, n_classes, multiclass)
    for solver in SOLVERS[1:]
    for penalty in PENALTIES
    for n_classes, multiclass in ((2, "multinomial"), (3, "multinomial"), (3, "one_vs_rest"))
    if solver_problem(solver, penalty, n_classes, multiclass) is None
]


@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize("penalty", PENALTIES)
@pytest.mark.parametrize("solver", SOLVERS[1:])
def test_what_is_refused_is_what_scikit_learn_refuses(solver, penalty, n_classes):
    X = np.random.default_rng(0).normal(size=(30, 2))
    C, l1_ratio = PENALTIES[penalty]
    model = LogisticRegression(C=C, l1_ratio=l1_ratio, solver=solver, max_iter=2)
    said = solver_problem(solver, penalty, n_classes, "multinomial")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if said is None:
            model.fit(X, np.arange(30) % n_classes)
        else:
            with pytest.raises(ValueError, match=r"support|Only"):
                model.fit(X, np.arange(30) % n_classes)
            assert said.endswith(".")
            assert "choose" in said


def test_our_own_solver_takes_everything_and_an_unknown_one_is_named():
    for penalty in PENALTIES:
        assert solver_problem("auto", penalty, 3, "one_vs_rest") is None
    assert "no solver 'cg'" in (solver_problem("cg", "l2", 2, "multinomial") or "")
    assert solver_problem("liblinear", "l1", 3, "one_vs_rest") is None


@pytest.mark.parametrize(("solver", "penalty", "n_classes", "multiclass"), VALID)
def test_every_solver_finds_what_our_own_finds(solver, penalty, n_classes, multiclass):
    """liblinear, which penalises the intercept, is told apart below."""
    rows = design(300)
    link = "one_vs_rest" if multiclass == "one_vs_rest" else "softmax" if n_classes > 2 and penalty != "none" else "reference"
    asked = problem(rows, outcome(rows, n_classes, size=0.4), penalty, 0.7, link=link, n_classes=n_classes)
    own = fit(asked, 1e-10, 200, silent)
    found = fit(asked, 1e-9, 10_000, silent, solver=solver, seed=3)
    X = rows.block(0, 300)
    assert solver in found.solver
    assert found.optimality == pytest.approx(violation(asked, found.point.weights), abs=1e-12)
    if solver == "liblinear":
        assert "penalises the intercept" in found.note
        assert found.point.objective > own.point.objective
        assert found.point.objective == pytest.approx(own.point.objective, abs=0.01)
    else:
        # lbfgs and saga end by rules of their own, near the optimum and not at it
        assert found.optimality < 1e-4
        assert found.point.objective == pytest.approx(own.point.objective, abs=1e-6)
        eta = [X @ weights for weights in (found.point.weights, own.point.weights)]
        if link == "softmax":
            eta = [each - each[:, :1] for each in eta]
        np.testing.assert_allclose(eta[0], eta[1], atol=0.02)
    if link != "one_vs_rest" and found.objective:
        weights = found.point.weights
        assert found.objective[0] == pytest.approx(np.log(n_classes), abs=1e-12)
        assert found.objective[-1] == pytest.approx(objective(asked, X @ weights, weights), abs=1e-12)
        assert len(found.objective) == found.iterations + 1
    assert found.objective or "objective by step" in found.note


@pytest.mark.parametrize("penalty", ["l2", "l1"])
def test_liblinear_is_at_the_optimum_once_its_intercept_is_penalised(penalty):
    """Its intercept is the weight of a column of ones on the model's scale."""
    rows = design(300)
    asked = problem(rows, outcome(rows, 2, size=0.4), penalty, 0.5)
    found = fit(asked, 1e-10, 10_000, silent, solver="liblinear")
    weights = found.point.weights
    intercept = weights[0, 0] - float((rows.shift[1:] / rows.unit[1:]) @ weights[1:, 0])
    p = 1 / (1 + np.exp(-(rows.block(0, 300) @ weights)[:, 0]))
    pull = 2 * (intercept if penalty == "l2" else np.sign(intercept))
    assert (p - asked.classes).sum() + pull == pytest.approx(0, abs=1e-3)


def test_steps_that_run_out_are_told():
    rows = design(300)
    asked = problem(rows, outcome(rows, 2), "l2", 100.0)
    found = fit(asked, 1e-10, 2, silent, solver="lbfgs")
    assert not found.converged
    assert "has not converged" in found.note
    assert found.optimality == pytest.approx(violation(asked, found.point.weights), rel=1e-9)


def test_a_solver_that_stops_early_is_not_called_converged():
    """At its own default tolerance lbfgs ends before the gradient is as small as was asked for."""
    rows = design(300)
    found = fit(problem(rows, outcome(rows, 2), "l2", 1.0), 1e-4, 500, silent, solver="lbfgs")
    assert found.converged == (found.optimality <= 1e-4)


@pytest.mark.parametrize("solver", ["lbfgs", "newton-cg", "newton-cholesky"])
def test_the_course_of_a_solver_that_descends_never_rises(solver):
    rows = design(300)
    found = fit(problem(rows, outcome(rows, 2, size=0.2)), 1e-5, 30, silent, solver=solver)
    assert len(found.objective) == found.iterations + 1 > 3
    assert np.diff(found.objective).max() < 1e-12


def test_equal_seeds_give_equal_fits():
    rows = design(100)
    asked = problem(rows, outcome(rows, 2), "l1", 1.0)
    one, two, other = (fit(asked, 1e-3, 20, silent, solver="saga", seed=seed).point.weights for seed in (1, 1, 2))
    assert (one == two).all()
    assert (one != other).any()


def test_a_matrix_beyond_the_limit_is_refused_with_a_way_out(monkeypatch):
    rows = design(300)
    monkeypatch.setattr(reference, "MOST_BYTES", 1_000)
    with pytest.raises(UnusableData, match=r"300 rows and 8 columns.*Choose our own solver"):
        fit(problem(rows, outcome(rows, 2)), 1e-8, 100, silent, solver="lbfgs")


def test_a_penalty_that_a_solver_cannot_take_is_refused_before_it_runs():
    rows = design(100)
    with pytest.raises(UnusableData, match="gradient jumps"):
        fit(problem(rows, outcome(rows, 2), "l1"), 1e-8, 100, silent, solver="lbfgs")


def test_aliased_columns_are_left_out_of_an_unpenalised_fit():
    rows = design(200, 3, (4,))
    rows.dense[:, 2] = rows.dense[:, 0] + rows.dense[:, 1]
    asked = problem(rows, outcome(rows, 2, size=0.3), "none")
    found = fit(asked, 1e-9, 1000, silent, solver="newton-cholesky")
    assert found.aliased.tolist() == [int(rows.dense_at[2])]
    np.testing.assert_allclose(found.point.weights, fit(asked, 1e-10, 100, silent).point.weights, atol=1e-6)
