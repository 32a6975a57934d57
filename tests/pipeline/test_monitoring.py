"""Newer rows against a run: the scores are the model's, and the metrics those of scikit-learn on the rows with an outcome."""

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from sklearn.metrics import brier_score_loss, roc_auc_score

from pipeline.errors import UnusableData
from pipeline.results import ScoreScale
from pipeline.scores.monitoring import monitored, newer_scores, outcomes
from pipeline.scores.scoring import ColumnScorer, ModelScorer, scored_table
from pipeline.spec import TrainSpec
from pipeline.training import train

CUTOFFS = tuple(float(k / 200) for k in range(201))


def loans(n: int, seed: int, *, shift: float = 0.0) -> pa.Table:
    draw = np.random.default_rng(seed)
    x, home = draw.normal(shift, 1, n), draw.choice(["own", "rent"], n)
    bad = draw.random(n) < 1 / (1 + np.exp(1.5 - x - 0.5 * (home == "rent")))
    return pa.table({"x": x, "home": home, "bad": np.where(bad, "yes", "no")})


@pytest.fixture(scope="module")
def trained():
    return train(loans(4_000, 1), TrainSpec.parse({"target": "bad", "bad_label": "yes", "features": ["x", "home"]}))


def looked_at(trained, table, **more):
    part = scored_table(ModelScorer(trained.model), table, "bad" if "bad" in table.schema.names else None, ("no", "yes"))
    newer = newer_scores(part.score, part.is_bad)
    given = {"cutoff": 0.3, "cutoffs": CUTOFFS, "dataset_name": "Later", "unseen": part.unseen, "notes": part.notes, **more}
    return part, monitored(trained.row_scores, newer, **given)


def test_metrics_are_those_of_the_rows_that_have_an_outcome(trained):
    table = loans(3_000, 2, shift=0.5)
    known = np.arange(3_000) % 3 > 0
    table = table.set_column(2, "bad", pa.array(table.column("bad").to_pylist(), mask=~known))
    part, found = looked_at(trained, table)
    bad = np.array([value == "yes" for value in table.column("bad").to_pylist()])[known]
    score = trained.model.probability_of_default(table)
    assert found.metrics.n_rows == known.sum()
    assert found.metrics.auc == pytest.approx(roc_auc_score(bad, score[known]))
    assert found.metrics.brier_score == pytest.approx(brier_score_loss(bad, score[known]))
    assert found.expected_bad == pytest.approx(score[known].sum())
    assert (found.n_rows, found.n_scored) == (3_000, 3_000)
    assert found.approval_newer == pytest.approx((score < 0.3).mean())
    np.testing.assert_array_equal(part.score, score)


def test_the_same_population_is_stable_and_another_is_not(trained):
    _, same = looked_at(trained, loans(4_000, 3))
    _, other = looked_at(trained, loans(4_000, 3, shift=1.0))
    assert same.psi < 0.02
    assert other.psi > 0.25
    assert sum(band.n_newer for band in other.bands) == 4_000
    assert sum(band.n_reference for band in other.bands) == trained.result.data.n_train


def test_without_an_outcome_nothing_is_judged(trained):
    _, found = looked_at(trained, loans(200, 4).drop_columns(["bad"]))
    assert (found.metrics, found.scores, found.expected_bad) == (None, None, None)
    assert found.psi is not None


def test_unseen_levels_and_strange_outcomes_are_counted(trained):
    table = pa.table({"x": [0.0, 1.0, 2.0], "home": ["boat", "own", "boat"], "bad": ["yes", "no", "maybe"]})
    part, found = looked_at(trained, table)
    assert found.unseen == (("home", 2),)
    assert part.is_bad.tolist() == [1, 0, -1]
    assert "neither 'no' nor 'yes'" in found.notes[0]


def test_a_row_that_is_too_large_to_be_scored_has_no_score_and_is_told(trained):
    model = replace(trained.model, coefficients=tuple(tuple(1e300 * one for one in row) for row in trained.model.coefficients))
    score, _, notes = ModelScorer(model).scores(pa.table({"x": [1.0, 1e200], "home": ["own", "own"]}))
    assert np.isnan(score).tolist() == [False, True]
    assert notes == ("Some rows hold values too large to be scored; they have no score.",)


def test_not_bad_is_every_other_label():
    values = pa.chunked_array([["late", "paid", None], ["gone"]])
    assert outcomes(values, ("not late", "late")).tolist() == [1, 0, -1, 0]
    assert outcomes(values, ("paid", "late")).tolist() == [1, 0, -1, -1]


@pytest.mark.parametrize(("higher_is", "places"), [("bad", [0.0, 0.5, 1.0]), ("good", [1.0, 0.5, 0.0])])
def test_a_column_is_scored_by_its_place_and_not_beyond_the_ends(higher_is, places):
    scorer = ColumnScorer(ScoreScale("points", 300.0, 700.0, higher_is, is_probability=False))
    score, unseen, notes = scorer.scores(pa.table({"points": [300.0, 500.0, 700.0]}))
    assert score.tolist() == places
    assert (unseen, notes) == ({}, ())
    score, _, notes = scorer.scores(pa.table({"points": [250.0, None, 900.0]}))
    assert score[[0, 2]].tolist() == [places[0], places[2]]
    assert np.isnan(score[1])
    assert "beyond" in notes[0]


def test_a_column_of_words_is_no_score():
    with pytest.raises(UnusableData, match="holds no numbers"):
        ColumnScorer(ScoreScale("points", 0, 1, "bad", is_probability=True)).scores(pa.table({"points": ["high"]}))
