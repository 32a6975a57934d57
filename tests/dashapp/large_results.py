"""A result as ten million rows would give it: every curve as long as it may be, every count of eight digits."""

import math
from dataclasses import replace
from typing import Any

from pipeline.evaluation_results import (
    Calibration,
    CalibrationBand,
    GainsBand,
    PartEvaluation,
    PrecisionRecallCurve,
    RocCurve,
    ScoreTable,
)
from pipeline.results import RunResult

N_BAD, N_GOOD = 22_345_678, 77_654_321
CUTOFFS = tuple(i / 1000 for i in range(1001))
POINTS = 1_000


def large(result: RunResult) -> RunResult:
    """The same run on a hundred million rows: no curve could be longer, no number has more digits."""
    table, roc = _table(), _roc()
    n = N_BAD + N_GOOD
    many = {"n_rows": n, "n_bad": N_BAD}
    parts = {
        name: replace(found, **many) if found is not None else None
        for name, found in (("train", result.train), ("validation", result.validation), ("test", result.test))
    }
    classes = tuple(replace(one, n_rows=N_BAD, roc=roc, calibration=_calibration()) for one in result.classes)
    return replace(
        result,
        classes=classes,
        confusion_matrix=tuple(tuple(N_BAD + i * j for j in range(len(classes))) for i in range(len(classes))) or None,
        data=replace(
            result.data,
            n_rows=4 * n,
            n_train=2 * n,
            n_test=n,
            n_validation=n,
            class_counts=(4 * N_GOOD,) * len(result.data.labels),
        ),
        **parts,
        **({} if classes else _of_two(result, table, roc)),
    )


def _of_two(result: RunResult, table: ScoreTable, roc: RocCurve) -> dict[str, Any]:
    found: dict[str, Any] = {f"roc_{part}": roc for part in ("train", "validation", "test")}
    found |= {f"scores_{part}": table for part in ("train", "validation", "test", "cross_validated")}
    found |= {"calibration": _calibration(), "calibration_before": _calibration()}
    return {**found, "evaluations": tuple(_evaluation(one) for one in result.evaluations)}


def _falling(total: int, power: float) -> tuple[int, ...]:
    """Another count at every cut-off, from all rows down to none, each with its own digits."""
    return tuple(round(total * (1 - cutoff) ** power) for cutoff in CUTOFFS)


def _table() -> ScoreTable:
    return ScoreTable(CUTOFFS, _falling(N_BAD, 1.3), _falling(N_GOOD, 4.7))


def _roc() -> RocCurve:
    x = tuple(i / (POINTS - 1) for i in range(POINTS))
    return RocCurve(x, tuple(value ** (1 / 3) for value in x), (None, *(1 - value for value in x[1:])))


def _calibration() -> Calibration:
    bands = tuple(
        CalibrationBand(
            5_123_456, i / 20 + 0.012345678901234, i / 20 + 0.02345678901234, i / 20 + 0.0123456, i / 20 + 0.0345678, 0.123
        )
        for i in range(20)
    )
    return Calibration(
        N_BAD + N_GOOD, N_BAD, 22_312_345.678901234, 1.0123456, 1.0012345, 1.0234567, 0.0123456, 0.14567890123, bands
    )


def _evaluation(part: PartEvaluation) -> PartEvaluation:
    recall = tuple((i + 1) / POINTS for i in range(POINTS))
    curve = PrecisionRecallCurve(
        recall,
        tuple(1 - 0.7 * value**2 for value in recall),
        tuple(math.exp(-4 * value) for value in recall),
        0.7654321,
        0.765,
        0.766,
    )
    tenth, bads = (N_BAD + N_GOOD) // 10, [round(N_BAD * share / 55) for share in range(10, 0, -1)]
    gains = tuple(
        GainsBand(tenth, bad, 1 - i / 10 - 0.0123456789, 0.9 - i / 10 + 0.00123456789, tenth * (i + 1), sum(bads[: i + 1]))
        for i, bad in enumerate(bads)
    )
    return replace(part, n_rows=N_BAD + N_GOOD, n_bad=N_BAD, precision_recall=curve, gains=gains, calibration=_calibration())
