"""Seeded tables for the tests of the models."""

import csv
from pathlib import Path

import numpy as np
import pyarrow as pa

from pipeline.spec import TrainSpec


def loans(n: int = 400, seed: int = 1, classes: int = 2, gaps: bool = True) -> pa.Table:
    """Numbers on unlike scales, two categories, gaps, and an outcome that depends on them."""
    draw = np.random.default_rng(seed)
    income = np.round(np.exp(draw.normal(10, 0.6, n)))
    debt = draw.normal(0.3, 0.1, n)
    late = draw.integers(0, 5, n)
    home = draw.integers(0, 3, n)
    region = draw.integers(0, 4, n)
    signal = -0.8 * (np.log(income) - 10) + 6 * (debt - 0.3) + 0.3 * late + np.array([0, 0.5, -0.4])[home]
    noisy = signal + draw.logistic(size=n)
    outcome = np.searchsorted(np.quantile(noisy, np.arange(1, classes) / classes * 0.9 + 0.1), noisy)
    missing = draw.random((2, n)) < (0.1 if gaps else 0)
    return pa.table(
        {
            "income": pa.array(income, mask=missing[0]),
            "debt": debt,
            "late": late,
            "home": pa.array(np.array(["own", "rent", "mortgage"])[home], mask=missing[1]).dictionary_encode(),
            "region": pa.array(np.array(["n", "e", "s", "w"])[region]).dictionary_encode(),
            "outcome": pa.array(np.array(["good", "bad", "worse", "worst"])[outcome]).dictionary_encode(),
        }
    )


def spec(**options: object) -> TrainSpec:
    return TrainSpec.parse({"target": "outcome", "test_share": 0, **options})


def written(path: Path, table: pa.Table) -> Path:
    """The table as a CSV file."""
    with path.open("w", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(table.schema.names)
        writer.writerows(["" if value is None else value for value in row.values()] for row in table.to_pylist())
    return path
