"""The figures of searches and of treatments: each cell at its place, the best marked, panels on one scale."""

import numpy as np
import pytest

from pipeline.evaluation_results import Calibration, CalibrationBand, Confusion, Metrics
from pipeline.figures.imbalance import reliability_figure
from pipeline.figures.search import MOST_SERIES, search_figure
from pipeline.figures.template import PALETTES, Look
from pipeline.study_results import Treatment, Trial

LOOKS: tuple[Look, ...] = ("light", "dark")


def trial(number: int, log_loss: float | None, **options: object) -> Trial:
    return Trial(number, dict(options), 0.7 - 0.01 * number, 0.02, log_loss, 0.01, error="" if log_loss else "It failed.")


OVER_C = [
    trial(at, 0.5 - 0.02 * at, penalty=p, C=C) for at, (p, C) in enumerate((p, C) for p in ("l2", "l1") for C in (0.1, 1, 10))
]


@pytest.mark.parametrize("look", LOOKS)
def test_a_line_over_C_for_each_of_the_other_options(look: Look) -> None:
    figure = search_figure([*OVER_C, trial(6, None, penalty="l1", C=100.0)], "log_loss", 5, 3, look)
    lines = {trace.name: trace for trace in figure.data if trace.mode == "lines+markers"}
    assert set(lines) == {"L2", "L1"}
    assert list(lines["L2"].y) == [0.5, 0.48, 0.46]
    assert list(lines["L1"].error_y.array) == [0.01] * 3
    assert np.allclose(lines["L2"].x, [0.1, 1, 10], rtol=0.1)  # moved a little, so that intervals do not cover each other
    rings = {trace.text[0]: (trace.x[0], trace.y[0]) for trace in figure.data if trace.mode == "markers+text"}
    assert rings == {"best": (10, OVER_C[5].log_loss), "simplest as good": (0.1, OVER_C[3].log_loss)}
    assert figure.layout.xaxis.type == "log"
    assert lines["L1"].line.color in PALETTES[look].series


@pytest.mark.parametrize(("measure", "side"), [("log_loss", "bottom center"), ("auc", "top center")])
def test_the_words_of_the_two_rings_point_away_from_each_other(measure: str, side: str) -> None:
    """At one C the best lies under the other by log-loss, and over it by AUC."""
    figure = search_figure(OVER_C, measure, 5, 3, "light")
    sides = {trace.text[0]: trace.textposition for trace in figure.data if trace.mode == "markers+text"}
    assert sides["best"] == side
    assert sides["simplest as good"] != side


def test_at_most_six_lines_stand_out() -> None:
    many = [
        trial(at, 0.5 + 0.01 * at, class_weight="given", class_weights={"bad": at // 3 + 1}, C=10.0 ** (at % 3))
        for at in range(30)
    ]
    figure = search_figure(many, "log_loss", 0, 0, "light")
    lines = [trace for trace in figure.data if trace.mode == "lines+markers"]
    assert len(lines) == 10
    assert sum(line.line.color != PALETTES["light"].fig_reference for line in lines) == MOST_SERIES
    assert len(figure.layout.annotations) == MOST_SERIES


def test_a_cell_without_C_is_a_level() -> None:
    figure = search_figure([*OVER_C, trial(6, 0.45, penalty="none")], "log_loss", 6, 6, "light")
    assert [shape.y0 for shape in figure.layout.shapes] == [0.45]


def test_where_C_does_not_vary_each_cell_has_a_row_best_first() -> None:
    cells = [trial(0, 0.5, degree=1), trial(1, 0.4, degree=2), trial(2, 0.45, degree=3)]
    figure = search_figure(cells, "log_loss", 1, 1, "light", same=("penalty",))
    [dots] = figure.data
    assert list(dots.y) == ["degree 2", "degree 3", "degree 1"]
    assert list(dots.x) == [0.4, 0.45, 0.5]


def test_by_auc_the_highest_is_first() -> None:
    [dots] = search_figure([trial(1, 0.5, degree=1), trial(0, 0.5, degree=2)], "auc", 0, 0, "light").data
    assert list(dots.y) == ["degree 2", "degree 1"]


def test_names_hold_no_tags() -> None:
    cells = [trial(at, 0.5, class_weight="given", class_weights={"<b>bad": 2.0}, C=10.0**at) for at in range(3)]
    [line] = [trace for trace in search_figure(cells, "log_loss", 0, 0, "light").data if trace.mode == "lines+markers"]
    assert line.name == "&lt;b>bad × 2"


def treatment(name: str, before: bool) -> Treatment:
    bands = tuple(CalibrationBand(100, p, p * 1.1, p * 0.9, p * 1.3) for p in (0.1, 0.2, 0.4))
    calibration = Calibration(300, 70, 70.0, 1.0, 0.9, 1.1, 0.0, 0.1, bands)
    metrics = Metrics(300, 70, *[0.5] * 9)
    confusion = Confusion(1, 1, 1, 1)
    return Treatment(
        name, name.title(), {}, 700, metrics, confusion, confusion, calibration, calibration if before else None, 1.0
    )


@pytest.mark.parametrize("look", LOOKS)
def test_a_panel_for_each_treatment_on_one_scale(look: Look) -> None:
    treatments = [treatment("none", before=False), treatment("over", before=True), treatment("under", before=True)]
    figure = reliability_figure(treatments, look, columns=2)
    assert [trace.name for trace in figure.data if trace.name] == [
        "corrected",
        "as fitted",
        "corrected",
        "as fitted",
        "corrected",
    ]
    axes = [figure.layout[name] for name in ("xaxis", "xaxis2", "xaxis3", "yaxis", "yaxis2", "yaxis3")]
    assert all(tuple(axis.range) == pytest.approx((0, 1.02 * 0.4 * 1.3)) for axis in axes)
    assert [note.text for note in figure.layout.annotations] == ["None", "Over", "Under"]
    strong = [trace for trace in figure.data if trace.name == "corrected"]
    assert all(trace.error_y.array is not None for trace in strong)
    assert list(strong[0].y) == pytest.approx([0.11, 0.22, 0.44])
