"""Rates and fairness of segments: published rates and intervals, fairlearn and statsmodels as oracles, and the sign of each."""

import subprocess
import sys
from functools import partial

import numpy as np
import pytest
from fairlearn.metrics import (
    MetricFrame,
    count,
    demographic_parity_difference,
    demographic_parity_ratio,
    equalized_odds_difference,
    false_negative_rate,
    false_positive_rate,
    selection_rate,
    true_positive_rate,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chi2
from sklearn.metrics import precision_score
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from pipeline.segment_results import Estimate, SegmentRates, SegmentTable
from pipeline.segments import estimates
from pipeline.segments.deciding import balance, what_if
from pipeline.segments.rating import rates, whole_rates
from tests.pipeline.segment_cases import BERKELEY, COMPAS, berkeley, compas, drawn, scored, table_of


def named(found: tuple[SegmentRates, ...]) -> dict[str, SegmentRates]:
    return {", ".join(one.levels): one for one in found}


def value(estimate: Estimate) -> float:
    assert estimate.value is not None
    return estimate.value


def test_admissions_to_berkeley() -> None:
    """4,526 applicants: 44.5% of men and 30.4% of women admitted, yet 62% of men and 82% of women in department A."""
    scores, columns = berkeley()
    assert len(scores.score) == 4_526
    table = table_of(scores, columns, ("sex",), ("dept", "sex"), ("dept",))
    sex = named(rates(table, 0.5)[:2])
    assert value(sex["Male"].approval_rate) == pytest.approx(1198 / 2691)
    assert value(sex["Female"].approval_rate) == pytest.approx(557 / 1835)
    assert sex["Male"].is_reference
    beside = sex["Female"].fairness
    assert beside is not None
    assert value(beside.adverse_impact_ratio) == pytest.approx((557 / 1835) / (1198 / 2691))
    assert beside.below_four_fifths is True
    both = named(rates(table, 0.5))
    for (dept, group), (admitted, rejected) in BERKELEY.items():
        if admitted + rejected >= 30:
            assert value(both[f"{dept}, {group}"].approval_rate) == pytest.approx(admitted / (admitted + rejected))
    assert both["B, Female"].approval_rate == Estimate(None, too_few="too few, 25 rows", n=25)
    department = table_of(
        scores, {"group": [f"{d} {s}" for d, s in zip(columns["dept"], columns["sex"], strict=True)]}, ("group",)
    )
    men = named(rates(department, 0.5, reference={("group",): ("A Female",)}))["A Male"].fairness
    assert men is not None
    assert value(men.adverse_impact_ratio) == pytest.approx((512 / 825) / (89 / 108))
    assert men.below_four_fifths is True


def test_recidivism_scores_of_compas() -> None:
    """Larson et al. (2016): false positives 44.85% and 23.45%, false negatives 27.99% and 47.72%; precision 0.63 and 0.59."""
    scores, columns = compas()
    found = named(rates(table_of(scores, columns, ("race",)), 0.5))
    black, white = found["African-American"], found["Caucasian"]
    assert round(100 * value(black.false_positive_rate), 2) == 44.85
    assert round(100 * value(white.false_positive_rate), 2) == 23.45
    assert round(100 * value(black.false_negative_rate), 2) == 27.99
    assert round(100 * value(white.false_negative_rate), 2) == 47.72
    assert (round(value(black.precision), 2), round(value(white.precision), 2)) == (0.63, 0.59)
    assert (black.tn, black.fp, black.fn, black.tp) == COMPAS["African-American"]
    beside = black.fairness
    assert white.is_reference
    assert beside is not None
    assert value(beside.false_positive_gap) == pytest.approx(805 / 1795 - 349 / 1488)
    assert value(beside.good_approval_gap) == pytest.approx(-value(beside.false_positive_gap))
    assert value(beside.false_negative_gap) == pytest.approx(532 / 1901 - 461 / 966)


@pytest.mark.parametrize("cutoff", [0.2, 0.3, 0.45])
def test_fairlearn_says_the_same(cutoff: float) -> None:
    """fairlearn's selection is ours of approval: predicted good, with good as the label 1 of its parity metrics."""
    scores, columns = drawn(5_000, 3)
    bad, refused, home = scores.is_bad, (scores.score >= cutoff).astype(int), np.asarray(columns["home"])
    measures = {
        "n": count,
        "true_positive_rate": true_positive_rate,
        "false_positive_rate": false_positive_rate,
        "false_negative_rate": false_negative_rate,
        "precision": partial(precision_score, zero_division=0),
    }
    frame = MetricFrame(metrics=measures, y_true=bad, y_pred=refused, sensitive_features=home)
    approved = MetricFrame(metrics=selection_rate, y_true=1 - bad, y_pred=1 - refused, sensitive_features=home)
    found = rates(table_of(scores, columns, ("home",)), cutoff, least_rows=1, least_of_class=1)
    for one in found:
        level = one.levels[0]
        assert one.n_rows == frame.by_group.loc[level, "n"]
        for name in list(measures)[1:]:
            assert value(getattr(one, name)) == pytest.approx(frame.by_group.loc[level, name]), name
        assert value(one.approval_rate) == pytest.approx(approved.by_group[level])
    ratios = [value(one.fairness.adverse_impact_ratio) for one in found if one.fairness]
    parity = {"y_true": 1 - bad, "y_pred": 1 - refused, "sensitive_features": home}
    assert min(ratios) == pytest.approx(demographic_parity_ratio(**parity))
    assert -min(value(one.fairness.approval_gap) for one in found if one.fairness) == pytest.approx(
        demographic_parity_difference(**parity)
    )
    spreads = []
    for name in ("false_positive_rate", "false_negative_rate"):
        every = [value(getattr(one, name)) for one in found]
        spreads.append(max(every) - min(every))
    assert max(spreads) == pytest.approx(equalized_odds_difference(**parity))


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.05, 0.6))
def test_a_segment_that_is_refused_more_has_a_ratio_below_one(seed: int, cutoff: float) -> None:
    scores, columns = drawn(600, seed)
    found = rates(table_of(scores, columns, ("home",)), cutoff, least_rows=1)
    reference = next(one for one in found if one.is_reference)
    for one in found:
        if one.fairness is not None and one.fairness.adverse_impact_ratio.value is not None:
            worse = value(one.approval_rate) < value(reference.approval_rate)
            assert (value(one.fairness.adverse_impact_ratio) < 1) == worse
            assert (value(one.fairness.approval_gap) < 0) == worse


def test_a_segment_with_higher_scores_differs_upwards() -> None:
    draw = np.random.default_rng(1)
    score = np.concatenate([draw.normal(0.3, 0.1, 4_000), draw.normal(0.4, 0.1, 4_000)]).clip(0, 1)
    scores = scored((draw.random(8_000) < score).astype(int), score)
    found = rates(table_of(scores, {"g": ["a"] * 4_000 + ["b"] * 4_000}, ("g",)), 0.35)
    beside = found[1].fairness
    assert found[0].is_reference
    assert beside is not None
    assert value(beside.standardised_difference) == pytest.approx(1.0, abs=0.06)
    assert beside.standardised_difference.low < 1 < beside.standardised_difference.high  # type: ignore[operator]


def test_too_few_says_of_what_and_how_many() -> None:
    n = 200
    bad = np.array([1] * 29 + [0] * 71 + [1] * 40 + [0] * 41 + [0] * 19)
    score = np.linspace(0, 1, n)
    table = table_of(scored(bad, score), {"g": ["a"] * 100 + ["b"] * 81 + ["c"] * 19}, ("g",))
    found = named(rates(table, 0.3))
    assert found["a"].true_positive_rate == Estimate(None, too_few="too few, 29 bads", n=29)
    assert found["a"].false_positive_rate.value is not None
    assert found["a"].auc.too_few == "too few, 29 bads"
    for name in ("bad_rate", "approval_rate", "precision", "auc", "observed_expected", "mean_score", "false_positive_rate"):
        assert getattr(found["c"], name).value is None
        assert getattr(found["c"], name).too_few == "too few, 19 rows"
    beside = found["b"].fairness
    assert beside is not None
    assert beside.false_negative_gap.too_few == "the reference: too few, 29 bads"
    assert beside.approval_gap.value is not None
    assert found["b"].bad_rate_of_approved.too_few == "too few, 0 approved"
    assert found["c"].fairness is not None
    assert found["c"].fairness.below_four_fifths is None
    assert named(rates(table, 0.3, least_rows=10, least_of_class=20))["a"].true_positive_rate.value is not None
    assert rates(table, 0.0)[0].precision.n == 100


def test_figures_of_a_score_that_is_no_probability_and_of_few_expected_bads() -> None:
    scores, columns = drawn(400, 5)
    one = rates(table_of(scores, columns, ("home",), is_probability=False), 0.3)[0]
    assert one.observed_expected.too_few == "the score is no probability"
    low = scored([0] * 100, [0.01] * 100)
    (one,) = rates(table_of(low, {"g": ["a"] * 100}, ("g",)), 0.3)
    assert one.observed_expected.too_few == "too few, 1.0 bads expected"


def test_a_reference_that_approves_none_gives_no_ratio() -> None:
    scores = scored([0, 1] * 50, [0.9] * 50 + [0.1] * 50)
    table = table_of(scores, {"g": ["a"] * 50 + ["b"] * 50}, ("g",))
    beside = rates(table, 0.5, reference={("g",): ("a",)})[1].fairness
    assert beside is not None
    assert beside.adverse_impact_ratio == Estimate(None, too_few="the reference approves none", n=50)
    assert value(beside.approval_gap) == 1.0


def test_a_group_whose_reference_is_too_small_takes_the_most_approved() -> None:
    scores = scored([0, 1] * 60, [0.1] * 50 + [0.9] * 50 + [0.1] * 20)
    table = table_of(scores, {"g": ["a"] * 50 + ["b"] * 50 + ["c"] * 20}, ("g",))
    for asked in ("c", "nowhere", "a"):
        assert [one.is_reference for one in rates(table, 0.5, reference={("g",): (asked,)})] == [True, False, False]
    assert all(one.fairness is None and not one.is_reference for one in rates(table, 0.5, least_rows=1_000))


def test_all_rows_together() -> None:
    scores, columns = drawn(1_000, 6)
    whole = whole_rates(table_of(scores, columns, ("home",)), 0.3)
    assert (whole.by, whole.levels, whole.n_rows) == ((), (), 1_000)
    assert value(whole.approval_rate) == pytest.approx(float((scores.score < 0.3).mean()))
    assert value(whole.observed_expected) == pytest.approx(scores.is_bad.sum() / scores.score.sum())


NEWCOMBE = {  # Newcombe (1998), Statistics in Medicine 17, 873-890, table II, method 10
    (56, 70, 48, 80): (0.0524, 0.3339),
    (9, 10, 3, 10): (0.1705, 0.8090),
    (6, 7, 2, 7): (0.0582, 0.8062),
    (5, 56, 0, 29): (-0.0381, 0.1926),
    (0, 10, 0, 20): (-0.1611, 0.2775),
    (0, 10, 0, 10): (-0.2775, 0.2775),
    (10, 10, 0, 20): (0.6791, 1.0),
    (10, 10, 0, 10): (0.6075, 1.0),
}


@pytest.mark.parametrize("counts", NEWCOMBE)
def test_intervals_of_differences_are_those_of_newcombe(counts: tuple[int, int, int, int]) -> None:
    found = estimates.difference(*counts)
    assert (found.low, found.high) == pytest.approx(NEWCOMBE[counts], abs=5.1e-5)


shares = st.integers(2, 3_000).flatmap(lambda n: st.tuples(st.integers(1, n - 1), st.just(n)))


@settings(max_examples=100, deadline=None)
@given(shares, shares)
def test_statsmodels_has_the_same_intervals(one: tuple[int, int], other: tuple[int, int]) -> None:
    found = estimates.ratio(*one, *other)
    assert (found.low, found.high) == pytest.approx(
        confint_proportions_2indep(*one, *other, compare="ratio", method="log"), rel=1e-6
    )
    gap = estimates.difference(*one, *other)
    assert (gap.low, gap.high) == pytest.approx(
        confint_proportions_2indep(*one, *other, compare="diff", method="newcomb"), abs=1e-7
    )
    share = estimates.share(*one)
    assert (share.low, share.high) == pytest.approx(proportion_confint(*one, method="wilson"), abs=1e-9)


@settings(max_examples=100, deadline=None)
@given(st.integers(1, 500), st.integers(1, 500))
def test_ratios_at_their_ends_have_an_interval_with_a_width(n: int, m: int) -> None:
    none = estimates.ratio(0, n, m, m)
    assert none.value == none.low == 0.0
    assert none.high is not None
    assert 0 < none.high < 10
    both = estimates.ratio(n, n, m, m)
    assert both.low is not None
    assert both.high is not None
    assert both.low < 1 < both.high


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 20_000), st.floats(5, 20_000))
def test_byars_interval_is_near_the_exact_one(observed: int, expected: float) -> None:
    """Breslow and Day (1987): the approximation is accurate even for small numbers of events."""
    found = estimates.observed_expected(observed, expected)
    exact_low = chi2.ppf(0.025, 2 * observed) / 2 if observed else 0.0
    exact_high = chi2.ppf(0.975, 2 * observed + 2) / 2
    assert found.low is not None
    assert found.high is not None
    assert found.low * expected == pytest.approx(exact_low, rel=0.02, abs=0.15)
    assert found.high * expected == pytest.approx(exact_high, rel=0.02)


def test_cutoffs_of_their_own_as_if_each_segment_was_decided_alone() -> None:
    scores, columns = drawn(3_000, 7)
    table = table_of(scores, columns, ("home",))
    home = np.asarray(columns["home"])
    own = {("rent",): 0.45, ("own",): 0.2}
    overall, segments = what_if(table, ("home",), own, 0.3)
    cut = np.array([own.get((level,), 0.3) for level in home])
    refused = scores.score >= cut
    assert overall.after.refused == int(refused.sum())
    assert overall.after.bads_refused == int((refused & (scores.is_bad == 1)).sum())
    assert overall.after.bad_rate_of_approved == pytest.approx(float(scores.is_bad[~refused].mean()))
    assert overall.before.approval_rate == pytest.approx(float((scores.score < 0.3).mean()))
    assert sum(one.after.approved for one in segments) == overall.after.approved
    for one in segments:
        assert one.after.refused == int(refused[home == one.levels[0]].sum())
        if one.levels not in own:
            assert one.after == one.before


def test_the_same_cutoff_for_all_changes_nothing() -> None:
    scores, columns = drawn(300, 8)
    table = table_of(scores, columns, ("home",))
    overall, segments = what_if(table, ("home",), {one.levels: 0.3 for one in table.segments}, 0.3)
    assert all(one.before == one.after for one in (overall, *segments))


def test_balance_sums_to_one() -> None:
    scores, columns = drawn(2_000, 9)
    found = balance(table_of(scores, columns, ("home",)))
    assert sum(one.share_of_rows for one in found) == pytest.approx(1)
    assert sum(one.share_of_bads or 0 for one in found) == pytest.approx(1)
    assert [value(one.bad_rate) for one in found] == pytest.approx([one.n_bad / one.n_rows for one in found])
    (none,) = balance(table_of(scored([0] * 5, [0.5] * 5), {"g": ["a"] * 5}, ("g",)))
    assert none.share_of_bads is None
    assert none.bad_rate.too_few == "too few, 5 rows"


def test_a_stored_table_is_rated_without_numpy() -> None:
    script = (
        "import pipeline.segments.rating, pipeline.segments.deciding, sys; "
        "print(sorted({name.split('.')[0] for name in sys.modules} & {'numpy', 'pyarrow', 'scipy', 'pandas', 'sklearn'}))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_rates_of_a_table_that_was_stored() -> None:
    scores, columns = drawn(500, 10)
    table = table_of(scores, columns, ("home",), ("age",))
    assert rates(SegmentTable.from_json(table.to_json()), 0.3) == rates(table, 0.3)
