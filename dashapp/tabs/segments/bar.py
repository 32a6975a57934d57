"""The choices above the results: groups as chips, references, what stands beside the ratio."""

from collections.abc import Sequence
from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from dashapp.tabs.segments.layout import ids
from dashapp.tabs.segments.words import Words, group_words, level_words
from dashapp.usecases.segment_address import BESIDE, Address, place_text
from dashapp.usecases.segment_columns import MOST_GROUPS, Groups, SegmentColumn
from dashapp.widgets.basics import icon, menu_item
from pipeline.segment_results import SegmentTable

_MOST_OFFERED = 60
_MOST_REFERENCES = 60
_LEAST_ROWS = 30  # as many as a rate needs


def chips(path: str, address: Address, groups: Groups, offered: Sequence[SegmentColumn]) -> list[Component]:
    """A chip for each group, with the way to take it away; and the menu of columns that can be added."""
    shown: list[Component] = [html.Span("Groups by", className="sd-segments-label")]
    for group in groups:
        left = tuple(one for one in groups if one != group)
        remove = dcc.Link(
            [icon("x"), html.Span(f"Remove {group_words(group)}", className="sd-hidden")],
            href=path + address.query(by=left),
            className="sd-segments-remove",
            title=f"Remove {group_words(group)}",
        )
        parts = [html.Span(group_words(group)), *([remove] if offered and len(groups) > 1 else [])]
        shown.append(html.Span(parts, className="sd-segments-chip"))
    return [*shown, *([_adding(path, address, groups, offered)] if offered and len(groups) < MOST_GROUPS else [])]


def _adding(path: str, address: Address, groups: Groups, offered: Sequence[SegmentColumn]) -> Component:
    free = [column for column in offered if (column.name,) not in groups]
    links = [
        dcc.Link(
            [html.Span(column.name), html.Span(_about(column), className="sd-meta sd-end")],
            href=path + address.query(by=(*groups, (column.name,))),
            className="sd-float-link",
        )
        for column in free[:_MOST_OFFERED]
    ]
    more = [html.P("More columns: cross them, or name them there.", className="sd-meta")] if len(free) > _MOST_OFFERED else []
    return html.Details(
        [
            html.Summary([icon("plus"), "Column"], className="sd-segments-add"),
            html.Div(
                [menu_item("Cross two or three columns", "x-diamond", ids.cross), html.Div([*links, *more])],
                className="sd-float sd-segments-columns",
            ),
        ],
        className="sd-menu",
    )


def _about(column: SegmentColumn) -> str:
    if column.role == "segment":
        return "segment"
    if column.kind == "number":
        return "number"
    return f"{column.n_distinct} values" if column.n_distinct else column.kind


def reference_options(table: SegmentTable | None) -> list[dict[str, str]]:
    """Segments with enough rows, each with its columns before it; of very many the first."""
    enough = [one for one in table.segments if one.n_rows >= _LEAST_ROWS] if table is not None else []
    return [
        {
            "label": f"{group_words(one.by)}: {level_words(one.levels)}",
            "value": place_text(one.by, one.levels),
        }
        for one in enough[:_MOST_REFERENCES]
    ]


def reference_values(address: Address, table: SegmentTable | None) -> list[str]:
    known = {(one.by, one.levels) for one in table.segments} if table is not None else set()
    return [place_text(by, levels) for by, levels in address.references.items() if (by, levels) in known]


def beside_options(words: Words) -> list[dict[str, Any]]:
    """What may stand beside the ratio, each with its name in statistics."""
    return [
        {
            "label": html.Span(
                [html.Span(words.rates[name]), html.Span(words.notation(name), className="sd-choice-help")], className="sd-choice"
            ),
            "value": name,
            "search": f"{words.rates[name]} {words.notation(name)}",
        }
        for name in BESIDE
    ]
