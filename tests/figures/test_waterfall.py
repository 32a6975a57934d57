"""The waterfall: its bars lead from the reference to the score, its ticks are the log-odds of their percentages."""

import itertools
import math

import plotly.graph_objects as go
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.explain_results import Contribution
from pipeline.figures.log_odds_axis import number_ticks, probability_ticks
from pipeline.figures.side_labels import Label, placed
from pipeline.figures.template import PALETTES, Look
from pipeline.figures.waterfall import (
    MOST_BARS,
    Bar,
    Mark,
    largest,
    name_and_value,
    value_words,
    waterfall_figure,
    waterfall_finding,
    waterfall_height,
)

LOOKS: tuple[Look, ...] = ("light", "dark")
PARTS = st.lists(st.floats(-40, 40).map(lambda value: round(value, 3)), min_size=1, max_size=60)


def contributions(parts: list[float]) -> list[Contribution]:
    return [Contribution(f"field {i}", (f"field {i}",), 1.0, part) for i, part in enumerate(parts)]


def bars_of(parts: list[float]) -> list[Bar]:
    shown, others = largest(contributions(parts))
    bars = [Bar(one.field, one.contribution) for one in shown]
    return [*bars, Bar("others", sum(one.contribution for one in others), is_rest=True)] if others else bars


def drawn(bars: list[Bar], start: float = -1.0, look: Look = "light", **more) -> go.Figure:
    end = start + sum(bar.contribution for bar in bars)
    marks = Mark(start, "average 27%"), Mark(end, "this applicant")
    return waterfall_figure(bars, *marks, look, axis="Chance of going bad (log-odds scale)", **more)


@settings(max_examples=60, deadline=None)
@given(parts=PARTS, start=st.floats(-5, 5), narrow=st.booleans())
def test_the_bars_lead_from_the_reference_to_the_score(parts: list[float], start: float, narrow: bool) -> None:
    figure = drawn(bars_of(parts), start, narrow=narrow)
    bars = figure.data[0]
    assert bars.base[0] == pytest.approx(start, abs=1e-5)
    ends = [base + step for base, step in zip(bars.base, bars.x, strict=True)]
    assert list(bars.base[1:]) == pytest.approx(ends[:-1], abs=1e-5)
    assert ends[-1] == pytest.approx(start + math.fsum(parts), abs=1e-4)
    low, high = figure.layout.xaxis.range
    assert all(low < place < high for place in [*bars.base, *ends])
    assert len(bars.x) <= MOST_BARS + 1


@pytest.mark.parametrize("n", [1, MOST_BARS, MOST_BARS + 1, MOST_BARS + 2, 60])
def test_the_largest_are_drawn_and_the_others_put_together_but_never_one_alone(n: int) -> None:
    shown, others = largest(contributions([(-1) ** i * (i + 1.0) for i in range(n)]))
    assert len(shown) == (n if n <= MOST_BARS + 1 else MOST_BARS)
    assert len(shown) + len(others) == n
    assert len(others) != 1
    assert [one.contribution for one in shown] == sorted((one.contribution for one in shown), reverse=True)
    assert not others or max(abs(one.contribution) for one in others) < min(abs(one.contribution) for one in shown)


@settings(max_examples=200, deadline=None)
@example(low=2.71875, width=0.6875)  # a whole percentage lies beyond the end
@given(low=st.floats(-60, 60), width=st.floats(0.01, 80))
def test_ticks_stand_at_the_log_odds_of_their_percentages(low: float, width: float) -> None:
    found = probability_ticks(low, low + width)
    assert found
    assert len(found) <= 10
    for tick in found:
        if tick.words.startswith("log-odds"):
            assert tick.log_odds == pytest.approx(float(tick.words.split()[1].replace("−", "-")))
            continue
        share = float(tick.words.rstrip("%")) / 100
        assert tick.log_odds == pytest.approx(math.log(share / (1 - share)), rel=1e-6, abs=1e-9)
        assert low - 0.06 * width <= tick.log_odds <= low + 1.06 * width


def test_ticks_of_log_odds_say_what_they_are() -> None:
    assert [(tick.log_odds, tick.words) for tick in number_ticks(-2, 2)] == [
        (-2, "−2"), (-1, "−1"), (0, "0"), (1, "+1"), (2, "+2")
    ]  # fmt: skip


@pytest.mark.parametrize("look", LOOKS)
def test_what_speaks_for_bad_is_orange_and_the_others_are_pale(look: Look) -> None:
    colours = PALETTES[look]
    figure = drawn([Bar("up", 1.0), Bar("down", -0.5), Bar("others", 0.2, is_rest=True)], look=look)
    assert list(figure.data[0].marker.color) == [colours.series[1], colours.series[0], colours.series_2_soft]
    words = [note.text for note in figure.layout.annotations]
    assert {"+1.00", "−0.50", "+0.20"} <= set(words)


def test_the_cut_off_is_dashed_the_reference_dotted_and_the_applicant_a_line_of_ink() -> None:
    figure = drawn([Bar("up", 1.0)], cutoff=Mark(-0.5, "cut-off 38%"))
    lines = {round(line.x0, 6): line.line for line in figure.layout.shapes}
    assert lines[-1.0].dash == "dot"
    assert lines[-0.5].dash == "4px,3px"
    assert (lines[0.0].dash, lines[0.0].color) == (None, PALETTES["light"].fig_ink)


def test_a_narrow_one_has_its_names_above_the_bars_and_needs_more_height() -> None:
    bars = [Bar("<b>" + "long " * 20, 1.0), Bar("down", -0.5)]
    wide, narrow = drawn(bars), drawn(bars, narrow=True)
    assert wide.layout.yaxis.showticklabels
    assert not narrow.layout.yaxis.showticklabels
    (name,) = [note for note in narrow.layout.annotations if note.text.startswith("&lt;b>long")]
    assert name.text.endswith("…")
    assert -1 < name.y < 0
    for figure in (wide, narrow):  # plotly draws no words outside of the axis
        low, high = figure.layout.xaxis.range
        assert all(note.xref == "paper" or low <= note.x <= high for note in figure.layout.annotations)
    assert waterfall_height(2, narrow=True) == narrow.layout.height > wide.layout.height


@pytest.mark.parametrize(
    ("text", "longest", "told"),
    [
        ("Duration: 48 months", 32, "Duration: 48 months"),
        ("A name that is far too long for it: 48 months", 32, "A name that is far t…: 48 months"),
        ("Purpose: a value that is far too long for it", 32, "Purpose: a value that is far to…"),
        ("A name that is far too long: a value that is too", 32, "A name that is fa…: a value tha…"),
        ("no value at all in this very long name", 20, "no value at all in …"),
    ],
)
def test_of_a_long_name_and_a_long_value_some_is_left(text: str, longest: int, told: str) -> None:
    assert name_and_value(text, longest) == told
    assert len(told) <= longest


@pytest.mark.parametrize(
    ("value", "words"),
    [(0.794, "+0.79"), (-0.832, "−0.83"), (0.0, "0"), (-1e-6, "0"), (0.034, "+0.03"), (-0.004, "−0.004"), (12.0, "+12.00"),
     (0.0949, "+0.09"), (0.0951, "+0.10")],
)  # fmt: skip
def test_a_contribution_is_told_with_two_digits_or_one_that_tells_something(value: float, words: str) -> None:
    assert value_words(value) == words


def test_the_title_says_which_way_and_not_where_both_read_the_same() -> None:
    assert waterfall_finding("the average applicant", "24%", "48%", rises=True) == (
        "Exact: from 24% for the average applicant up to 48%"
    )
    assert waterfall_finding("the average applicant", "48%", "24%", rises=False) == (
        "Exact: from 48% for the average applicant down to 24%"
    )
    assert waterfall_finding("the average applicant", "48%", "48%", rises=None) == (
        "Exact: 48% for the average applicant and for this one"
    )
    assert waterfall_finding("the average", "−0.10", "+0.20", rises=True, of="log-odds of a").startswith(
        "Exact: log-odds of a from −0.10"
    )


LABELS = st.lists(st.builds(Label, st.floats(0, 1), st.text("abc", min_size=1, max_size=12)), min_size=1, max_size=3)


@settings(max_examples=150, deadline=None)
@given(labels=LABELS)
def test_words_above_lines_never_meet_and_stay_inside(labels: list[Label]) -> None:
    middles = [label.at * 400 + shift for label, shift in zip(labels, placed(labels, 400), strict=True)]
    ends = sorted((middle - label.width / 2, middle + label.width / 2) for middle, label in zip(middles, labels, strict=True))
    assert ends[0][0] >= -1
    assert max(right for _, right in ends) <= 401
    assert all(after[0] - before[1] >= 10 for before, after in itertools.pairwise(ends))
