"""A file as a data set, the way that a screen goes: received, looked at, saved."""

from pathlib import Path

from dashapp.usecases import intake, receiving
from dashapp.usecases.desk import Desk


def upload(desk: Desk, path: Path, *, name: str = "Loans", replaces: str | None = None) -> str:
    """The id of the data set that a small file becomes."""
    upload_id = receiving.receive(desk, path, filename=path.name, replaces=replaces)
    dataset_id = intake.save(desk, upload_id, name=name)
    assert dataset_id is not None, "The file is too large to be saved while one waits."
    return dataset_id
