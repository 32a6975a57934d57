"""LIME's figure: dots at their weights on the lines of the waterfall, intervals as wide as the repeats say."""

import pytest

from pipeline.figures.lime import LimeRow, lime_figure
from pipeline.figures.template import PALETTES, Look
from pipeline.figures.waterfall import waterfall_height

LOOKS: tuple[Look, ...] = ("light", "dark")
ROWS = (
    LimeRow("Checking account", 0.15, 0.14, 0.17, "is overdrawn"),
    LimeRow("<Duration>", 0.02, -0.01, 0.03, "over 24"),
    LimeRow("Purpose", -0.12, -0.13, -0.10, "is car"),
    LimeRow("7 other columns", None, words="each under 0.05"),
)


def drawn(look: Look = "light", rows=ROWS, **more):
    return lime_figure(rows, look, towards=("towards good", "towards bad"), axis="LIME weight", **more)


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("narrow", [True, False])
def test_dots_stand_at_their_weights_and_intervals_reach_over_the_repeats(look: Look, narrow: bool) -> None:
    figure, colours = drawn(look, narrow=narrow), PALETTES[look]
    good, bad = figure.data
    assert (list(good.x), list(good.y), good.error_x.color) == ([-0.12], [2], colours.series[0])
    assert (list(bad.x), list(bad.y), bad.error_x.color) == ([0.15, 0.02], [0, 1], colours.series_line[1])
    assert list(bad.error_x.array) == pytest.approx([0.02, 0.01])
    assert list(bad.error_x.arrayminus) == pytest.approx([0.01, 0.03])
    assert list(bad.marker.color) == [colours.series_line[1], colours.surface]  # open where the repeats disagree on the sign
    assert figure.layout.height == waterfall_height(4, narrow=narrow)
    low, high = figure.layout.xaxis.range
    assert low == -high
    assert high > 0.17
    assert list(figure.layout.xaxis.tickvals) == pytest.approx([-0.15, 0, 0.15])


def test_a_dot_outside_of_its_interval_stands_beside_the_line() -> None:
    _, bad = drawn(rows=(LimeRow("a", 0.3, 0.1, 0.2),)).data
    assert [bad.x[0] - bad.error_x.arrayminus[0], bad.x[0] + bad.error_x.array[0]] == pytest.approx([0.1, 0.2])


def test_what_is_put_together_is_said_in_words_and_names_are_no_markup() -> None:
    figure = drawn()
    assert "each under 0.05" in [note.text for note in figure.layout.annotations]
    assert "<Duration>" not in figure.to_json()
    low, high = figure.layout.xaxis.range
    for drawing in (figure, drawn(narrow=True)):
        assert all(note.xref == "paper" or low <= note.x <= high for note in drawing.layout.annotations)


def test_weights_of_nothing_are_drawn_all_the_same() -> None:
    figure = drawn(rows=(LimeRow("a", 0.0, 0.0, 0.0), LimeRow("b", None, words="no weight")))
    assert figure.layout.xaxis.range[1] > 0
