"""The figure of an applicant's place: every row is counted once, dots are as many as they say, the axis follows the scores."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.figures.position import PositionWords, position_figure, position_finding
from pipeline.figures.score_dots import MOST_DOTS, Dots, dots_of
from pipeline.figures.template import PALETTES, Look
from tests.figures.scored import table_of

LOOKS: tuple[Look, ...] = ("light", "dark")
WORDS = PositionWords(
    "this applicant, 48%", "cut-off 30%", "approve", "refuse", "later good", "later bad", "Predicted chance of going bad"
)
SCORES = st.lists(st.integers(0, 199).map(lambda n: n / 200 + 0.002), max_size=60).map(tuple)


@settings(max_examples=60, deadline=None)
@given(goods=SCORES, bads=SCORES, score=st.floats(0, 1), cutoff=st.floats(0.001, 0.999))
def test_every_row_is_in_one_bin_and_the_axis_holds_the_score_and_the_cut_off(goods, bads, score, cutoff) -> None:
    dots = dots_of(table_of(goods, bads), score, cutoff)
    assert (sum(dots.goods), sum(dots.bads)) == (len(goods), len(bads))
    assert dots.edges[0] <= min(score, cutoff) + 1e-9
    assert dots.edges[-1] >= max(score, cutoff) - 1e-9
    edges = np.array(dots.edges)
    assert list(np.histogram(goods, edges)[0]) == list(dots.goods)
    assert list(np.histogram(bads, edges)[0]) == list(dots.bads)
    assert dots.highest <= MOST_DOTS


def test_a_few_hundred_rows_get_a_dot_each() -> None:
    draw = np.random.default_rng(1)
    scores = np.minimum(draw.beta(1.2, 4, 300), 0.99)
    dots = dots_of(table_of(tuple(scores[:240]), tuple(scores[240:])), 0.48, 0.3)
    assert dots.rows_per_dot == 1
    figure = position_figure(dots, 0.48, 0.3, WORDS, "light")
    assert [len(trace.x) for trace in figure.data[:2]] == [240, 60]


def test_many_rows_get_few_dots_and_the_hovered_counts_stay_exact() -> None:
    draw = np.random.default_rng(2)
    goods, bads = np.minimum(draw.beta(1, 8, 20_000), 0.99), np.minimum(draw.beta(2, 4, 2_000), 0.99)
    dots = dots_of(table_of(tuple(goods), tuple(bads)), 0.2, 0.15)
    figure = position_figure(dots, 0.2, 0.15, WORDS, "light")
    assert dots.rows_per_dot in {50, 100, 200}
    good, bad, counted_good, counted_bad, _ = figure.data
    assert len(good.x) + len(bad.x) < 600
    assert len(figure.to_json()) < 25_000
    assert (sum(counted_good.y), sum(counted_bad.y)) == (20_000, 2_000)


def test_scores_that_all_lie_below_five_percent_fill_the_axis() -> None:
    goods, bads = tuple(i / 2000 for i in range(90)), (0.044, 0.041)
    dots = dots_of(table_of(goods, bads), 0.03, 0.04)
    assert dots.edges[0] == 0
    assert dots.edges[-1] < 0.06
    figure = position_figure(dots, 0.03, 0.04, WORDS, "light")
    assert list(figure.layout.xaxis.ticktext[:3]) == ["0%", "0.5%", "1%"]
    assert len(dots.goods) >= 9  # a table counts at multiples of half a percent


def test_a_bin_with_few_rows_keeps_a_dot_in_the_colour_of_the_most() -> None:
    assert Dots((0.0, 0.5, 1.0), (5000, 1), (10, 2), 500).stacks == [(0, 10), (1, 0)]
    assert Dots((0.0, 0.5), (0,), (0,), 1).stacks == [(0, 0)]


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("narrow", [True, False])
def test_the_ring_stands_at_the_score_and_the_line_at_the_cut_off(look: Look, narrow: bool) -> None:
    dots = dots_of(table_of(), 0.48, 0.3)
    figure = position_figure(dots, 0.48, 0.3, WORDS, look, narrow=narrow)
    assert list(figure.data[-1].x) == [0.48]
    cutoff, stem = figure.layout.shapes
    assert (cutoff.x0, cutoff.line.color, stem.x0) == (0.3, PALETTES[look].fig_ink, 0.48)
    said = {note.text: note for note in figure.layout.annotations}
    assert set(said) == {"cut-off 30%", "approve", "refuse", "this applicant, 48%", "later good", "later bad"}
    top = figure.layout.yaxis.range[1]
    assert max(trace.y.max() for trace in figure.data[:2] if len(trace.y)) < said["this applicant, 48%"].y < top


def test_words_of_the_classes_are_no_markup() -> None:
    words = PositionWords("<b>", "<i>", "a", "b", "<u>", "<s>", "<x>")
    text = position_figure(dots_of(table_of(), 0.5, 0.3), 0.5, 0.3, words, "light").to_json()
    assert "<u>" not in text.replace("<extra>", "")


@pytest.mark.parametrize(
    ("gap", "where"),
    [(0.9, "well past"), (0.3, "past"), (0.1, "just past"), (-0.1, "just below"), (-0.3, "below"), (-2, "well below"), (0, "at")],
)
def test_the_title_says_on_which_side_and_how_far(gap: float, where: str) -> None:
    assert position_finding("48%", gap, "73% of applicants are safer") == (
        f"48% lies {where} the cut-off; 73% of applicants are safer"
    )
    assert position_finding("48%", gap, None) == f"48% lies {where} the cut-off"


LEAST_WIDE, LEAST_NARROW = 470, 220  # pixels of the axis


@settings(max_examples=150, deadline=None)
@given(score=st.floats(0.001, 0.999), cutoff=st.floats(0.01, 0.99), narrow=st.booleans(), more=st.floats(0, 900))
def test_the_applicants_words_do_not_cross_the_line_of_the_cut_off(
    score: float, cutoff: float, narrow: bool, more: float
) -> None:
    """However wide the figure is, from the narrowest phone on; nor do they leave it."""
    dots = dots_of(table_of(), score, cutoff)
    figure = position_figure(dots, score, cutoff, WORDS, "light", narrow=narrow)
    (note,) = [note for note in figure.layout.annotations if "applicant" in note.text]
    width = (LEAST_NARROW if narrow else LEAST_WIDE) + more
    first, last = figure.layout.xaxis.range
    long = 6 * max(len(line) for line in note.text.split("<br>"))  # at the size of the words; they are drawn a little smaller
    at = (note.x - first) / (last - first) * width + note.xshift
    left = at - {"left": 0, "center": long / 2, "right": long}[note.xanchor]
    line = (cutoff - first) / (last - first) * width
    assert left >= line + 2 or left + long <= line - 2
    assert left >= -figure.layout.margin.l
    assert left + long <= width + figure.layout.margin.r
    is_right = left > line
    if is_right != (score >= cutoff):  # no room on the score's side: an arrow says where the ring is, in its own row
        assert ("→" if score >= cutoff else "←") in note.text
        assert note.y == next(iter(figure.data[-1].y))
        assert (line if score < cutoff else width - line) < 100 + more
