"""Fits without a maximum, and columns that others determine: told by name, with no figure that would not be honest."""

import numpy as np
import pyarrow as pa
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from pipeline.results import RunResult
from pipeline.training import train
from tests.pipeline.tables import loans, spec


def fitted(columns: dict[str, object], outcome: object, **options: object) -> RunResult:
    table = pa.table({**columns, "outcome": np.asarray(outcome)})
    return train(table, spec(penalty="none", features=list(columns), **options)).result


def told(result: RunResult) -> set[tuple[tuple[str, ...], str | None, bool]]:
    """What separates: (fields, level, complete)."""
    return {(each.fields, each.level, each.complete) for each in result.separation}


def says(result: RunResult, *words: str) -> bool:
    return any(all(word in sentence for word in words) for sentence in result.warnings)


# Published cases


def test_ucla_complete_separation():
    """UCLA OARC, "FAQ What is complete or quasi-complete separation in logistic regression?": X1 <= 3 goes with Y = 0."""
    result = fitted({"X1": [1, 2, 3, 3, 5, 6, 10, 11], "X2": [3, 2, -1, -1, 2, 4, 1, 0]}, [0, 0, 0, 0, 1, 1, 1, 1])
    assert told(result) == {(("X1",), None, True)}
    assert says(result, "'X1' separates the classes completely", "Leave it out")


def test_ucla_quasi_complete_separation():
    """The second table of the same page: both outcomes occur at X1 = 3 alone."""
    result = fitted(
        {"X1": [1, 2, 3, 3, 3, 4, 5, 6, 10, 11], "X2": [3, 0, -1, 4, 1, 0, 2, 7, 3, 4]}, [0, 0, 0, 0, 1, 1, 1, 1, 1, 1]
    )
    assert told(result) == {(("X1",), None, False)}
    assert says(result, "'X1' separates the classes (quasi-complete separation)")


# The figure of Albert and Anderson (1984), Biometrika 71, p. 2, has three clouds of points; these have its three shapes.


def test_a_slanted_line_separates_completely_and_names_both_columns_but_not_a_third():
    draw = np.random.default_rng(0)
    x = draw.normal(size=(300, 3))
    x = x[np.abs(x[:, 0] + x[:, 1]) > 0.05]
    result = fitted(dict(zip("abc", x.T, strict=True)), x[:, 0] + x[:, 1] > 0)
    assert told(result) == {(("a", "b"), None, True)}
    assert says(result, "'a', 'b' together separate the classes completely")


def test_a_slanted_line_with_ties_on_it_separates_quasi_completely():
    draw = np.random.default_rng(1)
    a, b, c = draw.integers(-3, 4, 400), draw.integers(-3, 4, 400), draw.normal(size=400)
    result = fitted({"a": a, "b": b, "c": c}, np.where(a + b == 0, draw.integers(0, 2, 400), a + b > 0))
    assert told(result) == {(("a", "b"), None, False)}


def test_overlap_is_no_separation():
    draw = np.random.default_rng(2)
    result = fitted({"a": draw.normal(size=200), "b": draw.normal(size=200)}, draw.integers(0, 2, 200))
    assert result.separation == ()
    assert result.fit.converged


# Cases by hand


def test_a_number_that_separates_completely_is_named():
    draw = np.random.default_rng(1)
    bad = np.arange(200) >= 140
    result = fitted({"splitter": bad + draw.random(200) * 0.4, "noise": draw.normal(size=200)}, np.where(bad, "bad", "good"))
    assert told(result) == {(("splitter",), None, True)}
    assert not result.fit.converged
    assert result.fit.aic is None
    assert "separated by 'splitter'" in result.fit.no_tests
    assert all(row.std_error is None and "separated" in (row.reason or "") for row in result.coefficients)


def test_a_flag_of_ones_among_bads_only_is_quasi_complete():
    """As NV in the endometrial data of Heinze and Schemper (2002), Statistics in Medicine 21: all 13 with NV = 1 are of high
    grade, and of the 66 others 17. R's detectseparation names NV alone."""
    flag = np.repeat([1, 0, 0], [13, 17, 49])
    grade = np.repeat([1, 1, 0], [13, 17, 49])
    result = fitted({"NV": flag, "EH": np.random.default_rng(3).normal(size=79)}, grade)
    assert told(result) == {(("NV",), None, False)}


def test_a_level_without_a_bad_is_named_with_its_rows_and_the_rest_is_not():
    """Quasi-complete separation (Albert and Anderson 1984): one level of region holds goods only."""
    table = loans(600, gaps=False)
    outcome = np.array(table["outcome"].to_pylist())
    south = np.array(table["region"].to_pylist()) == "s"
    outcome[south] = "good"
    result = train(table.set_column(5, "outcome", pa.array(outcome)), spec(penalty="none")).result
    assert told(result) == {(("region",), "s", False)}
    assert says(result, "'region = s' separates", f"each of its {south.sum()} rows is good", "group the level")
    assert not result.fit.converged


def test_two_levels_of_two_fields_are_both_named():
    table = loans(800, gaps=False)
    outcome = np.array(table["outcome"].to_pylist())
    outcome[np.array(table["region"].to_pylist()) == "s"] = "good"
    outcome[np.array(table["home"].to_pylist()) == "rent"] = "bad"
    outcome[(np.array(table["region"].to_pylist()) == "s") & (np.array(table["home"].to_pylist()) == "rent")] = "good"
    result = train(table.set_column(5, "outcome", pa.array(outcome)), spec(penalty="none")).result
    assert (("region",), "s", False) in told(result)
    assert (("home",), "rent", False) in told(result)  # among the rows that region leaves open


def test_the_reference_level_may_separate():
    draw = np.random.default_rng(4)
    level = np.array(["a", "b", "c"])[draw.integers(0, 3, 300)]
    outcome = np.where(level == "a", 0, draw.integers(0, 2, 300))
    result = fitted({"grade": level, "x": draw.normal(size=300)}, outcome)
    assert told(result) == {(("grade",), "a", False)}
    assert says(result, "'grade = a'", "the reference level")


def test_a_category_of_pure_levels_separates_completely():
    level = np.tile(["a", "b", "c"], 40)
    result = fitted({"grade": level, "x": np.arange(120) % 7}, (level == "c").astype(int))
    assert told(result) == {(("grade",), None, True)}


def test_a_class_that_lacks_in_a_level_of_a_multinomial_is_named():
    table = loans(900, classes=3, gaps=False)
    outcome = np.array(table["outcome"].to_pylist())
    north = np.array(table["region"].to_pylist()) == "n"
    outcome[north & (outcome == "worse")] = "bad"
    result = train(table.set_column(5, "outcome", pa.array(outcome)), spec(penalty="none")).result
    assert told(result) == {(("region",), "n", False)}
    assert says(result, f"none of its {north.sum()} rows is 'worse'")
    assert all(row.std_error is None for row in result.coefficients)


def test_one_against_rest_is_looked_at_class_by_class():
    table = loans(900, classes=3, gaps=False)
    outcome = np.array(table["outcome"].to_pylist())
    north = np.array(table["region"].to_pylist()) == "n"
    outcome[north & (outcome == "worse")] = "bad"
    options = {"penalty": "none", "multiclass": "one_vs_rest"}
    result = train(table.set_column(5, "outcome", pa.array(outcome)), spec(**options)).result
    assert told(result) == {(("region",), "n", False)}
    assert says(result, "not worse")


def test_a_far_row_that_alone_carries_a_column_is_found_though_the_fit_seems_to_converge():
    """One row in 20,000: its standardised value is so large that steps are short, and the gradient vanishes."""
    draw = np.random.default_rng(5)
    bad = draw.integers(0, 2, 20_000)
    rare = np.zeros(20_000)
    rare[np.flatnonzero(bad)[0]] = 1
    result = fitted({"rare": rare, "x": draw.normal(size=20_000)}, bad)
    assert told(result) == {(("rare",), None, False)}
    assert all(row.std_error is None for row in result.coefficients)


def test_a_penalty_makes_a_separated_fit_converge():
    bad = np.arange(100) >= 50
    table = pa.table({"outcome": np.where(bad, "bad", "good"), "x": np.arange(100.0), "z": np.arange(100) % 7})
    result = train(table, spec(penalty="l2")).result
    assert result.fit.converged
    assert result.separation == ()
    assert not says(result, "separate")


# Against a linear programme over all rows at once


def separated_by_one_programme(X: np.ndarray, y: np.ndarray) -> bool:
    """Konis (2007) as R's detectseparation has it: max 1'X̄b, X̄b >= 0, |b| <= 1, with X̄ the rows times 2 y - 1."""
    signed = X * (2 * y - 1)[:, None]
    found = linprog(-signed.sum(axis=0), A_ub=-signed, b_ub=np.zeros(len(X)), bounds=(-1, 1), method="highs")
    return bool((signed @ found.x).max() > 1e-6)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.integers(6, 30), st.integers(1, 3))
def test_small_tables_agree_with_one_programme_over_all_rows(seed, n, k):
    draw = np.random.default_rng(seed)
    values = draw.integers(-1, 2, (n, k))
    y = (values @ draw.normal(size=k) + draw.logistic(scale=0.4, size=n) > 0).astype(int)
    varies = [j for j in range(k) if len(set(values[:, j])) > 1]
    X = np.column_stack([np.ones(n), values[:, varies]])
    if np.bincount(y, minlength=2).min() < 2 or not varies or X.shape[1] > n:
        return
    result = fitted({f"x{j}": values[:, j].astype(float) for j in varies}, y)
    assert bool(result.separation) == separated_by_one_programme(X, y)
    assert result.fit.converged is not bool(result.separation)


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


# Fits that ended early, and columns that others determine


def test_steps_that_run_out_are_told():
    result = train(loans(), spec(penalty="none", max_iterations=1)).result
    assert says(result, "did not converge in 1 steps", "Allow more iterations")
    assert not result.fit.converged
    assert "not converged" in result.fit.no_tests
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


def test_as_many_columns_as_rows_separate_completely():
    draw = np.random.default_rng(2)
    columns = {f"x{k}": draw.normal(size=20) for k in range(19)}
    table = pa.table({"outcome": ["bad", "good"] * 10, **columns})
    result = train(table, spec(penalty="none")).result
    assert [each.complete for each in result.separation] == [True]
    assert all(row.std_error is None for row in result.coefficients)
