"""The figures of scores draw what their tables hold, mark the run's cut-off, and say in their titles what they show."""

from dataclasses import replace

import pytest

from pipeline.evaluation_results import Confusion, ScoreTable
from pipeline.figures.curves import hover_cutoffs, occupied, score_text
from pipeline.figures.gains import gains_figure, gains_finding, lift
from pipeline.figures.ks import ks_figure, ks_finding, widest_gap
from pipeline.figures.precision_recall import precision_recall_figure, precision_recall_finding
from pipeline.figures.score_distribution import score_distribution_figure, score_distribution_finding, score_edges
from pipeline.figures.template import PALETTES, Look
from pipeline.results import ScoreScale
from tests.figures.scored import COUNTS, GAINS, PRECISION_RECALL, TABLE, table_of

POINTS = ScoreScale(column="bureau", low=300, high=800, higher_is="good", is_probability=False)


def named(figure: object) -> dict[str, object]:
    return {trace.name: trace for trace in figure.data if trace.name}  # type: ignore[attr-defined]


@pytest.mark.parametrize("look", ["light", "dark"])
def test_precision_over_recall_with_the_cutoff_and_the_bad_rate(look: Look) -> None:
    figure = precision_recall_figure(PRECISION_RECALL, COUNTS, "0.30", look, name="held out")
    traces = named(figure)
    assert list(traces) == ["held out", "cut-off"]
    held_out, mark = traces["held out"], traces["cut-off"]
    assert held_out.line.color == PALETTES[look].series[0]  # type: ignore[attr-defined]
    assert list(held_out.x) == [2500, 7500, 10000, 10000]  # type: ignore[attr-defined]
    assert list(held_out.y) == [10000, 7500, 6667, 5000]  # type: ignore[attr-defined]
    assert (mark.x[0], mark.y[0], mark.text[0]) == (7500, 7500, "0.30")  # type: ignore[attr-defined]
    assert tuple(figure.data[0].y) == (5000, 5000)
    assert figure.layout.template.layout.showlegend is False


def test_precision_is_told_of_the_refused() -> None:
    assert precision_recall_finding(COUNTS) == "Of those refused, 75% went bad, and 3 of 4 bads are among them"
    nobody = Confusion(tn=4, fp=0, fn=4, tp=0)
    assert precision_recall_finding(nobody) == "Nobody is refused at this cut-off"
    assert "cut-off" not in named(precision_recall_figure(PRECISION_RECALL, nobody, "0.90", "light"))


def test_the_widest_gap_is_ks() -> None:
    gap = widest_gap(TABLE)
    assert gap is not None
    # From 0.105 on, of the goods 1/2 and of the bads none; above 0.2, 3/4 and 1/4: both gaps are 1/2, the lower one counts.
    assert (gap.cutoff, gap.good_below, gap.bad_below, gap.width) == (0.105, 0.5, 0.0, 0.5)
    assert widest_gap(table_of(goods=())) is None
    perfect = widest_gap(table_of(goods=(0.1, 0.2), bads=(0.6, 0.8)))
    assert perfect is not None
    assert perfect.width == 1


@pytest.mark.parametrize("look", ["light", "dark"])
def test_two_cumulative_curves_with_the_gap_and_the_cutoff(look: Look) -> None:
    figure = ks_figure(TABLE, 0.5, 0.3, look)
    goods, bads = named(figure)["goods"], named(figure)["bads"]
    assert (goods.line.color, bads.line.color) == PALETTES[look].series_line[:2]  # type: ignore[attr-defined]
    for trace, scores in ((goods, (0.1, 0.1, 0.2, 0.4)), (bads, (0.2, 0.4, 0.4, 0.8))):
        for x, y in list(zip(trace.x, trace.y, strict=True))[:-1]:  # type: ignore[attr-defined]
            assert y == 2500 * sum(10_000 * score < x for score in scores)
        assert trace.y[-1] == 10_000  # type: ignore[attr-defined]
    gap, cutoff = figure.layout.shapes
    assert (gap.x0, gap.y0, gap.y1) == (1050, 0, 5000)
    assert (cutoff.x0, cutoff.x1, cutoff.label.text) == (3000, 3000, "cut-off 0.30")
    assert "KS 0.500" in [note.text for note in figure.layout.annotations]


def test_the_gap_is_told_as_shares_above_it() -> None:
    assert ks_finding(TABLE) == "Goods and bads are furthest apart at 0.105: 100% of bads and 50% of goods score there or worse"
    assert ks_finding(table_of(bads=())).startswith("One class is absent")
    assert not ks_figure(table_of(bads=()), 0.0, 0.3, "light").data


@pytest.mark.parametrize("look", ["light", "dark"])
def test_gains_above_lift(look: Look) -> None:
    figure = gains_figure(GAINS, COUNTS, "0.30", look)
    traces = named(figure)
    assert tuple(traces["bads caught"].x) == (0, 5000, 7500, 10000)  # type: ignore[attr-defined]
    assert tuple(traces["bads caught"].y) == (0, 7500, 10000, 10000)  # type: ignore[attr-defined]
    # 3 of 4 against 4 of 8, 1 of 2, and none: bands as wide as their rows.
    assert tuple(traces["lift"].y) == (1.5, 1.0, 0.0)  # type: ignore[attr-defined]
    assert tuple(traces["lift"].x) == (2500, 6250, 8750)  # type: ignore[attr-defined]
    assert tuple(traces["lift"].width) == (4700, 2350, 2350)  # type: ignore[attr-defined]
    mark = traces["cut-off"]
    assert (mark.x[0], mark.y[0]) == (5000, 7500)  # type: ignore[attr-defined]
    assert lift(3, 4, 4, 8) == 1.5


def test_gains_are_told_at_the_band_nearest_to_a_fifth() -> None:
    assert gains_finding(GAINS) == "The worst 50% of rows hold 75% of the bads, 1.5 times their share"


def test_the_distribution_holds_every_row_once() -> None:
    figure = score_distribution_figure(TABLE, 0.3, "light")
    goods, bads = named(figure)["goods"], named(figure)["bads"]
    assert sum(goods.y) == pytest.approx(1)  # type: ignore[attr-defined]
    assert sum(bads.y) == pytest.approx(-1)  # type: ignore[attr-defined]
    at = {round(float(x) - 0.0125, 4): y for x, y in zip(goods.x, goods.y, strict=True)}  # type: ignore[attr-defined]
    assert at[0.1] == pytest.approx(0.5)
    assert at[0.2] == at[0.4] == pytest.approx(0.25)


@pytest.mark.parametrize("look", ["light", "dark"])
def test_mistakes_at_the_cutoff_are_strong(look: Look) -> None:
    colours = PALETTES[look]
    traces = named(score_distribution_figure(TABLE, 0.3, look))
    for name, strong, pale in (
        ("goods", colours.series[0], colours.series_1_soft),
        ("bads", colours.series[1], colours.series_2_soft),
    ):
        trace = traces[name]
        for x, colour in zip(trace.x, trace.marker.color, strict=True):  # type: ignore[attr-defined]
            refused = x >= 0.3
            assert colour == (strong if refused == (name == "goods") else pale)


def test_the_sides_of_the_cutoff_are_counted_where_there_is_room() -> None:
    notes = [note.text for note in score_distribution_figure(TABLE, 0.3, "light").layout.annotations]
    assert {"approved 4", "refused 4"} <= set(notes)
    notes = [note.text for note in score_distribution_figure(TABLE, 0.1, "light").layout.annotations]
    assert "approved 0" not in notes


def test_bins_are_as_wide_as_leaves_twenty() -> None:
    fine = ScoreTable(tuple(i / 200 for i in range(201)), (1,) * 21 + (0,) * 180, (3,) * 11 + (0,) * 190)
    edges = score_edges(fine)  # scores from 0 to 0.105
    assert edges[1] - edges[0] == pytest.approx(0.005)
    whole = ScoreTable(fine.cutoffs, tuple(201 - i for i in range(201)), tuple(201 - i for i in range(201)))
    assert len(score_edges(whole)) == 21
    assert occupied(fine) == (0.05, 0.105)


def test_halves_are_told() -> None:
    # Two of the four goods score 0.2 or more, three of the four bads 0.4 or more.
    assert score_distribution_finding(TABLE) == "Half of the bads score 0.40 or worse, half of the goods 0.20 or worse"
    assert score_distribution_finding(table_of(goods=())) == "One class is absent"


def test_a_score_from_elsewhere_stands_in_its_own_unit() -> None:
    assert score_text(0.25, None) == "0.25"
    assert score_text(0.125, None) == "0.125"
    assert score_text(0.2, POINTS) == "700"
    figure = score_distribution_figure(TABLE, 0.3, "light", scale=POINTS)
    axis = figure.layout.xaxis
    assert axis.title.text == "bureau, worse to the right"
    assert dict(zip(axis.ticktext, axis.tickvals, strict=True))["700"] == pytest.approx(0.2)
    assert figure.layout.shapes[0].label.text == "cut-off 650"
    assert "at 747.5:" in ks_finding(TABLE, scale=POINTS)
    chance = replace(POINTS, column="pd", low=0.0, high=1.0, higher_is="bad", is_probability=True)
    assert score_text(0.25, chance) == "0.25"


def test_curves_travel_as_bytes() -> None:
    sent = precision_recall_figure(PRECISION_RECALL, COUNTS, "0.30", "light").to_plotly_json()
    (curve,) = [trace for trace in sent["data"] if trace.get("name") == "held out"]
    assert [curve[key]["dtype"] for key in ("x", "y", "customdata")] == ["u2", "u2", "u2"]
    assert sent["layout"]["meta"] == {"unit": 10_000}


def test_the_cutoffs_behind_a_curve_are_told_in_the_unit_of_the_score() -> None:
    behind, words = hover_cutoffs([None, 0.0625, 0.0], None)
    assert list(behind) == [9999, 625, 0]
    assert words == "cut-off 0.%{customdata:04d}"
    assert list(hover_cutoffs([None, 0.2], POINTS)[0]) == [300, 700]
