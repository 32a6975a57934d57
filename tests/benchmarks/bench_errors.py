"""Standard errors after an unpenalised fit of 1,000,000 rows × 25 columns against statsmodels: CPU seconds.

The table is that of bench_fit.py. Ours takes the fit, computes the Hessian at its weights from numbers and codes, and inverts it:
what `pipeline.inference` does after a fit. statsmodels gets the same matrix written out, with its intercept, and our optimum to
start from, so that it has no more to do than to see that it is there: `Logit(...).fit(start_params=...)` and `bse`. Both are
timed from what they are given to the errors; the ratio without what statsmodels takes to make its model (the rank of the matrix,
to find a constant) is printed too. The errors are compared. Goal: 30 times less.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import numpy as np
from bench_fit import ONE_THREAD, design_and_classes, written_out

REPEATS = 3
GOAL = 30
AGREEMENT = 1e-6


def ours(folder: Path) -> dict[str, float]:
    from pipeline.fitting import Problem, fit, solve_definite

    design, classes = design_and_classes()
    none = np.zeros(design.width)
    found = fit(Problem(design, classes, 2, None, none, none, "reference"), 1e-10, 100, lambda step, norm: None)
    began = time.process_time()
    covariance = solve_definite(found.point.hessian, np.eye(design.width))
    T = design.to_model()
    errors = np.sqrt(np.einsum("ij,jk,ik->i", T, covariance, T))
    cpu = time.process_time() - began
    np.save(folder / "weights.npy", T @ found.point.weights)
    np.save(folder / "ours.npy", errors)
    return {"cpu": cpu}


def statsmodels(folder: Path) -> dict[str, float]:
    import statsmodels.api as sm

    design, classes = design_and_classes()
    matrix = np.column_stack([np.ones(len(classes)), written_out(design)])
    del design
    outcome, start = classes.astype(float), np.load(folder / "weights.npy")[:, 0]
    began = time.process_time()
    model = sm.Logit(outcome, matrix)
    made = time.process_time() - began
    errors = model.fit(start_params=start, method="newton", disp=0).bse
    cpu = time.process_time() - began
    np.save(folder / "statsmodels.npy", errors)
    return {"cpu": cpu, "made": made}


SIDES = {"ours": ours, "statsmodels": statsmodels}


def measure(side: str, folder: str) -> dict[str, float]:
    environment = {**os.environ, **ONE_THREAD, "PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run([sys.executable, __file__, side, folder], capture_output=True, text=True, env=environment)
    if done.returncode:
        raise RuntimeError(done.stderr.strip().splitlines()[-1])
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        runs: dict[str, list[dict[str, float]]] = {side: [] for side in SIDES}
        for _ in range(REPEATS):
            for side, found in runs.items():
                found.append(measure(side, folder))
        errors = {side: np.load(Path(folder) / f"{side}.npy") for side in SIDES}
    away = float(np.abs(errors["ours"] / errors["statsmodels"] - 1).max())
    cpu = {side: [run["cpu"] for run in found] for side, found in runs.items()}
    for side, seconds in cpu.items():
        print(f"{side:14} {median(seconds):7.2f} s CPU ({min(seconds):.2f} to {max(seconds):.2f})")
    ratio = median(cpu["statsmodels"]) / median(cpu["ours"])
    print(f"{ratio:.0f} times less; the goal is {GOAL}: {'met' if ratio >= GOAL else 'MISSED'}.")
    made = median(run["made"] for run in runs["statsmodels"])
    rest = (median(cpu["statsmodels"]) - made) / median(cpu["ours"])
    print(f"statsmodels takes {made:.2f} s of that to make its model; without that it is {rest:.0f} times less.")
    print(f"The errors differ by {away:.1e} at most, relatively: {'met' if away <= AGREEMENT else 'MISSED'}.")
    return 0 if ratio >= GOAL and away <= AGREEMENT else 1


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(SIDES[sys.argv[1]](Path(sys.argv[2]))))
    else:
        sys.exit(main())
