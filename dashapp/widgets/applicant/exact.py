"""The exact account of a score: the waterfall, and under it the table and the check that the parts are the score."""

from dataclasses import dataclass
from functools import partial

from dash import dcc, html
from dash.development.base_component import Component

from dashapp import theme
from dashapp.usecases.backgrounds import OpenedRun
from dashapp.usecases.explaining import Applicant, Told
from dashapp.widgets.applicant.exact_table import check_line, parts_table, table_words
from dashapp.widgets.applicant.values import field_label, value_of
from dashapp.widgets.applicant.words import class_words, log_odds_words, logit, percents, sigmoid
from dashapp.widgets.figures import figure_card
from pipeline.explain_results import AVERAGE, CLASSES, GOOD, ISOTONIC, PASSING, Contribution, Explanation
from pipeline.figures.template import Look
from pipeline.figures.waterfall import Bar, Mark, largest, waterfall_figure, waterfall_finding, waterfall_height

_LONGEST = 24  # characters of a reference's name above its line
_SHORT = {AVERAGE: "average", GOOD: "average good", PASSING: "just passing"}


def exact_card(
    id: str,  # noqa: A002 - Dash's word
    run: OpenedRun,
    applicant: Applicant,
    told: Told,
    look: Look,
    *,
    span: int | None = None,
) -> Component:
    """The waterfall on the log-odds scale, the table by source field, and the sum beside the score."""
    found = told.explanation
    account = Account(run, told)
    shown, others = largest(found.contributions)
    bars = [Bar(part_words(run, part), part.contribution) for part in shown]
    if others:
        bars.append(Bar(rest_words(len(others), len(shown)), sum(part.contribution for part in others), is_rest=True))
    reference, at, cutoff = account.marks()
    drawn = partial(waterfall_figure, bars, reference, at, look, cutoff=cutoff, axis=account.axis, is_chance=account.is_chance)
    n = len(bars)
    return figure_card(
        id,
        account.title,
        account.under,
        drawn(),
        meaning=dcc.Markdown(_meaning(account)),
        height=waterfall_height(n),
        narrow=(drawn(narrow=True), waterfall_height(n, narrow=True)),
        span=span,
        below=[
            html.P(check_line(account.start, account.end, found), className="sd-check"),
            *[html.P(line, className="sd-reasons-line") for line in _unseen(run, found)],
            html.Details(
                [
                    html.Summary(table_words(found), className="sd-more-summary"),
                    parts_table(run, applicant, told),
                ],
                className="sd-more",
            ),
        ],
    )


@dataclass(frozen=True)
class Account:
    """What the axis of an explanation is, and what stands on it: chances where log-odds are those of one, else log-odds."""

    run: OpenedRun
    told: Told

    @property
    def found(self) -> Explanation:
        return self.told.explanation

    @property
    def is_chance(self) -> bool:
        return self.found.link != CLASSES

    @property
    def is_moved(self) -> bool:
        return self.found.link == ISOTONIC

    @property
    def start(self) -> str:
        return self._words(self.found.intercept)

    @property
    def end(self) -> str:
        return self._words(self.found.log_odds)

    def _words(self, log_odds: float) -> str:
        if not self.is_chance:
            return log_odds_words(log_odds)
        chance = sigmoid(log_odds)
        return percents(chance, None if self.is_moved else self.run.view.cutoff)(chance)

    @property
    def axis(self) -> str:
        if not self.is_chance:
            return log_odds_axis(self.run, self.found.label)
        moved = ", before recalibration" if self.is_moved else ""
        return f"{class_words(self.run.model.labels).chance}{moved} (log-odds scale)"

    @property
    def title(self) -> str:
        rises = None if self.start == self.end else self.found.log_odds > self.found.intercept
        of = "" if self.is_chance else f"log-odds of {self.found.label}"
        title = waterfall_finding(self.found.reference, self.start, self.end, rises=rises, of=of)
        return f"{title}, before recalibration" if self.is_moved else title

    @property
    def under(self) -> str:
        under = "How each column moves the score, on the log-odds scale where the parts add up exactly"
        if self.is_moved:
            after = percents(self.found.probability)(self.found.probability)
            under = f"{under} to the score before recalibration; recalibrated it is {after}"
        n = self.found.n_reference
        return f"{under}; the reference is the mean of {theme.plural(n, 'training row')}" if n is not None else under

    def marks(self) -> tuple[Mark, Mark, Mark | None]:
        """The reference, the applicant, and the cut-off where it stands on this axis."""
        short = _SHORT.get(self.found.reference_kind) or self.found.reference.removeprefix("the applicant in ")
        if len(short) > _LONGEST:
            short = short[: _LONGEST - 1] + "…"
        reference = Mark(self.found.intercept, f"{short} {self.start}")
        applicant = Mark(self.found.log_odds, f"this applicant {self.end}")
        at = raw_cutoff(self.run) if self.is_chance and self.told.advice is not None else None
        place = logit(at) if at is not None else None
        if at is None or place is None:
            return reference, applicant, None
        return reference, applicant, Mark(place, f"cut-off {percents(at)(at)}")


def raw_cutoff(run: OpenedRun) -> float | None:
    """The cut-off before recalibration: the least chance that becomes it; None where none does."""
    moved, cutoff = run.model.calibration, run.view.cutoff
    if moved is None:
        return cutoff
    if cutoff <= moved.becomes[0]:
        return None
    for at in range(1, len(moved.given)):
        low, high = moved.becomes[at - 1], moved.becomes[at]
        if high >= cutoff:
            share = (cutoff - low) / (high - low)
            return moved.given[at - 1] + share * (moved.given[at] - moved.given[at - 1])
    return None


def part_words(run: OpenedRun, part: Contribution) -> str:
    """`Duration: 48 months`; of a product the names of both fields."""
    if len(part.sources) > 1:
        return " × ".join(run.wording.label(name) for name in part.sources)
    return f"{field_label(part.field, run.wording)}: {value_of(run, part.field, part.value)}"


def rest_words(n: int, n_shown: int) -> str:
    return theme.plural(n, "other column" if n_shown else "column")


def log_odds_axis(run: OpenedRun, label: str) -> str:
    """For three classes and more log-odds are not those of the chance: against the reference class, or before scaling to 1."""
    if run.model.link == "reference":
        return f"Log-odds of {label} against {run.model.labels[0]}"
    return f"Log-odds of {label}, before the chances are made to add up to 1"


def _unseen(run: OpenedRun, found: Explanation) -> list[str]:
    """Values that training never saw count as something else, and their parts are of that."""
    if not found.unseen:
        return []
    values = {part.field: part.value for part in found.contributions}
    told = [f"{field_label(name, run.wording)}: {value_of(run, name, values.get(name))}" for name in found.unseen]
    them, parts = ("it", "its part is") if len(told) == 1 else ("them", "their parts are")
    return [f"Training never saw {', '.join(told)}. The model takes something else for {them}, and {parts} of that."]


def _meaning(account: Account) -> str:
    scale = "the percentages below stand where their log-odds are" if account.is_chance else "the axis counts log-odds"
    sides = f"{account.found.label}, blue against it"
    if account.is_chance:
        words = class_words(account.run.model.labels)
        sides = f"{words.bad}, blue for {words.good}"
    start = "The reference's percentage is that of its mean log-odds, not the mean of its chances. " if account.is_chance else ""
    products = ""
    if any(len(part.sources) > 1 for part in account.found.contributions):
        products = " A product of two fields is a column of its own, and a part of its own here."
    if not account.is_chance:
        products += " The chance follows from the log-odds of all classes together, so that one class's alone do not make it."
    moved = " The recalibration comes after the sum; decision and points are of the chance after it." if account.is_moved else ""
    return (
        "A logistic regression is a sum, so its parts explain the score exactly. A field adds to the log-odds\n\n"
        "`c = Σ β · (x − mean of x in the reference)`\n\n"
        "over its columns, each as the model takes it: filled, limited and scaled, or as weight of evidence where the run says "
        f"so. One-hot levels, flags and powers of a field are summed.{products} The bars begin at the log-odds of the reference "
        f"and end at those of the applicant; {scale}. {start}Orange speaks for {sides}. With the average applicant as the "
        f"reference the columns' parts are the Shapley values of a linear model with independent columns.{moved}"
    )
