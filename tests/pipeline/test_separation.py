"""Fits without a maximum, and columns that others determine: told by name, with no figure that would not be honest."""

import numpy as np
import pyarrow as pa
import pytest
import statsmodels.api as sm

from pipeline.results import RunResult
from pipeline.training import train
from tests.pipeline.tables import loans, spec


def says(result: RunResult, *words: str) -> bool:
    return any(all(word in sentence for word in words) for sentence in result.warnings)


def test_a_number_that_separates_completely_is_named():
    draw = np.random.default_rng(1)
    bad = np.arange(200) >= 140
    table = pa.table(
        {"outcome": np.where(bad, "bad", "good"), "splitter": bad + draw.random(200) * 0.4, "noise": draw.normal(size=200)}
    )
    result = train(table, spec(penalty="none")).result
    assert says(result, "separated by", "'splitter'")
    assert not result.fit.converged
    assert result.fit.aic is None
    assert all(row.std_error is None and "separated" in (row.reason or "") for row in result.coefficients)


def test_a_level_without_a_bad_is_named_and_the_rest_is_not():
    """Quasi-complete separation (Albert and Anderson 1984): one level of region holds goods only."""
    table = loans(600, gaps=False)
    outcome = np.array(table["outcome"].to_pylist())
    outcome[np.array(table["region"].to_pylist()) == "s"] = "good"
    result = train(table.set_column(5, "outcome", pa.array(outcome)), spec(penalty="none")).result
    assert says(result, "separated by 'region = s':")
    assert not result.fit.converged


def test_a_penalty_makes_a_separated_fit_converge():
    bad = np.arange(100) >= 50
    table = pa.table({"outcome": np.where(bad, "bad", "good"), "x": np.arange(100.0), "z": np.arange(100) % 7})
    result = train(table, spec(penalty="l2")).result
    assert result.fit.converged
    assert not says(result, "separated")


@pytest.mark.parametrize("tolerance", [1e-2, 1e-8, 1e-12])
def test_a_rare_level_with_both_outcomes_is_no_separation(tolerance):
    n = 20_000
    draw = np.random.default_rng(3)
    bad = draw.random(n) < 0.01
    rare = np.zeros(n, bool)
    rare[np.flatnonzero(bad)[:1]] = rare[np.flatnonzero(~bad)[:3]] = True
    table = pa.table({"outcome": np.where(bad, "bad", "good"), "rare": np.where(rare, "b", "a"), "x": draw.normal(size=n)})
    result = train(table, spec(penalty="none", tolerance=tolerance)).result
    assert result.fit.converged
    assert result.warnings == ()
    level = result.coefficients[0]
    assert level.estimate == pytest.approx(np.log((1 / 3) / (bad[~rare].mean() / (1 - bad[~rare].mean()))), rel=0.03)


def test_steps_that_run_out_are_told():
    result = train(loans(), spec(penalty="none", max_iterations=1)).result
    assert says(result, "did not converge in 1 steps")
    assert not result.fit.converged
    assert all("not converged" in (row.reason or "") for row in result.coefficients)


def test_a_column_that_others_determine_is_fixed_and_the_others_are_right():
    """The fit is that of statsmodels without the column."""
    table = loans(400, gaps=False).select(["income", "debt", "late", "outcome"])
    double = table.append_column("cents", pa.array(100.0 * table["income"].to_numpy()))
    result = train(double, spec(penalty="none")).result
    assert says(result, "Fixed at 0", "'cents'")
    assert result.fit.converged
    rows = {row.field: row for row in result.coefficients}
    assert rows["cents"].estimate == 0
    assert rows["cents"].std_error is None
    assert "other columns determine" in (rows["cents"].reason or "")
    X = sm.add_constant(np.column_stack([table[name].to_numpy().astype(float) for name in ("income", "debt", "late")]))
    y = np.array(table["outcome"].to_pylist()) == "bad"
    oracle = sm.Logit(y.astype(float), X).fit(disp=0, method="newton", tol=1e-12)
    found = [rows[name] for name in ("income", "debt", "late")]
    np.testing.assert_allclose([row.estimate for row in found], oracle.params[1:], rtol=1e-6)
    np.testing.assert_allclose([row.std_error for row in found], oracle.bse[1:], rtol=1e-6)
    assert result.fit.aic == pytest.approx(oracle.aic)


def test_more_columns_than_rows_have_no_honest_errors():
    draw = np.random.default_rng(2)
    columns = {f"x{k}": draw.normal(size=20) for k in range(30)}
    table = pa.table({"outcome": ["bad", "good"] * 10, **columns})
    result = train(table, spec(penalty="none")).result
    assert says(result, "Fixed at 0")
    assert not result.fit.converged
    assert all(row.std_error is None for row in result.coefficients)
