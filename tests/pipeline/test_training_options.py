"""Whole runs with options drawn at random: what must hold whatever is chosen."""

import json

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sklearn.metrics import log_loss

from pipeline.errors import PipelineError
from pipeline.model import FittedModel
from pipeline.outcome import outcome_of
from pipeline.results import RunResult
from pipeline.spec import TrainSpec
from pipeline.split import parts_of
from pipeline.training import train
from tests.pipeline.tables import loans, spec

OPTIONS = st.fixed_dictionaries(
    {
        "split": st.sampled_from(["random", "date", "group"]),
        "stratify": st.booleans(),
        "test_share": st.sampled_from([0.0, 0.2, 0.4]),
        "validation_share": st.sampled_from([0.0, 0.2]),
        "folds": st.sampled_from([0, 0, 2]),
        "seed": st.integers(0, 5),
        "penalty": st.sampled_from(["none", "l2", "l1", "elasticnet"]),
        "C": st.sampled_from([0.05, 1.0]),
        "class_weight": st.sampled_from(["none", "balanced", "given"]),
        "resampling": st.sampled_from(["none", "over", "under", "smote", "smotenc"]),
        "correct_prior": st.booleans(),
        "multiclass": st.sampled_from(["multinomial", "one_vs_rest"]),
    }
)


def table_of(classes: int) -> pa.Table:
    table = loans(420, seed=9, classes=classes)
    day = [18_000 + k % 90 for k in range(420)]
    return table.append_column("day", pa.array(day, pa.date32())).append_column("who", pa.array([k * 7 % 60 for k in range(420)]))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(OPTIONS, st.sampled_from([2, 3]))
def test_whatever_is_chosen_a_run_is_whole(options, classes):
    """Each figure is that of the stored model on the rows of its part; parts are apart; the spec as used gives the same run."""
    table = table_of(classes)
    column = {"random": None, "date": "day", "group": "who"}[options["split"]]
    weights = {"bad": 3} if options["class_weight"] == "given" else {}
    features = ["income", "debt", "late", "home", "region"]
    asked = spec(**options, split_column=column, class_weights=weights, features=features)
    run = train(table, asked)
    model = FittedModel.from_json(run.model.to_json())
    assert model == run.model
    assert RunResult.from_json(json.loads(json.dumps(run.result.to_json(), allow_nan=False))) == run.result
    probability = model.probabilities(table)
    np.testing.assert_allclose(probability.sum(axis=1), 1, atol=1e-12)
    parts = parts_of(table, outcome_of(table, run.spec), run.spec)
    own = outcome_of(table, run.spec).of_every_row(420)
    sides = [set(rows.tolist()) for rows in (parts.train, parts.validation, parts.test)]
    assert sum(map(len, sides)) == len(set.union(*sides)) == run.result.data.n_rows == 420
    for metrics, rows in (
        (run.result.train, parts.train),
        (run.result.validation, parts.validation),
        (run.result.test, parts.test),
    ):
        if metrics is None:
            assert not len(rows)
            continue
        assert metrics.n_rows == len(rows)
        assert metrics.log_loss == pytest.approx(log_loss(own[rows], probability[rows], labels=range(classes)), abs=1e-9)
    again = train(table, TrainSpec.parse(run.spec.to_json()))
    assert again.spec == run.spec
    assert again.model.coefficients == run.model.coefficients


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(OPTIONS, st.lists(st.sampled_from([0, 1, 2]), min_size=6, max_size=24), st.integers(0, 50), st.integers(1, 50))
def test_little_data_gives_a_run_or_a_sentence(options, labels, folds, neighbours):
    """Never a traceback: too few rows of a class, of a group, of anything."""
    n = len(labels)
    table = pa.table(
        {
            "outcome": [("good", "bad", "worse")[label] for label in labels],
            "x": np.random.default_rng(n).normal(size=n),
            "home": ["own", "rent"] * (n // 2) + ["own"] * (n % 2),
            "day": [k // 3 for k in range(n)],
            "who": [k // 4 for k in range(n)],
        }
    )
    column = {"random": None, "date": "day", "group": "who"}[options["split"]]
    said = "."
    try:
        weights = {"bad": 3} if options["class_weight"] == "given" else {}
        asked = spec(**{**options, "folds": folds, "neighbours": neighbours, "class_weights": weights, "split_column": column})
        json.dumps(train(table, asked).result.to_json(), allow_nan=False)
    except PipelineError as refused:
        said = str(refused)
    assert said.endswith(".")
