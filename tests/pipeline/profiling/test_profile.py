"""A whole table: copies, gaps, storage, and what it takes."""

import json
import subprocess
import sys
import tracemalloc
from dataclasses import replace

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import UnusableData
from pipeline.profiling import profile
from pipeline.profiling.arrays import text_array
from pipeline.profiling.hashing import text_hashes
from pipeline.profiling.results import Profile
from pipeline.results import Progress
from tests.pipeline.profiling.profiled import profiled, summaries, table, with_gaps


def test_copies_of_rows_are_those_of_pandas() -> None:
    draw = np.random.default_rng(1)
    rows = table(
        a=with_gaps(draw.integers(0, 6, 3_000), 0.2, draw),
        b=np.array(["u", "v", "w"])[draw.integers(0, 3, 3_000)],
        c=draw.integers(0, 20, 3_000) / 8,
        d=draw.random(3_000) < 0.5,
    )
    found = profiled(rows, chunk=170).n_duplicate_rows
    assert found == int(rows.to_pandas().duplicated().sum())
    assert found


def test_rows_in_another_order_are_no_copies() -> None:
    found = profiled(table(a=[1, 2, 3, 4], b=[2, 1, 4, 3], c=[1, 2, 3, 4]))
    assert found.n_duplicate_rows == 0
    assert [column.same_as for column in found.columns] == [None, None, "a"]


def test_equal_columns_are_found_whatever_their_types() -> None:
    texts = [f"note {place}" for place in range(300)]
    gaps = [None if place % 7 == 0 else place % 5 for place in range(300)]
    rows = pa.table({
        "whole": pa.array(gaps, pa.int64()),
        "float": pa.array(gaps, pa.float64()),
        "text": texts,
        "levels": pa.array(texts).dictionary_encode(),
        "other": texts[::-1],
        "nothing": pa.nulls(300),
        "empty": pa.nulls(300),
    })  # fmt: skip
    found = {column.name: column.same_as for column in profiled(rows, chunk=64).columns}
    assert found == {
        "whole": None, "float": "whole", "text": None, "levels": "text", "other": None, "nothing": None, "empty": None,
    }  # fmt: skip


@settings(max_examples=50, deadline=None)
@given(st.lists(st.one_of(st.none(), st.text(max_size=40), st.sampled_from(["a" * 300, "a" * 256, "a" * 301])), max_size=20))
def test_texts_share_a_hash_where_they_are_equal(texts: list[str | None]) -> None:
    texts = [None if text is None else text.encode(errors="replace").decode() for text in texts]
    hashes = text_hashes(pa.array(["before", *texts], pa.string())[1:]).tolist()
    assert len(set(hashes)) == len(set(texts))
    assert hashes == [int(text_hashes(pa.array([text], pa.string()))[0]) for text in texts]
    present = [text for text in texts if text is not None]
    assert text_array(present).to_pylist() == present


@pytest.mark.parametrize("n_columns", [5, 90])
def test_patterns_of_gaps_are_those_of_pandas(n_columns: int) -> None:
    draw = np.random.default_rng(6)
    n = 2_000
    shared = draw.random(n) < 0.1
    columns = {f"x{place}": pa.array(draw.normal(size=n), mask=shared if place % 2 else draw.random(n) < 0.2 / n_columns)
               for place in range(n_columns)}  # fmt: skip
    rows = pa.table(columns | {"full": np.arange(n)})
    found = profiled(rows, chunk=333)
    patterns = rows.to_pandas().isna().apply(lambda row: tuple(row.index[row]), axis=1).value_counts()
    assert found.n_missing_patterns == len(patterns)
    assert [(entry.columns, entry.n_rows) for entry in found.missing_patterns[:2]] == list(patterns[:2].items())
    assert {entry.columns: entry.n_rows for entry in found.missing_patterns} == {
        entry.columns: patterns[entry.columns] for entry in found.missing_patterns
    }
    assert len(found.missing_patterns) == min(30, len(patterns))
    assert found.n_missing == sum(column.null_count for column in rows.columns)


def test_a_profile_is_stored_as_json() -> None:
    rows = table(x=[1.5, None, 3.0, 1e300] * 30, c=["a", "b", None, "a"] * 30, d=pd.date_range("2020-01-01", periods=120).date,
                 y=["bad", "good", "good", None] * 30)  # fmt: skip
    found = profiled(rows, "y")
    stored = json.dumps(found.to_json(), allow_nan=False)
    assert Profile.from_json(json.loads(stored)) == found
    assert len(stored) < 20_000


def test_the_callers_report_is_told_of_the_rows() -> None:
    rows = table(x=list(range(2_500)), y=[1, 2] * 1_250)
    told: list[Progress] = []
    profile(rows.to_batches(max_chunksize=1_000), summaries(rows), report=told.append)
    assert [(step.done, step.total) for step in told] == [(1_000, 2_500), (2_000, 2_500), (2_500, 2_500)]


def test_rows_that_are_not_those_of_the_summaries_are_refused() -> None:
    rows = table(x=[1, 2, 3, 4], y=["a", "b", "a", "b"])
    known = summaries(rows)
    for batches, columns in (
        ([], known),
        (rows.slice(1).to_batches(), known),
        (rows.rename_columns(["x", "z"]).to_batches(), known),
        (table(x=[1, None, 3, 4], y=["a", "b", "a", "b"]).to_batches(), known),
    ):
        with pytest.raises(UnusableData, match="not those of the summaries"):
            profile(batches, columns)
    gap = table(x=[1, 2, 3, 4], y=["a", "b", "a", None])
    with pytest.raises(UnusableData, match="not those of the summaries"):
        profile(gap.to_batches(), known, target="y")


def test_categories_with_a_dictionary_of_their_own_in_each_chunk() -> None:
    texts = ["b", "a", "c", "a", None, "b"]
    parts = [pa.array(texts[:3]).dictionary_encode(), pa.array(texts[3:]).dictionary_encode()]
    rows = pa.table({"c": pa.chunked_array(parts), "n": [1, 2, 3, 4, 5, 6]})
    known = [replace(column, kind="category") for column in summaries(rows)]
    whole = pa.table({"c": pa.chunked_array(parts).unify_dictionaries(), "n": rows["n"]}).combine_chunks()
    batches = [batch for start in (0, 3) for batch in whole.slice(start, 3).to_batches()]
    other_order = [
        pa.RecordBatch.from_arrays([batch.column(0), batch.column(1)], names=["c", "n"]) for batch in rows.to_batches()
    ]
    assert dict(profile(batches, known).columns[0].top) == {"a": 2, "b": 2, "c": 1}
    assert dict(profile([batches[0], other_order[1]], known).columns[0].top) == {"a": 2, "b": 2, "c": 1}


def test_memory_does_not_grow_with_the_rows() -> None:
    """But for 8 bytes a row while copies are counted, and as much of untouched memory at the end."""
    draw = np.random.default_rng(1)
    n = 60_000
    columns = {f"x{place}": draw.lognormal(8, 2, n) for place in range(6)}
    rows = table(**columns, y=draw.random(n) < 0.2)
    peaks = []
    for times in (3, 15):
        known = [replace(column, n_rows=times * n) for column in summaries(rows)]
        tracemalloc.start()
        profile((batch for _ in range(times) for batch in rows.to_batches(max_chunksize=20_000)), known, target="y")
        peaks.append(tracemalloc.get_traced_memory()[1] - 2 * 8 * times * n)
        tracemalloc.stop()
    assert peaks[1] < peaks[0] * 1.1
    assert peaks[0] < 60e6


def test_it_does_without_what_a_web_process_does_not_hold() -> None:
    script = (
        "import sys\n"
        "class Refuses:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name in {'pandas', 'scipy', 'sklearn'}: raise ModuleNotFoundError(name)\n"
        "sys.meta_path.insert(0, Refuses())\n"
        "import pipeline.profiling, pipeline.profiling.results\n"
        "print(sorted({'numpy', 'pyarrow'} & set(sys.modules)))\n"
        "import numpy as np, pyarrow as pa\n"
        "from pipeline.tallies import summarise\n"
        "texts = pa.array(['a', 'b', None, 'c', 'a'] * 10)\n"
        "rows = pa.table({'x': np.arange(50), 'z': np.arange(50) % 7 / 3, 't': texts, 'c': texts.dictionary_encode(), "
        "'y': np.arange(50) % 2})\n"
        "found = pipeline.profiling.profile(rows.to_batches(), summarise(rows), target='y')\n"
        "print(found.n_rows)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split("\n") == ["[]", "50", ""]
