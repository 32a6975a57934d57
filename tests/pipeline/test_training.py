"""What a run does with its data: which columns and rows it uses, what it warns about, and what never reaches the fit."""

import dataclasses
import datetime
import json

import numpy as np
import pyarrow as pa
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score, precision_score, recall_score, roc_auc_score
from sklearn.preprocessing import StandardScaler

from pipeline.errors import InvalidSpec, Stopped
from pipeline.outcome import outcome_of
from pipeline.results import Progress, RunResult
from pipeline.settling import weights_of_classes
from pipeline.spec import TrainSpec
from pipeline.split import parts_of
from pipeline.training import train
from tests.pipeline.tables import loans, spec


def with_column(table: pa.Table, name: str, values) -> pa.Table:
    return table.append_column(name, pa.array(values))


def test_columns_that_say_nothing_are_left_out_with_a_reason():
    table = loans(200)
    n = table.num_rows
    table = with_column(table, "row", list(range(1, n + 1)))
    table = with_column(table, "key", [f"K{k}" for k in range(n)])
    table = with_column(table, "same", ["x"] * n)
    table = with_column(table, "nothing", pa.nulls(n, pa.float64()))
    trained = train(table, spec())
    assert trained.spec.features == ("income", "debt", "late", "home", "region")
    assert trained.spec.bad_label == "bad"
    assert dict(trained.result.data.left_out) == {
        "row": "a row number",
        "key": "a key: every text is another",
        "same": "one value only",
        "nothing": "every value is missing",
    }
    assert sum("Not used" in sentence for sentence in trained.result.warnings) == 4


def test_features_named_keep_the_order_of_the_table():
    trained = train(loans(), spec(features=["late", "income"]))
    assert trained.spec.features == ("income", "late")
    assert trained.result.data.left_out == ()


def test_rows_without_an_outcome_are_left_out_and_counted():
    table = loans(300)
    outcome = [None if k < 20 else value for k, value in enumerate(table["outcome"].to_pylist())]
    table = table.set_column(5, "outcome", pa.array(outcome))
    trained = train(table, spec())
    assert trained.result.data.n_rows == 280
    assert "20 of 300 rows have no 'outcome' and were left out." in trained.result.warnings
    assert trained.model.coefficients == train(table.slice(20), spec()).model.coefficients


def test_one_of_several_labels_may_be_the_bad_one():
    trained = train(loans(400, classes=3), spec(bad_label="worse"))
    assert trained.result.data.labels == ("not worse", "worse")
    assert any("'bad', 'good' as good" in sentence for sentence in trained.result.warnings)


def test_three_classes_are_judged_as_three():
    result = train(loans(400, classes=3), spec(test_share=0.3)).result
    assert result.data.labels == ("bad", "good", "worse")
    assert result.data.bad_rate is None
    assert result.confusion_test is None
    assert result.confusion_matrix is not None
    assert sum(map(sum, result.confusion_matrix)) == result.data.n_test == result.test.n_rows
    assert result.test.ks_statistic is None
    assert len(result.intercepts) == 2


def test_a_permuted_table_gives_the_same_model():
    table = loans(500)
    order = np.random.default_rng(0).permutation(500)
    one, other = train(table, spec(penalty="none")), train(table.take(pa.array(order)), spec(penalty="none"))
    np.testing.assert_allclose(one.model.coefficients, other.model.coefficients, rtol=1e-7)
    assert one.result.train.auc == pytest.approx(other.result.train.auc, abs=1e-9)


def test_a_chunked_table_gives_the_same_model_as_a_whole_one():
    table = loans(300)
    chunked = pa.concat_tables([table.slice(0, 7), table.slice(7, 100), table.slice(107)])
    assert train(chunked, spec()).model == train(table, spec()).model


def test_held_out_rows_never_reach_the_model():
    """Numbers, gaps and levels of the held-out rows are changed: the model stays as it was, byte for byte."""
    table = loans(300, gaps=False)
    first = train(table, spec(test_share=0.3))
    held = held_out_rows(table)
    income = table["income"].to_numpy().astype(float).copy()
    income[held] = np.where(np.arange(len(held)) % 2, 1e9, np.nan)
    region = np.array(table["region"].to_pylist(), dtype=object)
    region[held] = "elsewhere"
    changed = table.set_column(0, "income", pa.array(income, from_pandas=True)).set_column(4, "region", pa.array(region))
    second = train(changed, spec(test_share=0.3, features=first.spec.features))
    assert first.model.to_json() == second.model.to_json()
    assert any(
        f"{len(held)} held-out value(s) of 'region' are levels that training never saw" in s for s in second.result.warnings
    )


def held_out_rows(table: pa.Table) -> np.ndarray:
    from pipeline.split import held_out

    classes = np.array(table["outcome"].to_pylist()) == "bad"
    return held_out(classes.astype(int), 0.3, 11)[1]


def test_cross_validation_prepares_within_each_fold():
    """The mean of the folds' AUCs is that of fits that saw the other folds alone, done here by hand."""
    table = loans(240)
    run = train(table, spec(folds=4)).result.cross_validation
    classes = (np.array(table["outcome"].to_pylist()) == "bad").astype(int)
    from sklearn.metrics import log_loss, roc_auc_score

    from pipeline.split import fold_numbers

    number = fold_numbers(classes, 4, 11)
    aucs, losses = [], []
    for fold in range(4):
        inner, outer = np.flatnonzero(number != fold), np.flatnonzero(number == fold)
        score = train(table.take(pa.array(inner)), spec()).model.probability_of_default(table.take(pa.array(outer)))
        aucs.append(roc_auc_score(classes[outer], score))
        losses.append(log_loss(classes[outer], score))
    assert run.auc.values == pytest.approx(aucs, abs=1e-9)
    assert run.log_loss.values == pytest.approx(losses, abs=1e-9)
    assert run.auc.mean == pytest.approx(np.mean(aucs))
    assert run.auc.sd == pytest.approx(np.std(aucs, ddof=1))


def test_progress_rises_and_a_report_may_stop_the_work():
    told: list[Progress] = []
    train(loans(), spec(folds=3, test_share=0.2), report=told.append)
    shares = [progress.share for progress in told]
    assert shares == sorted(shares)
    assert shares[-1] == 1
    assert len(shares) > 10
    assert all(progress.what for progress in told)

    def stop(progress: Progress) -> None:
        if progress.share > 0.3:
            raise Stopped

    with pytest.raises(Stopped):
        train(loans(), spec(folds=3), report=stop)


def test_weighted_fits_say_what_became_of_their_probabilities():
    trained = train(loans(), spec(class_weight="balanced", penalty="none"))
    assert any("weighted by class" in sentence for sentence in trained.result.warnings)
    assert (trained.result.fit.bic, trained.result.fit.likelihood_ratio_p) == (None, None)
    assert trained.result.fit.aic is None
    assert all("weighted" in (row.reason or "") and row.std_error is None for row in trained.result.coefficients)


def test_penalised_fits_have_no_standard_errors_and_say_why():
    rows = train(loans(), spec()).result.coefficients
    assert all(row.std_error is None and row.p_value is None and "penalty" in (row.reason or "") for row in rows)


def test_results_survive_json():
    for options in ({"test_share": 0.3, "folds": 2}, {}):
        for classes in (2, 3):
            result = train(loans(200, classes=classes), spec(**options)).result
            assert RunResult.from_json(json.loads(json.dumps(result.to_json(), allow_nan=False))) == result


def test_two_equal_runs_give_the_same_model():
    first, second = (train(loans(), spec(test_share=0.3)) for _ in range(2))
    assert first.model.sha256 == second.model.sha256
    assert dataclasses.replace(first.result, fit=second.result.fit) == second.result


def test_infinite_numbers_count_as_missing():
    table = loans(200, gaps=False)
    income = table["income"].to_numpy().astype(float).copy()
    income[:3] = np.inf
    broken = train(table.set_column(0, "income", pa.array(income)), spec())
    income[:3] = np.nan
    missing = train(table.set_column(0, "income", pa.array(income, from_pandas=True)), spec())
    assert broken.model.to_json() == missing.model.to_json()
    assert "3 value(s) of 'income' are infinite and count as missing." in broken.result.warnings


def test_validation_rows_are_judged_apart_and_train_nothing():
    table = loans(600)
    run = train(table, spec(test_share=0.3, validation_share=0.2))
    without = train(table, spec(test_share=0.3))
    assert run.result.data.n_validation == run.result.validation.n_rows == 120
    assert run.result.data.n_train == 300
    assert run.result.test.n_rows == without.result.test.n_rows
    parts = parts_of(table, outcome_of(table, run.spec), run.spec)
    bad = np.array(table["outcome"].to_pylist()) == "bad"
    score = run.model.probability_of_default(table)
    assert run.result.validation.auc == pytest.approx(roc_auc_score(bad[parts.validation], score[parts.validation]))
    assert run.result.scores_validation.bad_at_or_above[0] == run.result.validation.n_bad == bad[parts.validation].sum()
    assert sum(vars(run.result.confusion_validation).values()) == 120
    only = train(table.take(pa.array(parts.train)), dataclasses.replace(run.spec, test_share=0, validation_share=0))
    assert only.model.coefficients == run.model.coefficients


def test_a_run_by_date_says_from_when_rows_are_held_out():
    table = loans(300).append_column("day", pa.array([18_000 + k for k in range(300)], pa.date32()))
    result = train(table, spec(split="date", split_column="day", test_share=0.2)).result
    first = datetime.date(1970, 1, 1) + datetime.timedelta(days=18_240)
    assert result.data.held_out == f"from {first} on (20% of the rows)"
    assert dict(result.data.left_out)["day"]
    whole = train(table, spec(split="date", split_column="day", test_share=0)).result
    assert whole.data.held_out == ""


def test_the_column_that_splits_is_no_feature_unless_it_is_named():
    table = with_column(loans(300), "customer", [k % 50 for k in range(300)])
    chosen = train(table, spec(split="group", split_column="customer", test_share=0.3))
    assert "customer" not in chosen.spec.features
    assert dict(chosen.result.data.left_out)["customer"] == "it decides which rows are held out"
    assert "whole groups of 'customer'" in chosen.result.data.held_out
    named = train(table, spec(split="group", split_column="customer", test_share=0.3, features=["customer", "debt"]))
    assert any("'customer' decides which rows are held out and is a feature too" in s for s in named.result.warnings)


def test_rows_that_belong_to_no_part_are_not_counted():
    customer = [None if k < 10 else k % 50 for k in range(300)]
    table = loans(300).append_column("customer", pa.array(customer))
    data = train(table, spec(split="group", split_column="customer", test_share=0.3)).result.data
    assert data.n_rows == data.n_train + data.n_test == sum(data.class_counts) == 290


def test_groups_stay_in_one_fold_of_a_cross_validation():
    """A column that names the customer tells the outcome of the customer's other rows; whole groups take that away."""
    draw = np.random.default_rng(7)
    customer = np.repeat(np.arange(150), 4)
    bad = (draw.random(150) < 0.5)[customer]
    table = pa.table({"who": [f"c{k}" for k in customer], "x": draw.normal(size=600), "outcome": np.where(bad, "bad", "good")})
    leaking = train(table, spec(folds=4, features=["who", "x"])).result.cross_validation
    table = table.append_column("number", table["who"])
    apart = train(table, spec(folds=4, features=["who", "x"], split="group", split_column="number")).result.cross_validation
    assert leaking.auc.mean > 0.95
    assert abs(apart.auc.mean - 0.5) < 0.15


def test_repeated_folds_are_all_told():
    run = train(loans(300), spec(folds=3, fold_repeats=2)).result.cross_validation
    assert (run.folds, run.repeats, len(run.auc.values)) == (3, 2, 6)
    once = train(loans(300), spec(folds=3)).result.cross_validation
    assert run.auc.values[:3] == once.auc.values


def test_given_weights_are_those_of_scikit_learn():
    table = loans(400, gaps=False).select(["income", "debt", "late", "outcome"])
    run = train(table, spec(class_weight="given", class_weights={"bad": 3.5}, correct_prior=False, tolerance=1e-11))
    assert dict(run.spec.class_weights) == {"bad": 3.5, "good": 1.0}
    data = table.to_pandas()
    scaled = StandardScaler().fit_transform(data[["income", "debt", "late"]])
    bad = (data["outcome"] == "bad").to_numpy()
    oracle = LogisticRegression(class_weight={True: 3.5, False: 1}, tol=1e-10, solver="newton-cholesky").fit(scaled, bad)
    np.testing.assert_allclose(run.model.probability_of_default(table), oracle.predict_proba(scaled)[:, 1], atol=1e-7)
    assert run.result.prior_shift[0] == pytest.approx(np.log(3.5))


def test_weights_follow_their_classes_through_storage():
    """Numbers as labels sort otherwise than their texts: 10 after 9."""
    table = loans(400, classes=3)
    label = {"good": "9", "bad": "10", "worse": "100"}
    table = table.set_column(5, "outcome", pa.array([int(label[value]) for value in table["outcome"].to_pylist()]))
    run = train(table, spec(class_weight="given", class_weights={"9": 1, "10": 2, "100": 3}))
    assert run.result.data.labels == ("9", "10", "100")
    stored = TrainSpec.parse(run.spec.to_json())
    assert weights_of_classes(stored) == weights_of_classes(run.spec) == (1.0, 2.0, 3.0)
    assert train(table, stored).model.coefficients == run.model.coefficients


@pytest.mark.parametrize("options", [{}, {"multiclass": "one_vs_rest"}, {"penalty": "none"}])
def test_each_of_three_classes_has_its_figures(options):
    table = loans(900, classes=3)
    run = train(table, spec(test_share=0.4, folds=2, **options))
    result = run.result
    parts = parts_of(table, outcome_of(table, run.spec), run.spec)
    actual = np.array(table["outcome"].to_pylist())[parts.test]
    probability = run.model.probabilities(table)[parts.test]
    predicted = np.array(result.data.labels)[probability.argmax(axis=1)]
    assert [each.label for each in result.classes] == list(result.data.labels)
    for k, each in enumerate(result.classes):
        own = actual == each.label
        assert each.n_rows == own.sum()
        assert each.auc == pytest.approx(roc_auc_score(own, probability[:, k]))
        assert each.auc_low < each.auc < each.auc_high
        assert each.precision == pytest.approx(precision_score(own, predicted == each.label))
        assert each.recall == pytest.approx(recall_score(own, predicted == each.label))
        assert each.f1 == pytest.approx(f1_score(own, predicted == each.label))
        assert each.calibration.expected_bad == pytest.approx(probability[:, k].sum())
        assert each.roc.true_positive_rate[-1] == 1
    assert result.test.auc == pytest.approx(np.mean([each.auc for each in result.classes]))
    assert len(result.cross_validation.auc.values) == 2
    assert (result.calibration, result.roc_test, result.confusion_test) == (None, None, None)


def test_held_out_rows_of_one_class_are_judged_as_far_as_they_can_be():
    n = 120
    draw = np.random.default_rng(1)
    outcome = [("good", "bad")[int(k)] for k in draw.integers(0, 2, 100)] + ["good"] * 20
    table = pa.table({"x": draw.normal(size=n), "when": range(n), "outcome": outcome})
    result = train(table, spec(split="date", split_column="when", test_share=0.15)).result
    assert (result.test.auc, result.roc_test, result.test.n_bad) == (None, None, 0)
    assert result.test.brier_score is not None
    assert result.calibration.slope is None
    assert any("None of the 18 held-out rows is 'bad'" in sentence for sentence in result.warnings)


def test_more_columns_than_rows_need_a_penalty():
    draw = np.random.default_rng(2)
    table = pa.table({**{f"x{k}": draw.normal(size=30) for k in range(40)}, "outcome": ["good", "bad"] * 15})
    with pytest.raises(InvalidSpec, match="40 features and 30 rows") as told:
        train(table, spec(penalty="none"))
    assert list(told.value.problems) == ["features"]
    with pytest.raises(InvalidSpec, match="41 columns and 30 rows") as told:
        train(table, spec(penalty="none", features=[f"x{k}" for k in range(20)], degree=2))
    assert list(told.value.problems) == ["penalty"]
    assert train(table, spec()).result.fit.converged
