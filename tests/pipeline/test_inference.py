"""Standard errors, tests and variance inflation against statsmodels, scikit-learn and closed forms; and what is refused."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import statsmodels.api as sm
from sklearn.linear_model import LogisticRegression
from statsmodels.stats.outliers_influence import variance_inflation_factor

from pipeline.collinearity import inflation
from pipeline.reading import check_and_open
from pipeline.results import Coefficient, RunResult
from pipeline.training import train
from tests.pipeline.tables import loans, spec

NUMBERS = ("income", "debt", "late")


def run(table: pa.Table, **options: object) -> RunResult:
    return train(table, spec(**options)).result


def design(table: pa.Table) -> pd.DataFrame:
    """A constant, the numbers, and 0 or 1 for each level but the first."""
    frame = table.to_pandas()
    levels = pd.get_dummies(frame[["home", "region"]].astype(str), prefix_sep=": ", dtype=float)
    first = [f"{name}: {sorted(frame[name].astype(str).unique())[0]}" for name in ("home", "region")]
    return sm.add_constant(pd.concat([frame[list(NUMBERS)].astype(float), levels.drop(columns=first)], axis=1))


def outcome(table: pa.Table) -> np.ndarray:
    return (np.array(table["outcome"].to_pylist()) == "bad").astype(float)


def by_name(rows: tuple[Coefficient, ...], label: str | None = None) -> dict[str, Coefficient]:
    return {row.field if row.level is None else f"{row.field}: {row.level}": row for row in rows if label in (None, row.label)}


# Against statsmodels


def test_a_fit_without_a_penalty_is_that_of_statsmodels():
    table = loans(600, gaps=False)
    result = run(table, penalty="none")
    X = design(table)
    oracle = sm.Logit(outcome(table), X).fit(disp=0, method="newton", tol=1e-13)
    found = by_name(result.coefficients)
    intervals = oracle.conf_int()
    for name in X.columns[1:]:
        row = found[name]
        assert row.estimate == pytest.approx(oracle.params[name], rel=1e-8)
        assert row.std_error == pytest.approx(oracle.bse[name], rel=1e-7)
        assert row.z == pytest.approx(oracle.tvalues[name], rel=1e-7)
        assert row.p_value == pytest.approx(oracle.pvalues[name], rel=1e-6)
        assert (row.ci_low, row.ci_high) == pytest.approx(tuple(intervals.loc[name]), rel=1e-6)
        assert row.odds_ratio == pytest.approx(np.exp(oracle.params[name]), rel=1e-8)
    assert result.intercepts[0].std_error == pytest.approx(oracle.bse["const"], rel=1e-7)
    fit = result.fit
    assert fit.likelihood_ratio == pytest.approx(oracle.llr, rel=1e-9)
    assert fit.likelihood_ratio_df == oracle.df_model
    assert fit.likelihood_ratio_p == pytest.approx(oracle.llr_pvalue, rel=1e-6)
    assert fit.mcfadden_r2 == pytest.approx(oracle.prsquared, rel=1e-9)
    assert fit.aic == pytest.approx(oracle.aic, rel=1e-10)
    assert fit.bic == pytest.approx(oracle.bic, rel=1e-10)
    assert fit.n_weights == len(oracle.params)
    assert fit.no_tests == ""


def test_an_odds_ratio_per_standard_deviation_is_that_of_the_standardised_column():
    table = loans(600, gaps=False)
    X = design(table)
    X["income"] = (X["income"] - X["income"].mean()) / X["income"].std(ddof=0)
    oracle = sm.Logit(outcome(table), X).fit(disp=0, method="newton", tol=1e-13)
    row = by_name(run(table, penalty="none").coefficients)["income"]
    assert row.odds_ratio_sd == pytest.approx(np.exp(oracle.params["income"]), rel=1e-8)
    assert row.estimate_standardised == pytest.approx(oracle.params["income"], rel=1e-8)


def test_three_classes_are_those_of_statsmodels():
    table = loans(900, classes=3, gaps=False)
    result = run(table, penalty="none")
    labels = result.data.labels
    y = np.array([labels.index(label) for label in table["outcome"].to_pylist()])
    X = design(table)
    oracle = sm.MNLogit(y, X).fit(disp=0, method="newton", tol=1e-13, maxiter=100)
    for k, label in enumerate(labels[1:]):
        found = by_name(result.coefficients, label)
        for name in X.columns[1:]:
            assert found[name].estimate == pytest.approx(oracle.params[k][name], rel=1e-6, abs=1e-9)
            assert found[name].std_error == pytest.approx(oracle.bse[k][name], rel=1e-6)
    assert result.fit.likelihood_ratio == pytest.approx(oracle.llr, rel=1e-8)
    assert result.fit.likelihood_ratio_df == oracle.df_model
    assert result.fit.bic == pytest.approx(oracle.bic, rel=1e-8)


def test_one_against_rest_has_the_errors_of_each_model_and_no_joint_test():
    table = loans(900, classes=3, gaps=False)
    result = run(table, penalty="none", multiclass="one_vs_rest")
    X = design(table)
    labels = np.array(table["outcome"].to_pylist())
    for label in result.data.labels:
        oracle = sm.Logit((labels == label).astype(float), X).fit(disp=0, method="newton", tol=1e-13)
        found = by_name(result.coefficients, label)
        for name in X.columns[1:]:
            assert found[name].estimate == pytest.approx(oracle.params[name], rel=1e-6, abs=1e-9)
            assert found[name].std_error == pytest.approx(oracle.bse[name], rel=1e-6)
    assert result.fit.likelihood_ratio is None
    assert result.fit.aic is None
    assert result.fit.bic is None
    assert "each class has a model of its own" in result.fit.no_tests


# How far converged


def test_scikit_learn_s_default_stops_early_and_this_fit_does_not(public):
    """ISLR's Default on balance and income, standardised: scikit-learn 1.9 ends 0.08 standard errors away."""
    table = check_and_open(public("logit/ISLR_Default.csv"), filename="ISLR_Default.csv").table()
    result = train(table, spec(target="default", penalty="none", features=["balance", "income"])).result
    X = np.column_stack([table["balance"].to_numpy(), table["income"].to_numpy()])
    X = (X - X.mean(axis=0)) / X.std(axis=0)
    y = (table["default"].to_pandas() == "Yes").to_numpy().astype(float)
    truth = sm.Logit(y, sm.add_constant(X)).fit(disp=0, method="newton", tol=1e-14, maxiter=100)
    stopped = LogisticRegression(C=np.inf).fit(X, y)
    assert (np.abs(stopped.coef_[0] - truth.params[1:]) / truth.bse[1:]).max() > 0.05
    found = by_name(result.coefficients)
    ours = np.array([found[name].estimate_standardised for name in ("balance", "income")])
    assert (np.abs(ours - truth.params[1:]) / truth.bse[1:]).max() < 1e-6
    assert result.fit.converged
    assert result.fit.gradient_norm < 1e-8
    assert result.fit.optimality is not None
    assert result.fit.optimality < 1e-8


# Refusals


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"penalty": "l2"}, "the L2 penalty pulls the estimates towards 0"),
        ({"penalty": "l1"}, "the L1 penalty pulls the estimates towards 0"),
        ({"penalty": "elasticnet"}, "the penalty pulls the estimates towards 0"),
        ({"penalty": "l2", "solver": "liblinear"}, "the L2 penalty pulls"),
        ({"penalty": "none", "class_weight": "balanced"}, "the rows are weighted by class"),
        ({"penalty": "none", "class_weight": "given", "class_weights": {"bad": 5}}, "the rows are weighted by class"),
        ({"penalty": "none", "resampling": "over"}, "the rows are resampled"),
        ({"penalty": "none", "resampling": "smote"}, "the rows are resampled"),
        ({"penalty": "l2", "class_weight": "balanced", "resampling": "under"}, "towards 0; the rows are resampled"),
        ({"penalty": "none", "max_iterations": 1}, "the fit has not converged"),
    ],
)
def test_what_is_no_maximum_likelihood_estimate_has_no_error_and_no_test(options, why):
    result = run(loans(500), **options)
    for row in (*result.intercepts, *result.coefficients):
        assert (row.std_error, row.z, row.p_value, row.ci_low, row.ci_high) == (None,) * 5
        assert why in (row.reason or "")
    fit = result.fit
    assert (fit.aic, fit.bic, fit.likelihood_ratio, fit.likelihood_ratio_df, fit.likelihood_ratio_p) == (None,) * 5
    assert why in fit.no_tests
    weighted = options["penalty"] != "l2" and ("class_weight" in options or "resampling" in options)
    assert (fit.mcfadden_r2 is None) == (weighted or "resampling" in options)


# Variance inflation


@pytest.mark.parametrize("penalty", ["none", "l2"])
def test_variance_inflation_of_numbers_is_that_of_statsmodels(penalty):
    table = loans(500, gaps=False).select([*NUMBERS, "outcome"])
    mixed = table.append_column("mixed", pa.array(table["debt"].to_numpy() + 0.05 * np.random.default_rng(1).normal(size=500)))
    found = by_name(run(mixed, penalty=penalty).coefficients)
    names = [*NUMBERS, "mixed"]
    X = sm.add_constant(np.column_stack([mixed[name].to_numpy() for name in names]).astype(float))
    for at, name in enumerate(names, start=1):
        assert found[name].vif == pytest.approx(variance_inflation_factor(X, at), rel=1e-8)
    assert (found["mixed"].vif or 0) > 3


@pytest.mark.parametrize("options", [{}, {"reference_level": "most_frequent"}, {"penalty": "l2", "one_hot": "full"}])
def test_generalised_variance_inflation_of_a_category_is_the_ratio_of_determinants(options):
    """Fox and Monette (1992), equation 10; the value R's car::vif gives for lm. It does not depend on the reference level."""
    table = loans(500, gaps=False)
    found = by_name(run(table, **{"penalty": "none", **options}).coefficients)
    X = design(table).drop(columns="const")
    R = np.corrcoef(X.to_numpy().T)
    for field in ("home", "region"):
        own = np.array([name.startswith(field) for name in X.columns])
        expected = np.linalg.det(R[np.ix_(own, own)]) * np.linalg.det(R[np.ix_(~own, ~own)]) / np.linalg.det(R)
        values = {round(row.vif or 0, 10) for name, row in found.items() if name.startswith(field)}
        assert len(values) == 1
        assert values.pop() == pytest.approx(expected, rel=1e-7)


def test_columns_that_never_meet_inflate_nothing():
    factors = np.array(np.meshgrid([0, 1], [0, 1], [0, 1])).reshape(3, -1).T
    values = np.tile(factors, (20, 1))
    table = pa.table({**{f"x{k}": values[:, k] for k in range(3)}, "outcome": np.random.default_rng(1).integers(0, 2, 160)})
    assert [row.vif for row in run(table).coefficients] == pytest.approx([1.0, 1.0, 1.0])


def test_a_column_that_another_determines_has_no_inflation_but_the_rest_has():
    table = loans(300, gaps=False).select([*NUMBERS, "outcome"])
    double = table.append_column("cents", pa.array(100.0 * table["income"].to_numpy()))
    found = by_name(run(double, penalty="l2").coefficients)
    assert found["income"].vif is None
    assert found["cents"].vif is None
    assert found["debt"].vif is not None


def test_inflation_of_no_columns_is_empty():
    assert inflation(np.empty((0, 0)), []) == []


# Each field by itself


@pytest.mark.parametrize("penalty", ["none", "l2"])
def test_a_number_alone_has_the_estimate_of_a_model_of_its_own(penalty):
    table = loans(500, gaps=False)
    found = by_name(run(table, penalty=penalty).coefficients)
    for name in NUMBERS:
        X = sm.add_constant(table[name].to_numpy().astype(float))
        oracle = sm.Logit(outcome(table), X).fit(disp=0, method="newton", tol=1e-13)
        assert found[name].univariate == pytest.approx(oracle.params[1], rel=1e-6)


def test_a_level_alone_has_the_logarithm_of_its_odds_over_the_reference_s():
    table = loans(500, gaps=False)
    found = by_name(run(table, penalty="none").coefficients)
    y, region = outcome(table), np.array(table["region"].to_pylist())
    odds = {level: y[region == level].sum() / (1 - y[region == level]).sum() for level in "nesw"}
    for level in "nsw":
        assert found[f"region: {level}"].univariate == pytest.approx(np.log(odds[level] / odds["e"]), rel=1e-12)


def test_a_number_with_gaps_and_a_flag_stands_with_its_flag():
    table = loans(600)
    found = by_name(run(table, penalty="none", missing_indicator=True).coefficients)
    income = table["income"].to_numpy(zero_copy_only=False).astype(float)
    gaps = np.isnan(income)
    X = sm.add_constant(np.column_stack([np.where(gaps, np.median(income[~gaps]), income), gaps]).astype(float))
    oracle = sm.Logit(outcome(table), X).fit(disp=0, method="newton", tol=1e-13)
    assert found["income"].univariate == pytest.approx(oracle.params[1], rel=1e-6)
    assert found["income: (missing)"].univariate == pytest.approx(oracle.params[2], rel=1e-6)


def test_students_of_islr_default_more_often_alone_and_less_often_at_the_same_balance(public):
    """ISLR, section 4.3.4 "Multiple logistic regression": +0.4049 alone (table 4.2), -0.6468 with the others (table 4.3)."""
    table = check_and_open(public("logit/ISLR_Default.csv"), filename="ISLR_Default.csv").table()
    result = train(table, spec(target="default", penalty="none", features=["balance", "income", "student"])).result
    row = by_name(result.coefficients)["student: Yes"]
    assert row.univariate == pytest.approx(0.4049, abs=5e-5)
    assert row.estimate == pytest.approx(-0.6468, abs=5e-5)


def test_three_classes_have_a_direction_each():
    table = loans(900, classes=3, gaps=False)
    result = run(table, penalty="none")
    labels = result.data.labels
    y = np.array([labels.index(label) for label in table["outcome"].to_pylist()])
    oracle = sm.MNLogit(y, sm.add_constant(table["debt"].to_numpy())).fit(disp=0, method="newton", tol=1e-13)
    for k, label in enumerate(labels[1:]):
        assert by_name(result.coefficients, label)["debt"].univariate == pytest.approx(np.asarray(oracle.params)[1, k], rel=1e-5)
