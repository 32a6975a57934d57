"""Fits of our own against scikit-learn at tight tolerances, and against the conditions of an optimum written out."""

import pickle

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.fitting import Problem, aliased_columns, fit
from tests.pipeline.fitted import design, objective, of_sklearn, outcome, problem, silent, violation

PENALTIES = ("none", "l2", "l1", "elasticnet")


def log_odds(asked: Problem, weights: np.ndarray) -> np.ndarray:
    return asked.design.block(0, asked.design.n_rows) @ weights


def against_the_first(eta: np.ndarray) -> np.ndarray:
    """Log-odds against class 0, which are unique where all weights may be shifted."""
    return eta if eta.shape[1] == 1 else eta[:, 1:] - eta[:, :1]


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("C", [0.01, 1.0, 100.0])
def test_two_classes_with_l2_give_the_log_odds_of_newton_cholesky(C, weighted):
    rows = design(500)
    row_weights = np.random.default_rng(4).uniform(0.1, 5, 500) if weighted else None
    asked = problem(rows, outcome(rows, 2), "l2", C, row_weights=row_weights)
    found = fit(asked, 1e-10, 100, silent)
    assert found.converged
    np.testing.assert_allclose(log_odds(asked, found.point.weights), of_sklearn(asked, C, 0.0, "newton-cholesky"), atol=1e-7)


@pytest.mark.parametrize("C", [0.02, 0.3, 10.0])
@pytest.mark.parametrize(("penalty", "l1_ratio"), [("l1", 1.0), ("elasticnet", 0.3), ("elasticnet", 0.9)])
def test_two_classes_with_an_l1_part_give_the_log_odds_of_saga(penalty, l1_ratio, C):
    rows = design(400)
    asked = problem(rows, outcome(rows, 2), penalty, C, l1_ratio)
    found = fit(asked, 1e-10, 100, silent)
    assert found.converged
    oracle = of_sklearn(asked, C, l1_ratio, "saga")
    np.testing.assert_allclose(log_odds(asked, found.point.weights), oracle, atol=1e-6)
    assert violation(asked, found.point.weights) < 1e-9


def test_l1_leaves_out_the_columns_that_glum_leaves_out():
    """glum's objective is the mean loss plus alpha · ||weights||₁, with alpha = 1 / (n C)."""
    from glum import GeneralizedLinearRegressor

    rows = design(800, 12, (), seed=3)
    classes = outcome(rows, 2, seed=3, size=0.2)
    rows = type(rows)(rows.dense, rows.dense_at, rows.codes, rows.width, np.ones(rows.width), np.zeros(rows.width))
    asked = problem(rows, classes, "l1", 0.03)
    found = fit(asked, 1e-10, 100, silent)
    oracle = GeneralizedLinearRegressor(
        family="binomial", alpha=1 / (800 * 0.03), l1_ratio=1.0, gradient_tol=1e-10, max_iter=10_000, scale_predictors=False
    ).fit(np.asarray(rows.dense), classes.astype(float))
    np.testing.assert_allclose(found.point.weights[1:, 0], oracle.coef_, atol=1e-6)
    assert 0 < (found.point.weights[1:] == 0).sum() < 12
    assert ((found.point.weights[1:, 0] == 0) == (oracle.coef_ == 0)).all()


@pytest.mark.parametrize(("penalty", "l1_ratio"), [("l2", 0.0), ("l1", 1.0), ("elasticnet", 0.5)])
def test_softmax_gives_the_log_odds_of_saga(penalty, l1_ratio):
    rows = design(300)
    asked = problem(rows, outcome(rows, 3), penalty, 0.4, l1_ratio)
    found = fit(asked, 1e-10, 100, silent)
    assert found.converged
    oracle = of_sklearn(asked, 0.4, l1_ratio, "saga" if l1_ratio else "newton-cholesky")
    own = log_odds(asked, found.point.weights)
    np.testing.assert_allclose(against_the_first(own), against_the_first(oracle), atol=1e-6)
    assert violation(asked, found.point.weights) < 1e-9


def test_multinomial_without_a_penalty_gives_the_numbers_of_statsmodels():
    import statsmodels.api as sm

    rows = design(600)
    asked = problem(rows, outcome(rows, 3, size=0.5), "none")
    found = fit(asked, 1e-10, 100, silent)
    oracle = sm.MNLogit(asked.classes, rows.block(0, 600)).fit(disp=0, method="newton", tol=1e-14, maxiter=100)
    np.testing.assert_allclose(found.point.weights, oracle.params, atol=1e-8)
    assert found.point.log_likelihood == pytest.approx(oracle.llf, abs=1e-8)
    errors = np.sqrt(np.diag(np.linalg.inv(found.point.hessian))).reshape(2, -1).T
    np.testing.assert_allclose(errors, oracle.bse, rtol=1e-6)


@pytest.mark.parametrize("penalty", PENALTIES)
def test_one_against_rest_is_a_fit_of_each_class(penalty):
    rows = design(300)
    classes = outcome(rows, 3, size=0.5)
    asked = problem(rows, classes, penalty, 0.5, link="one_vs_rest", n_classes=3)
    found = fit(asked, 1e-10, 100, silent)
    assert found.converged
    assert violation(asked, found.point.weights) < 1e-9
    for k in range(3):
        alone = fit(problem(rows, (classes == k).astype(np.intp), penalty, 0.5), 1e-10, 100, silent)
        np.testing.assert_allclose(found.point.weights[:, [k]], alone.point.weights, atol=1e-12)
    blocks = found.point.hessian.reshape(3, rows.width, 3, rows.width)
    assert not blocks[0, :, 1].any()
    p = 1 / (1 + np.exp(-log_odds(asked, found.point.weights)))
    own = (p / p.sum(axis=1, keepdims=True))[np.arange(300), classes]
    assert found.point.log_likelihood == pytest.approx(np.log(own).sum(), abs=1e-9)
    assert np.diff(found.objective).max() < 1e-13  # rounding apart, it never rises
    assert found.objective[-1] == pytest.approx(found.point.objective, abs=1e-12)


def test_one_against_rest_with_l2_is_that_of_scikit_learn():
    from sklearn.linear_model import LogisticRegression
    from sklearn.multiclass import OneVsRestClassifier

    rows = design(300)
    asked = problem(rows, outcome(rows, 4), "l2", 2.0, link="one_vs_rest", n_classes=4)
    found = fit(asked, 1e-10, 100, silent)
    X = rows.block(0, 300)[:, 1:] * rows.unit[1:] + rows.shift[1:]
    oracle = OneVsRestClassifier(LogisticRegression(C=2.0, solver="newton-cholesky", tol=1e-12)).fit(X, asked.classes)
    p = 1 / (1 + np.exp(-log_odds(asked, found.point.weights)))
    np.testing.assert_allclose(p / p.sum(axis=1, keepdims=True), oracle.predict_proba(X), atol=1e-8)


@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize("penalty", PENALTIES)
def test_the_objective_is_told_before_the_first_step_and_after_each(penalty, n_classes):
    rows = design(300)
    asked = problem(rows, outcome(rows, n_classes, size=0.4), penalty, 0.5)
    found = fit(asked, 1e-9, 100, silent)
    assert len(found.objective) == found.iterations + 1
    assert np.diff(found.objective).max() < 1e-13  # rounding apart, it never rises
    shares = np.bincount(asked.classes) / 300
    assert found.objective[0] == pytest.approx(-(shares * np.log(shares)).sum(), abs=1e-12)
    weights = found.point.weights
    assert found.objective[-1] == pytest.approx(objective(asked, log_odds(asked, weights), weights), abs=1e-12)
    assert found.optimality == pytest.approx(violation(asked, weights), abs=1e-12)


def test_steps_that_run_out_are_told_with_what_is_left_of_the_gradient():
    rows = design(300)
    asked = problem(rows, outcome(rows, 2), "l1", 1.0)
    found = fit(asked, 1e-10, 2, silent)
    assert not found.converged
    assert found.iterations == 2
    assert found.optimality == pytest.approx(violation(asked, found.point.weights), rel=1e-6)
    assert found.optimality > 1e-10


@pytest.mark.parametrize("link", ["reference", "one_vs_rest"])
def test_a_fit_may_be_sent_to_another_process(link):
    rows = design(100)
    found = fit(problem(rows, outcome(rows, 3, size=0.3), "none", link=link, n_classes=3), 1e-8, 100, silent)
    sent = pickle.loads(pickle.dumps(found))  # noqa: S301 - our own bytes
    np.testing.assert_array_equal(sent.point.hessian, found.point.hessian)


def test_a_report_that_raises_stops_the_fit():
    rows = design(100)

    def stop(step: int, _norm: float) -> None:
        if step == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fit(problem(rows, outcome(rows, 2)), 1e-10, 100, stop)


@settings(max_examples=60, deadline=None)
@example(n=8, n_dense=0, levels=[2, 3], penalty="l2", link="softmax", log_C=2, weights=1e4, constant=False, seed=0)
@example(n=8, n_dense=2, levels=[], penalty="l1", link="softmax", log_C=6, weights=1e4, constant=False, seed=0)
@given(
    n=st.integers(8, 60),
    n_dense=st.integers(0, 12),
    levels=st.lists(st.integers(2, 6), max_size=3),
    penalty=st.sampled_from(PENALTIES[1:]),
    link=st.sampled_from(["reference", "softmax", "one_vs_rest"]),
    log_C=st.sampled_from([-6, -2, 0, 2, 6]),
    weights=st.sampled_from([None, 1.0, 1e-3, 1e4]),
    constant=st.booleans(),
    seed=st.integers(0, 10_000),
)
def test_any_penalised_problem_converges(n, n_dense, levels, penalty, link, log_C, weights, constant, seed):
    """Wide, separated, nearly unpenalised or nearly empty, with a column that is constant, with weights far from 1."""
    rows = design(n, n_dense, tuple(levels), seed)
    if constant and n_dense:
        rows.dense[:, 0] = 0.0
    n_classes = 2 if link == "reference" else 3
    draw = np.random.default_rng(seed)
    classes = np.where(np.arange(n) < n_classes, np.arange(n) % n_classes, draw.integers(0, n_classes, n)).astype(np.intp)
    if seed % 3 == 0:  # one row of the last class
        classes[n_classes:] = np.minimum(classes[n_classes:], n_classes - 2)
    row_weights = None if weights is None else weights * draw.uniform(0.5, 2, n)
    asked = problem(rows, classes, penalty, 10.0**log_C, link=link, n_classes=n_classes, row_weights=row_weights)
    found = fit(asked, 1e-8, 300, silent)
    left = violation(asked, found.point.weights)
    assert found.optimality == pytest.approx(left, rel=1e-6, abs=1e-9)
    nearly_free = link == "softmax" and penalty != "l2" and 10.0**log_C * (weights or 1.0) >= 1e6
    if nearly_free and not found.converged:  # beside separated classes an L1 part may take thousands of steps
        assert found.iterations == 300
        assert left > 1e-8
    else:
        assert found.converged
        assert left <= 1.01e-8


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), log_C=st.floats(-3, 3), n=st.integers(30, 200), weighted=st.booleans())
def test_any_l2_fit_has_the_log_odds_of_newton_cholesky(seed, log_C, n, weighted):
    rows = design(n, 4, (3, 5), seed)
    row_weights = np.random.default_rng(seed).uniform(0.2, 3, n) if weighted else None
    asked = problem(rows, outcome(rows, 2, seed), "l2", 10.0**log_C, row_weights=row_weights)
    found = fit(asked, 1e-10, 200, silent)
    assert found.converged
    oracle = of_sklearn(asked, 10.0**log_C, 0.0, "newton-cholesky", most=1000)
    np.testing.assert_allclose(log_odds(asked, found.point.weights), oracle, atol=1e-6)


def test_aliased_columns_are_those_that_earlier_ones_determine():
    rows = design(200, 3, (4,))
    rows.dense[:, 2] = 2 * rows.dense[:, 0] - rows.dense[:, 1]
    assert aliased_columns(rows).tolist() == [int(rows.dense_at[2])]
    found = fit(problem(rows, outcome(rows, 2, size=0.3), "none"), 1e-9, 100, silent)
    assert found.converged
    assert found.aliased.tolist() == [int(rows.dense_at[2])]
    assert found.point.weights[rows.dense_at[2], 0] == 0
