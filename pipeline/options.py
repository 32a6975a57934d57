"""An option is declared once, on its dataclass field; form, validation, JSON, command line and help read it there."""

import dataclasses
import math
import types
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, Self, Union, get_args, get_origin, get_type_hints

from pipeline.errors import InvalidSpec, quoted
from pipeline.mappings import MAPPED, checked_codes, level_text
from pipeline.shown import short, shown, why_no_text
from pipeline.special_codes import SpecialCodes, codes_json, special_codes

MOST_COLUMNS = 10_000  # names in one option
_LONGEST_SENTENCE = 400
_MOST_UNKNOWN = 10  # options that do not exist, each with a sentence

Kind = Literal["text", "columns", "codes", "flag", "integer", "number", "choice", "weights", "levels", "orders", "pairs"]


@dataclass(frozen=True)
class Choice:
    """One value of a closed list, with the word that the screen shows and what it means."""

    value: str
    label: str
    help: str = ""


@dataclass(frozen=True)
class Option:
    """What is known about one field: its label, help, range or choices, and when it matters."""

    name: str
    kind: Kind
    default: Any
    label: str
    help: str
    group: str = ""
    low: float | None = None
    high: float | None = None
    choices: tuple[Choice, ...] = ()
    # Another option, and the values of it with which this one has an effect ("!0": all but 0); or one more such condition.
    matters_when: tuple[str, ...] | None = None
    or_when: tuple[str, ...] | None = None
    required: bool = False

    def matters(self, values: Mapping[str, Any]) -> bool:
        """Whether the option has an effect beside these values of the others, held or as a form has them."""
        conditions = [condition for condition in (self.matters_when, self.or_when) if condition is not None]
        return not conditions or any(_holds(condition, values) for condition in conditions)

    def check(self, raw: Any) -> Any:
        """The value as its type, or InvalidSpec with a sentence that names the option and the remedy."""
        match self.kind:
            case "flag":
                return self._flag(raw)
            case "integer" | "number":
                return self._number(raw)
            case "choice":
                return self._choice(raw)
            case "columns":
                return self._columns(raw)
            case "codes":
                return self._codes(raw)
            case "text":
                return self._text(raw)
            case "weights" | "levels" | "orders" | "pairs":
                return self._mapped(raw)

    def _refuse(self, sentence: str) -> InvalidSpec:
        return InvalidSpec.one(self.name, f"{self.label} ({self.name}): {sentence}")

    def _flag(self, raw: Any) -> bool:
        if isinstance(raw, bool):
            return raw
        word = str(raw).strip().lower() if isinstance(raw, str) or raw in (0, 1) else ""
        if word in {"true", "yes", "1", "on"}:
            return True
        if word in {"false", "no", "0", "off"}:
            return False
        raise self._refuse(f"{shown(raw)} is neither yes nor no.")

    def _number(self, raw: Any) -> float | int:
        wanted = "a whole number" if self.kind == "integer" else "a number"
        if raw is None or raw == "":
            raise self._refuse(f"give {wanted}; {self.range_text()}.")
        if isinstance(raw, int) and not isinstance(raw, bool) and raw.bit_length() > 1_000:  # beyond every floating-point number
            raise self._refuse(f"{shown(raw)} is out of range; {self.range_text()}.")
        try:
            value = float(raw) if isinstance(raw, int | float | str) and not isinstance(raw, bool) else math.nan
        except ValueError:
            value = math.nan
        if not math.isfinite(value) or (self.kind == "integer" and value != int(value)):
            raise self._refuse(f"{shown(raw)} is not {wanted}; {self.range_text()}.")
        if (self.low is not None and value < self.low) or (self.high is not None and value > self.high):
            raise self._refuse(f"{value:g} is out of range; {self.range_text()}.")
        return int(value) if self.kind == "integer" else value

    def _choice(self, raw: Any) -> str:
        if isinstance(raw, str) and raw in self.values:
            return raw
        raise self._refuse(f"{shown(raw)} is not known; choose one of {', '.join(self.values)}.")

    def _columns(self, raw: Any) -> tuple[str, ...]:
        if raw is None:
            return ()
        if isinstance(raw, str) or not isinstance(raw, list | tuple) or not all(isinstance(name, str) for name in raw):
            raise self._refuse("give a list of column names.")
        if len(raw) > MOST_COLUMNS:
            raise self._refuse(f"{len(raw):,} names are too many; name at most {MOST_COLUMNS:,}.")
        twice = sorted(name for name, n in Counter(raw).items() if n > 1)
        if twice:
            raise self._refuse(f"{quoted(twice)} is named twice.")
        for name in raw:
            why = why_no_text(name)
            if why is not None:
                raise self._refuse(f"{shown(name)} is no name of a column: {why}.")
        return tuple(raw)

    def _codes(self, raw: Any) -> SpecialCodes:
        try:
            return special_codes(checked_codes(raw))
        except ValueError as error:
            told = str(error)
            if len(told) > _LONGEST_SENTENCE:
                told = "they cannot be read; write them as score: -9=level, -8=missing."
            raise self._refuse(short(told, _LONGEST_SENTENCE)) from None

    def _mapped(self, raw: Any) -> Any:
        try:
            return MAPPED[self.kind].read(raw)
        except ValueError as error:
            raise self._refuse(str(error)) from None

    def _text(self, raw: Any) -> str | None:
        if raw is None or raw == "":
            if self.required:
                raise self._refuse("choose one.")
            return None
        try:
            return level_text(raw, "what was given")
        except ValueError as error:
            raise self._refuse(str(error)) from None

    @property
    def values(self) -> tuple[str, ...]:
        return tuple(choice.value for choice in self.choices)

    def range_text(self) -> str:
        """`from 0 to 0.9`, `at least 2`, or `any number`."""
        if self.low is not None and self.high is not None:
            return f"from {_plain(self.low)} to {_plain(self.high)}"
        if self.low is not None:
            return f"at least {_plain(self.low)}"
        return f"at most {_plain(self.high)}" if self.high is not None else "any number will do"


def _holds(condition: tuple[str, ...], values: Mapping[str, Any]) -> bool:
    name, *wanted = condition
    raw = values.get(name)
    value = "" if raw is None else raw if isinstance(raw, str) else shown(raw)
    return any(value != one[1:] if one.startswith("!") else value == one for one in wanted)


def _plain(value: float) -> str:
    """A bound without an exponent: `1,000,000`, `0.000001`."""
    return f"{value:,.0f}" if value == int(value) else f"{value:.12f}".rstrip("0")


def option(
    default: Any,
    label: str,
    help: str,  # noqa: A002 - the word that the screen uses
    *,
    group: str = "",
    low: float | None = None,
    high: float | None = None,
    choices: tuple[Choice, ...] = (),
    matters_when: tuple[str, ...] | None = None,
    or_when: tuple[str, ...] | None = None,
    required: bool = False,
    kind: Kind | None = None,
) -> Any:
    """A dataclass field that carries its own label, help, range and group; `kind` where the type alone does not tell it."""
    about = {
        "label": label,
        "help": help,
        "group": group,
        "low": low,
        "high": high,
        "choices": choices,
        "matters_when": matters_when,
        "or_when": or_when,
        "required": required,
    }
    return dataclasses.field(default=default, metadata={"option": about, "kind": kind})


def _kind(hint: Any, has_choices: bool) -> Kind:
    if has_choices:
        return "choice"
    if hint == SpecialCodes:
        return "codes"
    if get_origin(hint) is tuple:
        return "columns"
    if get_origin(hint) in {Union, types.UnionType}:
        hint = next(part for part in get_args(hint) if part is not type(None))
    kinds: dict[Any, Kind] = {bool: "flag", int: "integer", float: "number", str: "text"}
    return kinds[hint]


@dataclass(frozen=True)
class Options:
    """Base of every spec: parses and writes itself from its fields' declarations."""

    _options: ClassVar[tuple[Option, ...]]

    @classmethod
    def options(cls) -> tuple[Option, ...]:
        """The declared options, in the order of the fields."""
        if "_options" not in cls.__dict__:
            hints = get_type_hints(cls)
            cls._options = tuple(
                Option(
                    name=field.name,
                    kind=field.metadata["kind"] or _kind(hints[field.name], bool(field.metadata["option"]["choices"])),
                    default=field.default,
                    **field.metadata["option"],
                )
                for field in dataclasses.fields(cls)
            )
        return cls._options

    @classmethod
    def parse(cls, given: Mapping[str, Any]) -> Self:
        """The spec of raw values (from a form, JSON or a command line); what is not given takes its default.

        Raises InvalidSpec with a sentence for every option that is wrong or unknown.
        """
        known = {declared.name: declared for declared in cls.options()}
        if not isinstance(given, Mapping):
            raise InvalidSpec.one("spec", f"The options are {shown(given)}; give an object with an entry for each option.")
        problems = dict([_unknown(name, known) for name in given if name not in known][:_MOST_UNKNOWN])
        values: dict[str, Any] = {}
        for name, declared in known.items():
            try:
                values[name] = declared.check(given.get(name, declared.default))
            except InvalidSpec as error:
                problems.update(error.problems)
        if not problems:
            spec = cls(**values)
            problems = spec.conflicts()
        if problems:
            raise InvalidSpec(problems)
        return spec

    def conflicts(self) -> dict[str, str]:
        """Sentences for options that are right alone and wrong together."""
        return {}

    def to_json(self) -> dict[str, Any]:
        """Every option as plain JSON values."""
        plain: dict[str, Callable[[Any], Any]] = {"columns": list, "codes": codes_json}
        plain |= {kind: mapped.json for kind, mapped in MAPPED.items()}
        return {entry.name: plain.get(entry.kind, _as_it_is)(getattr(self, entry.name)) for entry in self.options()}


def _unknown(name: Any, known: Mapping[str, Option]) -> tuple[str, str]:
    named = shown(name) if isinstance(name, str) else f"'{shown(name)}'"
    return short(str(name)) if isinstance(
        name, str
    ) else "spec", f"There is no option {named}; the options are {', '.join(known)}."


def _as_it_is(value: Any) -> Any:
    return value
