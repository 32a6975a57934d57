"""Profiles that a process keeps: the newest alone, and for nobody who may not see the data set."""

from collections.abc import Callable
from pathlib import Path

import pytest

from dashapp.usecases import datasets, profiles, sharing
from dashapp.usecases.desk import Desk
from dashapp.usecases.errors import NotFound
from pipeline.profiling.results import Profile
from tests.dashapp.uploading import upload


def test_a_kept_profile_is_as_private_and_as_fresh_as_the_stored_one(
    desk_of: Callable[[str], Desk], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "loans.csv"
    path.write_text("income,bad\n" + "".join(f"{k},{k % 3 == 0:d}\n" for k in range(600)), encoding="utf-8")
    owner = desk_of("analyst")
    dataset_id = upload(owner, path)
    sharing.share(owner, "dataset", dataset_id, "colleague")
    first = profiles.get(owner, dataset_id).profile
    assert first is not None
    with monkeypatch.context() as patched:
        patched.setattr(Profile, "from_json", lambda stored: pytest.fail("It was read again."))
        assert profiles.get(owner, dataset_id).profile is first
        assert profiles.get(desk_of("colleague"), dataset_id).profile is first
        with pytest.raises(NotFound):
            profiles.get(desk_of("stranger"), dataset_id)
    datasets.set_outcome(owner, dataset_id, "bad", "1")
    after = profiles.get(owner, dataset_id)
    assert (after.profile.target if after.profile else None, after.stale) == ("bad", False)
