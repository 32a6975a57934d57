"""Cut-offs by every rule against closed forms, against trying all cut-offs, and against scikit-learn."""

import json
import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import confusion_matrix, f1_score

from pipeline.cutoffs.decisions import common_cutoffs, confusion_at
from pipeline.cutoffs.rules import RULES
from pipeline.cutoffs.strategy import AmountSums, StrategyRow, Targets, Worth, profit_curve, strategy
from pipeline.evaluation.intervals import wilson_interval
from pipeline.evaluation.metrics import Ranking
from pipeline.evaluation.score_tables import cutoffs_of, score_table
from pipeline.evaluation_results import ScoreTable

# 10 rows in five groups of one score: (score, goods, bads)
GROUPS = ((0.1, 3, 0), (0.2, 2, 1), (0.4, 1, 1), (0.6, 0, 1), (0.8, 0, 1))
TABLE = ScoreTable((0.0, 0.1, 0.2, 0.4, 0.6, 0.8, 1.0), (4, 4, 4, 3, 2, 1, 0), (6, 6, 3, 1, 0, 0, 0))


def table_of(is_bad: np.ndarray, score: np.ndarray) -> ScoreTable:
    ranking = Ranking.of(is_bad, score)
    return score_table(ranking, cutoffs_of(ranking, 0.5))


def by_rule(rows: tuple[StrategyRow, ...]) -> dict[str, StrategyRow]:
    return {row.rule: row for row in rows}


def test_every_rule_on_ten_rows_by_hand() -> None:
    """Gain 1, loss 2: profit at 0.1, 0.2, ... is 0, 3, 5 - 2, 6 - 4, 6 - 6, 6 - 8."""
    targets = Targets(recall=0.75, precision=0.7, approval_rate=0.5, bad_rate=0.15)
    found = by_rule(strategy(TABLE, TABLE, Worth(gain=1, loss=2), targets))
    assert found["highest_profit"].cutoff == 0.2  # 3 at 0.2 and at 0.4: the more cautious
    assert found["least_cost"].cutoff == 0.2
    assert found["break_even"].cutoff == 0.4  # 1/3
    assert "0.3333" in found["break_even"].note
    assert found["youden"].cutoff == 0.4  # 3/4 - 1/6, against 4/4 - 3/6 at 0.2
    assert found["highest_f1"].cutoff == 0.4  # 6/8, against 8/11 and 4/6
    assert found["approval_rate"].cutoff == 0.4  # 3 or 6 of 10 are approved: 60% is the nearer
    assert "60% is the nearest" in found["approval_rate"].note
    assert found["bad_rate"].cutoff == 0.2  # none of 3, then 1 of 6
    assert found["recall"].cutoff == 0.4
    assert found["precision"].cutoff == 0.4  # 3 of 4
    row = found["youden"]
    assert (row.approved, row.bads_avoided, row.goods_lost, row.n_rows, row.n_bad) == (6, 3, 1, 10, 4)
    assert row.approval_rate is not None
    assert row.approval_rate.value == 0.6
    assert (row.approval_rate.low, row.approval_rate.high) == wilson_interval(6, 10)
    assert row.bad_rate is not None
    assert (row.bad_rate.value, row.bad_rate.low, row.bad_rate.high) == (1 / 6, *wilson_interval(1, 6))
    assert row.profit is not None
    assert row.profit_per_1000 is not None
    assert (row.profit.value, row.profit_per_1000.value) == (3.0, 300.0)


def test_the_interval_of_profit_is_that_of_a_mean() -> None:
    values = [1.0] * 5 + [-2.0] + [0.0] * 4
    se = float(np.std(values, ddof=1)) / math.sqrt(10)
    row = by_rule(strategy(TABLE, TABLE, Worth(gain=1, loss=2)))["youden"]
    assert row.profit is not None
    assert row.profit.low == pytest.approx(10 * (0.3 - 1.959964 * se), abs=1e-6)
    assert row.profit.high == pytest.approx(10 * (0.3 + 1.959964 * se), abs=1e-6)


def test_least_cost_and_highest_profit_agree_unless_costs_are_said() -> None:
    worth = Worth(gain=3, loss=4)
    rows = strategy(TABLE, TABLE, worth)
    found = by_rule(rows)
    assert found["highest_profit"].cutoff == found["least_cost"].cutoff
    for row in rows:
        if row.cutoff is not None:
            assert row.profit is not None
            assert row.cost is not None
            assert row.cost.value == pytest.approx(3 * 6 - row.profit.value)  # gain · goods - profit
    other = by_rule(strategy(TABLE, TABLE, Worth(gain=3, loss=4, missed_bad=100, false_alarm=1)))
    assert other["highest_profit"].cutoff == found["highest_profit"].cutoff
    assert other["least_cost"].cutoff == 0.2  # no bad is missed


def test_margin_lgd_and_exposure_make_the_break_even() -> None:
    worth = Worth.parse({"gain": "0.04", "lgd": 0.45, "ead": 0.8, "amount": "loan"})
    assert worth.loss == pytest.approx(0.36)
    assert worth.break_even == pytest.approx(0.04 / (0.04 + 0.45 * 0.8))
    assert Worth.parse(worth.to_json()) == worth


def test_what_cannot_be_reached_says_why() -> None:
    table = ScoreTable((0.0, 0.5, 1.0), (5, 3, 0), (5, 4, 0))
    found = by_rule(strategy(table, table, Worth(), Targets(precision=0.9, bad_rate=0.01)))
    assert found["precision"].cutoff is None
    assert "at most 50% are" in found["precision"].note
    assert found["precision"].approval_rate is None
    assert found["bad_rate"].cutoff is None
    assert "at least 50% are" in found["bad_rate"].note
    none = ScoreTable((0.0, 0.5, 1.0), (0, 0, 0), (5, 4, 0))
    for name in ("youden", "highest_f1", "recall"):
        row = by_rule(strategy(none, none, Worth()))[name]
        assert row.cutoff is None
        assert "no bad" in row.note
    everyone_bad = ScoreTable((0.0, 0.5, 1.0), (5, 5, 5), (0, 0, 0))
    assert "all are refused" in by_rule(strategy(everyone_bad, everyone_bad, Worth()))["bad_rate"].note
    assert by_rule(strategy(table, table, Worth(), is_probability=False))["break_even"].cutoff is None


def test_a_share_of_a_handful_of_rows_is_told_as_that() -> None:
    table = ScoreTable((0.0, 0.5, 0.9, 1.0), (100, 40, 3, 0), (900, 100, 0, 0))
    found = by_rule(strategy(table, table, Worth(), Targets(precision=0.9, bad_rate=0.08)))
    assert found["precision"].cutoff == 0.9
    assert "Found on 3 rows that are refused" in found["precision"].note
    assert found["bad_rate"].note == ""
    assert found["bad_rate"].cutoff == 0.5


def test_cutoffs_are_exact_on_both_parts_and_reported_on_the_other() -> None:
    random = np.random.default_rng(1)
    is_bad = random.random(4_000) < 0.3
    score = np.clip(random.normal(0.3 + 0.2 * is_bad, 0.2), 0, 1)
    half = np.arange(4_000) % 2 == 0
    chosen, judged = table_of(is_bad[half], score[half]), table_of(is_bad[~half], score[~half])
    cutoffs = common_cutoffs(chosen, judged)
    for row in strategy(chosen, judged, Worth(gain=1, loss=3), given={"Saved": 0.5}):
        if row.cutoff is None:
            continue
        assert row.cutoff in cutoffs
        refused = score[~half] >= row.cutoff
        tn, fp, fn, tp = confusion_matrix(is_bad[~half], refused).ravel()
        assert (row.approved, row.bads_avoided, row.goods_lost) == (tn + fn, tp, fp)
        assert row.f1 == pytest.approx(f1_score(is_bad[~half], refused, zero_division=0))
        assert row.profit is not None
        assert row.profit.value == pytest.approx(tn - 3 * fn)
        assert row.rule != "given" or row.cutoff == 0.5


rows_of_scores = st.lists(st.tuples(st.booleans(), st.integers(0, 40)), min_size=2, max_size=60).filter(
    lambda rows: len({bad for bad, _ in rows}) == 2
)
shares = st.floats(0.01, 0.99)


@settings(deadline=None)
@given(rows_of_scores, shares, shares, st.floats(0.1, 10), st.floats(0.1, 10))
def test_no_other_cutoff_does_better(rows: list[tuple[bool, int]], share: float, other: float, gain: float, loss: float) -> None:
    is_bad, score = np.array([bad for bad, _ in rows]), np.array([place for _, place in rows]) / 40
    table, targets = table_of(is_bad, score), Targets(recall=share, precision=other, approval_rate=share, bad_rate=other)
    found = by_rule(strategy(table, table, Worth(gain=gain, loss=loss), targets))
    every = {cutoff: confusion_at(table, cutoff) for cutoff in table.cutoffs}

    def at(rule: str) -> float:
        cutoff = found[rule].cutoff
        assert cutoff is not None
        return cutoff

    profit = {cutoff: gain * c.tn - loss * c.fn for cutoff, c in every.items()}
    assert profit[at("highest_profit")] >= max(profit.values()) - 1e-9
    cost = {cutoff: gain * c.fp + loss * c.fn for cutoff, c in every.items()}
    assert cost[at("least_cost")] <= min(cost.values()) + 1e-9
    f1 = {cutoff: f1_score(is_bad, score >= cutoff, zero_division=0) for cutoff in set(score) | {0.0}}
    assert f1_score(is_bad, score >= at("highest_f1")) == pytest.approx(max(f1.values()))
    n_bad, n_good, n = is_bad.sum(), (~is_bad).sum(), len(is_bad)
    gap = {cutoff: c.tp / n_bad - c.fp / n_good for cutoff, c in every.items()}
    assert gap[at("youden")] == pytest.approx(max(gap.values()))
    approved = {cutoff: (c.tn + c.fn) / n for cutoff, c in every.items()}
    assert abs(approved[at("approval_rate")] - share) == pytest.approx(min(abs(rate - share) for rate in approved.values()))
    assert at("recall") == max(cutoff for cutoff, c in every.items() if c.tp / n_bad >= share - 1e-12)
    assert abs(at("break_even") - gain / (gain + loss)) == min(abs(cutoff - gain / (gain + loss)) for cutoff in every)
    good_enough = [cutoff for cutoff, c in every.items() if c.tp + c.fp and c.tp / (c.tp + c.fp) >= other]
    assert found["precision"].cutoff == (min(good_enough) if good_enough else None)
    kept = [cutoff for cutoff, c in every.items() if c.tn + c.fn and c.fn / (c.tn + c.fn) <= other]
    assert found["bad_rate"].cutoff == (max(kept) if kept else None)


def test_ks_is_where_the_gap_of_the_distributions_is() -> None:
    from scipy.stats import ks_2samp

    random = np.random.default_rng(5)
    is_bad = random.random(500) < 0.4
    score = np.round(np.clip(random.normal(0.4 + 0.15 * is_bad, 0.15), 0, 1), 3)
    cutoff = by_rule(strategy(table_of(is_bad, score), table_of(is_bad, score), Worth()))["youden"].cutoff
    gap = (score[is_bad] >= cutoff).mean() - (score[~is_bad] >= cutoff).mean()
    assert gap == pytest.approx(ks_2samp(score[is_bad], score[~is_bad]).statistic)


def test_rows_are_plain_json() -> None:
    rows = strategy(TABLE, TABLE, Worth(), flatters=True, given={"Saved": 0.4})
    plain = json.loads(json.dumps([row.to_json() for row in rows], allow_nan=False))
    assert [row["rule"] for row in plain] == [*(rule.name for rule in RULES), "given"]
    assert all(row["flatters"] for row in plain if row["cutoff"] is not None and row["rule"] != "given")


def test_the_curve_is_the_profit_of_each_cutoff() -> None:
    curve = profit_curve(TABLE, Worth(gain=1, loss=2))
    assert curve.profit == (0, 0, 3, 3, 2, 0, -2)
    assert curve.approval_rate == (0, 0, 0.3, 0.6, 0.8, 0.9, 1.0)
    assert all(a <= b for a, b in pairwise(curve.approval_rate))
    assert curve.low[0] == curve.high[0] == 0


def test_amounts_count_each_applicant_by_what_is_lent() -> None:
    random = np.random.default_rng(2)
    n = 3_000
    is_bad = random.random(n) < 0.2
    score = np.clip(random.normal(0.2 + 0.2 * is_bad, 0.15), 0, 1)
    amount = np.round(random.lognormal(8, 1, n))
    amount[:7] = np.nan
    table = table_of(is_bad, score)
    sums = AmountSums.of(is_bad, score, amount, table.cutoffs)
    assert (sums.n_rows, sums.n_missing) == (n - 7, 7)
    worth = Worth(gain=0.04, loss=0.36, amount="loan")
    known = ~np.isnan(amount)
    for row in strategy(table, table, worth, amounts=(sums, sums)):
        if row.cutoff is None:
            continue
        each = np.where(score >= row.cutoff, 0.0, np.where(is_bad, -0.36, 0.04) * amount)[known]
        assert row.profit is not None
        assert row.profit_per_1000 is not None
        assert row.profit.value == pytest.approx(each.sum())
        assert row.profit_per_1000.value == pytest.approx(1000 * each.mean())
        se = each.std(ddof=1) / math.sqrt(len(each))
        assert row.profit_per_1000.high == pytest.approx(1000 * (each.mean() + 1.959964 * se), rel=1e-6)


def test_equal_amounts_are_counts() -> None:
    is_bad = np.repeat([False, True] * 5, [n for _, goods, bads in GROUPS for n in (goods, bads)])
    score = np.repeat([s for s, _, _ in GROUPS for _ in "gb"], [n for _, goods, bads in GROUPS for n in (goods, bads)])
    sums = AmountSums.of(is_bad, score, np.ones(10), TABLE.cutoffs)
    assert sums == AmountSums.of_counts(TABLE)


@pytest.mark.parametrize(("amount", "sentence"), [([np.nan, np.nan], "no amount"), ([1, -2], "below 0"), ([1.0, np.inf], "inf")])
def test_a_column_that_is_no_amount_is_refused(amount: list[float], sentence: str) -> None:
    from pipeline.errors import UnusableData

    with pytest.raises(UnusableData, match=sentence):
        AmountSums.of(np.array([True, False]), np.array([0.1, 0.2]), np.array(amount), (0.0, 0.5, 1.0))


def test_intervals_of_profit_hold_the_truth_19_times_of_20() -> None:
    """2,000 draws of 1,500 applicants; the expected profit of each is known."""
    random = np.random.default_rng(3)
    grid = np.array([0.05, 0.2, 0.35, 0.6])  # the score is the truth
    shares_of = np.array([0.4, 0.3, 0.2, 0.1])
    truth = 1000 * float((shares_of * (1 - grid) * 1 - shares_of * grid * 4)[:2].sum())  # approved below 0.35
    within = 0
    for _ in range(2_000):
        score = random.choice(grid, 1_500, p=shares_of)
        is_bad = random.random(1_500) < score
        cutoffs = (0.0, 0.2, 0.35, 0.6)
        bads = tuple(int((is_bad & (score >= c)).sum()) for c in cutoffs)
        goods = tuple(int((~is_bad & (score >= c)).sum()) for c in cutoffs)
        table = ScoreTable(cutoffs, bads, goods)
        row = strategy(table, table, Worth(gain=1, loss=4), given={"here": 0.35})[-1]
        assert row.profit_per_1000 is not None
        low, high = row.profit_per_1000.low, row.profit_per_1000.high
        assert low is not None
        assert high is not None
        within += low <= truth <= high
    assert 0.935 < within / 2_000 < 0.965
