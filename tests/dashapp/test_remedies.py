"""What a click on an alert does to the data set."""

from dataclasses import replace
from pathlib import Path

import pytest

from dashapp.tabs.profile.remedying import done_notice
from dashapp.usecases import datasets, profiles, remedies
from dashapp.usecases.desk import Desk
from dashapp.usecases.errors import NotFound, Refused
from tests.dashapp.uploading import upload


@pytest.fixture
def people_file(tmp_path: Path) -> Path:
    """Ages of 20 to 60, and four that nobody reaches."""
    path = tmp_path / "people.csv"
    ages = [20 + k % 41 for k in range(8_000)] + [123, 144, 144, 144]
    rows = "".join(f"{age},{'yes' if k % 4 == 0 else 'no'}\n" for k, age in enumerate(ages))
    path.write_text(f"age,defaulted\n{rows}", encoding="utf-8")
    return path


def test_values_far_out_become_missing(desk_of, people_file):
    desk: Desk = desk_of("analyst")
    dataset_id = upload(desk, people_file)
    before = profiles.get(desk, dataset_id).profile
    assert before is not None
    assert before.column("age").n_far_high == 4
    assert any(alert.kind == "outliers" for alert in before.alerts)

    done = remedies.far_as_missing(desk, dataset_id, "age")
    assert done == remedies.Remedied("age", 4, {})
    assert datasets.get(desk, dataset_id).column("age").codes == (("123", "missing"), ("144", "missing"))
    after = profiles.get(desk, dataset_id).profile
    assert after.column("age").maximum == 60
    assert not any(alert.kind == "outliers" for alert in after.alerts)
    with pytest.raises(Refused, match="No value of 'age' lies far out"):
        remedies.far_as_missing(desk, dataset_id, "age")

    # Taken back: as it was before.
    datasets.set_codes(desk, dataset_id, "age", done.codes_before)
    again = profiles.get(desk, dataset_id).profile
    assert again.column("age") == before.column("age")


def test_suspected_codes_become_missing(desk_of, tmp_path):
    desk: Desk = desk_of("analyst")
    path = tmp_path / "scores.csv"
    scores = [-9 if k % 20 == 0 else 300 + k % 500 for k in range(4_000)]
    path.write_text("score,bad\n" + "".join(f"{score},{k % 3 == 0:d}\n" for k, score in enumerate(scores)), encoding="utf-8")
    dataset_id = upload(desk, path)
    assert remedies.suspected_as_missing(desk, dataset_id, "score") == remedies.Remedied("score", 200, {})
    after = profiles.get(desk, dataset_id).profile.column("score")
    assert (after.n_coded, after.minimum, after.suspected_codes) == (200, 301, ())
    with pytest.raises(Refused, match="No value of 'score' looks like a code"):
        remedies.suspected_as_missing(desk, dataset_id, "score")


def test_what_was_done_is_told_with_a_way_back(desk_of, people_file):
    """The notice stands while the codes do, names no more than ten, and goes with anything odd from the browser."""
    desk: Desk = desk_of("analyst")
    dataset_id = upload(desk, people_file)
    done = vars(remedies.far_as_missing(desk, dataset_id, "age"))
    view = datasets.get(desk, dataset_id)
    told = str(done_notice(view, done))
    assert "4 values of age count as missing now" in told
    assert "123, 144" in told
    assert "Undo" in told
    assert done_notice(replace(view, mine=False), done) == []
    for odd in (None, "x", {}, {**done, "n_rows": "4"}, {**done, "codes_before": [1]}, {**done, "column": "nobody"}):
        assert done_notice(view, odd) == []
    datasets.set_codes(desk, dataset_id, "age", {})
    assert done_notice(datasets.get(desk, dataset_id), done) == []


def test_only_the_owner_may(desk_of, people_file):
    dataset_id = upload(desk_of("analyst"), people_file)
    for name in ("colleague", "stranger"):
        for remedy in (remedies.far_as_missing, remedies.suspected_as_missing):
            with pytest.raises(NotFound):
                remedy(desk_of(name), dataset_id, "age")
