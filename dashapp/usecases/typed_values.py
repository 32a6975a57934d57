"""The values of an applicant as a form gives them: what each field needs, how texts are read, and what is unusual about them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dashapp.usecases.backgrounds import OpenedRun
from dashapp.usecases.errors import InvalidSpec
from dashapp.usecases.explaining import Applicant
from pipeline.explain_results import FieldInfo, Value
from pipeline.explaining.steps import step_of
from pipeline.explaining.wording import Wording, value_words
from pipeline.levels import MISSING, number_text
from pipeline.shown import capital, short, shown, storable, why_no_text

_GAPS = {"", MISSING, "missing", "na", "n/a", "nan", "null", "none", "-", "–", "—", "?"}
_LARGEST = 1e15  # a typed number beyond it is a slip, unless training rows hold such


@dataclass(frozen=True)
class Control:
    """What a form needs to ask for a field.

    Of a number `low` and `high` are the ends of the training rows' range and `step` is what it moves by; of a category `levels`
    are those of the training rows, the most frequent first, or in their order. `usual` is the median or the most frequent level.
    """

    field: str
    label: str
    unit: str
    kind: str  # number or category
    help: str  # "Training rows: 4 to 72 months, half up to 18."
    usual: Value
    low: float | None = None
    high: float | None = None
    step: float | None = None
    whole: bool = False
    levels: tuple[str, ...] = ()
    is_ordered: bool = False
    codes: tuple[str, ...] = ()  # special codes, which may be given too


def controls(run: OpenedRun) -> tuple[Control, ...]:
    """A control for each of the model's fields, in its order."""
    wording = run.wording
    return tuple(_control(info, wording) for info in run.background.fields)


def typed(run: OpenedRun, given: Mapping[str, Any], name: str) -> tuple[Applicant, dict[str, str]]:
    """An applicant out of the texts of a form, and a warning for each field whose value lies outside of the training rows'.

    A field that is empty, or not given, is missing. Raises InvalidSpec with a sentence for each field that cannot be read.
    """
    values, warnings = read(run, {info.name: given.get(info.name) for info in run.background.fields})
    return Applicant(values=values, name=name), warnings


def read(run: OpenedRun, given: Mapping[str, Any]) -> tuple[dict[str, Value], dict[str, str]]:
    """The values of some of the model's fields out of texts, numbers or nothing, and the warnings of `typed`.

    Raises InvalidSpec with a sentence for each field that cannot be read.
    """
    wording = run.wording
    values: dict[str, Value] = {}
    problems: dict[str, str] = {}
    for name, raw in given.items():
        info = run.background.field(name)
        try:
            values[name] = _number(raw, info, wording) if info.kind == "number" else _level(raw, info)
        except ValueError as error:
            problems[name] = str(error)
    if problems:
        raise InvalidSpec(problems)
    told = {name: _warning(run, run.background.field(name), value, wording) for name, value in values.items()}
    return values, {name: sentence for name, sentence in told.items() if sentence}


def _control(info: FieldInfo, wording: Wording) -> Control:
    words, is_number = wording.of(info.name), info.kind == "number"
    return Control(
        field=info.name,
        label=wording.label(info.name),
        unit=words.unit,
        kind=info.kind,
        help=_help(info, wording),
        usual=info.usual,
        low=info.low,
        high=info.high,
        step=step_of(info, words) if is_number else None,
        whole=info.whole,
        levels=tuple(level for level, _ in info.levels),
        is_ordered=info.is_ordered,
        codes=tuple(code for code, _ in info.codes),
    )


def _help(info: FieldInfo, wording: Wording) -> str:
    gaps = f" {info.missing_share:.0%} lack it." if info.missing_share >= 0.005 else ""
    codes = f" Special codes: {', '.join(short(code) for code, _ in info.codes)}." if info.codes else ""
    if info.kind == "number":
        if info.usual is None:
            return f"No training row has a number here.{codes}"
        return f"Training rows: {_range(info, wording)}, half up to {value_words(info.name, info.usual, wording)}.{gaps}{codes}"
    if not info.levels:
        return f"No training row has a level here.{codes}"
    usual, share = max(info.levels, key=lambda level: level[1])
    return f"Training rows: {len(info.levels):,} levels, most often {short(usual)} ({share:.0%}).{gaps}{codes}"


def _range(info: FieldInfo, wording: Wording) -> str:
    """4 to 72 months; $500 to $9,000."""
    low, high = (value_words(info.name, value, wording) for value in (info.low, info.high))
    unit = wording.of(info.name).unit
    return f"{low.removesuffix(unit).rstrip() if high.endswith(unit) else low} to {high}"


def _number(raw: Any, info: FieldInfo, wording: Wording) -> Value:
    """Raises ValueError with a sentence."""
    if raw is None or (isinstance(raw, str) and raw.strip().lower() in _GAPS):
        return None
    if isinstance(raw, bool) or not isinstance(raw, int | float | str) or not storable(str(raw)):
        found: tuple[float, ...] = ()
    else:
        from pipeline.reading.single import readings

        text = raw if isinstance(raw, str) else repr(float(raw))
        found = readings(text, wording.of(info.name).unit)
        if isinstance(raw, str) and "%" in raw and (info.high or 0.0) <= 1:
            found = tuple(value / 100 for value in found)  # the field is a share
    if not found:
        asked = f"give one, such as {value_words(info.name, info.usual, Wording())}" if info.usual is not None else "give one"
        raise ValueError(f"{capital(shown(raw))} is no number; {asked}, or leave it empty where it is not known.")
    likely = [value for value in found if _is_likely(value, info)]
    value = likely[0] if likely else found[0]
    if isinstance(raw, str) and not likely and abs(value) > _LARGEST:
        raise ValueError(f"{capital(shown(raw))} is too large a number; give the one that is meant.")
    return value


def _is_likely(value: float, info: FieldInfo) -> bool:
    """Whether training rows hold such a number: of two readings of a text the one that they do is meant."""
    inside = info.low is not None and info.high is not None and info.low <= value <= info.high
    return _is_code(value, info) or (inside and (not info.whole or value == int(value)))


def _is_code(value: Value, info: FieldInfo) -> bool:
    known = [code for code, meaning in info.codes if meaning != "unseen"]
    return value in (known if isinstance(value, str) else map(float, known))


def _level(raw: Any, info: FieldInfo) -> Value:
    """Raises ValueError with a sentence."""
    if raw is None:
        return None
    if isinstance(raw, int | float) and not isinstance(raw, bool):
        raw = number_text(float(raw))
    if not isinstance(raw, str | bool):
        raise ValueError(f"{capital(shown(raw))} is no level; choose one.")
    known = [level for level, _ in info.levels] + [code for code, _ in info.codes]
    text = str(raw)
    if text in known:
        return text
    text = " ".join(text.split())
    same = [level for level in known if level.strip().lower() == text.lower()]
    if same:
        return text if text in same else same[0]
    if text.lower() in _GAPS:
        return None
    reason = why_no_text(text)
    if reason is not None:
        raise ValueError(f"This cannot be a level: {reason}. Choose one of the list.")
    return text


def _warning(run: OpenedRun, info: FieldInfo, value: Value, wording: Wording) -> str:
    """What is unusual about a value; "" where training rows hold such."""
    from pipeline.explaining.one_row import frame_of_values
    from pipeline.explaining.unseen import counts_as, gap_counts_as
    from pipeline.terms import design_of

    name = info.name
    if value is None:
        if info.missing_share > 0 or any(meaning == "missing" for _, meaning in info.codes):
            return ""
        return f"No training row lacks this; a missing value counts as {gap_counts_as(run.model, name)}."
    if _is_code(value, info):
        return ""
    if isinstance(value, str):
        terms = tuple(term for term in run.model.terms if term.sources == (name,) and hasattr(term, "field"))
        frame = frame_of_values(run.model, {**dict.fromkeys(run.model.fields), name: value})
        if name not in design_of(frame, terms)[1]:
            return ""
        return f"No training row has '{short(value)}'; it counts as {counts_as(run.model, name)}."
    if info.low is None or info.high is None:
        return "No training row has a number here, so it says nothing."
    if info.low <= value <= info.high:
        return ""
    side = "above" if value > info.high else "below"
    said = value_words(name, value, wording)
    return f"{said} lies {side} all training rows, which have {_range(info, wording)}: the score is less sure there."
