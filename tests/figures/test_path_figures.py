"""The path's figures draw what the path holds, and leave to the browser what it moves."""

import math
from itertools import pairwise

import pytest

from pipeline.figures.path import (
    _apart,
    columns_of,
    cv_figure,
    emphasised,
    end_label,
    judged_part,
    path_figure,
    path_roc_figure,
    strength,
)
from pipeline.figures.template import PALETTES, Look
from tests.paths import CS, HELD_OUT, PATH, THREE, TRAINING


@pytest.mark.parametrize(("C", "text"), [(1.0, "1"), (0.0063, "0.0063"), (100.0, "100"), (1e-6, "0.000001"), (2.5, "2.5")])
def test_c_is_written_as_a_person_does(C: float, text: str) -> None:
    assert strength(C) == text


@pytest.mark.parametrize("look", ["light", "dark"])
def test_every_coefficient_is_a_line_over_c(look: Look) -> None:
    figure = path_figure(PATH, "yes", 1, look)
    lines = {trace.name: trace for trace in figure.data if trace.mode == "lines"}
    assert set(lines) == {"age", "home: rent", "home: &lt;other>"}
    assert tuple(lines["home: rent"].x) == CS
    assert tuple(lines["home: rent"].y) == (0.0, 0.3, 1.0)
    assert figure.layout.xaxis.type == "log"
    assert tuple(figure.layout.xaxis.range) == (math.log10(CS[0]), math.log10(CS[-1]))
    assert lines["home: rent"].line.color in PALETTES[look].series


def test_the_marks_stand_at_the_chosen_c_and_can_be_moved() -> None:
    """The cursor is shape 0, the dots are the last trace, and the meta holds their places at every C."""
    figure = path_figure(PATH, "yes", 1, "light")
    (cursor,) = figure.layout.shapes
    assert (cursor.x0, cursor.x1, cursor.label.text) == (0.1, 0.1, "C = 0.1")
    dots = figure.data[-1]
    assert dots.mode == "markers"
    assert tuple(dots.x) == (0.1,) * 3
    assert list(dots.y) == [line[1] for line in figure.layout.meta["dots"]]
    assert figure.layout.meta["Cs"] == list(CS)
    strong = emphasised(PATH, "yes")
    assert figure.layout.meta["dots"] == [[row[i] for row in PATH.coefficients] for i in strong]
    assert not figure.layout.yaxis.autorange


def test_the_largest_at_the_best_log_loss_are_emphasised_in_the_order_of_their_ends() -> None:
    assert columns_of(PATH, "yes") == [1, 2, 0]
    assert emphasised(PATH, "yes") == [1, 0, 2]


def test_a_long_name_is_shortened_to_its_level() -> None:
    column = PATH.columns[1]
    assert end_label(column) == "home: rent"
    long = type(column)("yes", "status_of_the_account", "overdrawn", "status_of_the_account: overdrawn")
    assert end_label(long) == "overdrawn"


def test_labels_keep_apart_and_stay_near() -> None:
    placed = _apart([1.0, 0.99, 0.5, 0.49, 0.48], 0.1)
    assert all(above - below >= 0.1 - 1e-12 for above, below in pairwise(placed))
    assert placed[0] == pytest.approx(1.045)
    assert placed[3] == pytest.approx(0.49)


@pytest.mark.parametrize("look", ["light", "dark"])
def test_the_folds_have_a_band_of_one_standard_error_and_two_marks(look: Look) -> None:
    figure = cv_figure(PATH, "auc", 0, look)
    lines = {trace.name: trace for trace in figure.data}
    assert tuple(lines["AUC"].y) == PATH.auc.mean
    assert tuple(lines["mean + 1 se"].y) == pytest.approx([0.72, 0.78, 0.79])
    assert tuple(lines["mean - 1 se"].y) == pytest.approx([0.68, 0.74, 0.75])
    assert list(lines["marked"].x) == [1.0, 0.1]
    assert tuple(lines["one standard error from the best"].y) == pytest.approx((0.75, 0.75))
    texts = [note.text for note in figure.layout.annotations]
    assert "best 0.770" in texts
    assert "1-SE, C = 0.1<br>0.760" in texts


def test_log_loss_is_best_where_it_is_least() -> None:
    """Best and one-standard-error C are the same here: one mark, and the line lies above the best."""
    figure = cv_figure(PATH, "log_loss", 2, "light")
    lines = {trace.name: trace for trace in figure.data}
    assert list(lines["marked"].x) == [0.1]
    assert tuple(lines["one standard error from the best"].y) == pytest.approx((0.59, 0.59))
    assert list(lines["chosen"].y) == [0.60]


def test_the_roc_curve_of_the_held_out_rows_is_strong_and_training_grey() -> None:
    figure = path_roc_figure(PATH, 1, "light")
    assert [trace.name for trace in figure.data] == [None, "training", "held out", "chosen"]
    assert figure.data[1].line.color == PALETTES["light"].fig_reference
    assert tuple(figure.data[2].x) == HELD_OUT.roc[1].false_positive_rate


def test_without_held_out_rows_training_is_judged_and_named() -> None:
    alone = type(PATH)(**{**vars(PATH), "parts": (TRAINING,)})
    assert judged_part(alone) is TRAINING
    assert [trace.name for trace in path_roc_figure(alone, 1, "light").data] == [None, "training", "chosen"]


def test_three_classes_have_a_figure_for_each_against_the_first() -> None:
    for label, ends in (("low", 0.2), ("middle", -0.9)):
        lines = [trace for trace in path_figure(THREE, label, 2, "light").data if trace.mode == "lines"]
        assert [line.y[-1] for line in lines] == [ends]
