"""Words of reasons: read from a form, kept, and never saying high where it is low."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import InvalidSpec
from pipeline.explain_results import FieldInfo, PrincipalReason
from pipeline.explaining.wording import EITHER, FieldWording, Wording, reason_words, value_words

MONTHS = FieldInfo("months", "number", 0.1, tuple(float(4 + 3 * k) for k in range(21)), whole=True, codes=(("99", "level"),))
HOME = FieldInfo("home_ownership", "category", 0.0, levels=(("own", 0.6), ("rent", 0.4)))
FIELDS = {info.name: info for info in (MONTHS, HOME)}


def reason(value, typical=None, name="months"):
    return PrincipalReason(1, name, (name,), value, 0.5, typical)


def test_a_reason_without_words_of_its_own() -> None:
    told = reason_words(reason(48.0, 18.4), FIELDS, Wording())
    assert (told.title, told.detail) == ("Months is high", "48; those who just pass typically have 18.4")
    told = reason_words(reason(6.0, 18.4), FIELDS, Wording())
    assert told.title == "Months is low"
    told = reason_words(reason("rent", "own", "home_ownership"), FIELDS, Wording())
    assert (told.title, told.detail) == ("Home ownership: rent", "those who just pass most often have own")
    told = reason_words(reason(None), FIELDS, Wording())
    assert (told.title, told.detail) == ("Months: not known", "half of the applicants have 34 or less")


def test_a_reason_in_the_words_of_the_run() -> None:
    wording = Wording.parse(
        {
            "months": {"label": "repayment", "unit": "months", "high": "Repayment takes long", "levels": {"99": "No end is set"}},
            "home_ownership": {"levels": [["rent", "The home is rented"]], "becomes": [["own", "buy the home"]]},
        },
        [MONTHS, HOME],
    )
    assert reason_words(reason(48.0, 18.0), FIELDS, wording).title == "Repayment takes long"
    assert reason_words(reason(48.0, 18.0), FIELDS, wording).detail == "48 months; those who just pass typically have 18 months"
    assert reason_words(reason(6.0, 18.0), FIELDS, wording).title == "Repayment is low"
    assert reason_words(reason(99.0, 18.0), FIELDS, wording).title == "No end is set"
    assert reason_words(reason("rent", "rent", "home_ownership"), FIELDS, wording).title == "The home is rented"
    assert reason_words(reason("rent", "rent", "home_ownership"), FIELDS, wording).detail == ""
    pair = PrincipalReason(1, "months × home_ownership", ("months", "home_ownership"), None, 0.5)
    assert reason_words(pair, FIELDS, wording).title == "Repayment together with home ownership"
    assert Wording.from_json(json.loads(json.dumps(wording.to_json()))) == wording


@pytest.mark.parametrize("turn", ["\u202e", "\u2067", "\u202b"])
def test_a_level_does_not_turn_round_what_is_said_behind_it(turn: str) -> None:
    """A right-to-left override in a value would write the sentence, and the number in it, backwards."""
    level = f"re{turn}nt"
    told = reason_words(reason(level, f"o{turn}wn", "home_ownership"), FIELDS, Wording())
    assert (told.title, told.detail) == ("Home ownership: rent", "those who just pass most often have own")
    assert value_words("home_ownership", level, Wording()) == "rent"
    assert Wording().label(f"ho{turn}me") == "home"
    parsed = Wording.parse({"months": {"high": f"Long {turn}term"}}, [MONTHS])
    assert parsed.of("months").high == "Long term"
    assert value_words("home_ownership", "\u05d1\u05d9\u05ea", Wording()) == "\u05d1\u05d9\u05ea"  # Hebrew stays as it is


@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6))
def test_high_is_higher_than_those_who_just_pass(value: float, typical: float) -> None:
    words = Wording({"months": FieldWording(high="high", low="low")})
    title = reason_words(reason(value, typical), FIELDS, words).title
    assert (title == "high") == (value > typical and value != 99)
    assert (title == "low") == (value < typical and value != 99)


@given(st.one_of(st.none(), st.floats(-1e9, 1e9), st.text(max_size=20)))
def test_without_a_reference_nothing_is_called_high_or_low(value) -> None:
    told = reason_words(reason(value), FIELDS, Wording({"months": FieldWording(high="high", low="low")}))
    assert told.title not in {"high", "low"}


def test_values_with_their_unit() -> None:
    wording = Wording({"months": FieldWording(unit="months")})
    found = [value_words("months", value, wording) for value in (48.0, 6143.0, -0.25, None, "x")]
    assert found == ["48 months", "6,143 months", "−0.25 months", "missing", "x"]


def test_a_column_beside_the_model_has_a_label_and_nothing_else() -> None:
    found = Wording.parse({"age_years": {"label": "age", "high": "Old", "changeable": True}}, [MONTHS], ("age_years",))
    assert found.fields == {"age_years": FieldWording("age")}
    with pytest.raises(InvalidSpec, match="cannot be read"):
        Wording.parse({"age_years": "age"}, [MONTHS], ("age_years",))


def test_what_says_nothing_is_left_out() -> None:
    given_ = {
        "months": {"label": " ", "told": True, "changeable": False, "direction": EITHER, "step": "", "levels": [["99", ""]]}
    }
    assert Wording.parse(given_, [MONTHS]).fields == {}


@pytest.mark.parametrize(
    ("name", "words", "sentence"),
    [
        ("absent", {"label": "x"}, "does not read this column"),
        ("months", "x", "cannot be read"),
        ("months", {"label": 3}, "give a text"),
        ("months", {"high": "x" * 201}, "201 characters; at most 200"),
        ("months", {"unit": "a\x00b"}, "cannot be used"),
        ("months", {"direction": "sideways"}, "up or down"),
        ("months", {"step": "-1"}, "above 0"),
        ("months", {"step": "soon"}, "above 0"),
        ("months", {"change": "repay sooner"}, "needs {value} once"),
        ("months", {"change": "repay in {value} or {value}"}, "needs {value} once"),
        ("months", {"change": "repay in {value} {months}"}, "needs {value} once"),
        ("months", {"change": "x" * 201}, "wording of a change has 201 characters"),
        ("home_ownership", {"becomes": [["castle", "build a castle"]]}, "none of its levels"),
        ("home_ownership", {"reachable": ["castle"]}, "none of its levels"),
        ("home_ownership", {"reachable": "own"}, "choose them again"),
        ("home_ownership", {"levels": [["castle", "A castle"]]}, "none of its levels"),
        ("home_ownership", {"levels": [[]]}, "none of its levels"),
    ],
)
def test_words_that_cannot_be_used(name: str, words: object, sentence: str) -> None:
    with pytest.raises(InvalidSpec) as found:
        Wording.parse({name: words}, [MONTHS, HOME])
    assert sentence in found.value.problems[name]


@pytest.mark.parametrize(
    ("unit", "value", "words"),
    [
        ("$", 18_010.5, "$18,010"),
        ("€", -250.0, "−€250"),
        ("%", 36.9, "36.9%"),
        ("SEK", 3.0, "3 SEK"),
        ("", 0.289, "0.289"),
        ("months", 1.0, "1 month"),
        ("years", 1.5, "1.5 years"),
        ("loss", 1.0, "1 loss"),
        ("ms", 1.0, "1 ms"),
    ],
)
def test_units_stand_where_they_are_written(unit: str, value: float, words: str) -> None:
    assert value_words("x", value, Wording({"x": FieldWording(unit=unit)})) == words
