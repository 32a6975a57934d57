"""Columns as levels: round edges near quantiles, dates by period, rare levels together, gaps by themselves."""

import datetime

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import InvalidSpec
from pipeline.levels import MISSING, OTHER
from pipeline.segments.edges import checked_edges, interval_texts, nice_edges
from pipeline.segments.levels import Levels, levels_of


def levels(values: object, **options: object) -> Levels:
    return levels_of(pa.table({"x": values}), "x", **options)


def counted(found: Levels) -> dict[str, int]:
    return dict(zip(found.texts, np.bincount(found.codes, minlength=len(found.texts)).tolist(), strict=True))


def test_ages_get_edges_that_people_would_choose() -> None:
    assert nice_edges(np.repeat(np.arange(18.0, 78.0), 10)) == (30, 40, 50, 60, 70)
    assert interval_texts((20, 30, 65), True, 18) == ("under 20", "20 to 29", "30 to 64", "65 and over")


def test_amounts_have_thousands_and_shares_are_not_counted() -> None:
    assert interval_texts((30_000, 50_000), True, 4_000) == ("under 30,000", "30,000 to 50,000", "50,000 and over")
    assert interval_texts((0.1, 0.3), False, 0.01) == ("under 0.1", "0.1 to 0.3", "0.3 and over")


def test_a_crowd_of_zeros_stands_alone() -> None:
    values = np.array([0] * 50 + [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] * 5, float)
    edges = nice_edges(values)
    assert edges[0] == 1
    assert interval_texts(edges, True, 0)[0] == "0"
    assert len(edges) <= 5


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.one_of(st.integers(-1000, 100_000).map(float), st.floats(allow_nan=False, allow_infinity=False)), max_size=300),
    st.integers(2, 8),
)
def test_edges_ascend_within_the_values_and_no_interval_is_empty_at_the_ends(values: list[float], most: int) -> None:
    numbers = np.array(values)
    edges = nice_edges(numbers, most)
    assert list(edges) == sorted(set(edges))
    assert len(edges) < most
    if len(set(values)) < 2:
        assert edges == ()
    else:
        assert edges
        assert numbers.min() < edges[0]
        assert edges[-1] <= numbers.max()
        assert len(interval_texts(edges, False, float(numbers.min()))) == len(edges) + 1


def test_intervals_hold_about_as_many_rows_each() -> None:
    values = np.random.default_rng(1).lognormal(10.8, 0.5, 50_000)
    shares = np.bincount(np.searchsorted(nice_edges(values), values, side="right")) / len(values)
    assert len(shares) == 6
    assert shares.min() > 0.08
    assert shares.max() < 0.26


def test_few_numbers_are_levels_as_they_are() -> None:
    assert counted(levels([3.0, 1.0, None, 1.0, 2.5])) == {"1": 2, "2.5": 1, "3": 1, MISSING: 1}
    assert counted(levels([0, 1, 1])) == {"0": 1, "1": 2}


def test_infinite_numbers_count_as_gaps() -> None:
    assert counted(levels(pa.array([np.inf, 1.0, np.nan]))) == {"1": 1, MISSING: 2}


def test_edges_as_asked_for_and_intervals_without_rows_are_not_listed() -> None:
    found = levels([19, 25, 44, 70, None], bins={"x": (20, 30, 40, 65)})
    assert counted(found) == {"under 20": 1, "20 to 29": 1, "40 to 64": 1, "65 and over": 1, MISSING: 1}


@pytest.mark.parametrize("edges", [(), (3, 2), (1, 1), (1, float("nan")), tuple(range(60))])
def test_edges_that_are_none_are_refused(edges: tuple[float, ...]) -> None:
    with pytest.raises(InvalidSpec):
        checked_edges("age", edges)


def test_edges_of_a_category_are_refused() -> None:
    with pytest.raises(InvalidSpec, match="holds no numbers"):
        levels(["a", "b"], bins={"x": (1, 2)})


def test_numbers_that_are_codes_are_levels() -> None:
    assert set(levels(list(range(10)), categorical=["x"]).texts) == {str(k) for k in range(10)}


def test_rare_levels_are_one_and_it_is_said() -> None:
    values = [f"p{k:02}" for k in range(25) for _ in range(25 - k)] + [None]
    found = levels(values)
    assert len(found.texts) == 22
    assert found.texts[-2:] == (OTHER, MISSING)
    assert counted(found)[OTHER] == 1 + 2 + 3 + 4 + 5
    assert found.grouped == "25 levels; the 20 with the most rows stand alone, the other 5 are (other)"


def test_levels_that_are_named_like_ours_share_them() -> None:
    assert counted(levels(["a", MISSING, None])) == {MISSING: 2, "a": 1}


def test_a_column_without_values_is_one_segment() -> None:
    for kind in (pa.null(), pa.string(), pa.float64(), pa.date32()):
        assert counted(levels(pa.nulls(3, kind))) == {MISSING: 3}


def days(*texts: str | None) -> pa.Array:
    return pa.array([None if text is None else datetime.date.fromisoformat(text) for text in texts], pa.date32())


def test_dates_go_by_the_shortest_period_that_gives_few() -> None:
    assert counted(levels(days("2024-01-31", "2024-03-01", None))) == {"2024-01": 1, "2024-03": 1, MISSING: 1}
    assert counted(levels(days("2023-01-31", "2024-05-01"))) == {"2023 Q1": 1, "2024 Q2": 1}
    assert counted(levels(days("2015-01-31", "2024-05-01"))) == {"2015": 1, "2024": 1}
    many = levels(days(*(f"{year}-06-01" for year in range(1960, 2020))))
    assert len(many.texts) <= 6
    assert many.how == "by year, in intervals"
    assert "," not in "".join(many.texts)


def test_truth_values_and_times_of_day_are_levels() -> None:
    assert counted(levels([True, False, None])) == {"False": 1, "True": 1, MISSING: 1}
    assert counted(levels(pa.array([datetime.datetime(2024, 5, 1, 12, tzinfo=datetime.UTC)]))) == {"2024-05": 1}


def test_special_codes_are_levels_or_gaps_and_move_no_edge() -> None:
    values = [*range(20, 80), -9, -9, -8, None]
    codes = (("x", (("-9", "level"), ("-8", "missing"), ("none", "level"))),)
    plain, found = levels([*range(20, 80), None]), levels(values, special_codes=codes)
    assert found.texts == (*plain.texts[:-1], "-9", MISSING)
    assert counted(found) == {**counted(plain), "-9": 2, MISSING: 2}
    texts = (("x", (("n/a", "missing"), ("refused", "level"))),)
    assert counted(levels(["a", "n/a", "refused", None], special_codes=texts)) == {"a": 1, "refused": 1, MISSING: 2}
