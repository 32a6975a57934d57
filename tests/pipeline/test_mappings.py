"""Options that map names to something: as JSON, as text and as they are held, they say the same."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.mappings import LONGEST_TEXT, MAPPED, MOST_ENTRIES, levels, orders, pairs, weights

LETTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
NAMES = st.text(LETTERS, min_size=1, max_size=12) | st.sampled_from(
    ["a: b", '"', 'a"b', "a\nb", " a ", "a * b", "a < b", ":", '""', "\u2028", "\r", "a\r\nb", '"a": "b"']
)
HELD: dict[str, st.SearchStrategy[Any]] = {
    "weights": st.dictionaries(NAMES, st.floats(1e-6, 1e6), max_size=5).map(lambda d: tuple(sorted(d.items()))),
    "levels": st.dictionaries(NAMES, NAMES, max_size=5).map(lambda d: tuple(sorted(d.items()))),
    "orders": st.dictionaries(NAMES, st.lists(NAMES, min_size=2, max_size=5, unique=True).map(tuple), max_size=4).map(
        lambda d: tuple(sorted(d.items()))
    ),
    "pairs": st.lists(st.lists(NAMES, min_size=2, max_size=2, unique=True).map(tuple), max_size=5, unique_by=frozenset).map(
        tuple
    ),
}


@pytest.mark.parametrize("kind", MAPPED)
@given(data=st.data())
def test_text_json_and_what_is_held_say_the_same(kind: str, data: st.DataObject) -> None:
    held, mapped = data.draw(HELD[kind]), MAPPED[kind]
    assert mapped.read(held) == held
    assert mapped.read(mapped.text(held)) == held
    assert mapped.read(json.loads(json.dumps(mapped.json(held)))) == held


@pytest.mark.parametrize("kind", MAPPED)
@given(text=st.text() | st.text(st.sampled_from('ab:"<*\n\r \t5')))
def test_any_text_is_read_or_refused_in_a_sentence(kind: str, text: str) -> None:
    held, sentence = attempted(kind, text)
    if sentence is None:
        assert MAPPED[kind].read(MAPPED[kind].text(held)) == held
    else:
        assert sentence.endswith(".")
        assert len(sentence) < 400


def attempted(kind: str, raw: Any) -> tuple[Any, str | None]:
    """What was read, or the sentence of refusal."""
    try:
        return MAPPED[kind].read(raw), None
    except ValueError as error:
        return None, str(error)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from([5000, 400]).map(lambda n: 10**n),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)


@pytest.mark.parametrize("kind", MAPPED)
@given(raw=JSON)
def test_any_json_is_read_or_refused_in_a_sentence(kind: str, raw: Any) -> None:
    _, sentence = attempted(kind, raw)
    assert sentence is None or (sentence.endswith(".") and len(sentence) < 400)


@pytest.mark.parametrize("kind", MAPPED)
def test_the_example_is_right(kind: str) -> None:
    held = MAPPED[kind].read(MAPPED[kind].example)
    assert len(held) == 1
    assert MAPPED[kind].text(held) == MAPPED[kind].example


def test_what_people_write() -> None:
    assert weights("bad: 5\n good :0.5\n\n") == (("bad", 5.0), ("good", 0.5))
    assert weights({"1": 2, "0": 1}) == (("0", 1.0), ("1", 2.0))
    assert levels("opened: 12:30\r\nhome: own") == (("home", "own"), ("opened", "12:30"))
    assert levels({"grade": 3, "term": 1.5}) == (("grade", "3"), ("term", "1.5"))
    assert orders("education: low<middle < high") == (("education", ("low", "middle", "high")),)
    assert orders('hours: 1:00 < 2:00\n"a: b": x < "<y>"') == (("a: b", ("x", "<y>")), ("hours", ("1:00", "2:00")))
    assert orders({"grade": [1, 2, 3]}) == (("grade", ("1", "2", "3")),)
    assert pairs("age*income\n age * debt ") == (("age", "income"), ("age", "debt"))
    for read in (weights, levels, orders, pairs):
        assert read(None) == read("") == read(" \n ") == ()


@pytest.mark.parametrize(
    ("read", "raw", "says"),
    [
        (weights, "bad", "no name before a ':'"),
        (weights, ": 5", "no name before a ':'"),
        (weights, "bad: -1", "the weight of 'bad' is '-1'; give a number from 0.000001 to 1,000,000."),
        (weights, {"bad": True}, "is true; give a number"),
        (weights, {"bad": 10**5000}, "a number of about 5,001 digits"),
        (weights, {"bad": "1e999"}, "'1e999'"),
        (weights, {"bad": float("nan")}, "nan"),
        (weights, {"bad": [1]}, "is a list"),
        (weights, "bad: 1\nbad: 2", "'bad' is named twice."),
        (weights, 5, "one entry on each line"),
        (weights, [1, 2], "one entry on each line"),
        (weights, {"\ud800": 1}, "cannot be stored"),
        (weights, {"x" * 3000: 1}, "3,000 characters"),
        (weights, {str(k): 1 for k in range(MOST_ENTRIES + 1)}, "1,001 entries"),
        (weights, "x" * (LONGEST_TEXT + 1), "50,001 characters"),
        (levels, "home:", "'home' has no level after it"),
        (levels, {"home": None}, "the level of 'home' is nothing"),
        (levels, {"home": "a\0"}, "cannot be stored"),
        (orders, "grade: a", "two levels or more"),
        (orders, "grade: a < a", "names the level 'a' twice"),
        (orders, "grade: a < ", "two levels or more"),
        (orders, {"grade": 5}, "needs its levels"),
        (pairs, "age", "two columns"),
        (pairs, "age * age", "paired with itself"),
        (pairs, "age * debt\ndebt * age", "paired twice"),
        (pairs, {"a": "b"}, "give pairs"),
        (pairs, [["a", 1]], "two columns"),
        (pairs, 7, "give pairs"),
    ],
)
def test_what_is_wrong_is_told(read: Any, raw: Any, says: str) -> None:
    with pytest.raises(ValueError, match=r"\.$") as told:
        read(raw)
    assert says in str(told.value)


def test_a_text_of_quotes_takes_no_time() -> None:
    """What would make a pattern go back over the text again and again; it must be read, not hang."""
    for text in ('"' * LONGEST_TEXT, '"a\n' * (LONGEST_TEXT // 3), ('""' * 10 + ":\n") * 2000):
        with pytest.raises(ValueError, match=r"\.$"):
            weights(text)
