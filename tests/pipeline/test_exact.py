"""The exact account: its sum is the model's log-odds, and its parts are shap's, for every kind of term and link."""

import json
import warnings
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from pipeline.errors import UnusableData
from pipeline.explain_results import AVERAGE, CLASSES, ISOTONIC, LOGISTIC, Reference
from pipeline.explaining.background import mean_rows
from pipeline.explaining.exact import account, class_row, contributions, explain, groups_of, one_row, read
from pipeline.explaining.one_row import frame_of_values
from pipeline.explaining.row_values import row_values
from pipeline.frame import Category, frame_of
from pipeline.model import CalibrationMap, FittedModel
from pipeline.preparation import learn_terms
from pipeline.terms import Design, NumberTerm, PowerTerm, ProductTerm, design_of, width_of
from pipeline.training import train
from tests.pipeline.tables import loans
from tests.pipeline.tables import spec as loan_spec
from tests.pipeline.test_model_prepared import NAMES, SPECS, spec_of, table


def drawn_model(options, seed, n, link) -> tuple[FittedModel, pa.Table]:
    """A model with drawn coefficients over all of preparation, and the rows that its terms were learnt on."""
    draw = np.random.default_rng(seed)
    training = table(n, seed, strange=False)
    n_classes = 2 if options["weight_of_evidence"] != "none" or (link == "reference" and seed % 2) else 3
    link = "reference" if n_classes == 2 else link
    classes = draw.permutation(np.arange(n) % n_classes).astype(np.intp)
    terms, _ = learn_terms(frame_of(training, NAMES, ()), np.arange(n), spec_of(options), classes, n_classes)
    shape = (n_classes - (link == "reference"), width_of(terms))
    coefficients = tuple(tuple(map(float, row)) for row in np.round(draw.normal(0, 1, shape), 3))
    shift = tuple(map(float, draw.normal(size=shape[0]) * (seed % 3 > 0)))
    return FittedModel(
        "outcome", ("good", "bad", "worse")[:n_classes], link, terms, coefficients, {}, prior_shift=shift
    ), training


def reference_of(model: FittedModel, rows: pa.Table) -> Reference:
    every = np.arange(rows.num_rows)
    [columns] = mean_rows(model.frame(rows), model.terms, every, [every])
    return Reference(AVERAGE, "the average applicant", rows.num_rows, columns)


def matrix(design: Design) -> np.ndarray:
    return design.block(0, design.n_rows)


LINKS = st.sampled_from(["reference", "reference", "softmax", "one_vs_rest"])
MODELS = (SPECS, st.integers(0, 10_000), st.integers(25, 80), LINKS)


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
@given(*MODELS)
def test_intercept_and_contributions_are_the_log_odds_and_each_part_is_its_columns(options, seed, n, link):
    model, training = drawn_model(options, seed, n, link)
    reference = reference_of(model, training)
    unseen = table(30, seed + 1, strange=True)
    design, _ = design_of(model.frame(unseen), model.terms)
    columns, at = matrix(design), np.array(reference.columns)
    for k, label in enumerate(model.labels[1:] if model.link == "reference" else model.labels):
        intercept, parts, chances = account(model, unseen, reference, label)
        weights = np.array(model.coefficients[k])
        size = np.maximum(1, (np.abs(columns) + np.abs(at)) @ np.abs(weights))
        assert (np.abs(intercept + parts.sum(axis=1) - model.log_odds(unseen)[:, k]) <= 1e-9 * size).all()
        for part, positions in zip(parts.T, groups_of(model).values(), strict=True):
            by_hand = (columns[:, positions] - at[positions]) @ weights[positions]
            assert (np.abs(part - by_hand) <= 1e-12 * size).all()
        np.testing.assert_array_equal(chances, model.probabilities(unseen))
        row = {name: column[0].as_py() for name, column in zip(unseen.schema.names, unseen.columns, strict=True)}
        found = explain(model, row, reference, label)
        assert found.log_odds == pytest.approx(model.log_odds(one_row(model, row))[0, k], abs=1e-12 * size[0])
        assert found.total == pytest.approx(found.log_odds, abs=1e-9 * size[0])
        assert found.probability == pytest.approx(chances[0, model.labels.index(label)], abs=1e-12)
        np.testing.assert_allclose([part.contribution for part in found.contributions], parts[0], atol=1e-12 * size[0])


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow], phases=[Phase.explicit, Phase.generate])
@given(
    *MODELS[:3],
    st.fixed_dictionaries(
        {
            **{
                name: st.sampled_from([None, 0.0, -1.0, -9.0, -8.0, 3.25, 1e12, float("inf"), float("nan")])
                for name in ("age", "income", "score")
            },
            **{
                name: st.sampled_from([None, "", "car", "house", "boat", "own", "?", "low", "top", "none", "ökø"])
                for name in ("purpose", "home", "grade")
            },
        }
    ),
)
def test_one_applicant_is_read_as_a_table_of_one_row_is(options, seed, n, values):
    model, _ = drawn_model(options, seed, n, "reference")
    fast, slow = frame_of_values(model, values), model.frame(one_row(model, values))
    assert (fast.n_rows, fast.n_infinite) == (slow.n_rows, slow.n_infinite)
    for name in model.fields:
        one, other = fast.columns[name], slow.columns[name]
        if isinstance(one, Category):
            assert isinstance(other, Category)
            assert (one.codes.tolist(), one.levels) == (other.codes.tolist(), other.levels)
        else:
            np.testing.assert_array_equal(one, other)
    quick, through = (design_of(frame, model.terms) for frame in (fast, slow))
    np.testing.assert_array_equal(matrix(quick[0]), matrix(through[0]))
    assert quick[1] == through[1]


OPTIONS = {
    "plain": {},
    "full": {"one_hot": "full", "missing_numbers": "own_level"},
    "powers and products": {
        "degree": 3,
        "degree_columns": ["debt", "late"],
        "interactions": [["debt", "late"], ["home", "debt"], ["home", "region"]],
    },
    "evidence": {"weight_of_evidence": "all"},
    "weighted": {"class_weight": "balanced", "missing_indicator": True},
}


@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS)
def test_at_a_cutoff_that_is_a_rows_own_score_it_is_refused_however_it_is_scored(options):
    """Cut-offs are scores of rows: a last bit that hung on the rows beside it would refuse in a table who passes alone."""
    rows = loans(600, seed=4)
    done = train(rows, loan_spec(bad_label="bad", test_share=0.3, **options))
    scores, frame = done.row_scores.score.tolist(), done.model.frame(rows)
    assert [read(done.model, row_values(frame, k)).probabilities[1] for k in range(600)] == scores
    for n in (7, 33, 600):
        parts = [rows.slice(start, n) for start in range(0, 600, n)]
        reference = reference_of(done.model, rows)
        assert np.concatenate([done.model.probability_of_default(part) for part in parts]).tolist() == scores
        assert np.concatenate([account(done.model, part, reference)[2][:, 1] for part in parts]).tolist() == scores


@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS)
def test_contributions_are_those_of_shap_given_all_background_rows(options):
    """shap.LinearExplainer with an Independent masker that keeps every background row; its columns are summed by field."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PendingDeprecationWarning)
        import shap
    rows = loans(600, seed=4)
    model = train(rows, loan_spec(bad_label="bad", **options)).model
    design, _ = design_of(model.frame(rows), model.terms)
    columns, weights = matrix(design)[:, 1:], np.array(model.coefficients[0])
    explainer = shap.LinearExplainer((weights[1:], weights[0]), shap.maskers.Independent(columns, max_samples=len(columns)))
    theirs = explainer.shap_values(columns)
    intercept, ours = contributions(model, design, reference_of(model, rows))
    by_field = np.column_stack([theirs[:, np.array(at) - 1].sum(axis=1) for at in groups_of(model).values()])
    np.testing.assert_allclose(ours, by_field, atol=1e-9)
    assert intercept == pytest.approx(explainer.expected_value - model.prior_shift[0], abs=1e-9)


def test_a_product_is_shared_between_its_fields_as_shapley_values_over_the_rows_share_it():
    """The two orders by hand: the product's mean over all rows with none, one, the other and both fields as the applicant's."""
    rows = loans(300, seed=6)
    model = train(rows, loan_spec(bad_label="bad", interactions=[["debt", "late"], ["home", "debt"], ["home", "region"]])).model
    values = {name: rows[name][11].as_py() for name in model.fields}
    weights, groups = np.array(model.coefficients[0]), groups_of(model)

    def mean(sources, given):
        columns = {
            n: pa.array([values[n]] * 300, pa.string() if n == "home" else None) if n in given else rows[n] for n in values
        }
        design, _ = design_of(model.frame(pa.table(columns)), model.terms)
        return (matrix(design)[:, groups[sources]] @ weights[groups[sources]]).mean()

    found = [part for part in explain(model, values, reference_of(model, rows)).contributions if len(part.sources) == 2]
    assert len(found) == 3
    for part in found:
        one, other = part.sources
        none, first, second, both = (mean(part.sources, given) for given in ((), (one,), (other,), (one, other)))
        expected = ((first - none + both - second) / 2, (second - none + both - first) / 2)
        assert part.shares == pytest.approx(expected, abs=1e-9)
        assert sum(part.shares) == pytest.approx(part.contribution, abs=1e-12)
    assert max(abs(part.shares[0] - part.shares[1]) for part in found) > 0.01  # half for each would be something else


@pytest.mark.parametrize("multiclass", ["multinomial", "one_vs_rest"])
def test_each_of_three_classes_has_an_account_of_its_own(multiclass):
    rows = loans(500, seed=2, classes=3)
    model = train(rows, loan_spec(multiclass=multiclass)).model
    assert len(model.labels) == 3
    reference = reference_of(model, rows)
    row = {name: rows.column(name)[7].as_py() for name in model.fields}
    told = [explain(model, row, reference, label) for label in model.labels]
    assert [one.label for one in told] == list(model.labels)
    assert sum(one.probability for one in told) == pytest.approx(1)
    np.testing.assert_allclose([one.total for one in told], model.log_odds(rows.slice(7, 1))[0], atol=1e-9)
    assert {one.link for one in told} == {CLASSES}
    with pytest.raises(UnusableData, match="no log-odds for 'best'") as refused:
        class_row(model, "best")
    assert all(label in refused.value.fix for label in model.labels)


def test_log_odds_are_those_before_an_isotonic_map_and_the_probability_the_one_after_it():
    rows = loans(400)
    plain = train(rows, loan_spec(bad_label="bad")).model
    moved = replace(plain, calibration=CalibrationMap((0.1, 0.9), (0.05, 0.6)))
    row = {name: rows.column(name)[0].as_py() for name in plain.fields}
    one, other = (explain(model, row, reference_of(plain, rows)) for model in (plain, moved))
    assert (one.link, other.link) == (LOGISTIC, ISOTONIC)
    assert other.log_odds == one.log_odds
    assert one.probability == pytest.approx(1 / (1 + np.exp(-one.log_odds)), abs=1e-12)
    assert other.probability == pytest.approx(np.interp(one.probability, (0.1, 0.9), (0.05, 0.6)), abs=1e-12)


def test_a_sum_by_hand():
    """Log-odds 2·(age − 40)/10 − 0.5·(debt − 1) + age·debt: of age 60 and debt 3, against age 40 and debt 2 on average."""
    terms = (
        NumberTerm("age", fill=40.0, mean=40.0, scale=10.0),
        NumberTerm("debt", fill=1.0, mean=1.0, scale=1.0),
        ProductTerm(("age", "debt")),
    )
    model = FittedModel("bad", ("no", "yes"), "reference", terms, ((-1.0, 2.0, -0.5, 1.0),), {}, prior_shift=(0.25,))
    reference = Reference(AVERAGE, "the average applicant", 9, (1.0, 0.0, 1.0, 0.5))
    found = explain(model, {"age": 60.0, "debt": 3.0}, reference)
    assert found.intercept == -1.0 - 0.25 - 0.5 * 1.0 + 1.0 * 0.5
    assert [(part.field, part.contribution) for part in found.contributions] == [
        ("age", 4.0),
        ("debt", -0.5 * 2 + 0.5 * 1),
        ("age × debt", 2.0 * 2.0 - 0.5),
    ]
    assert found.contributions[2].value is None
    assert found.contributions[2].shares == ((2.0 * 1.0 - 0.5 + 2.0 * 2.0) / 2, (0.0 - 0.5 + 1.0 * 2.0) / 2)
    assert found.log_odds == -1.0 - 0.25 + 4.0 - 1.0 + 4.0
    assert found.total == found.log_odds


def test_a_field_without_a_weight_moves_nothing_and_not_minus_nothing():
    model = FittedModel("bad", ("no", "yes"), "reference", (NumberTerm("age", 40.0, 40.0, 10.0),), ((-1.0, 0.0),), {})
    for age in (30.0, 50.0):
        found = explain(model, {"age": age}, Reference(AVERAGE, "the average applicant", 9, (1.0, 0.5)))
        assert str(found.contributions[0].contribution) == "0.0"


def test_what_is_no_value_of_its_field_is_said():
    model = train(loans(200), loan_spec(bad_label="bad")).model
    values = {"income": 1.0, "debt": 0.1, "late": 2, "home": "own", "region": "n"}
    reference = reference_of(model, loans(200))
    with pytest.raises(UnusableData, match="no value for 'debt'"):
        explain(model, {name: value for name, value in values.items() if name != "debt"}, reference)
    with pytest.raises(UnusableData, match="'income' is a number"):
        explain(model, {**values, "income": "much"}, reference)
    assert explain(model, {**values, "home": "a tent", "income": None}, reference).unseen == ("home",)
    for model_again in (FittedModel.from_json(json.dumps(json.loads(model.to_json()))), model):
        assert explain(model_again, values, reference) == explain(model, values, reference)


def test_what_is_too_large_for_a_number_gets_no_score():
    """The cube of 1e160 is none, and neither below nor above a cut-off."""
    terms = (NumberTerm("age", 40.0, 40.0, 10.0), PowerTerm("age", 2), PowerTerm("age", 3))
    model = FittedModel("bad", ("no", "yes"), "reference", terms, ((0.0, 1.0, -1.0, 1.0),), {})
    with pytest.raises(UnusableData, match="too large to be scored"):
        explain(model, {"age": 1e160}, Reference(AVERAGE, "nobody", 1, (1.0, 0.0, 0.0, 0.0)))


def test_a_category_of_numbers_is_found_by_their_shortest_text():
    rows = pa.table({"grade": [1, 2, 3, 2, 1, 3] * 20, "outcome": ["good", "bad", "bad", "good", "good", "bad"] * 20})
    model = train(rows, loan_spec(bad_label="bad", categorical=["grade"])).model
    reference = reference_of(model, rows)
    assert explain(model, {"grade": 2.0}, reference) == replace(
        explain(model, {"grade": "2"}, reference),
        contributions=(replace(explain(model, {"grade": "2"}, reference).contributions[0], value=2.0),),
    )
    assert explain(model, {"grade": 2.0}, reference).log_odds == pytest.approx(model.log_odds(rows.slice(1, 1))[0, 0])
