"""How a run's reasons are told: words for each field, kept with the run. Pure Python, for the pages too."""

import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Self

from pipeline.errors import InvalidSpec
from pipeline.explain_results import FieldInfo, PrincipalReason, Value
from pipeline.given import number
from pipeline.shown import capital, shown, unturned, why_no_text
from pipeline.stored import from_plain

UP, DOWN, EITHER = "up", "down", "either"
DIRECTIONS = {EITHER: "up or down", UP: "up only", DOWN: "down only"}
LONGEST = 200  # characters of a wording
VALUE = "{value}"  # in the words for a change, where the new value goes
_TEXTS = ("label", "unit", "high", "low", "missing")


@dataclass(frozen=True)
class FieldWording:
    """Words for one field; what is empty is made of the field's name and its numbers.

    `high` and `low` head the reason where a value above, or below, that of those who just pass is adverse; `missing` where a
    missing value is; `levels` those of single levels. `told` is off for a field that is never named as a reason. `changeable`,
    `direction`, `step` and `reachable` say what could change about an applicant: up, down or either way, in steps, to which
    levels (none named: all). `change` tells such a change, with VALUE in it: "repay in {value}"; `becomes` that to single
    levels: "add a guarantor".
    """

    label: str = ""
    unit: str = ""
    high: str = ""
    low: str = ""
    missing: str = ""
    levels: tuple[tuple[str, str], ...] = ()
    told: bool = True
    changeable: bool = False
    direction: str = EITHER
    step: float | None = None
    reachable: tuple[str, ...] = ()
    change: str = ""
    becomes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Wording:
    """The words of a run, for those of its fields that have some."""

    fields: Mapping[str, FieldWording] = field(default_factory=dict)

    def of(self, name: str) -> FieldWording:
        return self.fields.get(name, FieldWording())

    def label(self, name: str) -> str:
        """What a field is called on screens and letters: its own label, else its name as words."""
        return unturned(self.of(name).label or name.replace("_", " ").strip() or name)

    def to_json(self) -> dict[str, Any]:
        return {name: asdict(words) for name, words in self.fields.items()}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any] | None) -> Self:
        return cls({name: from_plain(FieldWording, words) for name, words in (stored or {}).items()})

    @classmethod
    def parse(cls, given: Mapping[str, Any], fields: Sequence[FieldInfo], beside: Collection[str] = ()) -> Self:
        """The wording of a form's values: for each field a mapping with some of FieldWording's entries.

        Columns in `beside` are kept with the applicants without being read by the model: they have a label and nothing else.
        Fields that say nothing of their own are left out. Raises InvalidSpec with a sentence for each field whose words cannot
        be used.
        """
        known = {info.name: info for info in fields}
        found, problems = {}, {}
        for name, raw in given.items():
            try:
                words = _beside(raw) if name in beside else _field(raw, known.get(name))
            except ValueError as error:
                problems[name] = str(error)
                continue
            if words != FieldWording():
                found[name] = words
        if problems:
            raise InvalidSpec(problems)
        return cls(found)


@dataclass(frozen=True)
class ReasonWords:
    """A reason as a person reads it: "Repayment takes long", "48 months; those who just pass have 18"."""

    title: str
    detail: str


def value_words(name: str, value: Value, wording: Wording, info: FieldInfo | None = None) -> str:
    """A value with its unit: 48 months, $1,200, 35%; missing. Where `info` is given a special code has none: −999 (missing)."""
    if value is None:
        return "missing"
    code, meaning = _code_of(value, info)
    if code is not None:
        return f"{value if isinstance(value, str) else _digits(value)} ({'missing' if meaning == 'missing' else 'special code'})"
    if isinstance(value, str):
        return unturned(value)
    return with_unit(_digits(value), wording.of(name).unit)


def with_unit(digits: str, unit: str) -> str:
    """A written number with its unit: 48 months, 1 month, $1,200, −$5, 35%."""
    if len(unit) == 1 and unicodedata.category(unit) == "Sc":  # a sign of currency
        return f"−{unit}{digits[1:]}" if digits.startswith("−") else unit + digits
    if digits == "1" and unit.islower() and len(unit) > 3 and unit[-1] == "s" != unit[-2]:
        unit = unit[:-1]
    return f"{digits}{unit}" if unit[:1] in {"%", "°"} else f"{digits} {unit}".strip()


def reason_words(reason: PrincipalReason, fields: Mapping[str, FieldInfo], wording: Wording) -> ReasonWords:
    """The words of a principal reason. A number is called high or low only against those who just pass, as it was counted."""
    if len(reason.sources) > 1:
        names = [wording.label(name) for name in reason.sources]
        return ReasonWords(f"{capital(names[0])} together with {names[1]}", "the two count together, beyond each alone")
    name = reason.sources[0]
    words, label, value = wording.of(name), capital(wording.label(name)), reason.value
    code, meaning = _code_of(value, fields.get(name))
    if value is None or meaning in {"missing", "unseen"}:
        return ReasonWords(words.missing or f"{label}: not known", _median(name, fields, wording))
    shown_value = value_words(name, value, wording)
    if isinstance(value, str) or code is not None:
        level = value if isinstance(value, str) else _digits(value)
        detail = f"those who just pass most often have {reason.typical}" if _differs(reason.typical, level) else ""
        return ReasonWords(dict(words.levels).get(code or level) or unturned(f"{label}: {level}"), unturned(detail))
    if isinstance(reason.typical, int | float) and value != reason.typical:
        high = value > reason.typical
        title = (words.high if high else words.low) or f"{label} is {'high' if high else 'low'}"
        typical = value_words(name, _rounded(reason.typical, fields.get(name)), wording)
        return ReasonWords(title, f"{shown_value}; those who just pass typically have {typical}")
    return ReasonWords(f"{label}: {shown_value}", _median(name, fields, wording))


def _field(raw: Any, info: FieldInfo | None) -> FieldWording:
    """Raises ValueError with a sentence."""
    if info is None:
        raise ValueError("The model does not read this column; take its words away.")
    if not isinstance(raw, Mapping):
        raise ValueError("Its words cannot be read; give them again.")
    label, unit, high, low, missing = (_text(raw.get(part), part) for part in _TEXTS)
    return FieldWording(
        label,
        unit,
        high,
        low,
        missing,
        told=raw.get("told", True) is not False,
        changeable=raw.get("changeable", False) is True,
        direction=_direction(raw.get("direction")),
        step=_step(raw.get("step"), info),
        reachable=_reachable(raw.get("reachable"), info),
        levels=_level_words(raw.get("levels"), info),
        change=_change(raw.get("change")),
        becomes=_level_words(raw.get("becomes"), info),
    )


def _beside(raw: Any) -> FieldWording:
    """Raises ValueError with a sentence."""
    if not isinstance(raw, Mapping):
        raise ValueError("Its words cannot be read; give them again.")
    return FieldWording(_text(raw.get("label"), "label"))


def _text(raw: Any, what: str) -> str:
    if raw is None:
        return ""
    if not isinstance(raw, str):
        raise ValueError(f"The {what} is {shown(raw)}; give a text.")
    text = " ".join(unturned(raw).split())
    if len(text) > LONGEST:
        raise ValueError(f"The {what} has {len(text):,} characters; at most {LONGEST} fit in a letter.")
    why = why_no_text(text)
    if why is not None:
        raise ValueError(f"The {what} cannot be used: {why}.")
    return text


def _change(raw: Any) -> str:
    text = _text(raw, "wording of a change")
    if text and (text.count(VALUE) != 1 or set(text.replace(VALUE, "")) & set("{}")):
        raise ValueError(f"The wording of a change needs {VALUE} once, where the new value goes, such as 'repay in {VALUE}'.")
    return text


def _direction(raw: Any) -> str:
    if raw is None or raw == "":
        return EITHER
    if raw not in DIRECTIONS:
        raise ValueError(f"It cannot change {shown(raw)}; choose one of {', '.join(DIRECTIONS.values())}.")
    return str(raw)


def _step(raw: Any, info: FieldInfo) -> float | None:
    if raw is None or raw == "" or info.kind != "number":
        return None
    value = number(raw)
    if value is None or not 0 < value <= 1e12:
        raise ValueError(f"The step is {shown(raw)}; give a number above 0, such as 1.")
    return value


def _reachable(raw: Any, info: FieldInfo) -> tuple[str, ...]:
    if not raw:
        return ()
    if not isinstance(raw, list | tuple) or not all(isinstance(level, str) for level in raw):
        raise ValueError("The levels that it may become cannot be read; choose them again.")
    known = {level for level, _ in info.levels}
    unknown = next((level for level in raw if level not in known), None)
    if unknown is not None:
        raise ValueError(f"{shown(unknown)} is none of its levels; choose others.")
    return tuple(dict.fromkeys(raw))


def _level_words(raw: Any, info: FieldInfo) -> tuple[tuple[str, str], ...]:
    if not raw:
        return ()
    pairs = list(raw.items()) if isinstance(raw, Mapping) else list(raw)
    known = {level for level, _ in info.levels} | {code for code, _ in info.codes}
    found = []
    for pair in pairs:
        if not isinstance(pair, list | tuple) or len(pair) != 2 or pair[0] not in known:
            raise ValueError("A wording belongs to none of its levels; load the page again.")
        text = _text(pair[1], f"wording of {shown(pair[0])}")
        if text:
            found.append((str(pair[0]), text))
    return tuple(found)


def _median(name: str, fields: Mapping[str, FieldInfo], wording: Wording) -> str:
    """Half of all applicants have so much or less."""
    info = fields.get(name)
    if info is None or info.kind != "number" or info.usual is None:
        return ""
    return f"half of the applicants have {value_words(name, info.usual, wording)} or less"


def _code_of(value: Value, info: FieldInfo | None) -> tuple[str | None, str]:
    """The special code that a value is, as it was declared, and what it means; a code that is no level counts as missing."""
    for code, meaning in info.codes if info is not None and value is not None else ():
        if code == value if isinstance(value, str) else number(code) == value:
            return code, meaning
    return None, ""


def _differs(typical: Value, level: str) -> bool:
    return isinstance(typical, str) and typical != level


def _rounded(value: float, info: FieldInfo | None) -> float:
    """A mean of whole numbers with one digit, of others with three that tell something."""
    return round(value, 1) if info is not None and info.whole and abs(value) < 1000 else float(f"{value:.3g}")


def _digits(value: float) -> str:
    text = f"{value:,.0f}" if value == int(value) or abs(value) >= 1000 else f"{value:.4g}"
    return text.replace("-", "−")
