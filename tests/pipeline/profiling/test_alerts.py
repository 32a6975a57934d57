"""What deserves a look, found in the numbers."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from pipeline.profiling import profile
from pipeline.profiling.alerts import MOST_ALERTS
from pipeline.profiling.results import Alert, Profile
from pipeline.reading import check_and_open
from tests.pipeline.profiling.profiled import profiled, table


def alerts(found: Profile, kind: str) -> list[Alert]:
    return [alert for alert in found.alerts if alert.kind == kind]


def base(n: int = 2_000) -> dict[str, np.ndarray]:
    draw = np.random.default_rng(5)
    return {
        "income": draw.lognormal(8, 0.5, n),
        "age": draw.integers(18, 70, n),
        "y": np.where(draw.random(n) < 0.2, "bad", "good"),
    }


def test_clean_columns_raise_no_alert() -> None:
    assert profiled(table(**base()), "y").alerts == ()


def test_impossible_ages_of_the_credit_risk_data(public: Callable[[str], Path]) -> None:
    """Ages of 123 and 144, employments of 123 years, and 165 copies are known faults of this file."""
    opened = check_and_open(public("credit/credit_risk_dataset.csv"), filename="credit_risk_dataset.csv")
    found = profile(opened.chunks(), opened.columns, target="loan_status")
    assert [alert.title for alert in alerts(found, "outliers")] == [
        "5 values of person_age lie over 100",
        "2 values of person_emp_length lie over 50",
    ]
    assert alerts(found, "outliers")[0].remedy == "missing"
    assert alerts(found, "duplicate_rows")[0].title == "165 rows are exact copies"
    assert found.alerts[0].tone == "caution"


def test_the_row_number_of_islr_default(public: Callable[[str], Path]) -> None:
    opened = check_and_open(public("logit/ISLR_Default.csv"), filename="ISLR_Default.csv")
    found = profile(opened.chunks(), opened.columns, target="default")
    [alert] = alerts(found, "row_number")
    assert (alert.column, alert.remedy) == ("rownames", "identifier")


def test_columns_that_give_the_outcome_away() -> None:
    rows = base()
    bad = rows["y"] == "bad"
    draw = np.random.default_rng(1)
    rows["score"] = bad * 3 + draw.normal(size=len(bad)) * 0.3
    rows["paid"] = np.where(bad, 100.0 + np.arange(len(bad)) % 7, np.nan)
    rows["recoveries"] = draw.lognormal(0, 0.3, len(bad))
    found = alerts(profiled(table(**rows), "y"), "leak")
    assert {(alert.column, alert.tone, alert.remedy) for alert in found} == {
        (name, "caution", "exclude") for name in ("score", "paid", "recoveries")
    }


def test_columns_that_carry_nothing() -> None:
    rows = base()
    n = len(rows["y"])
    found = profiled(
        table(
            **rows,
            one=["x"] * n,
            none=[None] * n,
            again=rows["income"],
            customer=np.random.default_rng(1).permutation(n) * 7 + 1e6,
        ),
        "y",
    )
    kinds = {(alert.kind, alert.column, alert.remedy) for alert in found.alerts}
    assert {("constant", "one", "exclude"), ("all_missing", "none", "exclude"), ("duplicate", "again", "exclude")} <= kinds


@pytest.mark.parametrize("codes", [[-9], [-9, -8, -7], [-999], [9999], [99999]])
def test_codes_for_missing_are_suspected(codes: list[int]) -> None:
    rows = base()
    rows["age"] = np.where(np.arange(2_000) % 20 == 0, np.resize(codes, 2_000), rows["age"])
    found = profiled(table(**rows), "y")
    [alert] = alerts(found, "special_codes")
    assert (alert.column, alert.remedy) == ("age", "missing")
    assert {code for code, _ in found.columns[1].suspected_codes} == {str(code) for code in codes}
    assert sum(rows for _, rows in found.columns[1].suspected_codes) == 100
    assert not alerts(found, "outliers")


def test_numbers_that_belong_are_no_codes() -> None:
    draw = np.random.default_rng(1)
    rows = base() | {
        "balance": draw.integers(-50, 50, 2_000),
        "share": draw.integers(0, 100, 2_000),
        "n": draw.integers(0, 1_000, 2_000),
    }
    assert not alerts(profiled(table(**rows), "y"), "special_codes")


def test_gaps_that_tell_and_gaps_that_are_most_of_a_column() -> None:
    rows = base()
    bad = rows["y"] == "bad"
    draw = np.random.default_rng(1)
    rows["employer_years"] = np.where(draw.random(2_000) < np.where(bad, 0.4, 0.1), np.nan, rows["age"])
    rows["rarely_known"] = np.where(draw.random(2_000) < 0.7, np.nan, rows["income"])
    found = profiled(table(**rows), "y")
    assert [alert.column for alert in alerts(found, "missing_tells")] == ["employer_years"]
    assert [alert.title for alert in alerts(found, "high_missing")] == ["rarely_known is missing in 71% of rows"]


@pytest.mark.parametrize(
    ("n_bad", "kind", "tone"), [(0, "one_class", "caution"), (12, "rare_outcome", "caution"), (80, "imbalance", "info")]
)
def test_outcomes_with_few_of_a_class(n_bad: int, kind: str, tone: str) -> None:
    rows = base()
    rows["y"] = np.where(np.arange(2_000) < n_bad, "bad", "good")
    [alert] = [
        alert
        for alert in profiled(table(**rows), "y").alerts
        if alert.column == "y" or alert.kind in {"rare_outcome", "imbalance"}
    ]
    assert (alert.kind, alert.tone) == (kind, tone)


def test_many_levels() -> None:
    rows = base()
    rows["branch"] = np.char.add("branch ", (np.arange(2_000) % 80).astype(str))
    [alert] = alerts(profiled(table(**rows), "y"), "many_levels")
    assert alert.title == "branch has 80 levels"


def test_many_alerts_end_with_how_many_more_there_are() -> None:
    rows = base() | {f"empty {place}": [None] * 2_000 for place in range(60)}
    found = profiled(table(**rows), "y").alerts
    assert len(found) == MOST_ALERTS
    assert found[-1].title == "And 21 more"
