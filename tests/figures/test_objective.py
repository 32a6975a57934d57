"""The course of a fit as it was recorded, and the sentence that it shows; and the curves of three classes and more."""

from dataclasses import replace

import pytest

from pipeline.evaluation_results import ClassFigures, RocCurve
from pipeline.figures.class_roc import class_roc_figure, drawn_classes
from pipeline.figures.objective import objective_figure, objective_finding
from pipeline.figures.template import PALETTES, Look
from pipeline.results import FitSummary

FIT = FitSummary(-352.0, 704.0, 900.0, None, 3, 1e-9, True, 0.1, objective=(0.6931, 0.41, 0.3531, 0.352))


@pytest.mark.parametrize("look", ["light", "dark"])
def test_every_step_is_drawn(look: Look) -> None:
    figure = objective_figure(FIT, look)
    (line,) = [trace for trace in figure.data if trace.name == "objective"]
    assert tuple(line.x) == (0, 1, 2, 3)
    assert tuple(line.y) == FIT.objective
    assert line.customdata[0] == pytest.approx(0.6931 - 0.352)
    assert line.line.color == PALETTES[look].series[0]
    assert figure.layout.xaxis.dtick == 1


def test_long_courses_have_few_ticks() -> None:
    for n in (7, 31, 200, 10_000):
        course = tuple(1 / (k + 1) for k in range(n + 1))
        assert n / objective_figure(replace(FIT, objective=course), "light").layout.xaxis.dtick <= 6


def test_the_finding_says_from_where_to_where() -> None:
    assert objective_finding(FIT) == "Log-loss plus penalty falls from 0.6931 to 0.3520 in 3 steps"
    assert objective_finding(FIT, penalised=False).startswith("Log-loss falls from")
    assert objective_finding(replace(FIT, converged=False)).endswith("in 3 steps, and has not settled")
    assert objective_finding(replace(FIT, objective=(0.7, 0.6))).endswith("in 1 step")
    assert objective_finding(replace(FIT, objective=())) == "The course of the fit was not recorded"


def test_each_class_has_its_curve() -> None:
    roc = RocCurve((0.0, 0.1, 1.0), (0.0, 0.8, 1.0), (None, 0.5, 0.0))
    classes = [ClassFigures(f"class <{k}>", 10, 0.9, 0.8, 0.95, 0.5, 0.5, 0.5, roc) for k in range(8)]
    classes.append(ClassFigures("absent", 0, None, None, None, None, None, None, None))
    figure = class_roc_figure(classes, "light")
    curves = [trace for trace in figure.data if trace.name]
    assert [trace.name for trace in curves] == [f"class <{k}>" for k in range(8)]
    assert curves[0].line.color == PALETTES["light"].series[0]
    assert len({curve.line.color for curve in curves}) == 8
    assert [curve.line.dash == "solid" for curve in curves] == [True] * 6 + [False] * 2  # a second sign beside the colour
    said = [note.text for note in figure.layout.annotations]
    assert (said[0], said[6], len(said)) == ("class &lt;0> 0.900", "╌ class &lt;6> 0.900", 8)


def test_of_many_classes_those_with_the_most_rows_are_drawn() -> None:
    roc = RocCurve((0.0, 0.1, 1.0), (0.0, 0.8, 1.0), (None, 0.5, 0.0))
    classes = [ClassFigures(f"{k}", 10 + k, 0.9, 0.8, 0.95, 0.5, 0.5, 0.5, roc) for k in range(20)]
    assert [one.label for one in drawn_classes(classes)] == [str(k) for k in range(10, 20)]
