"""Coefficients side by side, on the scale that compares them: per standard deviation for a number, against the reference for a
level."""

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from dashapp import theme
from dashapp.tabs.compare.metrics import head
from dashapp.tabs.compare.sides import Side
from dashapp.tabs.evaluate.coefficient_rows import comparable
from dashapp.widgets.basics import Children, button, card
from dashapp.widgets.tables import Column, table
from pipeline.results import Coefficient

FIRST_TERMS = 10  # that stand there from the start
MOST_TERMS = 400
_NEAR_ZERO = 0.01  # log-odds, within which a sign says nothing

Term = tuple[str, str, str | None, str]  # class, field, level, and what the estimate is per where that is not the column's unit


def coefficients_card(sides: Sequence[Side], most: int = FIRST_TERMS) -> list[Component]:
    """Nothing where fewer than two of the runs have a model of the champion's outcome."""
    outcome = (sides[0].view.spec.target, sides[0].view.spec.bad_label)
    modelled = [
        side for side in sides if side.result.coefficients and (side.view.spec.target, side.view.spec.bad_label) == outcome
    ]
    if len(modelled) < 2:
        return []
    terms = terms_of(modelled)
    ranked = sorted(terms, key=lambda term: -max(abs(comparable(row)) for row in terms[term] if row is not None))
    several = len({term[0] for term in terms}) > 1
    heads = [Column("Term"), *(Column(head(side), numeric=True) for side in modelled)]
    body: list[list[Children]] = [[_name(term, terms[term], several=several), *_cells(terms[term])] for term in ranked[:most]]
    under = (
        "Log-odds of bad per standard deviation of the training rows for a number, against the reference for a level; the "
        "largest first. – where the run has no such term."
    )
    foot = None
    if len(ranked) > most:
        more = min(len(ranked), MOST_TERMS)
        foot = button(f"Show {'all' if more == len(ranked) else 'the first'} {more} terms", {"compare-terms": "all"}, kind="link")
    inside = table(heads, body, label="Coefficients side by side")
    return [card(coefficients_finding(terms), inside, under=under, flush=True, foot=foot)]


def terms_of(sides: Sequence[Side]) -> dict[Term, list[Coefficient | None]]:
    """For each term of at least one run its coefficient in each of them."""
    found: dict[Term, list[Coefficient | None]] = {}
    for at, side in enumerate(sides):
        for row in side.result.coefficients:
            found.setdefault((row.label, row.field, row.level, row.unit), [None] * len(sides))[at] = row
    return found


def coefficients_finding(terms: dict[Term, list[Coefficient | None]]) -> str:
    """How many of the shared terms change sign between the runs."""
    shared = {term: [row for row in rows if row is not None] for term, rows in terms.items()}
    shared = {term: rows for term, rows in shared.items() if len(rows) > 1}
    if not shared:
        return "The models share no term"
    turned = [_words(term) for term, rows in shared.items() if _turns(rows)]
    if not turned:
        return f"All {len(shared)} shared terms keep their sign" if len(shared) > 1 else "The one shared term keeps its sign"
    named = ", ".join(turned[:3]) + (f" and {len(turned) - 3} more" if len(turned) > 3 else "")
    return (
        f"{len(turned)} of {theme.plural(len(shared), 'shared term')} {'changes' if len(turned) == 1 else 'change'} sign: {named}"
    )


def _turns(rows: Sequence[Coefficient | None]) -> bool:
    values = [comparable(row) for row in rows if row is not None]
    return min(values) < -_NEAR_ZERO and max(values) > _NEAR_ZERO


def _words(term: Term) -> str:
    _, field, level, _ = term
    return field if level is None else f"{field}: {'missing' if level == '(missing)' else level}"


def _name(term: Term, rows: Sequence[Coefficient | None], *, several: bool) -> Children:
    references = {row.reference for row in rows if row is not None and row.reference and row.reference != "(present)"}
    notes = [html.Span(f"of {term[0]}", className="note")] if several else []
    if term[3]:
        notes.append(html.Span(f"per {term[3]}", className="note"))
    if len(references) == 1:
        notes.append(html.Span(f"against {next(iter(references))}", className="note"))
    elif references:
        notes.append(html.Span("references differ", className="note"))
    if any(row is not None for row in rows) and _turns(rows):
        notes.append(html.Span("changes sign", className="note sd-cmp-turned"))
    return html.Span([_words(term), *notes], className="sd-cmp-term")


def _cells(rows: Sequence[Coefficient | None]) -> list[Children]:
    """A coefficient that a penalty has set to 0 is written as 0, one that the run does not have as –."""
    values = [None if row is None else comparable(row) for row in rows]
    return ["0" if value == 0 else theme.estimate(value) for value in values]
