"""Every mark of a figure that means something is 3 to 1 against its ground (WCAG 2.2, 1.4.11): by its fill or its outline."""

from collections.abc import Callable, Iterator
from typing import Any

import plotly.graph_objects as go
import pytest

from pipeline.boundary_results import BoundaryRows, RowCell, RowPoint
from pipeline.cutoffs.strategy import ProfitCurve
from pipeline.figures.boundary import boundary_figure
from pipeline.figures.calibration import calibration_figure
from pipeline.figures.compare import roc_overlay
from pipeline.figures.compare_scores import distribution_panels
from pipeline.figures.distribution import outcome_figure as column_figure
from pipeline.figures.effects import effect_figure
from pipeline.figures.forest import forest_figure
from pipeline.figures.gains import gains_figure
from pipeline.figures.ks import ks_figure
from pipeline.figures.objective import objective_figure
from pipeline.figures.odds import odds_figure
from pipeline.figures.path import cv_figure, path_figure, path_roc_figure
from pipeline.figures.position import position_figure
from pipeline.figures.precision_recall import precision_recall_figure
from pipeline.figures.profit import profit_figure
from pipeline.figures.roc import roc_figure
from pipeline.figures.score_bands import score_bands_figure
from pipeline.figures.score_distribution import score_distribution_figure
from pipeline.figures.score_dots import dots_of
from pipeline.figures.score_shift import score_shift_figure
from pipeline.figures.search import search_figure
from pipeline.figures.template import PALETTES, Look
from pipeline.figures.threshold import cutoff_precision_recall, cutoff_roc, outcome_figure
from pipeline.figures.waterfall import Bar
from tests.colours import contrast
from tests.figures import (
    test_boundary_figure,
    test_calibration_figure,
    test_compare_figures,
    test_effect_figures,
    test_lime_figure,
    test_objective,
    test_position_figure,
    test_roc,
    test_score_bands_figure,
    test_score_shift_figure,
    test_search_figure,
    test_segments_figure,
    test_waterfall,
)
from tests.figures.scored import COUNTS, GAINS, PRECISION_RECALL, TABLE
from tests.paths import PATH
from tests.profiles import RATIO

LEAST = 3.0
PROFIT = ProfitCurve((0.0, 0.5, 1.0), (0.0, 0.5, 1.0), (0.0, 9.0, 2.0), (0.0, 8.0, 1.0), (0.0, 10.0, 3.0))
OVERLAID = test_compare_figures.runs(8)
FIGURES: dict[str, Callable[[Look], go.Figure]] = {
    "bands of points": lambda look: score_bands_figure(test_score_bands_figure.bands(), 550.0, look),
    "calibration": lambda look: calibration_figure(test_calibration_figure.AFTER, test_calibration_figure.BEFORE, look),
    "column": lambda look: column_figure(RATIO, 0.2, look),
    "compared": lambda look: roc_overlay(
        [(run, test_compare_figures.curve(50), test_compare_figures.COUNTS, 0.7) for run in OVERLAID], look
    ),
    "compared scores": lambda look: distribution_panels(
        [(run, test_compare_figures.table(), 0.3, None) for run in OVERLAID], look
    ),
    "cross-validation": lambda look: cv_figure(PATH, "auc", 0, look),
    "cut-off, precision": lambda look: cutoff_precision_recall(TABLE, look),
    "cut-off, ROC": lambda look: cutoff_roc(TABLE, look),
    "cut-off, outcomes": lambda look: outcome_figure(TABLE, look),
    "effect": lambda look: effect_figure(test_effect_figures.EFFECTS, test_effect_figures.FALLING, "age", look, cutoff=0.25),
    "effect of levels": lambda look: effect_figure(test_effect_figures.EFFECTS, test_effect_figures.LEVELS, "home", look),
    "forest": lambda look: forest_figure(test_effect_figures.ROWS, look),
    "gains": lambda look: gains_figure(GAINS, COUNTS, "0.30", look),
    "KS": lambda look: ks_figure(TABLE, 0.5, 0.3, look),
    "LIME": lambda look: test_lime_figure.drawn(look),
    "objective": lambda look: objective_figure(test_objective.FIT, look),
    "odds": lambda look: odds_figure(look),
    "path": lambda look: path_figure(PATH, "yes", 1, look),
    "path, ROC": lambda look: path_roc_figure(PATH, 1, look),
    "position": lambda look: position_figure(dots_of(TABLE, 0.48, 0.3), 0.48, 0.3, test_position_figure.WORDS, look),
    "precision and recall": lambda look: precision_recall_figure(PRECISION_RECALL, COUNTS, "0.30", look),
    "profit": lambda look: profit_figure(PROFIT, "$", look),
    "ROC": lambda look: roc_figure(test_roc.CURVE, test_roc.TRAINING, test_roc.COUNTS, "0.50", look),
    "scores": lambda look: score_distribution_figure(TABLE, 0.3, look),
    "search": lambda look: search_figure(test_search_figure.OVER_C, "log_loss", 5, 3, look),
    "segments": lambda look: test_segments_figure.drawn(look),
    "shift of scores": lambda look: score_shift_figure(test_score_shift_figure.BANDS, ("then", "now"), None, look),
    "waterfall": lambda look: test_waterfall.drawn([Bar("up", 1.0), Bar("down", -0.5), Bar("rest", 0.2, True)], look=look),
}
# The hairlines from bar to bar repeat where the bars end; single rows show by being many, behind the curve that is read.
NOT_MEASURED = {("waterfall", None), ("effect", "single rows"), ("effect of levels", "single rows")}


def tones(trace: Any) -> Iterator[tuple[str, ...]]:
    """The colours of each mark of a trace, of which one has to show: a line's, a bar's and a dot's with its outline."""
    modes = (trace.mode or "lines").split("+") if trace.type == "scatter" else []
    if "lines" in modes and trace.line.width != 0:
        yield (trace.line.color,)
    if "markers" in modes or trace.type == "bar":
        yield from _pairs(trace.marker.color, trace.marker.line.color if trace.marker.line.width != 0 else None)
    for bar in (trace.error_x, trace.error_y):
        if bar.array is not None and bar.color is not None:
            yield (bar.color,)


def _pairs(fill: Any, outline: Any) -> Iterator[tuple[str, ...]]:
    fills, outlines = ([tone] if isinstance(tone, str) or tone is None else list(tone) for tone in (fill, outline))
    for k in range(max(len(fills), len(outlines))):
        both = (fills[k % len(fills)], outlines[k % len(outlines)])
        yield tuple(tone for tone in both if tone is not None)


@pytest.mark.parametrize("look", ["light", "dark"])
@pytest.mark.parametrize("name", FIGURES)
def test_marks_show(name: str, look: Look) -> None:
    ground = PALETTES[look].surface
    n_marks = 0
    for trace in FIGURES[name](look).data:
        if trace.opacity == 0 or trace.marker.opacity == 0 or (name, trace.name) in NOT_MEASURED:
            continue
        assert trace.opacity in {None, 1}, trace.name  # what is let through is not measured here
        for mark in tones(trace):
            n_marks += 1
            assert max(contrast(tone, ground) for tone in mark) >= LEAST, (trace.name, mark)
    assert n_marks


@pytest.mark.parametrize("look", ["light", "dark"])
def test_dots_of_a_boundary_show_on_all_of_its_grounds(look: Look) -> None:
    colours = PALETTES[look]
    cells = (RowCell(1, 1, (5, 15)), RowCell(-1, -1, (15, 1)), RowCell(1, -1, (15, 1)), RowCell(0, 0, (1, 1)))
    points = tuple(RowPoint(0.0, 0.0, outcome, score) for outcome in (0, 1) for score in (0.2, 0.8))
    rows = BoundaryRows("held_out", 43, 0, 0, cells, points)
    for is_points in (False, True):
        dots = boundary_figure(test_boundary_figure.LINE, look, rows=rows, points=is_points).data
        marked = [trace.marker for trace in dots if trace.type == "scatter" and trace.mode == "markers"]
        outlines = [marker.line for marker in marked]
        assert len(outlines) >= 2
        assert {marker.opacity for marker in marked} == {1}
        for line in outlines:
            for tone in [stop[1] for stop in line.colorscale] if line.colorscale else [line.color]:
                for ground in (colours.surface, colours.series_1_soft, colours.series_2_soft):
                    assert contrast(tone, ground) >= LEAST, (tone, ground)
