"""The columns to look at before saving: what they look like, what was done about it, and the way back."""

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from dashapp import theme
from dashapp.tabs.intake import marks
from dashapp.tabs.intake.actions import MARKS
from dashapp.tabs.intake.acts import act
from dashapp.tabs.intake.columns import ROLE_WORDS, Seen
from dashapp.tabs.intake.page_head import at_work
from dashapp.usecases.intake import UploadView
from dashapp.widgets.basics import Children, button, card_head, icon

_FIRST = 4
_PICTURES = {
    "leak": "exclamation-octagon",
    "row_number": "123",
    "identifier": "key",
    "key": "key",
    "date": "calendar3",
    "constant": "dash-lg",
    "all_missing": "slash-circle",
    "duplicate": "layers",
}
_TITLES = {
    "identifier": "{} is a key",
    "date": "{} is a date",
    "excluded": "{} tells a model nothing",
    "segment": "{} is a segment",
    "weight": "{} is a weight",
}
_NOW = {
    "feature": "Used as an input.",
    "excluded": "Left out.",
    "identifier": "Kept as a key.",
    "date": "Kept as a date.",
    "segment": "Kept as a segment.",
    "weight": "Kept as a weight.",
    "target": "The outcome.",
}
_LEAK_WORDS = ("AUC of", "happened later", "after the outcome")


def look_card(view: UploadView, columns: Sequence[Seen]) -> list[Component]:
    differences = view.findings.differences if view.findings is not None else ()
    if view.findings is None:
        words = "All rows are being read; what they hold is told here." if at_work(view) else "Nothing is known of them yet."
        return [card_head("Columns to look at"), html.P(words, className="sd-meta")]
    items = [_item(column) for column in sorted((one for one in columns if worth_a_look(one)), key=_urgency)]
    parts: list[Component] = []
    if differences:
        differs = marks.changed(view.recipe, view.detected, MARKS)
        under = "Read with the marks of the version before." if differs else "Read with the marks that were found in this file."
        parts += [card_head(_differences_title(len(differences)), under), _told(differences, differs)]
    if items:
        noun = "column" if len(items) == 1 else "columns"
        parts.append(card_head(f"{len(items)} {noun} to look at before you save"))
    else:
        parts.append(card_head("No column needs a second look", "No key, no constant, nothing that gives the outcome away."))
        if view.choices.target is None:
            parts.append(html.P("Choose the outcome below: what gives it away is then told here.", className="sd-meta"))
    parts += items[:_FIRST]
    if len(items) > _FIRST:
        parts.append(
            html.Details(
                [
                    html.Summary(f"{theme.plural(len(items) - _FIRST, 'more column')}"),
                    html.Div(items[_FIRST:], className="sd-stack"),
                ],
                id="intake-look-more",
                className="sd-more",
            )
        )
    return parts


def worth_a_look(column: Seen) -> bool:
    if any(alert.tone == "caution" for alert in column.alerts):
        return True
    return column.role != "target" and column.suggested not in {"feature", "target"}


def _urgency(column: Seen) -> int:
    return {"leak": 0, "row_number": 1, "key": 2, "identifier": 2}.get(_sort(column), 3)


def _sort(column: Seen) -> str:
    """What it is about: the kind of the first alert, or what the suggested role says."""
    if column.alerts:
        return column.alerts[0].kind
    if column.suggested == "excluded" and any(words in column.reason for words in _LEAK_WORDS):
        return "leak"
    return column.suggested


def _item(column: Seen) -> Component:
    sort = _sort(column)
    title, detail = _words(column, sort)
    return html.Div(
        [
            icon(_PICTURES.get(sort, "exclamation-triangle")),
            html.Div([html.Strong(title), html.Div(detail), html.Div(_remedy(column), className="sd-look-act")]),
        ],
        className=f"sd-notice {'danger' if sort == 'leak' else 'caution'}",
    )


def _words(column: Seen, sort: str) -> tuple[Children, str]:
    if column.alerts:
        return column.alerts[0].title, column.alerts[0].detail
    if sort == "leak":
        return f"{column.name} gives the outcome away", column.reason
    return _TITLES.get(sort, "{} should be looked at").format(column.name), column.reason


def _remedy(column: Seen) -> Children:
    """What holds now, and the way to another choice."""
    now = html.Span(f"{_NOW[column.role]} ")
    if column.role == "target":
        return now
    if column.suggested == "feature" and column.alerts[0].remedy == "missing":
        return [now, *_codes(column)]
    if column.role != "feature":
        words = "Use it all the same" if column.role == "excluded" else "Undo"
        return [now, _link(words, column, "feature")]
    other = column.suggested if column.suggested not in {"feature", "target"} else "excluded"
    words = "Leave it out" if other == "excluded" else f"Make it a {ROLE_WORDS[other]}"
    return [now, _link(words, column, other)]


def _codes(column: Seen) -> list[Component]:
    """What may be done about values that are perhaps no measurements."""
    suspected = [code for code, _ in column.suspected]
    if not suspected:
        closer = button("Look closer", kind="link", **{"aria-label": f"Look closer: {column.name}"})
        return [act(closer, "column", column.name, "open")]
    if {code for code, _ in column.codes} >= set(suspected):
        return [html.Span("Kept as special codes.")]
    of = "\n".join((column.name, *suspected))
    choices = (("Read as missing", "missing"), ("Own level", "level"))
    links = [
        act(
            button(words, kind="link", **{"aria-label": f"{words}: {', '.join(suspected)} of {column.name}"}),
            "code-set",
            of,
            means,
        )
        for words, means in choices
    ]
    return [links[0], html.Span(" · "), links[1]]


def _link(words: str, column: Seen, role: str) -> Component:
    named = button(words, kind="link", **{"aria-label": f"{words}: {column.name}"})
    return act(named, "role", column.name, role)


def _differences_title(n: int) -> str:
    return f"{theme.plural(n, 'difference')} from the version before"


def _told(differences: Sequence[str], differs: bool) -> Component:
    rows = [html.Li(text) for text in differences[:20]]
    if len(differences) > 20:
        rows.append(html.Li(f"{theme.count(len(differences) - 20)} more."))
    words: list[Component] = [html.Ul(rows, className="sd-list")]
    if differs:
        anew = act(button("Read it with the marks found in this file", kind="link"), "reset", value="marks")
        words.append(html.Div(anew, className="sd-look-act"))
    return html.Div([icon("shuffle"), html.Div(words)], className="sd-notice caution")
