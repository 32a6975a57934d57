"""What a change of an applicant reads like: "Repay in 36 months, add a guarantor". Pure Python, for the pages too."""

from pipeline.explain_results import Change, Changed
from pipeline.explaining.wording import VALUE, Wording, value_words, with_unit
from pipeline.shown import capital


def change_words(change: Change, wording: Wording) -> str:
    """A change in the words of the run, where its fields have some; else as `arrow_words`."""
    first, *others = (_phrase(part, wording) for part in change.changed)
    return ", ".join([capital(first), *map(_lower, others)])


def arrow_words(change: Change, wording: Wording) -> str:
    """`Duration: 48 → 36 months`, `Guarantor: none → guarantor`."""
    return ", ".join(_arrow(part, wording) for part in change.changed)


def _phrase(part: Changed, wording: Wording) -> str:
    words = wording.of(part.field)
    own = dict(words.becomes).get(part.after, "") if isinstance(part.after, str) else ""
    return (own or words.change).replace(VALUE, _after(part, wording)) or _arrow(part, wording)


def _arrow(part: Changed, wording: Wording) -> str:
    label, unit = wording.label(part.field), wording.of(part.field).unit
    before = value_words(part.field, part.before, wording)
    if isinstance(part.before, int | float) and unit and before.endswith(f" {unit}"):
        before = before[: -len(unit) - 1]
    return f"{capital(label)}: {before} → {_after(part, wording)}"


def _after(part: Changed, wording: Wording) -> str:
    """To the last digit: a rounded value might not reach the cut-off."""
    if isinstance(part.after, int | float):
        return with_unit(f"{part.after:,.12g}".replace("-", "−"), wording.of(part.field).unit)
    return value_words(part.field, part.after, wording)


def _lower(phrase: str) -> str:
    """Inside a sentence; what is written in capitals stays."""
    return phrase if phrase[1:2].isupper() else phrase[:1].lower() + phrase[1:]
