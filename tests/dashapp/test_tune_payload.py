"""What is sent to the browser says what the path holds, and stays small."""

import json
from base64 import b64decode
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashapp.tabs.tune.payload import ROC_UNIT, differences, payload
from dashapp.usecases.origins import Origin
from dashapp.usecases.runs import RunView
from dashapp.widgets.packed import packed
from pipeline.study_results import TuningPath
from tests.paths import CS, CURVE, CUTOFFS, HELD_OUT, PATH, SPEC, THREE

VIEW = RunView(
    id="r", name="Run", note="", state="succeeded", stage="draft", dataset_id="d", dataset_name="Loans", sees_dataset=True,
    owner="Analyst", mine=True, spec=SPEC, origin=Origin(), cutoff=0.3,
    cutoff_choice=None, cutoff_by=None, cutoff_at=None, result=None, model_sha256=None, error=None, job=None, shared_with=(),
    created_at=datetime.now(UTC), finished_at=None,
)  # fmt: skip


def unpacked(text: str) -> list[int]:
    """As assets/34-shared.js reads it."""
    numbers: list[int] = []
    stream = iter(b64decode(text))

    def number() -> int | None:
        value, shift = 0, 0
        for byte in stream:
            value |= (byte & 127) << shift
            if byte < 128:
                return value
            shift += 7
        return None

    while (value := number()) is not None:
        if value:
            numbers.append(value)
        else:
            numbers += [0] * (number() or 0)
    return numbers


def sent(path: TuningPath = PATH, **more: Any) -> dict[str, Any]:
    found = payload(path, VIEW, "s", own=True, differences=(), **more)
    return dict(json.loads(json.dumps(found)))


@given(st.lists(st.integers(0, 2**40)))
def test_numbers_come_back(numbers: list[int]) -> None:
    assert unpacked(packed(numbers)) == numbers


def test_what_falls_is_no_count() -> None:
    with pytest.raises(ValueError, match="never fall"):
        packed([3, -1])


def test_counts_at_every_c_and_cutoff_come_back() -> None:
    part = next(part for part in sent()["parts"] if part["name"] == "held_out")
    cells, width = unpacked(part["counts"]), len(CUTOFFS)
    assert part["cutoffs"] == list(CUTOFFS)
    for c in range(len(CS)):
        for kind, counts in enumerate((HELD_OUT.bad_at_or_above[c], HELD_OUT.good_at_or_above[c])):
            between = cells[(2 * c + kind) * width :][:width]
            assert tuple(sum(between[i:]) for i in range(width)) == counts


def test_the_curve_of_each_c_comes_back_to_a_ten_thousandth() -> None:
    steps = unpacked(sent()["roc"]["held_out"])
    n = len(CURVE.false_positive_rate)
    assert steps[0] == n
    across, up = steps[1 : 1 + n], steps[1 + n : 1 + 2 * n]
    assert [sum(across[: i + 1]) / ROC_UNIT for i in range(n)] == list(CURVE.false_positive_rate)
    assert [sum(up[: i + 1]) / ROC_UNIT for i in range(n)] == list(CURVE.true_positive_rate)
    assert len(steps) == len(CS) * (1 + 2 * n)


def test_figures_of_merit_are_those_of_the_path() -> None:
    part = next(part for part in sent()["parts"] if part["name"] == "held_out")
    assert part["metrics"]["auc"] == [0.65, 0.75, 0.7]
    assert part["slope"] == [2.0, None, 0.8]
    assert sent()["auc"] == {"mean": [0.7, 0.76, 0.77], "se": [0.02] * 3, "best": 2, "one_se": 1}


def test_coefficients_stand_by_size_with_their_zeros_counted() -> None:
    found = sent()["coefficients"]["yes"]
    assert found["names"] == ["home: rent", "home: <other>", "age"]
    assert found["values"] == [[0.0, 0.3, 1.0], [-0.02, -0.2, -0.9], [0.01, 0.1, 0.2]]
    assert found["n_zero"] == [1, 0, 0]


def test_three_classes_have_no_counts_and_coefficients_of_each() -> None:
    found = sent(THREE)
    assert all(part["counts"] == "" and part["cutoffs"] == [] for part in found["parts"])
    assert list(found["coefficients"]) == ["low", "middle"]
    assert found["parts"][0]["metrics"]["accuracy"] == [0.75] * 3


def test_a_path_of_25_values_on_two_large_parts_is_below_300_kb() -> None:
    """401 cut-offs of 30,000 rows each, spread as widely as they can be, and 200 points of a curve."""
    cutoffs = tuple(i / 400 for i in range(401))
    counts = tuple(30_000 - 75 * i for i in range(401))
    curve = replace(
        CURVE, false_positive_rate=tuple(i / 199 for i in range(200)), true_positive_rate=tuple(i / 199 for i in range(200))
    )
    many = {"bad_at_or_above": (counts,) * 25, "good_at_or_above": (counts,) * 25, "cutoffs": cutoffs, "roc": (curve,) * 25}
    parts = tuple(replace(part, **many, metrics=part.metrics[:1] * 25, calibration_slope=(1.01234,) * 25) for part in PATH.parts)
    columns = tuple(replace(PATH.columns[1], level=f"level {i}", name=f"home: level {i}") for i in range(60))
    rows = tuple(tuple(i * 0.012345 for i in range(60)) for _ in range(25))
    path = replace(PATH, Cs=tuple(float(i + 1) for i in range(25)), parts=parts, columns=columns, coefficients=rows)
    assert len(json.dumps(sent(path), separators=(",", ":"))) < 300_000


def test_what_differs_from_the_saved_run_is_named() -> None:
    assert differences(SPEC, SPEC) == []
    assert differences(SPEC, replace(SPEC, C=5.0, cutoff=0.2)) == []
    assert differences(SPEC, replace(SPEC, penalty="l1", class_weight="balanced")) == ["Penalty: L1", "Class weight: Balanced"]
    assert differences(SPEC, replace(SPEC, features=("age",))) == ["1 instead of 2 columns"]
    assert differences(SPEC, replace(SPEC, folds=10, fold_repeats=3)) == ["3 × 10 folds"]
