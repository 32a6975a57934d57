"""20 segments at 1,001 cut-offs of 1,000,000 scores against fairlearn's MetricFrame at one cut-off: CPU seconds.

Ours in parts. "Digitise" sorts the scores once and finds their places among the cut-offs; it serves every group of columns and is
not in the goal. "Count" is what the goal is for: the codes of 20 segments are known in the order of the table; they are put into
the order of the scores, and one bincount counts goods and bads of every segment at every cut-off. "Whole table" is all that
`segment_table` does from the scores and a column of texts to its result: levels, digitising, counting, the AUC of every segment
with DeLong's interval, means and deviations. "Rates" are those of all 20 segments at one cut-off out of the table, with
intervals. "Search" looks at all segments of one and of two of 40 columns of 10 levels.

fairlearn gets arrays and makes the same rates of one cut-off (selection, true and false positives, false negatives, precision,
count) without intervals. The rates are compared. Goal: count within 3 times 0.007 s.
"""

import os
import sys
import time
from collections.abc import Callable
from functools import partial
from statistics import median
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as a job has it; threads that wait for each other count as CPU seconds

import numpy as np
import pyarrow as pa

from pipeline.scores.row_scores import RowScores
from pipeline.segment_results import WorstSegments
from pipeline.segments.counting import counts, segment_table
from pipeline.segments.ranked import Ranked
from pipeline.segments.rating import rates
from pipeline.segments.searching import worst_segments

ROWS, SEGMENTS = 1_000_000, 20
CUTOFFS = np.arange(1_001) / 1_000
CUTOFF = 0.3
REPEATS = 7
GOAL = 3 * 0.007
AGREEMENT = 1e-12


def timed(work: Callable[[], Any], repeats: int = REPEATS) -> tuple[list[float], Any]:
    times, found = [], None
    for _ in range(repeats):
        began = time.process_time()
        found = work()
        times.append(time.process_time() - began)
    return times, found


def show(what: str, times: list[float]) -> None:
    print(f"{what:46} {median(times):8.4f} s ({min(times):.4f} to {max(times):.4f})")


def fairlearn_rates(is_bad: np.ndarray, refused: np.ndarray, names: np.ndarray) -> Any:
    from fairlearn.metrics import (
        MetricFrame,
        count,
        false_negative_rate,
        false_positive_rate,
        selection_rate,
        true_positive_rate,
    )
    from sklearn.metrics import precision_score

    metrics = {
        "n": count,
        "refused": selection_rate,
        "true_positive_rate": true_positive_rate,
        "false_positive_rate": false_positive_rate,
        "false_negative_rate": false_negative_rate,
        "precision": partial(precision_score, zero_division=0),
    }
    return timed(lambda: MetricFrame(metrics=metrics, y_true=is_bad, y_pred=refused, sensitive_features=names).by_group, 1)


def search(rows: RowScores, draw: np.random.Generator) -> WorstSegments:
    columns = {f"c{k}": draw.integers(0, 10, ROWS).astype(np.int8) for k in range(40)}
    names = list(columns)
    return worst_segments(
        rows, pa.table(columns), names, part="held_out", cutoff=CUTOFF, measure="approval_rate", categorical=names
    )


def main() -> int:
    draw = np.random.default_rng(11)
    scores = draw.beta(2, 5, ROWS)
    is_bad = draw.random(ROWS) < scores
    codes = draw.integers(0, SEGMENTS, ROWS)
    names = np.array([f"segment {k:02}" for k in range(SEGMENTS)])
    table = pa.table({"group": pa.DictionaryArray.from_arrays(codes.astype(np.int32), names.tolist())})
    rows = RowScores(np.full(ROWS, 2, np.int8), is_bad.astype(np.int8), scores)

    digitise, ranked = timed(lambda: Ranked.of(is_bad, scores, CUTOFFS))
    count, _ = timed(lambda: counts(codes[ranked.order], SEGMENTS, ranked.cells, 2 * len(CUTOFFS)))
    whole, found = timed(
        lambda: segment_table(rows, table, [("group",)], part="held_out", labels=("good", "bad"), cutoffs=CUTOFFS), 3
    )
    searched, worst = timed(lambda: search(rows, draw), 1)
    rate, rated = timed(lambda: rates(found, CUTOFF))
    peer, by_group = fairlearn_rates(is_bad.astype(int), (scores >= CUTOFF).astype(int), names[codes])

    print(f"{ROWS:,} scores, {SEGMENTS} segments, {len(CUTOFFS):,} cut-offs; CPU seconds, median of {REPEATS} (least to most).")
    show("digitise: sort, places among the cut-offs", digitise)
    show("count: all segments at all cut-offs", count)
    show("whole table: levels, counts, AUCs, moments", whole)
    show("rates of all segments at one cut-off", rate)
    show(f"search of {worst.n_looked_at:,} segments of 40 columns", searched)
    show("fairlearn: rates of all segments at one cut-off", peer)
    print(f"fairlearn: {median(peer) / median(whole):.0f} times the whole table, {median(peer) / median(count):.0f} times count")
    away = max(
        abs(getattr(one, name).value - by_group.loc[one.levels[0], name])
        for one in rated
        for name in ("true_positive_rate", "false_positive_rate", "false_negative_rate", "precision")
    )
    fast, same = median(count) <= GOAL, away <= AGREEMENT
    print(f"The goal for count is {GOAL:.3f} s: {'met' if fast else 'MISSED'}.")
    print(f"The rates differ by {away:.1e} at most: {'met' if same else 'MISSED'}.")
    return 0 if fast and same else 1


if __name__ == "__main__":
    sys.exit(main())
