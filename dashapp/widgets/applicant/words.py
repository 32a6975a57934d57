"""What the cards of an applicant call classes, rows and chances: a credit's words, or the user's own labels."""

import math
from dataclasses import dataclass

from dashapp import theme
from dashapp.usecases.backgrounds import OpenedRun
from dashapp.usecases.explaining import APPROVE, REFUSE, Told
from dashapp.widgets.parts import before_rows
from pipeline.explaining.position import Position
from pipeline.figures.log_odds_axis import log_odds_of
from pipeline.spec import TrainSpec

# Labels of the bad class that say no more than that it is the bad one.
_BAD_ALONE = {"bad", "default", "defaulted", "charged off", "late", "yes", "y", "true", "t", "bad credit", "bad risk"}
_MOST_DIGITS = 6


@dataclass(frozen=True)
class ClassWords:
    """The words for the two classes. `went_bad` goes on after "31 of them", `chance` heads a number."""

    chance: str = "Chance of going bad"
    approve: str = "approve"
    refuse: str = "refuse"
    good: str = "good"
    bad: str = "bad"
    later_good: str = "later good"
    later_bad: str = "later bad"
    went_bad: str = "went bad"
    safer: str = "safer"
    riskier: str = "Riskier"

    @property
    def is_credit(self) -> bool:
        return self.went_bad == "went bad"

    def advice(self, advice: str) -> str:
        """approve or refuse, or the label that the run predicts."""
        return {APPROVE: self.approve, REFUSE: self.refuse}[advice]


def class_words(labels: tuple[str, ...]) -> ClassWords:
    """Of (good label, bad label): a label that names something of its own is said as it is."""
    good, bad = labels
    if bad.strip().lower() in _BAD_ALONE or _is_number(bad):
        return ClassWords()
    return ClassWords(
        chance=f"Chance of {bad}",
        approve=good,
        refuse=bad,
        good=good,
        bad=bad,
        later_good=good,
        later_bad=bad,
        went_bad=f"were {bad}",
        safer=f"less likely {bad}",
        riskier=f"More likely {bad}",
    )


def others_words(place: Position | None, words: ClassWords) -> str | None:
    """`73% of applicants are safer`; None where there are none to compare with."""
    if place is None or not place.n_rows:
        return None
    if place.n_safer in (0, place.n_rows):
        return f"no applicant is {lower(words.riskier) if place.n_safer else words.safer}"
    return f"{theme.chance(place.share_safer)} of applicants are {words.safer}"


def lower(text: str) -> str:
    """Inside a sentence."""
    return text[:1].lower() + text[1:]


def part_name(told: Told, spec: TrainSpec) -> str:
    """`test`, `out-of-time`, `validation`, `training`: what stands before "applicants"."""
    part = told.part or "training"
    return "test" if part == "held_out" and spec.split != "date" else before_rows(part, spec)


@dataclass(frozen=True)
class Percent:
    """Percentages with as many digits as it takes to tell a score from the cut-off."""

    digits: int

    def __call__(self, value: float) -> str:
        text = f"{100 * value:.{self.digits}f}"
        if 0 < value < 1 and float(text) in (0, 100):
            least = 10**-self.digits
            return f"under {least:.{self.digits}f}%" if value < 0.5 else f"over {100 - least:.{self.digits}f}%"
        return f"{text}%"


def percent_of(run: OpenedRun, told: Told) -> Percent:
    """For a run's score of an applicant and its cut-off: whole percentages, unless they would read the same or below 1%."""
    return percents(told.explanation.probability, run.view.cutoff if told.advice is not None else None)


def percents(probability: float, cutoff: float | None = None) -> Percent:
    """As few digits as tell each of the two to a tenth of itself, and the score on its own side of the cut-off."""
    told = [probability] if cutoff is None else [probability, cutoff]
    for digits in range(_MOST_DIGITS):
        if all(_is_told(value, digits) for value in told) and (cutoff is None or _keeps_side(probability, cutoff, digits)):
            return Percent(digits)
    return Percent(_MOST_DIGITS)


def needed_words(told: Told) -> str:
    """`526 needed`. Points are rounded, so that one who is refused may show as many: then it says why."""
    as_many = told.advice == REFUSE and told.points is not None and told.points == told.points_needed
    return f"{theme.count(told.points_needed)} needed" + (", just missed before rounding" if as_many else "")


def log_odds_words(value: float) -> str:
    """−0.08, +2.31."""
    return theme.signed(value, "{:+.2f}")


def logit(probability: float) -> float | None:
    """None for 0 and 1, which have no log-odds."""
    return log_odds_of(probability) if 0 < probability < 1 else None


def sigmoid(log_odds: float) -> float:
    return 1 / (1 + math.exp(-log_odds)) if log_odds > -700 else 0.0


def _is_told(value: float, digits: int) -> bool:
    """Whether rounding moves a probability, or what it lacks to 1, by a tenth of it at most; two digits are enough for any."""
    return digits >= 2 or abs(round(100 * value, digits) - 100 * value) <= 10 * min(value, 1 - value)


def _keeps_side(probability: float, cutoff: float, digits: int) -> bool:
    """Whether the two, rounded, stand to each other as they do; a cut-off is rounded to two digits of a percentage at least."""
    shown, edge = round(100 * probability, digits), round(100 * cutoff, digits)
    if digits < 2 and abs(edge - 100 * cutoff) > 1e-9:
        return False
    return (shown > edge) == (probability > cutoff) and (shown < edge) == (probability < cutoff)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
