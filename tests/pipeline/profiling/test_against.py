"""Bands, weight of evidence, information value and AUC against a two-class outcome."""

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score
from statsmodels.stats.proportion import proportion_confint

from pipeline.errors import InvalidSpec
from pipeline.profiling import profile
from pipeline.profiling.against import level_auc, wilson_interval
from pipeline.reading import check_and_open
from tests.pipeline.profiling.profiled import profiled, table


@pytest.mark.parametrize(("n_bad", "n"), [(0, 1), (0, 50), (1, 3), (7, 100), (50, 50), (7_108, 32_581)])
def test_wilson_interval_is_that_of_statsmodels(n_bad: int, n: int) -> None:
    assert wilson_interval(n_bad, n) == pytest.approx(proportion_confint(n_bad, n, method="wilson"), abs=1e-12)


def test_german_credit_has_the_published_information_values(public: Callable[[str], Path]) -> None:
    """Of the levels of three columns, as iv.mult of R's package woe (Greif) prints them for the same data: 0.666011503,
    0.293233547 and 0.196009557. (PDtoolkit's stepMIV prints 0.6660115 and 0.2932335.)"""
    opened = check_and_open(public("credit/german_credit.csv"), filename="german_credit.csv")
    found = profile(opened.chunks(), opened.columns, target="creditability")
    values = {column.name[:20]: column.information_value for column in found.columns}
    assert values["status_of_existing_c"] == pytest.approx(0.666011503, abs=5e-10)
    assert values["credit_history"] == pytest.approx(0.293233547, abs=5e-10)
    assert values["savings_account_and_"] == pytest.approx(0.196009557, abs=5e-10)
    assert (found.n_bad, found.bad_rate) == (300, 0.3)


def test_weight_of_evidence_by_hand() -> None:
    """a: 30 goods and 10 bads, b: 10 and 30, missing: 10 and 10; 50 goods and 50 bads."""
    rows = table(
        x=["a"] * 40 + ["b"] * 40 + [None] * 20,
        y=["good"] * 30 + ["bad"] * 10 + ["good"] * 10 + ["bad"] * 30 + ["good"] * 10 + ["bad"] * 10,
    )
    found = profiled(rows, "y").columns[0]
    assert [(band.level, band.n, band.n_bad, band.bad_rate) for band in found.bands] == [
        ("a", 40, 10, 0.25), ("b", 40, 30, 0.75), ("(missing)", 20, 10, 0.5),
    ]  # fmt: skip
    assert [band.weight_of_evidence for band in found.bands] == pytest.approx([math.log(3), -math.log(3), 0])
    assert found.information_value == pytest.approx(0.4 * math.log(3) * 2)


def test_a_band_without_a_class_counts_half_a_row_more_of_each() -> None:
    found = profiled(table(x=["a"] * 10 + ["b"] * 30, y=["bad"] * 10 + ["good"] * 20 + ["bad"] * 10), "y").columns[0]
    b, a = found.bands
    assert (a.level, a.n_bad, a.bad_rate) == ("a", 10, 1.0)
    assert a.weight_of_evidence == pytest.approx(math.log((0.5 / 20) / (10.5 / 20)))
    assert b.weight_of_evidence == pytest.approx(math.log((20 / 20) / (10 / 20)))
    assert found.information_value == pytest.approx((0.5 - 10.5) / 20 * a.weight_of_evidence + 0.5 * b.weight_of_evidence)


def test_rows_without_an_outcome_count_in_no_band() -> None:
    rows = table(x=[1, 1, 2, 2, 2, 2], c=["p", "p", "q", "q", "q", "q"], y=["good", "bad", "good", "bad", None, None])
    found = profiled(rows, "y")
    assert (found.n_unknown, found.n_bad, found.bad_rate) == (2, 2, 0.5)
    for column in found.columns[:2]:
        assert [(band.n, band.n_bad) for band in column.bands] == [(2, 1), (2, 1)]
    assert found.columns[0].mean == pytest.approx(10 / 6), "in everything else they count"
    assert dict(found.columns[1].top) == {"p": 2, "q": 4}


def test_the_most_frequent_levels_have_bands_and_the_rest_is_other() -> None:
    levels = [f"level {place:02}" for place in range(30) for _ in range(100 - place)]
    found = profiled(table(x=levels, y=np.arange(len(levels)) % 2)).columns[0]
    assert [band.level for band in found.bands] == [f"level {place:02}" for place in range(20)] + ["(other)"]
    assert found.bands[-1].n == sum(100 - place for place in range(20, 30))
    assert len(found.top) == 30


def test_levels_of_pure_chance_have_no_auc() -> None:
    """Ranked by their own bad rates, 500 levels of 4 rows each reach an AUC over 0.7 on an outcome that knows nothing of them."""
    draw = np.random.default_rng(8)
    codes, bad = draw.integers(0, 500, 2_000), draw.random(2_000) < 0.3
    rates = np.bincount(codes, bad) / np.maximum(np.bincount(codes), 1)
    assert roc_auc_score(bad, rates[codes]) > 0.7
    found = profiled(table(x=np.char.add("level ", codes.astype(str)), y=np.where(bad, "bad", "good")), "y").columns[0]
    assert found.auc is not None
    assert 0.5 <= found.auc < 0.54


def test_levels_that_tell_have_nearly_the_auc_of_their_rates() -> None:
    draw = np.random.default_rng(8)
    codes = draw.integers(0, 6, 20_000)
    bad = draw.random(20_000) < codes / 8
    found = profiled(table(x=np.char.add("level ", codes.astype(str)), y=np.where(bad, "bad", "good")), "y").columns[0]
    assert found.auc == pytest.approx(roc_auc_score(bad, codes), abs=2e-3)
    assert found.auc_direction is None


def test_each_half_of_the_rows_is_ranked_by_the_other() -> None:
    """Level 0 is good in the first half and bad in the second: either half ranks the other one upside down; 0.5 is the least."""
    counts = np.array([[[10, 0], [0, 10]], [[0, 10], [10, 0]]])
    assert level_auc(counts) == 0.5
    same = np.array([[[9, 3], [9, 3]], [[2, 8], [2, 8]]])
    ranked = np.repeat([0, 0, 1, 1], [9, 3, 2, 8])
    assert level_auc(same) == pytest.approx(roc_auc_score(np.repeat([0, 1, 0, 1], [9, 3, 2, 8]), ranked))


def test_a_lower_value_may_be_worse() -> None:
    draw = np.random.default_rng(2)
    x = draw.integers(0, 50, 3_000)
    bad = draw.random(3_000) < 0.6 - x / 100
    found = profiled(table(x=x, y=np.where(bad, 1, 0)), "y").columns[0]
    assert found.auc_direction == "lower"
    assert found.auc == pytest.approx(1 - roc_auc_score(bad, x), abs=1e-12)


def test_many_classes_and_no_outcome_leave_what_is_against_it_empty() -> None:
    rows = table(x=np.arange(90), y=["a", "b", "c"] * 30)
    for found in (profiled(rows, "y"), profiled(rows)):
        assert (found.n_bad, found.bad_rate, found.bad_label) == (None, None, None)
        assert all(column.auc is None and column.information_value is None for column in found.columns)
        assert all(band.n_bad is None and band.weight_of_evidence is None for band in found.columns[0].bands)
    assert dict(profiled(rows, "y").class_counts) == {"a": 30, "b": 30, "c": 30}
    named = profiled(rows, "y", bad_label="c")
    assert (named.n_bad, named.bad_label) == (30, "c")


def test_outcomes_that_are_not_there_are_refused() -> None:
    rows = table(x=[1, 2, 3, 4], y=["a", "b", "a", "b"])
    with pytest.raises(InvalidSpec, match="no column 'z'"):
        profiled(rows, "z")
    with pytest.raises(InvalidSpec, match="no label 'c'"):
        profiled(rows, "y", bad_label="c")


@pytest.mark.parametrize(
    "outcome", [[True, False] * 20, [1.0, 0.0] * 20, [1, 0] * 20, ["yes", "no"] * 20], ids=["truth", "fractions", "whole", "text"]
)
def test_outcomes_of_any_kind(outcome: list[object]) -> None:
    found = profiled(table(x=list(range(40)), y=outcome), "y")
    assert (found.n_bad, found.bad_label in {"True", "1", "yes"}) == (20, True)
