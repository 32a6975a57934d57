"""The figure of a column draws the bands' rates with their intervals, and the bins' good and bad rows, on one x axis."""

from dataclasses import replace

import numpy as np
import pytest

from pipeline.figures.bands import band_name, level_places, number_places, stretches, ticks
from pipeline.figures.distribution import distribution_figure, outcome_figure
from pipeline.figures.template import PALETTES, Look
from pipeline.profiling.results import Band, ColumnProfile, Histogram
from tests.profiles import AGE, GRADE, RATIO, band


@pytest.mark.parametrize("look", ["light", "dark"])
def test_rates_carry_the_intervals_of_their_bands(look: Look) -> None:
    figure = outcome_figure(RATIO, 0.2, look)
    (rate,) = [trace for trace in figure.data if trace.name == "bad rate"]
    assert list(rate.y) == pytest.approx([30 / 300, 27 / 250, 28 / 200, (80 + 25) / (150 + 46)])
    assert rate.error_y.array[0] == pytest.approx(RATIO.bands[0].bad_rate_high - 0.1)  # type: ignore[operator]
    assert rate.error_y.arrayminus[0] == pytest.approx(0.1 - RATIO.bands[0].bad_rate_low)  # type: ignore[operator]
    # The last bin holds 46 rows, too few to stand alone: it goes with the one before.
    assert list(rate.x) == pytest.approx([0.05, 0.15, 0.25, 0.4])
    assert rate.line.color == PALETTES[look].series_line[1]


def test_bins_are_stacked_and_add_up_to_the_rows() -> None:
    figure = outcome_figure(RATIO, 0.2, "light")
    good, bad = (next(trace for trace in figure.data if trace.name == name) for name in ("good", "bad"))
    assert figure.layout.barmode == "stack"
    assert RATIO.histogram is not None
    assert list(np.asarray(good.y) + np.asarray(bad.y)) == list(RATIO.histogram.counts)
    assert tuple(bad.y) == RATIO.histogram.n_bad
    assert good.yaxis == bad.yaxis == "y2"


def test_missing_values_stand_beside_the_numbers() -> None:
    figure = outcome_figure(RATIO, 0.2, "light")
    (other,) = [trace for trace in figure.data if trace.name == "bad rate of other values"]
    assert list(other.y) == [8 / 50]
    assert other.x[0] > 0.5
    assert figure.layout.xaxis.range[1] > other.x[0]
    assert "missing" in figure.layout.xaxis.ticktext


def test_levels_are_sorted_by_their_bad_rate_and_missing_stands_last() -> None:
    column = replace(GRADE, bands=(*reversed(GRADE.bands), band(30, 1, level="(missing)")))
    assert [place.x for place in level_places(column, 20)] == ["A", "B", "G", "(missing)"]
    assert [place.x for place in level_places(column, 2)] == ["A", "B"]  # the two with most rows
    figure = outcome_figure(column, 0.2, "light")
    (rate,) = [trace for trace in figure.data if trace.name == "bad rate"]
    assert rate.mode == "markers"
    assert list(rate.y) == pytest.approx([0.08, 0.2, 0.5, 1 / 30])


def test_the_rate_axis_holds_every_interval_and_starts_at_nought() -> None:
    figure = outcome_figure(GRADE, 0.2, "light")
    low, high = figure.layout.yaxis.range
    assert low == 0
    assert max(band.bad_rate_high or 0 for band in GRADE.bands) <= high <= 1.06


def test_a_mark_goes_through_both_panels() -> None:
    figure = outcome_figure(RATIO, 0.2, "light", mark=(0.3, "0.3"))
    (line,) = [shape for shape in figure.layout.shapes if shape.yref == "paper"]
    assert (line.x0, line.x1, line.y0, line.y1) == (0.3, 0.3, 0, 1)


def test_without_an_outcome_there_are_only_rows() -> None:
    figure = distribution_figure(RATIO, "light")
    assert [trace.name for trace in figure.data] == ["rows"]
    assert list(figure.data[0].y) == [300, 250, 200, 150, 46]
    levels = distribution_figure(GRADE, "light")
    assert list(levels.data[0].x) == [500, 300, 200]
    assert list(levels.data[0].y) == ["A", "B", "G"]


def test_dates_are_days_since_1970() -> None:
    column = ColumnProfile("opened", "date", 3, 0, 3, histogram=Histogram((0.0, 1.0, 2.0), (1, 2), None, 0, 0))
    figure = distribution_figure(column, "light")
    assert [str(x)[:16] for x in figure.data[0].x] == ["1970-01-01T12:00", "1970-01-02T12:00"]


def test_names_are_shown_as_they_are() -> None:
    """plotly would take `<b>` for the start of a tag."""
    figure = outcome_figure(replace(AGE, name="<b>age"), 0.2, "light")
    assert figure.layout.xaxis.title.text == "&lt;b>age"


@pytest.mark.parametrize(
    ("low", "high", "name"),
    [(None, 0.1, "under 0.1"), (0.1, 0.2, "0.1 to 0.2"), (-5, None, "−5 and more"), (3, 3, "3"), (1500, 25000, "1,500 to 25,000"),
     (None, None, "all values")],
)  # fmt: skip
def test_bands_are_named_by_their_bounds(low: float | None, high: float | None, name: str) -> None:
    assert band_name(Band(None, low, high, 1, 0, 0.0, 0.0, 1.0, None)) == name


def test_ticks_are_round_and_inside() -> None:
    assert ticks(0.0, 0.5) == [0.0, 0.1, 0.2, 0.3, 0.4, 0.5]
    assert ticks(17, 65) == [20, 30, 40, 50, 60]
    assert ticks(3, 3) == [3]


def test_a_column_of_levels_has_no_place_among_numbers() -> None:
    assert number_places(GRADE) == []


def test_stretches_are_bins_that_hold_enough_rows() -> None:
    found = stretches(RATIO)
    assert [(band.low, band.high) for band in found] == [(0.0, 0.1), (0.1, 0.2), (0.2, 0.3), (0.3, 0.5)]
    assert RATIO.histogram is not None
    assert sum(band.n for band in found) == sum(RATIO.histogram.counts)
    assert sum(band.n_bad or 0 for band in found) == sum(RATIO.histogram.n_bad or ())
    assert (found[0].bad_rate_low, found[0].bad_rate_high) == pytest.approx(
        (RATIO.bands[0].bad_rate_low, RATIO.bands[0].bad_rate_high)
    )


def test_where_outcomes_are_unknown_the_bands_are_drawn_and_goods_are_not_claimed() -> None:
    """The histogram then counts rows that are neither good nor bad."""
    column = replace(RATIO, bands=tuple(replace(band, n=band.n - 10) for band in RATIO.bands))
    assert stretches(column) == [band for band in column.bands if band.level is None]
    names = {trace.name for trace in outcome_figure(column, 0.2, "light").data}
    assert "good or unknown" in names


def test_bins_that_stand_on_one_value_are_named_by_it() -> None:
    bins = Histogram((-0.5, 0.5, 1.5, 2.5), (300, 400, 300), (60, 80, 60), 0, 0)
    column = replace(
        AGE, minimum=0, maximum=2, histogram=bins, bands=(band(600, 100, low=0, high=1), band(400, 100, low=1, high=2))
    )
    assert [band_name(one) for one in stretches(column)] == ["0", "1", "2"]
