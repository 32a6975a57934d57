"""Values with a meaning of their own: fits against statsmodels with dummies made by hand, stored models, and what is refused."""

import json

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import InvalidSpec, UnusableData
from pipeline.model import FittedModel
from pipeline.spec import TrainSpec
from pipeline.spec_checks import problems_with
from pipeline.special_codes import MEANINGS, codes_json, codes_text, special_codes
from pipeline.tallies import summarise
from pipeline.terms import NumberTerm
from pipeline.training import train
from tests.pipeline.tables import loans, spec

CODES = {"score": {"-9": "level", "-8": "level", "-7": "missing"}}


def bureau(n: int = 900, seed: int = 4) -> pa.Table:
    """A score with codes, each with a bad rate of its own, beside a debt and a grade with a code."""
    draw = np.random.default_rng(seed)
    score = np.round(draw.normal(600, 80, n))
    kind = draw.choice(5, n, p=[0.7, 0.1, 0.08, 0.07, 0.05])  # a number, -9, -8, -7, a gap
    debt = draw.normal(0.3, 0.1, n)
    grade = draw.choice(["a", "b", "c", "X"], n, p=[0.4, 0.3, 0.2, 0.1])
    log_odds = -(score - 600) / 80 * (kind == 0) + np.array([0, 1.5, -1, 0.5, 0.2])[kind] + 4 * (debt - 0.3) + (grade == "c")
    bad = log_odds + draw.logistic(size=n) > 0.5
    coded = np.select([kind == 1, kind == 2, kind == 3], [-9, -8, -7], score)
    return pa.table(
        {
            "score": pa.array(coded, mask=kind == 4),
            "debt": debt,
            "grade": pa.array(grade).dictionary_encode(),
            "outcome": pa.array(np.where(bad, "bad", "good")).dictionary_encode(),
        }
    )


def rows_of(trained) -> dict[tuple[str, str | None], object]:
    return {(row.field, row.level): row for row in (*trained.result.intercepts, *trained.result.coefficients)}


@pytest.mark.parametrize("scaling", ["standard", "none"])
@pytest.mark.parametrize("indicator", [False, True])
def test_a_fit_with_codes_is_that_of_statsmodels_with_dummies_made_by_hand(scaling, indicator):
    table = bureau()
    trained = train(
        table, spec(features=["score", "debt"], special_codes=CODES, penalty="none", scaling=scaling, missing_indicator=indicator)
    )
    score = np.array([np.nan if value is None else value for value in table["score"].to_pylist()])
    number = np.isfinite(score) & (score > 0)
    gap = np.isnan(score) | (score == -7)
    X = pd.DataFrame({"const": 1.0, "score": np.where(number, score, np.median(score[number]))})
    if indicator:
        X["score = (missing)"] = gap * 1.0
    X["score = -9"], X["score = -8"] = (score == -9) * 1.0, (score == -8) * 1.0
    X["debt"] = table["debt"].to_pylist()
    bad = np.array(table["outcome"].to_pylist()) == "bad"
    oracle = sm.Logit(bad.astype(float), X).fit(disp=0, method="newton", tol=1e-12, maxiter=100)
    own = [*trained.result.intercepts, *trained.result.coefficients]
    assert [
        "const" if row.field == "(intercept)" else f"{row.field} = {row.level}" if row.level else row.field for row in own
    ] == [*X.columns]
    np.testing.assert_allclose([row.estimate for row in own], oracle.params, rtol=1e-6)
    np.testing.assert_allclose([row.std_error for row in own], oracle.bse, rtol=1e-6)
    np.testing.assert_allclose([row.p_value for row in own], oracle.pvalues, rtol=1e-5, atol=1e-12)
    np.testing.assert_allclose([row.ci_low for row in own], oracle.conf_int()[0], rtol=1e-5)
    np.testing.assert_allclose(trained.model.probability_of_default(table), oracle.predict(X), atol=1e-9)
    assert {row.reference for row in own if row.level} == {"(present)"}
    assert all(row.estimate_standardised is None for row in own if row.level)


def test_what_is_learnt_of_the_number_is_learnt_without_the_codes():
    table = bureau()
    without = table.set_column(0, "score", pa.array([v if v is not None and v > 0 else None for v in table["score"].to_pylist()]))
    with_codes = train(table, spec(features=["score"], special_codes=CODES)).model.terms[0]
    with_gaps = train(without, spec(features=["score"])).model.terms[0]
    assert isinstance(with_codes, NumberTerm)
    assert isinstance(with_gaps, NumberTerm)
    assert (with_codes.fill, with_codes.mean, with_codes.sd) == (with_gaps.fill, with_gaps.mean, with_gaps.sd)
    assert with_codes.fill > 500


def test_a_code_that_means_missing_is_a_gap():
    """In a number and in a category: the model is that of the table whose codes are blank."""
    table = bureau()
    blank = table.set_column(0, "score", pa.array([v if v != -9 else None for v in table["score"].to_pylist()]))
    blank = blank.set_column(2, "grade", pa.array([v if v != "X" else None for v in table["grade"].to_pylist()]))
    codes = {"score": {"-9": "missing"}, "grade": {"X": "missing"}}
    coded = train(table, spec(special_codes=codes, missing_indicator=True)).model
    gaps = train(blank, spec(missing_indicator=True)).model
    assert coded.coefficients == gaps.coefficients
    assert np.array_equal(coded.probabilities(table), gaps.probabilities(blank))
    assert np.array_equal(coded.probabilities(blank), gaps.probabilities(blank))
    for missing in ("own_level", "most_frequent"):
        model = train(table, spec(special_codes=codes, missing_categories=missing)).model
        assert np.array_equal(model.probabilities(table), model.probabilities(blank))


def test_a_level_of_a_category_stays_one():
    table = bureau()
    assert (
        train(table, spec(special_codes={"grade": {"X": "level"}})).model.terms
        == train(table, spec()).model.terms
    )  # fmt: skip


def test_codes_of_numbers_read_as_categories():
    table = bureau()
    table = table.set_column(1, "debt", pa.array([(-9, 1, 2, 3)[k % 4] for k in range(table.num_rows)]))
    trained = train(table, spec(features=["debt"], categorical=["debt"], special_codes={"debt": {"-9": "missing"}}))
    assert [level for _, level in rows_of(trained)][1:] == ["2", "3", "(missing)"]


def test_scores_follow_from_the_stored_values_by_hand():
    table = bureau()
    model = train(table, spec(special_codes=CODES, missing_indicator=True)).model
    stored = json.loads(model.to_json())
    term = next(term for term in stored["terms"] if term["field"] == "score")
    assert term["codes"] == [["-9", "level"], ["-8", "level"], ["-7", "missing"]]
    at = 1 + stored["terms"].index(term)
    weights = stored["coefficients"][0]
    base = table.slice(0, 1).to_pylist()[0]

    def log_odds(score: float | None) -> float:
        p = model.probability_of_default(pa.Table.from_pylist([{**base, "score": score}], schema=table.schema))[0]
        return float(np.log(p / (1 - p)))

    filled = log_odds(term["fill"])
    assert log_odds(-9) - filled == pytest.approx(weights[at + 2])
    assert log_odds(-8) - filled == pytest.approx(weights[at + 3])
    assert log_odds(-7) - filled == log_odds(None) - filled == pytest.approx(weights[at + 1])
    assert log_odds(700) - filled == pytest.approx(weights[at] * (700 - term["fill"]) / term["scale"])


@pytest.mark.parametrize("classes", [2, 3])
def test_json_gives_back_the_model(classes):
    table = loans(300, 2, classes)
    codes = {"late": {"0": "level", "4": "missing"}, "home": {"rent": "missing"}}
    trained = train(table, spec(special_codes=codes, missing_indicator=True))
    again = FittedModel.from_json(trained.model.to_json())
    assert again == trained.model
    assert again.sha256 == trained.model.sha256
    assert np.array_equal(again.probabilities(table), trained.model.probabilities(table))
    assert TrainSpec.parse(json.loads(json.dumps(trained.spec.to_json()))) == trained.spec


def test_a_permuted_table_gives_the_same_model():
    table = bureau()
    shuffled = table.take(pa.array(np.random.default_rng(1).permutation(table.num_rows)))
    one, other = (train(part, spec(special_codes=CODES, penalty="none")).model for part in (table, shuffled))
    assert [term.column_levels for term in one.terms] == [term.column_levels for term in other.terms]
    np.testing.assert_allclose(one.coefficients, other.coefficients, rtol=1e-7)


# Written before there were special codes.
OLD = (
    '{"coefficients":[[-0.12317026222897473,-1.1891716437002804,0.20478486085881126,-0.6378568853687485,-0.044832363280054244,'
    '-0.23002521904184567]],"format":1,"kind":"logistic_regression","labels":["good","bad"],"link":"reference",'
    '"target":"outcome","terms":[{"field":"income","fill":22349.0,"flag":true,"kind":"number","mean":27170.283333333333,'
    '"scale":22224.16794174881,"sd":22224.16794174881},{"field":"home","kind":"category","levels":["own","rent","(missing)"],'
    '"missing":"(missing)","reference":"mortgage"}],"versions":{"model_format":"1","numpy":"2.4.6","python":"3.11.7",'
    '"scikit-learn":"1.9.1","scoredesk":"0.1.0"}}'
)


def test_a_model_without_codes_is_what_it_was_before():
    assert FittedModel.from_json(OLD).to_json() == OLD
    new = train(loans(60, 3), spec(features=["income", "home"], missing_indicator=True)).model
    stored, before = json.loads(new.to_json()), json.loads(OLD)
    assert [term.keys() for term in stored["terms"]] == [term.keys() for term in before["terms"]]
    np.testing.assert_allclose(stored["coefficients"], before["coefficients"], rtol=1e-8)


def test_a_code_that_training_rows_lack_counts_as_a_gap_and_is_told():
    table = bureau()
    trained = train(table, spec(features=["score", "debt"], special_codes={"score": {**CODES["score"], "-6": "level"}}))
    assert "No training row has the code '-6' of 'score', so it counts as missing." in trained.result.warnings
    strange = table.slice(0, 40).set_column(0, "score", pa.array([-6.0] * 40))
    gaps = table.slice(0, 40).set_column(0, "score", pa.nulls(40, pa.float64()))
    assert np.array_equal(trained.model.probabilities(strange), trained.model.probabilities(gaps))
    assert trained.model.unseen(strange) == {"score": 40}
    assert trained.model.unseen(table) == {}


def test_codes_of_a_column_that_is_not_used_are_refused():
    table = bureau().append_column("row", pa.array(range(900)))
    with pytest.raises(InvalidSpec, match="'row' has special codes, but without features named it is not one of them"):
        train(table, spec(special_codes={**CODES, "row": {"0": "level"}}))


def test_the_logarithm_of_numbers_that_special_codes_cover_is_taken():
    """The check before training and training itself agree on which values have no logarithm."""
    table = loans(200, gaps=False)
    income = table["income"].to_numpy().copy()
    income[:20] = -9
    coded = table.set_column(0, "income", pa.array(income))
    asked = {"features": ["income", "debt"], "log_columns": ["income"]}
    assert train(coded, spec(**asked, special_codes={"income": {"-9.0": "level"}})).result.fit.converged
    assert train(coded, spec(**asked, weight_of_evidence="chosen", woe_columns=["income"])).result.fit.converged
    for codes in ({}, {"income": {"-8": "level"}}):
        with pytest.raises(InvalidSpec, match="'income' has values down to -9") as told:
            train(coded, spec(**asked, special_codes=codes))
        assert told.value.problems == problems_with(spec(**asked, special_codes=codes), summarise(coded))
    income[40] = -5
    with pytest.raises(InvalidSpec, match="'income' has values down to -5"):
        train(coded.set_column(0, "income", pa.array(income)), spec(**asked, special_codes={"income": {"-9": "level"}}))


def test_cross_validation_learns_the_codes_in_each_fold():
    result = train(bureau(), spec(special_codes=CODES, folds=3)).result
    assert result.cross_validation is not None
    assert result.cross_validation.auc.mean > 0.6


def test_a_number_that_is_constant_beside_its_codes_is_left_out_with_a_remedy():
    table = bureau()
    table = table.append_column("flag", pa.array([(1, -9)[k % 2] for k in range(table.num_rows)]))
    trained = train(table, spec(features=["debt", "flag"], special_codes={"flag": {"-9": "level"}}))
    reason = "one value only among the training rows beside its special codes; read it as a category"
    assert dict(trained.result.data.left_out) == {"flag": reason}


@pytest.mark.parametrize(
    ("codes", "says"),
    [
        ({"income": {"x": "level"}}, "'income' holds numbers, and its code 'x' is none"),
        ({"income": {"nan": "level"}}, "its code 'nan' is none"),
        ({"inkome": {"1": "level"}}, "There is no column 'inkome'"),
    ],
)
def test_codes_that_do_not_fit_the_data_are_refused(codes, says):
    with pytest.raises(InvalidSpec, match=says):
        train(loans(100), spec(special_codes=codes))


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        ("score", "'score' names no column"),
        (": -9=level", "names no column"),
        ("score: -9", "'-9' of 'score' is no code with a meaning"),
        ("score: -9=gap", "it can mean level or missing"),
        ("score: =level", "no code with a meaning"),
        ([1], "Special codes"),
        (7, "give columns with their codes"),
        ({"score": "-9"}, "'score' needs codes with a meaning each"),
        ({"score": {"-9": 3}}, "it can mean level or missing"),
        ({"outcome": {"-9": "level"}}, "'outcome' is the outcome"),
        ({"other": {"-9": "level"}}, "'other' has special codes but is not among the features"),
    ],
)
def test_codes_that_are_none_are_refused_at_their_option(raw, says):
    with pytest.raises(InvalidSpec) as refused:
        TrainSpec.parse({"target": "outcome", "features": ["score"], "special_codes": raw})
    assert says in refused.value.problems["special_codes"]


def test_codes_as_text_as_json_and_as_held_are_the_same():
    text = 'bureau: score: -8=missing , -9=level\n\nhome:"a,b=level",c=d=missing\n'
    held = (("bureau: score", (("-9", "level"), ("-8", "missing"))), ("home", (("a,b", "level"), ("c=d", "missing"))))
    assert special_codes(text) == special_codes(codes_json(held)) == special_codes(held) == held
    assert special_codes(None) == special_codes("") == special_codes({}) == special_codes({"x": {}}) == ()


names = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Zl", "Zp")), min_size=1).map(str.strip).filter(bool)


@given(st.dictionaries(names, st.dictionaries(names.filter(lambda c: ":" not in c), st.sampled_from(MEANINGS), min_size=1)))
def test_the_text_of_codes_is_read_back(codes):
    held = special_codes(codes)
    assert special_codes(codes_text(held)) == held
    assert special_codes(json.loads(json.dumps(codes_json(held)))) == held


@pytest.mark.parametrize("codes", [[["x", "level"]], "abc", [["-9"]], 5])
def test_a_damaged_model_is_refused(codes):
    stored = json.loads(OLD)
    stored["terms"][0]["codes"] = codes
    with pytest.raises(UnusableData, match="damaged"):
        FittedModel.from_json(json.dumps(stored))
