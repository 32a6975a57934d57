"""Which applicants are wanted: a filter as an address, a form or a stored job has it. Pure Python."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Self
from urllib.parse import parse_qsl, quote, unquote, urlencode

from pipeline.cutoffs.points import Scaling
from pipeline.errors import InvalidSpec
from pipeline.given import number
from pipeline.shown import shown, storable, why_no_text

IS, IS_NOT, AT_LEAST, AT_MOST, CONTAINS, MISSING = "is", "not", "least", "most", "contains", "missing"
OPERATORS = {
    IS: "is",
    IS_NOT: "is not",
    AT_LEAST: "at least",
    AT_MOST: "at most",
    CONTAINS: "contains",
    MISSING: "is missing",
}
ANY, WRONG, MISSED_BADS, REJECTED_GOODS = "any", "wrong", "missed_bads", "rejected_goods"
ERRORS = (ANY, WRONG, MISSED_BADS, REJECTED_GOODS)
USUAL, EVERY = "usual", "all"  # held-out rows where there are some; all rows of the data set
PARTS = (USUAL, "held_out", "validation", "training", EVERY)
BY_ROW, RISKIEST, SAFEST, SHUFFLED = "row", "riskiest", "safest", "random"
ORDERS = (BY_ROW, RISKIEST, SAFEST, SHUFFLED)
PROBABILITY, POINTS = "probability", "points"
MOST_CONDITIONS = 12
_LONGEST = 200  # characters of a value
_LONGEST_ADDRESS = 8_000


@dataclass(frozen=True)
class Condition:
    """One column held against a value, which is written as in the table; `operator` is one of OPERATORS."""

    column: str
    operator: str
    value: str = ""

    def text(self) -> str:
        """As an address has it."""
        return f"{quote(self.column, safe='')}:{self.operator}:{self.value}"

    @classmethod
    def of_text(cls, text: str) -> Self:
        column, _, rest = text.partition(":")
        operator, _, value = rest.partition(":")
        return cls(unquote(column), operator, value)


@dataclass(frozen=True)
class Filter:
    """Rows of a run's data set: all conditions hold, the score lies in the band, and the decision is of the kind.

    `low` and `high` are ends of the band in `unit`, both inside; points are whole. `error` is any for every decision. `came` and
    `predicted` are labels of runs of three classes and more, "" for all.
    """

    conditions: tuple[Condition, ...] = ()
    part: str = USUAL
    error: str = ANY
    low: float | None = None
    high: float | None = None
    unit: str = PROBABILITY
    order: str = BY_ROW
    seed: int = 1  # of the order at random
    came: str = ""
    predicted: str = ""

    @property
    def has_band(self) -> bool:
        return self.low is not None or self.high is not None

    @property
    def of_two(self) -> bool:
        """Whether it asks for what only runs of two classes have: one score, and a cut-off."""
        return self.has_band or self.error in {MISSED_BADS, REJECTED_GOODS} or self.order in {RISKIEST, SAFEST}

    @property
    def of_more(self) -> bool:
        """Whether it asks for a class, as runs of three and more have them."""
        return bool(self.came or self.predicted)

    @property
    def is_narrowed(self) -> bool:
        return bool(self.conditions) or self.has_band or self.error != ANY or self.of_more

    def band(self) -> tuple[float, float]:
        """The band as probabilities of bad, both inside."""
        if self.unit == PROBABILITY:
            return (0.0 if self.low is None else self.low), (1.0 if self.high is None else self.high)
        scaling = Scaling()  # whole points: those that round to the ends are inside
        safest = 0.0 if self.high is None else scaling.probability(self.high + 0.5)
        return safest, (1.0 if self.low is None else scaling.probability(self.low - 0.5))

    def pairs(self) -> list[tuple[str, str]]:
        """The filter as parts of an address; what is usual is left away."""
        found = [("where", condition.text()) for condition in self.conditions]
        usual = Filter()
        for name in ("part", "error", "low", "high", "unit", "order", "seed", "came", "predicted"):
            value = getattr(self, name)
            if value != getattr(usual, name):
                found.append((name, f"{value:.10g}" if isinstance(value, float) else str(value)))
        return found

    def query(self) -> str:
        return urlencode(self.pairs())

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "conditions": [asdict(condition) for condition in self.conditions]}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        return cls(**{**stored, "conditions": tuple(Condition(**one) for one in stored["conditions"])})

    @classmethod
    def parse(cls, given: Any) -> Self:
        """The filter of an address. Raises InvalidSpec with a sentence for each part that cannot be used."""
        return cls.of(*_parts(given))

    @classmethod
    def of(cls, values: Mapping[str, Any], conditions: Sequence[Any] = ()) -> Self:
        """The filter of a form's values and of conditions as texts. Raises InvalidSpec."""
        found, problems = cls._read(values, conditions)
        if problems:
            raise InvalidSpec(problems)
        return found

    @classmethod
    def sound(cls, given: Any) -> tuple[Self, dict[str, str]]:
        """What of an address can be used, and the sentences for what cannot."""
        return cls._read(*_parts(given))

    @classmethod
    def _read(cls, values: Mapping[str, Any], conditions: Sequence[Any]) -> tuple[Self, dict[str, str]]:
        problems: dict[str, str] = {}
        unit = _choice(values, "unit", (PROBABILITY, POINTS), problems)
        low, high = (_end(values.get(name), name, unit, problems) for name in ("low", "high"))
        if low is not None and high is not None and low > high:
            problems["high"] = "The band ends below its beginning; give the smaller number first."
            low = high = None
        found = cls(
            conditions=_conditions(conditions, problems),
            part=_choice(values, "part", PARTS, problems),
            error=_choice(values, "error", ERRORS, problems),
            low=low,
            high=high,
            unit=unit,
            order=_choice(values, "order", ORDERS, problems),
            seed=_seed(values.get("seed"), problems),
            came=_label(values, "came", problems),
            predicted=_label(values, "predicted", problems),
        )
        return found, problems


def _parts(given: Any) -> tuple[dict[str, str], list[str]]:
    """The values and the conditions of an address."""
    pairs = parse_qsl(given[:_LONGEST_ADDRESS].lstrip("?"), keep_blank_values=True) if isinstance(given, str) else []
    return {name: value for name, value in pairs if name != "where"}, [text for name, text in pairs if name == "where"]


def _conditions(given: Sequence[Any], problems: dict[str, str]) -> tuple[Condition, ...]:
    """Those that can be used."""
    found = [Condition.of_text(text) for text in dict.fromkeys(text for text in given if isinstance(text, str))]
    if len(found) > MOST_CONDITIONS:
        problems["where"] = f"{len(found)} conditions are too many; give {MOST_CONDITIONS} at most."
        return ()
    why = [_why_not(one) for one in found]
    if any(why):
        problems["where"] = " ".join(filter(None, why))
    return tuple(one for one, problem in zip(found, why, strict=True) if not problem)


def _why_not(one: Condition) -> str:
    if one.operator not in OPERATORS:
        return f"{shown(one.operator)} is no way to compare; choose {', '.join(OPERATORS.values())}."
    if not one.column or not storable(one.column):
        return "The condition names no column; choose one."
    if one.operator != MISSING and not one.value.strip():
        return f"There is nothing to compare '{one.column}' with; give a value, or choose 'is missing'."
    if not storable(one.value):
        return f"The value for '{one.column}' cannot be used: it holds characters that no value can hold."
    if len(one.value) > _LONGEST:
        return f"The value for '{one.column}' is too long; give {_LONGEST} characters at most."
    return ""


def _label(values: Mapping[str, Any], name: str, problems: dict[str, str]) -> str:
    value = values.get(name)
    if value is None:
        return ""
    if not isinstance(value, str) or why_no_text(value) is not None:
        problems[name] = f"{shown(value)} is no class; choose one of the list."
        return ""
    return value


def _choice(values: Mapping[str, Any], name: str, choices: Sequence[str], problems: dict[str, str]) -> str:
    value = values.get(name)
    if value is None:
        return choices[0]
    if not isinstance(value, str) or value not in choices:
        problems[name] = f"{shown(value)} cannot be chosen here; choose {', '.join(choices)}."
        return choices[0]
    return value


def _seed(raw: Any, problems: dict[str, str]) -> int:
    if raw is None:
        return 1
    value = number(raw)
    if value is None or value != int(value) or not 0 <= value < 2**32:
        problems["seed"] = f"{shown(raw)} is no seed; give a whole number from 0 to 4,294,967,295."
        return 1
    return int(value)


def _end(raw: Any, name: str, unit: str, problems: dict[str, str]) -> float | None:
    """One end of the band: 0.3 or 30%, or points."""
    text = raw.strip() if isinstance(raw, str) else raw
    if text is None or text == "":
        return None
    share = isinstance(text, str) and text.endswith("%") and unit == PROBABILITY
    value = number(text[:-1] if share and isinstance(text, str) else text)
    if value is not None and share:
        value /= 100
    if value is None or (unit == PROBABILITY and not 0 <= value <= 1) or abs(value) > 1e9:
        usual = "a chance from 0 to 1, such as 0.3" if unit == PROBABILITY else "whole points, such as 520"
        problems[name] = f"{shown(raw)} is no end of a band; give {usual}."
        return None
    return value if unit == PROBABILITY else float(round(value))
