"""What a click on an alert does to the data set."""

from pathlib import Path

import pytest

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

    assert remedies.far_as_missing(desk, dataset_id, "age") == 2
    assert datasets.get(desk, dataset_id).column("age").codes == (("123", "missing"), ("144", "missing"))
    after = profiles.get(desk, dataset_id).profile
    assert after.column("age").maximum == 60
    assert not any(alert.kind == "outliers" for alert in after.alerts)
    with pytest.raises(Refused, match="No value of 'age' lies far out"):
        remedies.far_as_missing(desk, dataset_id, "age")


def test_only_the_owner_may(desk_of, people_file):
    dataset_id = upload(desk_of("analyst"), people_file)
    with pytest.raises(NotFound):
        remedies.far_as_missing(desk_of("colleague"), dataset_id, "age")
