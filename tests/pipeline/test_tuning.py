"""The tuning path against scikit-learn, against training, and by hand."""

import dataclasses
import json

import numpy as np
import pyarrow as pa
import pytest
from glum import GeneralizedLinearRegressor
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss, roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from pipeline.errors import InvalidSpec, Stopped, UnusableData
from pipeline.fitting import path as fold_path
from pipeline.results import Progress
from pipeline.study_results import TuningPath
from pipeline.training import train
from pipeline.tuning import tuning_path
from pipeline.tuning.general import fit_each
from pipeline.tuning.judging import over_folds
from pipeline.tuning.shared import fit_shared, shared_terms
from pipeline.tuning.task import task_of
from tests.pipeline.oracle import frame_of
from tests.pipeline.tables import loans, spec

SHARED = [
    {},
    {"penalty": "l1"},
    {"penalty": "elasticnet", "l1_ratio": 0.3, "class_weight": "balanced"},
    {"missing_numbers": "mean", "missing_indicator": True, "scaling": "robust"},
    {"missing_numbers": "own_level", "scaling": "none", "class_weight": "given", "class_weights": (("bad", 3.0),)},
    {"scaling": "min_max", "one_hot": "full", "folds": 3, "fold_repeats": 2},
    {"special_codes": (("late", (("4", "level"), ("0", "missing"))),)},
    {"log_columns": ("income",), "missing_numbers": "constant", "missing_constant": 3.0},
    {"split": "group", "split_column": "region", "features": ("income", "debt", "home"), "folds": 2},
]
GENERAL = {
    "powers": {"degree": 2},
    "winsorised": {"winsorise": 0.05},
    "weight of evidence": {"weight_of_evidence": "all"},
    "over-sampled": {"resampling": "over"},
    "another solver": {"solver": "newton-cholesky"},
}


def chances(penalty: str, C: float, X: np.ndarray, bad: np.ndarray, judged: np.ndarray) -> np.ndarray:
    """L2 by scikit-learn; L1 by glum: scikit-learn's saga stops before its intercept has settled where all else is 0."""
    if penalty == "l2":
        return LogisticRegression(C=C, solver="newton-cholesky", tol=1e-10).fit(X, bad).predict_proba(judged)[:, 1]
    lasso = GeneralizedLinearRegressor(family="binomial", alpha=1 / (C * len(X)), l1_ratio=1, gradient_tol=1e-9, max_iter=500)
    return lasso.fit(X, bad.astype(float)).predict(judged)


def preparation() -> ColumnTransformer:
    numbers = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
    levels = OneHotEncoder(drop="first", handle_unknown="ignore", sparse_output=False)
    filled = make_pipeline(SimpleImputer(strategy="constant", fill_value="~missing", missing_values=None), levels)
    return ColumnTransformer([("numbers", numbers, ["income", "debt", "late"]), ("levels", filled, ["home", "region"])])


@pytest.mark.parametrize("penalty", ["l2", "l1"])
@pytest.mark.filterwarnings("ignore:Found unknown categories")
def test_figures_over_folds_are_those_of_an_independent_loop(penalty: str) -> None:
    table, wanted = loans(400), spec(penalty=penalty, test_share=0.2, folds=4)
    path, task, frame = tuning_path(table, wanted, n_C=4), task_of(table, wanted), frame_of(table)
    for k, C in enumerate(path.Cs):
        for fold, (training, judged) in enumerate(task.folds):
            columns = preparation()
            X = columns.fit_transform(frame.iloc[training])
            bad = task.classes[judged] == 1
            chance = chances(penalty, C, X, task.classes[training] == 1, columns.transform(frame.iloc[judged]))
            assert path.auc.values[k][fold] == pytest.approx(roc_auc_score(bad, chance), abs=1e-6)
            assert path.log_loss.values[k][fold] == pytest.approx(log_loss(bad, chance), abs=1e-6)


@pytest.mark.parametrize("options", SHARED)
def test_a_shared_design_gives_each_fold_the_model_that_it_has_by_itself(options: dict[str, object]) -> None:
    table = loans(500, seed=3)
    task = task_of(table, spec(**{"test_share": 0.2, **options}))
    terms = shared_terms(task)
    assert not isinstance(terms, str), terms
    shared, alone = fit_shared(task, *terms, 6, lambda share: None), fit_each(task, 6, lambda share: None)
    assert shared.Cs == alone.Cs
    assert len(shared.folds) == task.n_fits - 1
    everyone = np.arange(table.num_rows)
    for one, other in zip((shared.whole, *shared.folds), (alone.whole, *alone.folds), strict=True):
        assert one.terms == other.terms
        apart = np.subtract(*(list(model.log_odds_of_bad(task.frame, everyone)) for model in (one, other)))
        assert np.abs(apart).max() < 1e-6


def test_a_level_or_number_that_only_one_fold_has_is_fitted_alike_both_ways() -> None:
    table = loans(300, seed=5)
    rare = np.array(["usual"] * 299 + ["rare"])
    once = np.array([0.0] * 298 + [7.0, 0.0])
    table = table.append_column("rare", pa.array(rare).dictionary_encode()).append_column("once", pa.array(once))
    task = task_of(table, spec())
    terms = shared_terms(task)
    assert not isinstance(terms, str)
    shared, alone = fit_shared(task, *terms, 5, lambda share: None), fit_each(task, 5, lambda share: None)
    assert {len(model.terms) for model in shared.folds} == {5, 7}  # one fold holds both, so that its model lacks both
    for one, other in zip((shared.whole, *shared.folds), (alone.whole, *alone.folds), strict=True):
        assert one.terms == other.terms
        apart = np.subtract(*(list(model.log_odds_of_bad(task.frame, task.training)) for model in (one, other)))
        assert np.abs(apart).max() < 1e-6


@pytest.mark.parametrize("options", GENERAL.values(), ids=GENERAL)
def test_what_one_design_does_not_hold_is_fitted_fold_by_fold_and_said(options: dict[str, object]) -> None:
    path = tuning_path(loans(300), spec(**options), n_C=3)
    assert path.solver.startswith("each fold prepared")
    assert any("fold" in note for note in path.notes)
    assert path.n_unconverged == 0


def test_a_reference_level_that_differs_between_folds_is_seen() -> None:
    table = loans(60, seed=2).select(["debt", "outcome"])
    levels = np.array(["a"] * 20 + ["b"] * 20 + ["c"] * 20)
    task = task_of(table.append_column("even", pa.array(levels).dictionary_encode()), spec(reference_level="most_frequent"))
    said = shared_terms(task)
    assert isinstance(said, str)
    assert "'even'" in said


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"penalty": "l1", "C": 0.037},
        {"penalty": "elasticnet", "class_weight": "balanced", "C": 20.0},
        {"class_weight": "balanced", "correct_prior": False},
        {"resampling": "under", "C": 0.5},
        {"degree": 2, "validation_share": 0.2},
    ],
)
def test_the_model_at_the_specs_own_C_is_that_of_training(options: dict[str, object]) -> None:
    table, wanted = loans(500), spec(**{"test_share": 0.3, **options})
    path, run = tuning_path(table, wanted, n_C=7), train(table, wanted)
    at = path.Cs.index(wanted.C)
    trained = [row.estimate if row.level else row.estimate_standardised for row in run.result.coefficients]
    assert path.coefficients[at] == pytest.approx(trained, abs=1e-6)
    assert [(column.field, column.level) for column in path.columns] == [
        (row.field, row.level) for row in run.result.coefficients
    ]
    parts = {part.name: part for part in path.parts}
    judged = {"training": run.result.train, "validation": run.result.validation, "held_out": run.result.test}
    assert set(parts) == {name for name, metrics in judged.items() if metrics}
    for name, part in parts.items():
        metrics = part.metrics[at]
        for figure in ("n_rows", "n_bad", "auc", "ks_statistic", "accuracy", "brier_score", "log_loss", "auc_low"):
            assert getattr(metrics, figure) == pytest.approx(getattr(judged[name], figure), abs=1e-6)
    slope = run.result.calibration
    assert slope is not None
    assert parts["held_out"].calibration_slope[at] == pytest.approx(slope.slope, abs=1e-5)


def test_folds_are_those_of_training() -> None:
    table, wanted = loans(400), spec(folds=4, fold_repeats=2, test_share=0.25)
    path, cross = tuning_path(table, wanted, n_C=3), train(table, wanted).result.cross_validation
    assert cross is not None
    at = path.Cs.index(wanted.C)
    assert path.auc.values[at] == pytest.approx(cross.auc.values, abs=1e-6)
    assert path.log_loss.values[at] == pytest.approx(cross.log_loss.values, abs=1e-6)
    assert (path.folds, path.repeats, path.n_fits) == (4, 2, len(path.Cs) * 9)


def test_counts_and_curves_are_those_of_the_probabilities() -> None:
    table, wanted = loans(900), spec(test_share=0.4)
    path, run = tuning_path(table, wanted, n_C=3), train(table, wanted)
    at, task = path.Cs.index(1.0), task_of(table, wanted)
    for part in path.parts:
        rows = task.parts[part.name]
        chance, bad = run.model.probability_of_default(table.take(pa.array(rows))), task.classes[rows] == 1
        for cutoff, n_bad, n_good in zip(part.cutoffs, part.bad_at_or_above[at], part.good_at_or_above[at], strict=True):
            near = np.abs(chance - cutoff) < 1e-6
            assert abs(n_bad - (bad & (chance >= cutoff)).sum()) <= near.sum()
            assert abs(n_good - (~bad & (chance >= cutoff)).sum()) <= near.sum()
        assert part.cutoffs == tuple(k / 400 for k in range(401))
        curve = part.roc[at]
        assert len(curve.cutoffs) <= 200
        assert (curve.false_positive_rate[0], curve.true_positive_rate[0], curve.cutoffs[0]) == (0, 0, None)
        assert (curve.false_positive_rate[-1], curve.true_positive_rate[-1]) == (1, 1)
        for x, y, cutoff in zip(curve.false_positive_rate[1:], curve.true_positive_rate[1:], curve.cutoffs[1:], strict=True):
            above = chance >= cutoff - 1e-6
            assert y == pytest.approx((bad & above).sum() / bad.sum(), abs=2 / bad.sum())
            assert x == pytest.approx((~bad & above).sum() / (~bad).sum(), abs=2 / (~bad).sum())


def test_the_one_standard_error_rule_by_hand() -> None:
    losses = np.array([[0.70, 0.66], [0.62, 0.58], [0.60, 0.50], [0.54, 0.50], [0.56, 0.52]])
    figure = over_folds(losses, 2, high=False)
    # means .68 .60 .55 .52 .54; the best is .52 with se = .02 sqrt(2) / sqrt(2) = .02, so that .54 and less are near enough
    assert figure.mean == pytest.approx((0.68, 0.60, 0.55, 0.52, 0.54))
    assert figure.se[3] == pytest.approx(0.02)
    assert (figure.best, figure.one_se) == (3, 3)
    losses[3] = 0.56, 0.48  # se .04, so that .56 and less are near enough: the third as well
    wider = over_folds(losses, 2, high=False)
    assert wider.se[3] == pytest.approx(0.04)
    assert (wider.best, wider.one_se) == (3, 2)
    aucs = over_folds(1 - losses, 2, high=True)
    assert (aucs.best, aucs.one_se) == (3, 2)


@pytest.mark.parametrize("penalty", ["l2", "l1", "elasticnet"])
def test_the_path_runs_from_nothing_to_practically_no_penalty(penalty: str) -> None:
    table = loans(800, gaps=False)
    path = tuning_path(table, spec(penalty=penalty, C=0.3), n_C=25)
    assert 0.3 in path.Cs
    assert len(path.Cs) == 25
    assert list(path.Cs) == sorted(path.Cs)
    free = np.array(tuning_path(table, spec(penalty=penalty, C=1e6), n_C=3).coefficients[-1])
    first, last = np.array(path.coefficients[0]), np.array(path.coefficients[-1])
    assert np.abs(first).max() < (0.05 if penalty == "l2" else 1e-12) * np.abs(free).max()
    assert np.abs(last - free).max() < 0.05 * np.abs(free).max()
    others = [C for C in path.Cs if C != 0.3]
    assert all(float(f"{C:.2e}") == C for C in others)


def test_lambda_max_of_l1_is_that_of_its_definition() -> None:
    """The largest gradient at the model of the intercept alone: just above 1 / it some coefficient is not 0."""
    table = loans(300, gaps=False)
    path = tuning_path(table, spec(penalty="l1", features=("debt", "late"), C=1e6), n_C=30)
    bad = np.array(table["outcome"].to_pylist()) == "bad"
    X = np.column_stack([np.array(table[name].to_pylist(), float) for name in ("debt", "late")])
    X = (X - X.mean(axis=0)) / X.std(axis=0)
    largest = np.abs(X.T @ (bad - bad.mean())).max()
    assert path.Cs[0] == pytest.approx(1 / largest, rel=0.05)


def test_three_classes_have_figures_and_no_cut_offs() -> None:
    table = loans(600, classes=3)
    wanted = spec(test_share=0.3, folds=3)
    path, run = tuning_path(table, wanted, n_C=3), train(table, wanted)
    at = path.Cs.index(1.0)
    assert run.result.cross_validation is not None
    assert path.auc.values[at] == pytest.approx(run.result.cross_validation.auc.values, abs=1e-6)
    assert path.log_loss.values[at] == pytest.approx(run.result.cross_validation.log_loss.values, abs=1e-6)
    for part in path.parts:
        assert (part.cutoffs, part.bad_at_or_above, part.roc, part.n_bad) == ((), (), (), None)
        assert set(part.calibration_slope) == {None}
    trained = [row.estimate if row.level else row.estimate_standardised for row in run.result.coefficients]
    assert path.coefficients[at] == pytest.approx(trained, abs=1e-5)
    assert {column.label for column in path.columns} == set(path.labels[1:])
    assert len(path.intercepts[at]) == 2


def test_one_against_rest_is_what_training_gives() -> None:
    table, wanted = loans(500, classes=3), spec(multiclass="one_vs_rest", folds=3, class_weight="balanced")
    path, run = tuning_path(table, wanted, n_C=2), train(table, wanted)
    assert run.result.cross_validation is not None
    at = path.Cs.index(1.0)
    assert path.log_loss.values[at] == pytest.approx(run.result.cross_validation.log_loss.values, abs=1e-6)


def test_names_are_readable_and_the_result_is_stored_whole() -> None:
    path = tuning_path(loans(300), spec(missing_indicator=True), n_C=3)
    names = [column.name for column in path.columns]
    assert {"income", "income: missing", "home: rent", "region: n"} <= set(names)
    assert TuningPath.from_json(json.loads(json.dumps(path.to_json()))) == path


def test_fits_that_do_not_reach_the_tolerance_are_made_again_and_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    table, wanted = loans(300), spec(class_weight="balanced")
    right = tuning_path(table, wanted, n_C=4)
    monkeypatch.setattr(fold_path, "_MOST_PASSES", 1)
    again = tuning_path(table, wanted, n_C=4)
    assert "fitted by themselves" in " ".join(again.notes)
    assert again.n_unconverged == 0
    assert np.array(again.coefficients) == pytest.approx(np.array(right.coefficients), abs=1e-6)
    assert np.array(again.log_loss.values) == pytest.approx(np.array(right.log_loss.values), abs=1e-7)


def test_it_tells_how_far_it_is_and_stops_when_told() -> None:
    told: list[Progress] = []
    for options in ({}, {"winsorise": 0.05}):
        told.clear()
        tuning_path(loans(300), spec(**options), n_C=3, report=told.append)
        shares = [progress.share for progress in told]
        assert shares == sorted(shares)
        assert (shares[0], shares[-1]) == (0, 1)

        def stop(progress: Progress) -> None:
            if progress.share > 0.3:
                raise Stopped

        with pytest.raises(Stopped):
            tuning_path(loans(300), spec(**options), n_C=5, report=stop)


def test_without_a_penalty_there_is_nothing_to_tune() -> None:
    with pytest.raises(InvalidSpec) as caught:
        tuning_path(loans(300), spec(penalty="none"))
    assert list(caught.value.problems) == ["penalty"]


@pytest.mark.parametrize("n_C", [1, 0, -3, 10**9])
def test_a_path_has_a_sensible_number_of_values(n_C: int) -> None:
    with pytest.raises(InvalidSpec):
        tuning_path(loans(300), spec(), n_C=n_C)


@pytest.mark.parametrize(
    ("table", "options"),
    [
        (loans(100), {"target": "no such column"}),
        (loans(100), {"features": ("income", "height")}),
        (loans(100), {"folds": 50}),
        (loans(100), {"bad_label": "ugly"}),
        (loans(100), {"split": "date", "split_column": "home"}),
        (loans(100), {"split": "group", "split_column": "home", "folds": 5}),
        (loans(100).set_column(5, "outcome", pa.array(["good"] * 100)), {}),
        (loans(100).set_column(5, "outcome", pa.array(["good"] * 99 + ["bad"])), {}),
        (pa.table({"x": [1.0] * 40, "outcome": ["good", "bad"] * 20}), {"features": ("x",)}),
    ],
)
def test_bad_input_is_told_as_training_tells_it(table: pa.Table, options: dict[str, object]) -> None:
    wanted = spec(**{"folds": 3, **options})
    with pytest.raises((InvalidSpec, UnusableData)) as by_training:
        train(table, wanted)
    with pytest.raises((InvalidSpec, UnusableData)) as by_path:
        tuning_path(table, wanted, n_C=3)
    assert str(by_path.value) == str(by_training.value)
    assert type(by_path.value) is type(by_training.value)


def test_a_constant_model_has_a_path_all_the_same() -> None:
    """Noise under the strongest L1 penalty: every coefficient 0, an AUC of a half, no slope."""
    draw = np.random.default_rng(0)
    table = pa.table({"x": draw.normal(size=200), "outcome": np.where(draw.random(200) < 0.4, "bad", "good")})
    path = tuning_path(table, spec(penalty="l1", C=1e-6), n_C=4)
    assert path.Cs[0] == 1e-6
    assert set(path.coefficients[0]) == {0.0}
    assert path.auc.values[0] == (0.5,) * 5
    assert path.parts[0].calibration_slope[0] is None


def test_the_result_says_what_it_is_of() -> None:
    wanted = spec(features=("income", "debt"), test_share=0.3)
    path = tuning_path(loans(300), wanted, n_C=3)
    assert path.spec["features"] == ["income", "debt"]
    assert path.spec["folds"] == 5
    assert path.spec["C"] == dataclasses.replace(wanted, folds=5).C
    assert path.optimality < 1e-6
    assert path.cpu_seconds > 0
