"""Scores of the stored model against a scikit-learn pipeline, for random tables and random specs over all of preparation.

The coefficients are drawn, not fitted: what is compared is everything from the row to its score. The tables to score hold gaps,
levels and codes that training never saw, and numbers outside the range of the training rows.
"""

from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from pipeline.frame import frame_of
from pipeline.model import FittedModel
from pipeline.preparation import learn_terms
from pipeline.spec import TrainSpec
from pipeline.terms import width_of
from tests.pipeline import oracle
from tests.pipeline.oracle_pipeline import Oracle

NAMES = ("age", "income", "score", "purpose", "home", "grade")
GRADES = ("low", "middle", "high", "top")
CODES = {"score": {"-9": "level", "-8": "missing", "-7": "level"}, "home": {"?": "missing", "n/a": "level"}}


def table(n: int, seed: int, strange: bool) -> pa.Table:
    """Ages, incomes with ties, a score with codes, purposes of which some are rare, homes with codes, grades with an order."""
    draw = np.random.default_rng(seed)

    def gaps(values, share: float) -> pa.Array:
        return pa.array(values, mask=(draw.random(n) < share) & (np.arange(n) >= 8))

    score = np.where(draw.random(n) < 0.3, draw.choice([-9.0, -8.0] + [-7.0] * strange, n), np.round(draw.normal(600, 60, n)))
    purposes = ["car", "house", "phone", "boat", "trip"] + ["rocket"] * strange
    shares = np.array([0.5, 0.3, 0.1, 0.06, 0.04] + [0.2] * strange)
    homes, grades = ["own", "rent", "?", "n/a"] + ["tent"] * strange, [*GRADES] + ["none"] * strange
    purpose = np.concatenate([purposes, draw.choice(purposes, n - len(purposes), p=shares / shares.sum())])
    income = np.round(draw.lognormal(2, 1, n)) - 2 * (draw.random(n) < 0.2) * strange
    columns = {
        "age": gaps(
            np.round(np.maximum(draw.normal(40, 12 + 20 * strange, n), 1 - 9 * strange), 1), 0.15 if seed % 3 else 0.1 * strange
        ),
        "income": gaps(income, 0.1),
        "score": gaps(score, 0.1),
        "purpose": gaps(purpose, 0.1 if seed % 2 else 0.1 * strange),
        "home": gaps(draw.choice(homes, n), 0.1),
        "grade": gaps(draw.choice(grades, n), 0.1),
    }
    return pa.table({name: column.dictionary_encode() if name in NAMES[3:] else column for name, column in columns.items()})


def some(names: tuple[str, ...]) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(names), unique=True, max_size=len(names))


SPECS = st.fixed_dictionaries(
    {
        "missing_numbers": st.sampled_from(["median", "mean", "most_frequent", "zero", "constant", "own_level"]),
        "missing_constant": st.sampled_from([0.0, -0.5, 7.25]),
        "missing_indicator": st.booleans(),
        "missing_categories": st.sampled_from(["own_level", "most_frequent", "constant"]),
        "missing_level": st.sampled_from(["car", "unknown"]),
        "winsorise": st.sampled_from([0.0, 0.0, 0.01, 0.1, 0.25]),
        "log_columns": some(("age", "income")),
        "scaling": st.sampled_from(["standard", "robust", "min_max", "none"]),
        "degree": st.sampled_from([1, 1, 2, 3, 4]),
        "degree_columns": some(("age", "grade")),
        "interactions": st.lists(
            st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)).filter(lambda pair: pair[0] < pair[1]),
            unique=True,
            max_size=3,
        ),
        "one_hot": st.sampled_from(["reference", "reference", "full"]),
        "reference_level": st.sampled_from(["first", "most_frequent"]),
        "reference_levels": st.sampled_from([{}, {"purpose": "house"}, {"purpose": "trip", "home": "rent"}]),
        "rare_share": st.sampled_from([0.0, 0.0, 0.07, 0.15, 0.5]),
        "orders": st.sampled_from([{}, {"grade": list(GRADES)}]),
        "weight_of_evidence": st.sampled_from(["none", "none", "none", "chosen", "all"]),
        "woe_columns": some(NAMES),
        "woe_bins": st.integers(2, 6),
        "woe_share": st.sampled_from([0.001, 0.05, 0.2]),
        "special_codes": st.sampled_from([{}, CODES, {"score": CODES["score"]}]),
    }
)


def spec_of(options: dict[str, Any]) -> TrainSpec:
    """The drawn options, without those that would be refused beside each other."""
    if "grade" in options["degree_columns"] and not options["orders"]:
        options = {**options, "degree_columns": []}
    if options["weight_of_evidence"] == "chosen" and not options["woe_columns"]:
        options = {**options, "woe_columns": ["age", "purpose"]}
    return TrainSpec.parse({"target": "outcome", "features": list(NAMES), **options})


@pytest.mark.slow
# A failing example is shown as it was drawn: to make it smaller would take minutes.
@settings(
    max_examples=50,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
@given(SPECS, st.integers(0, 10_000), st.integers(25, 120), st.sampled_from(["reference", "reference", "softmax", "one_vs_rest"]))
def test_scores_of_the_stored_model_are_those_of_a_scikit_learn_pipeline(options, seed, n, link):
    draw = np.random.default_rng(seed)
    training, unseen = table(n, seed, strange=False), table(60, seed + 1, strange=True)
    n_classes = 2 if options["weight_of_evidence"] != "none" or (link == "reference" and seed % 2) else 3
    link = "reference" if n_classes == 2 else link
    classes = draw.permutation(np.arange(n) % n_classes).astype(np.intp)
    spec = spec_of(options)
    terms, left_out = learn_terms(frame_of(training, NAMES, ()), np.arange(n), spec, classes, n_classes)
    labels = ("good", "bad", "worse")[:n_classes]
    shape = (n_classes - (link == "reference"), width_of(terms))
    coefficients = tuple(tuple(map(float, row)) for row in np.round(draw.normal(0, 1, shape), 3))
    model = FittedModel("outcome", labels, link, terms, coefficients, {"numpy": "2"})
    stored = model.to_json()
    again = FittedModel.from_json(stored)
    assert again == model
    assert again.to_json() == stored
    own = Oracle(again, spec, oracle.frame_of(training), classes)
    made = own.prepared.transform(oracle.frame_of(training))
    for rows, prepared in ((training, made), (unseen, own.prepared.transform(oracle.frame_of(unseen)))):
        size = np.abs(own.weights[:, 0]) + np.abs(prepared) @ np.abs(own.weights[:, 1:]).T  # log-odds may cancel
        found = again.log_odds(rows)
        if shape[0] < len(own.weights):
            found = np.column_stack([np.zeros(len(found)), found])
        expected = own.classifier.decision_function(prepared).reshape(found.shape)
        assert (np.abs(found - expected) <= 1e-12 * np.maximum(size, 1)).all()
        close = size.max(axis=1) < 100  # beyond, a probability's last digits are those of the log-odds
        probability = own.classifier.predict_proba(prepared)
        np.testing.assert_allclose(again.probabilities(rows)[close], probability[close], rtol=2e-10, atol=1e-12)
    fields = {name.split(" ×")[0].rstrip("²³⁴") for name, _ in left_out} | {
        part for name, _ in left_out for part in name.split(" × ")
    }
    for k in own.left_out:  # what the model lacks says nothing in training, or leans on what does
        field, level = own.keys[k]
        assert np.ptp(made[:, k]) <= 1e-9 * max(1, np.abs(made[:, k]).max()) or fields & set(field.split(" × ")), (field, level)
