"""Profiles that a process keeps: the newest alone, not too many, and for nobody who may not see the data set."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dashapp.usecases import datasets, profiles, sharing
from dashapp.usecases.desk import Desk
from dashapp.usecases.errors import NotFound
from dashapp.usecases.kept_profiles import KeptProfiles
from pipeline.profiling.results import Profile
from tests.dashapp.uploading import upload
from tests.profiles import PROFILE

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def test_only_the_newest_is_found() -> None:
    kept = KeptProfiles(most_columns=100)
    kept.put("a", NOW, PROFILE)
    assert kept.get("a", NOW) is PROFILE
    assert kept.get("a", NOW + timedelta(microseconds=1)) is None
    assert kept.get("b", NOW) is None
    newer = replace(PROFILE, n_rows=1)
    kept.put("a", NOW + timedelta(seconds=1), newer)
    assert kept.get("a", NOW) is None
    assert kept.get("a", NOW + timedelta(seconds=1)) is newer


def test_it_holds_no_more_columns_than_it_may() -> None:
    """The one used longest ago goes first; one that is too wide alone is not kept."""
    n = len(PROFILE.columns)
    kept = KeptProfiles(most_columns=2 * n)
    for name in ("a", "b"):
        kept.put(name, NOW, PROFILE)
    assert kept.get("a", NOW) is PROFILE
    kept.put("c", NOW, PROFILE)
    assert [kept.get(name, NOW) for name in "abc"] == [PROFILE, None, PROFILE]
    kept.put("d", NOW, replace(PROFILE, columns=PROFILE.columns * 3))
    assert [kept.get(name, NOW) for name in "abcd"] == [None] * 4


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
