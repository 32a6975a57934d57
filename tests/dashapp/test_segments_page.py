"""The Segments tab: its address, its words, what each state shows, and the size of what is sent."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from dash import Dash
from dash._utils import to_json as dash_json
from hypothesis import given
from hypothesis import strategies as st

from dashapp.tabs.segments import drawing, own_cutoffs, results, searching, tables
from dashapp.tabs.segments.bar import beside_options, chips, reference_options
from dashapp.tabs.segments.words import words_of
from dashapp.usecases import runs, segments, sharing, training
from dashapp.usecases.desk import Desk
from dashapp.usecases.segment_address import BESIDE, LOOKED_FOR, Address, place_of, place_text
from dashapp.usecases.segment_looks import look
from db import leases
from pipeline.results import ScoreScale
from pipeline.segment_results import SegmentTable
from tests.dashapp.segment_pages import FEW, OFFERED, OWN, PAIR, RENT, TABLE, WORST, found, looked, many
from tests.dashapp.test_tune_payload import VIEW
from tests.dashapp.uploading import upload

WORDS = words_of(VIEW, ("no", "yes"))
CHURN = words_of(replace(VIEW, dataset_name="Customers", spec=replace(VIEW.spec, target="Churn")), ("No", "Yes"))


def to_json(parts: Any) -> str:
    """As it is sent, but for the signs that Dash escapes."""
    return str(dash_json(parts)).replace("\\u002f", "/").replace("\\u003c", "<").replace("\\u003e", ">")


names = st.text(min_size=1, max_size=12)
groups = st.lists(names, min_size=1, max_size=3).map(tuple)


@given(
    by=st.lists(groups, min_size=1, max_size=4, unique=True).map(tuple),
    cutoff=st.none() | st.integers(0, 1000).map(lambda n: n / 1000),
    references=st.dictionaries(groups, names, max_size=2),
    beside=st.sampled_from(BESIDE),
    looked_for=st.sampled_from(LOOKED_FOR),
)
def test_an_address_comes_back(by: Any, cutoff: Any, references: Any, beside: str, looked_for: str) -> None:
    """Whatever columns and levels are called."""
    places = {group: (level,) * len(group) for group, level in references.items()}
    address = Address(by, cutoff, places, beside, looked_for)
    assert Address.parse(address.query()) == address


@pytest.mark.parametrize("search", [None, 7, "", "?", "?cutoff=much&reference=a&beside=x&looked_for=y", "?cutoff=7&by="])
def test_a_hand_made_address_says_nothing(search: Any) -> None:
    address = Address.parse(search)
    assert replace(address, by=None) == Address()
    assert not address.by


def test_the_address_is_readable() -> None:
    address = Address((("age",), ("home", "purpose")), 0.25, {("home",): ("OWN",)})
    assert address.query() == "?by=age&by=home%2Apurpose&cutoff=0.25&reference=home%3DOWN"
    assert place_of(place_text(("a=b", "c*d"), ("x%", "="))) == (("a=b", "c*d"), ("x%", "="))


def test_who_is_approved_less_than_four_fifths_as_often_stands_in_the_title() -> None:
    """Below 0.2 are 320 of 500 owners and 100 of 500 tenants: 0.2 over 0.64."""
    page = looked()
    assert drawing.title(page, WORDS) == "rent is approved 0.31 times as often as own"
    assert "also has more bads (40% against 12%)" in drawing.caption(page, WORDS)
    assert "does not settle the matter" in drawing.caption(page, WORDS)
    (rent,) = page.below()
    assert rent.levels == ("rent",)
    everybody = looked(cutoff=1.0)
    assert drawing.title(everybody, WORDS) == "No group is approved less than four fifths as often as its reference"
    alone = looked(replace(TABLE, segments=(OWN,)))
    assert drawing.title(alone, WORDS) == "Approval rate and other rates by group"


def test_several_below_and_columns_without_any() -> None:
    other = [replace(one, by=("town",), levels=(name,)) for one, name in ((OWN, "north"), (OWN, "south"))]
    third = replace(RENT, levels=("lodge",))
    page = looked(replace(TABLE, by=(("home",), ("town",)), segments=(OWN, RENT, third, FEW, *other)))
    assert drawing.title(page, WORDS).endswith("less than four fifths as often as the reference; no group of town is")


def test_too_few_is_said_in_words_and_drawn_as_such() -> None:
    page = looked()
    rows = drawing.rows(page, "false_negative_rate", WORDS)
    few = rows[2]
    assert [dot.value for dot in few.dots] == [None] * 3
    assert few.dots[0].why == "too few, 19 rows"
    assert few.bad_rate == "–"
    assert "too few, 19 rows" in to_json(results.main_card(page, "auc", WORDS, "light", False))


def test_words_are_those_of_credit_or_the_users_own() -> None:
    assert WORDS.rates["false_negative_rate"] == "Bads approved"
    assert CHURN.rates["false_negative_rate"] == "Yes predicted No"
    assert CHURN.why(looked().rates[2].false_negative_rate) == "too few, 19 rows"
    bads = replace(looked().rates[2].false_negative_rate, too_few="too few, 5 bads")
    assert CHURN.why(bads) == "too few, 5 'Yes'"
    text = to_json(results.results(VIEW, looked(), "false_negative_rate", CHURN, "light", narrow=False, csv="/c"))
    assert "approved" not in text.replace("approved less often", "")
    assert "Bads" not in text


def test_rows_held_out_by_date_are_called_out_of_time() -> None:
    later = replace(VIEW, spec=replace(VIEW.spec, split="date", split_column="day"))
    assert "held-out rows" in drawing.under(looked(), WORDS)
    assert "out-of-time rows" in drawing.under(looked(), words_of(later, ("no", "yes")))


def test_no_word_judges_what_is_lawful() -> None:
    text = to_json(results.results(VIEW, looked(), "auc", WORDS, "light", narrow=False, csv="/c")).lower()
    for word in ("complies", "compliant", "illegal", "discriminat", "unfair"):
        assert word not in text


@pytest.mark.parametrize("beside", BESIDE)
def test_any_rate_may_stand_beside(beside: str) -> None:
    page = looked()
    panel = drawing.panels(page, beside, WORDS)[2]
    dots = [row.dots[2] for row in drawing.rows(page, beside, WORDS)]
    assert panel.title == WORDS.rates[beside]
    assert dots[0].value == getattr(page.rates[0], beside).value
    assert beside in {option["value"] for option in beside_options(WORDS)}


@pytest.mark.parametrize("n", [100, 1000])
@pytest.mark.parametrize("narrow", [True, False])
def test_the_page_stays_small_whatever_the_groups(n: int, narrow: bool) -> None:
    page = looked(many(n))
    table = page.table
    body = to_json(results.results(VIEW, page, "false_negative_rate", WORDS, "light", narrow=narrow, csv="/c"))
    head = to_json([reference_options(table), chips("/p", Address(), table.by, OFFERED), found(VIEW, WORST)])
    assert len(body) + len(head) < 150_000, (len(body), len(head))
    if n > 100:
        assert "Drawn are the first 100 of 1,000 groups" in body


def test_chips_lead_to_the_groups_without_them() -> None:
    text = to_json(chips("/p", Address(cutoff=0.3), (("home",), ("age",)), OFFERED))
    assert "/p?by=age&cutoff=0.3" in text
    assert "Remove home" in text
    assert "by=home&by=age&by=income" in text
    alone = to_json(chips("/p", Address(), (("home",),), OFFERED))
    assert "Remove home" not in alone  # one must stay
    assert "Column" not in to_json(chips("/p", Address(), (("home",),), ()))  # nothing can be added without the data set


def test_own_cutoffs_change_all_rows_by_what_they_change_in_a_group() -> None:
    """Tenants at 0.4 in place of 0.2: 30 + 40 bads and 70 + 100 goods are approved, 240 of 500; all rows 140 more."""
    page = looked()
    overall, lines, _ = own_cutoffs.results(page, None, [0.2, 0.4, None], WORDS)
    assert len(lines) == 3
    assert "20.0% → 48.0%" in to_json(lines[1])
    assert "0.31 → 0.75" in to_json(lines[1])
    assert "64.0%" in to_json(lines[0])
    assert "→" not in to_json(lines[0])
    before, n = 426, WHOLE_ROWS
    assert f"{before / n:.1%} → {(before + 140) / n:.1%}" in to_json(overall)


WHOLE_ROWS = TABLE.n_rows


@pytest.mark.parametrize("given", [[], ["x", True, -1], [float("nan")] * 3, [5, None, None], [0.2] * 9])
def test_fields_that_hold_no_cutoff_change_nothing(given: list[Any]) -> None:
    overall, lines, _ = own_cutoffs.results(looked(), "nothing", given, WORDS)
    assert "→" not in to_json([overall, lines]).replace("before → with", "")


def test_cutoffs_that_were_typed_stay_where_the_cutoff_of_the_page_moves() -> None:
    """Tenants were given 0.4 at 0.2 for all; at 0.0 for all they keep it, and the others follow."""
    _, _, kept = own_cutoffs.results(looked(), None, [0.2, 0.4, None], WORDS)
    moved = looked(cutoff=0.0)
    text = to_json(own_cutoffs.own_card(moved, WORDS, kept))
    assert text.count('"value":0.0') == 2
    assert text.count('"value":0.4') == 1
    assert f"0.0% → {240 / WHOLE_ROWS:.1%}" in text
    again = own_cutoffs.results(moved, None, [0.0, 0.4, 0.0], WORDS, kept)[2]
    assert again == kept
    other = {"group": "town", "own": {**kept["own"], "town": {"north": 0.3}}}
    assert own_cutoffs.results(moved, None, [0.0, 0.0, 0.0], WORDS, other)[2]["own"] == {"home": {}, "town": {"north": 0.3}}


@pytest.mark.parametrize(
    "kept",
    [None, 3, [], {"group": 1}, {"own": 4}, {"own": {"home": [1]}}, {"own": {"home": {"rent": "x", "own": True}}}],
)
def test_what_is_kept_may_be_anything(kept: Any) -> None:
    assert own_cutoffs.own_of(looked(), ("home",), kept) == {}
    assert "→" not in to_json(own_cutoffs.own_card(looked(), WORDS, kept))


def test_the_mean_of_a_score_from_elsewhere_is_told_in_its_units() -> None:
    """From 300 to 900, higher is better: the place 0.25 is 750, and its interval turns round."""
    scale = ScoreScale("bureau", 300.0, 900.0, "good", is_probability=False)
    words = replace(WORDS, rates={**WORDS.rates, "mean_score": "Mean bureau"}, scale=scale)
    place, page = looked().rates[0].mean_score, look(TABLE, 0.2, {}, scale)
    mean = page.rates[0].mean_score
    assert place.value is not None
    assert place.low is not None
    assert place.high is not None
    assert mean.value == pytest.approx(900 - 600 * place.value)
    assert (mean.low, mean.high) == pytest.approx((900 - 600 * place.high, 900 - 600 * place.low))
    assert page.rates[2].mean_score == looked().rates[2].mean_score  # too few
    panel = drawing.panels(page, "mean_score", words)[2]
    assert (panel.title, panel.style, panel.mark_label) == ("Mean bureau", "score", words.mean(page.whole.mean_score.value))
    assert words.mean(mean.value) in to_json(tables.rates_card(page, words, ""))
    assert words.notation("mean_score") == "mean of the score"


def test_columns_that_make_no_group_are_told() -> None:
    """A column of ten thousand values alone: there is nothing to draw, and the other columns can still be searched."""
    table = replace(TABLE, segments=(), by=(("code",),), left_out=(("code", "'code' has 10,000 values, too many."),))
    page = results.results(VIEW, looked(table), BESIDE[0], WORDS, "light", narrow=False, csv="")
    text = to_json(page)
    assert "No group could be made of these columns" in text
    assert "'code' has 10,000 values, too many." in text
    assert '"id":"segments-found"' in text
    assert '"id":"segments-pairs"' in text
    nothing = to_json(found(VIEW, replace(WORST, n_looked_at=0, found=(), n_found=0, correction="by no test")))
    assert "There was no segment to look at" in nothing
    assert "no test" not in nothing


def test_a_search_says_how_many_it_looked_at_and_how_it_corrected() -> None:
    text = to_json(found(VIEW, WORST))
    assert "9 segments of one and two of 2 columns looked at, 4 too small" in text
    assert "Holm for 9 looks." in text
    assert "rent, north stands out most, of 12 that do" in text
    assert "3 segments differ to the better side" in text
    assert "−40.0" in text
    assert "−50.0 to −30.0" in text
    assert "Search at 0.30" in to_json(found(VIEW, WORST, cutoff=0.3))
    assert "No segment is worse by more than chance" in to_json(found(VIEW, replace(WORST, found=(), n_found=0)))
    assert "Nobody has searched yet" in to_json(found(VIEW, None))
    assert "Cancel" in to_json(found(VIEW, None, "running"))
    assert "It broke." in to_json(found(VIEW, None, "failed"))
    assert "Search at" not in to_json(found(VIEW, WORST, offered=[]))  # without the data set


def test_the_lowest_pairs_belong_to_their_cutoff() -> None:
    text = to_json(searching.pairs_card(WORST, WORDS, 0.426, 0.2))
    assert "Two pairs approved least often" in text
    assert "Mark: all rows, 42.6%" in text
    assert "all 5 pairs with at least 100 rows and 30 bads" in text
    assert "low by chance" in text
    assert searching.pairs_card(WORST, WORDS, 0.426, 0.3) is None
    assert "No pair has 100 rows" in to_json(searching.pairs_card(replace(WORST, lowest_pairs=()), WORDS, 0.4, 0.2))
    assert "– of its goods" in text
    assert "50% of its goods" in to_json(
        searching.pairs_card(replace(WORST, lowest_pairs=(replace(PAIR, false_positive_rate=0.5),)), WORDS, 0.4, 0.2)
    )


def test_names_are_text_and_no_markup() -> None:
    figure = to_json(results.main_card(looked(), "auc", WORDS, "light", False))
    assert "free &lt;b>" in figure.replace("\\u003c", "<") or "free &lt;b" in figure
    assert "free <b>" not in results.main_card(looked(), "auc", WORDS, "light", False).children[1].children.figure.to_json()


@pytest.fixture
def run(desk_of: Callable[[str], Desk], tmp_path: Path) -> str:
    desk = desk_of("analyst")
    path = tmp_path / "loans.csv"
    rows = [f"{i % 37},{'own' if i % 3 else 'rent'},{'yes' if (i * 7) % 11 < 3 or i % 37 > 30 else 'no'}" for i in range(900)]
    path.write_text("income,home,defaulted\n" + "\n".join(rows) + "\n", encoding="utf-8")
    made = runs.start(
        desk, upload(desk, path), "Done", {"target": "defaulted", "bad_label": "yes", "features": ["income", "home"]}
    )
    with desk.db.write() as session:
        (job,) = leases.claim(session, claimed_by="test", lease_seconds=60, limit=1)
        job_id, attempt = job.id, job.attempt
    training.execute(desk.db, job_id, attempt, desk.settings)
    return made


def called(app: Dash, browser: Any, begins: str, moved: list[str], values: dict[str, Any]) -> tuple[int, str]:
    """What the callback answers whose outputs begin so; `values` of its inputs and states by their ids."""
    output = next(name for name in app.callback_map if name.startswith(begins))
    declared = app.callback_map[output]

    def sent(parts: Any) -> list[dict[str, Any]]:
        return [{"id": one["id"], "property": one["property"], "value": values.get(one["id"])} for one in parts]

    body = {
        "output": output,
        "outputs": [{"id": one.component_id, "property": one.component_property} for one in declared["output"]],
        "inputs": sent(declared["inputs"]),
        "state": sent(declared["state"]),
        "changedPropIds": moved,
    }
    answer = browser.post("/_dash-update-component", json=body)
    return answer.status_code, answer.text.replace("\\u002f", "/")


def filled(app: Dash, browser: Any, run: str, search: str = "") -> tuple[int, str]:
    """What the callback answers that fills the page."""
    values = {"segments-key": {"run_id": run}, "shell-location": search, "segments-size": "wide"}
    return called(app, browser, "..segments-head.children...", ["segments-size.data"], values)


def test_what_is_typed_while_the_page_is_filled_is_not_lost(app: Dash, browser: Callable[..., Any], run: str) -> None:
    """A reference that the page writes and a cut-off that the user types may come in one request."""
    begins = next(
        name
        for name, declared in app.callback_map.items()
        if "segments-problem.children" in name and {"id": "segments-beside", "property": "value"} in declared["inputs"]
    )
    values = {
        "segments-key": {"run_id": run}, "shell-location": "?by=home", "segments-cutoff": "0.3",
        "segments-reference": [place_text(("home",), ("own",))], "segments-beside": "precision",
    }  # fmt: skip
    moved = ["segments-reference.value", "segments-cutoff.value"]
    status, text = called(app, browser("analyst"), begins, moved, values)
    assert status == 200
    address = Address.parse(json.loads(text)["response"]["shell-address"]["data"]["search"])
    assert (address.cutoff, address.references) == (0.3, {("home",): ("own",)})
    assert address.beside != "precision"  # it did not move
    for put, kept in ((0.5, 0.3), (0.3, None)):  # the request that told of 0.3 was given up, as the reference came meanwhile
        held = {**values, "segments-put": {"cutoff": put, "beside": "auc"}}
        _, text = called(app, browser("analyst"), begins, ["segments-reference.value"], held)
        address = Address.parse(json.loads(text)["response"]["shell-address"]["data"]["search"])
        assert (address.cutoff, address.references) == (kept, {("home",): ("own",)})
        assert address.beside == "precision"  # it is not what was put there, so it was chosen


def test_the_page_of_each_person(app: Dash, browser: Callable[..., Any], desk_of: Callable[[str], Desk], run: str) -> None:
    owner, colleague = browser("analyst"), browser("colleague")
    status, text = filled(app, owner, run)
    assert status == 200
    assert "held-out rows" in text
    assert "Note a reason" in text or "No group with enough rows" in text
    assert f"/api/runs/{run}/segments.csv?by=home" in text
    assert "There is no such run" in filled(app, colleague, run)[1]
    sharing.share(desk_of("analyst"), "run", run, "colleague")
    shared = filled(app, colleague, run)[1]
    assert "looked at by somebody who sees it" in shared
    assert "Note a reason" not in shared
    refused = filled(app, colleague, run, "?by=income")[1]
    assert "The data set is not shared with you" in refused
    assert "These were looked at before" in refused
    assert segments.looked_at(desk_of("analyst"), run) == ((("home",), ("income",)),)


def test_the_link_of_a_job_opens_what_it_counted(
    app: Dash, browser: Callable[..., Any], desk_of: Callable[[str], Desk], run: str
) -> None:
    desk, owner = desk_of("analyst"), browser("analyst")
    study = segments.start(desk, run, [["income"]])
    assert '"search":"?by=income"' in filled(app, owner, run, f"?study={study}")[1]
    search = segments.start_search(desk, run, measure="false_positive_rate", cutoff=0.35, names=["home"])
    assert "?cutoff=0.35&looked_for=false_positive_rate" in filled(app, owner, run, f"?search={search}")[1]
    assert filled(app, owner, run, "?study=gone")[0] == 200


def test_the_file_is_what_the_address_says(app: Dash, browser: Callable[..., Any], run: str) -> None:
    owner, stranger = browser("analyst"), browser("stranger")
    answer = owner.get(f"/api/runs/{run}/segments.csv?by=home&cutoff=0.3&reference=home%3Drent")
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
    assert answer.text.startswith("\ufeff")
    assert answer.text.splitlines()[1].startswith(",all rows,held_out,0.3,")
    assert len(answer.text.splitlines()) == 4
    assert stranger.get(f"/api/runs/{run}/segments.csv?by=home").status_code == 404
    assert owner.get(f"/api/runs/{run}/segments.csv").status_code == 422
    assert owner.get(f"/api/runs/{run}/segments.csv?by=defaulted").status_code == 422


def test_hostile_addresses_break_nothing(app: Dash, browser: Callable[..., Any], run: str) -> None:
    owner = browser("analyst")
    for search in ("?by=nowhere", "?by=", "?by=home*home", "?by=a*b*c*d", "?by=home&reference=home=gone&cutoff=-1", "?by=%FF%00"):
        status, text = filled(app, owner, run, search)
        assert status == 200, (search, text)


def test_a_table_is_as_stored() -> None:
    assert SegmentTable.from_json(TABLE.to_json()) == TABLE
