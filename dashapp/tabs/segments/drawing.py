"""The figure of the page: which rates it shows, in which words, and the sentence above it."""

from collections.abc import Sequence

from dashapp import theme
from dashapp.tabs.segments.words import Words, group_words, level_words, named, two
from dashapp.usecases.segment_looks import Look, ratio_of
from pipeline.figures.segments import FOUR_FIFTHS, Dot, Panel, Row, Style
from pipeline.segment_results import Estimate

MOST_DRAWN = 100
_LONGEST_HEAD = 9

_STYLES: dict[str, Style] = {"auc": "metric", "observed_expected": "ratio", "mean_score": "metric"}
_ORANGE = {"false_negative_rate", "true_positive_rate", "precision", "bad_rate_of_approved"}  # of bads


def rows(look: Look, beside: str, words: Words) -> list[Row]:
    """The first segments of the page, in the table's order."""
    return [
        Row(
            section=group_words(one.by),
            name=level_words(one.levels),
            n_rows=theme.count(one.n_rows),
            bad_rate=theme.NOTHING if one.bad_rate.value is None else f"{one.bad_rate.value * 100:.0f}%",
            dots=tuple(_dot(estimate, words) for estimate in (one.approval_rate, ratio_of(one), getattr(one, beside))),
            is_reference=one.is_reference,
        )
        for one in look.rates[:MOST_DRAWN]
    ]


def panels(look: Look, beside: str, words: Words) -> list[Panel]:
    """Approval, its ratio to the reference, and the rate chosen to stand beside them."""
    whole, style = look.whole, _STYLES.get(beside, "share")
    if beside == "mean_score" and words.scale is not None:
        style = "score"
    approved, other = whole.approval_rate.value, getattr(whole, beside).value
    name = words.rates[beside]
    return [
        Panel(words.rates["approval_rate"], words.rates["approval_rate"], "share", approved, theme.share(approved)),
        Panel("Ratio to the reference", "Ratio", "ratio", FOUR_FIFTHS, "four fifths", is_ratio=True),
        Panel(name, name, style, other, _shown(other, style, words), colour=1 if beside in _ORANGE else 0),
    ]


def rate_head(words: Words) -> str:
    """Fits above a narrow column."""
    rate = words.rates["bad_rate"]
    return rate if len(rate) <= _LONGEST_HEAD else words.bads.strip("'")[:_LONGEST_HEAD]


def title(look: Look, words: Words) -> str:
    """What stands out: who is approved less than four fifths as often as the reference, and where nobody is."""
    below = look.below()
    compared = [by for by in look.table.by if any(one.by == by and one.fairness is not None for one in look.rates)]
    if not compared:
        return f"{words.rates['approval_rate']} and other rates by group"
    if not below:
        return f"No group is {words.approved} less than four fifths as often as its reference"
    if len(below) == 1:
        reference = look.reference(below[0].by)
        other = level_words(reference.levels) if reference is not None else "the reference"
        found = f"{named(below[0])} is {words.approved} {two(ratio_of(below[0]).value)} times as often as {other}"
    else:
        first, second = named(below[0]), named(below[1])
        between = "; " if "," in first + second else ", "  # crossed columns have commas of their own
        joined = f"{first}{between}{second} and {len(below) - 2} more" if len(below) > 2 else f"{first} and {second}"
        found = f"{joined} are {words.approved} less than four fifths as often as the reference"
    apart = [group_words(by) for by in compared if all(one.by != by for one in below)]
    return f"{found}; no group of {_listed(apart)} is" if apart and len(apart) <= 2 else found


def under(look: Look, words: Words) -> str:
    part = words.parts[look.table.part]
    return (
        f"Each group at cut-off {words.cutoff(look.cutoff)}, with 95% intervals, {theme.count(look.table.n_rows)} {part}. "
        f"Dotted: all of them. Open dot: the reference."
    )


def caption(look: Look, words: Words) -> str:
    """What a ratio means, and what does not show."""
    parts = [f"A ratio below 0.80 asks for a reason, it does not settle the matter{_worse(look, words)}."]
    parts.append(f"Groups with fewer than 30 rows, or 30 {words.bads} or {words.goods} for a rate of those, get no figure.")
    if len(look.rates) > MOST_DRAWN:
        parts.append(f"Drawn are the first {MOST_DRAWN} of {theme.count(len(look.rates))} groups; the CSV has all.")
    if look.table.part == "training":
        parts.append("The run holds nothing out: these are the rows that the model learned from, and it looks better on them.")
    return " ".join(parts)


def _worse(look: Look, words: Words) -> str:
    """Whether the lowest group also goes bad more often."""
    lowest = next(iter(look.below()), None)
    reference = look.reference(lowest.by) if lowest is not None else None
    if lowest is None or reference is None or lowest.bad_rate.value is None or reference.bad_rate.value is None:
        return ""
    own, other = lowest.bad_rate, reference.bad_rate
    rates = f"{theme.chance(own.value)} against {theme.chance(other.value)}"
    if (own.low or 0) > (other.high or 1):
        return f": {named(lowest)} also has more {words.bads} ({rates})"
    return f": {named(lowest)} does not clearly have more {words.bads} ({rates})"


def _dot(estimate: Estimate, words: Words) -> Dot:
    return Dot(estimate.value, estimate.low, estimate.high, words.why(estimate))


def _shown(value: float | None, style: Style, words: Words) -> str:
    if style == "share":
        return theme.share(value)
    if style == "score":
        return words.mean(value)
    return two(value) if style == "ratio" else theme.metric(value)


def _listed(names: Sequence[str]) -> str:
    return " or ".join(names)
