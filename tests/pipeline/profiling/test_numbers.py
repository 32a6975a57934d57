"""Numbers of a column against numpy, pandas and scipy."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from scipy import stats
from sklearn.metrics import roc_auc_score

from pipeline.profiling.results import ColumnProfile
from tests.pipeline.profiling.profiled import profiled, table, with_gaps

N = 60_000
_draw = np.random.default_rng(20)

# Name: values, and whether they are few enough, or so regular, that they are counted one by one.
COLUMNS = {
    "whole numbers": (_draw.integers(0, 600, N).astype(float), True),
    "decimals": (np.round(_draw.uniform(3, 25, N), 2), True),
    "half zeros": (np.where(_draw.random(N) < 0.5, 0.0, _draw.exponential(100, N)), True),
    "few fractions": (_draw.integers(1, 40, N) / 7, True),
    "amounts to the cent": (np.round(_draw.lognormal(8, 1, N), 2), False),
    "around zero": (_draw.normal(0, 3, N), False),
    "large and close together": (_draw.normal(1e6, 1, N), False),
    "large and close together, with a zero": (np.append(_draw.normal(1e6, 1, N - 1), 0.0), False),
    "some zeros": (np.where(_draw.random(N) < 0.05, 0.0, _draw.exponential(100, N)), False),
    "all magnitudes": (10 ** _draw.uniform(-300, 300, N), False),
    "all negative": (-_draw.lognormal(3, 2, N), False),
    "far outlier": (np.append(_draw.normal(50, 10, N - 1), 1e12), False),
}


@pytest.fixture(params=COLUMNS, scope="module")
def column(request: pytest.FixtureRequest) -> tuple[np.ndarray, np.ndarray, ColumnProfile, bool]:
    values, exact = COLUMNS[request.param]
    draw = np.random.default_rng(3)
    with np.errstate(all="ignore"):
        bad = draw.random(N) < 0.1 + 0.3 * stats.rankdata(values) / N
    x = with_gaps(values, 0.05, draw)
    found = profiled(table(x=x, y=np.where(bad, "bad", "good")), "y", chunk=9_000).columns[0]
    present = ~np.isnan(x.to_numpy(zero_copy_only=False))
    return values[present], bad[present], found, exact


def test_counts_and_ends(column: tuple[np.ndarray, np.ndarray, ColumnProfile, bool]) -> None:
    x, _, found, _ = column
    assert (found.n_rows, found.n_missing) == (N, N - len(x))
    assert (found.minimum, found.maximum) == (x.min(), x.max())
    assert (found.n_zeros, found.n_negative) == (int((x == 0).sum()), int((x < 0).sum()))


def test_moments_are_those_of_scipy(column: tuple[np.ndarray, np.ndarray, ColumnProfile, bool]) -> None:
    x, _, found, _ = column
    scaled = x / np.abs(x).max()  # squares of the largest would be infinite
    unit = np.abs(x).max()
    assert found.mean == pytest.approx(scaled.mean() * unit, rel=1e-12)
    assert found.sd == pytest.approx(scaled.std(ddof=1) * unit, rel=1e-9)
    assert found.skew == pytest.approx(stats.skew(scaled, bias=False), rel=1e-6, abs=1e-9)


def test_quantiles_are_as_near_as_they_say(column: tuple[np.ndarray, np.ndarray, ColumnProfile, bool]) -> None:
    x, _, found, exact = column
    shares, values = np.array(found.quantiles).T
    true = np.quantile(x, shares)
    assert (found.quantile_error == 0) == exact
    assert found.quantile_error < (2e-2 if x.max() > 1e200 else 2e-3), "2,000 powers of two share the cells"
    if exact:
        assert values == pytest.approx(true, rel=1e-12)
    else:
        assert np.all(np.abs(values - true) <= found.quantile_error * np.abs(values) + 1e-300)


def test_auc_is_scikit_learns_within_the_stated_error(column: tuple[np.ndarray, np.ndarray, ColumnProfile, bool]) -> None:
    x, bad, found, exact = column
    true = roc_auc_score(bad, x)
    assert found.auc is not None
    assert found.auc_direction == "higher"
    assert found.auc_error == 0 if exact else found.auc_error < 1e-3
    assert abs(found.auc - true) <= found.auc_error + 1e-12


def test_bands_hold_the_rows_between_their_ends(column: tuple[np.ndarray, np.ndarray, ColumnProfile, bool]) -> None:
    x, bad, found, _ = column
    numbers = [band for band in found.bands if band.level is None]
    assert 2 <= len(numbers) <= 10
    assert sum(band.n for band in found.bands) == N
    for place, band in enumerate(numbers):
        assert band.low is not None
        assert band.high is not None
        inside = (x >= band.low) & ((x <= band.high) if place == len(numbers) - 1 else (x < band.high))
        assert (band.n, band.n_bad) == (inside.sum(), bad[inside].sum())


def test_medians_of_goods_and_bads(column: tuple[np.ndarray, np.ndarray, ColumnProfile, bool]) -> None:
    x, bad, found, _ = column
    for value, of in ((found.median_good, ~bad), (found.median_bad, bad)):
        assert value == pytest.approx(np.median(x[of]), rel=max(2 * found.quantile_error, 1e-12), abs=1e-12)


def test_histogram_counts_each_row_once(column: tuple[np.ndarray, np.ndarray, ColumnProfile, bool]) -> None:
    x, bad, found, exact = column
    shown = found.histogram
    assert shown is not None
    assert sum(shown.counts) + shown.n_below + shown.n_above == len(x)
    assert len(shown.counts) <= 31
    true, _ = np.histogram(x, shown.edges)
    allowed = 0 if exact else 0.01 * len(x)
    assert np.abs(true - shown.counts).max() <= allowed
    assert shown.n_bad is not None
    assert np.abs(np.histogram(x[bad], shown.edges)[0] - shown.n_bad).max() <= allowed


def test_fences_are_three_interquartile_ranges_out(column: tuple[np.ndarray, np.ndarray, ColumnProfile, bool]) -> None:
    x, _, found, _ = column
    first, third = np.quantile(x, [0.25, 0.75])
    assert found.fence_high == pytest.approx(third + 3 * (third - first), rel=1e-2)
    assert found.outliers_high == pytest.approx(int((x > third + 3 * (third - first)).sum()), abs=1e-3 * len(x))


def test_bands_are_about_equal() -> None:
    x = np.random.default_rng(1).lognormal(8, 1, N)
    counts = [band.n for band in profiled(table(x=x, y=np.arange(N) % 2)).columns[0].bands]
    assert len(counts) == 10
    assert max(counts) - min(counts) < 0.01 * N


def test_few_values_are_bands_of_their_own() -> None:
    found = profiled(table(x=[3, 1, 1, 2, None] * 20, y=["bad", "good"] * 50), "y").columns[0]
    assert [(band.level, band.low, band.high, band.n) for band in found.bands] == [
        (None, 1.0, 1.0, 40), (None, 2.0, 2.0, 20), (None, 3.0, 3.0, 20), ("(missing)", None, None, 20),
    ]  # fmt: skip
    assert found.top == (("1", 40), ("2", 20), ("3", 20))


def test_whole_numbers_do_not_alias() -> None:
    x = np.repeat(np.arange(18, 76), 5)
    shown = profiled(table(x=x, y=x)).columns[0].histogram
    assert shown is not None
    assert len(set(shown.counts[:-1])) == 1, "each bin holds as many whole numbers"


def test_special_codes_are_in_no_figure_of_the_numbers() -> None:
    x = [10.5, 20.5, 30.5, -9, -9, -8, None, 40.5] * 10
    plain = profiled(table(x=[value for value in x if value is not None and value > 0], y=[1, 0] * 20)).columns[0]
    found = profiled(table(x=x, y=["bad", "good"] * 40), "y", codes={"x": (("-9", "level"), ("-8", "missing"))}).columns[0]
    for name in ("mean", "sd", "skew", "quantiles", "minimum", "maximum", "histogram"):
        expected = getattr(plain, name)
        if name == "histogram":
            assert found.histogram is not None
            assert found.histogram.counts == expected.counts
        else:
            assert np.array(getattr(found, name)) == pytest.approx(np.array(expected))
    assert found.n_coded == 30
    assert [(band.level, band.n) for band in found.bands if band.level] == [("-9", 20), ("-8", 10), ("(missing)", 10)]


def test_infinite_numbers_and_nan_are_missing() -> None:
    x = pa.array([1.0, np.inf, -np.inf, np.nan, None, 2.0])
    found = profiled(pa.table({"x": x, "y": [1, 2, 3, 4, 5, 6]})).columns[0]
    assert (found.n_missing, found.n_infinite, found.mean) == (4, 2, 1.5)


def test_constant_and_empty_columns() -> None:
    found = profiled(pa.table({"x": pa.array([7.0] * 5), "none": pa.nulls(5), "gone": pa.array([None] * 5, pa.float64())}))
    constant, none, gone = found.columns
    assert (constant.mean, constant.sd, constant.skew, constant.fence_high) == (7.0, 0.0, None, None)
    assert (none.n_missing, none.top, none.information_value) == (5, (), None)
    assert (gone.n_missing, gone.mean, gone.quantiles, gone.histogram) == (5, None, (), None)


def test_extreme_numbers_raise_nothing() -> None:
    x = np.array([-1.7e308, 1.7e308, 5e-324, 0.0, -0.0, 1.0] * 5)
    found = profiled(table(x=x, y=np.arange(30) % 2)).columns[0]
    assert found.quantiles[3][1] == pytest.approx(0, abs=1e-3)
    assert found.n_zeros == 10


def test_dates_are_counted_in_days() -> None:
    days = pd.date_range("2019-01-01", periods=400).repeat(3)
    rows = pa.table({"day": pa.array(days.date), "at": pa.array(days.to_numpy("datetime64[us]")), "n": np.arange(1_200)})
    day, at, _ = profiled(rows).columns
    middle = np.median(days.to_numpy("datetime64[D]").astype(int))
    for found in (day, at):
        assert found.kind == "date"
        assert dict(found.quantiles)[0.5] == middle
        assert found.mean is None
        assert len(found.bands) == 10
        assert found.bands[0].level == "2019-01-01 to 2019-02-09"
        assert found.bands[-1].level is not None
        assert found.bands[-1].level.endswith("2020-02-04")
    assert (day.minimum, day.maximum) == ("2019-01-01", "2020-02-04")
