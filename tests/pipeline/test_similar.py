"""The nearest applicants against scikit-learn's NearestNeighbors on the written-out contributions."""

import numpy as np
import pyarrow as pa
import pytest
from sklearn.neighbors import NearestNeighbors

from pipeline.evaluation.intervals import wilson_interval
from pipeline.explain_results import AVERAGE, Reference
from pipeline.explaining.exact import contributions
from pipeline.explaining.similar import similar
from pipeline.model import FittedModel
from pipeline.similar_results import Similar
from pipeline.terms import design_of
from tests.pipeline.test_changes import KINDS, applicant_of, model_and_background

N = 400


def chunks(rows: pa.Table, size: int) -> list[pa.Table]:
    return [rows.slice(start, size) for start in range(0, rows.num_rows, size)]


def profiles(model: FittedModel, rows: pa.Table) -> np.ndarray:
    """Contributions of every field and product: the distance is the same whatever they are counted from."""
    design, _ = design_of(model.frame(rows), model.terms)
    somewhere = Reference(AVERAGE, "", 1, tuple(np.linspace(0, 1, design.width)))
    return contributions(model, design, somewhere)[1]


@pytest.mark.parametrize("kind", KINDS)
def test_the_nearest_are_those_of_scikit_learn(kind: str) -> None:
    model, _, rows = model_and_background(KINDS[kind], 7, N)
    draw = np.random.default_rng(1)
    part, classes = draw.integers(-1, 3, N).astype(np.int8), draw.integers(-1, 2, N)
    own = int(np.flatnonzero((part >= 0) & (classes >= 0))[5])
    used = np.flatnonzero((part >= 0) & (classes >= 0) & (np.arange(N) != own))
    found = similar(model, applicant_of(rows, model, own), chunks(rows, 64), part, classes, own=own, most=20)
    all_profiles = profiles(model, rows)
    distances, places = (
        NearestNeighbors(n_neighbors=20, algorithm="brute").fit(all_profiles[used]).kneighbors(all_profiles[[own]])
    )
    assert [one.distance for one in found.rows] == pytest.approx(distances[0], abs=1e-7)
    exact = np.round(np.sqrt(((all_profiles[used] - all_profiles[own]) ** 2).sum(axis=1)), 9)
    assert [one.row for one in found.rows][:5] == used[np.lexsort((used, exact))[:5]].tolist()
    assert len(set(places[0])) == 20
    assert (found.n_rows, found.label, found.fields) == (len(used), "bad", model.fields)
    assert dict(found.parts) == {
        name: int((part[used] == k).sum()) for k, name in enumerate(("training", "validation", "held_out"))
    }
    chances = model.probability_of_default(rows)
    for one in found.rows:
        assert one.probability == pytest.approx(chances[one.row], rel=1e-12)
        assert one.outcome == ("good", "bad")[classes[one.row]]
        assert one.part == ("training", "validation", "held_out")[part[one.row]]
        assert dict(zip(found.fields, one.values, strict=True)) == applicant_of(rows, model, one.row)
    near = used[exact <= np.sort(exact)[19] + 1e-8]  # bins of weight of evidence make ties
    n_bad = int((classes[near] == 1).sum())
    assert found.n_nearest == len(near)
    assert (found.n_of_label, found.interval) == (n_bad, wilson_interval(n_bad, len(near)))
    assert found.n_training == (part[near] == 0).sum()
    assert Similar.from_json(found.to_json()) == found


def test_it_does_not_matter_how_the_rows_come() -> None:
    """Twins are in every chunk: of rows at the same distance the first ones are taken."""
    model, _, rows = model_and_background({}, 7, 50)
    twins = pa.concat_tables([rows] * 4)
    part, classes = np.zeros(200, np.int8), np.zeros(200, np.intp)
    values = applicant_of(rows, model, 3)
    found = [similar(model, values, chunks(twins, size), part, classes, most=7) for size in (200, 64, 7, 1)]
    assert all(one == found[0] for one in found)
    assert found[0].tied == (1, 0, 1)  # the fourth twin of the second nearest, good and of training
    assert [one.row for one in found[0].rows[:4]] == [3, 53, 103, 153]
    assert [one.distance for one in found[0].rows[:4]] == [0.0] * 4


@pytest.mark.parametrize("size", [1000, 64, 9])
def test_those_as_near_as_the_last_one_count_though_they_are_not_listed(size: int) -> None:
    """One level is all that is known, and the file is sorted by the outcome: its first rows would tell of goods alone."""
    model, _, rows = model_and_background({}, 7, 5)
    many = pa.concat_tables([rows.slice(3, 1)] * 240 + [rows.slice(1, 1)] * 60)
    part, classes = np.tile([0, 2], 150).astype(np.int8), np.repeat([0, 1, 0], [150, 90, 60])
    found = similar(model, applicant_of(rows, model, 3), chunks(many, size), part, classes, most=50)
    assert [one.row for one in found.rows] == list(range(50))
    assert found.tied == (190, 90, 95)
    assert (found.n_nearest, found.n_of_label, found.n_training) == (240, 90, 120)
    assert found.interval == wilson_interval(90, 240)
    assert Similar.from_json(found.to_json()) == found


def test_few_rows_and_none() -> None:
    model, _, rows = model_and_background({}, 7, 50)
    part, classes = np.full(50, -1, np.int8), np.zeros(50, np.intp)
    values = applicant_of(rows, model, 3)
    nobody = similar(model, values, chunks(rows, 20), part, classes)
    assert (nobody.rows, nobody.n_rows, nobody.parts, nobody.interval) == ((), 0, (), (None, None))
    part[[4, 40]] = 2
    two = similar(model, values, chunks(rows, 20), part, classes)
    assert {one.row for one in two.rows} == {4, 40}
    assert two.parts == (("held_out", 2),)


def test_rows_that_are_too_large_to_be_scored_are_near_nobody() -> None:
    model, _, rows = model_and_background({"degree": 3, "degree_columns": ["age"]}, 7, 50)
    age = rows["age"].to_pylist()
    for row in (0, 1, 2, 30):
        age[row] = 1e200
    rows = rows.set_column(rows.schema.get_field_index("age"), "age", pa.array(age, pa.float64()))
    found = similar(model, applicant_of(rows, model, 3), chunks(rows, 3), np.zeros(50, np.int8), np.zeros(50, np.intp))
    assert {one.row for one in found.rows} == set(range(50)) - {0, 1, 2, 30}
    assert (found.n_rows, found.parts, found.rows[0].row) == (46, (("training", 46),), 3)
