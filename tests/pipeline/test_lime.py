"""LIME on a run's own scores: its weights are the lime package's, without the training rows, and disagreement is told."""

import json
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, Phase, given, reject, settings
from hypothesis import strategies as st
from lime.lime_tabular import LimeTabularExplainer
from scipy import stats
from sklearn.linear_model import Ridge

from pipeline.errors import InvalidSpec, UnusableData
from pipeline.explain_results import Explanation, LimeBackground
from pipeline.explaining.exact import explain
from pipeline.explaining.lime.agreement import spearman
from pipeline.explaining.lime.background import lime_background
from pipeline.explaining.lime.columns import NUMBER, frame_of_samples
from pipeline.explaining.lime.explain import encoded, lime_explain, seeds_of
from pipeline.explaining.lime.explainer import WeightedRidge
from pipeline.explaining.lime.words import sentences
from pipeline.lime_results import LimeResult
from pipeline.model import CalibrationMap, FittedModel
from pipeline.terms import design_of
from pipeline.training import train
from tests.pipeline.tables import loans, spec
from tests.pipeline.test_exact import drawn_model, reference_of
from tests.pipeline.test_model_prepared import GRADES, SPECS, table

SAME = 1e-12


def background_of(model: FittedModel, rows: pa.Table) -> LimeBackground:
    return lime_background(model.frame(rows), np.arange(rows.num_rows), model.terms)


def row_of(model: FittedModel, rows: pa.Table, k: int) -> dict:
    return {name: rows[name][k].as_py() for name in model.fields}


def matrix_of(model: FittedModel, background: LimeBackground, rows: pa.Table) -> np.ndarray:
    """Rows as LIME takes them, each by itself."""
    return np.array([encoded(model, background, row_of(model, rows, k))[1] for k in range(rows.num_rows)])


def scored(model: FittedModel, background: LimeBackground, samples: np.ndarray) -> np.ndarray:
    return model.probabilities_of(model.log_odds_of(design_of(frame_of_samples(background.columns, samples), model.terms)[0]))


def plainly(model: FittedModel, background: LimeBackground, matrix: np.ndarray, row: np.ndarray, **more):
    """The package itself, on the matrix of the training rows."""
    label, n_samples, seed = more.pop("label", 1), more.pop("n_samples", 500), more.pop("seed", 5)
    plain = LimeTabularExplainer(
        matrix,
        categorical_features=[j for j, column in enumerate(background.columns) if column.kind != NUMBER],
        random_state=seed,
        **more,
    )
    found = plain.explain_instance(
        row, lambda samples: scored(model, background, samples), labels=(label,), num_features=99, num_samples=n_samples
    )
    return found, np.array([weight for _, weight in sorted(found.local_exp[label])])


def account(model: FittedModel, rows: pa.Table, values: dict, label: str | None = None) -> Explanation:
    return explain(model, values, reference_of(model, rows), label)


def weights_of(result: LimeResult, background: LimeBackground) -> np.ndarray:
    """In the order of the columns; a number and its state have other rules."""
    waiting = list(result.weights)
    found = []
    for column in background.columns:
        told = next(one for one in waiting if one.field == column.field and (one.level is None) == (column.kind == NUMBER))
        waiting.remove(told)
        found.append(told.weight)
    return np.array(found)


NUMBERS, CATEGORIES = ["income", "debt", "late"], ["home", "region"]


@pytest.mark.parametrize("features", [NUMBERS, CATEGORIES, NUMBERS + CATEGORIES], ids=["numbers", "categories", "mixed"])
@pytest.mark.parametrize("discretised", [True, False])
@pytest.mark.parametrize("width", [None, 3.0])
def test_weights_are_the_packages_on_the_matrix_of_the_training_rows(features, discretised, width) -> None:
    """The oracle's matrix is made here, column by column, and so is what it scores: nothing of ours is in it but the model."""
    rows = loans(800, gaps=False)
    model = train(rows, spec(features=features)).model
    levels = {name: sorted(set(rows[name].to_pylist())) for name in set(features) & set(CATEGORIES)}
    given = {name: rows[name].to_pylist() for name in model.fields}
    order = {column.field: column.levels for column in background_of(model, rows).columns if column.kind != NUMBER}
    assert {name: set(found) for name, found in order.items()} == {name: set(found) for name, found in levels.items()}
    matrix = np.array([[order[n].index(v) if n in order else v for v in given[n]] for n in model.fields], float).T

    def predict(samples: np.ndarray) -> np.ndarray:
        columns = zip(model.fields, samples.T, strict=True)
        return model.probabilities(
            pa.table({n: [order[n][int(code)] for code in codes] if n in order else codes for n, codes in columns})
        )

    plain = LimeTabularExplainer(
        matrix,
        categorical_features=[j for j, name in enumerate(model.fields) if name in order],
        discretize_continuous=discretised,
        kernel_width=width,
        random_state=11,
    )
    found = plain.explain_instance(matrix[7], predict, num_features=99, num_samples=700)
    values = row_of(model, rows, 7)
    ours = lime_explain(
        model, background_of(model, rows), values, seed=11, n_samples=700, kernel_width=width, n_seeds=2, discretised=discretised
    )
    expected = np.array([weight for _, weight in sorted(found.local_exp[1])])
    np.testing.assert_allclose(weights_of(ours, background_of(model, rows)), expected, rtol=0, atol=SAME)
    assert ours.local_r2 == pytest.approx(found.score, abs=SAME)
    assert ours.intercept == pytest.approx(found.intercept[1], abs=SAME)
    assert ours.local_prediction == pytest.approx(found.local_pred[0], abs=SAME)
    assert ours.probability == pytest.approx(found.predict_proba[1], abs=SAME)
    assert ours.kernel_width == pytest.approx(width or 0.75 * np.sqrt(len(features)))


@pytest.mark.parametrize("options", [{}, {"penalty": "none"}, {"link": "one_vs_rest"}], ids=["softmax", "reference", "rest"])
def test_each_of_three_classes_has_the_packages_weights(options) -> None:
    rows = loans(600, classes=3)
    model = train(rows, spec(**{name: value for name, value in options.items() if name != "link"})).model
    if options.get("link"):
        model = replace(model, link="one_vs_rest")
    background, values = background_of(model, rows), row_of(model, rows, 3)
    matrix = matrix_of(model, background, rows)
    for k, label in enumerate(model.labels):
        _, expected = plainly(model, background, matrix, matrix[3], label=k)
        has_account = model.link != "reference" or k > 0
        exact = account(model, rows, values, label) if has_account else None
        found = lime_explain(model, background, values, exact=exact, label=label, seed=5, n_samples=500, n_seeds=2)
        np.testing.assert_allclose(weights_of(found, background), expected, rtol=0, atol=SAME)
        assert found.label == label
        assert bool(found.fields) == has_account
        assert any("no exact account" in sentence for sentence in sentences(found)) != has_account


@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
@given(SPECS, st.integers(0, 10_000), st.integers(25, 60), st.sampled_from(["reference", "softmax", "one_vs_rest"]))
def test_training_rows_score_as_before_and_lime_is_the_packages_over_all_of_preparation(options, seed, n, link) -> None:
    """Gaps, special codes, orders, rare levels, logarithms, products and weight of evidence lose nothing on the way."""
    try:
        model, rows = drawn_model(options, seed, n, link)
    except InvalidSpec:
        reject()  # a reference level that these few rows lack
    background = background_of(model, rows)
    matrix = matrix_of(model, background, rows)
    np.testing.assert_allclose(scored(model, background, matrix), model.probabilities(rows), rtol=0, atol=1e-9)
    _, expected = plainly(model, background, matrix, matrix[0], n_samples=120, seed=seed)
    found = lime_explain(model, background, row_of(model, rows, 0), seed=seed, n_samples=120, n_seeds=1)
    np.testing.assert_allclose(weights_of(found, background), expected, rtol=0, atol=1e-9)
    assert LimeResult.from_json(json.loads(json.dumps(found.to_json()))) == found


@pytest.mark.parametrize("seed", range(6))
def test_what_training_never_saw_is_explained_as_the_model_scores_it(seed) -> None:
    """Unseen levels, codes and gaps: the sum of all is still told for the model's own probability of the row."""
    options = {"missing_indicator": True, "special_codes": {"score": {"-9": "level", "-8": "missing", "-7": "level"}}}
    plain = {"degree_columns": [], "woe_columns": [], "weight_of_evidence": "none", "orders": {"grade": list(GRADES)}}
    model, rows = drawn_model({**plain, **options}, seed, 80, "reference")
    strange = table(20, seed + 1, strange=True)
    background = background_of(model, rows)
    for k in range(strange.num_rows):
        found = lime_explain(model, background, row_of(model, strange, k), seed=1, n_samples=50, n_seeds=1)
        expected = model.probabilities(strange.slice(k, 1))[0, 1]
        assert found.probability == pytest.approx(expected, abs=1e-12)
        assert len(found.weights) == len(background.columns)


def test_a_ridge_is_scikit_learns() -> None:
    draw = np.random.default_rng(0)
    samples, outcome, weights = draw.normal(size=(300, 6)), draw.random(300), draw.random(300)
    ours, peer = WeightedRidge().fit(samples, outcome, weights), Ridge(alpha=1).fit(samples, outcome, sample_weight=weights)
    np.testing.assert_allclose(ours.coef_, peer.coef_, rtol=0, atol=1e-13)
    assert ours.score(samples, outcome, weights) == pytest.approx(peer.score(samples, outcome, weights), abs=1e-13)
    flat = np.full(300, 0.25)
    assert WeightedRidge().fit(samples, flat, weights).score(samples, flat, weights) == 1.0


def test_without_the_discretiser_the_weights_are_proportional_to_the_coefficients() -> None:
    """Numbers in standard deviations: a normal sample's regression of any function of a linear score is (Stein's lemma)."""
    draw = np.random.default_rng(4)
    numbers = draw.normal(size=(5_000, 8)) * np.exp(draw.normal(size=8)) + draw.normal(size=8)
    signal = (numbers / numbers.std(axis=0)) @ np.linspace(-0.5, 0.6, 8)
    rows = pa.table(
        {f"x{k}": numbers[:, k] for k in range(8)} | {"outcome": np.where(signal + draw.logistic(size=5_000) > 1, "bad", "good")}
    )
    model = train(rows, spec()).model
    found = lime_explain(
        model, background_of(model, rows), row_of(model, rows, 0), seed=0, n_samples=20_000, n_seeds=1, discretised=False
    )
    given = {one.field: one.weight for one in found.weights}
    [betas] = (row[1:] for row in model.coefficients)  # of standardised columns
    r = np.corrcoef([given[name] for name in model.fields], betas)[0, 1]
    assert r > 0.999


def test_effects_without_the_discretiser_are_counted_from_the_mean() -> None:
    rows = loans(800, gaps=False)
    model = train(rows, spec(features=NUMBERS)).model
    values = row_of(model, rows, 2)
    exact = account(model, rows, values)
    found = lime_explain(model, background_of(model, rows), values, exact=exact, seed=2, n_seeds=3, discretised=False)
    assert found.rank_agreement == pytest.approx(1.0)
    for one in found.weights:
        column = np.array(rows[one.field].to_pylist(), float)
        assert one.at == pytest.approx((values[one.field] - column.mean()) / column.std())
        assert one.rule.startswith("per ")


def test_intervals_hold_the_middle_of_the_repeats_and_the_first_is_the_seeds_own() -> None:
    rows = loans(500)
    model = train(rows, spec()).model
    background, values = background_of(model, rows), row_of(model, rows, 1)
    found = lime_explain(model, background, values, seed=9, n_samples=300, n_seeds=8)
    alone = [
        weights_of(lime_explain(model, background, values, seed=seed, n_samples=300, n_seeds=1), background)
        for seed in seeds_of(9, 8)
    ]
    np.testing.assert_array_equal(weights_of(found, background), alone[0])
    low, high = np.quantile(alone, [0.025, 0.975], axis=0)
    told = {(one.field, one.level): (one.low, one.high) for one in found.weights}
    assert sorted(told.values()) == sorted(zip(low.tolist(), high.tolist(), strict=True))
    assert len(set(seeds_of(9, 8))) == 8
    assert seeds_of(9, 3) == seeds_of(9, 8)[:3]


def test_another_process_gives_the_same_to_the_last_bit() -> None:
    script = (
        "import json\nfrom tests.pipeline.test_lime import *\nrows = loans(300)\nmodel = train(rows, spec()).model\n"
        "found = lime_explain(model, background_of(model, rows), row_of(model, rows, 1), seed=4, n_samples=400, n_seeds=3)\n"
        "print(json.dumps(found.to_json()))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    rows = loans(300)
    model = train(rows, spec()).model
    found = lime_explain(model, background_of(model, rows), row_of(model, rows, 1), seed=4, n_samples=400, n_seeds=3)
    assert LimeResult.from_json(json.loads(done.stdout)) == found


def test_the_runs_recalibration_is_what_lime_explains() -> None:
    rows = loans(600)
    model = train(rows, spec()).model
    steps = replace(model, calibration=CalibrationMap((0.0, 0.3, 0.31, 1.0), (0.1, 0.1, 0.8, 0.8)))
    background, values = background_of(model, rows), row_of(model, rows, 3)
    found = lime_explain(steps, background, values, exact=account(steps, rows, values), seed=1, n_samples=800, n_seeds=2)
    matrix = matrix_of(steps, background, rows)
    _, expected = plainly(steps, background, matrix, matrix[3], n_samples=800, seed=1)
    np.testing.assert_allclose(weights_of(found, background), expected, rtol=0, atol=SAME)
    assert any("recalibration" in sentence for sentence in sentences(found))


def test_ranks_are_correlated_as_scipy_does() -> None:
    draw = np.random.default_rng(3)
    for _ in range(20):
        first, second = draw.integers(0, 6, 9).astype(float), draw.integers(0, 6, 9).astype(float)
        assert spearman(first, second) == pytest.approx(stats.spearmanr(first, second).statistic)
    assert spearman(np.arange(2.0), np.arange(2.0)) is None
    assert spearman(np.ones(5), np.arange(5.0)) is None


def opposed() -> tuple[FittedModel, pa.Table, dict]:
    """An applicant a little below the average income, in the quarter above the median of a skewed column."""
    draw = np.random.default_rng(8)
    income, other, third = draw.lognormal(0, 1.2, 2_000), draw.normal(size=2_000), draw.normal(size=2_000)
    signal = -0.9 * income + 0.3 * other + 0.2 * third + 1.5
    rows = pa.table(
        {
            "income": income,
            "other": other,
            "third": third,
            "outcome": np.where(signal + draw.logistic(size=2_000) > 1, "bad", "good"),
        }
    )
    model = train(rows, spec(penalty="none")).model
    return model, rows, {"income": float(np.quantile(income, 0.66)), "other": 0.05, "third": -0.05}


def test_a_disagreement_is_told_with_its_reason() -> None:
    model, rows, values = opposed()
    exact = account(model, rows, values)
    found = lime_explain(model, background_of(model, rows), values, exact=exact, seed=0, n_seeds=20)
    [income] = [one for one in found.fields if one.field == "income"]
    assert income.exact > 0 > income.effect  # below the mean, and above the median
    assert found.differing == ("income",)
    assert found.n_same_sign == found.n_matter - 1
    told = sentences(found, {"income": "Yearly income", "other": "Other", "third": "Third"}.__getitem__)
    assert told[1] == "They differ on the sign of Yearly income."
    assert told[2].startswith("Yearly income: LIME asks only whether it is over ")
    assert "from the average" in told[2]
    assert "local R²" in told[3]
    assert "near the applicant" in told[3]


def test_a_level_that_most_have_ranks_higher_for_lime_and_the_reason_is_told() -> None:
    """Against the other levels "usual" moves much, against the average, of whom nearly all have it, next to nothing."""
    draw = np.random.default_rng(5)
    kind, numbers = draw.choice(["usual", "rare"], 3_000, p=[0.95, 0.05]), draw.normal(size=(3_000, 4))
    signal = 2.5 * (kind == "usual") + numbers @ [0.6, 0.5, 0.4, 0.3] - 2.5
    outcome = np.where(signal + draw.logistic(size=3_000) > 0, "bad", "good")
    rows = pa.table({"kind": kind, **{f"x{k}": numbers[:, k] for k in range(4)}, "outcome": outcome})
    model = train(rows, spec(penalty="none")).model
    values = {"kind": "usual", "x0": 1.2, "x1": 1.0, "x2": -1.4, "x3": 1.3}
    found = lime_explain(model, background_of(model, rows), values, exact=account(model, rows, values), seed=1, n_seeds=5)
    [kind_of] = [one for one in found.fields if one.field == "kind"]
    assert kind_of.share == pytest.approx(np.mean(kind == "usual"))
    assert found.differing == ()
    [told] = [sentence for sentence in sentences(found) if sentence.startswith("They differ most on the rank of kind: ")]
    assert "LIME compares the applicant's level with the others" in told
    assert told.endswith(f"{np.mean(kind == 'usual'):.0%} of which have it.")


def test_agreement_is_told_without_reasons() -> None:
    rows = loans(800, gaps=False)
    model = train(rows, spec(features=NUMBERS)).model
    values = {"income": 9_000.0, "debt": 0.5, "late": 4.0}
    found = lime_explain(model, background_of(model, rows), values, exact=account(model, rows, values), seed=1, n_seeds=5)
    assert found.differing == ()
    assert sentences(found)[0] == (
        "LIME ranks the fields much as the exact account does (Spearman's correlation 1.00) and gives all "
        f"{found.n_matter} fields that matter the same sign."
    )


def test_a_gap_is_told_as_what_it_counts_as_and_a_state_as_itself() -> None:
    rows = loans(800)
    for flagged in (False, True):
        model = train(rows, spec(missing_indicator=flagged)).model
        background = background_of(model, rows)
        values = {**row_of(model, rows, 3), "income": None}
        found = lime_explain(model, background, values, exact=account(model, rows, values), seed=1, n_seeds=2)
        rules = sorted(one.rule for one in found.weights if one.field == "income")
        fill = f"counted as {np.nanmedian(np.array(rows['income'].to_pylist(), float)):,.0f}"
        assert rules == ([fill, "is missing"] if flagged else [fill])
        assert any(sentence.startswith("The gap in income counts as") for sentence in sentences(found)) != flagged


def test_a_quarter_that_holds_one_value_is_told_since_the_package_draws_another() -> None:
    """lime 0.2.0.1 gives (value - mean) / sd = 0 for a bin whose values are all the same, where the value is 1."""
    draw = np.random.default_rng(2)
    loans_before, age = draw.choice([1.0, 2.0, 3.0], 900, p=[0.6, 0.3, 0.1]), draw.normal(40, 10, 900)
    outcome = np.where(loans_before + age / 20 + draw.logistic(size=900) > 4, "bad", "good")
    rows = pa.table({"loans_before": loans_before, "age": age, "outcome": outcome})
    model = train(rows, spec()).model
    values = {"loans_before": 3.0, "age": 50.0}
    background = background_of(model, rows)
    found = lime_explain(model, background, values, exact=account(model, rows, values), seed=1, n_samples=500, n_seeds=2)
    assert any("loans_before hold 1, for which the lime package draws 0" in sentence for sentence in sentences(found))
    matrix = matrix_of(model, background, rows)
    _, expected = plainly(model, background, matrix, np.array([3.0, 50.0]), seed=1)
    np.testing.assert_allclose(weights_of(found, background), expected, rtol=0, atol=SAME)


def test_a_narrow_kernel_is_told_to_say_little() -> None:
    rows = loans(400)
    model = train(rows, spec()).model
    found = lime_explain(model, background_of(model, rows), row_of(model, rows, 1), seed=1, kernel_width=0.05, n_seeds=2)
    assert found.n_effective < 100
    assert any("near enough to count" in sentence for sentence in sentences(found))


def test_one_field_and_a_constant_one_are_explained() -> None:
    rows = loans(400).append_column("same", pa.array(np.full(400, 35.0)))
    model = train(rows, spec(features=["debt"])).model
    found = lime_explain(
        model, background_of(model, rows), {"debt": 0.4}, exact=account(model, rows, {"debt": 0.4}), seed=1, n_seeds=2
    )
    assert found.rank_agreement is None
    assert sentences(found)[0].startswith("Against the exact account, LIME gives the one field that matters")
    frame = model.frame(rows.select(["debt"]).set_column(0, "debt", rows["same"]))
    [column] = lime_background(frame, np.arange(400), model.terms).columns
    assert (column.low, column.high, column.scale, column.counts) == (35.0, 35.0, 1.0, (400, 0))


def test_what_cannot_be_explained_is_refused_in_a_sentence() -> None:
    rows = loans(300)
    model = train(rows, spec()).model
    background, values = background_of(model, rows), row_of(model, rows, 1)
    with pytest.raises(UnusableData, match="no value for 'income'"):
        lime_explain(model, background, {name: values[name] for name in values if name != "income"}, seed=1)
    with pytest.raises(UnusableData, match="'debt' is a number"):
        lime_explain(model, background, {**values, "debt": "much"}, seed=1)
    with pytest.raises(UnusableData, match="no class 'ugly'"):
        lime_explain(model, background, values, seed=1, label="ugly")
    with pytest.raises(UnusableData, match="account is of 'bad'"):
        lime_explain(model, background, values, seed=1, label="good", exact=account(model, rows, values))
    with pytest.raises(UnusableData, match="nothing that LIME could draw from"):
        lime_explain(model, LimeBackground(10), values, seed=1)


@pytest.mark.parametrize("size", [1e300, 1e-300, 1e15])
def test_huge_and_tiny_numbers_leave_finite_weights(size: float) -> None:
    rows = loans(300, gaps=False)
    debt = np.asarray(rows["debt"]) * size
    rows = rows.set_column(1, "debt", pa.array(debt))
    model = train(rows, spec(features=["income", "late"])).model
    huge = replace(model, terms=tuple(replace(term, field="debt") if term.field == "income" else term for term in model.terms))
    background = lime_background(huge.frame(rows), np.arange(300), huge.terms)
    numbers = [number for column in background.columns for number in (column.mean, column.scale, *column.means, *column.sds)]
    assert np.isfinite(numbers).all()
    found = lime_explain(huge, background, row_of(huge, rows, 1), seed=1, n_samples=200, n_seeds=2)
    assert all(np.isfinite([one.weight, one.low, one.high]).all() for one in found.weights)
    json.dumps(found.to_json(), allow_nan=False)
