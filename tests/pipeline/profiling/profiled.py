"""Profiles of small tables, for the tests of profiling."""

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa

from pipeline.profiling import profile
from pipeline.profiling.planning import TablePlan
from pipeline.profiling.results import Profile
from pipeline.profiling.table import TableSummary
from pipeline.results import ColumnSummary
from pipeline.tallies import summarise

Codes = Mapping[str, Sequence[tuple[str, str]]]


def table(**columns: Any) -> pa.Table:
    """Texts become categories, as reading makes them; NaN becomes null."""
    arrays = {}
    for name, values in columns.items():
        values = pa.array(values, from_pandas=True) if not isinstance(values, pa.Array) else values
        arrays[name] = values.dictionary_encode() if pa.types.is_string(values.type) else values
    return pa.table(arrays)


def summaries(rows: pa.Table, codes: Codes | None = None) -> tuple[ColumnSummary, ...]:
    return tuple(replace(column, codes=tuple((codes or {}).get(column.name, ()))) for column in summarise(rows))


def profiled(
    rows: pa.Table,
    target: str | None = None,
    *,
    bad_label: str | None = None,
    chunk: int = 1_000,
    codes: Codes | None = None,
    executor: Executor | None = None,
) -> Profile:
    batches = rows.combine_chunks().to_batches(max_chunksize=chunk)
    return profile(batches, summaries(rows, codes), target=target, bad_label=bad_label, executor=executor)


def summary_of(plan: TablePlan, *parts: tuple[pa.RecordBatch, int]) -> TableSummary:
    found = TableSummary(plan)
    for batch, first_row in parts:
        found.add(batch, first_row)
    return found


def with_gaps(values: np.ndarray, share: float, draw: np.random.Generator) -> pa.Array:
    return pa.array(values, mask=draw.random(len(values)) < share)
