"""Which rows a filter wants: held against numpy on the columns and scores as they are stored, for the whole cast."""

import csv
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from dashapp.usecases import cutoffs, finding, predictions, runs, sharing, wanted_rows
from dashapp.usecases.desk import Desk
from dashapp.usecases.errors import InvalidSpec, NotFound, Refused
from dashapp.usecases.filters import ERRORS, ORDERS, PARTS, Condition, Filter
from dashapp.usecases.matching import mask_of
from dashapp.usecases.runs import RunView
from db import scores
from pipeline.cutoffs.points import Scaling, rounded
from pipeline.model import FittedModel
from pipeline.scores.row_scores import PARTS as SCORED_PARTS
from pipeline.scores.row_scores import RowScores
from tests.dashapp.payload_pages import trained
from tests.dashapp.prepared import only_run, prepared
from tests.dashapp.uploading import upload

N = 400
HOMES = ("own", "rent", "Own", "mortgage: 2nd")


def some_rows() -> list[dict[str, str]]:
    """A table with gaps in every column but the outcome."""
    rng = np.random.default_rng(2)
    income, age = rng.normal(40, 12, N).round(1), rng.integers(18, 70, N)
    home = rng.choice(HOMES, N)
    day = np.datetime64("2024-01-01") + rng.integers(0, 60, N)
    bad = rng.random(N) < 1 / (1 + np.exp(1 + (income - 40) / 10))
    gaps = rng.random((4, N)) < 0.1
    columns = [np.where(gap, "", values.astype(str)) for gap, values in zip(gaps, (income, age, home, day), strict=True)]
    names = ("income", "age", "home", "day")
    return [
        {**dict(zip(names, map(str, cells), strict=True)), "bad": "yes" if is_bad else "no"}
        for *cells, is_bad in zip(*columns, bad, strict=True)
    ]


def a_run(desk: Desk, folder: Path) -> str:
    rows, path = some_rows(), folder / "loans.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    asked = {"target": "bad", "bad_label": "yes", "cutoff": 0.3, "features": ["income", "age", "home"], "validation_share": 0.1}
    return trained(desk, upload(desk, path), asked)


settings = prepared(a_run)


@pytest.fixture
def rows() -> list[dict[str, str]]:
    return some_rows()


@pytest.fixture
def view(desk: Desk) -> RunView:
    return runs.get(desk, only_run(desk))


@pytest.fixture
def said(desk: Desk, view: RunView) -> RowScores:
    with desk.db.read() as session:
        stored = scores.read(session, run_id=view.id, dataset_id=view.dataset_id)
    assert stored is not None
    return RowScores.from_arrow(stored)


def found(desk: Desk, view: RunView, query: str) -> list[int]:
    return [int(row) for row in finding.matching(desk, view, Filter.parse(query))]


def where(rows: list[dict[str, str]], fits: Callable[[dict[str, str]], bool]) -> list[int]:
    return [number for number, row in enumerate(rows) if fits(row)]


CONDITIONS: tuple[tuple[str, Callable[[dict[str, str]], bool]], ...] = (
    ("income:least:41.5", lambda row: row["income"] != "" and float(row["income"]) >= 41.5),
    ("income:most:41.5", lambda row: row["income"] != "" and float(row["income"]) <= 41.5),
    ("age:is:30", lambda row: row["age"] == "30"),
    ("age:not:30", lambda row: row["age"] != "30"),
    ("age:is:30.0", lambda row: row["age"] == "30"),
    ("home:is:own", lambda row: row["home"].lower() == "own"),
    ("home:not:own", lambda row: row["home"].lower() != "own"),
    ("home:contains:N", lambda row: "n" in row["home"].lower()),
    ("home:contains:.", lambda row: "." in row["home"]),
    ("home:is:mortgage: 2nd", lambda row: row["home"] == "mortgage: 2nd"),
    ("home:missing:", lambda row: row["home"] == ""),
    ("income:missing:", lambda row: row["income"] == ""),
    ("day:missing:", lambda row: row["day"] == ""),
    ("day:is:2024-01-15", lambda row: row["day"] == "2024-01-15"),
    ("day:not:2024-01-15", lambda row: row["day"] != "2024-01-15"),
    ("day:least:2024-01-15", lambda row: row["day"] >= "2024-01-15"),
    ("day:most:2024-01-15", lambda row: "" < row["day"] <= "2024-01-15"),
)


def test_a_condition_wants_the_rows_that_python_finds(desk: Desk, view: RunView, rows: list[dict[str, str]]) -> None:
    for text, fits in CONDITIONS:
        wanted = where(rows, fits)
        assert found(desk, view, f"part=all&where={text}") == wanted, text
        assert 0 < len(wanted) < N or text.endswith("."), f"{text} tells nothing apart"


def test_whole_numbers_are_compared_to_their_last_digit_and_dates_to_their_last_day() -> None:
    """Beside 2**53 neighbours are one floating-point number; the year 10,000 is none that a date can have."""
    account = pa.array([2**53, 2**53 + 1, 2**62 + 1, -5, None], pa.int64())
    day = pa.array([date(9999, 12, 31), date(2024, 7, 31), None])
    for values, operator, text, wanted in (
        (account, "is", str(2**53 + 1), [1]),
        (account, "not", str(2**62 + 1), [0, 1, 3, 4]),
        (account, "is", "2.5", []),
        (account, "not", "2.5", [0, 1, 2, 3, 4]),
        (account, "least", "-5.5", [0, 1, 2, 3]),
        (account, "most", "−4,5", [3]),
        (account, "most", "1e300", [0, 1, 2, 3]),
        (day, "is", "9999-12-31", [0]),
        (day, "least", "2024-07-31T00:00:01", [0]),
        (day, "most", "2024-07-31", [1]),
    ):
        found = mask_of(values, Condition("a", operator, text))
        assert np.flatnonzero(found).tolist() == wanted, (operator, text)
    with pytest.raises(InvalidSpec, match="without a time zone"):
        mask_of(day, Condition("a", "is", "2024-07-31T00:00+02:00"))


def test_all_conditions_hold_together(desk: Desk, view: RunView, rows: list[dict[str, str]]) -> None:
    (first, one), (second, two) = CONDITIONS[0], CONDITIONS[6]
    wanted = where(rows, lambda row: one(row) and two(row))
    assert found(desk, view, f"part=all&where={first}&where={second}") == wanted


def test_parts_errors_and_bands_are_those_of_the_stored_scores(desk: Desk, view: RunView, said: RowScores) -> None:
    def rows(mask: NDArray[np.bool_]) -> list[int]:
        return [int(row) for row in np.flatnonzero(mask)]

    held_out = said.part == SCORED_PARTS.index("held_out")
    assert found(desk, view, "") == rows(held_out)
    assert found(desk, view, "part=training") == rows(said.part == 0)
    assert found(desk, view, "part=validation") == rows(said.part == 1)
    assert found(desk, view, "part=all") == list(range(N))
    missed = held_out & (said.is_bad == 1) & (said.score < 0.3)
    rejected = held_out & (said.is_bad == 0) & (said.score >= 0.3)
    assert found(desk, view, "error=missed_bads") == rows(missed)
    assert found(desk, view, "error=rejected_goods") == rows(rejected)
    assert found(desk, view, "error=wrong") == rows(missed | rejected)
    assert missed.any()
    assert rejected.any()
    assert found(desk, view, "part=all&low=0.2&high=40%25") == rows((said.score >= 0.2) & (said.score <= 0.4))
    points = np.array([rounded(Scaling().points(one)) for one in said.score])
    assert found(desk, view, "part=all&unit=points&low=500&high=520") == rows((points >= 500) & (points <= 520))


def test_the_order_is_that_of_the_scores_or_at_random_by_the_seed(desk: Desk, view: RunView, said: RowScores) -> None:
    by_row = found(desk, view, "")
    riskiest, safest = found(desk, view, "order=riskiest"), found(desk, view, "order=safest")
    assert riskiest == sorted(by_row, key=lambda row: (-said.score[row], row))
    assert safest == sorted(by_row, key=lambda row: (said.score[row], row))
    shuffled = found(desk, view, "order=random&seed=5")
    assert shuffled == found(desk, view, "order=random&seed=5")
    assert sorted(shuffled) == by_row
    assert by_row != shuffled != found(desk, view, "order=random&seed=6")


def test_pages_hold_all_rows_once_and_their_own_values(desk: Desk, view: RunView, rows: list[dict[str, str]]) -> None:
    wanted = Filter.parse("part=all&order=riskiest")
    first = finding.page_of(desk, view, wanted, 1, ("income", "home"))
    assert (first.n_rows, first.n_all, first.n_pages) == (N, N, N // finding.ON_A_PAGE)
    pages = [finding.page_of(desk, view, wanted, page + 1, ("income", "home")) for page in range(first.n_pages)]
    shown = [row for page in pages for row in page.rows]
    assert [row.number for row in shown] == list(finding.matching(desk, view, wanted))
    for row in shown:
        income, home = rows[row.number]["income"], rows[row.number]["home"]
        assert row.values == (float(income) if income else None, home or None)
        assert row.is_bad == (rows[row.number]["bad"] == "yes")
    assert finding.page_of(desk, view, wanted, 10**9).page == first.n_pages
    assert finding.page_of(desk, view, wanted, 1, ("nowhere",)).columns == ()


def test_neighbours_are_those_of_the_list(desk: Desk, view: RunView) -> None:
    wanted = Filter.parse("order=safest")
    listed = [int(row) for row in finding.matching(desk, view, wanted)]
    place = finding.place_of(desk, view, wanted, listed[1])
    assert (place.at, place.n_rows, place.before, place.after) == (2, len(listed), listed[0], listed[2])
    assert finding.place_of(desk, view, wanted, listed[-1]).after is None
    outside = next(row for row in range(N) if row not in set(listed))
    assert finding.place_of(desk, view, wanted, outside).at is None
    assert finding.one_at_random(desk, view, wanted) in set(listed)
    assert finding.one_at_random(desk, view, Filter.parse("where=home:is:castle")) is None


def test_a_condition_that_does_not_fit_its_column_says_so(desk: Desk, view: RunView) -> None:
    for query, says in (
        ("where=wage:is:3", "no column 'wage'"),
        ("where=income:contains:3", "'income' holds numbers"),
        ("where=income:least:much", "give one in place of 'much'"),
        ("where=home:least:own", "'home' holds texts"),
        ("where=day:is:soon", "such as 2024-07-31"),
        ("where=day:contains:2024", "'day' holds dates"),
    ):
        with pytest.raises(InvalidSpec, match=says):
            finding.matching(desk, view, Filter.parse(f"part=all&{query}"))


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("part=some", "part"), ("error=none", "error"), ("unit=euro", "unit"), ("order=up", "order"), ("seed=-1", "seed"),
        ("seed=1e99", "seed"), ("low=much", "low"), ("low=1.5", "low"), ("high=nan", "high"), ("low=0.5&high=0.2", "high"),
        ("unit=points&low=30%25", "low"), ("where=a", "where"), ("where=a:like:b", "where"), ("where=a:is:", "where"),
        ("where=:is:b", "where"), ("where=a:is:" + "x" * 201, "where"),
        ("&".join(f"where=a:is:{i}" for i in range(13)), "where"),
    ],
)  # fmt: skip
def test_an_address_that_cannot_be_used_has_a_sentence(query: str, field: str) -> None:
    with pytest.raises(InvalidSpec) as caught:
        Filter.parse(query)
    assert list(caught.value.problems) == [field]
    assert caught.value.problems[field].endswith(".")
    unit = {"unit": "points"} if "unit=points" in query else {}
    conditions = () if field == "where" else (("where", "b:is:1"),)
    wanted, problems = Filter.sound("&".join([query, *("=".join(one) for one in conditions)]))
    assert problems == caught.value.problems
    assert wanted == Filter.of(unit, [text for _, text in conditions])  # what else was asked for is kept


WORDS = st.characters(exclude_characters="\0", exclude_categories=("Cs",))  # what a column, a level or a label may hold
CONDITION = st.builds(
    Condition, st.text(WORDS, min_size=1, max_size=20), st.sampled_from(("is", "not", "least", "most", "contains")),
    st.text(WORDS, min_size=1, max_size=20).filter(lambda text: text.strip() != ""),
)  # fmt: skip
FILTERS = st.builds(
    Filter,
    conditions=st.lists(CONDITION, max_size=4, unique=True).map(tuple),
    part=st.sampled_from(PARTS),
    error=st.sampled_from(ERRORS),
    low=st.none() | st.floats(0, 0.5).map(lambda x: round(x, 6)),
    high=st.none() | st.floats(0.5, 1).map(lambda x: round(x, 6)),
    order=st.sampled_from(ORDERS),
    seed=st.integers(0, 2**32 - 1),
    came=st.text(WORDS, max_size=20),
    predicted=st.text(WORDS, max_size=20),
)


@hypothesis_settings(deadline=None)
@given(FILTERS)
def test_a_filter_comes_back_from_its_address_and_from_json(wanted: Filter) -> None:
    assert Filter.parse("?" + wanted.query()) == wanted
    assert Filter.from_json(wanted.to_json()) == wanted


@hypothesis_settings(deadline=None)
@given(st.text(max_size=200) | st.none() | st.integers() | st.lists(st.text()))
def test_any_address_gives_a_filter_or_sentences(given: Any) -> None:
    wanted, problems = Filter.sound(given)
    assert Filter.parse(wanted.query()) == wanted
    assert all(isinstance(sentence, str) and sentence for sentence in problems.values())


def test_only_who_sees_the_rows_finds_them(desk_of: Callable[[str], Desk], desk: Desk, view: RunView) -> None:
    sharing.share(desk, "run", view.id, "colleague")
    seen = runs.get(desk_of("colleague"), view.id)
    for look in (finding.matching, finding.place_of, finding.one_at_random, finding.page_of):
        more = {finding.place_of: (0,), finding.page_of: (1,)}.get(look, ())
        with pytest.raises(Refused, match="without its data set"):
            look(desk_of("colleague"), seen, Filter(), *more)
        with pytest.raises(NotFound):
            look(desk_of("stranger"), seen, Filter(), *more)
    finding.matching(desk, view, Filter())  # what the owner has kept is nobody else's
    with pytest.raises(NotFound):
        finding.matching(desk_of("stranger"), view, Filter())
    sharing.share(desk, "dataset", view.dataset_id, "colleague")
    assert len(finding.matching(desk_of("colleague"), seen, Filter()))


def test_another_cutoff_has_other_errors(desk: Desk, view: RunView, said: RowScores) -> None:
    before = found(desk, view, "error=missed_bads")
    cutoffs.save(desk, view.id, 0.5, {"rule": "by_hand"})
    assert set(before) < set(found(desk, view, "error=missed_bads"))


def test_three_classes_are_found_by_part_column_and_prediction(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(4)
    kinds = np.array(["red", "rose", "white"])[np.clip(np.arange(150) % 17 // 6 + rng.integers(-1, 2, 150), 0, 2)]
    path = tmp_path / "wines.csv"
    path.write_text("x,kind\n" + "".join(f"{i % 17},{kind}\n" for i, kind in enumerate(kinds)), encoding="utf-8")
    view = runs.get(desk, trained(desk, upload(desk, path), {"target": "kind", "folds": 0}))
    assert view.result is not None
    assert len(found(desk, view, "")) == view.result.data.n_test
    assert found(desk, view, "part=all&where=kind:is:rose") == [int(row) for row in np.flatnonzero(kinds == "rose")]
    model = FittedModel.from_json(runs.model_json(desk, view.id) or "")
    chances = model.probabilities(pa.table({"x": np.arange(150.0) % 17}))
    predicted = np.array(model.labels)[chances.argmax(axis=1)]
    page = finding.page_of(desk, view, Filter.parse("part=all&order=random"), 1, ("x",))
    for row in page.rows:
        at = row.number
        assert (row.came, row.predicted, row.score) == (kinds[at], predicted[at], pytest.approx(chances[at].max()))
        assert (row.is_bad, row.values) == (None, (at % 17,))
    for query, mask in (
        ("error=wrong", predicted != kinds),
        ("came=rose", kinds == "rose"),
        ("predicted=red", predicted == "red"),
        ("error=wrong&came=rose", (kinds == "rose") & (predicted != "rose")),
        ("came=white&predicted=red", (kinds == "white") & (predicted == "red")),
    ):
        assert found(desk, view, f"part=all&{query}") == [int(row) for row in np.flatnonzero(mask)], query
        assert 0 < mask.sum() < len(mask), f"{query} tells nothing apart"
    for query, says in (
        ("order=riskiest", "three classes"),
        ("error=missed_bads", "three classes"),
        ("came=blue", "no class 'blue'"),
    ):
        with pytest.raises(InvalidSpec, match=says):
            found(desk, view, query)
    monkeypatch.setattr(predictions, "MOST_AT_ONCE", 10)
    with pytest.raises(Refused, match="10 rows are at most"):
        found(desk, view, "part=all&predicted=white")
    assert found(desk, view, "where=x:is:3&predicted=white") == [
        row for row in found(desk, view, "where=x:is:3") if predicted[row] == "white"
    ]


def test_equal_scores_stay_in_the_order_of_the_rows() -> None:
    rng = np.random.default_rng(6)
    for values in (
        rng.integers(0, 9, 5_000) / 9,
        np.full(40, 0.5),
        rng.random(300),
        np.array([np.inf, 0.5, np.inf]),
        np.empty(0),
    ):
        assert wanted_rows._ascending(values).tolist() == np.argsort(values, kind="stable").tolist()
