"""Bootstrap intervals: against Wald intervals and the truth, the same whoever computes them, and honest about lost draws."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.bootstrap import FEWEST, bootstrap
from pipeline.engine import fit_rows
from pipeline.errors import Stopped
from pipeline.frame import frame_of
from pipeline.monomials import rewritten
from pipeline.outcome import outcome_of
from pipeline.preparation import learn_terms
from pipeline.results import Coefficient
from pipeline.settling import settled
from pipeline.terms import design_of
from pipeline.training import train
from tests.pipeline.tables import loans, spec


def intervals(rows: tuple[Coefficient, ...]) -> dict[str, tuple[float | None, float | None]]:
    return {f"{row.label} {row.field} {row.level}": (row.bootstrap_low, row.bootstrap_high) for row in rows}


def simulated(n: int, seed: int) -> pa.Table:
    """log-odds = -0.5 + 0.8 x - 0.6 z with x normal and z 0 or 1."""
    draw = np.random.default_rng(seed)
    x, z = draw.normal(size=n), draw.integers(0, 2, n)
    y = draw.random(n) < 1 / (1 + np.exp(0.5 - 0.8 * x + 0.6 * z))
    return pa.table({"x": x, "z": z, "outcome": np.where(y, "bad", "good")})


def test_intervals_of_an_unpenalised_fit_are_as_wide_as_wald_s():
    """The model is true here, so both are right; 300 draws know a percentile to a fifth of a standard error or so."""
    result = train(simulated(2_000, 0), spec(penalty="none", bootstrap=300)).result
    for row in (*result.intercepts, *result.coefficients):
        assert row.std_error is not None
        assert row.bootstrap_low == pytest.approx(row.ci_low, abs=0.5 * row.std_error)
        assert row.bootstrap_high == pytest.approx(row.ci_high, abs=0.5 * row.std_error)


def test_intervals_cover_the_truth_about_as_often_as_they_say():
    """40 samples of 400 rows, three coefficients: 95% less what percentiles of 50 draws lose; binomial bounds of 4 sd."""
    truth = {"(intercept)": -0.5, "x": 0.8, "z": -0.6}
    inside = total = 0
    for seed in range(40):
        result = train(simulated(400, seed), spec(penalty="none", bootstrap=50, seed=seed)).result
        for row in (*result.intercepts, *result.coefficients):
            assert row.bootstrap_low is not None
            assert row.bootstrap_high is not None
            inside += row.bootstrap_low <= truth[row.field] <= row.bootstrap_high
            total += 1
    expected = 0.95 - 2 / 51  # the outer points of 50 draws stand at about the second draw from each end
    assert inside / total > expected - 4 * (expected * (1 - expected) / total) ** 0.5
    assert inside < total


@pytest.mark.parametrize(
    "options",
    [
        {"penalty": "l2", "C": 0.1},
        {"penalty": "l1"},
        {"penalty": "none", "class_weight": "balanced"},
        {"penalty": "l2", "resampling": "smote"},
        {"penalty": "none", "resampling": "under"},
    ],
)
def test_what_has_no_standard_error_has_an_interval_around_its_estimate(options):
    result = train(loans(500), spec(bootstrap=60, **options)).result
    for row in (*result.intercepts, *result.coefficients):
        assert row.std_error is None
        assert row.bootstrap_low is not None
        assert row.bootstrap_high is not None
        assert row.bootstrap_low <= row.bootstrap_high
        spread = row.bootstrap_high - row.bootstrap_low
        assert row.bootstrap_low - spread < row.estimate < row.bootstrap_high + spread


@pytest.mark.parametrize(
    "options", [{}, {"classes": 3}, {"classes": 3, "multiclass": "one_vs_rest"}, {"classes": 3, "penalty": "none"}]
)
def test_every_class_has_intervals_and_two_runs_agree(options):
    chosen = {"penalty": "l2", **options}
    table = loans(700, classes=int(chosen.pop("classes", 2)))
    first = train(table, spec(bootstrap=45, **chosen)).result
    again = train(table, spec(bootstrap=45, **chosen)).result
    assert intervals(first.coefficients) == intervals(again.coefficients)
    assert all(low is not None for low, _ in intervals(first.coefficients).values())
    other = train(table, spec(bootstrap=45, seed=99, **chosen)).result
    assert intervals(first.coefficients) != intervals(other.coefficients)


def prepared(table: pa.Table, **options: object):
    chosen = spec(**options)
    outcome = outcome_of(table, chosen)
    chosen, _, _ = settled(table, chosen, outcome)
    frame = frame_of(table, chosen.features, chosen.categorical)
    classes = outcome.of_every_row(table.num_rows)
    rows = np.arange(table.num_rows)
    fitted = fit_rows(frame, classes, len(outcome.labels), rows, chosen, lambda _step, _norm: None)
    return frame, classes, rows, chosen, fitted, outcome.labels


def test_an_executor_gives_the_same():
    made = prepared(loans(300), penalty="l2", bootstrap=45)
    alone = bootstrap(*made)
    with ThreadPoolExecutor(2) as executor:
        spread = bootstrap(*made, executor=executor)
    np.testing.assert_array_equal(alone.draws, spread.draws)


def test_draw_k_does_not_depend_on_how_many_there_are():
    frame, classes, rows, chosen, fitted, labels = prepared(loans(300), bootstrap=40)
    few = bootstrap(frame, classes, rows, chosen, fitted, labels)
    more = bootstrap(frame, classes, rows, replace(chosen, bootstrap=60), fitted, labels)
    np.testing.assert_array_equal(few.draws, more.draws[:40])


@pytest.mark.parametrize("spread", [False, True])
def test_it_can_be_stopped(spread):
    made = prepared(loans(300), bootstrap=200)
    seen: list[float] = []

    def report(progress):
        seen.append(progress.done)
        if progress.done >= 20:
            raise Stopped

    with ThreadPoolExecutor(1) as executor, pytest.raises(Stopped):
        bootstrap(*made, report=report, executor=executor if spread else None)
    assert max(seen) < 100


def test_too_few_draws_give_no_interval_and_say_so():
    frame, classes, rows, chosen, fitted, labels = prepared(loans(300), bootstrap=40)
    drawn = bootstrap(frame, classes, rows, replace(chosen, bootstrap=FEWEST - 1), fitted, labels)
    assert drawn.interval(labels[1], "debt", None) is None
    assert f"ask for at least {FEWEST}" in drawn.notes()[0]


def test_a_level_that_many_draws_lack_has_no_interval_and_is_named():
    """A level with 2 rows of 300 is absent from a draw with probability (1 - 2/300)^300 = 13%."""
    table = loans(300, gaps=False)
    region = np.array(table["region"].to_pylist())
    region[:2] = "x"
    result = train(table.set_column(4, "region", pa.array(region)), spec(penalty="l2", bootstrap=80)).result
    rows = {row.level: row for row in result.coefficients if row.field == "region"}
    assert rows["x"].bootstrap_low is None
    assert rows["s"].bootstrap_low is not None
    assert any("'region = x'" in sentence and "no such level" in sentence for sentence in result.warnings)


def test_draws_without_a_class_are_counted():
    """4 bads among 60 rows are all absent from a draw with probability (1 - 4/60)^60 = 1.6%; with 2 it is 13%."""
    draw = np.random.default_rng(1)
    outcome = np.where(np.arange(60) < 2, "bad", "good")
    table = pa.table({"x": draw.normal(size=60), "outcome": outcome})
    result = train(table, spec(penalty="l2", bootstrap=200)).result
    said = next(sentence for sentence in result.warnings if "gave no fit" in sentence)
    n_failed = int(said.split(" of ")[0])
    assert 200 * 0.13 - 20 < n_failed < 200 * 0.13 + 20
    assert all(row.bootstrap_low is None for row in result.coefficients)
    assert any("too narrow" in sentence for sentence in result.warnings)


def test_rows_of_a_group_are_drawn_together():
    """Each row ten times over: by rows the interval is too narrow by the root of 10, by groups it is that of the 300 rows."""
    table = simulated(300, 1)
    ten = pa.concat_tables([table] * 10).append_column("customer", pa.array(np.tile(np.arange(300), 10)))
    options = {"penalty": "none", "bootstrap": 120, "features": ["x", "z"]}
    once = train(table, spec(**options)).result.coefficients[0]
    by_group = train(ten, spec(**options, split="group", split_column="customer", test_share=0)).result.coefficients[0]
    by_row = train(ten, spec(**options)).result.coefficients[0]

    def width(row: Coefficient) -> float:
        return (row.bootstrap_high or 0) - (row.bootstrap_low or 0)

    assert width(by_group) == pytest.approx(width(once), rel=0.35)
    assert width(by_row) == pytest.approx(width(once) / 10**0.5, rel=0.35)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 1_000), st.sampled_from(["standard", "robust", "min_max", "none"]), st.booleans())
def test_a_model_rewritten_in_the_scale_of_another_gives_the_same_log_odds(seed, scaling, commonest):
    """Powers, products and other reference levels included; both saw all levels, and no row has a gap."""
    table = loans(400, seed=seed, gaps=False)
    chosen = spec(
        scaling=scaling,
        degree=3,
        degree_columns=["income", "debt"],
        interactions=[["income", "debt"], ["late", "home"]],
        reference_level="most_frequent" if commonest else "first",
        features=["income", "debt", "late", "home", "region"],
    )
    frame = frame_of(table, chosen.features, ())
    rows = np.arange(400)
    draw = np.random.default_rng(seed)
    some, _ = learn_terms(frame, draw.choice(rows, 350), chosen)
    onto, _ = learn_terms(frame, rows, chosen)
    width = design_of(frame, some, rows)[0].width
    weights = draw.normal(size=(width, 2))
    before = design_of(frame, some, rows)[0].linear(weights)
    after = design_of(frame, onto, rows)[0].linear(rewritten(weights, some, onto))
    np.testing.assert_allclose(after, before, rtol=1e-7, atol=1e-6 * np.abs(before).max())
