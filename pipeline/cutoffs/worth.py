"""What a decision is worth, and what a cut-off shall reach: what the user says before a cut-off can be found.

One set of numbers serves both ways of saying it. With *margins*: an approved good brings `gain` (the margin m), an approved bad
costs `loss` (LGD · EAD), a refusal nothing. With *costs*: a missed bad (approved) costs `missed_bad`, a false alarm (a refused
good) costs `false_alarm`. Where the costs are not said they are `loss` and `gain`, the gain that the refusal gives away; then the
cost is gain · goods - profit, and least cost and highest profit are one cut-off.
"""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Self

from pipeline.errors import InvalidSpec
from pipeline.evaluation_results import ScoreTable
from pipeline.given import number as given_number
from pipeline.shown import shown, why_no_text

LARGEST = 1e12
_CURRENCY_LENGTH = 8


@dataclass(frozen=True)
class Worth:
    """Money, in `currency`; with `amount`, a column, shares of that column's value for each applicant.

    Attributes
    ----------
    gain, loss : float
        What an approved good brings (the margin m), and what an approved bad costs (LGD · EAD).
    lgd, ead : float, optional
        Loss given default, a share, and exposure at default (money, or a share of the amount), where `loss` is their product.
    missed_bad, false_alarm : float, optional
        What an approved bad and a refused good cost, where that is not `loss` and `gain`.
    """

    gain: float = 1.0
    loss: float = 5.0
    amount: str | None = None
    currency: str = ""
    lgd: float | None = None
    ead: float | None = None
    missed_bad: float | None = None
    false_alarm: float | None = None

    @property
    def cost_of_missed_bad(self) -> float:
        return self.loss if self.missed_bad is None else self.missed_bad

    @property
    def cost_of_false_alarm(self) -> float:
        return self.gain if self.false_alarm is None else self.false_alarm

    @property
    def break_even(self) -> float:
        """The probability of bad below which approving pays: gain / (gain + loss), that is m / (m + LGD · EAD)."""
        return self.gain / (self.gain + self.loss)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def parse(cls, given: Mapping[str, Any]) -> Self:
        """The worth of a form's, a link's or a file's values; what is absent or empty takes its default.

        `loss` may be left out where `lgd` and `ead` are given. Raises InvalidSpec with a sentence for each value that is wrong.
        """
        problems = {
            name: f"'{name}' is no part of what a decision is worth."
            for name in given
            if name not in {f.name for f in fields(cls)}
        }
        numbers = {}
        for name, words in _NUMBERS.items():
            value = given.get(name)
            if value is None or value == "":
                continue
            number = given_number(value)
            if number is None or not 0 <= number <= LARGEST:
                problems[name] = f"{words} has to be a number from 0 to {LARGEST:,.0f}, and {shown(value)} is none."
            elif name == "lgd" and number > 1:
                problems[name] = "The loss given default is a share of the exposure, from 0 to 1."
            else:
                numbers[name] = number
        numbers |= _exposure(numbers, problems)
        texts = {name: _text(given.get(name), name, problems) for name in ("amount", "currency")}
        found = {"gain": cls.gain, "loss": cls.loss, **numbers}
        if not problems and not found["gain"] + found["loss"] > 0:
            problems["gain"] = "With neither a gain nor a loss no decision is better than another; give at least one."
        if not problems and not found.get("missed_bad", found["loss"]) + found.get("false_alarm", found["gain"]) > 0:
            problems["missed_bad"] = "Where no error costs anything no cut-off is better than another; give at least one cost."
        if problems:
            raise InvalidSpec(problems)
        return cls(**found, amount=texts["amount"] or None, currency=texts["currency"] or "")


_NUMBERS = {
    "gain": "The gain on a good",
    "loss": "The loss on a bad",
    "lgd": "The loss given default",
    "ead": "The exposure at default",
    "missed_bad": "The cost of a missed bad",
    "false_alarm": "The cost of a false alarm",
}


def _exposure(numbers: dict[str, float], problems: dict[str, str]) -> dict[str, float]:
    """The loss that loss given default and exposure make."""
    given = [name for name in ("lgd", "ead") if name in numbers]
    if not given or problems:
        return {}
    if len(given) == 1:
        missing = "ead" if given == ["lgd"] else "lgd"
        problems[missing] = "Give both, loss given default and exposure at default, or the loss itself."
        return {}
    loss = numbers["lgd"] * numbers["ead"]
    if "loss" in numbers and not math.isclose(numbers["loss"], loss):
        problems["loss"] = f"The loss is not LGD · EAD = {loss:g}; leave one of the two out."
    return {"loss": loss}


def _text(value: Any, name: str, problems: dict[str, str]) -> str:
    if value is None:
        return ""
    text = value.strip() if isinstance(value, str) else None
    if text is None or why_no_text(text) or (name == "currency" and len(text) > _CURRENCY_LENGTH):
        what = "The name of the column" if name == "amount" else f"The currency, at most {_CURRENCY_LENGTH} characters,"
        problems[name] = f"{what} has to be a short text."
        return ""
    return text


@dataclass(frozen=True)
class Targets:
    """What a cut-off shall reach, as shares: of the bads that are refused, of bads among the refused, of applicants that are
    approved, and at most of bads among the approved."""

    recall: float = 0.8
    precision: float = 0.5
    approval_rate: float = 0.8
    bad_rate: float = 0.05

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def usual(cls, table: ScoreTable) -> Self:
        """Where nothing is asked for: half the bad rate of all rows among the approved, and twice it among the refused."""
        n_bad, n = table.bad_at_or_above[0], table.bad_at_or_above[0] + table.good_at_or_above[0]
        if not n_bad:
            return cls()
        rate = n_bad / n
        return cls(bad_rate=float(f"{rate / 2:.2g}"), precision=float(f"{min(2 * rate, 0.9):.2g}"))

    @classmethod
    def parse(cls, given: Mapping[str, Any], usual: "Targets | None" = None) -> Self:
        """The targets of a form's values; what is absent or empty is as in `usual`. Raises InvalidSpec."""
        found, problems = (usual or cls()).to_json(), {}
        for name, value in given.items():
            if name not in found:
                problems[name] = f"'{name}' is nothing that a cut-off can be asked to reach."
            elif value is not None and value != "":
                number = given_number(value)
                if number is None or not 0 <= number <= 1:
                    problems[name] = f"A share has to be a number from 0% to 100%, and {shown(value)} is none."
                else:
                    found[name] = number
        if problems:
            raise InvalidSpec(problems)
        return cls(**found)
