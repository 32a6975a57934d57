"""The smallest changes against brute force: every allowed value, and every two of them, written out and scored by the model."""

from collections.abc import Mapping
from dataclasses import replace
from itertools import combinations, product
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from pipeline.errors import UnusableData
from pipeline.explain_results import Background, Changes, FieldInfo, Value
from pipeline.explaining.allowed import allowed as allowed_values
from pipeline.explaining.background import background
from pipeline.explaining.changes import MOST_PAIRS, changes
from pipeline.explaining.moves import Moves
from pipeline.explaining.one_row import one_row
from pipeline.explaining.pairs import Values, cheapest_of_product, cheapest_of_sum, least_of_lines
from pipeline.explaining.steps import step_of
from pipeline.explaining.wording import DOWN, EITHER, UP, FieldWording, Wording
from pipeline.frame import frame_of
from pipeline.model import CalibrationMap, FittedModel
from pipeline.preparation import learn_terms
from pipeline.terms import width_of
from tests.pipeline.test_model_prepared import CODES, GRADES, NAMES, spec_of, table

PLAIN: dict[str, Any] = {"degree_columns": [], "orders": {}, "weight_of_evidence": "none", "woe_columns": []}
STEPS = {"age": 5.0, "income": 4.0, "score": 20.0}
KINDS: dict[str, dict[str, Any]] = {
    "plain": {},
    "powers": {"degree": 3, "degree_columns": ["age", "score"]},
    "products": {"interactions": [("age", "income"), ("age", "home"), ("home", "purpose"), ("grade", "score")]},
    "logarithm, winsorised, flag": {"log_columns": ["income"], "winsorise": 0.1, "missing_indicator": True},
    "codes and order": {"special_codes": CODES, "orders": {"grade": list(GRADES)}},
    "evidence": {"weight_of_evidence": "all", "special_codes": CODES, "woe_share": 0.05},
    "evidence with products": {"weight_of_evidence": "all", "interactions": [("age", "purpose"), ("income", "score")]},
    "ordered powers": {"orders": {"grade": list(GRADES)}, "degree": 2, "degree_columns": ["grade", "age"], "one_hot": "full"},
    "rare levels": {"rare_share": 0.15, "scaling": "min_max"},
}


def model_and_background(options: Mapping[str, Any], seed: int, n: int = 90) -> tuple[FittedModel, Background, pa.Table]:
    """A model with drawn coefficients."""
    draw, rows = np.random.default_rng(seed), table(n, seed, strange=False)
    classes = draw.permutation(np.arange(n) % 2).astype(np.intp)
    terms, _ = learn_terms(frame_of(rows, NAMES, ()), np.arange(n), spec_of({**PLAIN, **options}), classes, 2)
    coefficients = tuple(map(float, draw.normal(0, 0.8, width_of(terms))))
    model = FittedModel("outcome", ("good", "bad"), "reference", terms, (coefficients,), {}, prior_shift=(0.3,))
    return model, background(model, rows, np.arange(n), None, None, None), rows


def applicant_of(rows: pa.Table, model: FittedModel, row: int) -> dict[str, Value]:
    return {name: rows.column(name)[row].as_py() for name in model.fields}


def allowed(info: FieldInfo, words: FieldWording, value: Value) -> dict[Value, float]:
    """What a field may become, with its cost: the definition, value by value."""
    if info.kind == "number":
        codes = {float(code) for code, _ in info.codes}
        if value is None or value in codes or info.low is None or info.high is None:
            return {}
        step, spread = step_of(info, words), info.quantiles[19] - info.quantiles[1]
        k, found = int(info.low // step) - 1, {}
        while k * step <= info.high + 1e-9:
            to = round(k * step, 6)
            fits = words.direction == EITHER or (to > float(value)) == (words.direction == UP)
            if info.low - 1e-9 <= to and to != value and to not in codes and fits:
                found[to] = abs(to - float(value)) / spread
            k += 1
        return found
    levels = [level for level, _ in info.levels if level not in dict(info.codes)]
    found = {}
    for level in levels:
        if level == value or (words.reachable and level not in words.reachable):
            continue
        ranked = info.is_ordered and value in levels
        way = levels.index(level) - levels.index(str(value)) if ranked else 0
        if not ranked or words.direction == EITHER or (way > 0) == (words.direction == UP):
            found[level] = abs(way) / (len(levels) - 1) if ranked else 1.0
    return found


def brute(
    model: FittedModel, values: dict[str, Value], known: Background, wording: Wording, cutoff: float
) -> tuple[dict[str, tuple[float, bool, float]], dict[tuple[str, str], float]]:
    """Of each field the cost, whether it reaches and the probability; of each two the cost of the cheapest pair that reaches."""

    def chances(rows: list[dict[str, Value]]) -> np.ndarray:
        now = one_row(model, values)
        columns = {name: pa.array([row.get(name, values[name]) for row in rows], now.field(name).type) for name in model.fields}
        return model.probability_of_default(pa.table(columns))

    may = {info.name: allowed(info, wording.of(info.name), values[info.name]) for info in known.fields}
    alone = {name: dict(zip(to, chances([{name: value} for value in to]), strict=True)) if to else {} for name, to in may.items()}
    singles = {}
    for name, found in alone.items():
        reaching = [(may[name][value], -chance) for value, chance in found.items() if chance < cutoff]
        if reaching:
            singles[name] = (min(reaching)[0], True, -min(reaching)[1])
        elif found and min(found.values()) < chances([{}])[0] - 1e-9:
            singles[name] = (
                may[name][min(found, key=lambda one: (round(found[one], 11), may[name][one]))],
                False,
                min(found.values()),
            )
    pairs = {}
    for one, other in combinations(may, 2):
        both = [(a, b) for a, b in product(may[one], may[other]) if alone[one][a] >= cutoff and alone[other][b] >= cutoff]
        if both:
            costs = [
                float(np.hypot(may[one][a], may[other][b]))
                for (a, b), chance in zip(both, chances([{one: a, other: b} for a, b in both]), strict=True)
                if chance < cutoff
            ]
            if costs:
                pairs[one, other] = min(costs)
    return singles, pairs


def check(found: Changes, model: FittedModel, values: dict[str, Value], known: Background, wording: Wording) -> None:
    singles, pairs = brute(model, values, known, wording, found.cutoff)
    told = {change.changed[0].field: change for change in found.singles}
    assert set(told) == set(singles)
    assert set(found.stuck) == set(model.fields) - set(singles)
    for name, (cost, reaches, chance) in singles.items():
        assert told[name].reaches == reaches
        assert told[name].cost == pytest.approx(cost)
        assert told[name].probability == pytest.approx(chance)
    assert [change.reaches for change in found.pairs] == [True] * len(found.pairs)
    costs = {tuple(part.field for part in change.changed): change.cost for change in found.pairs}
    assert len(costs) == min(len(pairs), MOST_PAIRS)
    assert sorted(costs.values()) == pytest.approx(sorted(pairs.values())[:MOST_PAIRS])
    assert all(cost == pytest.approx(pairs[two]) for two, cost in costs.items())
    for change in (*found.singles, *found.pairs):
        after = {part.field: part.after for part in change.changed}
        chance = model.probability_of_default(one_row(model, {**values, **after}))[0]
        assert change.probability == pytest.approx(chance, rel=1e-12)
        assert all(part.before == values[part.field] for part in change.changed)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", [1, 2])
def test_changes_are_the_cheapest_of_all(kind: str, seed: int) -> None:
    model, known, rows = model_and_background(KINDS[kind], seed)
    wording = Wording({name: FieldWording(step=step) for name, step in STEPS.items()})
    chances = model.probability_of_default(rows)
    cutoff = float(np.quantile(chances, 0.4))
    refused = np.flatnonzero(chances >= cutoff)
    n_reached = 0
    for row in refused[[0, len(refused) // 2, -1]]:
        values = applicant_of(rows, model, int(row))
        found = changes(model, values, known, wording, model.fields, cutoff)
        check(found, model, values, known, wording)
        n_reached += len(found.pairs) + sum(one.reaches for one in found.singles)
    assert n_reached


@pytest.mark.parametrize("direction", [UP, DOWN])
def test_directions_levels_and_a_recalibration_are_heeded(direction: str) -> None:
    model, known, rows = model_and_background({"orders": {"grade": list(GRADES)}, "degree": 2, "degree_columns": ["age"]}, 5)
    model = replace(model, calibration=CalibrationMap((0.0, 0.2, 0.5, 0.7, 1.0), (0.05, 0.1, 0.1, 0.6, 0.9)))
    wording = Wording(
        {
            **{name: FieldWording(step=step, direction=direction) for name, step in STEPS.items()},
            "grade": FieldWording(direction=direction),
            "purpose": FieldWording(reachable=("car", "boat", "rocket")),
        }
    )
    chances = model.probability_of_default(rows)
    for cutoff in (0.1, 0.3, 0.55):
        row = int(np.flatnonzero(chances >= cutoff)[2])
        values = applicant_of(rows, model, row)
        found = changes(model, values, known, wording, model.fields, cutoff)
        check(found, model, values, known, wording)
    assert all(part.after in {"car", "boat"} for one in found.singles for part in one.changed if part.field == "purpose")


def test_with_steps_of_its_own_a_number_moves_by_round_ones() -> None:
    _, known, _ = model_and_background({}, 3)
    info = known.field("score")
    assert info.whole
    assert step_of(info, FieldWording(step=0.2)) == 1
    assert step_of(replace(info, quantiles=()), FieldWording()) == 1
    assert step_of(replace(info, quantiles=tuple(np.linspace(4, 72, 21))), FieldWording()) == 2
    assert step_of(replace(info, whole=False, quantiles=tuple(np.linspace(0, 1, 21))), FieldWording()) == 0.02
    assert step_of(replace(info, quantiles=tuple(np.linspace(250, 18_424, 21))), FieldWording()) == 500


def test_who_passes_needs_no_change_and_where_nothing_may_move_that_is_said() -> None:
    model, known, rows = model_and_background({}, 3)
    chances = model.probability_of_default(rows)
    values = applicant_of(rows, model, int(np.argmin(chances)))
    found = changes(model, values, known, Wording(), model.fields, float(chances.min()) + 1e-6)
    assert (found.singles, found.pairs, found.stuck) == ((), (), ())
    worst = applicant_of(rows, model, int(np.argmax(chances)))
    nowhere = changes(model, worst, known, Wording({"home": FieldWording(reachable=("rocket",))}), ["home"], 1e-9)
    assert nowhere == Changes(1e-9, float(chances.max()), (), (), ("home",))
    at_best = changes(model, worst, known, Wording(), ["purpose", "home"], 1e-9)
    assert not any(one.reaches for one in at_best.singles)
    assert at_best.pairs == ()


def test_a_step_of_a_cent_in_a_long_range_still_finds_the_nearest_value() -> None:
    model, known, rows = model_and_background({}, 4)
    chances = model.probability_of_default(rows)
    cutoff = float(np.median(chances))
    wording = Wording({"age": FieldWording(step=0.01), "income": FieldWording(step=1.0)})
    values = {**applicant_of(rows, model, int(np.argsort(chances)[60])), "age": 40.0, "income": 10.0}
    found = changes(model, values, known, wording, ["age", "income", "score"], cutoff)
    singles, _ = brute(model, values, replace(known, fields=(known.field("age"),)), wording, cutoff)
    told = {one.changed[0].field: one for one in found.singles}
    for name, (cost, reaches, _) in singles.items():
        assert told[name].reaches == reaches
        assert told[name].cost == pytest.approx(cost)


def test_of_millions_of_steps_all_near_ones_are_tried_and_long_ones_to_both_ends() -> None:
    info = FieldInfo("amount", "number", 0.0, (*map(float, range(20)), 5e6), whole=True)
    values = allowed_values(info, FieldWording(step=1.0), 12_345.0).values
    assert set(range(7_345, 17_346)) - {12_345} < set(values)
    assert (values[0], values[-1], len(values)) == (0, 5_000_000, 10_000 + 5_001 - 10)
    assert set(np.diff(values[-4_000:])) == {1_000}
    assert allowed_values(info, FieldWording(step=1.0), 1e300).values[-1] == 5_000_000
    assert not len(allowed_values(info, FieldWording(step=1.0), np.inf).values)


@pytest.mark.parametrize("kind", ["products", "evidence with products"])
def test_what_two_linked_fields_move_beyond_each_alone_is_a_product(kind: str) -> None:
    model, known, rows = model_and_background(KINDS[kind], 6)
    values = applicant_of(rows, model, 3)
    moves, may = Moves(model, values), {}
    for name in model.fields:
        may[name] = allowed_values(known.field(name), FieldWording(step=STEPS.get(name)), values[name]).values
    linked = [two for two in combinations(model.fields, 2) if moves.linked(*two)]
    assert linked
    for one, other in linked:
        a, b = (part.ravel() for part in np.meshgrid(may[one], may[other], indexing="ij"))
        beyond = moves.of({one: a, other: b}) - moves.of({one: a}) - moves.of({other: b})
        factors = moves.factors(one, may[one], other, may[other])
        assert (factors is None) == (one == "purpose" and other == "home" and kind == "products")
        if factors is not None:
            np.testing.assert_allclose(np.outer(*factors).ravel(), beyond, atol=1e-12)


@pytest.mark.parametrize("seed", range(20))
def test_the_least_of_many_lines_is_that_of_all(seed: int) -> None:
    draw = np.random.default_rng(seed)
    n = int(draw.integers(1, 60))
    starts, slopes = (draw.integers(-5, 6, n) + (0.0 if seed % 2 else draw.random(n)) for _ in range(2))
    at = draw.normal(0, 3, 40)
    np.testing.assert_allclose(
        least_of_lines(starts, slopes, at), (starts[:, None] + np.outer(slopes, at)).min(axis=0), atol=1e-12
    )


@pytest.mark.parametrize("seed", range(20))
def test_of_any_two_lists_of_values_the_cheapest_that_suffice_are_found(seed: int) -> None:
    """Against the whole table; whole numbers, so that there are ties."""
    draw = np.random.default_rng(seed)
    a, b = (Values(np.sort(draw.integers(0, 60, n)) / 4.0, draw.integers(-4, 9, n) + 0.0) for n in (150, 170))
    p, q = draw.integers(-2, 3, 150) + 0.0, draw.integers(-2, 3, 170) + 0.0
    costs = np.hypot(a.costs[:, None], b.costs)
    for needed in (-1.0, -3.0, -6.0, -7.0, -9.0, -20.0):
        for factor, found in (
            (0.0, cheapest_of_sum(a, b, needed)),
            (1.0, cheapest_of_product(a, b, p, q, needed)),
        ):
            moved = a.moves[:, None] + b.moves + factor * np.outer(p, q)
            can = moved < needed
            assert (found is None) == (not can.any())
            if found is not None:
                assert (costs[found], can[found]) == (costs[can].min(), True)


def test_three_classes_have_no_cutoff() -> None:
    model, known, rows = model_and_background({}, 3)
    three = replace(
        model, labels=("a", "b", "c"), link="softmax", coefficients=model.coefficients * 3, prior_shift=(0.0, 0.0, 0.0)
    )
    with pytest.raises(UnusableData, match="no cut-off"):
        changes(three, applicant_of(rows, model, 0), known, Wording(), model.fields, 0.5)
