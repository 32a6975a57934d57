"""Two tables compared: the population stability index of each column."""

import json
import math

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from pipeline.errors import UnusableData
from pipeline.profiling import compare
from pipeline.profiling.comparing import population_stability_index
from pipeline.profiling.number_shift import _short
from pipeline.profiling.results import Comparison, Shift
from tests.pipeline.profiling.profiled import Codes, summaries, table, with_gaps


def compared(first: pa.Table, second: pa.Table, *, target: str | None = None, codes: Codes | None = None) -> Comparison:
    return compare(
        first.to_batches(max_chunksize=700),
        second.to_batches(max_chunksize=900),
        summaries(first, codes),
        summaries(second, codes),
        names=("first", "second"),
        target=target,
    )


def shift(first: pa.Table, second: pa.Table, codes: Codes | None = None) -> Shift:
    return compared(first, second, codes=codes).shifts[0]


def test_the_index_by_hand() -> None:
    """50/50 against 80/20: 0.3 ln 1.6 + 0.3 ln 2.5."""
    assert population_stability_index([50, 50], [80, 20]) == pytest.approx(0.3 * math.log(1.6) + 0.3 * math.log(2.5))
    assert population_stability_index([50, 50], [100, 0]) == pytest.approx(0.5 * math.log(2) + (0.5 - 0.005) * math.log(100))
    assert population_stability_index([50, 50, 0], [50, 50, 0]) == 0
    assert population_stability_index([], [1]) is None


@pytest.mark.parametrize(
    "draw_values",
    [
        lambda draw, at, n: draw.integers(0, 300, n) + at,
        lambda draw, at, n: np.round(draw.lognormal(8, 1, n), 2) * (1 + at / 100),
        lambda draw, at, n: draw.normal(1e6, 1, n) + at / 10,
    ],
    ids=["whole", "amounts", "large and close together"],
)
def test_numbers_over_the_tenths_of_the_reference(draw_values) -> None:  # type: ignore[no-untyped-def]
    draw = np.random.default_rng(1)
    first, second = draw_values(draw, 0, 60_000), draw_values(draw, 20, 30_000)
    found = shift(table(x=first, y=first), table(x=second, y=second))
    tenths = np.quantile(first, np.arange(1, 10) / 10)
    by_hand = [np.bincount(np.searchsorted(tenths, values, side="right"), minlength=10) for values in (first, second)]
    assert found.psi == pytest.approx(population_stability_index(*map(list, by_hand)), rel=0.05)
    assert len(found.bands) == 10
    assert found.bands[0][0].startswith("under ")
    assert found.bands[-1][0].endswith(" and more")
    assert [_short(end) for end in (-12345.6, 67980.0, 0.25, -3.0)] == ["−12345.6", "67,980", "0.25", "−3"]
    assert [sum(band[side] for band in found.bands) for side in (1, 2)] == [60_000, 30_000]  # type: ignore[misc]


def test_the_same_rows_have_not_shifted() -> None:
    draw = np.random.default_rng(1)
    rows = table(a=with_gaps(draw.normal(size=2_000), 0.1, draw), b=np.array(["u", "v"])[draw.integers(0, 2, 2_000)],
                 c=draw.integers(0, 4, 2_000), d=draw.integers(0, 2_000, 2_000).astype("datetime64[D]"),
                 e=draw.random(2_000) < 0.5, f=np.round(draw.lognormal(8, 1, 2_000), 2))  # fmt: skip
    found = compared(rows, rows)
    assert [entry.psi for entry in found.shifts] == [0] * 6
    assert Comparison.from_json(json.loads(json.dumps(found.to_json()))) == found


def test_few_values_are_bands_and_new_values_are_other() -> None:
    found = shift(table(x=[1, 2, 2, 3] * 10, y=range(40)), table(x=[1, 2, 5, None] * 10, y=range(40)))
    assert found.bands == (("1", 10, 10), ("2", 20, 10), ("3", 10, 0), ("(other)", 0, 10), ("(missing)", 0, 10))


def test_special_codes_are_bands_of_their_own() -> None:
    codes = {"x": (("-9", "level"),)}
    first, second = np.arange(100.0), np.append(np.arange(80.0), [-9.0] * 20)
    found = shift(table(x=first, y=first), table(x=second, y=second), codes)
    assert found.bands[-1] == ("-9", 0, 20)
    assert found.bands[0][2] == found.bands[0][1]


def test_rare_levels_are_pooled_and_new_ones_that_are_large_are_not() -> None:
    first = ["a"] * 700 + ["b"] * 290 + [f"rare {place}" for place in range(10)]
    second = ["a"] * 600 + ["b"] * 290 + ["new"] * 100 + ["newer"] * 5 + [None] * 5
    found = shift(table(x=first, y=range(1_000)), table(x=second, y=range(1_000)))
    assert found.bands == (("a", 700, 600), ("b", 290, 290), ("new", 0, 100), ("(other)", 10, 5), ("(missing)", 0, 5))
    assert found.psi == pytest.approx(population_stability_index([700, 290, 0, 10, 0], [600, 290, 100, 5, 5]))


def test_dates_outside_are_before_and_after() -> None:
    first = pd.date_range("2020-01-01", periods=400).date
    second = pd.date_range("2019-12-22", periods=500).date
    found = shift(table(x=first, y=range(400)), table(x=second, y=range(500)))
    assert found.bands[0] == ("before 2020-01-01", 0, 10)
    assert found.bands[1] == ("2020-01-01 to 2020-02-09", 40, 40)
    assert found.bands[-1] == ("after 2021-02-03", 0, 90)
    assert [band[1] for band in found.bands[1:-1]] == [40] * 10


def test_what_cannot_be_compared_says_why() -> None:
    first = table(x=[1, 2, 3, 4], only=[1, 2, 3, 4], note=pa.array(["p", "q", "r", "s"]), y=["good", "bad", "good", "bad"])
    first = first.set_column(2, "note", pa.array(["p q", "r s", "t u", "v w"]))
    second = table(x=["a", "b", "a", "b"], new=[1, 2, 3, 4], y=["good", "good", "good", "bad"]).append_column(
        "note", [["1 2", "3", "4", "5"]]
    )
    found = compared(first, second, target="y")
    assert (found.only_reference, found.only_other) == (("only",), ("new",))
    assert (found.bad_rate_reference, found.bad_rate_other) == (0.5, 0.25)
    notes = {entry.name: (entry.psi, entry.note) for entry in found.shifts}
    assert notes["x"] == (None, "It is a number in one and a category in the other.")
    assert notes["note"] == (None, "Free text has no bands to compare.")


def test_rows_that_are_not_those_of_the_summaries_are_refused() -> None:
    rows = table(x=[1, 2, 3, 4], y=["a", "b", "a", "b"])
    with pytest.raises(UnusableData, match="not those of the summaries"):
        compared(rows, rows.slice(0, 0))
    known = summaries(rows)
    with pytest.raises(UnusableData, match="not those of the summaries"):
        compare(rows.to_batches(), rows.slice(2).to_batches(), known, known, names=("a", "b"))
