"""Stored models of every format: old ones are read and written as they were, and the newest may move its probabilities."""

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from pipeline.errors import UnusableData
from pipeline.model import FORMAT, CalibrationMap, FittedModel

FORMAT_2 = (Path(__file__).parent / "fixtures" / "model_format_2.json").read_text(encoding="utf-8")
ROW = pa.table({"income": [21_000.0], "debt": [0.3], "late": [3.0], "home": ["rent"]})


def test_a_model_of_format_2_is_read_and_written_as_it_was():
    model = FittedModel.from_json(FORMAT_2)
    assert (model.format, model.calibration) == (2, None)
    assert model.to_json() == FORMAT_2
    assert "calibration" not in json.loads(FORMAT_2)


def test_it_scores_as_its_numbers_say():
    """Log-odds by hand, from the numbers in the file."""
    (intercept, income, gap, debt, late, own, rent, absent), (shift,) = (
        json.loads(FORMAT_2)["coefficients"][0],
        json.loads(FORMAT_2)["prior_shift"],
    )
    eta = intercept + income * (np.log1p(21_000) - 9.95822340890973) / 0.558648599337383 + 0 * gap
    eta += debt * (0.3 - 0.2935750929909627) / 0.09767209928029748 + late * (3 - 1.9466666666666668) / 1.4061136353636423
    eta += 0 * own + rent + 0 * absent - shift
    model = FittedModel.from_json(FORMAT_2)
    assert model.probability_of_default(ROW)[0] == pytest.approx(1 / (1 + np.exp(-eta)), abs=1e-12)


def with_map(given: object, becomes: object, **also: object) -> dict[str, object]:
    return {**json.loads(FORMAT_2), "format": 3, "calibration": {"given": given, "becomes": becomes}, **also}


def test_a_calibration_moves_the_corrected_probabilities_and_no_others():
    plain = FittedModel.from_json(FORMAT_2)
    model = FittedModel.from_json(json.dumps(with_map([0.2, 0.8], [0.1, 0.5])))
    assert model.calibration == CalibrationMap((0.2, 0.8), (0.1, 0.5))
    assert FittedModel.from_json(model.to_json()) == model
    (before,), (after,) = plain.probability_of_default(ROW), model.probability_of_default(ROW)
    assert 0.2 < before < 0.8
    assert after == pytest.approx(0.1 + 0.4 * (before - 0.2) / 0.6)
    assert model.probabilities(ROW).sum() == pytest.approx(1)
    assert np.array_equal(model.probabilities(ROW, corrected=False), plain.probabilities(ROW, corrected=False))
    assert np.array_equal(model.log_odds(ROW), plain.log_odds(ROW))


def test_outside_of_its_points_the_line_is_level():
    line = CalibrationMap((0.2, 0.8), (0.1, 0.5))
    assert line(np.array([0.0, 0.2, 0.5, 0.8, 1.0])) == pytest.approx([0.1, 0.1, 0.3, 0.5, 0.5])


@pytest.mark.parametrize(
    ("given", "becomes"),
    [
        ([], []),
        ([0.2], [0.1, 0.2]),
        ([0.2, 0.2], [0.1, 0.2]),
        ([0.8, 0.2], [0.1, 0.2]),
        ([0.2, 0.8], [0.5, 0.1]),
        ([-0.1, 0.8], [0.1, 0.5]),
        ([0.2, 1.1], [0.1, 0.5]),
        ([0.2, 0.8], [0.0, 0.5]),
        ([0.2, 0.8], [0.1, 1.0]),
        ([0.2, None], [0.1, 0.5]),
        (["0.2", "0.8"], [0.1, 0.5]),
        ([True], [0.5]),
        ("01", "01"),
        ({"0": 0.1}, [0.1]),
        (0.5, 0.5),
        (None, None),
    ],
)
def test_damaged_calibrations_are_refused(given, becomes):
    with pytest.raises(UnusableData, match="damaged"):
        FittedModel.from_json(json.dumps(with_map(given, becomes)))


@pytest.mark.parametrize(
    "also",
    [
        {"calibration": []},
        {"calibration": "isotonic"},
        {"calibration": {"given": [0.5]}},
        {"format": 4},
        {"format": True},
        {"labels": ["a", "b", "c"], "link": "softmax"},
    ],
)
def test_calibrations_where_none_belongs_are_refused(also):
    with pytest.raises(UnusableData):
        FittedModel.from_json(json.dumps(with_map([0.2, 0.8], [0.1, 0.5], **also)))


def test_a_format_without_calibrations_reads_none():
    model = FittedModel.from_json(json.dumps(with_map([0.2, 0.8], [0.1, 0.5], format=2)))
    assert model.calibration is None
    assert FORMAT == 3
