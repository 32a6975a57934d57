"""The parts of a score as a table by source field, and the check that they are the score."""

import math
import re
from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from dashapp import theme
from dashapp.usecases.backgrounds import OpenedRun
from dashapp.usecases.explaining import Applicant, Told
from dashapp.widgets.applicant.values import field_label, value_of
from dashapp.widgets.applicant.words import class_words, log_odds_words, logit
from dashapp.widgets.basics import Children
from pipeline.cutoffs.points import Scaling
from pipeline.explain_results import CLASSES, ISOTONIC, Explanation

_BREAKS = re.compile(r"[\t\n\r\v\f ]+")  # a space that does not break stays


def parts_table(run: OpenedRun, applicant: Applicant, told: Told) -> Component:
    """Every field: its value, its contribution, what the odds are multiplied by, points. The sum is the last row."""
    return drawn_table("Contribution of every field", account_lines(run, applicant, told), _note(run, told))


def drawn_table(label: str, lines: Sequence[Sequence[str]], note: str) -> Component:
    """The heads and rows of a table; the second cell of a row stands under its first.

    It travels as text, a line for each row, and assets/39-applicant.js makes the table as it is opened: of 75 fields the cells
    as components are 42 kB.
    """
    text = "\n".join("\t".join(_BREAKS.sub(" ", cell) for cell in line) for line in lines)
    return html.Div([html.Div(**{"data-account": text, "data-label": label}), html.P(note, className="sd-meta")])


def table_words(found: Explanation) -> str:
    """`All 20 fields and 2 products as a table`, `The one field as a table`."""
    n_products = sum(len(part.sources) > 1 for part in found.contributions)
    products = f" and {theme.plural(n_products, 'product')}" if n_products else ""
    n_fields = len(found.contributions) - n_products
    return f"{'The one field' if n_fields == 1 else f'All {n_fields} fields'}{products} as a table"


def account_lines(run: OpenedRun, applicant: Applicant, told: Told) -> list[list[str]]:
    """The heads, and then the rows; the second cell of a row, its value, stands under its name.

    Points add up too: those of the reference, and what each field gives and takes. An isotonic recalibration comes last, for it
    is no field's.
    """
    found, wording = told.explanation, run.wording
    lines = [["Field", "", "Log-odds", "Odds ×", "Points"]]
    lines.append(["Start", found.reference, _log_odds(found.intercept), "", _points(found.intercept)])
    for part in sorted(found.contributions, key=lambda one: -abs(one.contribution)):
        name = " × ".join(field_label(source, wording) for source in part.sources)
        value = " × ".join(value_of(run, source, applicant.values[source]) for source in part.sources)
        lines.append([name, value, *_numbers(part.contribution)])
    is_moved = found.link == ISOTONIC
    score = ["Before recalibration" if is_moved else "Score", "the sum", _log_odds(found.log_odds), "", _points(found.log_odds)]
    lines.append(score)
    if is_moved:
        lines += _recalibrated(found)
    n_cells = 5 if told.advice is not None else 4
    return [line[:n_cells] for line in lines]


def _recalibrated(found: Explanation) -> list[list[str]]:
    """What the recalibration adds, and the score that comes of it: log-odds of 0% and 100% are none."""
    after = logit(found.probability)
    if after is None:
        return [["Score", "after recalibration", theme.NOTHING, "", theme.signed(Scaling().points(found.probability), "{:.1f}")]]
    return [
        ["Recalibration", "of the sum, in steps", *_numbers(after - found.log_odds)],
        ["Score", "after recalibration", _log_odds(after), "", _points(after)],
    ]


def _log_odds(value: float) -> str:
    return "0" if abs(value) < 1e-9 else theme.estimate(value) if abs(value) < 0.0005 else theme.signed(value, "{:+.3f}")


def _points(log_odds: float) -> str:
    """Of a score, to a tenth: the screen's whole points are these, rounded."""
    return theme.signed(Scaling().offset - Scaling().factor * log_odds, "{:.1f}")


def _numbers(contribution: float) -> list[str]:
    multiplier = math.exp(contribution) if abs(contribution) < 700 else None
    return [_log_odds(contribution), theme.ratio(multiplier), theme.signed(-contribution * Scaling().factor, "{:+.1f}")]


def _note(run: OpenedRun, told: Told) -> str:
    if told.advice is None:
        label, first = told.explanation.label, run.model.labels[0]
        if run.model.link == "reference":
            return f"Odds × is what the odds of {label} against {first} are multiplied by."
        return f"Odds × is what the odds of {label} are multiplied by, before the chances are made to add up to 1."
    words, scaling = class_words(run.model.labels), Scaling()
    return (
        f"Odds × is what the odds of {words.bad} are multiplied by. Points count the other way, and add up: {scaling.pdo:g} more "
        f"double the odds of {words.good}. The score is told in whole points."
    )


def check_line(start: str, end: str, found: Explanation) -> list[Children]:
    """`24% → 48%: −1.15 and the parts sum to −0.08 = the score's log-odds −0.08 (difference 0)`."""
    difference = abs(found.total - found.log_odds)
    size = abs(found.intercept) + sum(abs(part.contribution) for part in found.contributions)
    is_same = difference < 1e-9 * max(1.0, size)  # of huge numbers rounding leaves more
    said = "0" if is_same else f"{difference:.1g}".replace("-", "−")
    what = {ISOTONIC: "the log-odds before recalibration", CLASSES: f"the log-odds of {found.label}"}
    score = what.get(found.link, "the score's log-odds")
    return [
        f"{start} → {end}: " if found.link != CLASSES else "",
        f"{log_odds_words(found.intercept)} and the parts sum to ",
        html.B(log_odds_words(found.total)),
        f" = {score} " if is_same else f", but {score} are ",
        html.B(log_odds_words(found.log_odds)),
        f" (difference {said}).",
    ]
