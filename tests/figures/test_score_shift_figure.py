"""The figure of a shifted score: shares of each side, and bands in the units that the reader knows."""

import pytest

from pipeline.figures.score_shift import score_shift_figure
from pipeline.pairing_results import ShiftBand
from pipeline.results import ScoreScale

BANDS = (ShiftBand(0.0, 0.5, 30, 10), ShiftBand(0.5, 1.0, 70, 10))


def test_bars_are_shares_of_their_own_rows() -> None:
    figure = score_shift_figure(BANDS, ("Training", "Held out"), None, "light")
    assert [bar.name for bar in figure.data] == ["Training", "Held out"]
    assert list(figure.data[0].y) == pytest.approx([0.3, 0.7])
    assert list(figure.data[1].y) == pytest.approx([0.5, 0.5])
    assert list(figure.layout.xaxis.ticktext) == ["0.00", "0.50"]
    assert "Probability of bad" in figure.layout.xaxis.title.text


def test_bands_of_a_score_are_told_in_its_units_the_best_first() -> None:
    scale = ScoreScale("bureau", 300.0, 850.0, "good", is_probability=False)
    figure = score_shift_figure(BANDS, ("Validation", "Held out"), scale, "dark")
    assert list(figure.data[0].x) == ["850 to 575", "575 to 300"]
    assert list(figure.layout.xaxis.ticktext) == ["850", "575"]
    assert figure.layout.xaxis.title.text == "bureau, better end of the band"


def test_a_side_without_rows_has_no_share() -> None:
    figure = score_shift_figure((ShiftBand(0.0, 1.0, 5, 0),), ("Before", "After"), None, "light")
    assert list(figure.data[1].y) == [None]
