"""The values of an applicant out of a form: what is read, what is warned about, what is refused, and what a form needs."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dashapp.usecases import backgrounds, explaining, typed_values
from dashapp.usecases.backgrounds import OpenedRun
from dashapp.usecases.desk import Desk
from dashapp.usecases.errors import InvalidSpec
from pipeline.explaining.exact import explain
from tests.dashapp.comparing import trained
from tests.dashapp.prepared import only_run, prepared
from tests.dashapp.uploading import upload

FEATURES = ["months", "amount", "share", "bureau", "home", "grade", "region"]
GIVEN: dict[str, Any] = {
    "features": FEATURES,
    "special_codes": {"bureau": {"-9": "level", "-8": "missing"}, "home": {"?": "missing"}},
    "orders": {"grade": ["low", "middle", "high"]},
    "log_columns": ["amount"],
}
WORDING = {
    "months": {"label": "Repayment period", "unit": "months", "step": 6.0, "changeable": True},
    "amount": {"unit": "EUR"},
}


def applicants_file(path: Path, n: int = 400) -> Path:
    draw = np.random.default_rng(5)
    months = draw.integers(4, 73, n)
    months[:2] = 4, 72
    amount = draw.integers(300, 15_000, n)
    share = draw.random(n).round(3)
    bureau = np.where(draw.random(n) < 0.2, draw.choice([-9, -8], n), draw.integers(400, 700, n))
    home = draw.choice(["own", "rent", "?"], n, p=[0.5, 0.4, 0.1])
    grade = draw.choice(["low", "middle", "high"], n)
    region = draw.choice(["north", "South"], n)
    bad = draw.random(n) < 1 / (1 + np.exp(1.5 - (months - 30) / 20 - (grade == "low")))
    lines = [
        f"{a},{b},{c},{d},{e},{f},{g},{'yes' if h else 'no'}"
        for a, b, c, d, e, f, g, h in zip(months, amount, share, bureau, home, grade, region, bad, strict=True)
    ]
    path.write_text(",".join([*FEATURES, "bad"]) + "\n" + "\n".join(lines) + "\n", encoding="utf-8")
    return path


settings = prepared(
    lambda desk, folder: trained(desk, upload(desk, applicants_file(folder / "applicants.csv")), "A run", **GIVEN)
)


@pytest.fixture
def run(desk: Desk) -> OpenedRun:
    found = backgrounds.opened(desk, only_run(desk))
    return replace(found, view=replace(found.view, wording=WORDING))


FULL = {"months": "48", "amount": "5,000", "share": "0.3", "bureau": "600", "home": "own", "grade": "low", "region": "north"}


def test_a_full_form_is_read_and_can_be_explained(run: OpenedRun) -> None:
    applicant, warnings = typed_values.typed(run, FULL, "Somebody")
    assert applicant.values == {**FULL, "months": 48.0, "amount": 5000.0, "share": 0.3, "bureau": 600.0}
    assert (applicant.name, applicant.row, applicant.outcome, warnings) == ("Somebody", None, None, {})
    average = run.background.references[0]
    assert explaining.told(run, applicant, average).explanation == explain(run.model, applicant.values, average)


WAYS: list[tuple[str, Any, Any]] = [
    ("months", "48 months", 48.0),
    ("months", 48, 48.0),
    ("amount", "5.000", 5000.0),  # five euros lie outside of the training rows, and the column is whole
    ("amount", "EUR 5 000,00", 5000.0),
    ("share", "30%", 0.3),
    ("share", "0,3", 0.3),
    ("bureau", "-9", -9.0),
    ("bureau", "−8", -8.0),
    ("home", "OWN ", "own"),
    ("home", "?", "?"),
    ("region", "south", "South"),
]


def test_how_people_write(run: OpenedRun) -> None:
    for field, text, value in WAYS:
        applicant, warnings = typed_values.typed(run, {**FULL, field: text}, "")
        assert applicant.values[field] == value, (field, text)
        assert warnings == {}, (field, text)


def test_gaps_are_missing_and_warned_about_where_training_had_none(run: OpenedRun) -> None:
    for gap in ("", "  ", None, "n/a", "missing", "–"):
        applicant, warnings = typed_values.typed(run, {**FULL, "months": gap, "region": gap, "bureau": gap, "home": gap}, "")
        assert [applicant.values[name] for name in ("months", "region", "bureau", "home")] == [None] * 4
        assert set(warnings) == {"months", "region"}  # bureau and home have a code that means missing
    median = run.background.field("months").usual
    assert warnings["months"] == f"No training row lacks this; a missing value counts as {median:g}."
    assert "counts as the reference level" in warnings["region"]
    assert typed_values.typed(run, {}, "")[0].values == dict.fromkeys(FEATURES)


def test_values_outside_of_the_training_rows_are_warned_about(run: OpenedRun) -> None:
    strange = {"months": "96", "amount": "1", "home": "tent", "grade": "top", "bureau": "-7"}
    applicant, warnings = typed_values.typed(run, {**FULL, **strange}, "")
    assert applicant.values["home"] == "tent"
    assert set(warnings) == set(strange)
    assert warnings["months"] == (
        "96 months lies above all training rows, which have 4 to 72 months: the score is less sure there."
    )
    assert "below all training rows" in warnings["amount"]
    assert warnings["home"].startswith("No training row has 'tent'; it counts as ")
    assert warnings["grade"] == "No training row has 'top'; it counts as a gap."


def test_what_cannot_be_read_is_said_for_each_field(run: OpenedRun) -> None:
    with pytest.raises(InvalidSpec) as refused:
        typed_values.typed(run, {**FULL, "months": "many", "amount": [1], "home": {"a": 1}, "region": "x" * 3_000}, "")
    assert set(refused.value.problems) == {"months", "amount", "home", "region"}
    assert refused.value.problems["months"].startswith("'many' is no number; give one, such as ")
    assert refused.value.problems["home"] == "An object is no level; choose one."
    assert "3,000 characters" in refused.value.problems["region"]
    for text in ("1e300", "-1e16", "9" * 40):
        with pytest.raises(InvalidSpec, match="too large a number"):
            typed_values.typed(run, {**FULL, "amount": text}, "")
    for text in ("inf", "1e400", "nan nan", "0x10", "1/2", "2020-01-31"):
        with pytest.raises(InvalidSpec, match="is no number"):
            typed_values.typed(run, {**FULL, "amount": text}, "")


def test_the_controls_of_a_form(run: OpenedRun) -> None:
    found = {one.field: one for one in typed_values.controls(run)}
    assert list(found) == FEATURES
    months = found["months"]
    assert (months.label, months.unit, months.kind, months.step, months.whole) == (
        "Repayment period",
        "months",
        "number",
        6,
        True,
    )
    assert (months.low, months.high) == (4, 72)
    assert months.help == f"Training rows: 4 to 72 months, half up to {months.usual:g} months."
    assert found["amount"].step is not None
    dollars = replace(run, view=replace(run.view, wording={"amount": {"unit": "$"}}))
    assert typed_values.controls(dollars)[1].help.startswith("Training rows: $")
    assert " to $1" in typed_values.controls(dollars)[1].help
    assert found["grade"].levels == ("low", "middle", "high")
    assert found["grade"].is_ordered
    assert found["home"].levels[0] == found["home"].usual == "own"
    assert found["bureau"].codes == ("-9", "-8")
    assert "Special codes: -9, -8." in found["bureau"].help
    assert found["region"].help.startswith("Training rows: 2 levels, most often ")
    usual = {one.field: one.usual for one in found.values()}
    assert typed_values.typed(run, usual, "The usual one")[1] == {}
