"""Principal reasons: the largest adverse contributions and no others, of one applicant and, equally, of many rows."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from pipeline.cutoffs.points import Scaling, rounded
from pipeline.explain_results import AVERAGE, PASSING, Contribution, Explanation, FieldInfo, PrincipalReason, Reference
from pipeline.explaining.background import background
from pipeline.explaining.exact import explain
from pipeline.explaining.reason_rows import ReasonsOf, names, reason_rows
from pipeline.explaining.reasons import MOST_REASONS, favourable, principal_reasons
from pipeline.explaining.wording import FieldWording, Wording, reason_words
from pipeline.model import FittedModel
from pipeline.terms import CategoryTerm, NumberTerm, PowerTerm, ProductTerm
from pipeline.training import train
from tests.pipeline.tables import loans, spec

FIELDS = ("age", "debt", "home", "income", "late", "term")


def told(*contributions: float, kind: str = PASSING) -> Explanation:
    parts = tuple(Contribution(name, (name,), 1.0, value, 2.0) for name, value in zip(FIELDS, contributions, strict=False))
    return Explanation("bad", sum(contributions), 0.5, 0.0, parts, "applicants who just pass", kind)


def named(reasons: tuple[PrincipalReason, ...]) -> list[tuple[int, str, float]]:
    return [(reason.rank, reason.field, reason.contribution) for reason in reasons]


def test_the_four_largest_adverse_contributions_largest_first():
    found = principal_reasons(told(0.1, -3.0, 0.5, 0.2, 0.4, 0.3))
    assert named(found) == [(1, "home", 0.5), (2, "late", 0.4), (3, "term", 0.3), (4, "income", 0.2)]


def test_what_is_not_adverse_is_no_reason():
    assert named(principal_reasons(told(-0.1, 0.0, 0.2))) == [(1, "home", 0.2)]
    assert principal_reasons(told(-0.1, 0.0, -0.0)) == ()
    assert named(principal_reasons(told(3e-17, 0.2))) == [(1, "debt", 0.2)]  # a field as the reference has it, but for rounding
    assert favourable(told(-3e-17)) == ()
    assert named(favourable(told(-0.1, 0.0, 0.2, -0.3))) == [(1, "income", -0.3), (2, "age", -0.1)]


def test_equal_contributions_stand_in_the_order_of_the_model():
    found = principal_reasons(told(0.2, 0.3, 0.2, 0.3, 0.2, 0.2))
    assert [reason.field for reason in found] == ["debt", "income", "age", "home"]


def test_what_is_never_told_leaves_its_place_to_the_next_products_too():
    parts = (
        Contribution("age", ("age",), 30.0, 0.9),
        Contribution("debt", ("debt",), 2.0, 0.1),
        Contribution("age × debt", ("age", "debt"), None, 0.8),
        Contribution("debt × home", ("debt", "home"), None, 0.7),
    )
    account = Explanation("bad", 2.5, 0.9, 0.0, parts, "the average applicant", AVERAGE)
    assert named(principal_reasons(account, never=("age",))) == [(1, "debt × home", 0.7), (2, "debt", 0.1)]
    assert principal_reasons(account, never=("age", "debt")) == ()


def test_what_is_typical_is_told_of_those_who_just_pass_alone():
    assert principal_reasons(told(0.1))[0].typical == 2.0
    assert principal_reasons(told(0.1, kind=AVERAGE))[0].typical is None


def test_reasons_by_hand():
    """β (x − r) of age 60 against 40 and debt 3 against 2: 2·2 and −0.5; the product 2·2 − 0.5 of the two together."""
    terms = (
        NumberTerm("age", fill=40.0, mean=40.0, scale=10.0),
        NumberTerm("debt", fill=1.0, mean=1.0, scale=1.0),
        ProductTerm(("age", "debt")),
        CategoryTerm("home", ("own", "rent"), "free", None),
    )
    model = FittedModel("bad", ("no", "yes"), "reference", terms, ((0.0, 2.0, -0.5, 1.0, 0.5, 1.0),), {})
    reference = Reference(PASSING, "applicants who just pass", 9, (1.0, 0.0, 1.0, 0.5, 0.25, 0.25))
    values = {"age": 60.0, "debt": 3.0, "home": "rent"}
    found = principal_reasons(explain(model, values, reference))
    home = 1.0 - (0.5 * 0.25 + 1.0 * 0.25)  # one-hot columns are summed
    assert named(found) == [(1, "age", 4.0), (2, "age × debt", 3.5), (3, "home", home)]


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
@given(
    st.integers(0, 500),
    st.sampled_from(
        [
            {},
            {"weight_of_evidence": "all"},
            {"interactions": [["debt", "home"]], "degree": 2},
            {"one_hot": "full", "missing_numbers": "own_level"},
        ]
    ),
    st.sets(st.sampled_from(["income", "debt", "home"])),
    st.sampled_from([AVERAGE, PASSING]),
)
def test_the_table_of_many_rows_tells_of_each_what_is_told_of_one(seed, options, never, kind):
    rows = loans(120, seed=seed)
    done = train(rows, spec(bad_label="bad", **options))
    scores = done.row_scores
    counted = background(done.model, rows, scores.rows("training"), scores.is_bad, scores.score, 0.5)
    reference = counted.reference(kind) or counted.references[0]
    fields = {info.name: info for info in counted.fields}
    wording = Wording({"income": FieldWording(label="Income", low="Earns too little", unit="a year")})
    of = ReasonsOf(done.model, reference, 0.4, fields, wording, frozenset(never))
    numbers = np.arange(41, 71)
    made = reason_rows(of, rows.slice(40, 30), numbers)
    assert made.table.schema.names == names()
    refused, first = 0, []
    for at, line in enumerate(made.table.to_pylist()):
        values = {
            name: value if value is None or isinstance(value, str) else float(value)
            for name, value in rows.select(list(done.model.fields)).slice(40 + at, 1).to_pylist()[0].items()
        }
        account = explain(done.model, values, reference)
        reasons = principal_reasons(account, never)
        assert line["row"] == 41 + at
        assert line["probability_of_default"] == pytest.approx(account.probability, abs=1e-12)
        assert line["points"] == rounded(Scaling().points(line["probability_of_default"]))
        assert line["decision"] == ("refuse" if line["probability_of_default"] >= 0.4 else "approve")
        assert [line[f"reason_{k}_field"] for k in range(1, 5)] == [
            *(reason.field for reason in reasons),
            *[None] * (MOST_REASONS - len(reasons)),
        ]
        for reason in reasons:
            assert line[f"reason_{reason.rank}_contribution"] == pytest.approx(reason.contribution, abs=1e-12)
            words = reason_words(reason, fields, wording)
            told = f"{words.title} ({words.detail})" if words.detail else words.title
            assert line[f"reason_{reason.rank}_words"] == told
            text = line[f"reason_{reason.rank}_value"]
            assert text is None if reason.value is None else text == reason.value or float(text) == reason.value
        refused += line["decision"] == "refuse"
        first += [line["reason_1_field"]] if line["decision"] == "refuse" else []
    assert made.n_refused == refused
    groups = [" × ".join(sources) for sources in of.groups]
    assert made.n_first.tolist() == [first.count(name) for name in groups]
    assert made.n_untold == first.count(None)


def test_a_model_of_an_intercept_alone_gives_no_reasons():
    model = FittedModel("bad", ("no", "yes"), "reference", (NumberTerm("age", 0.0, 0.0, 1.0),), ((-1.0, 0.0),), {})
    of = ReasonsOf(model, Reference(AVERAGE, "the average applicant", 3, (1.0, 5.0)), 0.2, {}, Wording())
    made = reason_rows(of, pa.table({"age": [1.0, None]}), np.array([1, 2]))
    assert made.table.column("reason_1_field").to_pylist() == [None, None]
    assert (made.n_refused, made.n_untold) == (2, 2)


def test_of_many_rows_too_rounding_is_no_reason():
    model = FittedModel("bad", ("no", "yes"), "reference", (NumberTerm("age", 0.3, 0.0, 1.0),), ((-1.0, 1.0),), {})
    of = ReasonsOf(model, Reference(AVERAGE, "the average applicant", 3, (1.0, 0.1 + 0.2 - 2e-16)), 0.2, {}, Wording())
    made = reason_rows(of, pa.table({"age": [0.1 + 0.2, 0.4]}), np.array([1, 2]))
    assert made.table.column("reason_1_field").to_pylist() == [None, "age"]


def test_of_a_row_that_is_too_large_to_be_scored_nothing_is_told():
    """The square of 1e200 is no number: neither a score nor a decision, and no garbage of points."""
    terms = (NumberTerm("age", 40.0, 40.0, 10.0), PowerTerm("age", 2))
    model = FittedModel("bad", ("no", "yes"), "reference", terms, ((0.0, 1.0, 0.5),), {})
    of = ReasonsOf(model, Reference(PASSING, "them", 3, (1.0, 0.0, 0.0)), 0.5, {}, Wording())
    made = reason_rows(of, pa.table({"age": [1e200, 60.0, -1e200]}), np.array([1, 2, 3]))
    assert made.table.column("probability_of_default").to_pylist() == [None, pytest.approx(1 / (1 + np.exp(-4.0))), None]
    for name in names()[2:]:
        assert made.table.column(name)[0].as_py() is made.table.column(name)[2].as_py() is None
    assert made.table.column("decision")[1].as_py() == "refuse"
    assert (made.n_refused, made.n_untold) == (1, 0)


def test_a_code_is_told_as_it_stands_in_the_data():
    term = NumberTerm("score", 600.0, 600.0, 10.0, codes=(("-9", "level"),))
    model = FittedModel("bad", ("no", "yes"), "reference", (term,), ((0.0, -1.0, 2.0),), {})
    fields = {"score": FieldInfo("score", "number", 0.0, (500.0, 600.0, 700.0), codes=(("-9", "level"),))}
    of = ReasonsOf(model, Reference(PASSING, "them", 3, (1.0, 0.0, 0.1)), 0.5, fields, Wording())
    line = reason_rows(of, pa.table({"score": [-9.0]}), np.array([7])).table.to_pylist()[0]
    assert (line["reason_1_value"], line["reason_1_contribution"]) == ("-9", 2.0 - 0.2)


@pytest.mark.parametrize(
    ("value", "title"),
    [
        (-9.0, "There is no history"),
        (-8.0, "The bureau did not answer"),
        (None, "The bureau did not answer"),
        (-7.0, "Score: −7"),
    ],
)
def test_a_code_has_the_words_of_its_meaning(value, title):
    codes = (("-9", "level"), ("-8", "missing"), ("-7", "level"))
    fields = {"score": FieldInfo("score", "number", 0.0, (500.0, 600.0, 700.0), codes=codes)}
    words = FieldWording(label="Score", missing="The bureau did not answer", levels=(("-9", "There is no history"),))
    reason = PrincipalReason(1, "score", ("score",), value, 1.0, 600.0)
    assert reason_words(reason, fields, Wording({"score": words})).title == title


def test_a_level_that_means_missing_is_not_known():
    fields = {"home": FieldInfo("home", "category", 0.1, codes=(("?", "missing"),), levels=(("own", 0.9),))}
    assert reason_words(PrincipalReason(1, "home", ("home",), "?", 1.0, "own"), fields, Wording()).title == "Home: not known"
