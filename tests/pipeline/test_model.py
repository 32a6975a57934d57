"""A stored model: canonical JSON, scores by numpy alone, and refusals of what is no model."""

import json
import subprocess
import sys

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import UnusableData
from pipeline.model import FittedModel
from pipeline.training import train
from tests.pipeline.tables import loans, spec


@pytest.fixture(scope="module")
def model() -> FittedModel:
    return train(loans(300, 2), spec(missing_indicator=True)).model


@settings(max_examples=15, deadline=None)
@given(
    st.sampled_from([2, 3]),
    st.sampled_from(["none", "l2"]),
    st.sampled_from(["standard", "none"]),
    st.booleans(),
    st.integers(0, 100),
)
def test_json_gives_back_the_model_bit_for_bit(classes, penalty, scaling, flags, seed):
    table = loans(150, seed, classes)
    model = train(table, spec(penalty=penalty, scaling=scaling, missing_indicator=flags)).model
    again = FittedModel.from_json(model.to_json())
    assert again == model
    assert again.sha256 == model.sha256
    assert np.array_equal(again.probabilities(table), model.probabilities(table))


def test_json_is_canonical(model):
    text = model.to_json()
    assert text == json.dumps(json.loads(text), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    stored = json.loads(text)
    assert (stored["format"], stored["calibration"]) == (3, None)
    assert {"python", "numpy", "scikit-learn", "model_format"} <= set(stored["versions"])


def test_scores_follow_from_the_stored_values_by_hand(model):
    """Log-odds summed in plain Python from the JSON, for rows with gaps and an unseen level."""
    table = loans(40, 9).set_column(4, "region", pa.array(["n", "e", "s", "mars"] * 10))
    stored = json.loads(model.to_json())
    intercept, *weights = stored["coefficients"][0]
    expected = []
    for row in table.to_pylist():
        log_odds, at = intercept, 0
        for term in stored["terms"]:
            value = row[term["field"]]
            if term["kind"] == "number":
                filled = term["fill"] if value is None else value
                log_odds += weights[at] * (filled - term["mean"]) / term["scale"]
                log_odds += weights[at + 1] * (value is None) if term["flag"] else 0
                at += 1 + term["flag"]
            else:
                level = term["missing"] if value is None else value
                log_odds += sum(weight for weight, name in zip(weights[at:], term["levels"], strict=False) if name == level)
                at += len(term["levels"])
        expected.append(1 / (1 + np.exp(-log_odds)))
    np.testing.assert_allclose(model.probability_of_default(table), expected, atol=1e-14)
    assert model.unseen(table) == {"region": 10}


def test_a_level_that_training_never_saw_scores_as_the_reference(model):
    table = loans(40, 9)
    reference = next(term.reference for term in model.terms if term.field == "region")
    strange = table.set_column(4, "region", pa.array(["mars"] * 40))
    usual = table.set_column(4, "region", pa.array([reference] * 40))
    assert np.array_equal(model.probabilities(strange), model.probabilities(usual))


def test_columns_may_come_as_other_types_of_the_same_values(model):
    table = loans(60, 9)
    plain = pa.table(
        {
            "late": table["late"].cast(pa.float32()),
            "region": table["region"].cast(pa.string()),
            "home": table["home"].cast(pa.large_string()),
            "debt": table["debt"],
            "income": table["income"],
        }
    )
    assert np.array_equal(model.probabilities(plain), model.probabilities(table))
    all_missing = table.set_column(0, "income", pa.nulls(60, pa.string()))
    numbers = table.set_column(0, "income", pa.nulls(60, pa.float64()))
    assert np.array_equal(model.probabilities(all_missing), model.probabilities(numbers))


def test_numbers_read_as_categories_are_known_by_their_text():
    table = loans(300, 4)
    model = train(table, spec(categorical=["late"])).model
    as_fractions = table.set_column(2, "late", table["late"].cast(pa.float64()))
    as_texts = table.set_column(2, "late", table["late"].cast(pa.string()))
    for other in (as_fractions, as_texts):
        assert np.array_equal(model.probabilities(other), model.probabilities(table))


def test_absent_and_unfit_columns_are_refused(model):
    with pytest.raises(UnusableData, match="no column 'income'"):
        model.probabilities(loans(10).drop_columns(["income"]))
    with pytest.raises(UnusableData, match="'debt' holds texts"):
        model.probabilities(loans(10).set_column(1, "debt", pa.array(["high"] * 10)))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "{}",
        '{"kind":"logistic_regression"}',
        '{"kind":"logistic_regression","format":99}',
        "[" * 100_000,
        '{"coefficients":[[1.0]],"format":1,"kind":"logistic_regression","labels":["a","b"],"link":"softmax","target":"t","terms":[],'
        '"versions":{}}',
        '{"coefficients":[[1.0,2.0]],"format":1,"kind":"logistic_regression","labels":["a","b"],"link":"reference","target":"t",'
        '"terms":[],"versions":{}}',
        '{"coefficients":[[NaN]],"format":1,"kind":"logistic_regression","labels":["a","b"],"link":"reference","target":"t",'
        '"terms":[],"versions":{}}',
    ],
)
def test_what_is_no_model_is_refused(text):
    with pytest.raises(UnusableData):
        FittedModel.from_json(text)


def test_a_model_of_format_1_is_still_read():
    """The stored form, written out: changing it needs a new format number and a loader for this one."""
    stored = {
        "coefficients": [[-1.0, 0.5, 2.0, -0.25]],
        "format": 1,
        "kind": "logistic_regression",
        "labels": ["no", "yes"],
        "link": "reference",
        "target": "defaulted",
        "terms": [
            {"field": "debt", "fill": 0.3, "flag": True, "kind": "number", "mean": 0.25, "scale": 0.5, "sd": 0.5},
            {"field": "home", "kind": "category", "levels": ["rent"], "missing": "rent", "reference": "own"},
        ],
        "versions": {"numpy": "2.2.0"},
    }
    model = FittedModel.from_json(json.dumps(stored))
    table = pa.table({"debt": pa.array([0.75, None]), "home": pa.array(["own", None])})
    log_odds = np.array([-1 + 0.5 * 1.0, -1 + 0.5 * 0.1 + 2.0 - 0.25])
    np.testing.assert_allclose(model.probability_of_default(table), 1 / (1 + np.exp(-log_odds)), atol=1e-15)


def test_probabilities_stay_finite_at_extreme_scores():
    stored = json.loads(train(loans(100), spec(features=["debt"])).model.to_json())
    stored["coefficients"] = [[0.0, 5_000.0]]
    model = FittedModel.from_json(json.dumps(stored))
    probability = model.probabilities(pa.table({"debt": [-100.0, 0.3, 100.0]}))
    assert np.isfinite(probability).all()
    np.testing.assert_allclose(probability.sum(axis=1), 1)
    assert (probability[0, 1], probability[2, 1]) == (0, 1)


def test_a_model_of_three_classes_has_no_probability_of_default():
    model = train(loans(150, classes=3), spec()).model
    with pytest.raises(UnusableData, match="three classes"):
        model.probability_of_default(loans(10))


SCORING = """
import sys
import pyarrow as pa
from pipeline.model import FittedModel
model = FittedModel.from_json(sys.stdin.read())
print(model.probability_of_default(pa.table({"debt": [0.1, 0.5]})).tolist())
print([name for name in ("sklearn", "scipy", "plotly") if name in sys.modules])
"""


def test_scoring_does_without_scikit_learn():
    model = train(loans(100), spec(features=["debt"])).model
    said = subprocess.run([sys.executable, "-c", SCORING], input=model.to_json(), capture_output=True, text=True, check=True)
    scores, modules = said.stdout.splitlines()
    assert json.loads(scores) == model.probability_of_default(pa.table({"debt": [0.1, 0.5]})).tolist()
    assert modules == "[]"


def test_results_and_specs_import_no_numerical_library():
    code = (
        "import sys, pipeline.results, pipeline.spec, pipeline.suggestions;"
        "print([m for m in ('numpy', 'pandas', 'pyarrow', 'sklearn', 'scipy') if m in sys.modules])"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"
