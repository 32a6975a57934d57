"""The ROC figure draws what the result holds, and nothing on a legend or a second axis."""

import pytest

from pipeline.evaluation_results import Confusion, RocCurve
from pipeline.figures.roc import rates, roc_figure
from pipeline.figures.template import PALETTES, Look

CURVE = RocCurve((0.0, 0.0, 0.5, 1.0), (0.0, 0.5, 1.0, 1.0), (None, 0.9, 0.4, 0.1))
TRAINING = RocCurve((0.0, 0.0, 1.0), (0.0, 1.0, 1.0), (None, 0.8, 0.1))
COUNTS = Confusion(tn=180, fp=30, fn=45, tp=45)


def test_rates_are_shares_of_each_class() -> None:
    assert rates(COUNTS) == (30 / 210, 45 / 90)
    assert rates(Confusion(0, 0, 0, 0)) == (None, None)


@pytest.mark.parametrize("look", ["light", "dark"])
def test_held_out_is_strong_and_training_pale(look: Look) -> None:
    figure = roc_figure(CURVE, TRAINING, COUNTS, "0.50", look)
    lines = {trace.name: trace for trace in figure.data if trace.name}
    assert lines["held out"].line.color == PALETTES[look].series[0]
    assert lines["training"].line.color == PALETTES[look].fig_reference
    assert tuple(lines["held out"].x) == tuple(10_000 * x for x in CURVE.false_positive_rate)
    assert tuple(lines["held out"].y) == tuple(10_000 * y for y in CURVE.true_positive_rate)
    assert figure.layout.template.layout.showlegend is False


def test_the_cutoff_stands_at_the_confusion_matrix_of_the_same_rows() -> None:
    figure = roc_figure(CURVE, TRAINING, COUNTS, "cut-off 0.25", "light")
    (mark,) = [trace for trace in figure.data if trace.mode == "markers+text"]
    assert (mark.x[0], mark.y[0]) == (round(10_000 * 30 / 210), 5_000)
    assert mark.text[0] == "cut-off 0.25"


def test_the_rows_that_are_judged_name_the_curve() -> None:
    figure = roc_figure(TRAINING, None, COUNTS, "0.50", "light", name="training")
    assert [trace.name for trace in figure.data if trace.name] == ["training", "cut-off"]
