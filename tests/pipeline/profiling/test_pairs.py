"""Associations of pairs, and the order in which they are shown."""

import numpy as np
import pyarrow as pa
import pytest
from scipy.cluster.hierarchy import linkage
from scipy.spatial.distance import squareform
from scipy.stats import chi2_contingency

from pipeline.profiling.clustering import average_linkage, cluster_order
from pipeline.profiling.pairs import cramers_v
from tests.pipeline.profiling.profiled import profiled, table, with_gaps


def pearson(a: np.ndarray, b: np.ndarray) -> float:
    """In two passes with 64 bits of mantissa; pandas' own loses eight digits of the column with an offset."""
    both = ~(np.isnan(a) | np.isnan(b))
    x, y = (values[both].astype(np.longdouble) for values in (a, b))
    x, y = x - x.mean(), y - y.mean()
    return float((x * y).sum() / np.sqrt((x * x).sum() * (y * y).sum()))


def test_pearson_is_over_the_rows_that_have_both() -> None:
    draw = np.random.default_rng(4)
    n = 4_000
    a = draw.normal(0, 1, n)
    rows = table(
        a=a,
        b=with_gaps(3 * a + draw.normal(0, 2, n), 0.3, draw),
        offset=1e9 + a + draw.normal(0, 1, n),
        skewed=with_gaps(np.exp(2 * a), 0.1, draw),
        outlier=np.append(draw.normal(0, 1, n - 1), 1e12),
        gaps_hide_the_outlier=with_gaps(np.where(np.arange(n) == n - 1, np.nan, -a), 0.2, draw),
        whole=draw.integers(0, 5, n),
        constant=np.ones(n),
        c=np.array(["u", "v"])[draw.integers(0, 2, n)],
    )
    found = profiled(rows, chunk=300).correlations
    assert found is not None
    columns = rows.select(list(found.names)).to_pandas().to_numpy(float).T
    assert np.array(found.matrix, float) == pytest.approx(np.array([[pearson(a, b) for b in columns] for a in columns]), abs=1e-9)
    assert dict(found.left_out) == {"constant": "one value only"}
    assert sorted(found.order) == list(range(len(found.names)))


def test_pairs_that_share_no_row_have_no_correlation() -> None:
    x = [1.0, 2.0, None, None] * 5
    found = profiled(pa.table({"x": x, "y": [None if value else 3.0 + place for place, value in enumerate(x)]})).correlations
    assert found is not None
    assert found.matrix == ((1.0, None), (None, 1.0))


def test_more_than_200_columns_of_numbers_are_left_out_and_said() -> None:
    draw = np.random.default_rng(4)
    found = profiled(pa.table({f"x{place}": draw.normal(size=20) for place in range(203)})).correlations
    assert found is not None
    assert len(found.names) == 200
    assert [name for name, _ in found.left_out] == ["x200", "x201", "x202"]


def bergsma(table_: np.ndarray) -> float:
    """Bergsma (2013), A bias-correction for Cramér's V and Tschuprow's T, equations 1 to 5; chi² by scipy."""
    n, (r, c) = table_.sum(), table_.shape
    phi2 = chi2_contingency(table_, correction=False).statistic / n
    phi2 = max(0, phi2 - (r - 1) * (c - 1) / (n - 1))
    return float(np.sqrt(phi2 / min(r - (r - 1) ** 2 / (n - 1) - 1, c - (c - 1) ** 2 / (n - 1) - 1)))


def test_cramers_v_by_hand() -> None:
    found = cramers_v(np.array([[20, 5], [5, 20]]))
    assert found == pytest.approx(bergsma(np.array([[20, 5], [5, 20]])))
    assert found == pytest.approx(np.sqrt((0.36 - 1 / 49) / (1 - 1 / 49)))
    assert cramers_v(np.array([[5, 5], [5, 5]])) == 0
    assert cramers_v(np.array([[5, 5], [0, 0]])) is None


def test_cramers_v_of_a_table_with_gaps() -> None:
    draw = np.random.default_rng(4)
    n = 3_000
    first = draw.integers(0, 4, n)
    second = np.where(draw.random(n) < 0.5, first % 3, draw.integers(0, 3, n))
    a, b = (with_gaps(np.char.add("level ", codes.astype(str)), 0.1, draw) for codes in (first, second))
    found = profiled(table(a=a, b=b, x=draw.normal(size=n)), chunk=500).cramers_v
    assert found is not None
    both = np.array([value is not None for value in a.to_pylist()]) & np.array([value is not None for value in b.to_pylist()])
    counts = np.zeros((4, 3), int)
    np.add.at(counts, (first[both], second[both]), 1)
    assert found.matrix[0][1] == pytest.approx(bergsma(counts))
    assert found.names == ("a", "b")


def test_rare_levels_count_as_one() -> None:
    """60 levels: the 50 most frequent and the others together."""
    draw = np.random.default_rng(4)
    first = np.concatenate([np.arange(60).repeat(40), np.arange(50).repeat(10)])
    second = (first + (draw.random(len(first)) < 0.2)) % 2
    names = (np.char.add("level ", values.astype(str)) for values in (first, second))
    found = profiled(table(**dict(zip("ab", names, strict=True)))).cramers_v
    counts = np.zeros((51, 2), int)
    np.add.at(counts, (np.minimum(first, 50), second), 1)
    assert found is not None
    assert found.matrix[0][1] == pytest.approx(bergsma(counts))


@pytest.mark.parametrize("p", [2, 3, 12, 60])
def test_average_linkage_is_that_of_scipy(p: int) -> None:
    draw = np.random.default_rng(p)
    matrix = np.corrcoef(draw.normal(size=(p, 30)) + draw.normal(size=(p % 5 + 1, 30)).repeat(p, axis=0)[:p])
    distance = 1 - np.abs(matrix)
    leaves, heights = average_linkage(distance)
    expected = linkage(squareform(distance, checks=False), method="average")
    assert heights == pytest.approx(expected[:, 2])
    assert sorted(leaves) == list(range(p))


def test_like_stands_next_to_like() -> None:
    groups = np.array([0, 1, 0, 1, 2, 0, 2])
    matrix = np.where(groups[:, None] == groups[None, :], 0.9, 0.1)
    ordered = groups[list(cluster_order(matrix))]
    assert (np.diff(ordered) != 0).sum() == 2
    assert cluster_order(np.full((3, 3), np.nan)) in {(0, 1, 2), (2, 0, 1), (1, 0, 2), (2, 1, 0), (0, 2, 1), (1, 2, 0)}
