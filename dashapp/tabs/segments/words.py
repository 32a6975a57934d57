"""What the two classes and the decisions are called: bads and goods of credit, elsewhere the user's own labels."""

import re
from dataclasses import dataclass, field, replace

from dashapp import theme
from dashapp.usecases.runs import RunView
from dashapp.widgets.parts import rows_of
from pipeline.cutoffs.decisions import JUDGING
from pipeline.figures.bands import number
from pipeline.figures.curves import score_text
from pipeline.results import ScoreScale
from pipeline.segment_results import ClassShare, Estimate, FoundSegment, LowPair, SegmentRates

_CREDIT = re.compile(r"loan|credit|default|delinq|arrears|charge.?off|borrow|repay|bad", re.IGNORECASE)


@dataclass(frozen=True)
class Words:
    """The names of the rates, and of the two classes in the plural."""

    goods: str
    bads: str
    approved: str
    refused: str
    rates: dict[str, str]  # by the field of SegmentRates
    parts: dict[str, str] = field(default_factory=dict)  # what the rows of a part are called: held-out rows
    scale: ScoreScale | None = None  # of a score that is no probability: cut-offs are told and typed in its units

    def why(self, estimate: Estimate) -> str:
        """Why there is no figure, with these classes."""
        return re.sub(r"\bbads?\b", self.bads, re.sub(r"\bgoods?\b", self.goods, estimate.too_few))

    def cutoff(self, place: float) -> str:
        return theme.cutoff(place) if self.scale is None else score_text(place, self.scale)

    def notation(self, name: str) -> str:
        """What statistics calls a rate."""
        if name == "mean_score" and self.scale is not None:
            return "mean of the score"
        return NOTATION.get(name, "share of the rows")

    def mean(self, value: float | None) -> str:
        """A mean score, as a look tells it."""
        return theme.metric(value) if self.scale is None or value is None else number(value)

    def typed(self, place: float) -> float:
        """A cut-off as a field holds it."""
        return place if self.scale is None else float(f"{self.scale.score(place):.7g}")


def words_of(view: RunView, labels: tuple[str, ...]) -> Words:
    """Credit words where the outcome's name or a label speaks of credit."""
    parts = {part: rows_of(part, view.spec) for part in JUDGING}
    found, scale = replace(_classes(view, labels), parts=parts), view.origin.own_scale
    if scale is None:
        return found
    return replace(found, rates={**found.rates, "mean_score": f"Mean {scale.column}"}, scale=scale)


def _classes(view: RunView, labels: tuple[str, ...]) -> Words:
    good, bad = labels[0], labels[-1]
    if _CREDIT.search(" ".join((view.spec.target, view.dataset_name, good, bad))):
        return _CREDIT_WORDS
    rates = {
        "bad_rate": f"Share of {bad}",
        "approval_rate": f"Predicted {good}",
        "true_positive_rate": f"{bad} found",
        "false_positive_rate": f"{good} predicted {bad}",
        "false_negative_rate": f"{bad} predicted {good}",
        "precision": f"{bad} among predicted {bad}",
        "bad_rate_of_approved": f"{bad} among predicted {good}",
    }
    return Words(f"'{good}'", f"'{bad}'", f"predicted {good}", f"predicted {bad}", {**rates, **_SCORE})


_SCORE = {"auc": "AUC", "observed_expected": "Observed / expected", "mean_score": "Mean score"}
_CREDIT_WORDS = Words(
    "goods",
    "bads",
    "approved",
    "refused",
    {
        "bad_rate": "Bad rate",
        "approval_rate": "Approval rate",
        "true_positive_rate": "Bads refused",
        "false_positive_rate": "Goods refused",
        "false_negative_rate": "Bads approved",
        "precision": "Bads among refused",
        "bad_rate_of_approved": "Bads among approved",
        **_SCORE,
    },
)

NOTATION = {
    "bad_rate": "bad rate",
    "true_positive_rate": "true positive rate",
    "false_positive_rate": "false positive rate",
    "false_negative_rate": "false negative rate",
    "precision": "precision",
    "bad_rate_of_approved": "1 − negative predictive value",
    "auc": "area under the ROC curve",
    "observed_expected": "calibration",
    "mean_score": "mean probability",
}


_EMPTY = {"yes", "true", "false", "none", "other", "unknown", "(missing)", "(other)", "not"}


def two(value: float | None) -> str:
    """A ratio to the reference, or of observed to expected: 0.62."""
    return theme.NOTHING if value is None else f"{value:.2f}"


def points(value: float | None) -> str:
    """A difference of shares: +3.1."""
    return theme.NOTHING if value is None else f"{value * 100:+.1f}".replace("-", theme.MINUS)


def level_words(levels: tuple[str, ...]) -> str:
    """Tenant, medical."""
    return ", ".join(levels)


def group_words(by: tuple[str, ...]) -> str:
    """home × purpose."""
    return " × ".join(by)


def named(one: SegmentRates | ClassShare | FoundSegment | LowPair) -> str:
    """A segment in a sentence: its levels, each with its column where it says too little alone."""
    return ", ".join(level if _tells(level) else f"{column} {level}" for column, level in zip(one.by, one.levels, strict=True))


def _tells(level: str) -> bool:
    """Whether a level is a word that says what it is: RENT, and not D, yes or 30 to 39."""
    return sum(map(str.isalpha, level)) >= 3 and not any(map(str.isdigit, level)) and level.casefold() not in _EMPTY
