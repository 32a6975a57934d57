"""What the user says a decision is worth: read from anything, with a sentence for what is wrong."""

import pytest

from pipeline.cutoffs.worth import Targets, Worth
from pipeline.errors import InvalidSpec
from pipeline.evaluation_results import ScoreTable


@pytest.mark.parametrize(
    ("given", "name", "sentence"),
    [
        ({"gain": "much"}, "gain", "has to be a number"),
        ({"gain": -1}, "gain", "from 0"),
        ({"loss": float("nan")}, "loss", "has to be a number"),
        ({"loss": 1e13}, "loss", "from 0"),
        ({"loss": True}, "loss", "has to be a number"),
        ({"loss": [1]}, "loss", "a list"),
        ({"gain": 10**400}, "gain", "has to be a number"),
        ({"gain": 0, "loss": 0}, "gain", "neither"),
        ({"lgd": 1.5, "ead": 1}, "lgd", "from 0 to 1"),
        ({"lgd": 0.5}, "ead", "both"),
        ({"ead": 0.5}, "lgd", "both"),
        ({"lgd": 0.5, "ead": 100, "loss": 60}, "loss", "LGD · EAD = 50"),
        ({"missed_bad": 0, "false_alarm": 0}, "missed_bad", "no error costs"),
        ({"currency": "a long currency"}, "currency", "short text"),
        ({"amount": 3}, "amount", "short text"),
        ({"amount": "a\0b"}, "amount", "short text"),
        ({"profit": 3}, "profit", "no part"),
    ],
)  # fmt: skip
def test_what_is_wrong_has_a_sentence(given: dict[str, object], name: str, sentence: str) -> None:
    with pytest.raises(InvalidSpec) as caught:
        Worth.parse(given)
    assert sentence in caught.value.problems[name]


def test_what_is_empty_is_usual() -> None:
    assert Worth.parse({"gain": "", "loss": None, "amount": " ", "currency": None}) == Worth()
    assert Worth(gain=1000, loss=4300).break_even == pytest.approx(0.18868, abs=1e-5)
    worth = Worth(gain=2, loss=8)
    assert (worth.cost_of_false_alarm, worth.cost_of_missed_bad) == (2, 8)


@pytest.mark.parametrize("given", [{"recall": 1.2}, {"recall": "x"}, {"bad_rate": -0.1}, {"nonsense": 0.5}, {"recall": False}])
def test_targets_are_shares(given: dict[str, object]) -> None:
    with pytest.raises(InvalidSpec):
        Targets.parse(given)


def test_usual_targets_follow_the_bad_rate() -> None:
    found = Targets.usual(ScoreTable((0.0,), (30,), (970,)))
    assert (found.bad_rate, found.precision) == (0.015, 0.06)
    assert Targets.parse({"recall": "0.9", "precision": ""}, found) == Targets(0.9, 0.06, 0.8, 0.015)
    assert Targets.usual(ScoreTable((0.0,), (0,), (10,))) == Targets()
