"""An option is declared once: what it accepts, what it refuses and in which words, and that a spec survives its JSON."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import InvalidSpec
from pipeline.options import Option
from pipeline.spec import TrainSpec

OPTIONS = TrainSpec.options()


@pytest.mark.parametrize("option", OPTIONS, ids=lambda option: option.name)
def test_every_option_says_what_it_is(option: Option) -> None:
    assert option.label
    assert option.help.endswith(".")
    assert option.group
    assert all(choice.label and choice.help.endswith(".") for choice in option.choices)


@pytest.mark.parametrize(
    ("name", "raw", "words"),
    [
        ("C", None, "give a number; from 0.000001 to 1,000,000"),
        ("C", "", "give a number"),
        ("C", "many", "'many' is not a number"),
        ("C", float("nan"), "is not a number"),
        ("C", True, "is not a number"),
        ("C", 0, "out of range"),
        ("seed", 1.5, "is not a whole number"),
        ("seed", -1, "out of range; from 0 to 2,147,483,647"),
        ("test_share", 0.95, "out of range; from 0 to 0.9"),
        ("folds", 1, "at least 2 folds"),
        ("penalty", "l3", "choose one of none, l2"),
        ("missing_indicator", "perhaps", "neither yes nor no"),
        ("features", "income", "give a list of column names"),
        ("features", ["income", "income"], "named twice"),
        ("features", ["outcome"], "cannot be a feature too"),
        ("categorical", ["other"], "not among the features"),
        ("target", "", "choose one"),
        ("target", {"a": 1}, "give a text"),
        ("typo", 1, "There is no option 'typo'"),
    ],
)
def test_a_wrong_value_is_refused_at_its_option(name: str, raw: Any, words: str) -> None:
    with pytest.raises(InvalidSpec) as refused:
        TrainSpec.parse({"target": "outcome", "features": ["income"], name: raw})
    assert words in refused.value.problems[name]


@pytest.mark.parametrize(
    ("name", "raw", "value"),
    [
        ("C", "0.5", 0.5),
        ("seed", "7", 7),
        ("folds", 10.0, 10),
        ("missing_indicator", "yes", True),
        ("missing_indicator", "0", False),
    ],
)
def test_texts_of_a_command_line_become_values(name: str, raw: Any, value: Any) -> None:
    assert getattr(TrainSpec.parse({"target": "outcome", name: raw}), name) == value


def test_all_problems_are_told_at_once() -> None:
    with pytest.raises(InvalidSpec) as refused:
        TrainSpec.parse({"target": "", "C": -1, "seed": "x"})
    assert refused.value.problems.keys() == {"target", "C", "seed"}


def values_of(option: Option) -> st.SearchStrategy[Any]:
    """What an option accepts."""
    match option.kind:
        case "flag":
            return st.booleans()
        case "choice":
            return st.sampled_from(option.values)
        case "integer":
            return st.integers(int(option.low or 0), int(option.high or 0)).filter(lambda n: option.name != "folds" or n != 1)
        case "number":
            return st.floats(option.low, option.high)
        case "codes":
            return st.dictionaries(st.sampled_from(["a", "b"]), st.just({"-9": "level", "x": "missing"}))
        case _:
            return st.just("outcome") if option.required else st.just(option.default)


@given(st.fixed_dictionaries({option.name: values_of(option) for option in OPTIONS}))
def test_a_spec_survives_its_json(values: dict[str, Any]) -> None:
    spec = TrainSpec.parse(values)
    assert TrainSpec.parse(json.loads(json.dumps(spec.to_json()))) == spec
