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


FEATURES = ("a", "b", "c")
LABELS = st.sampled_from(["good", "bad", "a: b", "x < y", '"'])


def values_of(option: Option) -> st.SearchStrategy[Any]:
    """What an option accepts."""
    match option.kind:
        case "flag":
            return st.booleans()
        case "choice":
            return st.sampled_from(option.values)
        case "integer":
            return st.integers(int(option.low or 0), int(option.high or 0))
        case "number":
            return st.floats(option.low, option.high)
        case "codes":
            return st.dictionaries(st.sampled_from(FEATURES), st.just({"-9": "level", "x": "missing"}))
        case "columns":
            return st.just(FEATURES) if option.name == "features" else st.sets(st.sampled_from(FEATURES)).map(sorted)
        case "weights":
            return st.dictionaries(LABELS, st.floats(1e-6, 1e6))
        case "levels":
            return st.dictionaries(st.sampled_from(FEATURES), LABELS)
        case "orders":
            return st.dictionaries(st.sampled_from(FEATURES), st.lists(LABELS, min_size=2, unique=True))
        case "pairs":
            return st.sets(st.sampled_from([("a", "b"), ("b", "c"), ("a", "c")])).map(sorted)
        case _:
            return st.just("y") if option.required else st.none() | LABELS


# What is set back where an option does not go with the others.
BACK = {"split_column": {"split": "random"}, "woe_columns": {"weight_of_evidence": "none"}}
BACK |= {"class_weights": {"class_weight": "none"}, "missing_level": {"missing_categories": "own_level"}}


def untangled(values: dict[str, Any]) -> TrainSpec:
    """The spec of values, with options that do not go with the others set back."""
    defaults = {option.name: option.default for option in OPTIONS}
    for _ in range(5):
        try:
            return TrainSpec.parse(values)
        except InvalidSpec as error:
            for name in error.problems:
                values = values | BACK.get(name, {name: defaults[name]})
    raise AssertionError(TrainSpec.parse(values))


@given(st.fixed_dictionaries({option.name: values_of(option) for option in OPTIONS}))
def test_a_spec_survives_its_json(values: dict[str, Any]) -> None:
    spec = untangled(values)
    assert TrainSpec.parse(json.loads(json.dumps(spec.to_json()))) == spec


def test_a_spec_of_before_these_options_still_parses() -> None:
    """As stored by the first version, with all of its options."""
    first = {
        "target": "y", "bad_label": "1", "features": ["a", "b"], "categorical": ["b"], "special_codes": {"a": {"-9": "level"}},
        "test_share": 0.3, "folds": 5, "seed": 11, "missing_numbers": "zero", "missing_indicator": True,
        "missing_categories": "own_level", "reference_level": "first", "scaling": "standard", "penalty": "l2", "C": 0.5,
        "class_weight": "balanced", "cutoff": 0.5, "tolerance": 1e-8, "max_iterations": 200,
    }  # fmt: skip
    spec = TrainSpec.parse(first)
    assert spec.to_json() == {option.name: spec.to_json()[option.name] for option in OPTIONS} | first


@pytest.mark.parametrize(
    ("given", "name", "words"),
    [
        ({"split": "date"}, "split_column", "Choose the column of dates"),
        ({"split": "group"}, "split_column", "Choose the column of groups"),
        ({"split": "date", "split_column": "y"}, "split_column", "is the outcome"),
        ({"test_share": 0.5, "validation_share": 0.5}, "validation_share", "take 100% of the rows together"),
        ({"fold_repeats": 3}, "fold_repeats", "no folds to repeat"),
        ({"log_columns": ["z"]}, "log_columns", "'z' is to enter as a logarithm but is not among the features"),
        ({"log_columns": ["b"], "categorical": ["b"]}, "log_columns", "has no logarithm"),
        ({"degree": 2, "degree_columns": ["z"]}, "degree_columns", "not among the features"),
        ({"degree": 2, "degree_columns": ["b"], "categorical": ["b"]}, "degree_columns", "has no powers"),
        ({"weight_of_evidence": "chosen"}, "woe_columns", "Name the columns"),
        ({"weight_of_evidence": "chosen", "woe_columns": ["z"]}, "woe_columns", "not among the features"),
        ({"orders": {"z": ["1", "2"]}}, "orders", "not among the features"),
        ({"orders": {"y": ["1", "2"]}}, "orders", "is the outcome"),
        ({"reference_levels": {"z": "1"}}, "reference_levels", "not among the features"),
        ({"reference_levels": {"a": "1"}, "orders": {"a": ["1", "2"]}}, "reference_levels", "no reference level"),
        ({"interactions": [["a", "z"]]}, "interactions", "not among the features"),
        ({"special_codes": {"z": {"-9": "level"}}}, "special_codes", "'z' has special codes but is not among the features"),
        ({"class_weight": "given"}, "class_weights", "Give the weight of a class"),
        ({"missing_categories": "constant"}, "missing_level", "Name the level"),
        ({"missing_categories": "constant", "missing_level": "a\x07"}, "missing_level", "'a\\u0007' cannot be the name"),
        ({"solver": "lbfgs", "penalty": "l1"}, "solver", "lbfgs cannot take L1"),
        ({"solver": "liblinear", "penalty": "none"}, "solver", "liblinear always penalises"),
        ({"bootstrap": 5}, "bootstrap", "at least 40"),
    ],
)
def test_options_that_do_not_go_together_are_told(given: dict[str, Any], name: str, words: str) -> None:
    with pytest.raises(InvalidSpec) as refused:
        TrainSpec.parse({"target": "y", "features": ["a", "b"], **given})
    assert refused.value.problems.keys() == {name}
    assert words in refused.value.problems[name]


@pytest.mark.parametrize(
    "given",
    [
        {"degree_columns": ["z"]},
        {"woe_columns": ["z"]},
        {"one_hot": "full", "reference_levels": {"z": "1"}},
        {"missing_level": "\x07"},
        {"class_weights": {"x": 2}},
        {"solver": "liblinear", "penalty": "l1"},
        {"split_column": "y"},
    ],
)
def test_options_without_an_effect_are_not_asked(given: dict[str, Any]) -> None:
    TrainSpec.parse({"target": "y", "features": ["a", "b"], **given})


@pytest.mark.parametrize(
    ("values", "name", "matters"),
    [
        ({"penalty": "none"}, "C", False),
        ({"penalty": "l1"}, "C", True),
        ({"folds": 0}, "fold_repeats", False),
        ({"folds": 5}, "fold_repeats", True),
        ({"class_weight": "none", "resampling": "smote"}, "correct_prior", True),
        ({"class_weight": "balanced", "resampling": "none"}, "correct_prior", True),
        ({"class_weight": "none", "resampling": "none"}, "correct_prior", False),
        ({"bad_label": None}, "multiclass", True),
        ({"bad_label": "1"}, "multiclass", False),
        ({}, "seed", True),
    ],
)
def test_whether_an_option_matters_follows_from_the_others(values: dict[str, Any], name: str, matters: bool) -> None:
    option = next(option for option in OPTIONS if option.name == name)
    assert option.matters(values) is matters


def test_conditions_name_options_and_values_that_exist() -> None:
    known = {option.name: option for option in OPTIONS}
    for option in OPTIONS:
        for condition in (option.matters_when, option.or_when):
            if condition is not None:
                other = known[condition[0]]
                assert other.kind != "choice" or set(condition[1:]) <= set(other.values)
