"""Chunked equals whole, in any order of merging."""

import pickle
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.profiling.counts import Sketch
from pipeline.profiling.describing import describe
from pipeline.profiling.planning import TablePlan
from pipeline.profiling.results import Profile
from tests.pipeline.profiling.profiled import profiled, summaries, summary_of, table, with_gaps


def mixed_table(n: int, seed: int = 0) -> pa.Table:
    draw = np.random.default_rng(seed)
    levels = np.array(["own", "rent", "mortgage"])
    return table(
        amount=with_gaps(draw.lognormal(8, 2, n), 0.1, draw),
        age=draw.integers(18, 80, n),
        rate=with_gaps(np.round(draw.normal(11, 3, n), 2), 0.2, draw),
        wide=draw.normal(0, 1, n) * 10.0 ** draw.integers(-40, 40, n),
        home=with_gaps(levels[draw.integers(0, 3, n)], 0.05, draw),
        flag=draw.random(n) < 0.3,
        day=pa.array(draw.integers(17_000, 18_000, n).astype("datetime64[D]")),
        y=with_gaps(np.where(draw.random(n) < 0.2, "bad", "good"), 0.01, draw),
    )


def alike(first: Profile, second: Profile) -> None:
    """Equal but for the last digits of sums."""

    def compare(a: object, b: object) -> None:
        if isinstance(a, dict) and isinstance(b, dict):
            assert a.keys() == b.keys()
            for key in a:
                compare(a[key], b[key])
        elif isinstance(a, list | tuple) and isinstance(b, list | tuple):
            assert len(a) == len(b)
            for left, right in zip(a, b, strict=True):
                compare(left, right)
        else:
            assert a == (pytest.approx(b, rel=1e-9, abs=1e-12) if isinstance(b, float) else b)

    compare(first.to_json(), second.to_json())


@settings(max_examples=12, deadline=None)
@given(cuts=st.lists(st.integers(1, 1_999), min_size=1, max_size=6, unique=True), order=st.randoms(use_true_random=False))
def test_chunks_in_any_order_give_the_whole(cuts: list[int], order) -> None:  # type: ignore[no-untyped-def]
    rows = mixed_table(2_000)
    batch = rows.combine_chunks().to_batches()[0]
    plan = TablePlan.of(batch, summaries(rows), "y")
    starts = [0, *sorted(cuts)]
    parts = [(batch.slice(at, end - at), at) for at, end in zip(starts, [*starts[1:], 2_000], strict=True)]
    order.shuffle(parts)
    whole = summary_of(plan, (batch, 0))
    merged = summary_of(plan, parts[0])
    for part in parts[1:]:
        merged.merge(summary_of(plan, part))
    alike(describe(merged, "y"), describe(whole, "y"))


def test_an_executor_gives_the_same() -> None:
    rows = mixed_table(5_000)
    with ThreadPoolExecutor(2) as executor:
        alike(profiled(rows, "y", chunk=300, executor=executor), profiled(rows, "y", chunk=5_000))


def test_plans_and_summaries_travel_between_processes() -> None:
    rows = mixed_table(500)
    batch = rows.combine_chunks().to_batches()[0]
    plan = pickle.loads(pickle.dumps(TablePlan.of(batch, summaries(rows), "y")))  # noqa: S301
    moved = pickle.loads(pickle.dumps(summary_of(plan, (batch, 0))))  # noqa: S301
    alike(describe(moved, "y"), describe(summary_of(plan, (batch, 0)), "y"))


def test_a_value_off_the_grid_of_the_first_chunk() -> None:
    x = np.concatenate([np.arange(3_000) % 50, [0.5, 1 / 3]])
    rows = table(x=x, y=np.arange(len(x)) % 2)
    alike(profiled(rows, chunk=500), profiled(rows, chunk=len(x)))
    assert dict(profiled(rows, chunk=500).columns[0].quantiles) == pytest.approx(
        {share: np.quantile(x, share) for share in (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)}
    )


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=60), st.integers(0, 60))
def test_every_number_lies_in_its_cell(values: list[float], at: int) -> None:
    """Also where pages outgrow the limit, so that cells are joined, and in whatever order parts are merged."""
    x = np.array(values)
    together, first, second = (Sketch(0.0, 1, 1 << 8) for _ in range(3))
    together.add(x, None)
    first.add(x[:at], None)
    second.add(x[at:], None)
    second.merge(first)
    for sketch in (together, second):
        cells = sketch.cells()
        found = np.searchsorted(cells.low, x + 0.0, side="right") - 1
        assert (found >= 0).all()
        inside = (x < cells.high[found]) | (cells.low[found] == cells.high[found]) & (x == cells.low[found])
        assert (inside | (np.abs(x) == np.finfo(float).max) | (np.abs(x) < 1e-307)).all()
        assert (np.bincount(found, minlength=len(cells.low)) == cells.rows).all() or (np.abs(x) < 1e-307).any()
    assert together.bits == second.bits
    np.testing.assert_array_equal(together.cells().counts, second.cells().counts)
