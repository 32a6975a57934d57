"""The training form: what it starts from, what it gives to training, and what it says before anything is trained."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest
from dash import Dash
from dash.development.base_component import Component

from dashapp.tabs.train import callbacks
from dashapp.tabs.train.callbacks import OPTIONS, given, start_values
from dashapp.tabs.train.examples import examples_of
from dashapp.tabs.train.groups import FOLDED, GROUPS, told_options
from dashapp.tabs.train.layout import form_body, meta, preset_id
from dashapp.tabs.train.presets import KEPT_GROUPS, PRESETS
from dashapp.usecases import datasets, plans, runs
from dashapp.usecases.desk import Desk
from dashapp.widgets.forms import control_value, value_of
from dashapp.widgets.spec_links import options_of
from dashapp.widgets.specs import changed_facts, spec_facts
from db import datasets as dataset_queries
from pipeline.errors import InvalidSpec
from pipeline.mappings import MAPPED
from pipeline.reading import check_and_open
from pipeline.spec import TrainSpec
from pipeline.training import train
from tests.dashapp.uploading import upload

BY_NAME = {option.name: option for option in OPTIONS}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """200 loans: a number with gaps, categories with and without, a date, groups, an outcome of two classes and one of three."""
    rows = [
        (
            "" if k % 17 == 0 else 1000 + 37 * k % 900, 20 + k % 41, "own" if k % 3 else "rent", ["n", "s", "e", ""][k % 4],
            f"2024-{1 + k % 12:02d}-{1 + k % 28:02d}", f"g{k % 23}", "xyz"[(k * 5) % 7 % 3],
            "yes" if (k * 7) % 11 < 3 else "no",
        )
        for k in range(200)
    ]  # fmt: skip
    path = tmp_path / "loans.csv"
    head = "income,age,home,region,opened,branch,three,defaulted"
    path.write_text("\n".join([head, *(",".join(map(str, row)) for row in rows)]) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def view(desk: Desk, file: Path) -> datasets.DatasetView:
    return datasets.get(desk, upload(desk, file))


def usual(**values: Any) -> dict[str, Any]:
    start = {option.name: option.default for option in OPTIONS} | {"target": "defaulted", "bad_label": "yes"}
    return {**start, **values}


def controls(**values: Any) -> dict[str, Any]:
    """What the form's controls hold."""
    return {option.name: control_value(option, usual(**values)[option.name]) for option in OPTIONS if option.name != "features"}


def ticked(*names: str) -> list[dict[str, str]]:
    return [{"name": name} for name in names]


def found(tree: Any, id: str) -> Component:  # noqa: A002
    for part in tree if isinstance(tree, list) else [tree]:
        if isinstance(part, Component):
            if getattr(part, "id", None) == id:
                return part
            try:
                return part[id]
            except KeyError:
                continue
    raise AssertionError(f"There is no '{id}'.")


# Options, and whether the plan says that it is exact.
PLANNED: tuple[tuple[dict[str, Any], bool], ...] = (
    ({}, True),
    ({"test_share": 0.25, "validation_share": 0.2}, True),
    ({"stratify": False, "validation_share": 0.15}, True),
    ({"test_share": 0}, True),
    ({"missing_indicator": True}, True),
    ({"missing_numbers": "own_level", "missing_categories": "most_frequent"}, True),
    ({"one_hot": "full"}, True),
    ({"degree": 3, "degree_columns": ["income"]}, True),
    ({"degree": 2}, True),
    ({"orders": {"home": ["rent", "own"]}, "degree": 2}, True),
    ({"weight_of_evidence": "all"}, True),
    ({"weight_of_evidence": "chosen", "woe_columns": ["region", "age"]}, True),
    ({"interactions": [["income", "age"]]}, False),
    ({"target": "three", "bad_label": None}, True),
    ({"target": "three", "bad_label": None, "penalty": "none"}, True),
    ({"target": "three", "bad_label": None, "multiclass": "one_vs_rest"}, True),
    ({"split": "date", "split_column": "opened"}, False),
    ({"split": "group", "split_column": "branch"}, False),
)


@pytest.mark.parametrize(("options", "exact"), PLANNED, ids=lambda value: json.dumps(value)[:60])
def test_a_plan_tells_what_training_does(view: datasets.DatasetView, file: Path, options: dict[str, Any], exact: bool) -> None:
    spec = TrainSpec.parse({**usual(), "features": ["income", "age", "home", "region"], **options})
    planned = plans.plan(view, spec)
    done = train(check_and_open(file, filename="loans.csv").table(), spec)
    data = done.result.data
    rows = (planned.n_train, planned.n_validation, planned.n_test)
    if planned.exact:
        assert rows == (data.n_train, data.n_validation, data.n_test)
    else:
        assert sum(rows) == data.n_train + data.n_validation + data.n_test
        assert planned.n_test == pytest.approx(data.n_test, abs=20)
    assert (planned.exact and planned.coefficients_exact) is exact
    if planned.coefficients_exact:
        assert planned.n_coefficients == len(done.result.coefficients)
    assert planned.n_features == len(data.columns)


def test_fits_are_counted(view: datasets.DatasetView) -> None:
    spec = TrainSpec.parse({**usual(), "features": ["income"], "folds": 5, "fold_repeats": 2, "bootstrap": 100})
    assert plans.plan(view, spec).n_fits == 1 + 10 + 100


@pytest.mark.parametrize(
    ("options", "title"),
    [
        ({}, "No standard errors"),
        ({"class_weight": "balanced", "correct_prior": False}, "Probabilities are shifted"),
        ({"class_weight": "balanced", "resampling": "under"}, "Weights and resampling together"),
        ({"test_share": 0}, "Nothing is held out"),
        ({"one_hot": "full", "penalty": "none"}, "Coefficients of levels are not unique"),
        ({"scaling": "none"}, "The penalty depends on units"),
        ({"solver": "liblinear"}, "liblinear penalises the intercept too"),
        ({"split": "date", "split_column": "age"}, "age decides the split and is a feature"),
    ],
)
def test_cautions_are_true_of_the_options(view: datasets.DatasetView, options: dict[str, Any], title: str) -> None:
    spec = TrainSpec.parse({**usual(), "features": ["income", "age"], **options})
    assert title in dict(plans.plan(view, spec).cautions)


def test_what_is_corrected_is_no_caution(view: datasets.DatasetView) -> None:
    spec = TrainSpec.parse({**usual(), "features": ["income"], "class_weight": "balanced", "penalty": "none"})
    assert "Probabilities are shifted" not in dict(plans.plan(view, spec).cautions)
    assert "No standard errors" not in dict(plans.plan(view, spec).cautions)
    with_bootstrap = replace(spec, penalty="l2", bootstrap=200)
    assert "bootstrap gives intervals" in dict(plans.plan(view, with_bootstrap).cautions)["No standard errors"]


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.key)
def test_a_preset_is_a_sound_set_of_options(view: datasets.DatasetView, preset: Any) -> None:
    for name in preset.options:
        assert BY_NAME[name].group not in KEPT_GROUPS
    runs.checked({**usual(), "features": ["income", "home"], **preset.options}, view.columns)
    held = meta(usual(), examples_of(view, "defaulted"))["presets"][preset_id(preset.key)]
    for name, value in held.items():
        BY_NAME[name].check(value_of(BY_NAME[name], value))


def test_options_without_an_effect_go_as_their_defaults(view: datasets.DatasetView) -> None:
    """They are hidden, so that nothing in them may stop the run or tell it from another."""
    odd = controls(penalty="none", C=-5, l1_ratio=None, fold_repeats=7, split_column="defaulted", woe_columns=["home"])
    spec = TrainSpec.parse(given(odd, ticked("income"), view))
    assert spec == TrainSpec.parse({**usual(penalty="none"), "features": ["income"]})
    with pytest.raises(InvalidSpec) as refused:
        TrainSpec.parse(given(controls(penalty="l2", C=-5), ticked("income"), view))
    assert refused.value.problems.keys() == {"C"}


def test_no_column_ticked_is_a_problem_of_the_columns(view: datasets.DatasetView) -> None:
    with pytest.raises(InvalidSpec) as refused:
        given(controls(), [], view)
    assert refused.value.problems == {"features": "No column is ticked; tick at least one."}


@pytest.mark.parametrize("option", OPTIONS, ids=lambda option: option.name)
def test_a_control_gives_back_its_value(option: Any) -> None:
    held = {
        "weights": (("bad", 5.0),), "levels": (("a: b", "c"),), "orders": (("a", ("x", "y")),), "pairs": (("a", "b"),),
        "codes": (("a", (("-9", "level"),)),), "columns": ("a", "b"), "flag": True, "text": "a",
    }.get(option.kind, option.default)  # fmt: skip
    assert option.check(value_of(option, control_value(option, held))) == held


def test_the_link_sets_options_and_tells_what_it_cannot(view: datasets.DatasetView) -> None:
    query = (
        "?penalty=none&bootstrap=200&features=income,age,gone&correct_prior=no&orders=home:+rent+%3C+own"
        "&C=zzz&seed=" + "9" * 5000 + "&like_this=1"
    )
    values, name, problems = start_values(view, usual(), query)
    assert name == "No penalty on Loans"  # never of a penalty that the run does not have
    assert start_values(view, usual(), "")[1] == "L2 on Loans"
    assert (values["penalty"], values["bootstrap"], values["correct_prior"]) == ("none", 200, False)
    assert values["features"] == ("income", "age")
    assert values["orders"] == (("home", ("rent", "own")),)
    assert values["C"] == 1.0
    assert len(problems) == 2
    assert all(len(sentence) < 300 for sentence in problems)
    page = str(form_body(view, values, name, {}, not_taken=problems))
    assert "Not taken from the link" in page
    assert options_of("") == ({}, [])


def test_another_outcome_in_the_link_brings_its_own_bad_label(view: datasets.DatasetView) -> None:
    values, _, _ = start_values(view, usual(), "?target=home")
    assert values["target"] == "home"
    assert values["bad_label"] == plans.likely_bad_label(view, "home")


def test_every_option_stands_in_the_form_once_in_its_group(view: datasets.DatasetView) -> None:
    body = form_body(view, usual(), "A run", {})
    for option in OPTIONS:
        assert found(body, f"train-option-{option.name}-problem") is not None
        if option.name != "features":
            assert found(body, f"train-option-{option.name}") is not None
            assert "sd-field" in found(body, f"train-option-{option.name}-field").className
    assert {name for group in told_options().values() for name in group} <= set(BY_NAME)
    assert sum(len(members) for members in GROUPS.values()) == len(OPTIONS)


def test_what_the_script_reads_is_plain_and_whole(view: datasets.DatasetView) -> None:
    about = json.loads(json.dumps(meta(usual(), examples_of(view, "defaulted"))))
    assert about["names"] == [option.name for option in OPTIONS if option.name != "features"]
    assert about["options"]["C"]["when"] == [["penalty", "l2", "l1", "elasticnet"]]
    assert len(about["options"]["correct_prior"]["when"]) == 2
    assert set(about["groups"]) == set(FOLDED)
    assert about["options"]["stratify"]["usual"] == ["yes"]


def test_lines_are_written_of_the_data_sets_own_levels(view: datasets.DatasetView) -> None:
    """Each of them is one that its option accepts."""
    examples = examples_of(view, "defaulted")
    assert examples.lines["orders"]["home"] == "home: own < rent"
    assert examples.lines["class_weights"] == {"no": "no: 1", "yes": "yes: 1"}
    assert examples.texts["interactions"] == "income * age"
    assert "defaulted" not in examples.lines["orders"]
    for name, lines in examples.lines.items():
        kind = BY_NAME[name].kind
        for entry, line in lines.items():
            held = MAPPED[kind].read(f"{line} * x" if kind == "pairs" else line)
            assert held[0][0] == entry


@pytest.fixture
def registered(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> dict[str, Callable[..., Any]]:
    """The form's callbacks by name, as Dash calls them."""
    functions: dict[str, Callable[..., Any]] = {}

    class App:
        def callback(self, *_: Any, **__: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
            return lambda function: functions.setdefault(function.__name__, function)

        def clientside_callback(self, *_: Any, **__: Any) -> None:
            """Runs in the browser."""

    callbacks.register(cast(Dash, App()))
    monkeypatch.setattr(callbacks, "desk", lambda: desk)
    return functions


@pytest.mark.parametrize(
    "raw",
    [None, 5, 10**5000, "x" * 100_000, "\ud800", [], [[1]], {"a": {}}, True, float("nan")],
    ids=lambda raw: type(raw).__name__,
)
def test_values_that_no_page_sends_are_told_and_not_stored(
    registered: dict[str, Callable[..., Any]], view: datasets.DatasetView, desk: Desk, raw: Any
) -> None:
    key = {"dataset_id": view.id}
    for option in OPTIONS:
        if option.name != "features":
            registered["check"]({**controls(), option.name: raw}, ticked("income"), key)
    told = registered["check"](controls(), raw, key)
    assert told["problems"]["features"]
    assert registered["start"](1, controls(), raw, "A run", key)["problem"]
    assert registered["start"](1, controls(seed=-1), ticked("income"), raw, key)["problem"]
    registered["follow_target"](raw, key, ticked("income"))
    assert runs.visible(desk) == []


def test_a_change_of_the_form_reads_the_data_set_once(
    registered: dict[str, Callable[..., Any]], view: datasets.DatasetView, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads: list[str] = []
    before = dataset_queries.get

    def counted(session: Any, user: int, key: str) -> Any:
        reads.append(key)
        return before(session, user, key)

    monkeypatch.setattr(dataset_queries, "get", counted)
    told = registered["check"](controls(), ticked("income", "home"), {"dataset_id": view.id})
    assert reads == [view.id]
    assert told["disabled"] is False
    assert set(told["problems"].values()) == {""}
    told = registered["check"](controls(C=0, seed=-1), ticked("income", "home"), {"dataset_id": view.id})
    assert told["disabled"] is True
    assert {name for name, sentence in told["problems"].items() if sentence} == {"C", "seed"}
    assert "Seed, Strength of penalty, C" in str(told["summary"])


def test_a_run_tells_the_options_that_set_it_apart() -> None:
    spec = TrainSpec.parse({**usual(), "penalty": "none", "orders": {"home": ["rent", "own"]}, "folds": 5})
    told = {label: str(value) for label, value in changed_facts(spec)}
    assert told["Penalty"] == "None"
    assert "home: rent < own" in told["Ordered categories"]
    assert told["Cross-validation folds"] == "5"
    assert "Strength of penalty, C" not in told
    assert "Seed" not in told
    everything = str(spec_facts(spec))
    assert "Seed" in everything
    assert "Share of L1" not in everything
