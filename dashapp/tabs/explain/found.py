"""The rows that a filter wants, a page at a time, with the way to each of them, to the next page, and to the reasons of all."""

from dataclasses import replace

from dash import dcc, html
from dash.development.base_component import Component

from dashapp import theme
from dashapp.tabs.explain.address import Address
from dashapp.tabs.explain.finder import column_labels
from dashapp.tabs.explain.layout import ids
from dashapp.usecases.backgrounds import OpenedRun
from dashapp.usecases.filters import EVERY
from dashapp.usecases.finding import ON_A_PAGE, Found, Row
from dashapp.usecases.runs import RunView
from dashapp.widgets.applicant.values import value_of
from dashapp.widgets.applicant.words import ClassWords, class_words
from dashapp.widgets.basics import Children, button, card, empty, link_button
from dashapp.widgets.parts import before_rows, rows_of
from dashapp.widgets.tables import Column, table
from pipeline.cutoffs.points import Scaling, rounded
from pipeline.explain_results import Value
from pipeline.shown import capital

MOST_FIELDS = 5  # columns of the list, beside what the run says
_LONG = 24  # characters of a text that may be cut


def found_card(run: OpenedRun, address: Address, found: Found) -> Component:
    """The page of rows, or what to do where there are none."""
    view = run.view
    path = f"/runs/{view.id}/explain"
    if not found.n_rows:
        return _none(view, path, address, found)
    under = f"{_of_these(found)}; a row opens with its link."
    two = len(run.model.labels) == 2
    words = class_words(run.model.labels) if two else None
    labels = column_labels(found.columns, run.wording)
    heads = [Column("Row"), *_heads(words), *([Column("Part")] if found.part == EVERY else [])]
    heads += [Column(_text(labels[name]), numeric=_is_number(found, at)) for at, name in enumerate(found.columns)]
    rows = [_line(run, address, one, words, found) for one in found.rows]
    buttons = [button("One at random", ids.random, icon_name="shuffle")]
    if two:
        buttons.append(button(f"Reasons of {_all(found)}", ids.reasons, icon_name="table"))
    return card(
        found_words(view, found),
        [table(heads, rows, label="Applicants", names="sd-explain-found"), _pager(path, address, found)],
        under=under,
        tools=[html.Div(buttons, className="sd-row")],
        flush=True,
    )


def found_words(view: RunView, found: Found) -> str:
    """`12 of 6,000 held-out rows`."""
    return f"{theme.count(found.n_rows)} of {_among(view, found)}"


def told_words(view: RunView, found: Found) -> str:
    """The same for the ear, with the page that is shown."""
    return found_words(view, found) + (f". {_of_these(found)}." if found.rows else "")


def _of_these(found: Found) -> str:
    first = (found.page - 1) * ON_A_PAGE
    return f"Rows {theme.count(first + 1)} to {theme.count(first + len(found.rows))} of these"


def _none(view: RunView, path: str, address: Address, found: Found) -> Component:
    some = "Loosen or clear the filter." if address.wanted.is_narrowed else "Choose other rows to look among."
    wanted = replace(address.wanted, part=EVERY)
    every = link_button("Look among all rows", path + address.query(page=1, wanted=wanted)) if found.part != EVERY else None
    none = f"None of {_among(view, found)} is what the filter wants." if found.n_all else f"The run has no {_rows(view, found)}."
    return empty("search", "No applicant matches", f"{none} {some}", every)


def _all(found: Found) -> str:
    return "this applicant" if found.n_rows == 1 else f"all {theme.count(found.n_rows)}"


def _among(view: RunView, found: Found) -> str:
    return f"{theme.count(found.n_all)} {_rows(view, found)}"


def _rows(view: RunView, found: Found) -> str:
    return "rows" if found.part == EVERY else rows_of(found.part, view.spec)


def _heads(words: ClassWords | None) -> list[Column]:
    """What the run says of each row, and what came; `words` are those of two classes."""
    if words is None:
        return [Column("Predicted"), Column("Its chance", numeric=True), Column("Came")]
    chance = "Chance of bad" if words.is_credit else words.chance
    said = "Decision" if words.is_credit else "Predicted"
    return [Column(_text(chance), numeric=True), Column("Points", numeric=True), Column(said), Column("Came")]


def _is_number(found: Found, at: int) -> bool:
    return all(isinstance(row.values[at], int | float | None) for row in found.rows)


def _line(run: OpenedRun, address: Address, row: Row, words: ClassWords | None, found: Found) -> list[Children]:
    view = run.view
    link = dcc.Link(theme.count(row.number + 1), href=f"/runs/{view.id}/explain" + address.of(row.number))
    said = _of_class(row) if words is None else _of_decision(view, row, words)
    part = capital(before_rows(row.part, view.spec)) if row.part is not None else "Not used"
    values = [_value(run, name, value) for name, value in zip(found.columns, row.values, strict=True)]
    return [link, *said, *([part] if found.part == EVERY else []), *values]


def _of_decision(view: RunView, row: Row, words: ClassWords) -> list[Children]:
    came = theme.NOTHING if row.is_bad is None else words.bad if row.is_bad else words.good
    if row.score is None:
        return [theme.NOTHING, theme.NOTHING, theme.NOTHING, _text(came)]
    refused = row.score >= view.cutoff
    credit = "refused" if refused else "approved"
    points = theme.count(rounded(Scaling().points(row.score)))
    decision = credit if words.is_credit else _text(words.bad if refused else words.good)
    return [theme.share(row.score), points, decision, _came(came, is_wrong=row.is_bad is not None and row.is_bad != refused)]


def _of_class(row: Row) -> list[Children]:
    predicted, came = row.predicted or theme.NOTHING, row.came or theme.NOTHING
    return [_text(predicted), theme.share(row.score), _came(came, is_wrong=row.came is not None and row.came != row.predicted)]


def _came(came: str, *, is_wrong: bool) -> Children:
    """What came of the applicant, marked where the run said otherwise."""
    return [html.Span(_text(came), className="strong"), html.Span("wrong", className="note")] if is_wrong else _text(came)


def _value(run: OpenedRun, name: str, value: Value) -> Children:
    return _text(value_of(run, name, value))


def _text(text: str) -> Children:
    """A long one is cut by the style; a pointer that rests on it reads it whole."""
    return html.Span(text, title=text) if len(text) > _LONG else text


def _pager(path: str, address: Address, found: Found) -> Component:
    """The ways to the page before and the one after; assets/37-explain-focus.js keeps the keyboard on them."""
    parts: list[Component] = []
    if found.page > 1:
        parts.append(link_button("Previous", path + address.query(page=found.page - 1), icon_name="chevron-left"))
    parts.append(html.Span(f"Page {theme.count(found.page)} of {theme.count(found.n_pages)}", className="sd-meta"))
    if found.page < found.n_pages:
        parts.append(link_button("Next", path + address.query(page=found.page + 1), icon_name="chevron-right"))
    return html.Nav(parts, className="sd-explain-pager", **{"aria-label": "Pages"})
