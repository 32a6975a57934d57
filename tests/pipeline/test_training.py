"""What a run does with its data: which columns and rows it uses, what it warns about, and what never reaches the fit."""

import dataclasses
import json

import numpy as np
import pyarrow as pa
import pytest

from pipeline.errors import InvalidSpec, Stopped, UnusableData
from pipeline.results import Progress, RunResult
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


def test_weighted_fits_say_that_their_probabilities_are_shifted():
    trained = train(loans(), spec(class_weight="balanced", penalty="none"))
    assert any("weighted by class" in sentence for sentence in trained.result.warnings)
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


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"target": "nope"}, "no column 'nope'"),
        ({"bad_label": "ugly"}, "no label 'ugly'; its labels are 'bad', 'good'"),
        ({"features": ["income", "nope"]}, "no column 'nope'"),
        ({"categorical": ["nope"]}, "no column 'nope'"),
        ({"categorical": ["outcome"]}, "'outcome' is the outcome"),
        ({"folds": 50}, "choose fewer folds"),
    ],
)
def test_options_that_do_not_fit_the_data_are_refused(options, says):
    with pytest.raises(InvalidSpec, match=says):
        train(loans(60), spec(**options))


@pytest.mark.parametrize(
    ("columns", "options", "says"),
    [
        ({"outcome": ["a"] * 6, "x": range(6)}, {}, "holds only 'a'"),
        ({"outcome": [None] * 6, "x": range(6)}, {}, "holds no value"),
        ({"outcome": ["a"] * 5 + ["b"], "x": range(6)}, {}, "holds 'b' in one row only"),
        ({"outcome": [f"{k}" for k in range(30)], "x": range(30)}, {}, "30 different values"),
        ({"outcome": ["a", "b"] * 3, "x": [1] * 6}, {}, "No column is left"),
        ({"outcome": ["a", "b"] * 3, "x": [1] * 6}, {"features": ["x"]}, "more than one value"),
        ({"outcome": ["a", "b"] * 3, "x": [1e308, -1e308] * 3}, {"features": ["x"]}, "too large to be scaled"),
        ({"outcome": ["a", "b"] * 600, "x": [f"{k}" for k in range(1200)]}, {"features": ["x"]}, "1,200 levels"),
    ],
)
def test_data_that_carry_no_model_are_refused(columns, options, says):
    with pytest.raises(UnusableData, match=says):
        train(pa.table({name: pa.array(list(values)) for name, values in columns.items()}), spec(**options))


def test_a_date_among_the_features_is_refused():
    table = loans(60).append_column("day", pa.array([18_000 + k for k in range(60)], pa.date32()))
    with pytest.raises(UnusableData, match="'day' holds dates"):
        train(table, spec(features=["day", "debt"]))


def test_infinite_numbers_count_as_missing():
    table = loans(200, gaps=False)
    income = table["income"].to_numpy().astype(float).copy()
    income[:3] = np.inf
    broken = train(table.set_column(0, "income", pa.array(income)), spec())
    income[:3] = np.nan
    missing = train(table.set_column(0, "income", pa.array(income, from_pandas=True)), spec())
    assert broken.model.to_json() == missing.model.to_json()
    assert "3 value(s) of 'income' are infinite and count as missing." in broken.result.warnings
