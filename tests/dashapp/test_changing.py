"""What would have to change, and what other values come to, as use cases."""

from dataclasses import replace

import pytest

from dashapp.usecases import backgrounds, changing, explaining, wordings
from dashapp.usecases.backgrounds import OpenedRun
from dashapp.usecases.desk import Desk
from dashapp.usecases.errors import InvalidSpec, Refused
from dashapp.usecases.explaining import Applicant
from dashapp.widgets.applicant import changes_card
from pipeline.explaining.wording import Wording
from tests.dashapp.comparing import loans_file, trained
from tests.dashapp.prepared import only_run, prepared
from tests.dashapp.uploading import upload

WORDING = {"income": {"changeable": True, "direction": "down", "step": 0.1}, "home": {"changeable": True}}


settings = prepared(lambda desk, folder: trained(desk, upload(desk, loans_file(folder / "loans.csv")), "A run"))


@pytest.fixture
def run(desk: Desk) -> OpenedRun:
    found = backgrounds.opened(desk, only_run(desk))
    return replace(found, view=replace(found.view, wording=WORDING))


@pytest.fixture
def refused(desk: Desk, run: OpenedRun) -> Applicant:
    """Somebody whom the run refuses."""
    scored = (explaining.of_row(desk, run, row) for row in range(600))
    average = run.background.references[0]
    return next(one for one in scored if 0.5 < explaining.told(run, one, average).explanation.probability < 0.7)


def test_the_fields_of_the_wording_are_changed_unless_others_are_named(run: OpenedRun, refused: Applicant) -> None:
    found = changing.changes(run, refused)
    assert found.cutoff == run.view.cutoff == 0.3
    assert {one.changed[0].field for one in found.singles} | set(found.stuck) == {"income", "home"}
    income = next(one.changed[0] for one in found.singles if one.changed[0].field == "income")
    assert isinstance(income.after, float)
    assert isinstance(income.before, float)
    assert income.after < income.before
    assert income.after == pytest.approx(round(income.after, 1))
    assert "Tried in steps: the income by 0.1, as far" in str(changes_card(run, found).to_plotly_json())
    named = changing.changes(run, refused, ["age"])
    assert [one.changed[0].field for one in named.singles] == ["age"]
    nothing = changing.changes(run, refused, [])
    assert (nothing.singles, nothing.pairs, nothing.stuck) == ((), (), ())


def test_what_a_change_would_read_like_is_shown_where_it_is_worded(run: OpenedRun) -> None:
    """On a step, on the side that it can go to, to the levels that it can become."""
    low = wordings.change_examples(run, "income", Wording.from_json(WORDING))
    assert len(low) == 1
    before, after = (float(part.split()[-1].replace("−", "-")) for part in low[0].split(" → "))
    assert after < before
    assert after == pytest.approx(round(after, 1))
    given = {
        "home": {"changeable": True, "reachable": ["own"], "becomes": [["own", "buy the home"]]},
        "age": {"change": "be {value}"},
    }
    wording = Wording.parse(given, run.background.fields)
    assert wordings.change_examples(run, "home", wording) == ["Buy the home"]
    plain = wordings.change_examples(run, "home", Wording.from_json({"home": {"changeable": True}}))
    assert [one.split(" → ")[1] for one in plain] == [
        level for level, _ in run.background.field("home").levels if level != run.background.field("home").usual
    ][:3]
    assert wordings.change_examples(run, "age", wording) == []  # it was not said that it can change


def test_a_change_does_what_it_says(run: OpenedRun, refused: Applicant) -> None:
    """Typed into What-if, the smallest change gives the probability that was promised, and the decision turns."""
    change = next(one for one in changing.changes(run, refused, run.model.fields).singles if one.reaches)
    after, warnings = changing.what_if(run, refused, {part.field: part.after for part in change.changed})
    assert warnings == {}
    told = explaining.told(run, after, run.background.references[0])
    assert told.explanation.probability == pytest.approx(change.probability, rel=1e-12)
    assert told.advice == explaining.APPROVE
    assert explaining.told(run, refused, run.background.references[0]).advice == explaining.REFUSE


def test_other_values_are_read_and_warned_about_as_typed_ones(run: OpenedRun, refused: Applicant) -> None:
    after, warnings = changing.what_if(run, refused, {"income": "9,5", "home": "tent"})
    assert after.values == {**refused.values, "income": 9.5, "home": "tent"}
    assert set(warnings) == {"income", "home"}
    assert replace(after, values=refused.values) == refused
    assert changing.what_if(run, refused, {}) == (refused, {})


def test_what_cannot_be_is_refused(run: OpenedRun, refused: Applicant) -> None:
    with pytest.raises(InvalidSpec, match="does not read"):
        changing.changes(run, refused, ["debt"])
    with pytest.raises(InvalidSpec) as problem:
        changing.what_if(run, refused, {"debt": 1})
    assert set(problem.value.problems) == {"debt"}
    with pytest.raises(InvalidSpec, match="no number"):
        changing.what_if(run, refused, {"income": "much"})
    three = replace(run, model=replace(run.model, labels=("a", "b", "c")))
    with pytest.raises(Refused, match="three classes"):
        changing.changes(three, refused)
