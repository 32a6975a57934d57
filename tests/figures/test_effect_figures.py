"""The figures of effects draw what was counted, and their words follow from the numbers."""

import math
from dataclasses import replace

import numpy as np
import pytest

from pipeline.effect_results import EffectCurve, Effects
from pipeline.figures.effect_words import effect_finding, kind_words, line_words
from pipeline.figures.effects import effect_figure, effect_height
from pipeline.figures.forest import ForestRow, forest_figure, forest_height
from pipeline.figures.odds import odds_figure
from pipeline.figures.template import PALETTES, Look

X = tuple(float(value) for value in range(20, 61, 10))
FALLING = EffectCurve(
    values=X, apart=(None, 99.0), held=40.0, log_odds=((1.0, 0.5, 0.0, -1.0, -2.0, 0.2, -0.4),),
    line=((0.7, 0.45, 0.2, -0.05, -0.3, 0.5, 0.5),), each=(((0.5,), (-0.5,)),), middle=(22.0, 58.0), is_straight=True,
)  # fmt: skip
LEVELS = EffectCurve(
    values=("own", "rent"), apart=(None,), held="own", log_odds=((-1.0, 1.0, 0.0),), line=((0.2, 1.4, 0.3),),
    each=(((0.1,), (0.2,)),), n_levels=5,
)  # fmt: skip
EFFECTS = Effects(
    labels=("good", "bad"), link="reference", calibration=None, n_train=100, fields=(), log_odds_sd=(1.0,), measure="auc",
    part="held_out", n_part=50, n_shuffled=50, baseline=0.7, repeats=20, n_each=2, seed=1,
)  # fmt: skip


def sigmoid(eta: float) -> float:
    return 1 / (1 + math.exp(-eta))


@pytest.mark.parametrize("look", ["light", "dark"])
def test_a_number_has_its_curve_its_rows_and_the_straight_line(look: Look) -> None:
    figure = effect_figure(EFFECTS, FALLING, "age", look, cutoff=0.25)
    curve, beside = (trace for trace in figure.data if trace.name == "this run")
    assert tuple(curve.x) == X
    np.testing.assert_allclose(curve.y, [sigmoid(eta) for eta in FALLING.log_odds[0][:5]], atol=1e-7)
    assert curve.line.color == PALETTES[look].series[0]
    assert list(beside.text) == ["missing", "code 99"]
    np.testing.assert_allclose(beside.y, [sigmoid(0.2), sigmoid(-0.4)], atol=1e-7)
    assert min(beside.x) > X[-1]
    line, _ = (trace for trace in figure.data if trace.name == "straight line")
    assert line.line.dash == "dash"
    np.testing.assert_allclose(line.y, FALLING.line[0][:5], atol=1e-7)
    rows = next(trace for trace in figure.data if trace.name == "single rows")
    told = np.array(rows.y).reshape(2, 6)
    np.testing.assert_allclose(told[0, :5], [sigmoid(eta + 0.5) for eta in FALLING.log_odds[0][:5]], atol=1e-7)
    assert np.isnan(told[:, 5]).all()
    assert figure.layout.yaxis.range[0] == pytest.approx(-0.2, abs=0.1)  # the line is followed below 0, not all the way
    assert {note.text for note in figure.layout.annotations} >= {"this run", "straight line", "cut-off 0.25"}


def test_levels_stand_under_each_other() -> None:
    figure = effect_figure(EFFECTS, LEVELS, "home", "light")
    run = next(trace for trace in figure.data if trace.name == "this run")
    np.testing.assert_allclose(run.x, [sigmoid(-1), sigmoid(1), 0.5], atol=1e-7)
    assert figure.layout.yaxis.ticktext == ("<b>own</b>", "rent", "missing")
    many = replace(LEVELS, values=tuple(map(str, range(30))), log_odds=((0.0,) * 31,))
    assert effect_height(many) > 30 * 25 > effect_height(LEVELS)


def test_a_field_without_a_value_is_drawn() -> None:
    nothing = replace(FALLING, values=(), apart=(None,), held=None, log_odds=((0.3,),), line=((0.4,),))
    assert effect_figure(EFFECTS, nothing, "empty", "light").data
    assert effect_finding(EFFECTS, nothing, "empty") == "Empty has no value in the training rows"
    assert line_words(nothing) == ""


def test_products_bend_single_rows() -> None:
    bent = replace(FALLING, each=((tuple(i / 10 for i in range(7)), (0.0,) * 7),))
    first, second = EFFECTS.each_of(bent)
    assert first == pytest.approx([sigmoid(eta + i / 10) for i, eta in enumerate(FALLING.log_odds[0])])
    assert second == pytest.approx([sigmoid(eta) for eta in FALLING.log_odds[0]])


def test_the_finding_is_built_from_the_ends() -> None:
    assert effect_finding(EFFECTS, FALLING, "age") == "As age goes from 20 to 60, the probability of bad falls from 73% to 12%"
    assert effect_finding(EFFECTS, FALLING, "debt", unit="$").startswith("As debt goes from $20 to $60, ")
    rising = replace(FALLING, log_odds=((-4.0, -3.0, -2.0, -1.0, 0.0, 0, 0),), values=(1.0, 2.0, 3.0, 4.0, 1234.5), is_cut=True)
    assert effect_finding(EFFECTS, rising, "x") == "As x goes from 1 to 1,230, the probability of bad rises from 1.8% to 50%"
    hill = replace(FALLING, log_odds=((-2.0, 0.0, 1.0, 0.0, -2.0, 0, 0),))
    assert effect_finding(EFFECTS, hill, "x").endswith("lies between 12% and 73%, highest at 40")
    assert "hardly moves" in effect_finding(EFFECTS, replace(FALLING, log_odds=((0.0,) * 7,)), "x")
    assert effect_finding(EFFECTS, LEVELS, "home") == "Home: the probability of bad goes from 27% with own to 73% with rent"
    classes = replace(EFFECTS, labels=("a", "b", "c"))
    of_c = replace(FALLING, log_odds=((0.0,) * 7, FALLING.log_odds[0]))
    assert "the probability of c falls" in effect_finding(classes, of_c, "age", 2)


def test_the_words_say_where_the_straight_line_is_no_probability() -> None:
    """From 0.2 at 40 to -0.05 at 50 it is 0 at 48."""
    assert line_words(FALLING) == "The straight line says what no probability can be: below 0% from 48 on."
    assert "below 0% up to 32" in line_words(replace(FALLING, line=((-0.3, -0.05, 0.2, 0.45, 0.7, 0, 0),)))
    both = line_words(replace(FALLING, line=((-0.25, 0.25, 0.75, 1.25, 1.75, 0, 0),)))
    assert both.endswith("below 0% up to 25 and above 100% from 45 on.")
    assert "for rent" in line_words(LEVELS)
    assert "below 0% everywhere" in line_words(replace(FALLING, line=((-0.1,) * 7,)))
    within = line_words(replace(FALLING, line=((0.1, 0.2, 0.3, 0.4, 0.5, 0, 0),)))
    assert within == "The straight line stays between 0% and 100% over these values."
    assert "It bends" in line_words(replace(FALLING, line=((0.1, 0.2, 0.25, 0.26, 0.27, 0, 0),)))


def test_what_is_drawn_is_said() -> None:
    assert kind_words("category", LEVELS) == "2 of 5 levels, the most frequent"
    assert kind_words("category", replace(LEVELS, n_levels=2)) == "all 2 levels"
    assert "middle 99%" in kind_words("number", replace(FALLING, is_cut=True))


ROWS = (
    ForestRow("age", "age", -0.5, -0.7, -0.3),
    ForestRow("home", "own", 0.0, is_reference=True),
    ForestRow("home", "rent", 0.4, 0.1, 0.7),
    ForestRow("home", "other", 0.2),
)


def test_odds_ratios_stand_on_a_log_scale_with_their_intervals() -> None:
    figure = forest_figure(ROWS, "light")
    worse, better, reference = (trace for trace in figure.data)
    assert (worse.marker.color, better.marker.color) == PALETTES["light"].series_line[1::-1]
    np.testing.assert_allclose(worse.x, np.exp([0.4, 0.2]), rtol=1e-6)
    np.testing.assert_allclose(worse.error_x.array, [np.exp(0.7) - np.exp(0.4), np.nan], atol=1e-6)
    np.testing.assert_allclose(better.error_x.arrayminus, [np.exp(-0.5) - np.exp(-0.7)], atol=1e-6)
    assert figure.layout.xaxis.type == "log"
    assert sum(figure.layout.xaxis.range) == pytest.approx(0)  # 1 in the middle
    names = figure.layout.yaxis.ticktext
    assert names == ("age ", "<b>home</b>", "own ", "rent ", "other ")
    assert (tuple(reference.y), tuple(reference.x)) == ((2,), (1.0,))
    assert reference.marker.color == PALETTES["light"].surface
    assert forest_height(ROWS) > forest_height(ROWS[:1])


def test_what_no_axis_holds_stands_at_its_edge() -> None:
    far = forest_figure((ForestRow("x", "x", 30.0), ForestRow("y", "y", -0.1)), "light").data[0]
    assert far.marker.symbol == ("triangle-right",)
    assert far.x[0] == pytest.approx(1_000, rel=1e-4)
    assert "1.07e+13" in far.text[0]
    endless = forest_figure((ForestRow("x", "x", 0.2, -80.0, 80.0),), "light").data[0]
    assert np.isfinite(endless.error_x.array).all()


def test_ticks_are_round_and_mirrored() -> None:
    for size in (0.06, 0.3, 0.7, 1.5, 5.0):
        values = forest_figure((ForestRow("x", "x", size),), "light").layout.xaxis.tickvals
        assert 1.0 in values
        np.testing.assert_allclose(np.array(values) * np.array(values[::-1]), 1)
        assert 3 <= len(values) <= 5


def test_classes_have_no_worse_side() -> None:
    figure = forest_figure(ROWS, "light", has_bad=False)
    assert {note.text for note in figure.layout.annotations} == {"lower odds", "higher odds"}
    assert figure.data[0].marker.color == PALETTES["light"].series[0]


def test_twice_the_odds_is_drawn_with_its_examples() -> None:
    figure = odds_figure("dark", also=0.3)
    examples = next(trace for trace in figure.data if trace.name == "examples")
    assert list(examples.text) == ["1% → 1.98%", "10% → 18.2%", "50% → 66.7%", "30% → 46.2%"]
    assert len(next(trace for trace in odds_figure("light", also=0.12).data if trace.name == "examples").x) == 3
