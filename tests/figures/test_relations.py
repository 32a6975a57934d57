"""Heatmaps in the order of the clustering, gaps by pattern, and shares of two tables."""

import json

import numpy as np
import pytest

from pipeline.figures.correlation import association_figure, ordered, strongest_pairs
from pipeline.figures.missingness import missingness_figure
from pipeline.figures.shift import shares, shift_figure
from pipeline.figures.template import PALETTES
from pipeline.profiling.results import Association, MissingPattern, Shift
from tests.profiles import PROFILE, SHIFT

PEARSON, CRAMER = PROFILE.correlations, PROFILE.cramers_v
assert PEARSON is not None
assert CRAMER is not None


def test_the_matrix_is_reordered_on_both_sides() -> None:
    names, matrix = ordered(PEARSON)
    assert names == ["age", "loan_percent_income", "income"]
    assert matrix[1, 2] == matrix[2, 1] == -0.62
    assert np.isnan(matrix[0, 1])
    figure = association_figure(PEARSON, "dark")
    assert list(figure.data[0].x) == list(figure.data[0].y) == names
    assert (figure.data[0].zmin, figure.data[0].zmax) == (-1, 1)
    assert figure.data[0].colorscale[1][1] == PALETTES["dark"].surface  # nothing at nought


def test_cells_are_written_with_a_minus_sign() -> None:
    """A hyphen is none; what is not defined stays empty, and nought has no sign."""
    matrix = ((1.0, -0.62, -0.001), (-0.62, 1.0, None), (-0.001, None, 1.0))
    figure = association_figure(Association("pearson", ("a", "b", "c"), (0, 1, 2), matrix, 9, 9), "light")
    assert [list(row) for row in figure.data[0].text] == [["1.00", "−0.62", "0.00"], ["−0.62", "1.00", ""], ["0.00", "", "1.00"]]


def test_dates_are_named_by_their_first_day() -> None:
    """Two days do not fit under a bar; the band in full is in the hover."""
    shift = Shift("opened", "date", 0.2, (("2024-01-01 to 2024-03-01", 5, 6), ("after 2024-03-01", 1, 2)))
    figure = shift_figure(shift, ("then", "now"), "light")
    assert list(figure.layout.xaxis.ticktext) == ["2024-01-01", "after 2024-03-01"]
    assert figure.layout.xaxis.title.text == "opened, first day"
    assert figure.data[0].x[0] == "2024-01-01 to 2024-03-01"


def test_cramers_v_starts_at_nought() -> None:
    assert association_figure(CRAMER, "light").data[0].zmin == 0


def test_pairs_by_their_size_without_the_undefined() -> None:
    assert strongest_pairs(PEARSON) == [("income", "loan_percent_income", -0.62), ("age", "income", 0.1)]
    assert strongest_pairs(PEARSON, 1) == [("income", "loan_percent_income", -0.62)]
    assert strongest_pairs(Association("pearson", ("a",), (0,), ((1.0,),), 5, 5)) == []


def test_two_hundred_columns_travel_as_numbers_in_binary() -> None:
    k = 200
    names = tuple(f"column {i}" for i in range(k))
    figure = association_figure(
        Association("pearson", names, tuple(range(k)), tuple((0.5,) * k for _ in range(k)), 9, 9), "light"
    )
    sent = json.loads(figure.to_json())["data"][0]
    assert "bdata" in sent["z"]
    assert len(figure.to_json()) < 600_000
    assert sent.get("texttemplate") is None


def test_patterns_are_rows_and_gaps_are_filled() -> None:
    patterns = (MissingPattern((), 90), MissingPattern(("b",), 7), MissingPattern(("b", "c"), 3))
    figure = missingness_figure(patterns, ("a", "b", "c"), 100, "light")
    assert list(figure.data[0].x) == ["b", "c"]
    assert figure.data[0].z.tolist() == [[0, 0], [1, 0], [1, 1]]
    assert list(figure.layout.yaxis.ticktext) == ["90 rows · 90.0%", "7 rows · 7.0%", "3 rows · 3.0%"]


def test_shift_is_drawn_as_shares_of_each_table() -> None:
    figure = shift_figure(SHIFT, ("then", "now"), "light")
    then, now = figure.data
    assert (then.name, now.name) == ("then", "now")
    assert list(then.y) == pytest.approx([0.3, 0.7])
    assert list(now.y) == pytest.approx([0.1, 0.9])
    assert then.marker.color == PALETTES["light"].fig_muted
    assert np.isnan(shares(np.asarray([0, 0]))).all()
