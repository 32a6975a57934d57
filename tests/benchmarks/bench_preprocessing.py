"""Preparing 1,000,000 rows × 25 columns, learning and applying, against scikit-learn's ColumnTransformer: CPU seconds and memory.

17 columns of numbers (gaps filled with the median, then standardised) and 8 of categories (one column for each level but the
first). Ours starts from an Arrow table, as rows come from the data base, and ends with the design that fits run on. The peer
starts from a DataFrame that is made beforehand and not counted, gaps of categories filled already; it is timed with a sparse
and with a dense encoder, and the faster one counts. Each run is a process of its own with one thread, the matrices are compared
value by value, and the goal is 8 times.
"""

import json
import os
import resource
import subprocess
import sys
import time
from statistics import median
from typing import Any

for threads in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ.setdefault(threads, "1")

import numpy as np  # noqa: E402
import pyarrow as pa  # noqa: E402

ROWS = int(os.environ.get("ROWS", "1000000"))
REPEATS = 3
GOAL = 8
SAMPLE = 20_000  # rows whose values are compared one by one; sums over all rows are compared too


def table(n_rows: int) -> pa.Table:
    """12 columns of amounts, of which 8 have gaps, 5 of whole numbers, and 8 of categories with 4 to 32 levels, 4 with gaps."""
    draw = np.random.default_rng(7)
    columns: dict[str, pa.Array] = {}
    for k in range(12):
        columns[f"n{k}"] = pa.array(np.round(draw.lognormal(8, 1, n_rows), 2), mask=draw.random(n_rows) < 0.05 if k < 8 else None)
    for k in range(5):
        columns[f"i{k}"] = pa.array(draw.integers(0, 600, n_rows))
    for k, n_levels in enumerate((4, 5, 6, 8, 12, 16, 24, 32)):
        levels = pa.array([f"level {level:02}" for level in range(n_levels)])
        codes = pa.array(draw.integers(0, n_levels, n_rows, dtype=np.int32), mask=draw.random(n_rows) < 0.03 if k < 4 else None)
        columns[f"c{k}"] = pa.DictionaryArray.from_arrays(codes, levels)
    return pa.table(columns)


def summary(matrix_of: Any, n_rows: int) -> tuple[np.ndarray, np.ndarray]:
    """The first rows of a matrix without its intercept, and the sums of all columns and of their squares."""
    sums = np.zeros((2, 1))
    for start in range(0, n_rows, 65_536):
        block = matrix_of(start, start + 65_536)
        sums = sums + np.array([block.sum(axis=0), (block**2).sum(axis=0)])
    return matrix_of(0, SAMPLE), sums


def ours(dtype: str) -> tuple[Any, int]:
    from pipeline.frame import frame_of
    from pipeline.preparation import learn_terms
    from pipeline.spec import TrainSpec
    from pipeline.terms import design_of

    rows = table(ROWS)
    names = rows.schema.names
    spec = TrainSpec.parse({"target": "bad", "missing_indicator": False})
    every = np.arange(ROWS)

    def work() -> Any:
        frame = frame_of(rows, names, ())
        terms, _ = learn_terms(frame, every, spec)
        design, _ = design_of(frame, terms, every, dtype=np.dtype(dtype).type)
        return design

    return work, 1


def peer(sparse: str) -> tuple[Any, int]:
    import pandas as pd
    from sklearn.compose import ColumnTransformer
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import Pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    rows = table(ROWS)
    frame = pd.DataFrame(
        {
            name: rows[name].cast(pa.string()).to_pandas() if name[0] == "c" else rows[name].to_pandas()
            for name in rows.schema.names
        }
    )
    for name in frame.columns[17:]:
        frame[name] = frame[name].astype(object).where(frame[name].notna(), "~")  # a gap is a level, the last one
    del rows
    numbers, categories = list(frame.columns[:17]), list(frame.columns[17:])
    transformer = ColumnTransformer(
        [
            ("numbers", Pipeline([("fill", SimpleImputer(strategy="median")), ("scale", StandardScaler())]), numbers),
            ("categories", OneHotEncoder(drop="first", sparse_output=sparse == "sparse"), categories),
        ],
        sparse_threshold=1.0 if sparse == "sparse" else 0.0,
    )
    return lambda: transformer.fit_transform(frame), 0


def measured(what: str, variant: str, out: str) -> None:
    """Runs one side in this process and prints its figures as JSON; what it made is summed up into a file."""
    work, intercept = ours(variant) if what == "ours" else peer(variant)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    seconds = []
    made = None
    for _ in range(REPEATS):
        del made
        began = time.process_time()
        made = work()
        seconds.append(time.process_time() - began)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    if what == "ours":
        sample, sums = summary(lambda start, stop: made.block(start, stop)[:, intercept:], ROWS)
    else:
        import scipy.sparse

        rows = made.tocsr() if scipy.sparse.issparse(made) else made
        dense = (lambda part: part.toarray()) if scipy.sparse.issparse(made) else (lambda part: part)
        sample, sums = summary(lambda start, stop: dense(rows[start:stop]), ROWS)
    np.savez(out, sample=sample, sums=sums)
    print(json.dumps({"seconds": seconds, "peak": peak / 1024, "above": (peak - before) / 1024}))


def run(what: str, variant: str, folder: str) -> dict[str, Any]:
    path = f"{folder}/{what}-{variant}.npz"
    said = subprocess.run([sys.executable, __file__, what, variant, path], stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, Any] = {**json.loads(said.stdout), **np.load(path)}
    took = found["seconds"]
    print(
        f"{what + ', ' + variant:20} {median(took):7.2f} s CPU ({min(took):.2f} to {max(took):.2f})   "
        f"peak {found['peak']:6,.0f} MB, {found['above']:6,.0f} MB above the input"
    )
    return found


def main() -> None:
    import tempfile

    print(f"{ROWS:,} rows × 25 columns, median of {REPEATS}; learning and applying")
    with tempfile.TemporaryDirectory() as folder:
        found = {
            side: run(*side, folder) for side in (("ours", "float64"), ("ours", "float32"), ("peer", "sparse"), ("peer", "dense"))
        }
    reference = found["peer", "dense"]
    for variant, within in (("float64", 1e-12), ("float32", 3e-7)):
        one = found["ours", variant]
        apart = float(np.abs(one["sample"] - reference["sample"]).max() / np.abs(reference["sample"]).max())
        sums = float((np.abs(one["sums"] - reference["sums"]) / ROWS).max())
        same = one["sample"].shape == reference["sample"].shape and apart <= within and sums <= max(within, 1e-10)
        said = "the same matrix" if same else "NOT THE SAME MATRIX"
        print(f"{variant}: {said}, largest difference {apart:.1e}, of means {sums:.1e}")
    best = min(median(found["peer", variant]["seconds"]) for variant in ("sparse", "dense"))
    for variant in ("float64", "float32"):
        ratio = best / median(found["ours", variant]["seconds"])
        print(f"{variant}: {ratio:.1f} times less CPU than scikit-learn; goal {GOAL} times{'' if ratio >= GOAL else ': MISSED'}")


if __name__ == "__main__":
    measured(*sys.argv[1:]) if len(sys.argv) == 4 else main()
