"""The picture of two fields is the model itself, and its line lies where the decision changes."""

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from pipeline.boundary_results import Axis, BoundaryRows, Equation, Surface, TwoFieldModel
from pipeline.errors import UnusableData
from pipeline.explaining.background import background
from pipeline.explaining.exact import one_row
from pipeline.explaining.surfaces.axes import axis_of, importance, usual_fields
from pipeline.explaining.surfaces.boundary import surface, target_of
from pipeline.explaining.surfaces.contours import zero_lines
from pipeline.explaining.surfaces.rows import BINS, boundary_rows
from pipeline.explaining.surfaces.two_fields import two_field_model
from pipeline.frame import frame_of
from pipeline.model import CalibrationMap, FittedModel
from pipeline.preparation import learn_terms
from pipeline.spec import TrainSpec
from pipeline.terms import CategoryTerm, width_of
from pipeline.training import train
from tests.pipeline.test_model_prepared import NAMES, SPECS, spec_of, table


def drawn(options: dict[str, Any], seed: int, n: int, link: str) -> tuple[FittedModel, pa.Table]:
    draw = np.random.default_rng(seed)
    rows = table(n, seed, strange=False)
    n_classes = 2 if options["weight_of_evidence"] != "none" or (link == "reference" and seed % 2) else 3
    link = "reference" if n_classes == 2 else link
    classes = draw.permutation(np.arange(n) % n_classes).astype(np.intp)
    terms, _ = learn_terms(frame_of(rows, NAMES, ()), np.arange(n), spec_of(options), classes, n_classes)
    shape = (n_classes - (link == "reference"), width_of(terms))
    weights = tuple(tuple(map(float, row)) for row in np.round(draw.normal(0, 1, shape), 3))
    shift = tuple(map(float, draw.normal(size=shape[0])))
    return FittedModel("outcome", ("good", "bad", "worse")[:n_classes], link, terms, weights, {}, prior_shift=shift), rows


def drawn_surface(options: dict[str, Any], seed: int, n: int, link: str) -> tuple[FittedModel, pa.Table, Surface] | None:
    model, rows = drawn(options, seed, n, link)
    if len(model.fields) < 2:
        return None
    held = background(model, rows, np.arange(n), None, None, None)
    draw = np.random.default_rng(seed + 1)
    fields = tuple(map(str, draw.permutation(list(model.fields))[:2]))
    values = {name: rows.column(name)[int(draw.integers(n))].as_py() for name in model.fields}
    label = None if len(model.labels) == 2 or seed % 3 == 0 else str(draw.choice(model.labels))
    found = over(model, held, fields, values, cutoff=0.4, label=label, whole=bool(seed % 2))
    return model, rows, found


def over(model: FittedModel, held: Any, fields: Any, values: Any, *, whole: bool = False, **more: Any) -> Surface:
    x, y = (axis_of(held.field(name), model, whole=whole) for name in fields)
    return surface(model, (x, y), values, **more)


def cells(found: Surface, n: int = 8) -> list[tuple[int, int]]:
    """Some places (of x, of y), the corners among them."""
    xs, ys = (np.unique(np.linspace(0, len(axis.places) - 1, n).astype(int)) for axis in (found.x, found.y))
    return [(int(i), int(j)) for i in xs for j in ys]


def scored(model: FittedModel, found: Surface, points: list[tuple[Any, Any]]) -> pa.Table:
    """The rows of some values of the two fields, with the others as they are held."""
    held = dict(found.held)
    made = [one_row(model, {**held, found.x.field: x, found.y.field: y}) for x, y in points]
    return pa.concat_tables(made)


def values_at(found: Surface, at: list[tuple[int, int]]) -> list[tuple[Any, Any]]:
    of_x, of_y = (axis.values or axis.levels for axis in (found.x, found.y))
    return [(of_x[i], of_y[j]) for i, j in at]


def evaluated(equation: Equation, x: Any, y: Any, i: int, j: int, found: Surface) -> float:
    """An equation as it reads."""

    def of(name: str, value: Any) -> float:
        return 0.0 if not isinstance(value, float) else math.log1p(value) if name.startswith("ln(") else value

    big_x, big_y = of(equation.names[0], x), of(equation.names[1], y)
    total = equation.constant + sum(p.coefficient * big_x**p.of_x * big_y**p.of_y for p in equation.powers)
    x_name, y_name = step_name(equation.x_steps, found.x, x), step_name(equation.y_steps, found.y, y)
    total += sum(step.constant + step.slope * big_y for step in equation.x_steps if step.name == x_name)
    total += sum(step.constant + step.slope * big_x for step in equation.y_steps if step.name == y_name)
    return total + sum(pair.constant for pair in equation.pairs if (pair.x, pair.y) == (x_name, y_name))


def step_name(steps: Any, axis: Any, value: Any) -> str:
    if not axis.is_number:
        return "(missing)" if value is None else value
    for step in steps:
        name = step.name.replace(",", "").replace("−", "-")
        low, _, high = name.partition(" to below ")
        if step.name == "every value" or (step.name.startswith("below") and value < float(name[6:])):
            return step.name
        if step.name.endswith("and above") and value >= float(name.split()[0]):
            return step.name
        if high and float(low) <= value < float(high):
            return step.name
    return ""


@settings(
    max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), phases=(Phase.explicit, Phase.generate)
)  # fmt: skip
@given(SPECS, st.integers(0, 10_000), st.integers(25, 80), st.sampled_from(["reference", "reference", "softmax", "one_vs_rest"]))
def test_the_surface_is_the_model_and_so_are_its_parts_and_its_equation(options, seed, n, link):
    drawn_one = drawn_surface(options, seed, n, link)
    if drawn_one is None:
        return
    model, _, found = drawn_one
    at = cells(found)
    codes = {
        (term.field, float(code)) for term in model.terms for code, _ in getattr(term, "codes", ()) if code.lstrip("-").isdigit()
    }
    points = values_at(found, at)
    kept = [k for k, (x, y) in enumerate(points) if (found.x.field, x) not in codes and (found.y.field, y) not in codes]
    at, points = [at[k] for k in kept], [points[k] for k in kept]
    rows = scored(model, found, points)
    eta, chances = model.log_odds(rows), model.probabilities(rows)
    size = 1 + np.abs(eta).max()
    drawn_class = 1 if len(model.labels) == 2 else None if found.label is None else model.labels.index(found.label)
    expected = chances.max(axis=1) if drawn_class is None else chances[:, drawn_class]
    np.testing.assert_allclose([found.probability[j][i] for i, j in at], expected, rtol=6e-6, atol=1e-12)
    for parts in found.parts:
        row = model.labels.index(parts.label) - (model.link == "reference")
        wanted = eta[:, row] if row >= 0 else np.zeros(len(at))
        np.testing.assert_allclose([sum(parts.at(i, j)) for i, j in at], wanted, atol=1e-9 * size)
    winsorised = found.equation is not None and found.equation.notes
    if found.equation is not None and not winsorised:
        row = model.labels.index(found.equation.label) - (model.link == "reference")
        told = [evaluated(found.equation, x, y, i, j, found) for (x, y), (i, j) in zip(points, at, strict=True)]
        np.testing.assert_allclose(told, eta[:, row], atol=1e-6 * size)


@pytest.mark.parametrize(
    ("large", "small", "degree"), [(1e4, 1.0, 3), (1e6, 1e6, 4), (1e12, 1e-12, 1), (1e12, 1e-12, 2), (404.0, 1.0, 3)]
)
def test_the_equation_is_the_model_whatever_the_units(large: float, small: float, degree: int) -> None:
    """The coefficient of a cubed income is some 10⁻¹² and no rounding; numbers far from 0 lose some digits as they cancel."""
    draw = np.random.default_rng(3)
    far = 400 if large == 404.0 else 2
    x, y = large * (1 + draw.normal(0, 1 / far, 300)), small * draw.normal(1, 1, 300)
    bad = x / large * far + y / small - far + draw.logistic(size=300) > 1
    rows = pa.table({"x": x, "y": y, "outcome": np.where(bad, "bad", "good")})
    options = {"degree": degree} if degree > 1 else {}
    given_spec = {"target": "outcome", "bad_label": "bad", "test_share": 0, "interactions": [["x", "y"]], **options}
    model = train(rows, TrainSpec.parse(given_spec)).model
    held = background(model, rows, np.arange(300), None, None, None)
    found = over(model, held, ("x", "y"), {"x": large, "y": small}, cutoff=0.4)
    assert found.equation is not None
    at = cells(found, 4)
    points = values_at(found, at)
    eta = model.log_odds(scored(model, found, points))[:, 0]
    told = [evaluated(found.equation, *point, *cell, found) for point, cell in zip(points, at, strict=True)]
    np.testing.assert_allclose(told, eta, atol=1e-9 * far**degree)
    assert found.equation.shape == ("hyperbola" if degree == 1 else found.equation.shape)


@settings(
    max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), phases=(Phase.explicit, Phase.generate)
)  # fmt: skip
@given(SPECS, st.integers(0, 10_000), st.integers(25, 80))
def test_decisions_change_on_the_line_and_nowhere_else_along_the_grid(options, seed, n):
    drawn_one = drawn_surface(options, 2 * seed + 1, n, "reference")
    if drawn_one is None:
        return
    model, _, found = drawn_one
    if not (found.x.is_number and found.y.is_number):
        return
    refused = np.array(found.probability) >= found.cutoff
    wide, high = (np.array(axis.values) for axis in (found.x, found.y))
    chains = [np.column_stack([np.array(line.x) / np.ptp(wide), np.array(line.y) / np.ptp(high)]) for line in found.lines]
    step = max(1 / (len(wide) - 1), 1 / (len(high) - 1))
    changes = [(wide[i : i + 2].mean(), high[j]) for j, i in np.argwhere(refused[:, 1:] != refused[:, :-1])]
    changes += [(wide[i], high[j : j + 2].mean()) for j, i in np.argwhere(refused[1:] != refused[:-1])]
    for x, y in changes:
        assert distance(np.array([x / np.ptp(wide), y / np.ptp(high)]), chains) <= 0.5 * step + 0.002
    for chain in chains:  # and a line has another decision on its other side
        middle = (chain[0] + chain[1]) / 2
        across = np.array([chain[0, 1] - chain[1, 1], chain[1, 0] - chain[0, 0]]) / max(np.hypot(*(chain[1] - chain[0])), 1e-12)
        sides = [(middle + way * 0.002 * across) * (np.ptp(wide), np.ptp(high)) for way in (-1, 1)]
        chances = model.probabilities(scored(model, found, [tuple(map(float, side)) for side in sides]))[:, 1]
        assert (chances[0] >= 0.4) != (chances[1] >= 0.4)


def distance(point: Any, chains: list[Any]) -> float:
    """From a point to the nearest of some chains."""
    found = math.inf
    for chain in chains:
        start, end = chain[:-1], chain[1:]
        along = end - start
        share = np.clip(((point - start) * along).sum(axis=1) / np.maximum((along**2).sum(axis=1), 1e-300), 0, 1)
        found = min(found, float(np.hypot(*(start + share[:, None] * along - point).T).min()))
    return found


def fitted(columns: dict[str, Any], bad: Any, **options: Any) -> tuple[FittedModel, Any]:
    data = pa.table({**columns, "bad": np.where(bad, "yes", "no")})
    spec = TrainSpec.parse({"target": "bad", "bad_label": "yes", "test_share": 0, **options})
    model = train(data, spec).model
    n = data.num_rows
    return model, background(model, data, np.arange(n), None, None, None)


def usual(held: Any) -> dict[str, Any]:
    return {info.name: info.usual for info in held.fields}


def square(n: int = 2_000, seed: int = 4) -> tuple[Any, Any, Any]:
    draw = np.random.default_rng(seed)
    return draw.uniform(-2, 2, n), draw.uniform(-2, 2, n), draw


def test_the_line_of_a_linear_run_is_its_closed_form():
    x, y, draw = square()
    z = draw.normal(size=len(x))
    model, held = fitted({"x": x, "y": y, "z": z}, draw.random(len(x)) < 1 / (1 + np.exp(1 - x - 2 * y - z)))
    found = over(model, held, ("x", "y"), usual(held), cutoff=0.3)
    raw = model.log_odds(pa.table({"x": [0.0, 1.0, 0.0], "y": [0.0, 0.0, 1.0], "z": [held.field("z").usual] * 3}))[:, 0]
    slope, intercept = -(raw[1] - raw[0]) / (raw[2] - raw[0]), (math.log(0.3 / 0.7) - raw[0]) / (raw[2] - raw[0])
    assert found.equation.shape == "line"
    assert found.equation.line == pytest.approx((intercept, slope), abs=1e-9)
    assert len(found.lines) == 1
    assert len(found.lines[0].x) == 2  # a straight line needs its ends alone
    np.testing.assert_allclose(found.lines[0].y, intercept + slope * np.array(found.lines[0].x), atol=1e-9)


def test_a_circle_is_found_as_one():
    x, y, draw = square()
    model, held = fitted({"x": x, "y": y}, draw.random(len(x)) < 1 / (1 + np.exp(6 * (x**2 + y**2 - 1.5))), degree=2)
    found = over(model, held, ("x", "y"), usual(held), cutoff=0.5)
    a, d, c, e = (coefficient(found, *powers) for powers in ((2, 0), (1, 0), (0, 2), (0, 1)))
    centre = (-d / 2 / a, -e / 2 / c)
    assert found.equation.shape == "ellipse"
    assert found.equation.centre == pytest.approx(centre)
    assert np.hypot(*centre) < 0.1
    (line,) = found.lines
    assert (line.x[0], line.y[0]) == (line.x[-1], line.y[-1])
    # Every vertex solves a(x - x0)² + c(y - y0)² = r.
    r = 0 - found.equation.constant + a * centre[0] ** 2 + c * centre[1] ** 2
    np.testing.assert_allclose(a * (np.array(line.x) - centre[0]) ** 2 + c * (np.array(line.y) - centre[1]) ** 2, r, atol=1e-9)
    assert np.hypot(line.x, line.y).mean() == pytest.approx(math.sqrt(1.5), abs=0.08)


def coefficient(found: Surface, of_x: int, of_y: int) -> float:
    return next(power.coefficient for power in found.equation.powers if (power.of_x, power.of_y) == (of_x, of_y))


def test_exclusive_or_is_two_curves_with_the_product_and_one_side_without():
    x, y, draw = square()
    bad = draw.random(len(x)) < 1 / (1 + np.exp(-3 * x * y))
    model, held = fitted({"x": x, "y": y}, bad, interactions=[["x", "y"]])
    found = over(model, held, ("x", "y"), usual(held), cutoff=0.5)
    assert found.equation.shape == "hyperbola"
    assert len(found.lines) == 2
    corners = [found.probability[j][i] for i, j in ((0, 0), (-1, -1), (0, -1), (-1, 0))]
    assert min(corners[:2]) > 0.9
    assert max(corners[2:]) < 0.1
    chances = model.probability_of_default(pa.table({"x": x, "y": y}))
    assert ((chances >= 0.5) == (x * y >= 0)).mean() > 0.95


def test_an_isotonic_run_is_cut_at_its_calibrated_probability():
    x, y, draw = square()
    model, held = fitted({"x": x, "y": y}, draw.random(len(x)) < 1 / (1 + np.exp(1 - x - y)))
    mapped = FittedModel(**{**vars(model), "calibration": CalibrationMap((0.1, 0.4, 0.8), (0.05, 0.2, 0.95)), "format": 3})
    assert target_of(mapped, 0.2) == pytest.approx(math.log(0.4 / 0.6))
    assert target_of(mapped, 0.04) == -math.inf
    assert target_of(mapped, 0.96) == math.inf
    assert target_of(model, 1e-18) == pytest.approx(math.log(1e-18))  # beyond what chances are kept from 0 by
    found = over(mapped, held, ("x", "y"), usual(held), cutoff=0.35)
    (line,) = found.lines
    np.testing.assert_allclose(mapped.probability_of_default(pa.table({"x": line.x, "y": line.y})), 0.35, atol=1e-9)
    assert not over(mapped, held, ("x", "y"), usual(held), cutoff=0.97).lines


def test_levels_have_a_crossing_each_where_there_is_one():
    x, _, draw = square()
    home = np.array(["own", "rent", "other"])[draw.integers(0, 3, len(x))]
    push = {"own": -1.5, "rent": 1.5, "other": 9.0}
    bad = draw.random(len(x)) < 1 / (1 + np.exp(-2 * x - np.array([push[h] for h in home])))
    model, held = fitted({"x": x, "home": home}, bad)
    found = over(model, held, ("home", "x"), usual(held), cutoff=0.5)
    places = dict(zip(found.x.levels, range(3), strict=True))
    at = {(line.x[0] + line.x[1]) / 2: line.y[0] for line in found.lines}
    assert set(at) == {places["own"], places["rent"]}
    rows = pa.table({"x": [at[places["own"]], at[places["rent"]]], "home": ["own", "rent"]})
    np.testing.assert_allclose(model.probability_of_default(rows), 0.5, atol=1e-9)
    swapped = over(model, held, ("x", "home"), usual(held), cutoff=0.5)
    assert sorted(line.x[0] for line in swapped.lines) == pytest.approx(sorted(at.values()))


def test_two_categories_are_parted_between_cells():
    draw = np.random.default_rng(1)
    a, b = draw.integers(0, 2, 1_000), draw.integers(0, 2, 1_000)
    bad = draw.random(1_000) < np.where(a == b, 0.8, 0.2)
    names = np.array(["p", "q"])
    model, held = fitted({"a": names[a], "b": names[b]}, bad, interactions=[["a", "b"]])
    found = over(model, held, ("a", "b"), usual(held), cutoff=0.5)
    assert len(found.lines) == 4  # each of the inner borders, as it is in exclusive or
    assert len(found.equation.pairs) == 1


def test_three_classes_have_regions_and_lines_between_them():
    draw = np.random.default_rng(2)
    place = draw.integers(0, 3, 900)
    x, y = draw.normal(np.array([0, 3, 0])[place], 1), draw.normal(np.array([0, 0, 3])[place], 1)
    data = pa.table({"x": x, "y": y, "class": np.array(["a", "b", "c"])[place]})
    model = train(data, TrainSpec.parse({"target": "class", "test_share": 0})).model
    held = background(model, data, np.arange(900), None, None, None)
    found = over(model, held, ("x", "y"), usual(held), whole=True)
    assert found.cutoff is None
    assert set(np.unique(found.region)) == {0, 1, 2}
    for line in found.lines:
        two = np.sort(model.probabilities(pa.table({"x": line.x, "y": line.y})), axis=1)
        np.testing.assert_allclose(two[:, -1], two[:, -2], atol=1e-9)
    one = over(model, held, ("x", "y"), usual(held), label="b", whole=True)
    assert len(one.parts) == 1
    assert one.parts[0].label == "b"


def test_what_cannot_be_drawn_is_refused_in_a_sentence():
    x, y, draw = square(200)
    model, held = fitted({"x": x, "y": y}, draw.random(200) < 0.5)
    axes = {name: axis_of(held.field(name), model) for name in ("x", "y")}
    strange = replace(axes["x"], field="nothing")
    for x_axis, y_axis, label in ((axes["x"], axes["x"], None), (axes["y"], strange, None), (axes["x"], axes["y"], "yes")):
        with pytest.raises(UnusableData) as refused:
            surface(model, (x_axis, y_axis), usual(held), cutoff=0.5, label=label)
        assert refused.value.fix


def test_a_small_ring_between_the_lines_of_the_grid_is_told_from_a_saddle():
    xs = ys = np.linspace(-1, 1, 41)
    grid = xs[None] * ys[:, None]
    lines = zero_lines(lambda a, b: a * b - 1e-6, xs, ys, grid - 1e-6)
    for x, y in lines:
        np.testing.assert_allclose(x * y, 1e-6, atol=1e-12)
    assert len(lines) == 2  # the branches do not cross


def test_the_fields_that_matter_most_stand_on_the_axes():
    x, y, draw = square()
    z = draw.normal(size=len(x))
    home = np.array(["own", "rent"])[draw.integers(0, 2, len(x))]
    bad = draw.random(len(x)) < 1 / (1 + np.exp(-0.2 * x - 2 * y - z))
    model, held = fitted({"x": x, "y": y, "z": z, "home": home}, bad)
    assert usual_fields(model, held) == ("y", "z")
    term, at = next((term, k) for k, term in enumerate(model.terms) if isinstance(term, CategoryTerm))
    share = np.mean(home == term.levels[0])
    weight = model.coefficients[0][1 + sum(t.width for t in model.terms[:at])]
    assert importance(model, held)["home"] == pytest.approx(abs(weight) * math.sqrt(share * (1 - share)))


def counted(**more: Any) -> Any:
    """3,000 rows, some without income, one code, one level that training never saw; classes drawn."""
    draw = np.random.default_rng(6)
    n = 3_000
    income = np.where(draw.random(n) < 0.1, np.nan, draw.uniform(0, 100, n))
    income[:40] = -9.0
    home = np.array(["own", "rent"])[draw.integers(0, 2, n)]
    home[-7:] = "tent"
    data = pa.table({"income": pa.array(income, from_pandas=True), "home": home})
    axes = (Axis("income", tuple(np.linspace(10, 90, 61))), Axis("home", levels=("own", "rent"), n_levels=2))
    rows, classes = np.arange(0, n, 2), (draw.random(n) < 0.25).astype(np.intp)
    found = boundary_rows(data, axes, (("-9",), ()), rows, classes, 2, "held_out", **more)
    return income, home, rows, classes, found


def test_rows_are_counted_in_cells_and_what_is_left_out_too():
    income, home, rows, classes, found = counted()
    gap = np.isnan(income[rows]) | (income[rows] == -9)
    inside = ~gap & (income[rows] >= 10) & (income[rows] <= 90) & (home[rows] != "tent")
    assert (found.n_rows, found.n_missing, found.n_drawn) == (len(rows), gap.sum(), inside.sum())
    assert found.n_outside == (~gap & ~inside).sum()
    assert np.array([cell.counts for cell in found.cells]).sum(axis=0).tolist() == np.bincount(classes[rows][inside]).tolist()
    width = 80 / BINS
    for cell in found.cells[::7]:
        there = inside & (np.abs(income[rows] - cell.x) < width / 2) & (home[rows] == ("own", "rent")[int(cell.y)])
        assert cell.counts == tuple(np.bincount(classes[rows][there], minlength=2))
    assert BoundaryRows.from_json(found.to_json()) == found


def test_the_sample_has_each_class_at_its_share_and_is_the_same_again():
    income, _, rows, classes, found = counted(score=np.linspace(0, 1, 3_000), seed=3)
    assert abs(len(found.points) - 400) <= 1
    share = np.mean([point.outcome for point in found.points])
    drawn = ~np.isnan(income[rows]) & (income[rows] >= 10) & (income[rows] <= 90)
    assert share == pytest.approx(classes[rows][drawn].mean(), abs=0.006)
    for point in found.points[::50]:  # the score is that of the very row
        row = round(point.score * 2_999)
        assert (income[row], classes[row]) == (point.x, point.outcome)
    assert counted(score=np.linspace(0, 1, 3_000), seed=3)[-1] == found
    assert counted(score=np.linspace(0, 1, 3_000), seed=4)[-1].points != found.points


def test_the_model_of_two_fields_is_trained_and_judged_as_the_run():
    x, y, draw = square()
    z = draw.normal(size=len(x))
    data = pa.table(
        {"x": x, "y": y, "z": z, "bad": np.where(draw.random(len(x)) < 1 / (1 + np.exp(-x - y - 2 * z)), "yes", "no")}
    )
    spec = TrainSpec.parse({"target": "bad", "bad_label": "yes", "penalty": "none"})
    full = train(data, spec)
    small = TrainSpec.parse({**spec.to_json(), "features": ["x", "y"]})
    found = two_field_model(data, small, full.result, full.row_scores)
    model, rows = FittedModel.from_json(found.model), full.row_scores.rows("held_out")
    chances, bad = model.probability_of_default(data)[rows], full.row_scores.is_bad[rows]
    assert (found.part, found.n_rows) == ("held_out", len(rows))
    assert found.own.auc == pytest.approx(roc_auc_score(bad, chances))
    assert found.full.auc == full.result.test.auc
    assert found.difference.auc == pytest.approx(found.own.auc - found.full.auc)
    assert found.difference.high < 0  # the third field tells a lot
    reference = LogisticRegression(C=np.inf, tol=1e-8).fit(np.column_stack([x, y])[full.row_scores.rows("training")],
                                                          full.row_scores.is_bad[full.row_scores.rows("training")])  # fmt: skip
    np.testing.assert_allclose(chances, reference.predict_proba(np.column_stack([x, y])[rows])[:, 1], atol=1e-4)
    assert TwoFieldModel.from_json(found.to_json()) == found
