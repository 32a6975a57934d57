"""The effects of fields: against scikit-learn's permutation importance, statsmodels' least squares, and the model itself."""

import json
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
import statsmodels.api as sm
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.inspection import permutation_importance
from sklearn.metrics import log_loss, roc_auc_score

from pipeline.effect_results import Effects, chances, mapped, times_the_odds, to_double
from pipeline.explaining.effects.all_fields import effects
from pipeline.explaining.effects.curves import grid_of
from pipeline.explaining.effects.shuffling import rank_auc, shuffled, shuffles
from pipeline.explaining.parts import parts_of_rows
from pipeline.model import CalibrationMap, FittedModel, probabilities
from pipeline.outcome import outcome_of
from pipeline.split import parts_of
from pipeline.terms import design_of
from pipeline.training import train
from tests.pipeline.tables import loans, spec

PRODUCTS: dict[str, Any] = {"degree": 2, "interactions": [["income", "home"], ["home", "region"], ["debt", "late"]]}


def made(n: int = 900, classes: int = 2, gaps: bool = True, **options: Any) -> tuple[FittedModel, pa.Table, np.ndarray, Any]:
    table = loans(n, classes=classes, gaps=gaps)
    asked = spec(test_share=0.3, **({"bad_label": "bad"} if classes == 2 else {}), **options)
    outcome = outcome_of(table, asked)
    return train(table, asked).model, table, outcome.of_every_row(n), parts_of(table, outcome, asked)


def counted(model: FittedModel, table: pa.Table, classes: np.ndarray, parts: Any, **more: Any) -> Effects:
    return effects(model, table, classes, parts.train, parts.test, part="held_out", seed=4, **more)


# Importance


def test_the_spread_of_a_single_number_is_its_coefficient_times_its_sd():
    table = loans(900, gaps=False)
    asked = spec(bad_label="bad", test_share=0.3)
    outcome = outcome_of(table, asked)
    parts, trained = parts_of(table, outcome, asked), train(table, asked)
    found = counted(trained.model, table, outcome.of_every_row(900), parts)
    for name in ("income", "debt", "late"):
        row = next(row for row in trained.result.coefficients if row.field == name)
        sd = np.std(table[name].to_numpy()[parts.train])
        assert found.field(name).sd[0] == pytest.approx(abs(row.estimate) * sd, rel=1e-9)
        assert trained.result.coefficients[found.field(name).columns[0]] == row


@pytest.mark.parametrize(("classes", "options"), [(2, {}), (2, PRODUCTS), (4, {}), (4, {"one_hot": "full"})])
def test_shares_sum_to_one_and_are_those_of_the_parts(classes: int, options: dict[str, Any]):
    model, table, outcome, parts = made(classes=classes, **options)
    found = counted(model, table, outcome, parts)
    log_odds = model.log_odds(table)[parts.train]
    if model.link == "softmax":
        log_odds = log_odds[:, 1:] - log_odds[:, :1]
    assert len(found.moved) == log_odds.shape[1]
    for k in range(len(found.moved)):
        assert sum(one.share[k] for one in found.fields) == pytest.approx(1, abs=1e-9)
    np.testing.assert_allclose(found.log_odds_sd, log_odds.std(axis=0), rtol=1e-9)
    at_once = parts_of_rows(model, design_of(model.frame(table), model.terms, parts.train)[0])
    own = at_once.of[("home",)]
    own = own[:, 1:] - own[:, :1] if model.link == "softmax" else own
    for k in range(len(found.moved)):
        one = found.field("home")
        assert one.sd[k] == pytest.approx(own[:, k].std(), rel=1e-9)
        assert one.share[k] == pytest.approx(np.cov(own[:, k], log_odds[:, k])[0, 1] / log_odds[:, k].var(ddof=1), rel=1e-9)


def test_blocks_of_rows_give_what_all_rows_give(monkeypatch: pytest.MonkeyPatch):
    model, table, outcome, parts = made()
    whole = counted(model, table, outcome, parts)
    monkeypatch.setattr("pipeline.explaining.effects.all_fields._BLOCK", 100)
    monkeypatch.setattr("pipeline.explaining.effects.straight_line._BLOCK", 100)
    told: list[float] = []
    again = counted(model, table, outcome, parts, report=lambda step: told.append(step.share))
    assert told == sorted(told)
    assert max(np.diff([*told, 1])) < 0.15  # no part is long without a word
    for one, other in zip(whole.fields, again.fields, strict=True):
        assert one.sd == pytest.approx(other.sd, rel=1e-10)
        assert one.share == pytest.approx(other.share, rel=1e-9)
        assert one.drops == other.drops
        if one.curve is not None and other.curve is not None:
            np.testing.assert_allclose(one.curve.line, other.curve.line, atol=1e-9)


class Scores(ClassifierMixin, BaseEstimator):
    """The run's own scoring function as scikit-learn wants one: columns hold row numbers, so that texts stay texts."""

    def __init__(self, model: FittedModel, table: pa.Table) -> None:
        self.model, self.table = model, table
        self.classes_ = np.arange(len(model.labels))

    def fit(self, X: Any, y: Any) -> "Scores":
        return self

    def scores(self, X: np.ndarray) -> np.ndarray:
        columns = {name: self.table[name].take(pa.array(X[:, j])) for j, name in enumerate(self.model.fields)}
        return self.model.probabilities(pa.table(columns))


def sklearn_orders(n: int, repeats: int, seed: int) -> list[np.ndarray]:
    """The orders that scikit-learn's permutation_importance puts each column into (sklearn 1.9, `_permutation_importance.py`)."""
    column_seed = np.random.RandomState(seed).randint(np.iinfo(np.int32).max + 1)
    draw, shuffling, order, found = np.random.RandomState(column_seed), np.arange(n), np.arange(n), []
    for _ in range(repeats):
        draw.shuffle(shuffling)
        order = order[shuffling]  # each repeat shuffles what the one before has left
        found.append(order)
    return found


@pytest.mark.parametrize(("classes", "options"), [(2, {}), (2, PRODUCTS), (4, {})])
def test_shuffling_is_scikit_learns_permutation_importance(classes: int, options: dict[str, Any]):
    """With the same orders of the values the losses are the same, field by field and repeat by repeat."""
    model, table, outcome, parts = made(500, classes=classes, **options)
    rows, y = parts.test, outcome[parts.test]
    judged = table.take(pa.array(rows))

    def scorer(estimator: Scores, X: np.ndarray, y: np.ndarray) -> float:
        chance = estimator.scores(X)
        return roc_auc_score(y, chance[:, 1]) if classes == 2 else -log_loss(y, chance, labels=estimator.classes_)

    X = np.tile(np.arange(len(rows))[:, None], (1, len(model.fields)))
    theirs = permutation_importance(Scores(model, judged), X, y, scoring=scorer, n_repeats=4, random_state=9)
    before, ours = shuffled(model, model.frame(judged), y, sklearn_orders(len(rows), 4, 9))
    assert before == pytest.approx(abs(scorer(Scores(model, judged), X, y)), abs=1e-12)
    for j, name in enumerate(model.fields):
        np.testing.assert_allclose(ours[name], theirs.importances[j], atol=1e-9)


def test_a_recalibrated_model_is_judged_by_its_own_probabilities():
    model, table, outcome, parts = made()
    steps = CalibrationMap((0.1, 0.2, 0.5, 0.7), (0.05, 0.05, 0.6, 0.6))
    moved = FittedModel(**{**model.__dict__, "calibration": steps})
    y, judged = outcome[parts.test], table.take(pa.array(parts.test))
    before, _ = shuffled(moved, moved.frame(judged), y, shuffles(len(y), 2, 1))
    assert before == pytest.approx(roc_auc_score(y, moved.probability_of_default(judged)), abs=1e-12)
    found = counted(moved, table, outcome, parts)
    curve = found.field("debt").curve
    assert found.curve_of(curve) == pytest.approx([mapped(p, found.calibration) for p in _two(found, curve.log_odds[0])])
    assert mapped(0.35, found.calibration) == pytest.approx(float(steps(np.array([0.35]))[0]))
    assert [mapped(p, found.calibration) for p in (0.0, 0.7, 1.0)] == pytest.approx(list(steps(np.array([0.0, 0.7, 1.0]))))


def _two(found: Effects, log_odds: tuple[float, ...]) -> list[float]:
    return [chances((eta,), found.link)[1] for eta in log_odds]


def test_a_field_that_tells_nothing_loses_exactly_nothing():
    model, table, outcome, parts = made(penalty="l1", C=0.003)
    idle = [name for name, of in parts_of_rows(model, design_of(model.frame(table), model.terms)[0]).of.items() if not of.any()]
    assert idle
    found = counted(model, table, outcome, parts)
    for (name,) in idle:
        assert set(found.field(name).drops) == {0.0}
        assert (found.field(name).drop, found.field(name).drop_sd) == (0.0, 0.0)


def test_rows_of_one_class_measure_nothing():
    model, table, outcome, parts = made()
    good = parts.test[outcome[parts.test] == 0]
    found = effects(model, table, outcome, parts.train, good, part="held_out", seed=1)
    assert found.baseline is None
    assert {one.drop for one in found.fields} == {None}


def test_many_rows_are_sampled_and_said():
    model, table, outcome, parts = made()
    found = counted(model, table, outcome, parts, most_shuffled=100, repeats=3)
    assert (found.n_shuffled, found.n_part, found.repeats) == (100, len(parts.test), 3)
    assert {len(one.drops) for one in found.fields} == {3}
    assert found == counted(model, table, outcome, parts, most_shuffled=100, repeats=3)  # the seed decides


def test_the_auc_counts_pairs():
    draw = np.random.default_rng(3)
    bad, good = draw.integers(0, 5, 40).astype(float), draw.integers(0, 5, 70).astype(float)
    pairs = (bad[:, None] > good).mean() + (bad[:, None] == good).mean() / 2
    assert rank_auc(bad, good) == pytest.approx(pairs, abs=1e-12)


# Curves


def at_value(table: pa.Table, model: FittedModel, name: str, value: Any) -> pa.Table:
    """All rows with one field set to a value."""
    column = pa.array([value] * table.num_rows, pa.float64() if isinstance(value, float) else pa.string())
    return table.set_column(table.schema.get_field_index(name), name, column)


@pytest.mark.parametrize(("classes", "options"), [(2, {}), (2, PRODUCTS), (2, {"class_weight": "balanced"}), (4, {})])
def test_curves_and_single_rows_are_what_the_model_says(classes: int, options: dict[str, Any]):
    model, table, outcome, parts = made(classes=classes, **options)
    found = counted(model, table, outcome, parts)
    usual = {one.name: one.curve.held for one in found.single}
    assert usual["debt"] == pytest.approx(table["debt"].to_numpy()[parts.train].mean())
    base = pa.table({name: pa.array([value]) for name, value in usual.items()})
    for name in ("debt", "home"):
        curve = found.field(name).curve
        for at in range(len(found.shown)):
            place = at if classes > 2 else 1
            said = [model.probabilities(at_value(base, model, name, value))[0, place] for value in (*curve.values, *curve.apart)]
            assert found.curve_of(curve, at) == pytest.approx(said, abs=1e-12)
            rows = list(found.each_of(curve, at))
            assert len(rows) == found.n_each > 9
            middle = len(curve.values) // 2
            everyone = model.probabilities(at_value(table.take(pa.array(parts.train)), model, name, curve.values[middle]))[
                :, place
            ]
            for row in rows:  # rows are told without their names, so each must be one of all
                assert np.abs(everyone - row[middle]).min() < 1e-4


def test_the_straight_line_is_that_of_least_squares():
    """statsmodels' OLS on the columns written out, with the others at their mean and most frequent level."""
    model, table, outcome, parts = made(gaps=False)
    found = counted(model, table, outcome, parts)
    design, _ = design_of(model.frame(table), model.terms, parts.train)
    X = design.block(0, design.n_rows)
    oracle = sm.OLS(outcome[parts.train].astype(float), X).fit()
    usual = pa.table({one.name: pa.array([one.curve.held]) for one in found.single})
    for name in ("income", "late", "region"):
        curve = found.field(name).curve
        for value, told in zip((*curve.values, *curve.apart), curve.line[0], strict=True):
            row, _ = design_of(model.frame(at_value(usual, model, name, value)), model.terms)
            assert told == pytest.approx(float(oracle.predict(row.block(0, 1))[0]), abs=1e-8)
    line = np.array(found.field("income").curve.line[0])
    assert np.abs(np.diff(line, 2)).max() < 1e-9  # it is straight


@pytest.mark.parametrize("options", [{"one_hot": "full"}, PRODUCTS, {"scaling": "none"}])
def test_columns_that_say_the_same_twice_still_give_the_line(options: dict[str, Any]):
    model, table, outcome, parts = made(**options)
    found = counted(model, table, outcome, parts)
    design, _ = design_of(model.frame(table), model.terms, parts.train)
    X, y = design.block(0, design.n_rows), outcome[parts.train].astype(float)
    spread = X.std(axis=0)
    scaled = np.column_stack([np.ones(len(X)), ((X - X.mean(axis=0)) / np.where(spread > 0, spread, 1))[:, 1:]])
    fitted = scaled @ np.linalg.lstsq(scaled, y, rcond=1e-9)[0]
    # Least squares on rows that the fit saw: what the study's fit says of the training rows themselves.
    from pipeline.explaining.effects.straight_line import straight_lines

    told = straight_lines(model.frame(table), model.terms, parts.train, y[:, None], design)
    np.testing.assert_allclose(told[:, 0], fitted, atol=1e-6)
    assert np.isfinite(found.field("debt").curve.line).all()


def test_for_classes_the_lines_sum_to_one():
    model, table, outcome, parts = made(classes=4)
    found = counted(model, table, outcome, parts)
    np.testing.assert_allclose(np.sum(found.field("debt").curve.line, axis=0), 1, atol=1e-9)


def test_gaps_codes_and_long_tails_have_places_of_their_own():
    draw = np.random.default_rng(5)
    n = 800
    long = np.exp(draw.normal(0, 2, n))
    coded = np.where(draw.random(n) < 0.1, 99.0, draw.integers(0, 6, n))
    level = np.array([f"level {k:03d}" for k in np.minimum(draw.geometric(0.06, n), 50)])
    table = pa.table(
        {
            "long": pa.array(long, mask=draw.random(n) < 0.1),
            "coded": coded,
            "level": level,
            "outcome": np.where(draw.random(n) < 0.5, "bad", "good"),
        }
    )
    asked = spec(bad_label="bad", special_codes={"coded": {"99": "level"}}, rare_share=0.0)
    outcome = outcome_of(table, asked)
    parts, model = parts_of(table, outcome, asked), train(table, asked).model
    found = effects(model, table, outcome.of_every_row(n), parts.train, parts.train, part="training", seed=1)
    tail = found.field("long").curve
    assert tail.is_cut
    assert tail.apart == (None,)
    assert tail.values[-1] < np.nanmax(long)
    of_code = found.field("coded").curve
    assert (of_code.values, of_code.apart) == (tuple(map(float, range(6))), (99.0,))
    levels = found.field("level").curve
    assert len(levels.values) == 30 < levels.n_levels
    assert levels.held == levels.values[0] == max(set(level), key=list(level).count)


def test_bins_are_drawn_as_steps():
    model, table, outcome, parts = made(weight_of_evidence="all", gaps=False)
    curve = counted(model, table, outcome, parts).field("debt").curve
    (edges,) = (term.edges for term in model.terms if term.sources == ("debt",))
    told = dict(zip(curve.values, curve.log_odds[0], strict=True))
    inside = [edge for edge in edges if curve.values[0] < edge < curve.values[-1]]
    assert inside
    assert len(told) == 2 * len(inside) + 2
    assert len({round(eta, 9) for eta in told.values()}) <= len(inside) + 1
    for edge in inside:
        assert told[np.nextafter(edge, -np.inf)] != told[edge]


def test_an_ordered_category_keeps_its_order():
    draw = np.random.default_rng(6)
    size = np.array(["low", "mid", "high"])[draw.choice(3, 600, p=(0.2, 0.5, 0.3))]
    table = pa.table({"size": size, "outcome": np.where(draw.random(600) < 0.5, "bad", "good")})
    asked = spec(bad_label="bad", orders={"size": ["low", "mid", "high"]})
    model = train(table, asked).model
    grid = grid_of(model, model.frame(table), np.arange(600), "size")
    assert (grid.values, grid.held) == (("low", "mid", "high"), "mid")


def test_a_straight_field_is_one_whose_log_odds_are_a_line():
    model, table, outcome, parts = made(log_columns=["income"], interactions=[["debt", "late"]])
    found = counted(model, table, outcome, parts)
    straight = {one.name: one.curve.is_straight for one in found.single}
    assert straight == {"income": False, "debt": False, "late": False, "home": False, "region": False}
    plain = counted(*made())
    assert plain.field("debt").curve.is_straight
    assert np.abs(np.diff(plain.field("debt").curve.log_odds[0], 2)).max() < 1e-9


# What is stored


@pytest.mark.parametrize("link", ["reference", "softmax", "one_vs_rest"])
def test_chances_are_the_models(link: str):
    eta = np.random.default_rng(1).normal(0, 20, (50, 3))
    for row, wanted in zip(eta, probabilities(eta, link), strict=True):
        assert chances(tuple(row), link) == pytest.approx(tuple(wanted), abs=1e-12)


def test_the_result_comes_back_from_its_json():
    found = counted(*made(classes=4, **PRODUCTS))
    assert Effects.from_json(json.loads(json.dumps(found.to_json()))) == found


def test_twice_the_odds():
    """2p / (1 + p)."""
    assert [times_the_odds(p, 2) for p in (0.01, 0.1, 0.5)] == pytest.approx([0.02 / 1.01, 0.2 / 1.1, 2 / 3])
    assert [times_the_odds(p, 2) for p in (0.0, 1.0)] == [0, 1]
    assert to_double(0.1) == pytest.approx(np.log(2) / 0.1)
    assert to_double(0.0) is None
