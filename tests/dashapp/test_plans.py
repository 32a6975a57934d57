"""What the training form starts from: roles and special codes of the data set, and what is said of columns that stay out."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from dashapp.tabs.train.callbacks import OPTIONS, given
from dashapp.tabs.train.layout import form_body
from dashapp.usecases import plans
from pipeline.errors import InvalidSpec
from pipeline.results import ColumnSummary
from pipeline.spec import TrainSpec

PLAIN = ColumnSummary("debt", "number", 1000, 0, 400, 0.0, 9.5)
COLUMNS = (
    ColumnSummary("row", "number", 1000, 0, 1000, 1, 1000, role="identifier", reason="It counts the rows from 1 to 1,000."),
    PLAIN,
    replace(PLAIN, name="score", codes=(("-9", "level"), ("-8", "missing"))),
    ColumnSummary("region", "category", 1000, 0, 4, levels=(("n", 1000),), role="segment", reason="Chosen by you."),
    replace(PLAIN, name="w", role="weight"),
    replace(PLAIN, name="recoveries", role="excluded", reason="Its name says that it is known only after the outcome."),
    ColumnSummary("y", "number", 1000, 0, 2, 0, 1, (("0", 900), ("1", 100)), role="target", codes=(("-1", "missing"),)),
)


def view(columns: tuple[ColumnSummary, ...] = COLUMNS) -> Any:
    by_name = {column.name: column for column in columns}
    return SimpleNamespace(id="1", name="Loans", n_rows=1000, columns=columns, column=by_name.get, target="y", bad_label="1")


def ticked(*names: str) -> list[dict[str, str]]:
    return [{"name": name} for name in names]


def controls(**values: Any) -> dict[str, Any]:
    start = {option.name: option.default for option in OPTIONS} | {"target": "y", "bad_label": "1"}
    return {**start, **values}


def test_the_features_of_the_data_set_are_ticked_and_the_others_say_why() -> None:
    assert plans.left_out(view(), "y") == {
        "row": "a key: it counts the rows from 1 to 1,000",
        "region": "a segment, kept to look at groups: chosen by you",
        "w": "a weight of the rows, which training does not use yet",
        "recoveries": "left out: its name says that it is known only after the outcome",
        "y": "the outcome",
    }


def test_an_older_data_set_is_judged_by_what_its_columns_hold() -> None:
    older = tuple(replace(column, role="feature", reason="", codes=()) for column in COLUMNS)
    assert plans.left_out(view(older), "y") == {"row": "a row number", "y": "the outcome"}


def test_a_column_that_is_ticked_all_the_same_is_a_caution() -> None:
    spec = TrainSpec.parse({"target": "y", "bad_label": "1", "features": ["debt", "recoveries"]})
    told = dict(plans.plan(view(), spec).cautions)
    assert told["recoveries says little or too much"].startswith("It is ticked all the same: left out: its name says")


def test_the_codes_of_the_data_set_are_those_of_the_form() -> None:
    codes = plans.special_codes_of(view(), "y")
    assert codes == (("score", (("-9", "level"), ("-8", "missing"))),)
    page = str(form_body(view(), controls(special_codes=codes), "A run", plans.left_out(view(), "y")))
    assert "score: -9=level, -8=missing" in page


def test_codes_of_columns_that_are_not_ticked_are_left_at_home() -> None:
    text = "score: -9=level\ndebt: 0=missing"
    spec = TrainSpec.parse(given(controls(special_codes=text), ticked("debt"), view()))
    assert spec.special_codes == (("debt", (("0", "missing"),)),)


def test_a_spec_that_names_no_feature_takes_those_of_the_data_set() -> None:
    filled = plans.with_roles({"target": "y"}, COLUMNS)
    assert filled["features"] == ["debt", "score"]
    assert TrainSpec.parse(filled).special_codes == (("score", (("-9", "level"), ("-8", "missing"))),)
    assert plans.with_roles({"target": "y", "features": ["debt"]}, COLUMNS)["special_codes"] == {}
    chosen = {"target": "y", "features": ["score"], "special_codes": {}}
    assert plans.with_roles(chosen, COLUMNS) == chosen
    older = tuple(replace(column, role="feature", reason="", codes=()) for column in COLUMNS)
    assert plans.with_roles({"target": "y"}, older) == {"target": "y"}
    for odd in ({}, {"target": "y", "features": 3}, {"target": "y", "features": "score"}):
        with pytest.raises(InvalidSpec):
            TrainSpec.parse(plans.with_roles(odd, COLUMNS))


@pytest.mark.parametrize("text", ["scoer: -9=level", "score -9", "score: -9=gap"])
def test_codes_that_are_wrong_are_refused_at_their_option(text: str) -> None:
    with pytest.raises(InvalidSpec) as refused:
        TrainSpec.parse(given(controls(special_codes=text), ticked("debt", "score"), view()))
    assert refused.value.problems.keys() == {"special_codes"}
