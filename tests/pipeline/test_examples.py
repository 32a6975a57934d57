import numpy as np
import pytest

from pipeline.examples import EXAMPLES, deployments, loan_book
from pipeline.tallies import summarise
from pipeline.training import train
from tests.pipeline.tables import spec


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_examples_train_and_say_what_they_are(example):
    table = example.make()
    trained = train(table, spec(target=example.target, test_share=0.3))
    assert trained.spec.bad_label == example.bad_label
    assert trained.result.fit.converged
    assert trained.result.test.auc > 0.65
    assert example.description.endswith(".")


def test_the_loan_book_is_a_loan_book():
    table = loan_book()
    assert table.equals(loan_book())
    columns = {column.name: column for column in summarise(table)}
    assert table.num_rows == 20_000
    assert 0.11 < (np.array(table["defaulted"].to_pylist()) == "yes").mean() < 0.13
    income = table["income_yearly"].to_numpy()
    assert np.mean(income) > 1.1 * np.median(income)  # skewed to the right
    assert {name for name, column in columns.items() if column.n_missing} == {
        "employment_years",
        "debt_to_income",
        "card_utilisation_pct",
        "savings_balance",
    }
    assert {name for name, column in columns.items() if column.kind == "category"} == {
        "home_ownership",
        "region",
        "purpose",
        "defaulted",
    }


def test_the_loan_book_keeps_its_truth():
    """Coefficients that enter the made-up log-odds linearly are found within 4 standard errors."""
    rows = {
        (row.field, row.level): row for row in train(loan_book(), spec(target="defaulted", penalty="none")).result.coefficients
    }
    truth = {("loan_term_months", None): 0.011, ("card_utilisation_pct", None): 0.012, ("purpose", "car"): -0.8}
    for name, value in truth.items():
        assert abs(rows[name].estimate - value) < 4 * rows[name].std_error


def test_the_deployments_have_the_columns_of_the_issue():
    table = deployments()
    assert table.num_rows == 500
    assert table.schema.names == ["files_changed", "hours_since_last_deploy", "is_friday", "test_coverage_pct", "failed"]
    assert table.equals(deployments())
