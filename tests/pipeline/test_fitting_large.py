"""What only large tables go through: sums by code, a start from a sample, and a Hessian that serves for several steps."""

from dataclasses import replace

import numpy as np
import pytest

from pipeline.fitting import fit, newton
from pipeline.fitting.likelihood import sums
from pipeline.fitting.passes import Passes
from tests.pipeline.fitted import design, of_sklearn, outcome, problem, silent, violation


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize("levels", [(), (3,), (2, 5, 4)])
def test_sums_by_code_are_those_of_the_matrix_written_out(levels, n_classes, order):
    rows = design(20_000, 4, levels)
    rows = replace(rows, dense=np.asarray(rows.dense, order=order), codes=np.asarray(rows.codes, order=order))
    draw = np.random.default_rng(0)
    asked = problem(rows, outcome(rows, n_classes), row_weights=draw.uniform(0.5, 2, 20_000))
    weights = draw.normal(size=(rows.width, asked.n_free))
    written, grouped = Passes(rows, False), Passes(rows, True)
    eta = rows.block(0, 20_000) @ weights
    np.testing.assert_allclose(written.linear(weights), eta, atol=1e-12)
    np.testing.assert_allclose(grouped.linear(weights), eta, atol=1e-12)
    one, two = (sums(asked, passes, weights, eta, curvature=True) for passes in (written, grouped))
    assert two.loss == pytest.approx(one.loss, rel=1e-13)
    np.testing.assert_allclose(two.gradient, one.gradient, atol=1e-9)
    np.testing.assert_allclose(two.hessian, one.hessian, atol=1e-8)
    X = rows.block(0, 20_000)
    np.testing.assert_allclose(grouped.products(), X.T @ X, atol=1e-8)


def test_read_only_rows_are_taken():
    rows = design(5_000, 2, (3,))
    rows.dense.flags.writeable = rows.codes.flags.writeable = False
    weights = np.ones((rows.width, 1))
    np.testing.assert_allclose(Passes(rows, True).linear(weights), Passes(rows, False).linear(weights), atol=1e-12)


@pytest.mark.parametrize(("penalty", "n_classes"), [("l2", 2), ("none", 2), ("l1", 2), ("l2", 3)])
def test_a_start_from_a_sample_ends_at_the_optimum(penalty, n_classes, monkeypatch):
    rows = design(30_000, 3, (3, 6))
    monkeypatch.setattr(newton, "_SAMPLED_FROM", 10_000)
    asked = problem(rows, outcome(rows, n_classes, size=0.3), penalty, 0.01)
    found = fit(asked, 1e-8, 100, silent)
    assert "sample" in found.solver
    assert found.converged
    assert violation(asked, found.point.weights) <= 1e-8
    assert len(found.objective) == found.iterations + 1
    shares = np.bincount(asked.classes) / 30_000
    assert found.objective[0] == pytest.approx(-(shares * np.log(shares)).sum(), abs=1e-12)
    monkeypatch.setattr(newton, "_SAMPLED_FROM", 10**9)
    cold = fit(asked, 1e-12, 100, silent)
    assert "sample" not in cold.solver
    X = rows.block(0, 30_000)
    np.testing.assert_allclose(X @ found.point.weights, X @ cold.point.weights, atol=1e-6)
    np.testing.assert_allclose(found.point.hessian, cold.point.hessian, rtol=1e-5, atol=1e-3)


def test_the_log_odds_of_a_large_table_are_those_of_newton_cholesky():
    rows = design(120_000, 3, (4, 9))
    asked = problem(rows, outcome(rows, 2, size=0.3), "l2", 1.0)
    found = fit(asked, 1e-8, 100, silent)
    assert "sample" in found.solver
    oracle = of_sklearn(asked, 1.0, 0.0, "newton-cholesky")
    np.testing.assert_allclose(rows.block(0, 120_000) @ found.point.weights, oracle, atol=1e-6)


def test_errors_of_a_large_table_are_those_of_statsmodels():
    import statsmodels.api as sm

    rows = design(120_000, 3, (4, 9))
    asked = problem(rows, outcome(rows, 2, size=0.3), "none")
    found = fit(asked, 1e-8, 100, silent)
    oracle = sm.Logit(asked.classes.astype(float), rows.block(0, 120_000)).fit(disp=0, method="newton", tol=1e-14)
    np.testing.assert_allclose(np.sqrt(np.diag(np.linalg.inv(found.point.hessian))), oracle.bse, rtol=1e-6)
    np.testing.assert_allclose(found.point.weights[:, 0], oracle.params, atol=1e-6)


def test_a_sample_that_leads_nowhere_is_told(monkeypatch):
    """Columns that others determine are found among all rows, so the start from a sample is given up."""
    rows = design(30_000, 3, (3,))
    rows.dense[:, 2] = rows.dense[:, 0] - rows.dense[:, 1]
    monkeypatch.setattr(newton, "_SAMPLED_FROM", 10_000)
    found = fit(problem(rows, outcome(rows, 2, size=0.3), "none"), 1e-8, 100, silent)
    assert found.converged
    assert found.aliased.tolist() == [int(rows.dense_at[2])]
    assert "led nowhere" in found.note


def test_a_level_that_the_sample_lacks_does_no_harm(monkeypatch):
    rows = design(30_000, 2, (3,))
    rows.codes[:, 0] = np.where(np.arange(30_000) % 16 == 0, -1, rows.codes[:, 0])
    monkeypatch.setattr(newton, "_SAMPLED_FROM", 10_000)
    asked = problem(rows, outcome(rows, 2, size=0.3), "none")
    found = fit(asked, 1e-8, 100, silent)
    assert found.converged
    assert violation(asked, found.point.weights) <= 1e-8
