"""Model files that are damaged or made to harm: each is refused with a sentence, whatever was done to it."""

import copy
import json
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.errors import UnusableData
from pipeline.frame import frame_of
from pipeline.model import CalibrationMap, FittedModel
from pipeline.preparation import learn_terms
from pipeline.spec import TrainSpec
from pipeline.terms import width_of
from tests.pipeline.tables import loans

NAMES = ("income", "debt", "late", "home", "region")
TABLE = loans(300, 2)


def stored() -> dict[str, Any]:
    """A model with a term of every kind."""
    spec = TrainSpec.parse(
        {
            "target": "outcome",
            "missing_indicator": True,
            "log_columns": ["income"],
            "winsorise": 0.01,
            "degree": 2,
            "interactions": [["debt", "income"], ["debt", "home"]],
            "rare_share": 0.25,
            "weight_of_evidence": "chosen",
            "woe_columns": ["late", "region"],
            "special_codes": {"income": {"-9": "level"}, "late": {"0": "level", "77": "missing"}},
        }
    )
    classes = np.arange(300, dtype=np.intp) % 2
    terms, _ = learn_terms(frame_of(TABLE, NAMES, ()), np.arange(300), spec, classes, 2)
    weights = tuple(np.linspace(-1, 1, width_of(terms)).tolist())
    made: dict[str, Any] = json.loads(
        FittedModel(
            "outcome",
            ("good", "bad"),
            "reference",
            terms,
            (weights,),
            {"numpy": "2"},
            calibration=CalibrationMap((0.1, 0.9), (0.2, 0.7)),
        ).to_json()
    )
    return made


MODEL = stored()
KINDS = [term["kind"] for term in MODEL["terms"]]


def refused(changed: Any) -> None:
    with pytest.raises(UnusableData) as said:
        FittedModel.from_json(changed if isinstance(changed, str) else json.dumps(changed))
    assert str(said.value).endswith(".")


def with_term(kind: str, /, **values: Any) -> dict[str, Any]:
    changed = copy.deepcopy(MODEL)
    changed["terms"][KINDS.index(kind)].update(values)
    return changed


def test_the_model_itself_is_read():
    assert set(KINDS) == {"number", "category", "power", "product", "binned_number", "binned_category"}
    model = FittedModel.from_json(json.dumps(MODEL))
    assert json.loads(model.to_json()) == MODEL
    assert np.isfinite(model.log_odds(TABLE)).all()


@pytest.mark.parametrize(
    "values",
    [
        {"prior_shift": [0.0, 0.0]},
        {"prior_shift": [None]},
        {"prior_shift": "0"},
        {"labels": ["good", "good"]},
        {"labels": "gb"},
        {"labels": [0, 1]},
        {"link": "probit"},
        {"link": "softmax"},
        {"target": 3},
        {"terms": {}},
        {"terms": None},
        {"terms": MODEL["terms"][:1]},
        {"coefficients": [["1.0"] * len(MODEL["coefficients"][0])]},
        {"coefficients": [[True] * len(MODEL["coefficients"][0])]},
        {"versions": ["numpy"]},
        {"versions": {"numpy": 2}},
        {"format": 4},
        {"calibration": [0.5]},
        {"calibration": {"given": [0.2, 0.1], "becomes": [0.1, 0.2]}},
        {"format": "x" * 1000},
        {"format": None},
        {"format": [2]},
        {"kind": "tree"},
    ],
)
def test_parts_that_do_not_belong_together_are_refused(values):
    refused({**MODEL, **values})


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("number", {"scale": 0}),
        ("number", {"scale": -1.0}),
        ("number", {"fill": None}),
        ("number", {"fill": "1"}),
        ("number", {"mean": True}),
        ("number", {"flag": 1}),
        ("number", {"low": 3.0, "high": 2.0}),
        ("number", {"low": None}),
        ("number", {"codes": [["-9", "level"], ["-9.0", "level"]]}),
        ("number", {"codes": [["inf", "level"]]}),
        ("number", {"codes": [["-9", "deadly"]]}),
        ("number", {"field": ["income"]}),
        ("number", {"field": "debt"}),
        ("number", {"__class__": "os.system"}),
        ("category", {"levels": []}),
        ("category", {"levels": ["own", "own"]}),
        ("category", {"levels": "own"}),
        ("category", {"reference": "own", "levels": ["own", "rent"]}),
        ("power", {"degree": 1_000_000_000}),
        ("power", {"degree": 2.5}),
        ("power", {"degree": True}),
        ("power", {"source": "home"}),
        ("power", {"source": "nothing"}),
        ("product", {"sources": ["debt"]}),
        ("product", {"sources": ["debt", "debt"]}),
        ("product", {"sources": ["debt", "nothing"]}),
        ("product", {"sources": ["debt", "home"], "cells": []}),
        ("product", {"cells": [["own", None]]}),
        ("binned_number", {"edges": [2.0, 1.0]}),
        ("binned_number", {"edges": [1e400]}),
        ("binned_number", {"woe": []}),
        ("binned_number", {"woe_codes": []}),
        ("binned_number", {"goods": [-1]}),
        ("binned_number", {"bads": [0.5]}),
        ("binned_category", {"woe": [0.0]}),
        ("binned_category", {"grouped": [1]}),
        ("binned_category", {"levels": {}}),
        ("number", {"kind": "pickle"}),
        ("number", {"kind": None}),
        ("number", {"kind": []}),
    ],
)
def test_damaged_terms_are_refused(kind, values):
    refused(with_term(kind, **values))


@pytest.mark.parametrize("digits", ["1e999", "-1e999", "NaN", "Infinity", "1" + "0" * 400, "1" * 5_000])
def test_numbers_beyond_numbers_are_refused(digits):
    changed = copy.deepcopy(MODEL)
    changed["coefficients"][0][0] = 123456789.5
    refused(json.dumps(changed).replace("123456789.5", digits))


def paths(value: Any, so_far: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [so_far, *(path for key, part in inner for path in paths(part, (*so_far, key)))]


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from(paths(MODEL)[1:]),
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-3, 3),
        st.just(10**400),
        st.floats(),
        st.text(max_size=3),
        st.just([]),
        st.just({}),
        st.just("gone"),
    ),
)
def test_any_change_is_refused_or_scores_without_a_crash(path, value):
    """Never another error than the one with a sentence, at reading and at scoring."""
    changed = copy.deepcopy(MODEL)
    parent = changed
    for key in path[:-1]:
        parent = parent[key]
    if value == "gone":
        del parent[path[-1]]
    else:
        parent[path[-1]] = value
    try:
        model = FittedModel.from_json(json.dumps(changed))
    except UnusableData:
        return
    try:
        with np.errstate(all="ignore"):
            scores = model.log_odds(TABLE)
            model.probabilities(TABLE)
    except UnusableData:
        return
    assert scores.shape == (300, 1)
    assert FittedModel.from_json(model.to_json()) == model


def test_scoring_a_table_without_rows_gives_no_scores():
    model = FittedModel.from_json(json.dumps(MODEL))
    assert model.probabilities(TABLE.slice(0, 0)).shape == (0, 2)
    with pytest.raises(UnusableData, match="no column 'home'"):
        model.probabilities(pa.table({name: TABLE[name] for name in NAMES if name != "home"}))
