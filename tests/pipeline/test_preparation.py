"""What is learnt and what is refused, option by option; and designs built straight, conditioned, or rounded."""

import numpy as np
import pyarrow as pa
import pytest

from pipeline.errors import InvalidSpec, UnusableData
from pipeline.frame import frame_of
from pipeline.model import FittedModel
from pipeline.preparation import learn_terms
from pipeline.spec import TrainSpec
from pipeline.terms import (
    CategoryTerm,
    NumberTerm,
    PowerTerm,
    ProductTerm,
    columns_by_source,
    columns_of,
    design_of,
    in_own_units,
    width_of,
)
from pipeline.training import train
from tests.pipeline.tables import loans, spec

NAMES = ("income", "debt", "late", "home", "region")


def learnt(table: pa.Table, rows: np.ndarray | None = None, names: tuple[str, ...] = NAMES, **options):
    frame = frame_of(table, names, ())
    chosen = TrainSpec.parse({"target": "outcome", **options})
    terms, left_out = learn_terms(frame, np.arange(table.num_rows) if rows is None else rows, chosen)
    return frame, terms, dict(left_out)


def model_of(terms, **options) -> FittedModel:
    coefficients = (tuple(np.linspace(-1, 1, width_of(terms)).tolist()),)
    return FittedModel("outcome", ("good", "bad"), "reference", terms, coefficients, {}, **options)


EVERYTHING = {
    "missing_indicator": True,
    "log_columns": ["income"],
    "winsorise": 0.02,
    "degree": 3,
    "scaling": "robust",
    "interactions": [["debt", "income"], ["debt", "home"], ["home", "region"]],
}


def test_only_training_rows_are_learnt_from():
    """The other rows may hold anything: outliers, other levels, an order's strangers, no gap at all."""
    table, other = loans(300, 1), loans(300, 2)
    wild = other.set_column(0, "income", pa.array(np.linspace(-1e9, 1e9, 300)))
    wild = wild.set_column(3, "home", pa.array(["palace"] * 300).dictionary_encode())
    both = pa.concat_tables([wild, table], promote_options="permissive").unify_dictionaries().combine_chunks()
    for options in (EVERYTHING, {"rare_share": 0.3, "orders": {"home": ["own", "rent", "mortgage"]}}, {"one_hot": "full"}):
        _, alone, _ = learnt(table, **options)
        _, among, _ = learnt(both, np.arange(300, 600), **options)
        assert alone == among


def test_rows_in_another_order_teach_the_same():
    table = loans(400, 3)
    _, terms, _ = learnt(table, **EVERYTHING)
    _, shuffled, _ = learnt(table, np.random.default_rng(1).permutation(400), **EVERYTHING)
    for one, other in zip(terms, shuffled, strict=True):
        assert one.column_levels == other.column_levels
        if isinstance(one, NumberTerm) and isinstance(other, NumberTerm):
            np.testing.assert_allclose([one.fill, one.mean, one.scale], [other.fill, other.mean, other.scale], rtol=1e-13)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("options", [{}, EVERYTHING, {"scaling": "none"}])
def test_a_design_built_conditioned_is_the_design_conditioned_afterwards(dtype, options):
    table = loans(500, 4)
    frame, terms, _ = learnt(table, **options)
    rows = np.random.default_rng(2).integers(0, 500, 350)
    after = design_of(frame, terms, rows)[0].conditioned()
    built, _ = design_of(frame, terms, rows, dtype=dtype, conditioned=True)
    within = 1e-12 if dtype == np.float64 else 1e-7
    np.testing.assert_allclose(built.dense, after.dense, rtol=within, atol=within)
    np.testing.assert_allclose(built.unit, after.unit, rtol=1e-12)
    np.testing.assert_allclose(built.shift, after.shift, rtol=1e-12, atol=1e-12)
    assert np.array_equal(built.codes, after.codes)
    assert built.dense.dtype == dtype
    raw = design_of(frame, terms, rows)[0]
    back = built.block(0, 350) * built.unit + built.shift
    np.testing.assert_allclose(back, raw.block(0, 350), rtol=1e-5 if dtype == np.float32 else 1e-11, atol=1e-5)


def test_years_are_centred_before_they_are_rounded():
    """float32 holds 2015.0 to 1e-4 only; what is rounded is the distance from the mean."""
    table = pa.table({"year": 2e7 + np.arange(100) / 8})
    frame, terms, _ = learnt(table, names=("year",), scaling="none")
    built, _ = design_of(frame, terms, dtype=np.float32, conditioned=True)
    exact = (np.arange(100) - 49.5) / np.arange(100).std()
    np.testing.assert_allclose(built.dense[:, 0], exact, rtol=2e-7)


def test_a_design_in_blocks_is_the_design_of_all_rows():
    table = pa.concat_tables([loans(20_000, seed) for seed in range(4)]).unify_dictionaries().combine_chunks()
    frame, terms, _ = learnt(table, **EVERYTHING)
    whole, _ = design_of(frame, terms)
    some = np.array([0, 32_767, 32_768, 65_536, 79_999])
    part, _ = design_of(frame, terms, some)
    assert np.array_equal(whole.dense[some], part.dense)
    assert np.array_equal(whole.codes[some], part.codes)


def test_every_column_has_a_name_a_source_and_its_units():
    _, terms, _ = learnt(loans(300, 1), **EVERYTHING)
    columns = columns_of(terms)
    assert len(columns) == width_of(terms) - 1
    assert len({(column.field, column.level) for column in columns}) == len(columns)
    of_name = {column.name: column for column in columns}
    assert {"ln(1 + income)", "ln(1 + income)²", "income: missing", "debt", "debt³", "home: own", "debt × income"} <= set(of_name)
    assert {"debt × home: rent", "home × region: own, n"} <= set(of_name)
    assert of_name["debt"].unit == ""
    assert of_name["ln(1 + income)"].unit == "unit of ln(1 + income)"
    assert of_name["debt²"].unit.startswith("unit of ((debt − ")
    assert of_name["home: own"].reference == "mortgage"
    sources = columns_by_source(terms)
    assert sum(map(len, sources.values())) == len(columns)
    assert len(sources[("debt",)]) == 3
    assert sources[("debt", "home")] == [k for k, c in enumerate(columns, 1) if c.sources == ("debt", "home")]


def test_weights_in_own_units_give_the_same_log_odds():
    table = loans(200, 6)
    frame, terms, _ = learnt(table, log_columns=["income"], missing_numbers="zero")
    weights = np.linspace(-1, 1, width_of(terms))[:, None]
    own = in_own_units(terms) @ weights
    design = design_of(frame, terms)[0]
    raw = design.block(0, 200)
    for at, column in enumerate(columns_of(terms), start=1):
        raw[:, at] = raw[:, at] * column.scale + column.centre
    np.testing.assert_allclose(raw @ own, design.linear(weights), rtol=1e-9)
    debt = next(k for k, column in enumerate(columns_of(terms), start=1) if column.name == "debt")
    np.testing.assert_allclose(raw[:, debt], table["debt"].to_numpy(), rtol=1e-12)


def test_a_circle_is_found_with_squares_and_not_without():
    draw = np.random.default_rng(8)
    x, y = draw.uniform(-1, 1, (2, 1_500))
    outcome = np.where(x**2 + y**2 + draw.normal(0, 0.05, 1_500) < 0.5, "in", "out")
    table = pa.table({"x": x, "y": y, "outcome": outcome})
    straight = train(table, spec(bad_label="in")).result.train
    curved = train(table, spec(bad_label="in", degree=2)).result.train
    assert straight.auc is not None
    assert curved.auc is not None
    assert (straight.auc < 0.6, curved.auc > 0.98) == (True, True)


def test_an_ordered_category_may_be_a_column_of_numbers():
    table = loans(300, 1)
    _, of_numbers, _ = learnt(table, names=("late",), orders={"late": ["4", "3", "2", "1", "0"]})
    as_text = table.set_column(2, "late", table["late"].cast(pa.string()))
    frame, of_texts, _ = learnt(as_text, names=("late",), orders={"late": ["4", "3", "2", "1", "0"]})
    assert of_numbers == of_texts
    term = of_texts[0]
    assert isinstance(term, NumberTerm)
    place = design_of(frame, of_texts)[0].dense[:, 0] * term.scale + term.mean
    np.testing.assert_allclose(place, 4 - table["late"].to_numpy(), atol=1e-12)
    model = model_of(of_texts)
    assert np.array_equal(model.log_odds(table), model.log_odds(as_text))


def test_what_scoring_meets_and_training_never_saw_is_counted():
    table = loans(400, 2)
    _, terms, _ = learnt(
        table,
        log_columns=["income"],
        orders={"late": ["0", "1", "2", "3", "4"]},
        rare_share=0.25,
        special_codes={"debt": {"-9": "level"}},
    )
    strange = pa.table(
        {
            "income": [-1.0, -5.0, None, 20_000.0],
            "debt": [-9.0, 0.2, 0.3, 0.4],
            "late": ["7", "1", None, "0"],
            "home": ["castle", "own", "rent", "boat"],
            "region": ["n", "n", "mars", None],
        }
    )
    model = model_of(terms)
    assert model.unseen(strange) == {"income": 2, "debt": 1, "late": 1, "home": 2, "region": 2}
    assert np.isfinite(model.log_odds(strange)).all()


def test_rare_levels_count_as_other_and_so_does_what_is_new():
    levels = ["a"] * 60 + ["b"] * 36 + ["c"] * 3 + ["d"]
    _, terms, _ = learnt(pa.table({"x": levels}), names=("x",), rare_share=0.05)
    assert terms == (CategoryTerm("x", ("b", "(other)"), "a", None, other="(other)", grouped=("c", "d")),)
    design, unseen = design_of(frame_of(pa.table({"x": ["a", "b", "c", "d", "e", None]}), ["x"], ()), terms)
    assert design.codes[:, 0].tolist() == [-1, 1, 2, 2, 2, 2]
    assert unseen == {"x": 2}


@pytest.mark.parametrize(
    ("options", "option", "says"),
    [
        ({"log_columns": ["debt"], "table": {"debt": [-3.0, 0.2] * 20}}, "log_columns", "'debt' has values down to -3"),
        ({"log_columns": ["home"]}, "log_columns", "'home' is a category"),
        ({"orders": {"home": ["own", "rent"]}}, "orders", "'home' has the level 'mortgage'"),
        ({"orders": {"house": ["own", "rent"]}}, "orders", "'house' is not among the features"),
        ({"reference_levels": {"home": "castle"}}, "reference_levels", "'home' has no level 'castle'"),
        ({"reference_levels": {"debt": "1"}}, "reference_levels", "'debt' enters as a number"),
        ({"degree": 2, "degree_columns": ["home"]}, "degree_columns", "'home' is a category"),
        ({"interactions": [["debt", "age"]]}, "interactions", "'age' is not among the features"),
        (
            {"missing_numbers": "constant", "missing_constant": -2, "log_columns": ["income"]},
            "missing_constant",
            "choose a constant above −1",
        ),
    ],
)
def test_options_that_do_not_fit_the_data_are_refused_on_their_field(options, option, says):
    table = loans(40, 1)
    changed = options.pop("table", {}) if "table" in options else {}
    for name, values in changed.items():
        table = table.set_column(table.schema.names.index(name), name, pa.array(values))
    with pytest.raises(InvalidSpec) as refused:
        learnt(table, **options)
    assert says in refused.value.problems[option]


def test_columns_that_become_constant_are_left_out_with_their_products():
    values = [0.0] * 90 + [50.0] * 4 + [1.0] * 6
    table = pa.table({"rare": values, "x": np.arange(100.0)})
    _, terms, left_out = learnt(table, names=("rare", "x"), winsorise=0.2, interactions=[["rare", "x"]])
    assert [term.field for term in terms] == ["x"]
    assert left_out == {
        "rare": "one value only among the training rows once outliers are pulled in",
        "rare × x": "'rare' is not used",
    }
    signs = pa.table({"sign": [-1.0, 1.0] * 50, "x": np.arange(100.0)})
    _, terms, left_out = learnt(signs, names=("sign", "x"), degree=3)
    assert [term.field for term in terms] == ["sign", "sign³", "x", "x²", "x³"]
    assert set(left_out) == {"sign²"}


def test_numbers_too_large_for_a_power_are_refused():
    for largest, power in ((1e50, "x⁴"), (1e150, "x²")):
        with pytest.raises(UnusableData, match=f"{power} is too large"):
            learnt(pa.table({"x": np.linspace(0, largest, 50)}), names=("x",), scaling="none", degree=4)


def test_the_prior_shift_is_taken_off_unless_told_otherwise():
    table = loans(50, 1)
    _, terms, _ = learnt(table)
    plain, moved = model_of(terms), model_of(terms, prior_shift=(0.75,))
    again = FittedModel.from_json(moved.to_json())
    assert again == moved
    np.testing.assert_allclose(plain.log_odds(table) - again.log_odds(table), 0.75, rtol=1e-12)
    assert np.array_equal(plain.log_odds(table), again.log_odds(table, corrected=False))
    assert np.array_equal(plain.probabilities(table), again.probabilities(table, corrected=False))
    bad = again.probability_of_default(table)
    np.testing.assert_allclose(bad, 1 / (1 + np.exp(-again.log_odds(table)[:, 0])), rtol=1e-14)


def test_powers_and_products_are_stored_as_what_they_lean_on():
    _, terms, _ = learnt(loans(100, 1), **EVERYTHING)
    assert sum(isinstance(term, PowerTerm) for term in terms) == 6
    assert sum(isinstance(term, ProductTerm) for term in terms) == 3
    assert FittedModel.from_json(model_of(terms).to_json()).terms == terms


def test_a_category_of_many_levels_is_one_once_the_rare_ones_are_grouped():
    table = pa.table({"town": [f"t{k}" if k < 1_500 else f"t{k % 2}" for k in range(4_000)]})
    with pytest.raises(UnusableData, match="1,500 levels; a category may have at most 1,000"):
        learnt(table, names=("town",))
    _, terms, _ = learnt(table, names=("town",), rare_share=0.01)
    assert isinstance(terms[0], CategoryTerm)
    assert (terms[0].levels, len(terms[0].grouped)) == (("t1", "(other)"), 1_498)


def test_a_product_that_would_fill_the_memory_is_refused(monkeypatch):
    monkeypatch.setattr("pipeline.preparation.products.MOST_VALUES", 500)
    with pytest.raises(InvalidSpec) as refused:
        learnt(loans(300, 1), interactions=[["debt", "region"]])
    assert "a column for each of 3 levels" in refused.value.problems["interactions"]
    learnt(loans(100, 1), interactions=[["debt", "region"]])
