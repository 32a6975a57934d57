"""Runs that the worker of the site trains."""

from pathlib import Path
from typing import Any

from dashapp.usecases import runs
from dashapp.usecases.desk import Desk
from tests.dashapp.uploading import upload
from tests.dashapp.waiting import until


def trained(desk: Desk, path: Path, dataset_name: str, run_name: str, given: dict[str, Any]) -> str:
    """A run on a file that is uploaded first; gives its id."""
    made = runs.start(desk, upload(desk, path, name=dataset_name), run_name, given)
    done(desk, made)
    return made


def done(desk: Desk, run_id: str) -> None:
    """Waits until a run has succeeded; fails with its error where it does not."""

    def has_ended() -> bool:
        view = runs.get(desk, run_id)
        assert view.state not in {"failed", "cancelled"}, view.error
        return view.state == "succeeded"

    until(has_ended, 120)
