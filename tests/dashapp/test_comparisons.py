"""Two tables, or two periods of one, held against each other: what comes of it, and what is refused in a sentence."""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from dashapp.usecases import comparisons
from dashapp.usecases.desk import Desk
from dashapp.usecases.errors import Refused
from tests.dashapp.uploading import upload

Drifting = tuple[str, dict[str, npt.NDArray[Any]]]
N = 4_000


@pytest.fixture
def drifting(desk: Desk, tmp_path: Path) -> Drifting:
    """From 2024 on incomes are higher and the web brings more; ages stay as they are."""
    rng = np.random.default_rng(7)
    day = np.sort(rng.choice(np.arange("2023-01-01", "2025-01-01", dtype="datetime64[D]"), N))
    late = day >= np.datetime64("2024-01-01")
    income = np.round(np.exp(rng.normal(10, 0.5, N) + 0.4 * late)).astype(int)
    channel = np.where(rng.random(N) < np.where(late, 0.7, 0.4), "web", "branch")
    age = rng.integers(18, 75, N)
    lines = [f"{d},{i},{c},{a}\n" for d, i, c, a in zip(day, income, channel, age, strict=True)]
    path = tmp_path / "drift.csv"
    path.write_text("opened,income,channel,age\n" + "".join(lines), encoding="utf-8")
    return upload(desk, path, name="Drift"), {"late": late, "income": income, "channel": channel, "age": age}


def _psi(before: npt.NDArray[Any], after: npt.NDArray[Any]) -> float:
    p, q = before / before.sum(), after / after.sum()
    return float(((q - p) * np.log(q / p)).sum())


def test_two_periods_of_one_table(desk: Desk, drifting: Drifting) -> None:
    """The index against a few lines of numpy: tenths of the earlier period's rows, and levels."""
    dataset_id, columns = drifting
    found = comparisons.get(desk, comparisons.start(desk, dataset_id, None, date_column="opened", split="2024-01-01"))
    assert found.name == "Drift: opened from 2024-01-01 against before"
    assert found.result is not None
    late = columns["late"]
    assert (found.result.n_reference, found.result.n_other) == (int((~late).sum()), int(late.sum()))
    psi = {shift.name: shift.psi for shift in found.result.shifts}

    income = columns["income"]
    edges = np.quantile(income[~late], np.arange(0.1, 1, 0.1))
    tenths = [np.bincount(np.searchsorted(edges, income[part], "right"), minlength=10) for part in (~late, late)]
    assert psi["income"] == pytest.approx(_psi(*tenths), rel=0.02)
    levels = [np.asarray([(columns["channel"][part] == name).sum() for name in ("web", "branch")]) for part in (~late, late)]
    assert psi["channel"] == pytest.approx(_psi(*levels), rel=1e-9)
    assert psi["age"] is not None
    assert psi["age"] < 0.03
    divides = next(shift for shift in found.result.shifts if shift.name == "opened")
    assert (divides.psi, divides.note) == (None, comparisons.DIVIDES)


@pytest.mark.parametrize(
    ("split", "told"),
    [
        ("2031-01-01", "One of the two parts would hold no row"),
        ("2022-12-31", "One of the two parts would hold no row"),
        ("yesterday", "'yesterday' is no day."),
        ("", "It is not said where the second period starts."),
    ],
)
def test_a_day_that_divides_nothing_is_refused(desk: Desk, drifting: Drifting, split: str, told: str) -> None:
    with pytest.raises(Refused, match=told):
        comparisons.start(desk, drifting[0], None, date_column="opened", split=split)
    assert comparisons.of_dataset(desk, drifting[0]) == ()


def test_tables_without_a_common_column_are_refused(desk: Desk, drifting: Drifting, tmp_path: Path) -> None:
    path = tmp_path / "other.csv"
    path.write_text("a,b\n" + "1,2\n3,4\n" * 20, encoding="utf-8")
    other = upload(desk, path, name="Other")
    with pytest.raises(Refused, match="'Drift' and 'Other' have no column of the same name"):
        comparisons.start(desk, drifting[0], other)
    with pytest.raises(Refused, match="does not differ from itself"):
        comparisons.start(desk, other, other)
