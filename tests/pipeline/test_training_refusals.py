"""What training refuses, at which option, and what it says of fits that did not come out."""

import pyarrow as pa
import pytest

from pipeline.errors import InvalidSpec, UnusableData
from pipeline.outcome import outcome_of
from pipeline.spec import TrainSpec
from pipeline.spec_checks import problems_with
from pipeline.tallies import summarise
from pipeline.training import train
from tests.pipeline.tables import loans, spec


def with_column(table: pa.Table, name: str, values) -> pa.Table:
    return table.append_column(name, pa.array(values))


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"target": "nope"}, "no column 'nope'"),
        ({"bad_label": "ugly"}, "no label 'ugly'; its labels are 'bad', 'good'"),
        ({"features": ["income", "nope"]}, "no column 'nope'"),
        ({"categorical": ["nope"]}, "no column 'nope'"),
        ({"categorical": ["outcome"]}, "'outcome' is the outcome"),
        ({"folds": 50}, "choose fewer folds"),
        ({"class_weight": "given", "class_weights": {"ugly": 2}}, "no class 'ugly'; its classes are 'bad', 'good'"),
        ({"class_weights": {}, "class_weight": "given"}, "bad: 5"),
        ({"split": "date", "split_column": "nope"}, "no column 'nope'"),
        ({"penalty": "none", "features": ["income", "key"]}, "56 rows to learn from, .* choose a penalty"),
        (
            {"folds": 3, "split": "group", "split_column": "home", "features": ["debt"], "test_share": 0.3},
            "the training rows have 2",
        ),
    ],
)
def test_options_that_do_not_fit_the_data_are_refused_at_the_option(options, says):
    """The name of the option at fault is among the options that were given, or is one that mends it."""
    table = with_column(loans(60, gaps=False), "key", [f"K{k}" for k in range(60)]).slice(0, 56)
    with pytest.raises(InvalidSpec, match=says) as told:
        train(table, TrainSpec(**{**vars(spec()), **vars(parsed(options))}))
    assert set(told.value.problems) <= set(options) | {"class_weights"}


def parsed(options: dict[str, object]) -> TrainSpec:
    """The options without the checks of one against another, which a spec from JSON would not pass."""
    declared = {entry.name: entry for entry in TrainSpec.options()}
    checked = {name: declared[name].check(value) for name, value in options.items()}
    return TrainSpec(**{**vars(spec()), **checked})


@pytest.mark.parametrize(
    ("columns", "options", "says"),
    [
        ({"outcome": ["a", "b"] * 3, "x": [1] * 6}, {"features": ["x"]}, "more than one value"),
        ({"outcome": ["a", "b"] * 3, "x": [1e308, -1e308] * 3}, {"features": ["x"]}, "too large to be scaled"),
        ({"outcome": ["a", "b"] * 600, "x": [f"{k}" for k in range(1200)]}, {"features": ["x"]}, "1,200 levels"),
    ],
)
def test_data_that_carry_no_model_are_refused(columns, options, says):
    with pytest.raises(UnusableData, match=says):
        train(pa.table({name: pa.array(list(values)) for name, values in columns.items()}), spec(**options))


@pytest.mark.parametrize(
    ("columns", "option", "says"),
    [
        ({"outcome": ["a"] * 6, "x": range(6)}, "target", "holds only 'a'"),
        ({"outcome": [None] * 6, "x": range(6)}, "target", "holds no value"),
        ({"outcome": ["a"] * 5 + ["b"], "x": range(6)}, "target", "holds 'b' in one row only"),
        ({"outcome": [f"{k}" for k in range(30)], "x": range(30)}, "target", "30 different values"),
        ({"outcome": ["a", "b"] * 3, "x": [1] * 6}, "features", "No column is left"),
    ],
)
def test_columns_that_cannot_serve_are_told_at_the_option_as_the_use_case_tells_them(columns, option, says):
    """The outcome on its own, which knows nothing of the summaries, says the same."""
    table = pa.table({name: pa.array(list(values)) for name, values in columns.items()})
    with pytest.raises(InvalidSpec, match=says) as told:
        train(table, spec())
    assert told.value.problems == problems_with(spec(), summarise(table))
    if option == "target":
        with pytest.raises(InvalidSpec) as alone:
            outcome_of(table, spec())
        assert alone.value.problems["target"] == told.value.problems["target"]
    assert option in told.value.problems


def test_a_date_among_the_features_is_refused():
    table = loans(60).append_column("day", pa.array([18_000 + k for k in range(60)], pa.date32()))
    with pytest.raises(InvalidSpec, match="'day' holds dates"):
        train(table, spec(features=["day", "debt"]))


def test_an_ordered_category_may_have_powers_and_no_logarithm():
    order = {"orders": {"home": ["own", "rent", "mortgage"]}, "features": ["debt", "home"]}
    run = train(loans(300), spec(**order, degree=2, degree_columns=["home"]))
    assert [row.field for row in run.result.coefficients] == ["debt", "home", "home²"]
    with pytest.raises(InvalidSpec, match="'home' holds no numbers, so it has no logarithm"):
        train(loans(300), spec(**order, log_columns=["home"]))
    with pytest.raises(InvalidSpec, match="'home' holds no numbers, so it has no powers"):
        train(loans(300), spec(features=["debt", "home"], degree=2, degree_columns=["home"]))


def test_a_chosen_reference_level_that_a_fold_lacks_is_told():
    """The level of one row: the fold that judges this row learns without it."""
    table = with_column(loans(200, gaps=False), "town", ["castle" if k == 7 else "ab"[k % 2] for k in range(200)])
    asked = {"features": ["debt", "town"], "folds": 4, "fold_repeats": 2}
    told = [
        [
            sentence
            for sentence in train(table, spec(**asked, reference_levels={"town": level})).result.warnings
            if "fold" in sentence
        ]
        for level in ("castle", "a")
    ]
    assert told == [
        ["In 2 of 8 folds the reference level 'castle' of 'town' could not be taken, so another stands in for it."],
        [],
    ]


@pytest.mark.parametrize(("penalty", "remedy"), [("none", "use a penalty"), ("l2", "choose another solver")])
def test_a_fit_that_stopped_early_is_told_with_a_way_on_that_it_has(penalty, remedy):
    run = train(loans(300), spec(penalty=penalty, max_iterations=1))
    (told,) = [sentence for sentence in run.result.warnings if "did not converge" in sentence]
    assert told.endswith(f"Allow more iterations, or {remedy}.")


@pytest.mark.parametrize(("share", "why"), [(0.0, "is in no training row"), (0.2, "is grouped as rare")])
def test_a_chosen_reference_level_that_cannot_be_taken_is_told(share, why):
    """The level of one of the latest rows, which are held out; or of too few rows."""
    table = with_column(loans(200, gaps=False), "day", list(range(200)))
    held = ["castle" if (k == 199 if share == 0 else k < 5) else "ab"[k % 2] for k in range(200)]
    table = with_column(table, "town", held)
    options = {"split": "date", "split_column": "day", "test_share": 0.2, "rare_share": share, "features": ["debt", "town"]}
    trained = train(table, spec(**options, reference_levels={"town": "castle"}))
    told = [sentence for sentence in trained.result.warnings if "castle" in sentence and "reference level" in sentence]
    instead = "a" if share == 0 else "(other)"
    assert told == [f"The reference level 'castle' of 'town' {why}, so levels are compared with '{instead}'."]
    assert all(row.reference == instead for row in trained.result.coefficients if row.field == "town")
    taken = train(table, spec(**options, reference_levels={"town": "b"}))
    assert not any("reference level" in sentence for sentence in taken.result.warnings)
