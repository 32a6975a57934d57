"""Weight of evidence and monotone binning: against published information values, exhaustive search, and what must always hold."""

from itertools import combinations

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.binning import information_values, monotone_bins, weight_of_evidence
from pipeline.errors import InvalidSpec
from pipeline.frame import frame_of
from pipeline.preparation import learn_terms
from pipeline.spec import TrainSpec
from pipeline.terms import BinnedCategoryTerm, BinnedNumberTerm, design_of
from pipeline.training import train
from tests.pipeline.tables import loans, spec

# Information values of the German credit data, as the scorecard package for R prints them for its bundled copy:
# iv(germancredit, "creditability").
PUBLISHED = {
    "status.of.existing.checking.account": 0.666011503,
    "credit.history": 0.293233547,
    "savings.account.and.bonds": 0.196009557,
    "property": 0.112638262,
    "housing": 0.083293434,
    "foreign.worker": 0.043877412,
}


@pytest.mark.parametrize("field", PUBLISHED)
def test_information_values_of_german_credit_are_the_published_ones(public, field):
    path = public("credit/german_credit.csv")
    table = pyarrow.csv.read_csv(path)
    name = next(name for name in table.schema.names if name.replace("_", ".") == field)
    bad = np.array(table["creditability"].to_pylist()) == "bad"
    levels = np.array(table[name].to_pylist())
    goods, bads = (np.array([(levels[rows] == level).sum() for level in np.unique(levels)]) for rows in (~bad, bad))
    assert information_values(goods, bads, 700, 300).sum() == pytest.approx(PUBLISHED[field], abs=5e-9)


def test_the_evidence_of_german_credit_s_accounts_is_that_of_the_counts(public):
    """No checking account: 348 goods and 46 bads of 700 and 300, ln((348/700) / (46/300)) = 1.176."""
    table = pyarrow.csv.read_csv(public("credit/german_credit.csv"))
    name = next(name for name in table.schema.names if name.startswith("status"))
    features = frame_of(table, [name], ())
    classes = np.array([int(value == "bad") for value in table["creditability"].to_pylist()], np.intp)
    chosen = TrainSpec.parse({"target": "creditability", "weight_of_evidence": "all"})
    (term,), _ = learn_terms(features, np.arange(1000), chosen, classes, 2)
    assert isinstance(term, BinnedCategoryTerm)
    at = term.levels.index("no checking account")
    assert (term.goods[at], term.bads[at]) == (348, 46)
    assert term.woe[at] == pytest.approx(np.log(348 / 700 * 300 / 46), rel=1e-14)


def exhaustive(values, bad, most, least, n_good, n_bad):
    """The greatest information of all monotone binnings, by trying each."""
    distinct = np.unique(values)
    best = -np.inf
    for n_cuts in range(min(most, len(distinct))):
        for cuts in combinations(range(1, len(distinct)), n_cuts):
            at = np.searchsorted(distinct[list(cuts)], values, side="right")
            rows, bads = np.bincount(at, minlength=n_cuts + 1), np.bincount(at[bad], minlength=n_cuts + 1)
            steps = np.diff(bads / rows)
            if (n_cuts and rows.min() < least) or not ((steps >= 0).all() or (steps <= 0).all()):
                continue
            best = max(best, information_values(rows - bads, bads, n_good, n_bad).sum())
    return best


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 9), st.booleans()), min_size=3, max_size=60), st.integers(2, 6), st.integers(1, 9))
def test_no_monotone_binning_holds_more_information(rows, most, least):
    values, bad = np.array([float(value) for value, _ in rows]), np.array([is_bad for _, is_bad in rows])
    n_good, n_bad = int((~bad).sum()) + 3, int(bad.sum()) + 2
    found = monotone_bins(values, bad, most, least, n_good, n_bad)
    own = information_values(found.goods, found.bads, n_good, n_bad).sum()
    assert own == pytest.approx(exhaustive(values, bad, most, least, n_good, n_bad), abs=1e-10)
    check(found, values, bad, most, least)


def check(found, values, bad, most, least):
    """Monotone, few enough, large enough, and the counts are those of the edges."""
    size = found.goods + found.bads
    at = np.searchsorted(found.edges, values, side="right")
    assert size.tolist() == np.bincount(at, minlength=len(size)).tolist()
    assert found.bads.tolist() == np.bincount(at[bad], minlength=len(size)).tolist()
    assert len(size) <= most
    assert len(size) == 1 or size.min() >= least
    steps = np.diff(found.bads / size)
    assert (steps >= 0).all() or (steps <= 0).all()


@settings(max_examples=25, deadline=None)
@given(
    st.integers(0, 10_000), st.integers(2, 20), st.sampled_from([0.001, 0.05, 0.2, 0.5]), st.sampled_from([-2.0, 0.0, 0.5, 2.0])
)
def test_bins_of_many_values_keep_their_promises(seed, most, share, slope):
    draw = np.random.default_rng(seed)
    values = draw.normal(size=3_000)
    bad = draw.random(3_000) < 1 / (1 + np.exp(-slope * values))
    found = monotone_bins(values, bad, most, share * 3_000, int((~bad).sum()), int(bad.sum()))
    check(found, values, bad, most, share * 3_000)
    flipped = monotone_bins(-values, bad, most, share * 3_000, int((~bad).sum()), int(bad.sum()))
    assert len(flipped.goods) >= 1
    shifted = monotone_bins(np.exp(values), bad, most, share * 3_000, int((~bad).sum()), int(bad.sum()))
    assert shifted.bads.tolist() == found.bads.tolist()  # a rising function of the values changes no bin


def test_a_rise_is_found_and_a_hump_is_not_cut_through():
    values = np.repeat(np.arange(4.0), 100)
    steps = np.concatenate([np.arange(100) < share for share in (10, 20, 40, 60)])
    assert monotone_bins(values, steps, 6, 1, 270, 130).edges == (1.0, 2.0, 3.0)
    hump = np.concatenate([np.arange(100) < share for share in (10, 60, 60, 10)])
    assert len(monotone_bins(values, hump, 6, 1, 260, 140).goods) == 2


def test_empty_cells_are_smoothed_by_a_half_and_groups_without_rows_say_nothing():
    goods, bads = np.array([10, 0, 30, 0]), np.array([0, 5, 15, 0])
    woe = weight_of_evidence(goods, bads, 40, 20)
    expected = [np.log(10.5 / 40 / (0.5 / 20)), np.log(0.5 / 40 / (5.5 / 20)), 0.0, 0.0]
    np.testing.assert_allclose(woe, expected, atol=1e-15)


def test_a_scorecard_s_only_binned_column_has_a_coefficient_of_minus_1():
    """The log-odds of bad in a bin are ln(bads / goods) = the whole table's less the weight of evidence."""
    table = loans(2_000, 5)
    trained = train(table, spec(features=["late"], weight_of_evidence="all", penalty="none", woe_share=0.01))
    assert isinstance(trained.model.terms[0], BinnedNumberTerm)
    np.testing.assert_allclose(trained.model.coefficients[0][1], -1.0, atol=1e-8)
    bad = np.array(table["outcome"].to_pylist()) == "bad"
    np.testing.assert_allclose(trained.model.coefficients[0][0], np.log(bad.sum() / (~bad).sum()), atol=1e-8)


def test_codes_and_missing_stand_apart_from_the_bins():
    score = pa.array([-9.0, None] * 30 + [float(k % 40) for k in range(140)])
    bad = np.array([1, 0] * 20 + [0, 0] * 10 + [int(k % 40 > 25 or k % 7 == 0) for k in range(140)], np.intp)
    frame = frame_of(pa.table({"score": score}), ["score"], ())
    chosen = TrainSpec.parse({"target": "y", "weight_of_evidence": "all", "special_codes": {"score": {"-9": "level"}}})
    (term,), _ = learn_terms(frame, np.arange(200), chosen, bad, 2)
    assert isinstance(term, BinnedNumberTerm)
    assert sum(term.goods) + sum(term.bads) == 200
    assert (term.goods[-2], term.bads[-2]) == (10, 20)
    assert (term.goods[-1], term.bads[-1]) == (30, 0)
    design, _ = design_of(frame, (term,))
    assert design.dense[0, 0] == term.woe_codes[0]
    assert design.dense[1, 0] == term.woe_missing
    assert min(term.edges, default=0) > 0


def test_three_classes_have_no_weight_of_evidence():
    with pytest.raises(InvalidSpec) as refused:
        train(loans(200, classes=3), spec(weight_of_evidence="all"))
    assert "weight_of_evidence" in refused.value.problems


def test_a_level_that_training_never_saw_has_no_evidence():
    table = loans(500, 3)
    model = train(table, spec(features=["home"], weight_of_evidence="all")).model
    strange = pa.table({"home": ["castle"]})
    assert model.log_odds(strange)[0, 0] == pytest.approx(model.coefficients[0][0], abs=1e-15)
    assert model.unseen(strange) == {"home": 1}


def test_bins_that_are_learnt_from_the_outcome_have_no_p_value():
    """Bins are chosen to suit the outcomes that the coefficients are fitted to: errors of the fit alone would be too small."""
    result = train(loans(500, 3), spec(weight_of_evidence="all", penalty="none")).result
    assert {row.p_value for row in result.coefficients} == {None}
    assert {row.std_error for row in result.coefficients} == {None}
    assert all("learnt from the same outcomes" in (row.reason or "") for row in result.coefficients)
    assert result.fit.aic is None
