"""The figure of segments: every dot at its place, what is too few in words, four fifths marked; small for many rows."""

from typing import Any

import plotly.graph_objects as go
import pytest

from pipeline.figures.grouped_rows import ABOVE, BELOW, NARROW_ROW, WIDE_ROW
from pipeline.figures.segment_balance import Shares, balance_figure, balance_height
from pipeline.figures.segments import Dot, Panel, Row, figure_height, segments_figure
from pipeline.figures.template import PALETTES, Look

LOOKS: tuple[Look, ...] = ("light", "dark")
PANELS = (
    Panel("Approval rate", "Approved", "share", 0.7, "70.0%"),
    Panel("Ratio to the reference", "Ratio", "ratio", 0.8, "four fifths", is_ratio=True),
    Panel("Bads approved", "Bads approved", "share", 0.24, "24.0%", colour=1),
)
ROWS = (
    Row("home", "own", "785", "7%", (Dot(0.9, 0.88, 0.92), Dot(1.0), Dot(0.6, 0.5, 0.7)), is_reference=True),
    Row("home", "rent", "4,918", "32%", (Dot(0.56, 0.55, 0.58), Dot(0.62, 0.6, 0.64), Dot(None, why="too few, 23 bads"))),
    Row("home", "<i>", "19", "–", (Dot(None, why="too few, 19 rows"),) * 3),
    Row("age", "20 to 24", "800", "23%", (Dot(0.8, 0.7, 0.9), Dot(0.8, 0.76, 0.82), Dot(0.1, 0.05, 0.2))),
)
HEADS = ("Rows", "Bad rate")


def drawn(look: Look = "light", **more: Any) -> go.Figure:
    return segments_figure(ROWS, PANELS, look, heads=HEADS, **more)


def places(figure: go.Figure) -> dict[str, int]:
    """The line of each row, as the axis names it."""
    return dict(zip(figure.layout.yaxis.ticktext, figure.layout.yaxis.tickvals, strict=True))


def dots(figure: go.Figure, name: str) -> list[Any]:
    return [trace for trace in figure.data if trace.name == name]


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("narrow", [True, False])
def test_each_dot_stands_on_the_line_of_its_row(look: Look, narrow: bool) -> None:
    figure = drawn(look, narrow=narrow)
    at = places(figure)
    (approval,) = dots(figure, "Approval rate")
    assert list(approval.x) == [0.9, 0.56, 0.8]
    assert list(approval.y) == [at["home: own"], at["home: rent"], at["age: 20 to 24"]]
    assert list(approval.error_x.array) == pytest.approx([0.02, 0.02, 0.1])
    assert list(approval.error_x.arrayminus) == pytest.approx([0.02, 0.01, 0.1])
    assert sorted(at.values()) == ([2, 4, 6, 9] if narrow else [1, 2, 3, 5])  # sections, and words of a narrow row, between


@pytest.mark.parametrize("look", LOOKS)
def test_below_four_fifths_is_coloured_and_written_out_and_the_reference_is_open(look: Look) -> None:
    figure, colours = drawn(look), PALETTES[look]
    usual, below, reference = dots(figure, "Ratio to the reference")
    assert list(usual.x) == [0.8]  # exactly four fifths is not below
    assert (list(below.x), below.marker.color) == ([0.62], colours.series[5])
    assert (list(reference.x), reference.marker.color) == ([1.0], colours.surface)
    assert reference.error_x.array is None
    (written,) = [trace for trace in figure.data if trace.mode == "text" and "0.62" in "".join(trace.text)]
    assert list(written.x) == [0.6]  # left of its interval


def test_what_is_too_few_is_said_and_not_drawn() -> None:
    figure = drawn()
    words = [text for trace in figure.data if trace.mode == "text" for text in trace.text]
    assert words.count("too few, 19 rows") == 3
    assert words.count("too few, 23 bads") == 1
    assert all(0.0 not in list(trace.x) for trace in figure.data if trace.mode == "markers" and trace.name)
    pale = next(trace for trace in figure.data if trace.mode == "text" and "&lt;i>" in trace.text)
    assert pale.textfont.color == PALETTES["light"].text_3  # its name is text, and pale


def test_marks_stand_where_all_rows_are() -> None:
    figure = drawn()
    assert [(shape.xref, shape.x0) for shape in figure.layout.shapes] == [("x2", 0.7), ("x3", 0.8), ("x4", 0.24)]
    said = [note.text for note in figure.layout.annotations]
    assert {"70.0%", "four fifths", "24.0%", "<b>Approval rate</b>", "Rows", "Bad rate"} <= set(said)
    narrow = drawn(narrow=True)
    assert not narrow.layout.shapes  # they would cross the words
    assert "<b>Approved</b>" in {note.text for note in narrow.layout.annotations}
    for axis, panel in (("xaxis2", PANELS[0]), ("xaxis3", PANELS[1]), ("xaxis4", PANELS[2])):
        low, high = figure.layout[axis].range
        assert low <= (panel.mark or 0) <= high


def test_its_height_follows_its_rows() -> None:
    assert figure_height(ROWS) == ABOVE + BELOW + 6 * WIDE_ROW
    assert figure_height(ROWS, narrow=True) == ABOVE + BELOW + 10 * NARROW_ROW
    assert drawn().layout.height == figure_height(ROWS)


@pytest.mark.parametrize("narrow", [True, False])
def test_a_hundred_rows_are_small(narrow: bool) -> None:
    rows = [
        Row("person_home_ownership", f"A long name of a level {i}", "1,234", "20%", (Dot(1 / 3, 1 / 7, 2 / 3),) * 3)
        for i in range(100)
    ]
    assert len(segments_figure(rows, PANELS, "light", heads=HEADS, narrow=narrow).to_json()) < 45_000


def test_nothing_to_draw_is_an_empty_figure() -> None:
    assert segments_figure([], PANELS, "light", heads=HEADS).layout.height == ABOVE + BELOW
    assert balance_figure([], "light", names=("goods", "bads")).layout.height == ABOVE + BELOW


@pytest.mark.parametrize("look", LOOKS)
def test_the_balance_has_a_dot_for_goods_and_one_for_bads(look: Look) -> None:
    rows = [
        Shares("home", "own", "60%", 0.7, 0.3),
        Shares("home", "rent", "40%", 0.3, 0.7),
        Shares("home", "x", "0%", None, None),
    ]
    figure = balance_figure(rows, look, names=("goods", "bads"))
    by_name = {trace.name: trace for trace in figure.data if trace.mode == "markers"}
    assert list(by_name["goods"].x) == [0.7, 0.3, None]
    assert list(by_name["bads"].x) == [0.3, 0.7, None]
    assert (by_name["goods"].marker.color, by_name["bads"].marker.color) == PALETTES[look].series_line[:2]
    assert {"● goods", "● bads"} <= {note.text for note in figure.layout.annotations}
    assert balance_height(rows) == figure.layout.height == ABOVE + BELOW + 4 * WIDE_ROW
