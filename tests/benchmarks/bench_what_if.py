"""A control of What-if moves: CPU milliseconds of the server from the request to its answer, and of what the page asks beside it.

The run has 20 fields and 20,000 rows, and its result is as long as that of 10,000,000. Each request moves one of the fields and
goes the whole way: signed in, authorised, scored, taken apart, drawn, packed. Goal: a median below 50 ms, also for the first move
in a process that has not met the run or the applicant yet and reads them first.
"""

import gc
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import numpy as np
from installation import installed, signed_in

from dashapp.tabs.explain.layout import ids
from dashapp.usecases import backgrounds, changing, explaining, row_parts, studies, what_ifs
from tests.dashapp.conftest import Browser
from tests.dashapp.payload_pages import Reader, enlarge, trained
from tests.dashapp.uploading import upload

N_ROWS, N_NUMBERS, N_CATEGORIES = 20_000, 12, 8
MOVES, FIRSTS = 100, 20
ROW = 1_234
GOAL = 50.0


class Timed(Reader):
    """Notes the milliseconds of each answer by what it fills."""

    def __init__(self, browser: Browser) -> None:
        super().__init__(browser)
        self.taken: list[tuple[str, float]] = []

    def ask(self, method: str, path: str, body: bytes | str | None = None, **headers: str) -> tuple[int, str]:
        started = time.process_time()
        answer = super().ask(method, path, body, **headers)
        if path == "/_dash-update-component":
            self.taken.append((json.loads(str(body))["output"], 1e3 * (time.process_time() - started)))
        return answer

    def moved(self, given: dict[str, str]) -> float:
        """One move of a control; raises where it is not answered with a figure."""
        self.taken.clear()
        self.change(ids.asked, "data", {"row": ROW, "given": given})
        assert not self.props[ids.answered]["data"]["problems"]
        (milliseconds,) = (taken for output, taken in self.taken if f"{ids.moved}.figure" in output)
        return milliseconds


def loans(path: Path) -> Path:
    draw = np.random.default_rng(4)
    numbers = {f"n{k}": draw.normal(50, 15, N_ROWS).round(1) for k in range(N_NUMBERS)}
    levels = {f"c{k}": np.array(list("abcdefgh"))[draw.integers(0, 8, N_ROWS)] for k in range(N_CATEGORIES)}
    signal = sum((values - 50) / 15 for values in numbers.values()) / 3 + sum(values == "a" for values in levels.values())
    bad = draw.random(N_ROWS) < 1 / (1 + np.exp(1.5 - signal))
    columns = [*numbers.values(), *levels.values(), np.where(bad, "yes", "no")]
    lines = [",".join(map(str, row)) for row in zip(*columns, strict=True)]
    path.write_text(",".join([*numbers, *levels, "bad"]) + "\n" + "\n".join(lines) + "\n", encoding="utf-8")
    return path


def repeated(act: Callable[[int], Any], times: int) -> list[float]:
    found = []
    for k in range(times):
        started = time.process_time()
        act(k)
        found.append(1e3 * (time.process_time() - started))
    return found


def first_move(reader: Timed, k: int) -> float:
    """As a process answers that has not met the run or the applicant before; its modules are loaded."""
    what_ifs._runs.clear()
    what_ifs._applicants.clear()
    backgrounds._backgrounds.clear()
    backgrounds._models.clear()
    studies._KEPT.clear()
    row_parts._kept.clear()
    return reader.moved(value_of(k))


def value_of(k: int) -> dict[str, str]:
    field = k % (N_NUMBERS + N_CATEGORIES)
    return {f"n{field}": f"{20 + k % 60}"} if field < N_NUMBERS else {f"c{field - N_NUMBERS}": "abcdefgh"[k % 8]}


def told(what: str, taken: list[float]) -> bool:
    good = median(taken) < GOAL
    mark = "met" if good else "MISSED"
    print(f"{what:58} median {median(taken):5.1f} ms, 95th percentile {quantiles(taken, n=20)[-1]:5.1f} ms: {mark}", flush=True)
    return good


def main() -> int:
    with installed(upload_limit_mb=10) as (desk, folder):
        run_id = trained(desk, upload(desk, loans(folder / "loans.csv")), {"target": "bad", "bad_label": "yes", "folds": 0})
        enlarge(desk, run_id)
        reader = Timed(signed_in(desk))
        gc.freeze()  # as `serve` does: collections do not look through what a process was made of
        reader.open(f"/runs/{run_id}/explain?row={ROW + 1}")
        reader.moved(value_of(0))
        good = [told("A move of a control", [reader.moved(value_of(k)) for k in range(MOVES)])]
        good.append(told("The first move in a process", [first_move(reader, k) for k in range(FIRSTS)]))
        run = backgrounds.opened(desk, run_id)
        applicants = [explaining.of_row(desk, run, row) for row in range(300)]
        average = explaining.reference_of(desk, run, "average")
        refused = [one for one in applicants if explaining.told(run, one, average).advice == explaining.REFUSE][:20]
        search = repeated(lambda k: changing.changes(run, refused[k % len(refused)], run.model.fields), 5 * len(refused))
        good.append(told("What would have to change, all 20 fields and 190 pairs", search))
    print(f"The goal is a median below {GOAL:.0f} ms.")
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
