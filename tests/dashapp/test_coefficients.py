"""The Coefficients page and its file: what is believed is shown, what is refused has its reason and two ways on."""

import csv
import io
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pytest
from dash.development.base_component import Component

from dashapp.tabs.evaluate.coefficients import coefficients
from dashapp.usecases import runs, sharing
from dashapp.usecases.desk import Desk
from dashapp.usecases.origins import Origin
from db.engine import Database
from pipeline.reading import check_and_open
from pipeline.spec import TrainSpec
from pipeline.training import train
from tests.dashapp.test_downloads import train as run_the_job
from tests.pipeline.tables import loans


def page(table: pa.Table, *, sees_dataset: bool = True, **options: object) -> list[Component]:
    """The page of a run on a table."""
    spec = TrainSpec.parse({"target": "outcome", "test_share": 0, **options})
    trained = train(table, spec)
    now = datetime.now(UTC)
    view = runs.RunView(
        id="r1",
        name="A run",
        note="",
        state="succeeded",
        stage="draft",
        dataset_id="d1",
        dataset_name="Loans",
        sees_dataset=sees_dataset,
        owner="Analyst",
        mine=True,
        spec=trained.spec,
        origin=Origin(),
        cutoff=0.5,
        cutoff_choice=None,
        cutoff_by=None,
        cutoff_at=None,
        result=trained.result,
        model_sha256="0",
        error=None,
        job=None,
        shared_with=(),
        created_at=now,
        finished_at=now,
    )
    return coefficients(view, trained.result)


def parts(tree: Any) -> Iterator[Any]:
    """Every component and text of a tree."""
    yield tree
    children = tree if isinstance(tree, list | tuple) else getattr(tree, "children", None)
    for child in children if isinstance(children, list | tuple) else [children]:
        if child is not None:
            yield from parts(child)


def words(tree: Any) -> str:
    return " ".join(part for part in parts(tree) if isinstance(part, str))


def links(tree: Any) -> list[str]:
    return [part.href for part in parts(tree) if getattr(part, "href", None)]


def test_a_fit_without_a_penalty_shows_its_tests_and_intervals():
    shown = page(loans(400, gaps=False), penalty="none")
    said = words(shown)
    for head in ("Std. error", "VIF", "Alone", "Likelihood-ratio test", "McFadden's R²", "AIC", "BIC"):
        assert head in said
    assert "refused" not in said
    assert "with 95% intervals" in said
    assert "The fit is converged" in said
    assert links(shown) == ["/api/runs/r1/coefficients.csv"]


@pytest.mark.parametrize(
    ("options", "why", "refit"),
    [
        ({"penalty": "l2"}, "the L2 penalty pulls", "Refit without penalty"),
        ({"penalty": "none", "class_weight": "balanced"}, "weighted by class", "Refit without weights"),
        ({"penalty": "l2", "resampling": "over"}, "the rows are resampled", "Refit without penalty and resampling"),
        ({"penalty": "l2", "solver": "liblinear"}, "the L2 penalty pulls", "Refit without penalty"),
    ],
)
def test_what_is_refused_has_its_reason_and_two_ways_on(options, why, refit):
    shown = page(loans(400), **options)
    said = words(shown)
    assert why in said
    assert "Std. error" not in said
    assert refit in said
    first, second, _csv = links(shown)
    assert first.startswith("/runs/new/d1?like=r1&penalty=none&class_weight=none&resampling=none")
    assert ("solver=auto" in first) == ("solver" in options)
    assert second == "/runs/new/d1?like=r1&bootstrap=200"


def test_without_the_data_set_there_is_no_way_on():
    assert links(page(loans(400), sees_dataset=False, penalty="l2")) == ["/api/runs/r1/coefficients.csv"]


def test_bootstrap_intervals_stand_where_errors_are_refused():
    shown = page(loans(400), penalty="l2", bootstrap=40)
    said = words(shown)
    assert "with 95% bootstrap intervals" in said
    assert "honest all the same" in said
    assert not any("bootstrap=200" in link for link in links(shown))


def test_separation_stands_first_and_offers_a_penalty():
    bad = [k >= 50 for k in range(100)]
    table = pa.table({"x": list(range(100)), "z": [k % 7 for k in range(100)], "outcome": ["bad" if b else "good" for b in bad]})
    shown = page(table, penalty="none", features=["x", "z"])
    assert "The classes are separated completely" in words(shown)
    assert "'x' separates the classes completely" in words(shown)
    assert links(shown)[0] == "/runs/new/d1?like=r1&penalty=l2"


def test_a_fit_that_ran_out_of_steps_offers_more():
    shown = page(loans(400), penalty="none", max_iterations=1)
    assert "The fit is not converged" in words(shown)
    assert links(shown)[0] == "/runs/new/d1?like=r1&solver=auto&max_iterations=10"


def test_three_classes_are_chosen_among_and_one_is_shown():
    shown = page(loans(600, classes=3), penalty="l2")
    cards = [part for part in parts(shown) if getattr(part, "className", "") == "sd-coef-class"]
    assert [card.hidden for card in cards] == [False, True]
    pressed = [getattr(part, "aria-pressed") for part in parts(shown) if hasattr(part, "data-coef-class")]
    assert pressed == ["true", "false"]


def test_a_sign_that_turns_is_said(public_data):
    table = check_and_open(public_data / "logit/ISLR_Default.csv", filename="ISLR_Default.csv").table()
    said = words(page(table, target="default", penalty="none", features=["balance", "income", "student"]))
    assert "against its own direction" in said
    assert "turned, within its error" in said  # income
    assert "Against its own direction: student: Yes." in said


def test_the_file_holds_every_estimate_with_all_its_digits(
    db: Database, browser: Callable[..., Any], desk_of: Callable[[str], Desk], start_run: Callable[..., str]
) -> None:
    run = start_run(500)
    analyst, stranger = browser(), browser()
    analyst.sign_in("analyst")
    stranger.sign_in("stranger")
    address = f"/api/runs/{run}/coefficients.csv"
    assert analyst.get(address).status_code == 404  # not trained yet
    run_the_job(db, run)
    answer = analyst.get(address)
    assert answer.status_code == 200
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    result = runs.get(desk_of("analyst"), run).result
    assert result is not None
    expected = (*result.intercepts, *result.coefficients)
    assert [float(row["estimate"]) for row in rows] == [row.estimate for row in expected]
    assert [row["field"] for row in rows] == [row.field for row in expected]
    assert stranger.get(address).status_code == 404
    sharing.share(desk_of("analyst"), "run", run, "stranger")
    assert stranger.get(address).data == answer.data
