"""The tabs of a run opened as a browser opens them, and what they send: for the tests of payloads and their benchmark."""

import json
from pathlib import Path
from typing import Any

import numpy as np

from dashapp.tabs import TABS
from dashapp.usecases import runs, training
from dashapp.usecases.desk import Desk
from db import leases
from db import runs as doors
from pipeline.results import RunResult
from tests.dashapp.clicking import Clicker
from tests.dashapp.large_results import large
from tests.dashapp.uploading import upload

MOST_BYTES = 150_000
OF_A_RUN = [page.path_template for tab in TABS for page in tab.pages if page.path_template.startswith("/runs/<run_id>")]


class Reader(Clicker):
    """Opens pages in this process, and counts the bytes of every callback's answer."""

    def __init__(self, browser: Any) -> None:
        super().__init__("http://localhost")
        self.browser, self.sizes = browser, {}

    def ask(self, method: str, path: str, body: bytes | str | None = None, **headers: str) -> tuple[int, str]:
        answer = self.browser.client.open(
            path, method=method, data=body, headers={"X-CSRFToken": self.browser.csrf, **headers}, buffered=True,
            environ_base={"REMOTE_ADDR": self.browser.address},
        )  # fmt: skip
        if path == "/_dash-update-component":
            assert answer.status_code in {200, 204}, answer.text[:500]
            self.sizes[json.loads(str(body))["output"]] = len(answer.data)
        return answer.status_code, answer.text


def small_run(desk: Desk, folder: Path) -> str:
    """A run on 1,000 rows with every part that a run may have."""
    random = np.random.default_rng(11)
    columns = {name: random.normal(size=1_000).round(4) for name in ("income", "age", "debt")}
    home = np.array(["own", "rent", "mortgage", "other"])[random.integers(0, 4, 1_000)]
    bad = random.random(1_000) < 1 / (1 + np.exp(1.2 - columns["income"] + columns["age"] / 2))
    lines = [f"{a},{b},{c},{d},{'yes' if e else 'no'}" for a, b, c, d, e in zip(*columns.values(), home, bad, strict=True)]
    path = folder / "loans.csv"
    path.write_text("income,age,debt,home,bad\n" + "\n".join(lines) + "\n", encoding="utf-8")
    given = {"target": "bad", "bad_label": "yes", "validation_share": 0.25, "folds": 5, "class_weight": "balanced"}
    return trained(desk, upload(desk, path), given)


def trained(desk: Desk, dataset_id: str, given: dict[str, Any]) -> str:
    run = runs.start(desk, dataset_id, "A run", given)
    with desk.db.write() as session:
        (job,) = leases.claim(session, claimed_by="test", lease_seconds=60, limit=1)
        job_id, attempt = job.id, job.attempt
    training.execute(desk.db, job_id, attempt, desk.settings)
    return run


def enlarge(desk: Desk, run: str) -> None:
    with desk.db.write() as session:
        stored = doors.get(session, desk.user.id, run, with_result=True)
        assert stored.result is not None
        stored.result = large(RunResult.from_json(stored.result)).to_json()


def opened(reader: Reader, path: str) -> int:
    reader.sizes.clear()
    reader.open(path)
    assert any(size > 1_000 for size in reader.sizes.values()), "Nothing has filled the page."
    return sum(reader.sizes.values())
