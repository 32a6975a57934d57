"""The picture of two fields: what it draws, and titles that are true of lines, rings, strips and cells."""

import math
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from pipeline.boundary_results import Axis, BoundaryRows, RowCell, RowPoint, Surface
from pipeline.explaining.surfaces.boundary import surface
from pipeline.figures.boundary import Ring, boundary_figure
from pipeline.figures.boundary_dots import is_wrong, mixed, side_at
from pipeline.figures.boundary_fill import shades
from pipeline.figures.boundary_words import Decisions, boundary_title
from pipeline.figures.classes import SYMBOL_NUMBERS, class_colour, class_line, class_symbol
from pipeline.figures.template import PALETTES
from pipeline.model import CalibrationMap, FittedModel
from pipeline.spec_sentences import MOST_CLASSES
from pipeline.terms import CategoryTerm, NumberTerm, PowerTerm

X, Y = (Axis(name, tuple(map(float, np.linspace(-2, 2, 51)))) for name in "xy")
HOME = Axis("home", levels=("own", "rent", "<b>"), n_levels=3)
NUMBERS = (NumberTerm("x", 0.0, 0.0, 1.0), NumberTerm("y", 0.0, 0.0, 1.0))
LEVELS = CategoryTerm("home", ("rent", "<b>"), "own", None)


def over(terms: Any, weights: tuple[float, ...], axes: tuple[Axis, Axis], cutoff: float = 0.5) -> Surface:
    model = FittedModel("bad", ("good", "bad"), "reference", terms, (weights,), {})
    values = {name: "own" if name == "home" else 0.0 for name in model.fields}
    return surface(model, axes, values, cutoff=cutoff)


LINE = over(NUMBERS, (0.0, 1.0, 2.0), (X, Y))  # refused above y = -x / 2
CIRCLE = over((*NUMBERS, PowerTerm("x", 2), PowerTerm("y", 2)), (-1.0, 0.0, 0.0, 1.0, 1.0), (X, Y))
STRIPS = over((NUMBERS[0], LEVELS), (0.5, 1.0, -1.0, 9.0), (HOME, X))


def test_a_title_of_a_line_gives_the_line_at_two_places() -> None:
    assert boundary_title(LINE, Decisions()) == "At x −1.04, y above 0.52 is refused; at 1.04, above −0.52"


def test_a_title_of_a_ring_tells_both_of_its_sides() -> None:
    assert boundary_title(CIRCLE, Decisions()) == "At x −2 as at 2, every y is refused"
    wide = over((*NUMBERS, PowerTerm("x", 2), PowerTerm("y", 2)), (-2.0816, 0.0, 0.0, 1.0, 1.0), (X, Y))
    assert boundary_title(wide, Decisions()) == "At x −1.04 as at 1.04, y below −1 and above 1 is refused"
    inside = over((*NUMBERS, PowerTerm("x", 2), PowerTerm("y", 2)), (2.0816, 0.0, 0.0, -1.0, -1.0), (X, Y))
    assert boundary_title(inside, Decisions("predicted ill", "")).endswith("y between −1 and 1 is predicted ill")


def test_a_title_of_nothing_crossed_says_so() -> None:
    assert boundary_title(over(NUMBERS, (-9.0, 1.0, 1.0), (X, Y), 0.15), Decisions()) == (
        "No combination of the two crosses the cut-off of 0.15: all are approved"
    )
    assert boundary_title(over(NUMBERS, (9.0, 1.0, 1.0), (X, Y)), Decisions()).endswith("all are refused")


def test_a_cut_off_that_a_recalibration_steps_on_refuses() -> None:
    """A probability of 1/7 reaches a cut-off of 1/7, whose digits have no end."""
    step = CalibrationMap((0.1, 0.5), (0.05, 1 / 7))
    model = FittedModel("bad", ("good", "bad"), "reference", (NUMBERS[0], LEVELS), ((5.0, 1.0, 0.0, -8.0),), {}, calibration=step)
    found = surface(model, (X, HOME), {"x": 0.0, "home": "own"}, cutoff=1 / 7)
    assert boundary_title(found, Decisions()) == "Home alone decides: 2 of 3 are refused, own and rent"
    assert side_at(found, 2.0, 0.0) == 1


def test_titles_of_levels() -> None:
    assert boundary_title(STRIPS, Decisions()) == "At home <b>, every x is refused; at rent, above 0.5"
    alone = over((NUMBERS[0], LEVELS), (0.0, 0.0, -1.0, 9.0), (X, HOME))
    assert boundary_title(alone, Decisions()) == "Home alone decides: 2 of 3 are refused, own and <b>"
    other = CategoryTerm("purpose", ("car",), "debt", None)
    purpose = Axis("purpose", levels=("debt", "car"), n_levels=2)
    model = FittedModel("bad", ("good", "bad"), "reference", (LEVELS, other), ((-1.0, 0.5, 0.5, 0.75),), {})
    found = surface(model, (HOME, purpose), {"home": "own", "purpose": "debt"}, cutoff=0.5)
    assert boundary_title(found, Decisions()) == "2 of 6 combinations are refused: rent with car and <b> with car"


@pytest.mark.parametrize("seed", range(12))
def test_a_title_is_true_of_any_shape(seed: int) -> None:
    """What it says at a place of x is what a fine grid of y gives there."""
    draw = np.random.default_rng(seed)
    weights = tuple(map(float, draw.normal(size=7)))
    terms = (*NUMBERS, *(PowerTerm(name, degree) for name in "xy" for degree in (2, 3)))
    found = over(terms, weights, (X, Y))
    title = boundary_title(found, Decisions())
    if title.startswith("No combination"):
        assert found.refused in {0.0, 1.0}
        return
    places = np.linspace(-2, 2, 4_001)
    for place in (X.values[12], X.values[-13]):
        eta = weights[0] + weights[1] * place + weights[3] * place**2 + weights[4] * place**3
        along = eta + weights[2] * places + weights[5] * places**2 + weights[6] * places**3
        crossings = places[:-1][np.diff(along >= 0)]
        told = title.split(" and ") + title.split()
        for at in crossings:
            assert any(word.rstrip(",;").replace("−", "-") in near(at) for words in told for word in words.split()), (at, title)
        if not len(crossings):
            assert ("every y" in title or "all" in title) if along[0] >= 0 else ("no y" in title or "none" in title)


def near(value: float) -> set[str]:
    """A crossing to a hundredth of the axis' size, and one step beside it."""
    return {f"{round(value * 100 + step) / 100:.4g}" for step in (-2, -1, 0, 1, 2)}


def test_the_boundary_is_a_line_of_ink_over_a_scale_that_changes_at_the_cut_off() -> None:
    for look in ("light", "dark"):
        colours = PALETTES[look]
        figure = boundary_figure(LINE, look)
        fill, chances = figure.data[:2]
        np.testing.assert_allclose(np.array(fill.z) / 65_535 * 12 - 6, LINE.log_odds, atol=1e-4)
        np.testing.assert_allclose(chances.z, LINE.probability, rtol=1e-6)  # what the pointer reads
        assert (fill.zsmooth, fill.hoverinfo, chances.opacity) == ("best", "skip", 0)
        assert (fill.colorscale[0][1], fill.colorscale[-1][1]) == (colours.series_1_soft, colours.series_2_soft)
        ink = [trace for trace in figure.data if trace.name == "boundary"]
        assert [(trace.line.color, trace.line.width) for trace in ink] == [(colours.fig_ink, 1.5)]
        assert "cut-off 0.50" in {note.text for note in figure.layout.annotations}


STEEP = CalibrationMap((0.1, 0.5, 0.51, 0.9), (0.05, 0.06, 1 / 7, 1 / 7))  # flat from 0.51 on


@pytest.mark.parametrize("mapped", [None, STEEP])
@pytest.mark.parametrize("cutoff", [0.06, 0.1, 1 / 7, 0.2, 0.99999])
def test_the_fill_changes_its_colour_where_the_line_is(mapped: CalibrationMap | None, cutoff: float) -> None:
    """The colours of the places, by the scale, are those of their decisions; so it is between them, for log-odds are straight."""
    model = FittedModel("bad", ("good", "bad"), "reference", NUMBERS, ((0.0, 1.0, 2.0),), {}, calibration=mapped)
    found = surface(model, (X, Y), {"x": 0.0, "y": 0.0}, cutoff=cutoff)
    scale = shades(found, PALETTES["light"])
    assert [stop for stop, _ in scale] == sorted(stop for stop, _ in scale)
    assert (scale[0][0], scale[-1][0]) == (0, 1)
    low, high = (end(map(end, found.log_odds)) for end in (min, max))
    for etas in found.log_odds:
        for eta in etas:
            share = (eta - low) / (high - low)
            after = next(k for k, (stop, _) in enumerate(scale) if stop >= share)
            if scale[after][0] == share:  # at a stop of the scale, which has two colours at the cut-off
                continue
            chance = model.probability_of_default(pa.table({"x": [eta], "y": [0.0]}))[0]
            assert {is_bad_colour(colour) for _, colour in scale[after - 1 : after + 1]} == {chance >= cutoff}, (eta, chance)
    assert found.refused == np.mean([[found.refuses(i, j) for i in range(51)] for j in range(51)])
    if found.refused in {0, 1}:
        assert boundary_title(found, Decisions()).startswith("No combination")


def is_bad_colour(colour: str) -> bool:
    """Orange, as bads are, has less blue than red."""
    return int(colour[1:3], 16) > int(colour[5:7], 16)


def test_levels_are_strips_with_their_names() -> None:
    figure = boundary_figure(STRIPS, "light")
    assert figure.data[0].zsmooth is False
    assert figure.data[0].xgap
    assert list(figure.layout.xaxis.ticktext) == ["own", "rent", "&lt;b>"]


def test_mistakes_are_strong_and_what_is_right_is_pale() -> None:
    points = (RowPoint(1, 1, 1, 0.9), RowPoint(1, 1, 0, 0.9), RowPoint(-1, -1, 0, 0.1), RowPoint(-1, -1, 1, 0.1))
    rows = BoundaryRows("held_out", 4, 0, 0, (), points)
    assert [is_wrong(LINE, point) for point in points] == [False, True, False, True]
    pale, strong = boundary_figure(LINE, "light", rows=rows, points=True).data[-2:]
    assert (list(pale.marker.color), list(strong.marker.color)) == ([1, 0], [0, 1])
    assert is_paler(pale, strong)


def test_cells_take_the_colour_of_what_came_and_few_rows_take_none() -> None:
    cells = (RowCell(1, 1, (5, 15)), RowCell(-1, -1, (5, 15)), RowCell(1, -1, (2, 1)))
    rows = BoundaryRows("held_out", 43, 0, 0, cells, ())
    few, pale, strong = boundary_figure(LINE, "light", rows=rows).data[-3:]
    assert few.marker.line.color == PALETTES["light"].text_2
    assert few.customdata.tolist() == [[3, 1]]
    assert "%}" not in few.hovertemplate  # too few for a share
    assert pale.marker.color.tolist() == strong.marker.color.tolist() == [1]
    assert (pale.x[0], strong.x[0]) == (1, -1)  # where the slice approves, bads are its mistakes
    assert is_paler(pale, strong)
    assert strong.customdata.tolist() == [[20, 0.75]]
    assert [side_at(LINE, cell.x, cell.y) for cell in cells] == [1, 0, 0]


def is_paler(pale: Any, strong: Any) -> bool:
    """Of the same class, in the same outline."""
    colours = PALETTES["light"]
    assert pale.marker.line.colorscale == strong.marker.line.colorscale
    of_bads = (pale.marker.colorscale[1][1], strong.marker.colorscale[1][1])
    return of_bads == (mixed(colours.series[1], colours.surface, 0.45), colours.series[1])


def test_each_of_many_classes_has_a_mark_of_its_own() -> None:
    """As many as a run may have, by colour and shape together; the first six by colour alone."""
    n = MOST_CLASSES
    marks = [(class_colour(k, PALETTES["light"]), class_symbol(k)) for k in range(n)]
    assert len(set(marks)) == n
    assert {symbol for _, symbol in marks[:6]} == {"circle"}
    curves = [class_line(k, PALETTES["dark"]) for k in range(n)]
    assert len({(curve["color"], curve["dash"]) for curve in curves}) == n
    draw = np.random.default_rng(1)
    weights = tuple(tuple(map(float, row)) for row in draw.normal(size=(n, 3)))
    model = FittedModel("class", tuple(map(str, range(n))), "softmax", NUMBERS, weights, {})
    found = surface(model, (X, Y), {"x": 0.0, "y": 0.0})
    points = tuple(RowPoint(0.0, 0.0, k, None, k) for k in range(n))
    (dots,) = [
        trace
        for trace in boundary_figure(found, "light", rows=BoundaryRows("held_out", n, 0, 0, (), points), points=True).data
        if trace.name == "decided rightly"
    ]
    tones = dict(dots.marker.colorscale)
    assert [tones[k / (n - 1)] for k in range(n)] == [mixed(colour, PALETTES["light"].surface, 0.45) for colour, _ in marks]
    assert list(dots.marker.symbol) == [SYMBOL_NUMBERS[symbol] for _, symbol in marks]


def test_an_applicant_is_a_ring() -> None:
    figure = boundary_figure(LINE, "light", ring=Ring(0.5, -1, "row <7"))
    assert (figure.data[-1].marker.symbol, figure.data[-1].text[0]) == ("circle-open", "row &lt;7")


def test_three_classes_are_regions_with_their_names() -> None:
    weights = ((0.0, 1.0, 0.0), (0.0, -1.0, 0.0), (-0.5, 0.0, 2.0))
    model = FittedModel("class", ("a", "b", "c"), "softmax", NUMBERS, weights, {})
    found = surface(model, (X, Y), {"x": 0.0, "y": 0.0})
    figure = boundary_figure(found, "light")
    assert {note.text for note in figure.layout.annotations} == {"a", "b", "c"}
    for note in figure.layout.annotations:  # each name lies in its own region
        assert "abc"[side_at(found, note.x, note.y)] == note.text
    title = boundary_title(found, Decisions())
    shares = {label: sum(row.count(k) for row in found.region) / len(found.region) ** 2 for k, label in enumerate("abc")}
    first = max(shares, key=lambda label: shares[label])
    assert title.startswith(f"'{first}' is the most probable class in {shares[first]:.0%} of the picture")


def test_colours_are_mixed() -> None:
    assert mixed("#ffffff", "#000000", 0.5) == "#808080"
    assert math.isclose(CIRCLE.refused or 0, 1 - math.pi / 16, abs_tol=0.02)
