"""All cut-offs of 1,000,000 scores, and the interval of their AUC: CPU seconds, beside scikit-learn and a plain bootstrap.

One sort: counts of bads and goods at or above every distinct score. 1,001 bins: the same at the cut-offs of a score table, of
scores that are ordered already. The peers are a loop over cut-offs with scikit-learn's four figures at each (10 of the 101 that a
slider has, times 10.1), `roc_curve` and `precision_recall_curve`, and a bootstrap of `roc_auc_score` (3 of 1,000 draws).
Each side gets the same arrays; medians of several runs. What both sides find is compared.

    python tests/benchmarks/bench_cutoffs.py [rows]
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from statistics import median
from typing import Any

import numpy as np
from sklearn import metrics as sk

GOALS = {"sort": 0.15, "bins": 0.015, "delong": 0.21}  # seconds for 1,000,000 rows


def scores_of(n: int) -> tuple[np.ndarray, np.ndarray]:
    """15% bads, whose log-odds are one standard deviation higher; nearly every score is another."""
    draw = np.random.default_rng(5)
    is_bad = draw.random(n) < 0.15
    return is_bad, 1 / (1 + np.exp(-draw.normal(-2 + is_bad, 1)))


def cpu(work: Callable[[], Any], repeats: int) -> tuple[float, Any]:
    taken = []
    for _ in range(repeats):
        began = time.process_time()
        found = work()
        taken.append(time.process_time() - began)
    return median(taken), found


def all_by_sort(is_bad: np.ndarray, score: np.ndarray) -> Any:
    from pipeline.evaluation.metrics import Ranking

    ranking = Ranking.of(is_bad, score)
    return ranking, np.cumsum(ranking.bad[::-1])[::-1], np.cumsum(ranking.good[::-1])[::-1]


def loop(is_bad: np.ndarray, score: np.ndarray, cutoffs: np.ndarray) -> list[tuple[float, ...]]:
    figures = (sk.accuracy_score, sk.precision_score, sk.recall_score, sk.f1_score)
    return [tuple(figure(is_bad, score >= cutoff) for figure in figures) for cutoff in cutoffs]


def told(name: str, seconds: float, goal: float) -> bool:
    print(f"{name}: {seconds:.4f} s (goal {goal:g} s: {'met' if seconds <= goal else 'MISSED'})", flush=True)
    return seconds <= goal


def cutoffs(is_bad: np.ndarray, score: np.ndarray) -> bool:
    from pipeline.evaluation.cutoff_metrics import metrics_at
    from pipeline.evaluation.score_tables import cutoffs_of, score_table

    sort, (ranking, bad_above, good_above) = cpu(lambda: all_by_sort(is_bad, score), 7)
    grid = cutoffs_of(ranking, 0.5)
    binned, table = cpu(lambda: score_table(ranking, grid), 15)
    look_up, _ = cpu(lambda: [metrics_at(table, cutoff) for cutoff in table.cutoffs], 5)
    few = np.arange(1, 11) / 11
    looped, peer = cpu(lambda: loop(is_bad, score, few), 1)
    curves, (roc, _) = cpu(lambda: (sk.roc_curve(is_bad, score), sk.precision_recall_curve(is_bad, score)), 3)
    good = told(f"all {len(ranking.scores):,} cut-offs by one sort", sort, GOALS["sort"])
    good &= told(f"counts at {len(table.cutoffs):,} cut-offs of ordered scores", binned, GOALS["bins"])
    print(f"    seven figures with intervals at each of them, from the table: {look_up:.4f} s")
    print(f"    scikit-learn, 101 cut-offs in a loop: {looped * 10.1:.1f} s (10 measured): {looped * 10.1 / sort:.0f} × ours")
    print(f"    scikit-learn, roc_curve + precision_recall_curve: {curves:.2f} s: {curves / sort:.1f} × ours")
    places = np.searchsorted(ranking.scores, few)
    ours = [bad_above[at] / (bad_above[at] + good_above[at]) for at in places]
    same = np.allclose(ours, [figures[1] for figures in peer]) and np.isclose(sk.auc(roc[0], roc[1]), _auc(ranking))
    if not same:
        print("    FIGURES DO NOT AGREE")
    return bool(good and same)


def _auc(ranking: Any) -> float:
    from pipeline.evaluation.metrics import auc_of

    found = auc_of(ranking)
    assert found is not None
    return found


def delong(is_bad: np.ndarray, score: np.ndarray) -> bool:
    from pipeline.evaluation.metrics import Ranking, auc_interval

    ours, interval = cpu(lambda: auc_interval(Ranking.of(is_bad, score)), 7)
    draw = np.random.default_rng(1)

    def resampled() -> list[float]:
        picked = (draw.integers(0, len(score), len(score)) for _ in range(3))
        return [sk.roc_auc_score(is_bad[rows], score[rows]) for rows in picked]

    theirs, draws = cpu(resampled, 1)
    assert interval is not None
    good = told("interval of the AUC by DeLong, the sort included", ours, GOALS["delong"])
    print(f"    bootstrap, 1,000 draws: {theirs / 3 * 1000:.0f} s (3 measured): {theirs / 3 * 1000 / ours:.0f} × ours")
    wide = interval[1] - interval[0]
    if not all(interval[0] - wide < auc < interval[1] + wide for auc in draws):
        print("    THE DRAWS LIE FAR FROM THE INTERVAL")
        good = False
    return good


def main() -> int:
    threads = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS")
    if any(os.environ.get(variable) != "1" for variable in threads):  # libraries read it when they are loaded
        environment = {**os.environ, **dict.fromkeys(threads, "1")}
        return subprocess.run([sys.executable, __file__, *sys.argv[1:]], env=environment, check=False).returncode
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    is_bad, score = scores_of(rows)
    all_by_sort(is_bad[:1000], score[:1000])
    good = [cutoffs(is_bad, score), delong(is_bad, score)]
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
